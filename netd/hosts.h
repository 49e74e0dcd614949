/*
 * The addresses of this host, asked for once, before the sandbox.
 */
#ifndef NETD_HOSTS_H
#define NETD_HOSTS_H

#include "common/ipc_messages.h"
#include "netd/path.h"

/*
 * Fills in the addresses that peers may reach us at (not loopback, not link
 * local), each with our port, for sockets of the given family; and the
 * prefixes that are on-link. If the system does not tell, there are none,
 * and peers use what the bootnode sees.
 */
void hosts_find(int family, uint16_t port, struct ipc_local *, struct lan *);

#endif
