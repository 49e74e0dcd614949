/*
 * Many guests of a bootnode at once, for its tests: things that all of them do,
 * and what they hear. A range goes from first to last, which is not in it.
 */
#ifndef TESTS_UNIT_NETD_BOOTNODE_CROWD_H
#define TESTS_UNIT_NETD_BOOTNODE_CROWD_H

#include "tests/unit/netd/bootnode/fake.h"

/* Makes a room of so many, who may all be behind one address. */
struct world *crowd_begin(uint32_t peers);
/* Each sends a HEARTBEAT. */
void crowd_beat(struct world *, uint32_t first, uint32_t last);
/* Returns the bytes that they have received. */
uint64_t crowd_heard(const struct world *, uint32_t first, uint32_t last);
/* All of them change again and again for a time, faster than a member may. */
void crowd_churn(struct world *, uint32_t first, uint32_t last, uint64_t time);

/* Makes a new guest behind the IPv4 address that all guests of this host
 * share. */
struct guest *guest_behind(struct world *, uint32_t index, char room,
    uint8_t host);
/* Sends three copies of the guest's JOIN. The bootnode may answer them with a
 * WELCOME, if there is one, and must do nothing else. */
void guest_copies(struct guest *);

#endif
