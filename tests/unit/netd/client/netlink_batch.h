/*
 * Messages of the kernel's about the network, put together one after the other,
 * and given to a netlink whose socket is nobody's.
 */
#ifndef TESTS_UNIT_NETD_CLIENT_NETLINK_BATCH_H
#define TESTS_UNIT_NETD_CLIENT_NETLINK_BATCH_H

#include "netd/client/netlink.h"

#include <linux/rtnetlink.h>

/* Of what was asked last; and the address of who asked. */
#define BATCH_SEQUENCE 7
#define BATCH_PORT     4711

struct batch {
	_Alignas(8) uint8_t bytes[2048];
	size_t len;
};

/* One that has asked for this. */
struct netlink batch_asked(enum netlink_list);

/* Begins a message. It is of what was asked last, but has no port. */
struct nlmsghdr *batch_head(struct batch *, uint16_t type, uint16_t flags);
/* Adds to the message. */
void batch_put(struct batch *, struct nlmsghdr *, const void *, size_t);
void batch_attribute(struct batch *, struct nlmsghdr *, uint16_t type,
    const void *value, size_t len);

/* What netlink_read() makes of bytes, in memory of their exact length, for
 * sanitizers; and of a batch, which is empty then. */
unsigned int batch_read_bytes(struct netlink *, const void *bytes, size_t len);
unsigned int batch_read(struct netlink *, struct batch *);

#endif
