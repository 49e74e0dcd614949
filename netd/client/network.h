/*
 * This host's network, as the kernel describes it: its links, its addresses,
 * and the routes to the targets that matter. It also decides which of the
 * addresses are worth telling others. Knows no socket: netlink.h fills it in.
 */
#ifndef NETD_CLIENT_NETWORK_H
#define NETD_CLIENT_NETWORK_H

#include "common/ipc_messages.h"

/* A host of containers has hundreds of links and dozens of addresses. Of more
 * addresses than these the best are kept. */
#define NETWORK_LINKS_MAX 512
#define NETWORK_ADDRS_MAX 64
/* The number of targets: each of the bootnode's addresses, and one outside in
 * each family. */
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

/* Returns the link with this index, or NULL. */
struct network_link *network_find(struct network *, int index);
/* Sets or adds a link. One more than there is room for is left out: it then
 * counts as one that is up, and no bridge. */
void network_set_link(struct network *, const struct network_link *);
void network_remove_link(struct network *, int index);
/* Links that were not listed are gone. */
void network_sweep_links(struct network *);

/* One more than there is room for is left out. */
void network_add_way(struct network *, const struct network_way *);

/* Adds an address that others could reach, not loopback or link-local, after
 * the links and ways. If there is no room the worst is left out. */
void network_add(struct network *, const struct network_addr *);

/*
 * Chooses the addresses for a card, at most CANDIDATES_MAX, the best first:
 * those from which the ways to the bootnode and out leave, then other links
 * that are up, then bridges, those without a member last; of each prefix of a
 * link one, which stays if it can; IPv6 and IPv4 in turn. An address that was
 * chosen before stays unless another one is better. The port is that of before.
 */
void network_choose(const struct network *, const struct ipc_local *before,
    struct ipc_local *chosen);

/* Returns the longest IP packet that the way there takes, as far as this host
 * knows; 0: it does not. */
uint32_t network_mtu(const struct network *, const struct addr *to);

#endif
