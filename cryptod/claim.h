/*
 * What ties a peer id to one identity key in one run at one bootnode: the id is
 * a hash of two things, a token that only its owner can show to the bootnode,
 * and a commitment to the key that only its owner can open to a peer. So the
 * bootnode can check who joins and learns no key, and a peer can check the key
 * of a handshake against the id that it is for. PROTOCOL.md section 6.5.
 */
#ifndef CRYPTOD_CLAIM_H
#define CRYPTOD_CLAIM_H

#include "common/bootmsg.h"
#include "cryptod/crypto.h"

/* What a peer shows in a handshake, in addition to its static key. */
struct claim {
	/* Random to all others: without it, somebody who can guess a key could
	 * see from an id whose it is. */
	uint8_t opening[32];
	uint8_t token_hash[HASH_LEN];
};
#define CLAIM_LEN sizeof(struct claim) /* bytes, as they are on the wire */
_Static_assert(sizeof(struct claim) == 64, "padding");

/* The parts, and those to whom the owner shows them. */
struct claimant {
	uint8_t token[PEER_TOKEN_LEN];		 /* the bootnode */
	uint8_t commitment[PEER_COMMITMENT_LEN]; /* the bootnode */
	struct claim claim;			 /* peers */
	struct peer_id id;			 /* all */
};

/* Makes ours, of the run with this number, at the bootnode with this key: a
 * bootnode with another key that gets the token has no use for it at this
 * one. */
void claim_make(struct claimant *, const struct x25519_key *identity,
    const uint8_t run[16], const uint8_t boot_key[X25519_LEN]);
/* Computes everything that follows from token, opening and public key: for
 * claim_make(), and for tests, which have fixed ones. */
void claim_complete(struct claimant *, const uint8_t public_key[X25519_LEN]);

/* Computes the id of the peer that shows these to the bootnode. */
void claim_id(struct peer_id *, const uint8_t token[PEER_TOKEN_LEN],
    const uint8_t commitment[PEER_COMMITMENT_LEN]);

/* True if this key is the one that the id was made for. */
bool claim_holds(const struct claim *, const uint8_t public_key[X25519_LEN],
    const struct peer_id *);

#endif
