/*
 * This host's network. See network.h.
 */
#include "netd/client/network.h"

#include <string.h>

/* --- Links and ways --------------------------------------------------- */

struct network_link *
network_find(struct network *n, int index)
{
	for (size_t i = 0; i < n->link_count; i++)
		if (n->links[i].index == index)
			return &n->links[i];
	return NULL;
}

void
network_set_link(struct network *n, const struct network_link *link)
{
	struct network_link *known = network_find(n, link->index);

	if (known == NULL && n->link_count < NETWORK_LINKS_MAX)
		known = &n->links[n->link_count++];
	if (known != NULL)
		*known = *link;
}

void
network_remove_link(struct network *n, int index)
{
	struct network_link *link = network_find(n, index);

	if (link != NULL)
		*link = n->links[--n->link_count];
}

void
network_sweep_links(struct network *n)
{
	for (size_t i = n->link_count; i-- > 0;)
		if (!n->links[i].listed)
			n->links[i] = n->links[--n->link_count];
}

void
network_add_way(struct network *n, const struct network_way *way)
{
	if (n->way_count < NETWORK_WAYS_MAX)
		n->ways[n->way_count++] = *way;
}

uint32_t
network_mtu(const struct network *n, const struct addr *to)
{
	uint32_t mtu = 0;

	for (size_t i = 0; i < n->way_count; i++) {
		const struct network_way *w = &n->ways[i];

		if (memcmp(w->to, to->ip, sizeof(w->to)) != 0)
			continue;
		mtu = w->mtu;
		for (size_t k = 0; k < n->link_count; k++)
			if (n->links[k].index == w->link &&
			    (mtu == 0 || n->links[k].mtu < mtu))
				mtu = n->links[k].mtu;
	}
	return mtu;
}

/* --- Ranks ------------------------------------------------------------ */

/* The lower the better. */
enum rank {
	RANK_SOURCE, /* the kernel would send from it, or its prefix */
	RANK_WAY,    /* of the same link */
	RANK_UP,
	RANK_BRIDGE, /* with members; likely containers, or machines in this */
	RANK_DOWN,   /* or the address is about to go */
	RANK_EMPTY   /* a bridge without members */
};

/* Within a class nothing takes the place of an address that was chosen before:
 * a container that starts is no reason for a new card. */
enum class {
	CLASS_WAY,
	CLASS_UP,
	CLASS_ASIDE,
	CLASS_COUNT
};

static const enum class class_of[] = {
	[RANK_SOURCE] = CLASS_WAY,
	[RANK_WAY] = CLASS_WAY,
	[RANK_UP] = CLASS_UP,
	[RANK_BRIDGE] = CLASS_ASIDE,
	[RANK_DOWN] = CLASS_ASIDE,
	[RANK_EMPTY] = CLASS_ASIDE,
};

static bool
is_ipv4(const struct network_addr *a)
{
	struct addr addr = { .port = 0 };

	memcpy(addr.ip, a->prefix.ip, sizeof(addr.ip));
	return addr_is_ipv4(&addr);
}

/* Returns the block that one customer is given: a single address of IPv6 counts
 * as one of the /64. */
static struct addr_prefix
network_of(const struct network_addr *a)
{
	struct addr_prefix p = a->prefix;

	if (!is_ipv4(a) && p.bits > 64)
		p.bits = 64;
	return p;
}

static bool
is_within(const uint8_t ip[16], const struct addr_prefix *p)
{
	struct addr a = { .port = 0 };

	memcpy(a.ip, ip, sizeof(a.ip));
	return addr_in_prefix(&a, p);
}

/* Ranks an address by the routes of its own family. */
static enum rank
rank_of_ways(const struct network *n, const struct network_addr *a)
{
	struct addr_prefix p = network_of(a);
	enum rank rank = RANK_UP;

	for (size_t i = 0; i < n->way_count; i++) {
		const struct network_way *w = &n->ways[i];
		struct addr to = { .port = 0 };

		memcpy(to.ip, w->to, sizeof(to.ip));
		if (w->link != a->link || addr_is_ipv4(&to) != is_ipv4(a))
			continue;
		if (is_within(w->from, &p))
			return RANK_SOURCE;
		rank = RANK_WAY;
	}
	return rank;
}

static enum rank
rank_of(const struct network *n, const struct network_addr *a)
{
	struct network_link link = { .up = true };
	enum rank rank;

	for (size_t i = 0; i < n->link_count; i++)
		if (n->links[i].index == a->link)
			link = n->links[i];
	if (!link.up)
		return link.bridge ? RANK_EMPTY : RANK_DOWN;
	rank = rank_of_ways(n, a);
	if (rank == RANK_UP && link.bridge)
		rank = RANK_BRIDGE;
	return a->deprecated && rank < RANK_DOWN ? RANK_DOWN : rank;
}

