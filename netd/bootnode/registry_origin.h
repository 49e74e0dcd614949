/*
 * The part of registry_origin.c that registry.c uses; nobody else includes
 * this.
 */
#ifndef NETD_BOOTNODE_REGISTRY_ORIGIN_H
#define NETD_BOOTNODE_REGISTRY_ORIGIN_H

#include "netd/bootnode/registry.h"

/* An address block and its share of this bootnode. */
struct origin {
	RB_ENTRY(origin) by_block;
	struct addr_block block;
	struct origin *site; /* of an IPv6 /64 the /48, else NULL */
	uint32_t sessions;   /* in rooms; of a site, those of its blocks */
	uint32_t pending;    /* the same */
	struct relay_tokens relay;
	uint32_t may_tell; /* bytes, unasked */
	bool crowded;	   /* and counted as such; no site is */
	uint64_t told_at;  /* the last of them */
};

/* There are no origins yet. */
void origin_init(struct registry *);
/* Returns the origin that this address is in, made if need be; NULL without
 * memory. */
struct origin *origin_get(struct registry *, uint64_t now, const struct addr *);
/* Frees an origin that counts nothing any more, and so its site. */
void origin_put(struct registry *, struct origin *);
/* Counts this many sessions more, or fewer, from the origin and from its
 * site. */
void origin_count_sessions(struct registry *, struct origin *, int more);
void origin_count_pending(struct origin *, int more);

/* True if the source of this session, or its site, has so many sessions that it
 * may have no more; in this room, too. The session old (NULL: none) is given
 * up. */
bool origin_full(const struct registry *, const struct session *,
    const struct session *old);
/* The same of the JOINs that cryptod opens. */
bool origin_pending_full(const struct registry *, const struct origin *);
bool origin_share_full(const struct registry *, const struct session *,
    struct room *, const struct session *old);

#endif
