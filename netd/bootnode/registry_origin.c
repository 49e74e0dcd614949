/*
 * The sources of a bootnode's sessions, and the share of each. See registry.h.
 */
#include "netd/bootnode/registry_origin.h"

#include <string.h>

static int
compare_origins(const struct origin *a, const struct origin *b)
{
	return memcmp(&a->block, &b->block, sizeof(a->block));
}

/* RB_GENERATE_STATIC() wants the __unused of the BSDs, which we lack. */
RB_GENERATE_INTERNAL(origin_tree, origin, by_block, compare_origins,
    __attribute__((unused)) static)

/* The last byte tells a site from its first /64, which has zeros there. */
struct addr_block
registry_site(const struct addr *addr)
{
	struct addr_block site = { .ip = { [15] = 1 } };

	memcpy(site.ip, addr->ip, 48 / 8);
	return site;
}

void
origin_init(struct registry *r)
{
	slab_init(&r->origin_slab, sizeof(struct origin));
	RB_INIT(&r->origins);
}

static uint64_t
told_key(const struct registry *r, const struct origin *o)
{
	return recent_key(&r->told, &o->block, sizeof(o->block));
}

/* Sets the number of bytes that it may be told unasked: all, unless it is known
 * how many were left. */
static void
recall(struct registry *r, uint64_t now, struct origin *o)
{
	uint64_t key = told_key(r, o);
	const struct recent_entry *told = recent_find(&r->told, now, key);

	o->may_tell = TELL_BURST;
	if (told == NULL)
		return;
	o->may_tell = told->value;
	o->told_at = told->until - TELL_KNOWN_FOR;
	recent_put(&r->told, key, 0, 0);
}

static struct origin *
origin_find(struct registry *r, uint64_t now, const struct addr_block *block)
{
	struct origin key = { .block = *block }, *o;

	o = RB_FIND(origin_tree, &r->origins, &key);
	if (o != NULL)
		return o;
	o = slab_take(&r->origin_slab);
	if (o == NULL)
		return NULL;
	o->block = key.block;
	recall(r, now, o);
	RB_INSERT(origin_tree, &r->origins, o);
	return o;
}

void
origin_put(struct registry *r, struct origin *o)
{
	struct origin *site = o->site;

	if (o->sessions > 0 || o->pending > 0)
		return;
	RB_REMOVE(origin_tree, &r->origins, o);
	if (o->may_tell < TELL_BURST)
		recent_put(&r->told, told_key(r, o),
		    o->told_at + TELL_KNOWN_FOR, o->may_tell);
	slab_put(&r->origin_slab, o);
	if (site != NULL)
		origin_put(r, site);
}

struct origin *
origin_get(struct registry *r, uint64_t now, const struct addr *addr)
{
	struct addr_block block = addr_block_of(addr),
			  site = registry_site(addr);
	struct origin *o = origin_find(r, now, &block);

	if (o == NULL || addr_is_ipv4(addr) || o->site != NULL)
		return o;
	o->site = origin_find(r, now, &site);
	if (o->site == NULL) {
		origin_put(r, o);
		return NULL;
	}
	return o;
}

uint32_t
registry_limit(const struct registry *r, const struct addr_block *block)
{
	const struct prefix *p =
	    r->lifted != NULL ? prefixes_find(r->lifted, block->ip) : NULL;

	return p != NULL ? p->sessions : r->max_per_address;
}

static void
recount(struct registry *r, struct origin *o)
{
	const uint64_t limit = registry_limit(r, &o->block);
	const bool crowded = 4 * (uint64_t)o->sessions >= 3 * limit;

	r->crowded += (uint32_t)crowded - (uint32_t)o->crowded;
	o->crowded = crowded;
}

void
registry_recount(struct registry *r, const struct session *s)
{
	recount(r, s->origin);
}

bool
registry_is_crowded(const struct session *s)
{
	return s->origin->crowded;
}

void
origin_count_sessions(struct registry *r, struct origin *o, int more)
{
	o->sessions += (uint32_t)more;
	if (o->site != NULL)
		o->site->sessions += (uint32_t)more;
	recount(r, o);
}

void
origin_count_pending(struct origin *o, int more)
{
	o->pending += (uint32_t)more;
	if (o->site != NULL)
		o->site->pending += (uint32_t)more;
}

bool
origin_share_full(const struct registry *r, const struct session *s,
    struct room *room, const struct session *old)
{
	uint32_t shares = r->max_per_address, block = 0, site = 0, free = 0;
	uint32_t limit;
	const struct session *other;

	if (old != NULL && old->origin == s->origin)
		return false; /* that makes it none more */
	if (registry_limit(r, &s->origin->block) > r->max_per_address)
		return false;
	for (uint32_t i = 0; i < room->count; i++) {
		other = room->members[i];
		if (other == old)
			continue;
		block += other->origin == s->origin;
		site += s->origin->site != NULL &&
		    other->origin->site == s->origin->site;
	}
	if (shares > ROOM_SHARES)
		shares = ROOM_SHARES;
	if (r->max_peers + block > room->count)
		free = r->max_peers + block - room->count;
	limit = free * shares / ROOM_SHARES;
	if (limit < ROOM_SHARE_MIN)
		limit = ROOM_SHARE_MIN;
	return block >= limit || site >= 2 * limit;
}

bool
origin_full(const struct registry *r, const struct session *s,
    const struct session *old)
{
	const struct origin *o = s->origin;
	uint32_t limit = registry_limit(r, &o->block);
	uint32_t mine = old != NULL && old->origin == o;
	uint32_t site = old != NULL && old->origin->site == o->site;

	return o->sessions - mine >= limit ||
	    (o->site != NULL &&
		o->site->sessions - site >= SITE_BLOCKS * limit);
}

bool
origin_pending_full(const struct registry *r, const struct origin *o)
{
	uint32_t limit = registry_limit(r, &o->block);

	return o->pending >= limit ||
	    (o->site != NULL && o->site->pending >= SITE_BLOCKS * limit);
}

struct relay_tokens *
registry_block_relay(const struct session *s)
{
	return &s->origin->relay;
}

struct relay_tokens *
registry_site_relay(const struct session *s)
{
	return s->origin->site != NULL ? &s->origin->site->relay : NULL;
}

bool
registry_block_tell(const struct session *s, uint64_t now, uint64_t bytes)
{
	struct origin *o = s->origin;

	if (o->may_tell < bytes)
		return false;
	o->may_tell -= (uint32_t)bytes;
	o->told_at = now;
	return true;
}

void
registry_block_earn(const struct session *s, uint64_t bytes)
{
	struct origin *o = s->origin;

	o->may_tell = (uint32_t)clock_min(o->may_tell + bytes, TELL_BURST);
}

uint32_t
registry_from_block(const struct session *s)
{
	return s->origin->sessions;
}
