/*
 * The members of a room, in the order of their peer ids. The part of
 * registry_members.c that registry.c uses.
 */
#ifndef NETD_BOOTNODE_REGISTRY_MEMBERS_H
#define NETD_BOOTNODE_REGISTRY_MEMBERS_H

#include "netd/bootnode/registry.h"

/* Makes room for one member more. Returns 0, or -1 without memory. */
int members_fit(struct room *);
/* Inserts a session, whose peer is not in the room, where members_fit() has
 * made room for it. */
void members_insert(struct room *, struct session *);
/* Takes out a session. */
void members_remove(struct room *, const struct session *);

#endif
