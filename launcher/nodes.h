/*
 * A room's bootnodes: which they are, and the addresses of each as far as they
 * are known. What netd is to have is made of that: room->boot_addrs.
 */
#ifndef LAUNCHER_NODES_H
#define LAUNCHER_NODES_H

#include "launcher/resolve.h"
#include "launcher/room.h"

/* The room has these bootnodes from now on. The addresses of numeric ones are
 * known at once. */
void nodes_set(struct room *, const struct endpoints *);

/* True if one of them has no address yet. */
bool nodes_unresolved(const struct room *);
/* True if one that is a name has an address. */
bool nodes_name_resolved(const struct room *);

/* A name was resolved; r->host is one of the room's. Returns how many addresses
 * of all are left out. */
size_t nodes_resolved(struct room *, const struct resolved *r);

/* Takes from another room the addresses of hosts that this one has, too, and of
 * which it knows none. */
void nodes_learn(struct room *, const struct room *from);

#endif
