/*
 * netd's side of the peers: for each one its path and its transport, and the
 * keys for their packets from cryptod. The packets go to addresses, or through
 * the bootnode.
 */
#ifndef NETD_CLIENT_LINKS_H
#define NETD_CLIENT_LINKS_H

#include "common/dispatch.h"
#include "netd/client/bootclient.h"
#include "netd/client/nat.h"
#include "netd/client/path.h"
#include "netd/transport/transport.h"

/* PROTOCOL.md section 3.4: at most 100 probes a second in all. */
#define PROBE_SPACING (10 * USEC_PER_MSEC)

struct link;

struct links {
	struct udp *udp; /* for those that have no path yet */
	struct ipc_channel *cryptod;
	struct bootclient *boot;
	enum relay mode;
	bool relay_up;	 /* as the paths were told */
	struct nat *nat; /* told what peers see */
	struct transport_pool pool;
	struct lan lan;
	struct targets targets; /* what may be sent to whom, of all paths */
	uint32_t incarnation;	/* our own */
	struct link *at[CLIENT_PEERS_MAX];
	size_t turn;	     /* whose probes are next */
	size_t deliver_turn; /* whose record is next */
	uint64_t probe_at;   /* the earliest for any peer */
	uint64_t dropped;    /* packets of no peer, or forged */
};

void links_init(struct links *, struct udp *, struct ipc_channel *cryptod,
    struct bootclient *, struct nat *, const struct ipc_config_netd *,
    const struct lan *);

/* Handlers of messages from cryptod; -1 if they make no sense. */
message_handler links_add, links_update, links_session, links_keys;
/* If there is no path, the room's keys are believed again. */
message_handler links_open;
/* The address that an answer came from is somebody else's. */
message_handler links_false;
message_handler links_check, links_rest, links_drop;
/* The record goes out with links_timer(), like everything else that is queued
 * then. */
message_handler links_record;
message_handler links_handshake;

/* From now on the socket of another port is for new paths; a path that is up
 * stays where it is. */
void links_port(struct links *, uint64_t now, struct udp *);

/* A PROBE, PROBE_REPLY, HANDSHAKE or DATA packet came to this socket. */
void links_packet(struct links *, uint64_t now, struct udp *,
    const struct remote *from, const uint8_t *packet, size_t len);

/* A RELAY packet came. */
void links_relayed(struct links *, uint64_t now, const struct addr *from,
    const uint8_t *packet, size_t len);

/* Something may have happened to all paths: they are checked, and a search
 * begins again for each peer that has none. */
void links_doubt(struct links *, uint64_t now);
/* As links_doubt(), because our own addresses have changed; a path whose source
 * address is gone is lost at once. */
void links_moved(struct links *, uint64_t now, const struct lan *);

/* Hands cryptod the records that are complete, as far as it takes them. */
void links_deliver(struct links *);

uint64_t links_deadline(const struct links *);
void links_timer(struct links *, uint64_t now);

/* Writes the figures of the peer in place i, below CLIENT_PEERS_MAX; returns
 * false if there is no such peer or no path to it. */
bool links_figures(const struct links *, size_t i, struct ipc_net_peer *);

/* True if no peer with a path has anything unacknowledged. */
bool links_idle(const struct links *);

#endif
