/*
 * The candidates of a path: what they are, which of them are worth a probe,
 * and whose turn it is. See path.h and path_parts.h.
 */
#include "netd/path_parts.h"

#include <string.h>

/* Another's private address, not on our LAN, seldom answers: it is probed
 * once while the others are so many times. */
#define UNLIKELY_WEIGHT 4

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

/* Same LAN, then IPv6, then IPv4, then the relay. */
static int
rank(const struct candidate *c)
{
	if (c->kind == PATH_RELAY)
		return 0;
	if (c->kind == PATH_LAN)
		return 3;
	return addr_is_ipv4(&c->addr) ? 1 : 2;
}

static bool
is_unlikely(const struct candidate *c)
{
	return c->kind == PATH_DIRECT && addr_is_private(&c->addr);
}

int
path_find(const struct path *p, const struct addr *a)
{
	if (a == NULL)
		return PATH_BY_RELAY;
	for (size_t i = 0; i < p->count; i++)
		if (addr_equal(&p->candidates[i].addr, a))
			return (int)i;
	return -1;
}

static void
set_candidate(struct path *p, size_t i, const struct lan *lan,
    const struct addr *a)
{
	struct candidate *c = &p->candidates[i];

	memset(c, 0, sizeof(*c));
	c->addr = *a;
	c->kind = kind_of(lan, a);
	c->turn = p->turn;
	c->fresh = p->state == PATH_UP;
}

static int
add(struct path *p, const struct lan *lan, const struct addr *a)
{
	int i = path_find(p, a);

	if (i != -1)
		return i;
	if (p->count == PATH_CANDIDATES)
		return -1;
	set_candidate(p, p->count, lan, a);
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
		set_candidate(p, i, lan, a);
		return (int)i;
	}
	return -1;
}

int
path_place(struct path *p, const struct lan *lan, const struct addr *a)
{
	int i = add(p, lan, a);

	return i == -1 ? replace(p, lan, a) : i;
}

bool
path_add(struct path *p, const struct lan *lan, const struct addr *a)
{
	return p->mode != RELAY_ONLY && !addr_is_unusable(a) &&
	    !addr_is_link_local(a) && path_find(p, a) == -1 &&
	    path_place(p, lan, a) != -1;
}

enum path_change
path_moved(struct path *p, const struct lan *lan)
{
	const struct candidate *c = path_current(p);
	enum path_kind before = c == NULL ? PATH_NONE : c->kind;

	for (size_t i = 0; i < p->count; i++)
		p->candidates[i].kind = kind_of(lan, &p->candidates[i].addr);
	return c != NULL && c->kind != before ? PATH_CHANGED : PATH_SAME;
}

const struct candidate *
path_current(const struct path *p)
{
	return p->current == -1 ? NULL : &p->candidates[p->current];
}

bool
path_prefers(const struct path *p, size_t i)
{
	return p->current == -1 ||
	    rank(&p->candidates[i]) > rank(&p->candidates[p->current]);
}

bool
path_wants(const struct path *p, size_t i)
{
	const struct candidate *c = &p->candidates[i];

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

int
path_take_turn(struct path *p)
{
	struct candidate *c;
	int best = -1;

	for (size_t i = 0; i < p->count; i++)
		if (path_wants(p, i) &&
		    (best == -1 ||
			comes_before(&p->candidates[i], &p->candidates[best])))
			best = (int)i;
	if (best == -1)
		return -1;
	c = &p->candidates[best];
	p->turn = c->turn;
	c->turn += is_unlikely(c) ? UNLIKELY_WEIGHT : 1;
	return best;
}
