/*
 * The path to one peer: probes, nomination, keepalive. See path.h; the
 * candidates are in path_candidates.c.
 */
#include "netd/path_parts.h"

#include <string.h>

void
path_init(struct path *p, bool controlling, enum relay mode, uint64_t now)
{
	memset(p, 0, sizeof(*p));
	p->controlling = controlling;
	p->mode = mode;
	p->current = -1;
	p->urgent = -1;
	p->state = PATH_FAILED;
	p->candidates[PATH_BY_RELAY].kind = PATH_RELAY;
	p->keepalive_at = p->relay_at = CLOCK_NEVER;
	path_restart(p, now);
}

bool
path_allows(enum relay mode, bool relayed)
{
	return mode == RELAY_AUTO || relayed == (mode == RELAY_ONLY);
}

/* --- What to send, and when ----------------------------------------- */

void
path_restart(struct path *p, uint64_t now)
{
	p->started = p->probe_at = now;
	if (p->state == PATH_UP)
		return;
	p->state = PATH_PROBING;
	p->resting = false;
	/* If the relay is being tried already, it goes on. */
	p->relay_at = clock_min(p->relay_at,
	    p->mode == RELAY_ONLY ? now : now + RELAY_DELAY);
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
	if (age < PROBE_GIVE_UP)
		return PROBE_SLOW;
	return p->current == PATH_BY_RELAY && age >= PROBE_RELAYED_AFTER
	    ? PROBE_RELAYED
	    : PROBE_RARE;
}

/* Until the controlled side follows, nothing matters more than to ask it. */
static bool
is_asking(const struct path *p)
{
	return p->current != -1 && p->controlling && !p->confirmed;
}

/* The candidate to be probed now, or -1. */
static int
choose(struct path *p)
{
	int i = p->urgent;

	p->urgent = -1;
	if (i != -1)
		return i;
	if (is_asking(p) && !p->doubted && p->current != PATH_BY_RELAY)
		return p->current;
	return path_take_turn(p);
}

static uint64_t
next_probe_time(const struct path *p, uint64_t now)
{
	if ((p->resting && now - p->started >= RESTING_FOR) ||
	    p->mode == RELAY_ONLY)
		return CLOCK_NEVER;
	if (p->state != PATH_UP || is_asking(p) || p->doubted ||
	    p->current == PATH_BY_RELAY)
		return now + interval(p, now);
	for (size_t i = 0; i < p->count; i++)
		if (path_wants(p, i) && now < p->started + UPGRADE_FOR)
			return now + PROBE_MEDIUM;
	return CLOCK_NEVER;
}

/* When to probe through the relay: if there is no path, or to have the other
 * side follow to that one. */
static uint64_t
relay_time(const struct path *p)
{
	if (!p->relay_up || p->mode == RELAY_NEVER || p->resting)
		return CLOCK_NEVER;
	if (p->current == -1 || (p->current == PATH_BY_RELAY && is_asking(p)))
		return p->relay_at;
	return CLOCK_NEVER;
}

