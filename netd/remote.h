/*
 * The other end of a datagram of a bootnode: an address, and on which of the
 * bootnode's sockets. What is sent there leaves by that socket: the NATs on
 * the way have let nothing else through.
 */
#ifndef NETD_REMOTE_H
#define NETD_REMOTE_H

#include "common/addr.h"

struct remote {
	struct addr addr;
	uint8_t socket; /* below BINDS_MAX */
};

static inline bool
remote_equal(const struct remote *a, const struct remote *b)
{
	return a->socket == b->socket && addr_equal(&a->addr, &b->addr);
}

#endif
