/*
 * The room's secret and what is made of it (DESIGN.md section 4).
 */
#ifndef CRYPTOD_ROOM_H
#define CRYPTOD_ROOM_H

#include "common/ipc_messages.h"
#include "cryptod/crypto.h"

struct room {			   /* keep it in secret memory */
	struct room_tag tag;	   /* all that the bootnode sees of the room */
	uint8_t psk[KEY_LEN];	   /* peer handshakes */
	uint8_t card_key[KEY_LEN]; /* peer cards */
	uint8_t transport_key[KEY_LEN]; /* packets before a session */
};

/* Takes 64 MiB and a good part of a second: one guess of an attacker. */
void room_derive(struct room *, const char *name, size_t name_len,
    const char *passphrase, size_t passphrase_len);

/* One side of a pair of peers, as both know it. */
struct room_side {
	struct peer_id id;
	uint8_t nonce[16]; /* of its card */
};

/*
 * Fills in what the two netds of a pair use until there is a session: keys
 * of probes and handshakes, and connection ids. Both sides get the same,
 * crossed; so does everybody else in the room.
 */
void room_pair(const struct room *, const struct room_side *us,
    const struct room_side *them, struct packet_keys *);

#endif
