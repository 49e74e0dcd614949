/*
 * Bodies of the messages between cryptod and ui about the people whom we know
 * and have verified; see ipc_messages.h.
 */
#ifndef COMMON_IPC_TRUST_H
#define COMMON_IPC_TRUST_H

#include "common/ipc_messages.h"

/* The structs have no padding: see ipc_messages.h. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

#define KNOWN_PEERS_MAX 4096 /* keys that are remembered */
/* The number of keys that were first met on one day and are not verified. */
#define KNOWN_DAY_MAX 256
/* Size of the file in bytes: so many of the longest lines, and as much again
 * for appended ones. */
#define KNOWN_PEERS_BYTES (4UL * 1024 * 1024)

/* A person in known_peers. The nickname that the person had last follows. */
struct ipc_known_peer {
	uint8_t verified;
	uint8_t fingerprint[FINGERPRINT_LEN];
};

/* A handshake for a peer's id came with a key that the id was not made for. */
struct ipc_peer_claim {
	peer_handle handle;
	struct peer_id id;
	uint8_t fingerprint[FINGERPRINT_LEN]; /* of that key, which is proven */
	struct addr addr; /* of the direct path it came by, or all zero */
	uint8_t unused[2];
};

/* A member of the room whose card cannot be opened, and the number of others
 * since the last one that was reported. */
struct ipc_stranger {
	struct peer_id id;
	uint32_t others;
};

/* The answer to INVITE_ASK; the invite's text follows if there is one. */
enum invite_state {
	INVITE_MADE,
	INVITE_NO_SECRET, /* the room has a passphrase, or none */
	INVITE_NO_KEY,	  /* the bootnode's is not known yet */
	INVITE_STATE_COUNT
};

struct ipc_invite {
	uint8_t state; /* enum invite_state */
};

/* The number that the two of us read to each other. */
#define SAFETY_DIGITS 60 /* 12 groups of 5 */
struct ipc_safety {
	peer_handle handle;
	uint8_t verified;
	char digits[SAFETY_DIGITS];
	uint8_t own[FINGERPRINT_LEN];
	uint8_t fingerprint[FINGERPRINT_LEN];
	uint8_t unused[3];
};

/* This message goes both ways: SET_VERIFIED is what the user says, VERIFIED
 * what holds. */
struct ipc_verified {
	peer_handle handle;
	uint8_t verified;
	uint8_t unused[3];
};

#pragma GCC diagnostic pop

#endif
