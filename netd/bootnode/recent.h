/*
 * Recent events, in a number of places that is fixed at the start: how often a
 * source has joined, and which JOINs were used. A key has eight places to be
 * in; if all are taken, the one whose time is over first is forgotten. So
 * somebody who comes from ever new addresses gets a little more than is meant
 * for each, and no memory. A pure data structure; it reads no clock.
 *
 * What a flood can push out. An event is put here only after its sender has
 * brought back a cookie, so packets with a forged sender push out nothing. What
 * is kept for a short time is forgotten before what is kept for long: it takes
 * at most one of eight places from that. And nobody knows which keys share
 * places.
 *
 *	joins		A JOIN is kept for 1 s in each of two or three places,
 *			and for 4 s in one. With the default limits, 8,000 a
 *			second, which is more than cryptod can open, therefore
 *			fit. A source that is at its limit is kept for two
 *			minutes, so it is the last one to be forgotten.
 *	known		A JOIN that leads to no session is kept for 5 s. One
 *			that does is kept for 120 s, and so is the peer once
 *			its session has ended. To push these out takes addresses
 *			and sessions, of which each source gets 256 in this
 *			time: in a bootnode for 65,000 sessions 130 sources, and
 *			all the CPU time there is for JOINs for 8 s; in one for
 *			a million 1,000 sources, and 65 s. Somebody who does
 *			this, has recorded the JOIN of a client that has left
 *			since, and can forge that client's address, may have a
 *			ghost admitted until its timeout.
 *	registry.told	A source comes here when its last session ends. One
 *			that is pushed out may be told TELL_BURST once more,
 *			after somebody there has brought back a cookie.
 */
#ifndef NETD_BOOTNODE_RECENT_H
#define NETD_BOOTNODE_RECENT_H

#include "common/clock.h"
#include "common/siphash.h"

#include <stddef.h>

#define RECENT_WAYS 8
/* However few sessions a bootnode may have, somebody can send many JOINs. */
#define RECENT_PLACES_MIN 16384

struct recent_entry {
	uint32_t mark; /* the half of the key that names no place; 0: unused */
	uint32_t value;
	uint64_t until;
};
_Static_assert(sizeof(struct recent_entry) == 16, "it was counted so");

struct recent {
	uint8_t secret[SIPHASH_KEY]; /* nobody knows which keys share places */
	size_t count;		     /* a multiple of RECENT_WAYS */
	struct recent_entry *places;
};

/* Makes a table of at least so many places, which take 16 bytes each, and only
 * if they are used; the caller makes the secret. Returns 0, or -1 without
 * memory. The second frees it. In a table of zeros nothing is kept. */
int recent_init(struct recent *, size_t places);
void recent_clear(struct recent *);

/* Makes the key for these bytes. Two have the same place and mark about once in
 * 2^31 times the number of places. */
uint64_t recent_key(const struct recent *, const void *bytes, size_t len);
/* Returns the entry of a key, if its time is not over; or NULL. */
const struct recent_entry *recent_find(const struct recent *, uint64_t now,
    uint64_t key);
void recent_put(struct recent *, uint64_t key, uint64_t until, uint32_t value);
/*
 * The entries of one table for another, of as many places and with the same
 * secret. The first returns the next entry whose time is not over; *next is the
 * first place to look at, and becomes the one behind it; NULL: there are no
 * more. The second puts an entry where the other table had it; it does nothing
 * if there is no such place.
 */
const struct recent_entry *recent_next(const struct recent *, uint64_t now,
    size_t *next);
void recent_put_at(struct recent *, size_t place, const struct recent_entry *);
/* True if this may happen now: burst times at once, and once more after each
 * spacing. It then counts. */
bool recent_take(struct recent *, uint64_t now, uint64_t key, uint64_t spacing,
    uint32_t burst);

#endif
