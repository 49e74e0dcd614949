/*
 * The bootnode's addresses. A numeric one is known at once; a name is resolved
 * by a process of its own, since that can take long, needs files and the
 * network, and is repeated until it works. If the bootnode does not answer any
 * more, another such process is started: the address may be a new one.
 */
#ifndef LAUNCHER_RESOLVE_H
#define LAUNCHER_RESOLVE_H

#include "common/ipc_messages.h"
#include "launcher/known_bootnodes.h"

#define RESOLVE_ERROR_MAX 128

/* The resolver's report. */
struct resolved {
	struct ipc_boot_addrs addrs; /* count 0: it failed, for now */
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

/* Fills in the address of a numeric endpoint. Returns 0 or -1. */
int resolve_numeric(const struct endpoint *, struct addr *);

/*
 * Starts the resolver, as the unprivileged user if there is one to become.
 * Returns a socket from which one struct resolved is received for each attempt,
 * until one succeeded and the socket closes; or -1 with errno set. The resolver
 * is a child of the caller and ends with it.
 */
int resolve_start(const struct endpoint *, const struct ipc_privileges *);

#endif
