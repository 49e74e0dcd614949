/*
 * What the files of the links share; nobody else includes this.
 *
 *	links.c		messages from cryptod and to it, time
 *	links_moved.c	this host's addresses are others
 *	links_packets.c	PROBE, PROBE_REPLY and DATA, in and out
 */
#ifndef NETD_LINKS_PARTS_H
#define NETD_LINKS_PARTS_H

#include "netd/links.h"
#include "netd/transport.h"

/* DATA keys of one epoch and direction. */
struct data_key {
	bool set;
	uint8_t epoch;
	uint8_t key[SIPHASH_KEY];
};

struct link {
	peer_handle handle;
	struct peer_id peer;
	uint64_t connection_tx;
	uint64_t connection_rx;
	struct peer_keys probe;
	struct data_key tx;
	struct data_key tx_next; /* once the peer uses the epoch */
	struct data_key rx;
	struct data_key rx_next; /* until the peer uses it */
	struct path path;
	struct udp *udp; /* that the path is of */
	struct transport *transport;
	uint32_t incarnation; /* of its netd */
	bool resetting;	      /* cryptod has yet to hear of the last one */
	bool untold;	      /* the path changed: tell cryptod */
	bool broken;	      /* the peer does not follow the protocol */
};

#define FOREACH_LINK(ps, p)                       \
	for (size_t i_ = 0; i_ < LINKS_MAX; i_++) \
		if (((p) = (ps)->at[i_]) != NULL)

/* links.c: the path is another: the transport is told, cryptod soon. */
void links_changed(struct link *, uint64_t now);

/* links_packets.c */

/* An answer leaves by the socket that its probe came to, udp; what is to be
 * asked, by the link's own. */
void links_send_probe(struct links *, struct link *, struct udp *,
    const struct path_probe *);
/* Sends all that the transport has to send now. */
void links_send_data(struct links *, struct link *, uint64_t now);

#endif
