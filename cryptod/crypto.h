/*
 * The primitives that cryptod's protocols are made of, from OpenSSL's
 * libcrypto: SHA-256, HMAC, HKDF, AES-256-GCM, X25519, scrypt, random bytes,
 * and memory for keys. Algorithms are fetched once, before the sandbox; a
 * primitive that fails although its input is right cannot go on and ends the
 * process.
 */
#ifndef CRYPTOD_CRYPTO_H
#define CRYPTOD_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_LEN	      32 /* AES-256, PSKs, chaining keys */
#define HASH_LEN      32 /* SHA-256 */
#define TAG_LEN	      16 /* AES-GCM */
#define GCM_NONCE_LEN 12

struct x25519_key {
	uint8_t private_key[32];
	uint8_t public_key[32];
};

/*
 * Fetches the algorithms and sets up the heap for keys: locked in memory,
 * never dumped, with guard pages. heap is a power of two. Ends the process
 * with an error that says what to do if it cannot be locked.
 */
void crypto_init(size_t heap);

/* Returns memory for keys, zeroed; ends the process if the heap is full. */
void *crypto_secret_alloc(size_t);
/* Wipes and frees; NULL is fine. */
void crypto_secret_free(void *, size_t);

void crypto_wipe(void *, size_t);
/* Compares in constant time. */
bool crypto_equal(const void *, const void *, size_t);
void crypto_random(void *, size_t);

/* A piece of input; hashes and MACs take several as if they were one. */
struct piece {
	const void *bytes;
	size_t len;
};

void crypto_hash(uint8_t out[HASH_LEN], const struct piece *, size_t count);
void crypto_hmac(uint8_t out[HASH_LEN], const uint8_t *key, size_t key_len,
    const struct piece *, size_t count);

/*
 * HKDF-SHA256 (RFC 5869) of a secret, with a label and up to 255 bytes of
 * context as its info. out_len is at most 255 * 32.
 */
void crypto_hkdf(void *out, size_t out_len, const uint8_t *secret,
    size_t secret_len, const char *label, const void *context,
    size_t context_len);

/* The nonce of a counter as in Noise: 4 zero bytes, 8 big-endian. */
void crypto_counter_nonce(uint8_t nonce[GCM_NONCE_LEN], uint64_t counter);

/* Encrypts with AES-256-GCM. Writes len + TAG_LEN bytes to out; out may be the
 * input. */
void crypto_seal(uint8_t *out, const uint8_t key[KEY_LEN],
    const uint8_t nonce[GCM_NONCE_LEN], const void *ad, size_t ad_len,
    const uint8_t *plain, size_t len);
/* Decrypts. Writes len - TAG_LEN bytes. Returns 0, or -1 if the input is not
 * authentic (then out holds no part of it). */
int crypto_open(uint8_t *out, const uint8_t key[KEY_LEN],
    const uint8_t nonce[GCM_NONCE_LEN], const void *ad, size_t ad_len,
    const uint8_t *sealed, size_t len);

/* X25519 (RFC 7748). */
void crypto_keypair(struct x25519_key *);
/* Computes the public key from the private one. */
void crypto_public_key(struct x25519_key *);
/* Has this pair, of which there is one at a time, ready for crypto_dh(): for
 * one that is used thousands of times. OpenSSL has a copy in the heap for
 * keys. */
void crypto_keep(const struct x25519_key *);
/* The shared secret of our pair, whose halves belong together, and somebody's
 * public key. Returns 0, or -1 if it is zero (a public key of low order). */
int crypto_dh(uint8_t out[32], const struct x25519_key *,
    const uint8_t public_key[32]);

/* scrypt (RFC 7914) with N=2^16, r=8, p=1: 64 MiB, which are given back. */
void crypto_scrypt(uint8_t out[KEY_LEN], const char *passphrase, size_t len,
    const uint8_t salt[HASH_LEN]);

#endif
