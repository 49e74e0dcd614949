/*
 * How the NAT before us behaves, judged by what others see: the bootnode, its
 * second port, and peers tell us which address our packets come from. If all
 * see the same, the NAT keeps one port for everybody. Knows no sockets and no
 * clock.
 */
#ifndef NETD_CLIENT_NAT_H
#define NETD_CLIENT_NAT_H

#include "common/clock.h"
#include "common/ipc_status.h"
#include "netd/client/path.h"

/* A look counts for this long: a NAT may have dropped its mapping. */
#define NAT_FRESH (600 * USEC_PER_SEC)
/* If our address changes, looks of others that are older than this are about
 * the old one. */
#define NAT_TOGETHER (5 * USEC_PER_SEC)

/* The number of looks: the bootnode's two, and some peers'. */
#define NAT_LOOKS 8

struct nat_look {
	struct addr by;	  /* who saw us */
	struct addr seen; /* as this */
	uint64_t time;
};

struct nat {
	uint16_t port; /* ours */
	struct lan lan;
	size_t count;
	struct nat_look looks[NAT_LOOKS]; /* first the bootnode's */
};

void nat_init(struct nat *, uint16_t port, const struct lan *);
/* We have other addresses now. */
void nat_moved(struct nat *, const struct lan *);

/* A session with the bootnode at an address begins, which sees us as this:
 * earlier looks are of another time, or another network. */
void nat_session(struct nat *, uint64_t now, const struct addr *bootnode,
    const struct addr *seen);
/* One of the bootnode's ports sees us as this. */
void nat_bootnode(struct nat *, uint64_t now, const struct addr *by,
    const struct addr *seen);
/* A peer sees us as this, on a path that is not a relay; all zero is no
 * address. */
void nat_peer(struct nat *, uint64_t now, const struct addr *by,
    const struct addr *seen);

/*
 * Returns the verdict, about the address family in which the bootnode sees us.
 * Fills in the address that it saw, or all zero.
 *
 * A peer's word can only be about the port: a peer that sees another IP address
 * is on our side of a NAT, or we have several ways out.
 */
enum nat_mapping nat_mapping(const struct nat *, uint64_t now,
    struct addr *seen);

#endif
