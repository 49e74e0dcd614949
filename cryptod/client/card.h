/*
 * Peer cards: the data that a peer publishes in the room, sealed with the
 * room's card key and bound to the room and the peer's id. PROTOCOL.md section
 * 4.
 */
#ifndef CRYPTOD_CLIENT_CARD_H
#define CRYPTOD_CLIENT_CARD_H

#include "cryptod/client/room.h"

struct card {
	uint8_t nonce[16];    /* the same for the peer's run */
	uint32_t incarnation; /* of its netd, from 1 */
	uint32_t serial;      /* rises when the addresses change */
	uint8_t count;
	struct addr hosts[CANDIDATES_MAX];
};

/* Writes a sealed card of at most CARD_MAX bytes; returns its length. */
size_t card_seal(const struct card *, const struct room *,
    const struct peer_id *owner, uint8_t out[CARD_MAX]);
/* Opens a card. Returns 0, or -1 if it is not authentic or malformed. */
int card_open(struct card *, const struct room *, const struct peer_id *owner,
    const uint8_t *sealed, size_t len);

#endif
