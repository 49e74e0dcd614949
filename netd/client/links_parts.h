/*
 * The shared part of the files of the links; nobody else includes this.
 *
 *	links.c		messages from cryptod and to it, time
 *	links_keys.c	which keys are believed
 *	links_moved.c	this host's addresses are others
 *	links_packets.c	PROBE, PROBE_REPLY and DATA, in and out
 */
#ifndef NETD_CLIENT_LINKS_PARTS_H
#define NETD_CLIENT_LINKS_PARTS_H

#include "common/replay.h"
#include "netd/client/links.h"

/* DATA keys of one epoch and direction. */
struct data_key {
	bool set;
	uint8_t epoch;
	uint8_t key[SIPHASH_KEY];
};

/* The way that the message 1 of a handshake came or went lately: its message 2
 * goes there, or comes from there. */
struct route {
	uint64_t attempt; /* 0: none */
	uint64_t order;	  /* the highest was used last */
	struct udp *udp;
	bool relayed;
	bool by_session; /* as which keys it had */
	struct remote to;
};

struct link {
	peer_handle handle;
	struct peer_id peer;
	/* Keys and names of packets: the room's, the session's, and those of a
	 * session that the peer perhaps does not have yet. serial 0: none. */
	struct packet_keys room;
	struct ipc_peer_session session;
	struct ipc_peer_session next;
	uint64_t number;    /* of the next PROBE or PROBE_REPLY */
	struct replay seen; /* the peer's, with the session's keys */
	struct route routes[HANDSHAKE_WAYS];
	uint64_t route_order;
	struct data_key tx;	 /* of the session's stream */
	struct data_key tx_next; /* once the peer uses the epoch */
	struct data_key rx;
	struct data_key rx_next; /* until the peer uses it */
	struct path path;
	struct udp *udp;	 /* that the path is of */
	struct udp *nominee_udp; /* that the path's nominee is of */
	struct transport *transport;
	bool untold; /* the path changed: tell cryptod */
	struct ipc_path told;
	bool broken;  /* the peer does not follow the protocol */
	bool stalled; /* the last path carried probes and nothing else */
};

/* How a packet came. */
struct arrival {
	struct udp *udp;
	const struct remote *from;	  /* or NULL, and through the relay */
	const struct peer_id *relayed_of; /* whose it is, says the bootnode */
};

/* The keys by which a packet is authentic, if it is. */
enum key_origin {
	KEYS_ROOM,
	KEYS_SESSION,
	KEYS_NEXT
};

#define FOREACH_LINK(links, p)                           \
	for (size_t i_ = 0; i_ < CLIENT_PEERS_MAX; i_++) \
		if (((p) = (links)->at[i_]) != NULL)

/* links.c */

/* Returns the link of a handle, or NULL. */
struct link *links_find(struct links *, peer_handle);
/* The path is another one: the transport is told, and cryptod soon. nominee is
 * the path's as it was before. */
void links_changed(struct link *, uint64_t now, int nominee);

/* links_keys.c */

/* Returns the peer that has this connection id, and the keys of its packets; or
 * NULL. */
struct link *links_sender(struct links *, uint64_t connection,
    enum key_origin *);
const struct packet_keys *links_packet_keys(const struct link *,
    enum key_origin);
/* Returns the keys with which packets are sent. */
const struct packet_keys *links_keys_in_use(const struct link *);
/* Returns the key of a DATA packet that came, or NULL. */
const uint8_t *links_data_key(const struct link *, enum key_origin,
    uint8_t epoch);
/* An authentic packet with these keys came. If they are the next session's, the
 * peer has them, and they replace those of this one. */
void links_advance_keys(struct links *, struct link *, uint64_t now,
    enum key_origin);
/* A packet came that never came before: the peer has the session's keys now. */
void links_secure(struct link *, uint64_t now);
/* An authentic DATA packet of this epoch came. */
void links_advance(struct link *, uint8_t epoch);

/* links_packets.c */

/* An answer leaves by the socket that its probe came to, udp, and with its
 * keys; a question leaves by the link's own. */
void links_send_probe(struct links *, struct link *, struct udp *,
    const struct packet_keys *, const struct path_probe *);
/* Sends all that the transport has to send now. */
void links_send_data(struct links *, struct link *, uint64_t now);

#endif
