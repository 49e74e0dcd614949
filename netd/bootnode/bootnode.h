/*
 * netd as a bootnode: answers clients' datagrams. What it knows of rooms
 * and sessions is in registry.h; what is sealed or opened goes to cryptod.
 * DESIGN.md section 5 in code; packet layouts in common/wire.h and
 * common/bootmsg.h.
 */
#ifndef NETD_BOOTNODE_BOOTNODE_H
#define NETD_BOOTNODE_BOOTNODE_H

#include "common/dispatch.h"
#include "netd/remote.h"

struct bootnode;

/* The bootnode's ways out: the sockets, and the channel to cryptod. */
struct bootnode_io {
	void (*send)(void *arg, const struct remote *to, const uint8_t *packet,
	    size_t len);
	/* Sends as ipc_send() does. */
	int (*tell)(void *arg, enum ipc_type, const void *body,
	    const void *tail, size_t tail_len);
	void (*random)(void *arg, void *out, size_t len);
	void *arg;
};

/* Limits, times and addresses are those of the configuration, the ports of
 * its addresses those that are really bound. It adds its handlers of cryptod's
 * messages to those given, which last as long as it does. NULL: out of
 * memory. */
struct bootnode *bootnode_new(const struct ipc_config_netd *,
    const struct bootnode_io *, struct dispatch *, uint64_t now);
void bootnode_free(struct bootnode *);

/* A datagram came. Never fails: what is wrong is dropped and counted. */
void bootnode_packet(struct bootnode *, uint64_t now, const struct remote *from,
    const uint8_t *packet, size_t len);

/* Writes the bootnode's figures as of now, without the sources. */
void bootnode_figures(const struct bootnode *, uint64_t now,
    struct ipc_stats *);

/* When bootnode_timer() wants to be called next, or CLOCK_NEVER. */
uint64_t bootnode_deadline(const struct bootnode *);
void bootnode_timer(struct bootnode *, uint64_t now);

#endif
