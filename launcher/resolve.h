/*
 * Addresses of bootnodes. A numeric one is known at once; each name is resolved
 * by a process of its own, since that can take long, needs files and the
 * network, and is repeated until it works. If the bootnode does not answer any
 * more, other such processes are started: the addresses may be new ones.
 */
#ifndef LAUNCHER_RESOLVE_H
#define LAUNCHER_RESOLVE_H

#include "common/endpoints.h"
#include "common/ipc_messages.h"

#define RESOLVE_ERROR_MAX 128

/* The report of one of them. */
struct resolved {
	struct ipc_boot_addrs addrs; /* count 0: it failed, for now */
	uint32_t host;		     /* of the list, from 0 */
	uint32_t left_out;	     /* more than fit in there */
	char error[RESOLVE_ERROR_MAX];
};

/*
 * Puts the addresses of a name, which are sorted from the best to the worst,
 * into the order in which they are tried: the families take turns, each in its
 * order, beginning with that of the first (RFC 8305, section 4), and none comes
 * twice. Returns how many of the last are left out because there is no room.
 */
size_t resolve_order(const struct addr *, size_t count,
    struct ipc_boot_addrs *);

/*
 * Puts the addresses of several hosts, each as resolve_order() leaves them,
 * into the order in which they are tried: the hosts take turns, each in its
 * order, and every other host begins with the family that the first does not
 * begin with, so that neither a dead host nor a dead family holds up the next
 * attempt for long. None comes twice. took_us is the least, since the first
 * address is asked at once. Returns how many are left out.
 */
size_t resolve_in_turns(const struct ipc_boot_addrs *hosts, size_t count,
    struct ipc_boot_addrs *);

/* Fills in the address of a numeric endpoint. Returns 0 or -1. */
int resolve_numeric(const struct endpoint *, struct addr *);

/*
 * Starts a resolver for each name in the list, as the unprivileged user if
 * there is one to become. Returns a socket from which one struct resolved is
 * received for each attempt at a name, until one succeeded for each and the
 * socket closes; or -1 with errno set. The resolvers are children of the caller
 * and end with it; or else once nobody listens.
 */
int resolve_start(const struct endpoints *, const struct ipc_privileges *);

#endif
