/*
 * How many probes go to addresses that nothing has come from. A bootnode may
 * name anybody's address, and so may a card; who has that is no part of this,
 * and gets few packets of a client, however many peers and cards name it.
 *
 * What is known of an address decides which budgets its probes are of, so that
 * those of one kind cannot be used up by who has only the means of another:
 *
 *	observed	the bootnode says that the peer joined from there, and
 *			a cookie proved it
 *	named		only the peer's card says so
 *
 * and, of both, whether it is on a link of ours.
 *
 * Each IP address, with all of its ports, has a budget, and so has the block
 * that it is in: a /24 of IPv4, a /64 of IPv6. So have all addresses together,
 * and all that one card names. A probe costs one of each. What was spent comes
 * back with time, up to what it was at first. Each address and port that
 * answers adds to them: so all who are behind one NAT are found, if some can
 * be. On a link of ours there is no budget of a block; and since no NAT is in
 * between, so that one packet is enough, the first one of a card goes there
 * whatever others have named the address.
 *
 * All in a room hear of a card. So what is only named gets less of each the
 * more peers this client has, and later, at a random time: of a large room
 * about as much as of a small one. A peer that is there probes us, too, and an
 * answer costs nothing.
 *
 * What is not counted here: answers, which are one for one, and probes to who
 * has answered.
 *
 * A table of fixed size, half of it for what is named. What is not as it was
 * at first, by what was spent, is forgotten by nothing but time; if there is
 * no place, what is new waits. Pure: it reads no clock.
 */
#ifndef NETD_CLIENT_TARGETS_H
#define NETD_CLIENT_TARGETS_H

#include "common/addr.h"
#include "common/clock.h"
#include "common/siphash.h"

#define TARGETS_PLACES 4096 /* a power of two */
#define TARGETS_WINDOW 32   /* places that one may be at */

#define TARGET_FIRST	  20   /* packets to an IP address at first, */
#define TARGET_BLOCK	  40   /* to a block, */
#define TARGET_ALL	  2000 /* and to all */
#define TARGET_ANSWER	  20   /* more for each that answers, */
#define TARGET_MOST	  640  /* up to so many */
#define TARGET_REFILL	  (60 * USEC_PER_SEC)	/* of one packet, */
#define TARGET_REFILL_ALL (600 * USEC_PER_MSEC) /* and for all together */

/* The limits for addresses that are only named: for an IP address that is on no
 * link of ours and for all such that a card names, or all that are on one; for
 * a block; and for all together. */
#define NAMED_FIRST 3
#define NAMED_BLOCK 6
#define NAMED_ALL   800
/* With up to this many peers the limits stay as they are; with more, each has
 * its part, but at least one. */
#define NAMED_SMALL 6
/* With more peers than this, a budget begins at a random time within so long
 * for each of them, and a packet comes back in so long for each. */
#define NAMED_CROWD  (NAMED_SMALL * NAMED_FIRST)
#define NAMED_SPREAD (6 * USEC_PER_SEC)

enum target_kind {
	TARGET_OBSERVED,
	TARGET_NAMED,
	TARGET_ON_LINK,
	TARGET_NAMED_ON_LINK,
	TARGET_KINDS
};

struct budget {
	uint16_t left; /* packets */
	uint16_t first;
	uint64_t time; /* when it had so many; or when it begins */
};

struct target {
	uint8_t ip[16]; /* of a block: zeros after it */
	bool used;
	bool block;
	uint8_t kind;
	struct budget budget;
};

struct targets {
	struct target places[TARGETS_PLACES];
	struct budget all[TARGET_KINDS];
	uint8_t key[SIPHASH_KEY];
	unsigned int peers; /* that there is a path to */
	uint64_t refused;   /* probes */
};

/* A probe that is to be sent. */
struct target_probe {
	const struct addr *to;
	enum target_kind kind;
	unsigned int crowd;  /* peers when it was named, */
	uint64_t since;	     /* and when that was */
	struct budget *card; /* of all such that it names; zeros at first */
};

/* The key is random: nobody outside knows which share places. */
void targets_init(struct targets *, const uint8_t key[SIPHASH_KEY]);

/* Takes a probe from the budgets, or returns false if one of them has none
 * left. */
bool targets_take(struct targets *, uint64_t now, const struct target_probe *);

/* This address and port has answered a probe for the first time. */
void targets_answered(struct targets *, uint64_t now, const struct addr *,
    enum target_kind);

#endif
