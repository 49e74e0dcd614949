/*
 * netd as a bootnode: answers clients' datagrams. Its rooms and sessions are in
 * registry.h; cryptod seals and opens for it. PROTOCOL.md section 2 in code;
 * packet layouts are in common/wire.h and common/bootmsg.h.
 */
#ifndef NETD_BOOTNODE_BOOTNODE_H
#define NETD_BOOTNODE_BOOTNODE_H

#include "common/dispatch.h"
#include "netd/remote.h"

struct bootnode;

/* The bootnode's outputs: the sockets, and the channel to cryptod. */
struct bootnode_io {
	void (*send)(void *arg, const struct remote *to, const uint8_t *packet,
	    size_t len);
	/* Sends as ipc_send() does. */
	int (*tell)(void *arg, enum ipc_type, const void *body,
	    const void *tail, size_t tail_len);
	/* The same to fleetd; -1 if there is none now. */
	int (*tell_fleetd)(void *arg, enum ipc_type, const void *body,
	    const void *tail, size_t tail_len);
	void (*random)(void *arg, void *out, size_t len);
	/* Tells the launcher what has become of the predecessor's state. */
	void (*restored)(void *arg, const struct ipc_restored *);
	/* Tells the launcher that nobody has to be here any more. */
	void (*drained)(void *arg, const struct ipc_drained *);
	void *arg;
};

/* Limits, times and addresses are those of the configuration, the ports of its
 * addresses those that are really bound. The bootnode adds its handlers of
 * cryptod's messages to the given ones, which must last as long as it does.
 * Returns NULL if out of memory. */
struct bootnode *bootnode_new(const struct ipc_config_netd *,
    const struct bootnode_io *, struct dispatch *, uint64_t now);
void bootnode_free(struct bootnode *);

/* A datagram came. This never fails: a bad datagram is dropped and counted. */
void bootnode_packet(struct bootnode *, uint64_t now, const struct remote *from,
    const uint8_t *packet, size_t len);

/*
 * True while the bootnode takes no datagrams and no time passes for it: its
 * state is being handed over, or has not been taken over yet, and SERVE has not
 * come. The caller then calls neither bootnode_packet() nor bootnode_timer().
 */
bool bootnode_is_held(const struct bootnode *);
/* True while there are records to be handed over. The other writes a portion of
 * them, at most KEPT_BYTES_MAX, to cryptod. */
bool bootnode_keeps(const struct bootnode *);
void bootnode_keep(struct bootnode *);

/* There is another fleetd, which has not been told anything. */
void bootnode_fleetd_came(struct bootnode *, uint64_t now);

/* Writes the bootnode's figures as of now, without the sources. */
void bootnode_figures(const struct bootnode *, uint64_t now,
    struct ipc_stats *);

/* Returns when bootnode_timer() wants to be called next, or CLOCK_NEVER. */
uint64_t bootnode_deadline(const struct bootnode *);
void bootnode_timer(struct bootnode *, uint64_t now);

#endif
