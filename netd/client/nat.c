/*
 * How the NAT before us behaves. See nat.h.
 */
#include "netd/client/nat.h"

#include <string.h>

void
nat_init(struct nat *n, uint16_t port, const struct lan *lan)
{
	memset(n, 0, sizeof(*n));
	n->port = port;
	n->lan = *lan;
}

void
nat_moved(struct nat *n, const struct lan *lan)
{
	n->lan = *lan;
}

/* Returns the look of this observer, or a place for one: if need be that of the
 * oldest, but never the first. */
static struct nat_look *
place(struct nat *n, const struct addr *by)
{
	struct nat_look *oldest = &n->looks[1];

	for (size_t i = 0; i < n->count; i++)
		if (addr_equal(&n->looks[i].by, by))
			return &n->looks[i];
	if (n->count < NAT_LOOKS)
		return &n->looks[n->count++];
	for (size_t i = 2; i < n->count; i++)
		if (n->looks[i].time < oldest->time)
			oldest = &n->looks[i];
	return oldest;
}

static void
note(struct nat *n, uint64_t now, const struct addr *by,
    const struct addr *seen)
{
	*place(n, by) =
	    (struct nat_look){ .by = *by, .seen = *seen, .time = now };
}

void
nat_session(struct nat *n, uint64_t now, const struct addr *bootnode,
    const struct addr *seen)
{
	n->count = 0;
	note(n, now, bootnode, seen);
}

/* The address is another one than before: looks of others are about that
 * one. */
static void
forget_old(struct nat *n, uint64_t now)
{
	size_t kept = 1;

	for (size_t i = 1; i < n->count; i++)
		if (now - n->looks[i].time <= NAT_TOGETHER)
			n->looks[kept++] = n->looks[i];
	n->count = kept;
}

void
nat_bootnode(struct nat *n, uint64_t now, const struct addr *by,
    const struct addr *seen)
{
	const struct nat_look *first = &n->looks[0];

	if (n->count == 0) /* of a session that is over */
		return;
	if (addr_equal(by, &first->by) && !addr_equal(seen, &first->seen))
		forget_old(n, now);
	note(n, now, by, seen);
}

/* Through the NAT, if there is one. */
static bool
is_outside(const struct nat *n, const struct addr *a)
{
	for (size_t i = 0; i < n->lan.count; i++)
		if (addr_in_prefix(a, &n->lan.prefixes[i]))
			return false;
	return !addr_is_loopback(a);
}

static bool
same_ip(const struct addr *a, const struct addr *b)
{
	return memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* The bootnode's own word counts. */
void
nat_peer(struct nat *n, uint64_t now, const struct addr *by,
    const struct addr *seen)
{
	if (n->count > 0 && is_outside(n, by) &&
	    same_ip(seen, &n->looks[0].seen) && !same_ip(by, &n->looks[0].by))
		note(n, now, by, seen);
}

static bool
is_ours(const struct nat *n, const struct addr *a)
{
	for (size_t i = 0; i < n->lan.count; i++)
		if (a->port == n->port &&
		    memcmp(n->lan.prefixes[i].ip, a->ip, sizeof(a->ip)) == 0)
			return true;
	return addr_is_loopback(a);
}

enum nat_mapping
nat_mapping(const struct nat *n, uint64_t now, struct addr *seen)
{
	enum nat_mapping mapping = NAT_UNKNOWN;
	const struct nat_look *first = &n->looks[0], *l;

	memset(seen, 0, sizeof(*seen));
	if (n->count == 0 || now - first->time > NAT_FRESH)
		return NAT_UNKNOWN;
	*seen = first->seen;
	/* A private address that the bootnode sees has come as far as that and
	 * no farther: the bootnode cannot tell what is beyond. */
	if (is_ours(n, seen))
		return addr_is_private(seen) || addr_is_loopback(seen)
		    ? NAT_NEAR
		    : NAT_NONE;
	for (l = first + 1; l < first + n->count; l++) {
		if (now - l->time > NAT_FRESH)
			continue;
		if (!addr_equal(&l->seen, seen))
			return NAT_DEPENDENT;
		mapping = NAT_INDEPENDENT;
	}
	return mapping;
}
