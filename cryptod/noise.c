/*
 * Noise handshakes. The names are those of the specification, revision 34;
 * the section is given where one is implemented.
 */
#include "cryptod/noise.h"

#include "common/codec.h"

#include <string.h>

enum token {
	TOKEN_END,
	TOKEN_E,
	TOKEN_S,
	TOKEN_EE,
	TOKEN_ES,
	TOKEN_SE,
	TOKEN_PSK
};

#define MESSAGES_MAX 3
#define TOKENS_MAX   5

struct pattern {
	const char *name;
	bool psk;      /* then e is mixed into the key, too */
	bool rs_known; /* pre-message: <- s */
	unsigned int messages;
	enum token tokens[MESSAGES_MAX][TOKENS_MAX];
};

static const struct pattern patterns[] = {
	[NOISE_XXPSK3] = {
		.name = "Noise_XXpsk3_25519_AESGCM_SHA256",
		.psk = true,
		.messages = 3,
		.tokens = {
			{ TOKEN_E },
			{ TOKEN_E, TOKEN_EE, TOKEN_S, TOKEN_ES },
			{ TOKEN_S, TOKEN_SE, TOKEN_PSK },
		},
	},
	[NOISE_NK] = {
		.name = "Noise_NK_25519_AESGCM_SHA256",
		.rs_known = true,
		.messages = 2,
		.tokens = {
			{ TOKEN_E, TOKEN_ES },
			{ TOKEN_E, TOKEN_EE },
		},
	},
};

/* Section 4.3, HKDF with two or three outputs; c may be NULL. */
static void
noise_hkdf(const uint8_t chaining_key[HASH_LEN], const uint8_t *input,
    size_t len, uint8_t a[HASH_LEN], uint8_t b[HASH_LEN], uint8_t *c)
{
	static const uint8_t one = 1, two = 2, three = 3;
	uint8_t temp[HASH_LEN], first[HASH_LEN], second[HASH_LEN];

	crypto_hmac(temp, chaining_key, HASH_LEN, &(struct piece){ input, len },
	    1);
	crypto_hmac(first, temp, HASH_LEN, &(struct piece){ &one, 1 }, 1);
	crypto_hmac(second, temp, HASH_LEN,
	    (struct piece[]){ { first, HASH_LEN }, { &two, 1 } }, 2);
	if (c != NULL)
		crypto_hmac(c, temp, HASH_LEN,
		    (struct piece[]){ { second, HASH_LEN }, { &three, 1 } }, 2);
	memcpy(a, first, HASH_LEN);
	memcpy(b, second, HASH_LEN);
	crypto_wipe(temp, sizeof(temp));
	crypto_wipe(first, sizeof(first));
	crypto_wipe(second, sizeof(second));
}

/* Section 5.2, MixHash. */
static void
mix_hash(struct noise *n, const void *data, size_t len)
{
	crypto_hash(n->hash,
	    (struct piece[]){ { n->hash, HASH_LEN }, { data, len } }, 2);
}

/* Section 5.2, MixKey. */
static void
mix_key(struct noise *n, const uint8_t *input, size_t len)
{
	noise_hkdf(n->chaining_key, input, len, n->chaining_key, n->key, NULL);
	n->has_key = true;
	n->counter = 0;
}

/* Section 5.2, MixKeyAndHash. */
static void
mix_key_and_hash(struct noise *n, const uint8_t *input, size_t len)
{
	uint8_t temp[HASH_LEN];

	noise_hkdf(n->chaining_key, input, len, n->chaining_key, temp, n->key);
	mix_hash(n, temp, sizeof(temp));
	n->has_key = true;
	n->counter = 0;
	crypto_wipe(temp, sizeof(temp));
}

/* Section 5.2, EncryptAndHash. Returns the length written. */
static size_t
encrypt_and_hash(struct noise *n, const uint8_t *plain, size_t len,
    uint8_t *out)
{
	uint8_t nonce[GCM_NONCE_LEN];

	if (n->has_key) {
		crypto_counter_nonce(nonce, n->counter++);
		crypto_seal(out, n->key, nonce, n->hash, HASH_LEN, plain, len);
		len += TAG_LEN;
	} else if (len > 0) {
		memmove(out, plain, len);
	}
	mix_hash(n, out, len);
	return len;
}

/* Section 5.2, DecryptAndHash. Returns 0 or -1. */
static int
decrypt_and_hash(struct noise *n, const uint8_t *data, size_t len, uint8_t *out)
{
	uint8_t nonce[GCM_NONCE_LEN], hash[HASH_LEN];
	int result = 0;

	/* The hash is over the ciphertext, which out may replace. */
	memcpy(hash, n->hash, sizeof(hash));
	mix_hash(n, data, len);
	if (n->has_key) {
		crypto_counter_nonce(nonce, n->counter++);
		result =
		    crypto_open(out, n->key, nonce, hash, HASH_LEN, data, len);
	} else if (len > 0) {
		memmove(out, data, len);
	}
	return result;
}

