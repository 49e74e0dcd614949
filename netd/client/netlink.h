/*
 * The kernel's messages about this host's network: a netlink socket that tells
 * when addresses, links or the widest routes change, and lists them when asked
 * (rtnetlink(7)). It is opened before the sandbox, and stays in the network
 * that it was made in.
 */
#ifndef NETD_CLIENT_NETLINK_H
#define NETD_CLIENT_NETLINK_H

#include "netd/client/network.h"

/* The lists are asked for in this order, since addresses are judged by the
 * rest. */
enum netlink_list {
	NETLINK_NOTHING,
	NETLINK_LINKS,
	NETLINK_ADDRS /* and before them the ways */
};

struct netlink {
	int fd;	       /* -1: the system refused it */
	uint32_t port; /* its address for the kernel */
	uint32_t sequence;
	enum netlink_list listing;
	bool interrupted; /* something changed while it was listing */
	struct network network;
	size_t target_count;
	struct addr targets[NETWORK_WAYS_MAX]; /* to ask the ways to */
};

/* A set of events. */
#define NETLINK_CHANGED 0x01 /* it may be another network now: ask */
#define NETLINK_LINK_UP 0x02 /* a link works that did not, or is not known */
#define NETLINK_LINKED	0x04 /* the list of links is complete: go on */
#define NETLINK_LISTED	0x08 /* all is known */

/* Returns 0, or -1 with errno set. */
int netlink_open(struct netlink *);

/* Asks the kernel for everything again; there are no routes and no addresses
 * until they come. */
void netlink_ask(struct netlink *);

/* Receives what is there, and goes on asking. Returns a set of the above. */
unsigned int netlink_receive(struct netlink *);

/* Parts of netlink_receive() for tests. Reads messages of the kernel, aligned
 * to 4, without the socket. */
unsigned int netlink_read(struct netlink *, const void *messages, size_t len);
/* After the links, asks for the ways and the addresses. */
void netlink_go_on(struct netlink *);

#endif
