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
	uint64_t jitter;	 /* up to so much more, which reorders */
	/* There are two links, to even and to odd receivers; 0: no limit. */
	uint64_t rate; /* bytes a second */
	size_t queue;  /* bytes that wait; what comes then is lost */
	size_t mtu;    /* a longer datagram is lost */
};

#define SIMNET_LINKS   2
#define SIMNET_HEADERS 28 /* of IPv4 and UDP: they take up the link, too */

struct simnet_packet {
	uint64_t at;	/* when it arrives */
	uint64_t order; /* order of those that arrive at once */
	int to;		/* the test's number of the receiver */
	struct addr from;
	uint64_t number; /* anything else it carries */
	size_t len;
	uint8_t bytes[WIRE_DATA_MAX];
};

struct simnet {
	uint64_t seed;
	struct simnet_mix mix;
	bool down; /* everything is lost */
	uint64_t order;
	uint64_t lost;
	uint64_t free_at[SIMNET_LINKS]; /* nanoseconds: the link is idle */
	size_t count, size;
	struct simnet_packet **heap; /* the earliest first */
};

/* Returns a random number of 32 bits; the seed goes on. */
uint32_t simnet_random(uint64_t *seed);

void simnet_init(struct simnet *, uint64_t seed, const struct simnet_mix *);
/* Drops all datagrams on their way, and frees all. */
void simnet_end(struct simnet *);

/* Sends a copy; at, order and its fate are filled in. */
void simnet_send(struct simnet *, uint64_t now, const struct simnet_packet *);
/* Returns when the next datagram arrives, or CLOCK_NEVER. */
uint64_t simnet_next(const struct simnet *);
/* Returns the next datagram that has arrived by now, which the caller frees, or
 * NULL. Only the first len bytes are there, or WIRE_MAX if that is less. */
struct simnet_packet *simnet_receive(struct simnet *, uint64_t now);

#endif
