/*
 * Many guests of a bootnode at once, for its tests: what all of them do, and
 * what they hear. Those from first to last, which is not one of them.
 */
#ifndef TESTS_UNIT_NETD_BOOTNODE_CROWD_H
#define TESTS_UNIT_NETD_BOOTNODE_CROWD_H

#include "tests/unit/netd/bootnode/fake.h"

/* A room of so many, who may all be behind one address. */
struct world *crowd_begin(uint32_t peers);
/* Each sends a HEARTBEAT. */
void crowd_beat(struct world *, uint32_t first, uint32_t last);
/* Bytes. */
uint64_t crowd_heard(const struct world *, uint32_t first, uint32_t last);
/* All of them change, as fast as nobody may, for a time. */
void crowd_churn(struct world *, uint32_t first, uint32_t last, uint64_t time);

/* A new guest behind the IPv4 address that all have who are behind this
 * host. */
struct guest *guest_behind(struct world *, uint32_t index, char room,
    uint8_t host);
/* Three copies of its JOIN, of which the bootnode is to make nothing but a
 * WELCOME, if there is one. */
void guest_copies(struct guest *);

#endif
