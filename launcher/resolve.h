/*
 * The bootnode's addresses. A numeric one is known at once; a name is asked
 * for by a process of its own, since that can take long, needs files and the
 * network, and is tried until it works.
 */
#ifndef LAUNCHER_RESOLVE_H
#define LAUNCHER_RESOLVE_H

#include "common/ipc_messages.h"
#include "launcher/known_bootnodes.h"

#include <sys/types.h>

#define RESOLVE_ERROR_MAX 128

/* What the resolver reports. */
struct resolved {
	struct ipc_boot_addrs addrs; /* count 0: it failed, for now */
	char error[RESOLVE_ERROR_MAX];
};

/* Fills in the address of a numeric endpoint. Returns 0 or -1. */
int resolve_numeric(const struct endpoint *, struct addr *);

/*
 * Starts the resolver, as the unprivileged user if there is one to become.
 * Returns a socket from which one struct resolved is received for each
 * attempt, until one succeeded and it closes; or -1 with errno set. *pid is
 * for the caller to wait for.
 */
int resolve_start(const struct endpoint *, const struct ipc_privileges *,
    pid_t *pid);

#endif
