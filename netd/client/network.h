/*
 * What the kernel says of this host's network: its links, its addresses, and
 * the ways to where it matters. And which of the addresses are worth telling
 * others. Knows no socket: netlink.h fills it in.
 */
#ifndef NETD_CLIENT_NETWORK_H
#define NETD_CLIENT_NETWORK_H

#include "common/ipc_messages.h"

/* A host of containers has hundreds of links and dozens of addresses. Of more
 * addresses than these the best are kept. */
#define NETWORK_LINKS_MAX 512
#define NETWORK_ADDRS_MAX 64
/* To each of the bootnode's addresses, and out, in both families. */
#define NETWORK_WAYS_MAX (BOOT_ADDRS_MAX + 2)

struct network_link {
	int index;
	uint32_t mtu; /* 0: not known */
	bool up;      /* and something is at its other end */
	bool bridge;
	bool listed; /* since the kernel was asked */
};

struct network_addr {
	struct addr_prefix prefix; /* with all of the address */
	int link;
	bool passing;	 /* IPv6: temporary; IPv4: not the link's first */
	bool deprecated; /* soon to go */
};

struct network_way {
	uint8_t to[16];	  /* there */
	uint8_t from[16]; /* which address the kernel would take; zeros: ? */
	int link;
	uint32_t mtu; /* known of the way itself, or 0 */
};

struct network {
	bool ipv4_only; /* of IPv6 addresses nothing is kept */
	size_t link_count;
	struct network_link links[NETWORK_LINKS_MAX];
	size_t way_count;
	struct network_way ways[NETWORK_WAYS_MAX];
	size_t addr_count;
	struct network_addr addrs[NETWORK_ADDRS_MAX];
};

/* The link with this index, or NULL. */
struct network_link *network_find(struct network *, int index);
/* Sets or adds a link. One more than there is room for is left out: it is then
 * one that is up, and no bridge. */
void network_set_link(struct network *, const struct network_link *);
void network_remove_link(struct network *, int index);
/* Those that were not listed are gone. */
void network_sweep_links(struct network *);

/* One more than there is room for is left out. */
void network_add_way(struct network *, const struct network_way *);

/* Adds an address that others could reach, not loopback or link-local, after
 * the links and ways. If there is no room the worst is left out. */
void network_add(struct network *, const struct network_addr *);

/*
 * The addresses for a card, at most CANDIDATES_MAX, the best first: what the
 * ways to the bootnode and out leave by, then other links that are up, then
 * bridges, those without a member last; of each prefix of a link one, which
 * stays if it can; IPv6 and IPv4 in turn. What was chosen before goes before
 * what is no better. The port is that of before.
 */
void network_choose(const struct network *, const struct ipc_local *before,
    struct ipc_local *chosen);

/* The longest IP packet that the way there takes, as far as this host knows;
 * 0: it does not. */
uint32_t network_mtu(const struct network *, const struct addr *to);

#endif
