/*
 * Messages of netd and ui about peers, and the user's texts to them.
 */
#ifndef CRYPTOD_CLIENT_PEERS_H
#define CRYPTOD_CLIENT_PEERS_H

#include "cryptod/client/client.h"

/* Handlers of netd's messages about a peer; they are called with the client.
 * A message about a peer that is gone is late, not wrong. */
message_handler peers_path, peers_handshake, peers_session_up;
message_handler peers_record, peers_acked;

/* Handlers of messages that concern other parts, too. */
void peers_receipt(struct client *, const struct ipc_receipt *);
void peers_figures(struct client *, const struct ipc_net_peer *);

/* netd died: paths, streams and sessions are gone. */
void peers_netd_gone(struct client *);
/* Tells a new ui of the peers, and of their texts. */
void peers_tell_ui(struct client *);

/* Makes the handshakes that are due; returns when the next is. */
void peers_timer(struct client *);
uint64_t peers_deadline(const struct client *);

/* Says goodbye in every session; tells ui what was not delivered. */
void peers_goodbye(struct client *);

#endif
