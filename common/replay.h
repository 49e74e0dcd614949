/*
 * A window over counters of packets that may be lost or reordered but not
 * repeated, as in RFC 4303, section 3.4.3; a ring of bits, as in RFC 6479.
 *
 * Probes between two peers travel over several paths at once, whose delays may
 * differ by seconds, at up to 100 a second; so the window covers ten seconds.
 */
#ifndef COMMON_REPLAY_H
#define COMMON_REPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define REPLAY_WINDOW 1024 /* a power of two, and at least 64 */

struct replay {
	uint64_t next; /* one more than the highest seen */
	uint64_t seen[REPLAY_WINDOW / 64];
};

static inline uint64_t *
replay_word(struct replay *r, uint64_t counter)
{
	return &r->seen[counter / 64 % (REPLAY_WINDOW / 64)];
}

/* True if the counter is new enough to be looked at. */
static inline bool
replay_ok(const struct replay *r, uint64_t counter)
{
	uint64_t word;

	if (counter >= r->next)
		return counter != UINT64_MAX;
	word = r->seen[counter / 64 % (REPLAY_WINDOW / 64)];
	return r->next - 1 - counter < REPLAY_WINDOW &&
	    (word >> counter % 64 & 1) == 0;
}

/* Marks a counter as seen, once its packet is authentic. */
static inline void
replay_mark(struct replay *r, uint64_t counter)
{
	if (counter >= r->next && counter - r->next >= REPLAY_WINDOW) {
		memset(r->seen, 0, sizeof(r->seen));
		r->next = counter + 1;
	}
	for (; r->next <= counter; r->next++) /* not seen yet */
		*replay_word(r, r->next) &= ~(1ULL << r->next % 64);
	*replay_word(r, counter) |= 1ULL << counter % 64;
}

#endif
