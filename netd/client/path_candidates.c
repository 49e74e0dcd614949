/*
 * The candidates of a path: their kinds, which of them are worth a probe, and
 * whose turn it is. See path.h and path_parts.h.
 */
#include "netd/client/path_parts.h"

#include <string.h>

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

/* The order is: same LAN, then IPv6, then IPv4, then the relay. */
static int
rank(const struct candidate *c)
{
	if (c->kind == PATH_RELAY)
		return 0;
	if (c->kind == PATH_LAN)
		return 3;
	return addr_is_ipv4(&c->at.addr) ? 1 : 2;
}

enum target_kind
path_target_kind(const struct candidate *c)
{
	if (c->kind == PATH_LAN)
		return c->observed ? TARGET_ON_LINK : TARGET_NAMED_ON_LINK;
	return c->observed ? TARGET_OBSERVED : TARGET_NAMED;
}

/* True for somebody else's private address that is not on our LAN: it seldom
 * answers. */
static bool
is_unlikely(const struct candidate *c)
{
	return path_target_kind(c) == TARGET_NAMED &&
	    addr_is_private(&c->at.addr);
}

int
path_find(const struct path *p, const struct addr *a)
{
	for (size_t i = 0; i < p->count; i++)
		if (addr_equal(&p->candidates[i].at.addr, a))
			return (int)i;
	return -1;
}

static bool
same_local(const struct remote *a, const struct remote *b)
{
	return memcmp(a->local, b->local, sizeof(a->local)) == 0;
}

int
path_known(const struct path *p, const struct remote *r)
{
	int open = -1;

	if (r == NULL)
		return PATH_BY_RELAY;
	for (size_t i = 0; i < p->count; i++) {
		const struct candidate *c = &p->candidates[i];

		if (!addr_equal(&c->at.addr, &r->addr))
			continue;
		if (same_local(&c->at, r))
			return (int)i;
		if (!c->settled)
			open = (int)i;
	}
	return open;
}

static void
set_candidate(struct path *p, size_t i, const struct lan *lan,
    const struct addr *a)
{
	struct candidate *c = &p->candidates[i];
	int other;

	memset(c, 0, sizeof(*c));
	/* Only one of two that differ just in our address can be open. */
	other = path_find(p, a);
	c->settled = other != -1;
	if (other != -1) {
		c->vouched = p->candidates[other].vouched;
		c->observed = p->candidates[other].observed;
		c->crowd = p->candidates[other].crowd;
		c->named_at = p->candidates[other].named_at;
	}
	c->at.addr = *a;
	c->kind = kind_of(lan, a);
	c->turn = p->turn;
	c->fresh = p->state == PATH_UP;
}

/* Why a candidate may lose its place to a new one, the best reason first. The
 * last is for one that card or bootnode names: who probes from many addresses,
 * and answers at all of them, does not drive out those. */
enum reason {
	ONLY_HEARD, /* nobody has named it, and it does not answer */
	NAMED_ONCE, /* nor does it, and there are more than one card has */
	NOT_NAMED,
	NO_REASON
};

static enum reason
reason_to_go(const struct path *p, size_t i, size_t named)
{
	const struct candidate *c = &p->candidates[i];

	if ((int)i == p->current || (int)i == p->nominee)
		return NO_REASON;
	if (!c->vouched)
		return c->valid ? NOT_NAMED : ONLY_HEARD;
	return c->valid || named <= CANDIDATES_MAX + 1 ? NO_REASON : NAMED_ONCE;
}

/* A peer that moves from network to network fills the table: where it is now
 * takes the place of where it was. With a full table there are either more
 * that were named than one card has, or others than the two in use. */
static int
replace(struct path *p, bool named)
{
	enum reason least = named ? NO_REASON : NOT_NAMED, reason;
	size_t count = 0, first = p->replaced++;
	int best = -1;

	for (size_t i = 0; i < p->count; i++)
		count += p->candidates[i].vouched;
	for (size_t n = 0; n < p->count; n++) {
		size_t i = (first + n) % p->count;

		reason = reason_to_go(p, i, count);
		if (reason < least) {
			best = (int)i;
			least = reason;
		}
	}
	if (best != -1)
		p->replaced = (size_t)best + 1;
	return best;
}

