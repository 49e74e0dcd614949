/*
 * The room's secret and the keys that are made of it (PROTOCOL.md section 6.2).
 */
#ifndef CRYPTOD_CLIENT_ROOM_H
#define CRYPTOD_CLIENT_ROOM_H

#include "common/ipc_messages.h"
#include "cryptod/crypto.h"

struct room {			   /* keep it in secret memory */
	struct room_tag tag;	   /* all that the bootnode sees of the room */
	uint8_t psk[KEY_LEN];	   /* peer handshakes */
	uint8_t card_key[KEY_LEN]; /* peer cards */
	uint8_t transport_key[KEY_LEN]; /* packets before a session */
};

#define PASSPHRASE_MAX 1024 /* bytes */

struct passphrase { /* keep it in secret memory */
	size_t len; /* 0: the room has none */
	char bytes[PASSPHRASE_MAX + 1];
};

/*
 * Takes 64 MiB and a good part of a second: one guess of an attacker. The
 * bootnode's key is part of the salt, so that no guess counts for two
 * bootnodes, and none can be made before its key is known.
 */
void room_derive(struct room *, const uint8_t boot_key[X25519_LEN],
    const char *name, size_t name_len, const struct passphrase *);

/* One side of a pair of peers, as both know it. */
struct room_side {
	struct peer_id id;
	uint8_t nonce[16]; /* of its card */
};

/*
 * Fills in the keys that the two netds of a pair use until there is a session:
 * those of probes and handshakes, and connection ids. Both sides get the same,
 * crossed; so does everybody else in the room.
 */
void room_pair(const struct room *, const struct room_side *us,
    const struct room_side *them, struct packet_keys *);

#endif
