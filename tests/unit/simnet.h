/*
 * A simulated network for tests: it loses, delays, reorders and repeats
 * datagrams as its seed says, by a clock that is an argument. The same seed
 * gives the same run.
 */
#ifndef TESTS_UNIT_SIMNET_H
#define TESTS_UNIT_SIMNET_H

#include "common/clock.h"
#include "common/wire.h"

struct simnet_mix {
	unsigned int loss;	 /* percent */
	unsigned int duplicates; /* percent */
	uint64_t delay;		 /* of every datagram */
	uint64_t jitter;	 /* up to so much more: reorders */
	/* Of two links: to even receivers, and to odd ones; 0: no limit. */
	uint64_t rate; /* bytes a second */
	size_t queue;  /* bytes that wait; what comes then is lost */
	size_t mtu;    /* a longer datagram is lost */
};

#define SIMNET_LINKS   2
#define SIMNET_HEADERS 28 /* of IPv4 and UDP: they take up the link, too */

struct simnet_packet {
	uint64_t at;	/* when it arrives */
	uint64_t order; /* of those that arrive at once */
	int to;		/* the test's number of the receiver */
	struct addr from;
	uint64_t number; /* what else it carries */
	size_t len;
	uint8_t bytes[WIRE_DATA_MAX];
};

struct simnet {
	uint64_t seed;
	struct simnet_mix mix;
	bool down; /* loses everything */
	uint64_t order;
	uint64_t lost;
	uint64_t free_at[SIMNET_LINKS]; /* nanoseconds: the link is idle */
	size_t count, size;
	struct simnet_packet **heap; /* the earliest first */
};

/* A random number of 32 bits; the seed goes on. */
uint32_t simnet_random(uint64_t *seed);

void simnet_init(struct simnet *, uint64_t seed, const struct simnet_mix *);
/* Loses what is still under way, and frees all. */
void simnet_end(struct simnet *);

/* Sends a copy; at, order and perhaps its fate are filled in. */
void simnet_send(struct simnet *, uint64_t now, const struct simnet_packet *);
/* When the next one arrives, or CLOCK_NEVER. */
uint64_t simnet_next(const struct simnet *);
/* The next one that has arrived by now; the caller frees it. NULL: none.
 * Of its bytes the first len are there, or WIRE_MAX if those are more. */
struct simnet_packet *simnet_receive(struct simnet *, uint64_t now);

#endif
