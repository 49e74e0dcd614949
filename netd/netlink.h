/*
 * The kernel's word on this host's addresses: a netlink socket that tells
 * when they or the links change (rtnetlink(7)) and lists them when asked. It
 * is opened before the sandbox, and stays in the network that it was made in.
 */
#ifndef NETD_NETLINK_H
#define NETD_NETLINK_H

#include "common/addr.h"

#define NETLINK_ADDRS_MAX 64
#define NETLINK_LINKS_MAX 64

struct netlink {
	int fd; /* -1: the system refused it */
	uint32_t sequence;
	bool interrupted; /* something changed while it was listing */
	size_t count;	  /* of the list, complete or not */
	struct addr_prefix addrs[NETLINK_ADDRS_MAX];
	size_t links;
	int running[NETLINK_LINKS_MAX]; /* indexes of links known to run */
};

/* What came, as a set. */
#define NETLINK_CHANGED 0x01 /* addresses may be others now: ask */
#define NETLINK_LINK_UP 0x02 /* a link works that did not, or is not known */
#define NETLINK_LISTED	0x04 /* the list of addresses is complete */

/* Returns 0, or -1 with errno set. */
int netlink_open(struct netlink *);

/* Asks for all addresses anew; the list is empty until they come. */
void netlink_ask(struct netlink *);

/* Receives what is there. Returns a set of the above. */
unsigned int netlink_receive(struct netlink *);

/* Reads messages of the kernel, aligned to 4; a part of netlink_receive() that
 * knows no socket. */
unsigned int netlink_read(struct netlink *, const void *messages, size_t len);

#endif
