/*
 * The addresses of this host: found at the start, and again when the kernel
 * says that they changed.
 */
#ifndef NETD_CLIENT_HOSTS_H
#define NETD_CLIENT_HOSTS_H

#include "common/ipc_messages.h"
#include "netd/client/netlink.h"
#include "netd/client/path.h"

/* Changes come in several steps: the addresses are looked at when it has been
 * quiet for a moment, and not too often. */
#define HOSTS_DEBOUNCE (200 * USEC_PER_MSEC)
#define HOSTS_SPACING  (1 * USEC_PER_SEC)

struct hosts {
	bool hidden; /* no peer is to hear of them */
	struct netlink netlink;
	uint64_t ask_at;   /* CLOCK_NEVER: nothing changed */
	uint64_t asked_at; /* the last time */
	/* Addresses at which peers may reach us, the best of them, each with
	 * our port; and the networks on our links, one for each address. */
	struct ipc_local local;
	struct lan lan;
	struct ipc_local chosen; /* local, if it were not hidden */
};

/* A set of events. */
#define HOSTS_MOVED   0x01 /* lan is another now */
#define HOSTS_LINK_UP 0x02
#define HOSTS_CHOSEN  0x04 /* so is local, or would be if not hidden */

/*
 * Finds the addresses; before the sandbox. They are for sockets of the given
 * family and by the configuration: with RELAY_ONLY local is empty. If the
 * system does not tell them, there are none, and peers use the address that the
 * bootnode sees.
 */
void hosts_open(struct hosts *, int family, uint16_t port,
    const struct ipc_config_netd *, uint64_t now);

/* The bootnode has these addresses from now on, at most BOOT_ADDRS_MAX. */
void hosts_toward(struct hosts *, uint64_t now, const struct addr *bootnode,
    size_t count);

/* Reads the kernel's messages since the last call; netlink.fd is readable then.
 * Returns a set of the above. */
unsigned int hosts_receive(struct hosts *, uint64_t now);

/* From now on our port is another one. */
void hosts_port(struct hosts *, uint16_t port);

uint64_t hosts_deadline(const struct hosts *);
void hosts_timer(struct hosts *, uint64_t now);

#endif
