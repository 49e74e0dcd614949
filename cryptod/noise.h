/*
 * The Noise protocol framework, revision 34, as far as gochat uses it:
 * Noise_XXpsk3_25519_AESGCM_SHA256 between peers and
 * Noise_NK_25519_AESGCM_SHA256 between a client and its bootnode.
 */
#ifndef CRYPTOD_NOISE_H
#define CRYPTOD_NOISE_H

#include "cryptod/crypto.h"

enum noise_pattern {
	NOISE_XXPSK3,
	NOISE_NK
};

/* The most that a message adds to its payload: e, s and its tag, a tag. */
#define NOISE_OVERHEAD_MAX (32 + 32 + TAG_LEN + TAG_LEN)

struct noise { /* keep it in secret memory */
	enum noise_pattern pattern;
	bool initiator;
	unsigned int next; /* message of the pattern */
	bool has_key;
	bool has_e; /* tests set it with e */
	uint64_t counter;
	uint8_t key[KEY_LEN];
	uint8_t chaining_key[HASH_LEN];
	uint8_t hash[HASH_LEN];
	struct x25519_key s;
	struct x25519_key e;
	uint8_t rs[32]; /* the other's static key */
	uint8_t re[32];
	uint8_t psk[KEY_LEN];
};

/*
 * Starts a handshake (section 5.3, Initialize). s is needed by both sides of
 * XXpsk3 and by NK's responder, rs by NK's initiator, psk by XXpsk3; what is
 * not needed may be NULL.
 */
void noise_init(struct noise *, enum noise_pattern, bool initiator,
    const void *prologue, size_t prologue_len, const struct x25519_key *s,
    const uint8_t *rs, const uint8_t *psk);

/*
 * Writes the next message with its payload (section 5.3, WriteMessage). out
 * has room for len + NOISE_OVERHEAD_MAX bytes. Returns the length, or 0 if
 * the other's key is of low order.
 */
size_t noise_write(struct noise *, const uint8_t *payload, size_t len,
    uint8_t *out);

/*
 * Reads the next message (section 5.3, ReadMessage); payload has room for
 * len bytes. Returns 0 and the payload's length, or -1 if it is not
 * authentic: then the state is as before, and another may be tried.
 */
int noise_read(struct noise *, const uint8_t *message, size_t len,
    uint8_t *payload, size_t *payload_len);

/* Makes the two transport keys (section 5.2, Split), after the last message. */
void noise_split(const struct noise *, uint8_t tx[KEY_LEN],
    uint8_t rx[KEY_LEN]);

/* Makes further keys from the handshake as far as it has come, one for each
 * label: HKDF of the chaining key with the label and the handshake hash. They
 * are as secret and as authentic as a message's payload would be now. */
void noise_export(const struct noise *, const char *label, void *out,
    size_t len);

#endif