/* --- Addresses -------------------------------------------------------- */

static bool
can_be_told(const struct network *n, const struct network_addr *a)
{
	struct addr addr = { .port = 0 };

	memcpy(addr.ip, a->prefix.ip, sizeof(addr.ip));
	return !addr_is_loopback(&addr) && !addr_is_link_local(&addr) &&
	    (!n->ipv4_only || is_ipv4(a));
}

void
network_add(struct network *n, const struct network_addr *a)
{
	size_t worst = 0;

	if (!can_be_told(n, a))
		return;
	if (n->addr_count < NETWORK_ADDRS_MAX) {
		n->addrs[n->addr_count++] = *a;
		return;
	}
	for (size_t i = 1; i < n->addr_count; i++)
		if (rank_of(n, &n->addrs[i]) >= rank_of(n, &n->addrs[worst]))
			worst = i;
	if (rank_of(n, a) < rank_of(n, &n->addrs[worst]))
		n->addrs[worst] = *a;
}

static bool
was_chosen(const struct ipc_local *before, const struct network_addr *a)
{
	for (size_t i = 0; i < before->count; i++)
		if (memcmp(before->hosts[i].ip, a->prefix.ip,
			sizeof(a->prefix.ip)) == 0)
			return true;
	return false;
}

/* Of two addresses of one prefix of a link, prefers the one that stays, or else
 * the first. */
static bool
stays_longer(const struct network_addr *a, const struct network_addr *b,
    bool first)
{
	if (a->deprecated != b->deprecated)
		return b->deprecated;
	if (a->passing != b->passing)
		return b->passing;
	return first;
}

/* True if another address of its prefix is taken instead. */
static bool
is_spare(const struct network *n, size_t i)
{
	const struct network_addr *a = &n->addrs[i], *other;
	struct addr_prefix p = network_of(a);

	for (size_t k = 0; k < n->addr_count; k++) {
		other = &n->addrs[k];
		if (k != i && other->link == a->link &&
		    network_of(other).bits == p.bits &&
		    is_within(other->prefix.ip, &p) &&
		    stays_longer(other, a, k < i))
			return true;
	}
	return false;
}

/* The properties by which addresses are compared, in this order; the lower the
 * better. */
struct merit {
	unsigned int class;
	unsigned int family; /* addresses of it that were taken already */
	unsigned int fresh;  /* not chosen before */
	unsigned int rank;
};

static bool
is_better(const struct merit *a, const struct merit *b)
{
	if (a->class != b->class)
		return a->class < b->class;
	if (a->family != b->family)
		return a->family < b->family;
	if (a->fresh != b->fresh)
		return a->fresh < b->fresh;
	return a->rank < b->rank;
}

/* The state of the choice so far. */
struct choice {
	bool done[NETWORK_ADDRS_MAX];
	unsigned int taken[CLASS_COUNT][2]; /* by IPv6, IPv4 */
};

/* Takes and returns the next address; NULL if no address is left. */
static const struct network_addr *
choose_next(const struct network *n, const struct ipc_local *before,
    struct choice *c)
{
	struct merit top = { .class = CLASS_COUNT };
	size_t best = n->addr_count;

	for (size_t i = 0; i < n->addr_count; i++) {
		const struct network_addr *a = &n->addrs[i];
		enum rank rank = rank_of(n, a);
		struct merit m = {
			.class = class_of[rank],
			.family = c->taken[class_of[rank]][is_ipv4(a)],
			.fresh = !was_chosen(before, a),
			.rank = rank,
		};

		if (c->done[i] || !is_better(&m, &top))
			continue;
		top = m;
		best = i;
	}
	if (best == n->addr_count)
		return NULL;
	c->done[best] = true;
	c->taken[top.class][is_ipv4(&n->addrs[best])]++;
	return &n->addrs[best];
}

void
network_choose(const struct network *n, const struct ipc_local *before,
    struct ipc_local *chosen)
{
	struct choice c = { .taken = { { 0 } } };
	const struct network_addr *a;
	struct addr *host;

	*chosen = (struct ipc_local){ .port = before->port };
	for (size_t i = 0; i < n->addr_count; i++)
		c.done[i] = is_spare(n, i);
	while (chosen->count < CANDIDATES_MAX &&
	    (a = choose_next(n, before, &c)) != NULL) {
		host = &chosen->hosts[chosen->count++];
		memcpy(host->ip, a->prefix.ip, sizeof(host->ip));
		host->port = before->port;
	}
}
