/*
 * Spans of a stream's bytes: sorted, without overlap, merged where they
 * touch. What is to be sent again, what the peer has, what came early.
 * Finding a place costs O(log n).
 */
#ifndef NETD_TRANSPORT_SPANS_H
#define NETD_TRANSPORT_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	uint64_t first;
	uint64_t end; /* of the byte after the last */
};

/* All zero: none. */
struct spans {
	size_t count;
	size_t size; /* allocated */
	struct span *at;
};

/* Frees the memory; the set is empty, and may be used again. */
void spans_clear(struct spans *);

/* Adds the bytes from first up to end, which is greater. Returns -1 if there
 * is no memory. */
int spans_add(struct spans *, uint64_t first, uint64_t end);
/* Removes them, whether they were there or not; the same. */
int spans_remove(struct spans *, uint64_t first, uint64_t end);

/*
 * For a set of what is there above a floor, below which everything is: adds
 * bytes, and raises the floor over what it touches then. The same.
 */
int spans_fill(struct spans *, uint64_t *floor, uint64_t first, uint64_t end);

/*
 * The first run of bytes at or after offset that is not in the set, and
 * where it ends: at the next span, or at limit. Returns false if there is
 * none below limit.
 */
bool spans_gap(const struct spans *, uint64_t offset, uint64_t limit,
    struct span *gap);

/* True if these bytes touch or overlap a span, so that adding them takes no
 * further one. */
bool spans_touches(const struct spans *, uint64_t first, uint64_t end);

#endif
