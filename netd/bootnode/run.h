/*
 * The main loop of netd as a bootnode.
 */
#ifndef NETD_BOOTNODE_RUN_H
#define NETD_BOOTNODE_RUN_H

#include "common/child.h"
#include "netd/udp.h"

/* Runs on the sockets of the configuration, which has their ports, until the
 * launcher or cryptod ends it. */
void netd_bootnode_run(struct child *, const struct ipc_config_netd *,
    struct udp[BINDS_MAX]) __attribute__((noreturn));

#endif