void
noise_init(struct noise *n, enum noise_pattern pattern, bool initiator,
    const void *prologue, size_t prologue_len, const struct x25519_key *s,
    const uint8_t *rs, const uint8_t *psk)
{
	const struct pattern *p = &patterns[pattern];

	memset(n, 0, sizeof(*n));
	n->pattern = pattern;
	n->initiator = initiator;
	if (s != NULL)
		n->s = *s;
	if (rs != NULL)
		memcpy(n->rs, rs, sizeof(n->rs));
	if (psk != NULL)
		memcpy(n->psk, psk, sizeof(n->psk));
	/* Names of up to HASH_LEN bytes are their own hash. */
	_Static_assert(sizeof("Noise_XXpsk3_25519_AESGCM_SHA256") - 1 <=
		HASH_LEN,
	    "a longer name would have to be hashed");
	memcpy(n->hash, p->name, strlen(p->name));
	memcpy(n->chaining_key, n->hash, HASH_LEN);
	mix_hash(n, prologue, prologue_len);
	if (p->rs_known)
		mix_hash(n, initiator ? n->rs : n->s.public_key, 32);
}

/* One DH result into the key. Returns 0 or -1. */
static int
mix_dh(struct noise *n, const struct x25519_key *ours, const uint8_t theirs[32])
{
	uint8_t shared[32];
	int result = crypto_dh(shared, ours, theirs);

	if (result == 0)
		mix_key(n, shared, sizeof(shared));
	crypto_wipe(shared, sizeof(shared));
	return result;
}

/* Mixes the tokens that are the same for the writer and the reader. */
static int
mix_token(struct noise *n, enum token token)
{
	switch (token) {
	case TOKEN_EE:
		return mix_dh(n, &n->e, n->re);
	case TOKEN_ES: /* initiator's e, responder's s */
		return n->initiator ? mix_dh(n, &n->e, n->rs)
				    : mix_dh(n, &n->s, n->re);
	case TOKEN_SE: /* initiator's s, responder's e */
		return n->initiator ? mix_dh(n, &n->s, n->re)
				    : mix_dh(n, &n->e, n->rs);
	case TOKEN_PSK:
		mix_key_and_hash(n, n->psk, sizeof(n->psk));
		return 0;
	default:
		return -1;
	}
}

/* An ephemeral public key was sent or received. */
static void
mix_ephemeral(struct noise *n, const uint8_t key[32])
{
	mix_hash(n, key, 32);
	if (patterns[n->pattern].psk) /* section 9.2 */
		mix_key(n, key, 32);
}

size_t
noise_write(struct noise *n, const uint8_t *payload, size_t len, uint8_t *out)
{
	const enum token *token = patterns[n->pattern].tokens[n->next];
	uint8_t *p = out;

	for (; *token != TOKEN_END; token++) {
		switch (*token) {
		case TOKEN_E:
			if (!n->has_e)
				crypto_keypair(&n->e);
			n->has_e = true;
			memcpy(p, n->e.public_key, 32);
			p += 32;
			mix_ephemeral(n, n->e.public_key);
			break;
		case TOKEN_S:
			p += encrypt_and_hash(n, n->s.public_key, 32, p);
			break;
		default:
			if (mix_token(n, *token) == -1)
				return 0;
		}
	}
	p += encrypt_and_hash(n, payload, len, p);
	n->next++;
	return (size_t)(p - out);
}

/* Reads into a copy of the state: only what is authentic changes it. */
static int
read_tokens(struct noise *n, struct getter *g)
{
	const enum token *token = patterns[n->pattern].tokens[n->next];
	const uint8_t *p;

	for (; *token != TOKEN_END; token++) {
		switch (*token) {
		case TOKEN_E:
			get_bytes(g, n->re, 32);
			if (g->bad)
				return -1;
			mix_ephemeral(n, n->re);
			break;
		case TOKEN_S:
			p = get_ref(g, 32 + TAG_LEN);
			if (p == NULL ||
			    decrypt_and_hash(n, p, 32 + TAG_LEN, n->rs) == -1)
				return -1;
			break;
		default:
			if (mix_token(n, *token) == -1)
				return -1;
		}
	}
	return 0;
}

int
noise_read(struct noise *n, const uint8_t *message, size_t len,
    uint8_t *payload, size_t *payload_len)
{
	struct noise *copy = crypto_secret_alloc(sizeof(*copy));
	struct getter g;
	int result = -1;

	*copy = *n;
	get_init(&g, message, len);
	if (n->next >= patterns[n->pattern].messages ||
	    read_tokens(copy, &g) == -1)
		goto out;
	if (copy->has_key && g.left < TAG_LEN)
		goto out;
	*payload_len = g.left - (copy->has_key ? TAG_LEN : 0);
	if (decrypt_and_hash(copy, g.p, g.left, payload) == -1)
		goto out;
	copy->next++;
	*n = *copy;
	result = 0;
out:
	crypto_secret_free(copy, sizeof(*copy));
	return result;
}

void
noise_split(const struct noise *n, uint8_t tx[KEY_LEN], uint8_t rx[KEY_LEN])
{
	/* Section 5.2: the first key is the initiator's to send with. */
	noise_hkdf(n->chaining_key, NULL, 0, n->initiator ? tx : rx,
	    n->initiator ? rx : tx, NULL);
}

void
noise_export(const struct noise *n, const char *label, void *out, size_t len)
{
	crypto_hkdf(out, len, n->chaining_key, HASH_LEN, label, n->hash,
	    HASH_LEN);
}
