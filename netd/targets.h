/*
 * How many probes go to addresses that nothing has come from. A card may name
 * anybody's address, and so may a bootnode; who has that is no part of this,
 * and gets few packets of a client, however many peers and cards name it.
 *
 * Each IP address, with all of its ports, has a budget, and so has the block
 * that it is in: a /24 of IPv4, a /64 of IPv6. A probe costs one of both. What
 * was spent comes back at one a minute, up to what it was at first. Each
 * address and port that answers adds to both: so all who are behind one NAT
 * are found, if some can be. A block on our own link has no limit but those of
 * its addresses.
 *
 * What is not counted here: answers, which are one for one, and probes to who
 * has answered.
 *
 * A table of fixed size. What is not as it was at first, by what was spent, is
 * forgotten by nothing but time; if there is no place, what is new waits.
 * Pure: it reads no clock.
 */
#ifndef NETD_TARGETS_H
#define NETD_TARGETS_H

#include "common/addr.h"
#include "common/clock.h"
#include "common/siphash.h"

#define TARGETS_PLACES 4096 /* a power of two */
#define TARGETS_WINDOW 32   /* places that one may be at */

#define TARGET_FIRST  20  /* packets to an IP address at first, */
#define TARGET_BLOCK  40  /* and to a block */
#define TARGET_ANSWER 20  /* more for each that answers, */
#define TARGET_MOST   640 /* up to so many */
#define TARGET_REFILL (60 * USEC_PER_SEC) /* of one packet */

struct target {
	uint8_t ip[16]; /* of a block: zeros after it */
	bool used;
	bool block;
	uint16_t left; /* packets */
	uint64_t time; /* when it had so many */
};

struct targets {
	struct target places[TARGETS_PLACES];
	uint8_t key[SIPHASH_KEY];
	uint64_t refused; /* probes */
};

/* The key is random: nobody outside knows which share places. */
void targets_init(struct targets *, const uint8_t key[SIPHASH_KEY]);

/* A probe is to go there: takes it from the budgets, or returns false if there
 * is none left. on_link: the address is in a block of our own link. */
bool targets_take(struct targets *, uint64_t now, const struct addr *,
    bool on_link);

/* This address and port has answered a probe for the first time. */
void targets_answered(struct targets *, uint64_t now, const struct addr *,
    bool on_link);

#endif