static void
fill(const struct path *p, int i, uint64_t id, struct path_probe *probe)
{
	probe->reply = false;
	probe->relayed = i == PATH_BY_RELAY;
	probe->flags = p->controlling && i == p->current ? PROBE_NOMINATE : 0;
	if (p->current == -1)
		probe->flags |= PROBE_SEEKING;
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
	} else if (now >= relay_time(p)) {
		uint64_t wait = interval(p, now);

		i = PATH_BY_RELAY;
		p->relay_at = now + (wait > RELAY_RETRY ? wait : RELAY_RETRY);
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

/* --- What came ------------------------------------------------------ */

static void
use(struct path *p, int i, uint64_t now)
{
	p->current = i;
	p->resting = false;
	p->doubted = false;
	p->state = PATH_UP;
	p->unanswered = 0;
	p->retry = KEEPALIVE_RETRY;
	p->keepalive_at = now + KEEPALIVE;
	if (i == PATH_BY_RELAY)
		p->relay_at = now; /* punching goes on as before */
	else
		p->started = now;
}

static void
probe_soon(struct path *p, int i, uint64_t now)
{
	p->urgent = i;
	if (p->probe_at > now)
		p->probe_at = now;
}

/* The peer has no path to us. If we had agreed on ours, it is most likely
 * dead, or the peer has moved; then it is wherever it answers. */
static void
peer_seeks(struct path *p, uint64_t now)
{
	if (p->controlling) {
		if (!p->confirmed) /* it has yet to hear of it */
			return;
		p->doubted = true;
		p->confirmed = false;
		p->started = p->probe_at = now;
	}
	path_check(p, now);
}

/* Does this probe say that something is wrong with the path in use? */
static void
judge_path(struct path *p, uint64_t now, int i, bool is_new, uint8_t flags)
{
	if (p->state != PATH_UP || now - p->doubted_at < DOUBT_SPACING)
		return;
	if ((flags & PROBE_SEEKING) != 0) {
		p->doubted_at = now;
		peer_seeks(p, now);
	} else if (is_new ||
	    (i == PATH_BY_RELAY && p->current != PATH_BY_RELAY)) {
		path_suspect(p, now);
	}
}

/* The controlling side wants this candidate. Returns whether it is in use
 * then, or was before. */
static bool
follow(struct path *p, uint64_t now, int i, enum path_change *change)
{
	if (p->current == i)
		return true;
	if (p->current != -1 && now - p->switched_at < SWITCH_SPACING)
		return false; /* it asks again */
	p->switched_at = now;
	use(p, i, now);
	p->probe_at = next_probe_time(p, now);
	*change = PATH_CHANGED;
	return true;
}

enum path_change
path_probed(struct path *p, const struct lan *lan, uint64_t now,
    const struct addr *from, uint8_t flags, uint64_t id,
    struct path_probe *answer)
{
	enum path_change change = PATH_SAME;
	bool is_new = path_find(p, from) == -1;
	int i = path_place(p, lan, from);

	*answer = (struct path_probe){
		.reply = true,
		.relayed = from == NULL,
		.id = id,
	};
	if (from != NULL)
		answer->to = *from;
	if (i == -1)
		return PATH_SAME;
	judge_path(p, now, i, is_new, flags);
	if (!p->candidates[i].valid || p->doubted) {
		probe_soon(p, i, now);
	} else if ((flags & PROBE_NOMINATE) != 0 && !p->controlling) {
		if (follow(p, now, i, &change))
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
	int i = path_find(p, from);

	return i != -1 && find_probe(&p->candidates[i], id) < PATH_PROBES;
}

/* An answer on the path in use. */
static void
current_answered(struct path *p, uint64_t now, bool in_use)
{
	p->doubted = false;
	if (p->unanswered > 0) {
		p->unanswered = 0;
		p->retry = KEEPALIVE_RETRY;
		p->keepalive_at = now + KEEPALIVE;
	}
	/* It may have lost the path meanwhile: ask it anew. */
	if (p->confirmed && !in_use)
		p->started = p->probe_at = p->relay_at = now;
	p->confirmed = p->controlling && in_use;
}

/* The controlling side takes what is better, or anything that answers when
 * the one in use has had its time. */
static bool
is_taken(const struct path *p, uint64_t now, int i)
{
	if (!p->controlling)
		return false;
	if (p->doubted)
		return now - p->doubted_at >= DOUBT_PATIENCE;
	return path_prefers(p, (size_t)i);
}

enum path_change
path_answered(struct path *p, uint64_t now, const struct addr *from,
    uint8_t flags, uint64_t id)
{
	int i = path_find(p, from);
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
		current_answered(p, now, (flags & PROBE_IN_USE) != 0);
		return PATH_SAME;
	}
	if (!is_taken(p, now, i))
		return PATH_SAME;
	use(p, i, now);
	p->confirmed = false;
	probe_soon(p, i, now); /* nominates it */
	return PATH_CHANGED;
}

/* --- Its end -------------------------------------------------------- */

/* Nothing that was learned of candidates holds any more. */
static void
forget(struct path *p)
{
	for (size_t i = 0; i <= PATH_BY_RELAY; i++)
		p->candidates[i].valid = false;
	p->current = -1;
	p->urgent = -1;
	p->confirmed = false;
	p->doubted = false;
	p->unanswered = 0;
	p->state = PATH_FAILED;
	p->probe_at = p->keepalive_at = p->relay_at = CLOCK_NEVER;
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
	bool relayed = p->current == PATH_BY_RELAY;

	forget(p);
	path_restart(p, now);
	if (relayed) /* it has been tried long enough without */
		p->relay_at = now;
}

enum path_change
path_relay(struct path *p, uint64_t now, bool up)
{
	p->relay_up = up;
	if (up || p->current != PATH_BY_RELAY)
		return PATH_SAME;
	path_lost(p, now);
	return PATH_CHANGED;
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
	uint64_t deadline =
	    clock_min(relay_time(p), clock_min(p->probe_at, p->keepalive_at));

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

void
path_suspect(struct path *p, uint64_t now)
{
	if (now - p->doubted_at < DOUBT_SPACING)
		return;
	p->doubted_at = now;
	path_check(p, now);
}
