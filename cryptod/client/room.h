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

struct room_secret { /* keep it in secret memory */
	enum secret_kind kind;
	size_t len; /* 0 of none, INVITE_SECRET_LEN of an invite's */
	char bytes[PASSPHRASE_MAX + 1];
};

/*
 * Takes 64 MiB and a good part of a second, unless the secret is an invite's:
 * one guess of an attacker. An invite's cannot be guessed. The bootnode's key
 * is part of the salt, so that no guess counts for two bootnodes, and none can
 * be made before its key is known.
 */
void room_derive(struct room *, const uint8_t boot_key[X25519_LEN],
    const char *name, size_t name_len, const struct room_secret *);

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
