/*
 * What the NAT before us does, judged by what others see: the bootnode, its
 * second port, and peers tell us which address our packets come from. If all
 * see the same, the NAT keeps one port for everybody. Knows no sockets and no
 * clock.
 */
#ifndef NETD_CLIENT_NAT_H
#define NETD_CLIENT_NAT_H

#include "common/clock.h"
#include "common/ipc_status.h"
#include "netd/client/path.h"

/* What was seen counts for so long: a NAT may have let go of its mapping. */
#define NAT_FRESH (600 * USEC_PER_SEC)
/* If our address changes, what others saw more than so long before is of the
 * old one. */
#define NAT_TOGETHER (5 * USEC_PER_SEC)

/* The bootnode's two, and some peers'. */
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
 * what was known before is of another time, or another network. */
void nat_session(struct nat *, uint64_t now, const struct addr *bootnode,
    const struct addr *seen);
/* One of the bootnode's ports sees us as this. */
void nat_bootnode(struct nat *, uint64_t now, const struct addr *by,
    const struct addr *seen);
/* A peer does, on a path that is not a relay; all zero is no address. */
void nat_peer(struct nat *, uint64_t now, const struct addr *by,
    const struct addr *seen);

/*
 * The verdict, about the address family in which the bootnode sees us. Fills
 * in what it saw, or all zero.
 *
 * A peer's word can only be about the port: one that sees another IP address
 * is on our side of a NAT, or we have several ways out.
 */
enum nat_mapping nat_mapping(const struct nat *, uint64_t now,
    struct addr *seen);

#endif