static int
add(struct path *p, const struct lan *lan, const struct addr *a, bool named)
{
	int i = p->count < PATH_CANDIDATES ? (int)p->count : replace(p, named);

	if (i == -1)
		return -1;
	set_candidate(p, (size_t)i, lan, a);
	if ((size_t)i == p->count)
		p->count++;
	return i;
}

int
path_place(struct path *p, const struct lan *lan, const struct remote *from)
{
	struct candidate *c;
	int i;

	i = path_known(p, from);
	if (i == PATH_BY_RELAY)
		return i;
	if (i == -1 && (i = add(p, lan, &from->addr, false)) == -1)
		return -1;
	c = &p->candidates[i];
	if (!same_local(&c->at, from)) {
		c->at = *from;
		c->by_system = false;
	}
	return i;
}

bool
path_settle(struct path *p, int i, const struct remote *from)
{
	struct candidate *c = &p->candidates[i];
	int other;

	if (from == NULL || same_local(&c->at, from)) {
		c->settled = true;
		return true;
	}
	if (c->settled)
		return false;
	other = path_known(p, from);
	if (other != i) /* which gets answers of its own */
		return false;
	c->at = *from;
	c->settled = true;
	return true;
}

void
path_unsettle(struct path *p)
{
	struct candidate *c;

	for (size_t i = 0; i < p->count; i++) {
		c = &p->candidates[i];
		c->settled = path_find(p, &c->at.addr) != (int)i;
		c->by_system = false;
	}
}

static void
vouch(struct candidate *c, uint64_t now, unsigned int crowd, bool observed)
{
	if (!c->vouched) {
		c->crowd = crowd;
		c->named_at = now;
	}
	c->vouched = true;
	c->observed |= observed;
	if (c->aside_until == CLOCK_NEVER)
		c->aside_until = 0;
}

static bool
add_named(struct path *p, const struct lan *lan, uint64_t now,
    const struct addr *a, bool observed)
{
	int i = path_find(p, a);
	bool is_new = i == -1;

	if (p->mode == RELAY_ONLY || addr_is_unusable(a) ||
	    addr_is_link_local(a) ||
	    (is_new && (i = add(p, lan, a, true)) == -1))
		return false;
	for (; (size_t)i < p->count; i++)
		if (addr_equal(&p->candidates[i].at.addr, a))
			vouch(&p->candidates[i], now, p->targets->peers,
			    observed);
	return is_new;
}

bool
path_add(struct path *p, const struct lan *lan, uint64_t now,
    const struct addr *a)
{
	return add_named(p, lan, now, a, true);
}

bool
path_add_host(struct path *p, const struct lan *lan, uint64_t now,
    const struct addr *a)
{
	bool is_new = add_named(p, lan, now, a, false);

	if (is_new) /* it is another card */
		p->card = p->card_on_link = (struct budget){ .first = 0 };
	return is_new;
}

/* True if its address of ours is one that is gone. */
static bool
is_cut(const struct candidate *c, const struct lan *lan)
{
	for (size_t i = 0; i < lan->count; i++)
		if (memcmp(lan->prefixes[i].ip, c->at.local,
			sizeof(c->at.local)) == 0)
			return false;
	return remote_has_local(&c->at);
}

/* A candidate that is not in use keeps its address, if no other has it. */
static void
cut(struct path *p, size_t i)
{
	struct candidate *c = &p->candidates[i];
	size_t last = p->count - 1;

	c->valid = c->settled = false;
	memset(c->at.local, 0, sizeof(c->at.local));
	for (size_t k = 0; k < p->count; k++) {
		if (k == i ||
		    !addr_equal(&p->candidates[k].at.addr, &c->at.addr))
			continue;
		p->candidates[i] = p->candidates[last];
		if (p->current == (int)last)
			p->current = (int)i;
		p->nominee = -1; /* it is nominated again */
		p->count--;
		return;
	}
}

