/*
 * A UDP port of ours: the socket, bound, before anything is known of what goes
 * through it. A client's netd opens its own, and the launcher a bootnode's.
 */
#ifndef COMMON_UDP_PORT_H
#define COMMON_UDP_PORT_H

#include "common/addr.h"

/*
 * Opens a socket that does not wait, has large buffers and is closed on exec,
 * and binds it. The unspecified IPv6 address takes IPv4 too where the system
 * has IPv6, and is that of IPv4 elsewhere. Returns the descriptor, or -1 with
 * errno set.
 */
int udp_port_open(const struct addr *);

#endif
