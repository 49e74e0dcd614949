/*
 * Recent events, in a fixed number of places: how often a source has joined,
 * and which JOINs were used. A key has four places to be in; if all are taken,
 * the one whose time is over first is forgotten. So somebody who comes from
 * ever new addresses gets a little more than is meant for each, and no memory.
 * A pure data structure; it reads no clock.
 */
#ifndef NETD_BOOTNODE_RECENT_H
#define NETD_BOOTNODE_RECENT_H

#include "common/clock.h"
#include "common/siphash.h"

#define RECENT_PLACES 16384 /* a power of two */
#define RECENT_WAYS   4

struct recent_entry {
	uint64_t key; /* 0: never used */
	uint64_t until;
	uint32_t value;
};

struct recent {
	uint8_t secret[SIPHASH_KEY]; /* nobody knows which keys share places */
	struct recent_entry places[RECENT_PLACES];
};

/* Makes the key for these bytes. */
uint64_t recent_key(const struct recent *, const void *bytes, size_t len);
/* Returns the entry of a key, if its time is not over; or NULL. */
const struct recent_entry *recent_find(const struct recent *, uint64_t now,
    uint64_t key);
void recent_put(struct recent *, uint64_t key, uint64_t until, uint32_t value);
/* True if this may happen now: burst times at once, and once more after each
 * spacing. It then counts. */
bool recent_take(struct recent *, uint64_t now, uint64_t key, uint64_t spacing,
    uint32_t burst);

#endif
