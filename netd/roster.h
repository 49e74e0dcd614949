/*
 * Writing what the registry holds into the plaintexts of SEALED packets:
 * rosters in as few parts, events in as few packets as they fit in.
 */
#ifndef NETD_ROSTER_H
#define NETD_ROSTER_H

#include "netd/registry.h"

/* How many parts the room's roster takes, as long as nobody changes. */
uint16_t roster_parts(struct room *);

/*
 * Writes one part with the members from *next on, WIRE_SEALED_MAX bytes at
 * most. *next becomes the first that did not fit, or NULL. Returns the
 * length. The first part starts with registry_first().
 */
size_t roster_put(uint8_t *buf, struct room *, uint16_t part, uint16_t parts,
    struct session **next);

/*
 * Writes the changes from the one that made *version on, as many as fit into
 * WIRE_SEALED_MAX bytes. The log must have them. *version becomes the first
 * that did not fit, or the room's version + 1. Returns the length.
 */
size_t roster_put_events(uint8_t *buf, struct room *, uint32_t *version);

#endif
