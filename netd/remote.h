/*
 * The two ends of a datagram: an address elsewhere, and our address and socket
 * (a bootnode has several) that it came to. Answers leave by the same ones: the
 * NATs on the way have let nothing else through, and a client that asked one
 * address takes no answer from another.
 */
#ifndef NETD_REMOTE_H
#define NETD_REMOTE_H

#include "common/addr.h"

#include <string.h>

struct remote {
	struct addr addr;
	/* Our address, as in struct addr; all zero: the only one that the
	 * socket is bound to, or one that the system chooses. */
	uint8_t local[16];
	uint8_t socket; /* below BINDS_MAX; a client's is 0 */
};

static inline bool
remote_has_local(const struct remote *a)
{
	static const uint8_t unknown[sizeof(a->local)];

	return memcmp(a->local, unknown, sizeof(unknown)) != 0;
}

static inline bool
remote_equal(const struct remote *a, const struct remote *b)
{
	return a->socket == b->socket &&
	    memcmp(a->local, b->local, sizeof(a->local)) == 0 &&
	    addr_equal(&a->addr, &b->addr);
}

#endif
