/*
 * Sockets that the program which started us has opened, by the protocol of
 * sd_listen_fds(3): systemd, with packaging/systemd/gochat-bootnode.socket. A
 * bootnode that has them needs no network of its own.
 */
#ifndef LAUNCHER_ACTIVATION_H
#define LAUNCHER_ACTIVATION_H

#include "common/ipc_messages.h"
#include "common/processes.h"

#include <stddef.h>

struct given_sockets {
	size_t count;
	int fds[BINDS_MAX];
};

/*
 * Takes the sockets that LISTEN_FDS in the environment passes to us, and
 * removes the variables from the environment. The sockets must be bound UDP
 * sockets of IPv4 or IPv6, at most BINDS_MAX, and the program a bootnode.
 * Returns 0, or -1 with err filled.
 */
int activation_take(struct given_sockets *, enum mode, char *err,
    size_t errlen);

/* Closes the sockets. */
void activation_close(const struct given_sockets *);

#endif
