/*
 * The keys and names of two peers' packets, out of the bytes that both derive:
 * from the room's secret until they have a session, then from its handshake.
 * PROTOCOL.md sections 6.2 and 6.4.
 */
#ifndef CRYPTOD_CLIENT_PACKET_KEYS_H
#define CRYPTOD_CLIENT_PACKET_KEYS_H

#include "common/ipc_messages.h"

/* The derived keys: to the higher id, then to the lower one. */
struct packet_material {
	uint8_t probe[2][SIPHASH_KEY];
	uint8_t connection[2][8];
};

/* lower: we have the lower id. */
void packet_keys_take(struct packet_keys *, const struct packet_material *,
    bool lower);

#endif
