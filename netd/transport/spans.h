/*
 * Spans of a stream's bytes: sorted, without overlap, merged where they touch.
 * They hold the bytes to be sent again, those that the peer has, or those that
 * came early. Finding a place costs O(log n).
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
/* Removes these bytes, whether they were there or not. Returns the same. */
int spans_remove(struct spans *, uint64_t first, uint64_t end);

/*
 * For a set of bytes that are there above a floor, below which all are: adds
 * bytes, and raises the floor over the spans that it then touches. Returns the
 * same.
 */
int spans_fill(struct spans *, uint64_t *floor, uint64_t first, uint64_t end);

/*
 * Finds the first run of bytes at or after offset that is not in the set, and
 * where it ends: at the next span, or at limit. Returns false if there is none
 * below limit.
 */
bool spans_gap(const struct spans *, uint64_t offset, uint64_t limit,
    struct span *gap);

/* True if these bytes touch or overlap a span, so that adding them takes no
 * further one. */
bool spans_touches(const struct spans *, uint64_t first, uint64_t end);

#endif