enum path_change
path_moved(struct path *p, const struct lan *lan)
{
	const struct candidate *c = path_current(p);
	enum path_kind before = c == NULL ? PATH_NONE : c->kind;

	for (size_t i = p->count; i-- > 0;) {
		p->candidates[i].kind = kind_of(lan, &p->candidates[i].at.addr);
		if ((int)i != p->current && is_cut(&p->candidates[i], lan))
			cut(p, i);
	}
	c = path_current(p);
	return c != NULL && c->kind != before ? PATH_CHANGED : PATH_SAME;
}

const struct candidate *
path_current(const struct path *p)
{
	return p->current == -1 ? NULL : &p->candidates[p->current];
}

bool
path_is_inferior(const struct path *p, size_t i)
{
	return p->current != -1 && !p->secured &&
	    p->candidates[p->current].vouched && !p->candidates[i].vouched;
}

bool
path_prefers(const struct path *p, size_t i)
{
	const struct candidate *c = &p->candidates[i], *current;

	if (p->current == -1)
		return true;
	current = &p->candidates[p->current];
	if (!p->secured && c->vouched != current->vouched)
		return c->vouched;
	return rank(c) > rank(current);
}

/* A candidate that only a probe came from is asked when that probe is
 * answered. */
static bool
is_asked(const struct candidate *c)
{
	return c->vouched || c->answered;
}

bool
path_has_other(const struct path *p, uint64_t now)
{
	const struct candidate *relay = &p->candidates[PATH_BY_RELAY];

	for (size_t i = 0; i < p->count; i++)
		if ((int)i != p->current && is_asked(&p->candidates[i]) &&
		    now >= p->candidates[i].aside_until)
			return true;
	return p->current != PATH_BY_RELAY && p->relay_up &&
	    p->mode != RELAY_NEVER && now >= relay->aside_until;
}

bool
path_wants(const struct path *p, size_t i)
{
	const struct candidate *c = &p->candidates[i];

	if (!is_asked(c))
		return false;
	if (p->current == -1)
		return true;
	if (p->doubted)
		return (int)i != p->current;
	return (c->fresh && !c->valid) || path_prefers(p, i);
}

static bool
comes_before(const struct candidate *a, const struct candidate *b)
{
	if (a->turn != b->turn)
		return a->turn < b->turn;
	if (is_unlikely(a) != is_unlikely(b))
		return is_unlikely(b);
	return rank(a) > rank(b);
}

static bool
is_due(const struct candidate *c, uint64_t now)
{
	return now >= c->aside_until && (c->answered || now >= c->due);
}

/* Returns, among the candidates that are due, the one whose turn it is; or
 * -1. */
static int
first_due(const struct path *p, uint64_t now)
{
	const struct candidate *c;
	int best = -1;

	for (size_t i = 0; i < p->count; i++) {
		c = &p->candidates[i];
		if (path_wants(p, i) && is_due(c, now) &&
		    (best == -1 || comes_before(c, &p->candidates[best])))
			best = (int)i;
	}
	return best;
}

static bool
take_budget(struct path *p, const struct candidate *c, uint64_t now)
{
	const struct target_probe probe = {
		.to = &c->at.addr,
		.kind = path_target_kind(c),
		.crowd = c->crowd,
		.since = c->named_at,
		.card = c->kind == PATH_LAN ? &p->card_on_link : &p->card,
	};

	return targets_take(p->targets, now, &probe);
}

int
path_take_turn(struct path *p, uint64_t now)
{
	struct candidate *c;
	int i;

	/* A candidate that has no budget now is not due any more. */
	while ((i = first_due(p, now)) != -1) {
		c = &p->candidates[i];
		p->turn = c->turn;
		c->turn += is_unlikely(c) ? PROBE_UNLIKELY : 1;
		if (c->answered)
			break;
		path_note_try(p, c, now);
		if (take_budget(p, c, now))
			break;
	}
	return i;
}
