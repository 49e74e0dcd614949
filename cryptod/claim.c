/*
 * Ids that commit to a key. See claim.h.
 */
#include "cryptod/claim.h"

#include <string.h>

static void
commit(uint8_t out[PEER_COMMITMENT_LEN], const uint8_t opening[32],
    const uint8_t public_key[X25519_LEN])
{
	static const char domain[] = "gochat 1 commitment";

	crypto_hash(out,
	    (struct piece[]){ { domain, sizeof(domain) }, { opening, 32 },
		{ public_key, X25519_LEN } },
	    3);
}

static void
make_id(struct peer_id *id, const uint8_t token_hash[HASH_LEN],
    const uint8_t commitment[PEER_COMMITMENT_LEN])
{
	static const char domain[] = "gochat 1 peer id";
	uint8_t hash[HASH_LEN];

	crypto_hash(hash,
	    (struct piece[]){ { domain, sizeof(domain) },
		{ token_hash, HASH_LEN }, { commitment, PEER_COMMITMENT_LEN } },
	    3);
	memcpy(id->bytes, hash, sizeof(id->bytes));
}

static void
hash_token(uint8_t out[HASH_LEN], const uint8_t token[PEER_TOKEN_LEN])
{
	crypto_hash(out, &(struct piece){ token, PEER_TOKEN_LEN }, 1);
}

void
claim_complete(struct claimant *us, const uint8_t public_key[X25519_LEN])
{
	hash_token(us->claim.token_hash, us->token);
	commit(us->commitment, us->claim.opening, public_key);
	make_id(&us->id, us->claim.token_hash, us->commitment);
}

void
claim_make(struct claimant *us, const struct x25519_key *identity,
    const uint8_t run[16], const uint8_t boot_key[X25519_LEN])
{
	uint8_t of[16 + X25519_LEN];

	memcpy(of, run, 16);
	memcpy(of + 16, boot_key, X25519_LEN);
	crypto_hkdf(us->token, sizeof(us->token), identity->private_key,
	    sizeof(identity->private_key), "gochat 1 token", of, sizeof(of));
	crypto_hkdf(us->claim.opening, sizeof(us->claim.opening),
	    identity->private_key, sizeof(identity->private_key),
	    "gochat 1 opening", of, sizeof(of));
	claim_complete(us, identity->public_key);
}

void
claim_id(struct peer_id *id, const uint8_t token[PEER_TOKEN_LEN],
    const uint8_t commitment[PEER_COMMITMENT_LEN])
{
	uint8_t hash[HASH_LEN];

	hash_token(hash, token);
	make_id(id, hash, commitment);
}

bool
claim_holds(const struct claim *claim, const uint8_t public_key[X25519_LEN],
    const struct peer_id *id)
{
	uint8_t commitment[PEER_COMMITMENT_LEN];
	struct peer_id owner;

	commit(commitment, claim->opening, public_key);
	make_id(&owner, claim->token_hash, commitment);
	return memcmp(&owner, id, sizeof(owner)) == 0;
}
