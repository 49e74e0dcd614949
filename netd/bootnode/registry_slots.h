/*
 * The slots of sessions: small numbers, of which the lowest that is free is
 * taken first, so that tables by slot, here and in cryptod, stay as short as
 * the sessions are few. The part of registry_slots.c that registry.c uses.
 */
#ifndef NETD_BOOTNODE_REGISTRY_SLOTS_H
#define NETD_BOOTNODE_REGISTRY_SLOTS_H

#include "netd/bootnode/registry.h"

/* Gives the session the lowest slot that is free, below the limit. Returns 0,
 * or -1 if there is none, or no memory. */
int slots_take(struct slots *, uint32_t limit, struct session *);
/* Gives the session this slot. Returns 0, or -1 if another has it, or without
 * memory. */
int slots_take_at(struct slots *, uint32_t slot, struct session *);
/* Frees a session's slot. */
void slots_put(struct slots *, const struct session *);
/* Frees the tables. */
void slots_clear(struct slots *);

#endif
