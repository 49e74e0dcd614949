/*
 * The largest datagram that a path carries: probing upward as in RFC 8899,
 * over a table of the sizes of common links. All sizes are those of the UDP
 * payload.
 */
#ifndef NETD_TRANSPORT_PMTU_H
#define NETD_TRANSPORT_PMTU_H

#include "common/clock.h"

#include <stdbool.h>
#include <stddef.h>

struct pmtu {
	size_t base;	/* carried by every path of this kind */
	size_t ceiling; /* no larger one is tried */
	size_t size;	/* to be sent */
	size_t probe;	/* size under way, or 0 */
	unsigned int tries;
	uint64_t again;	  /* the search ended: no other before */
	uint64_t arrived; /* number of the newest that was larger than base */
	unsigned int silent; /* larger than base and lost, since that one */
};

/* Begins with a new path. */
void pmtu_init(struct pmtu *, size_t base, size_t ceiling);

/* Returns the size of a probe to be sent now, or 0. */
size_t pmtu_next(const struct pmtu *, uint64_t now);
/* A probe of this size was sent. */
void pmtu_probing(struct pmtu *, size_t probe);

/* The datagram of this packet number and size was acknowledged, or lost. True
 * if the size to be sent changed. */
bool pmtu_acked(struct pmtu *, uint64_t number, size_t size, bool probe);
bool pmtu_lost(struct pmtu *, uint64_t now, uint64_t number, size_t size,
    bool probe);

#endif
