/*
 * What netd and ui say of peers, and what the user says to them.
 */
#ifndef CRYPTOD_CLIENT_PEERS_H
#define CRYPTOD_CLIENT_PEERS_H

#include "cryptod/client/client.h"

/* Handlers of netd's messages about a peer; they are called with the client.
 * A message about a peer that is gone is late, not wrong. */
message_handler peers_path, peers_handshake, peers_session_up;
message_handler peers_record, peers_acked;

/* The same of messages that concern others, too. */
void peers_receipt(struct client *, const struct ipc_receipt *);
void peers_figures(struct client *, const struct ipc_net_peer *);

/* netd died: paths, streams and sessions are gone. */
void peers_netd_gone(struct client *);
/* A new ui is to know of the peers, and of what they said. */
void peers_tell_ui(struct client *);

/* Handshakes that are due, and when the next is. */
void peers_timer(struct client *);
uint64_t peers_deadline(const struct client *);

/* Says goodbye in every session; what was not delivered is told to ui. */
void peers_goodbye(struct client *);

#endif
