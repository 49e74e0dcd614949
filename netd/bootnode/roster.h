/*
 * Writes the registry's contents into the plaintexts of SEALED packets: rosters
 * in as few parts, events in as few packets as possible.
 */
#ifndef NETD_BOOTNODE_ROSTER_H
#define NETD_BOOTNODE_ROSTER_H

#include "netd/bootnode/registry.h"

/*
 * Writes the members after *after (zeros: all), as many as fit into max bytes,
 * WIRE_SEALED_MAX at most, as a roster of a version. *after becomes the last
 * one of these; *last says that there is nobody after it. Members who joined
 * since the version of until are left out: events tell of them. Returns the
 * length, or 0 if not one fits.
 */
size_t roster_put(uint8_t *buf, size_t max, struct room *, uint32_t version,
    uint32_t until, struct peer_id *after, bool *last);

/*
 * Writes the changes from the one that made *version to the one that made
 * until, as many as fit into max bytes, WIRE_SEALED_MAX at most. The log must
 * have them. *version becomes the first that did not fit, or until + 1. Returns
 * the length, or 0 if not one fits.
 */
size_t roster_put_events(uint8_t *buf, size_t max, struct room *,
    uint32_t until, uint32_t *version);

#endif
