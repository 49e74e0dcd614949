/*
 * The peers of a client, by what others call them.
 */
#ifndef CRYPTOD_CLIENT_PEER_TABLE_H
#define CRYPTOD_CLIENT_PEER_TABLE_H

#include "cryptod/client/peer.h"

/* The peer of a handle, or NULL. */
struct peer *peer_find(struct client *, peer_handle);
/* The peer with this id, or NULL. */
struct peer *peer_of_id(struct client *, const struct peer_id *);

#endif
