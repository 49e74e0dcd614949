/*
 * The address blocks that send a bootnode most: the Space-Saving algorithm (A.
 * Metwally, D. Agrawal, A. El Abbadi: "Efficient computation of frequent and
 * top-k elements in data streams", ICDT 2005). It has a fixed number of places.
 * A block that has none takes that of the one counted least and goes on from
 * its count, so that no block with more than 1/64 of all datagrams is missed,
 * and no count is over by more than that. Somebody who writes from a new
 * address each time costs the same as anybody else, and no memory.
 *
 * Counts are halved twice a minute: a source that was loud an hour ago is
 * forgotten. A pure data structure; it reads no clock.
 */
#ifndef NETD_BOOTNODE_SOURCES_H
#define NETD_BOOTNODE_SOURCES_H

#include "common/clock.h"
#include "common/ipc_stats.h"

#define SOURCES_PLACES 64 /* a power of two */
#define SOURCES_CHAINS 128
#define SOURCES_PERIOD (30 * USEC_PER_SEC)

/* A place, and the block that has it. */
struct source {
	struct addr_block block;
	uint64_t count; /* datagrams, with those of others */
	uint64_t error; /* of these, what may be others' */
	uint64_t dropped;
	uint8_t rank; /* where in the heap */
	uint8_t next; /* of the chain, or SOURCES_PLACES */
	bool used;
};

struct sources {
	struct source places[SOURCES_PLACES];
	uint8_t heap[SOURCES_PLACES]; /* places; the least count first */
	uint8_t chains[SOURCES_CHAINS];
	uint8_t last; /* the place found last */
	uint64_t seed[2];
	uint64_t halved_at;
	uint64_t span; /* what the counts stood for then, microseconds */
};

/* The seed is random: nobody outside knows which blocks share a chain. */
void sources_init(struct sources *, uint64_t now, const uint64_t seed[2]);

/* A datagram came from this address. O(log SOURCES_PLACES) and the blocks of
 * a chain. */
void sources_received(struct sources *, uint64_t now, const struct addr *);
/* A datagram that came from there, perhaps a while ago, was dropped. */
void sources_dropped(struct sources *, const struct addr *);

/* Writes at most SOURCES_MAX blocks, those that sent most first, with the
 * counts that are certainly theirs. Returns how many, and in *span, in
 * microseconds, the time for which the counts stand: divided by it they are a
 * rate. */
uint32_t sources_top(struct sources *, uint64_t now,
    struct ipc_source top[SOURCES_MAX], uint64_t *span);

#endif
