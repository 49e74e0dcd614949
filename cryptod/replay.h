/*
 * A window over counters of packets that may be lost or reordered but not
 * repeated, as in RFC 4303, section 3.4.3.
 */
#ifndef CRYPTOD_REPLAY_H
#define CRYPTOD_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#define REPLAY_WINDOW 64

struct replay {
	uint64_t next; /* one more than the highest seen */
	uint64_t seen; /* bit n: next - 1 - n was seen */
};

/* True if the counter is new enough to be looked at. */
static inline bool
replay_ok(const struct replay *r, uint64_t counter)
{
	uint64_t behind;

	if (counter >= r->next)
		return counter != UINT64_MAX;
	behind = r->next - 1 - counter;
	return behind < REPLAY_WINDOW && (r->seen >> behind & 1) == 0;
}

/* Marks a counter as seen, once its packet is authentic. */
static inline void
replay_mark(struct replay *r, uint64_t counter)
{
	uint64_t ahead;

	if (counter < r->next) {
		r->seen |= 1ULL << (r->next - 1 - counter);
		return;
	}
	ahead = counter - r->next + 1;
	r->seen = ahead < REPLAY_WINDOW ? r->seen << ahead : 0;
	r->seen |= 1;
	r->next = counter + 1;
}

#endif
