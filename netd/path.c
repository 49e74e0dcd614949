/*
 * The path to one peer. See path.h.
 */
#include "netd/path.h"

#include <string.h>

void
path_init(struct path *p, bool controlling, uint64_t now)
{
	memset(p, 0, sizeof(*p));
	p->controlling = controlling;
	p->current = -1;
	p->urgent = -1;
	p->state = PATH_PROBING;
	p->started = p->probe_at = now;
	p->keepalive_at = CLOCK_NEVER;
}

static enum path_kind
kind_of(const struct lan *lan, const struct addr *a)
{
	if (addr_is_loopback(a))
		return PATH_LAN;
	for (size_t i = 0; i < lan->count; i++)
		if (addr_in_prefix(a, &lan->prefixes[i]))
			return PATH_LAN;
	return PATH_DIRECT;
}

/* Same LAN, then IPv6, then IPv4. */
static int
rank(const struct candidate *c)
{
	if (c->kind == PATH_LAN)
		return 2;
	return addr_is_ipv4(&c->addr) ? 0 : 1;
}

static int
find(const struct path *p, const struct addr *a)
{
	for (size_t i = 0; i < p->count; i++)
		if (addr_equal(&p->candidates[i].addr, a))
			return (int)i;
	return -1;
}

static void
set_candidate(struct candidate *c, const struct lan *lan, const struct addr *a)
{
	memset(c, 0, sizeof(*c));
	c->addr = *a;
	c->kind = kind_of(lan, a);
}

static int
add(struct path *p, const struct lan *lan, const struct addr *a)
{
	int i = find(p, a);

	if (i != -1)
		return i;
	if (p->count == PATH_CANDIDATES)
		return -1;
	set_candidate(&p->candidates[p->count], lan, a);
	return (int)p->count++;
}

/* A peer that moves from network to network fills the table: where it is now
 * takes the place of an address that does not answer. */
static int
replace(struct path *p, const struct lan *lan, const struct addr *a)
{
	for (size_t n = 0; n < p->count; n++) {
		size_t i = p->replaced++ % p->count;

		if ((int)i == p->current || p->candidates[i].valid)
			continue;
		set_candidate(&p->candidates[i], lan, a);
		return (int)i;
	}
	return -1;
}

void
path_add(struct path *p, const struct lan *lan, const struct addr *a)
{
	if (!addr_is_unusable(a) && !addr_is_link_local(a) &&
	    add(p, lan, a) == -1)
		replace(p, lan, a);
}

void
path_restart(struct path *p, uint64_t now)
{
	if (p->state == PATH_UP)
		return;
	p->state = PATH_PROBING;
	p->resting = false;
	p->started = p->probe_at = now;
}

const struct candidate *
path_current(const struct path *p)
{
	return p->current == -1 ? NULL : &p->candidates[p->current];
}

static void
note_probe(struct candidate *c, uint64_t id, uint64_t now)
{
	c->probes[c->next].id = id;
	c->probes[c->next].time = now;
	c->next = (c->next + 1) % PATH_PROBES;
}

static uint64_t
interval(const struct path *p, uint64_t now)
{
	uint64_t age = now - p->started;

	if (p->resting)
		return PROBE_RESTING;
	if (age < PROBE_FAST_FOR)
		return PROBE_FAST;
	if (age < PROBE_MEDIUM_FOR)
		return PROBE_MEDIUM;
	return age < PROBE_GIVE_UP ? PROBE_SLOW : PROBE_RARE;
}

/* Worth a probe: with a path, only what would be better. */
static bool
is_wanted(const struct path *p, size_t i)
{
	if (p->current == -1)
		return true;
	return rank(&p->candidates[i]) > rank(&p->candidates[p->current]);
}

/* The candidate to be probed now, or -1. */
static int
choose(struct path *p)
{
	int i = p->urgent;

	p->urgent = -1;
	if (i != -1)
		return i;
	/* The peer is to follow: until it does, nothing matters more. */
	if (p->current != -1 && p->controlling && !p->confirmed)
		return p->current;
	for (size_t n = 0; n < p->count; n++) {
		size_t j = (p->turn + n) % p->count;

		if (!is_wanted(p, j))
			continue;
		p->turn = j + 1;
		return (int)j;
	}
	return -1;
}

static uint64_t
next_probe_time(const struct path *p, uint64_t now)
{
	if (p->resting && now - p->started >= RESTING_FOR)
		return CLOCK_NEVER;
	if (p->state != PATH_UP || (p->controlling && !p->confirmed))
		return now + interval(p, now);
	for (size_t i = 0; i < p->count; i++)
		if (is_wanted(p, i) && now < p->started + UPGRADE_FOR)
			return now + PROBE_MEDIUM;
	return CLOCK_NEVER;
}

static void
fill(const struct path *p, int i, uint64_t id, struct path_probe *probe)
{
	probe->reply = false;
	probe->flags = p->controlling && i == p->current ? PROBE_NOMINATE : 0;
	probe->id = id;
	probe->to = p->candidates[i].addr;
}

