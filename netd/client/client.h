/*
 * netd of a client: the socket, the bootnode's session, the peers.
 */
#ifndef NETD_CLIENT_CLIENT_H
#define NETD_CLIENT_CLIENT_H

#include "common/child.h"
#include "netd/client/hosts.h"
#include "netd/udp.h"

/*
 * Runs until the launcher or cryptod ends it. There are two sockets: the one in
 * use, whose port the hosts have, and one of another port or, with -1 for its
 * descriptor, none.
 */
void netd_client_run(struct child *, const struct ipc_config_netd *,
    struct udp *, struct hosts *) __attribute__((noreturn));

#endif
