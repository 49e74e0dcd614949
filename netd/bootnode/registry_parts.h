/*
 * The part of registry.c that registry_back.c uses; nobody else includes this.
 */
#ifndef NETD_BOOTNODE_REGISTRY_PARTS_H
#define NETD_BOOTNODE_REGISTRY_PARTS_H

#include "netd/bootnode/registry.h"

/* Makes a room without members. Returns NULL without memory. */
struct room *registry_room_new(struct registry *, const struct room_tag *);
/* Frees a room without members. */
void registry_room_free(struct registry *, struct room *);
/* Returns where cards of this length, from 1 to CARD_MAX bytes, are taken
 * from. */
struct slab *registry_card_slab(struct registry *, size_t len);
/* Frees a session that is in a slot, and in no list and no room. */
void registry_session_free(struct registry *, struct session *);

#endif
