/*
 * The peers of a client, found by handle and id.
 */
#ifndef CRYPTOD_CLIENT_PEER_TABLE_H
#define CRYPTOD_CLIENT_PEER_TABLE_H

#include "cryptod/client/peer.h"

/* Returns the peer of a handle, or NULL. */
struct peer *peer_find(struct client *, peer_handle);
/* Returns the peer with this id, or NULL. */
struct peer *peer_of_id(struct client *, const struct peer_id *);

#endif
