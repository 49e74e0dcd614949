/*
 * The packet numbers received, as ranges, the newest first: the contents of an
 * ACK frame (RFC 9000, section 13.2.3). Old ranges are forgotten when there are
 * too many; every number below them counts as received.
 */
#ifndef NETD_TRANSPORT_RANGES_H
#define NETD_TRANSPORT_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RANGES_MAX 32

struct range {
	uint64_t first;
	uint64_t last; /* inclusive */
};

struct ranges {
	size_t count;
	uint64_t floor;		     /* below it, all count as received */
	struct range at[RANGES_MAX]; /* falling, with gaps between */
};

bool ranges_has(const struct ranges *, uint64_t number);
void ranges_add(struct ranges *, uint64_t number);

#endif