bool
path_next(struct path *p, uint64_t now, uint64_t id, struct path_probe *probe)
{
	int i = -1;

	if (now < p->free_at)
		return false;
	if (now >= p->keepalive_at && p->current != -1) {
		i = p->current;
		p->unanswered++;
		p->keepalive_at = now + p->retry;
	} else if (now >= p->probe_at) {
		i = choose(p);
		p->probe_at = next_probe_time(p, now);
	}
	if (i == -1)
		return false;
	note_probe(&p->candidates[i], id, now);
	p->free_at = now + PROBE_FAST;
	fill(p, i, id, probe);
	return true;
}

static void
use(struct path *p, int i, uint64_t now)
{
	p->current = i;
	p->resting = false;
	p->state = PATH_UP;
	p->unanswered = 0;
	p->retry = KEEPALIVE_RETRY;
	p->keepalive_at = now + KEEPALIVE;
}

static void
probe_soon(struct path *p, int i, uint64_t now)
{
	p->urgent = i;
	if (p->probe_at > now)
		p->probe_at = now;
}

enum path_change
path_probed(struct path *p, const struct lan *lan, uint64_t now,
    const struct addr *from, uint8_t flags, uint64_t id,
    struct path_probe *answer)
{
	enum path_change change = PATH_SAME;
	int i = add(p, lan, from);

	if (i == -1)
		i = replace(p, lan, from);
	answer->reply = true;
	answer->flags = 0;
	answer->id = id;
	answer->to = *from;
	if (i == -1)
		return PATH_SAME;
	if (!p->candidates[i].valid) {
		probe_soon(p, i, now);
	} else if ((flags & PROBE_NOMINATE) != 0 && !p->controlling) {
		if (p->current != i) {
			if (p->current != -1 &&
			    now - p->switched_at < SWITCH_SPACING)
				return PATH_SAME; /* it asks again */
			p->switched_at = now;
			use(p, i, now);
			p->started = now;
			p->probe_at = next_probe_time(p, now);
			change = PATH_CHANGED;
		}
		answer->flags = PROBE_IN_USE;
	}
	return change;
}

/* Which of the candidate's last probes it was, or PATH_PROBES. */
static size_t
find_probe(const struct candidate *c, uint64_t id)
{
	size_t n;

	for (n = 0; n < PATH_PROBES; n++)
		if (c->probes[n].id == id && id != 0)
			break;
	return n;
}

bool
path_awaits(const struct path *p, const struct addr *from, uint64_t id)
{
	int i = find(p, from);

	return i != -1 && find_probe(&p->candidates[i], id) < PATH_PROBES;
}

enum path_change
path_answered(struct path *p, uint64_t now, const struct addr *from,
    uint8_t flags, uint64_t id)
{
	int i = find(p, from);
	struct candidate *c;
	size_t n;

	if (i == -1)
		return PATH_SAME;
	c = &p->candidates[i];
	n = find_probe(c, id);
	if (n == PATH_PROBES) /* not a probe that went there */
		return PATH_SAME;
	c->probes[n].id = 0;
	c->valid = true;
	c->rtt_us = (uint32_t)(now - c->probes[n].time);
	if (i == p->current) {
		if (p->unanswered > 0) {
			p->unanswered = 0;
			p->retry = KEEPALIVE_RETRY;
			p->keepalive_at = now + KEEPALIVE;
		}
		if ((flags & PROBE_IN_USE) != 0)
			p->confirmed = true;
		return PATH_SAME;
	}
	if (!p->controlling || !is_wanted(p, (size_t)i))
		return PATH_SAME;
	use(p, i, now);
	p->started = now;
	p->confirmed = false;
	probe_soon(p, i, now); /* nominates it */
	return PATH_CHANGED;
}

/* Nothing that was learned of candidates holds any more. */
static void
forget(struct path *p)
{
	for (size_t i = 0; i < p->count; i++)
		p->candidates[i].valid = false;
	p->current = -1;
	p->urgent = -1;
	p->confirmed = false;
	p->unanswered = 0;
	p->state = PATH_FAILED;
	p->probe_at = p->keepalive_at = CLOCK_NEVER;
}

void
path_rest(struct path *p, uint64_t now)
{
	forget(p);
	p->resting = true;
	p->started = now;
	p->probe_at = now + PROBE_RESTING;
}

void
path_lost(struct path *p, uint64_t now)
{
	forget(p);
	path_restart(p, now);
}

enum path_change
path_timer(struct path *p, uint64_t now)
{
	unsigned int tries =
	    p->retry == CHECK_RETRY ? CHECK_TRIES : KEEPALIVE_TRIES;

	if (p->state == PATH_PROBING && now - p->started >= PROBE_GIVE_UP) {
		p->state = PATH_FAILED;
		return PATH_CHANGED;
	}
	if (p->state != PATH_UP || p->unanswered < tries ||
	    now < p->keepalive_at)
		return PATH_SAME;
	path_lost(p, now);
	return PATH_CHANGED;
}

uint64_t
path_deadline(const struct path *p)
{
	uint64_t deadline = clock_min(p->probe_at, p->keepalive_at);

	if (deadline < p->free_at)
		deadline = p->free_at;
	if (p->state == PATH_PROBING)
		deadline = clock_min(deadline, p->started + PROBE_GIVE_UP);
	return deadline;
}

void
path_check(struct path *p, uint64_t now)
{
	if (p->state != PATH_UP || p->retry == CHECK_RETRY)
		return;
	p->unanswered = 0;
	p->retry = CHECK_RETRY;
	p->keepalive_at = now;
}
