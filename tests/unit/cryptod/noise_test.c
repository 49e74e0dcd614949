/*
 * Both handshakes, compared with published vectors. They refuse every changed
 * byte, other keys, another prologue, and public keys of low order.
 */
#include "cryptod/noise.h"

#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <openssl/crypto.h>

#include <string.h>

void noise_suite(void);

#define VECTOR_MESSAGES 6
#define MESSAGE_MAX	256

/* The cacophony test vectors, as many Noise libraries use them. */
#define PROLOGUE "4a6f686e2047616c74"
#define PSK	 "54686973206973206d7920417573747269616e20706572737065637469766521"
#define INIT_STATIC \
	"e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1"
#define INIT_EPHEMERAL \
	"893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a"
#define RESP_STATIC \
	"4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893"
#define RESP_EPHEMERAL \
	"bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b"

struct vector {
	enum noise_pattern pattern;
	const char *hash;
	struct {
		const char *payload;
		const char *ciphertext;
	} messages[VECTOR_MESSAGES];
};

static const struct vector xx = {
	.pattern = NOISE_XXPSK3,
	.hash = "033c8317037cb66a83308d5ae57ebbbe"
	    "a254e7ef2267f296c40baa4beaae4fcc",
	.messages = {
		{ "4c756477696720766f6e204d69736573",
		    "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3a"
		    "fa4c7944ad6766e442bec99c94ff573cd5316da008cbcc1ebcf47fbe"
		    "43991ed633bcbb75" },
		{ "4d757272617920526f746862617264",
		    "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f1"
		    "4480884336a2439b0bafb5e97fee2c19b6f9f741125f810ad98e7e96"
		    "59c48ca3e19652d316d1121073a281e0402b7bc1acb476caa1e7308f"
		    "aad7f75337b30f12435c98303cac63cac1d69ac11f2e1971e138ac" },
		{ "462e20412e20486179656b",
		    "2504a7905dbd6a56820581eb314085df196fda55aa5e77745d61c0b5"
		    "26355733d5ee67b9a4f345be7dc7c6583d3807626eb0f42c69388955"
		    "ff0c9f35b03951129db18848a76f6a4d270022" },
		{ "4361726c204d656e676572",
		    "b20ca762013411bc55d65fc7137a2e719d432cd549cb037f5e9c84" },
		{ "4a65616e2d426170746973746520536179",
		    "6b10e774950e93bc7cc50f225a105e656eb418310c00c374a81c1452"
		    "b48cb12000" },
		{ "457567656e2042f6686d20766f6e2042617765726b",
		    "6d617e8fd817a630755b8dffdee52ad3c39964bdca895a56847fd5f1"
		    "edb49d14f555cc314b" },
	},
};

static const struct vector nk = {
	.pattern = NOISE_NK,
	.hash = "f8a87aa8add4fea6e33365b89637486c"
	    "2f6564546ce29d1df9ce9abf78c507d7",
	.messages = {
		{ "4c756477696720766f6e204d69736573",
		    "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3a"
		    "fa4c794475ab4d66d222457dd414bc5f296bc7b4078cc7d72af51926"
		    "28b68bca7d28844b" },
		{ "4d757272617920526f746862617264",
		    "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f1"
		    "4480884303c7d89310502baa8299520ba451624c3c0492e2698f8d45"
		    "7c32400b91fd8a" },
		{ "462e20412e20486179656b",
		    "304f70c37c93573099228016d54cb15213af94eb598d1b17df1153" },
		{ "4361726c204d656e676572",
		    "a1bf6c954529f29b31d8ae9f67d2c18dbd332aa1a0918690c6d80b" },
		{ "4a65616e2d426170746973746520536179",
		    "2e8f3e51888360b2b2d83a64dde9943c7dd3c5e84ac7c4b4e2d5cfc0"
		    "25b6c854d3" },
		{ "457567656e2042f6686d20766f6e2042617765726b",
		    "8498bf41212a8b87c9eeb408274c75b3558fd0530865b5a7932d4b3a"
		    "f812d85b3df27e6f33" },
	},
};

/* Two ends; a test changes what it wants to differ before pair_start(). */
struct pair {
	struct noise i, r;
	struct x25519_key i_static, r_static, i_ephemeral, r_ephemeral;
	uint8_t i_psk[KEY_LEN], r_psk[KEY_LEN], known[32];
	uint8_t i_prologue[9], r_prologue[9];
};

static void
key_from_hex(struct x25519_key *key, const char *text)
{
	CU_ASSERT_EQUAL_FATAL(bytes_hex(key->private_key, 32, text), 32);
	crypto_public_key(key);
}

static void
pair_init(struct pair *p)
{
	memset(p, 0, sizeof(*p));
	key_from_hex(&p->i_static, INIT_STATIC);
	key_from_hex(&p->r_static, RESP_STATIC);
	key_from_hex(&p->i_ephemeral, INIT_EPHEMERAL);
	key_from_hex(&p->r_ephemeral, RESP_EPHEMERAL);
	bytes_hex(p->i_psk, KEY_LEN, PSK);
	bytes_hex(p->r_psk, KEY_LEN, PSK);
	bytes_hex(p->i_prologue, sizeof(p->i_prologue), PROLOGUE);
	bytes_hex(p->r_prologue, sizeof(p->r_prologue), PROLOGUE);
	memcpy(p->known, p->r_static.public_key, 32);
}

static void
pair_start(struct pair *p, enum noise_pattern pattern)
{
	bool is_nk = pattern == NOISE_NK;

	noise_init(&p->i, pattern, true, p->i_prologue, sizeof(p->i_prologue),
	    is_nk ? NULL : &p->i_static, is_nk ? p->known : NULL,
	    is_nk ? NULL : p->i_psk);
	noise_init(&p->r, pattern, false, p->r_prologue, sizeof(p->r_prologue),
	    &p->r_static, NULL, is_nk ? NULL : p->r_psk);
	p->i.e = p->i_ephemeral;
	p->r.e = p->r_ephemeral;
	p->i.has_e = p->r.has_e = true;
}

/* Reads so much of a message, which must fail and change nothing. */
static void
check_refused(struct noise *n, const uint8_t *message, size_t len)
{
	uint8_t payload[MESSAGE_MAX];
	struct noise before = *n;
	size_t payload_len;

	CU_ASSERT_EQUAL(noise_read(n, bytes_guarded(message, len), len, payload,
			    &payload_len),
	    -1);
	CU_ASSERT_EQUAL(memcmp(n, &before, sizeof(before)), 0);
}

/* A flipped bit in each byte, every truncation, and a byte too many are
 * refused. */
static void
check_damaged(struct noise *n, const uint8_t *message, size_t len)
{
	uint8_t bad[MESSAGE_MAX];

	for (size_t i = 0; i < len; i++) {
		memcpy(bad, message, len);
		bad[i] ^= (uint8_t)(1u << i % 8);
		check_refused(n, bad, len);
		bad[i] = message[i] ^ 0x80; /* this bit of X25519 is ignored */
		check_refused(n, bad, len);
		check_refused(n, message, i);
	}
	memcpy(bad, message, len);
	bad[len] = 0;
	check_refused(n, bad, len + 1);
}

/* Returns whether the last message of its pattern was written or read. */
static bool
is_finished(const struct noise *n)
{
	return n->next == (n->pattern == NOISE_NK ? 2 : 3);
}

static void
handshake_message(struct noise *from, struct noise *to, const char *payload,
    const char *ciphertext)
{
	uint8_t plain[MESSAGE_MAX], message[MESSAGE_MAX], got[MESSAGE_MAX];
	size_t len = bytes_hex(plain, sizeof(plain), payload), got_len = 0;

	CU_ASSERT_FALSE(is_finished(from));
	len = noise_write(from, plain, len, message);
	CU_ASSERT(bytes_are(message, len, ciphertext));
	check_damaged(to, message, len);
	CU_ASSERT_EQUAL(noise_read(to, message, len, got, &got_len), 0);
	CU_ASSERT(bytes_are(got, got_len, payload));
}

static void
transport_message(const uint8_t tx[KEY_LEN], const uint8_t rx[KEY_LEN],
    uint64_t counter, const char *payload, const char *ciphertext)
{
	uint8_t plain[MESSAGE_MAX], sealed[MESSAGE_MAX], nonce[GCM_NONCE_LEN];
	size_t len = bytes_hex(plain, sizeof(plain), payload);

	crypto_counter_nonce(nonce, counter);
	crypto_seal(sealed, tx, nonce, NULL, 0, plain, len);
	CU_ASSERT(bytes_are(sealed, len + TAG_LEN, ciphertext));
	CU_ASSERT_EQUAL(crypto_open(plain, rx, nonce, NULL, 0, sealed,
			    len + TAG_LEN),
	    0);
	CU_ASSERT(bytes_are(plain, len, payload));
}

static void
check_vector(const struct vector *v)
{
	uint8_t i_tx[KEY_LEN], i_rx[KEY_LEN], r_tx[KEY_LEN], r_rx[KEY_LEN];
	unsigned int m = 0, handshake = v->pattern == NOISE_NK ? 2 : 3;
	const size_t used = CRYPTO_secure_used();
	uint8_t i_export[48], r_export[48];
	struct pair p;

	pair_init(&p);
	pair_start(&p, v->pattern);
	for (; m < handshake; m++)
		handshake_message(m % 2 == 0 ? &p.i : &p.r,
		    m % 2 == 0 ? &p.r : &p.i, v->messages[m].payload,
		    v->messages[m].ciphertext);
	CU_ASSERT_TRUE(is_finished(&p.i));
	CU_ASSERT_TRUE(is_finished(&p.r));
	CU_ASSERT(bytes_are(p.i.hash, HASH_LEN, v->hash));
	CU_ASSERT(bytes_are(p.r.hash, HASH_LEN, v->hash));
	/* A message beyond the last one is refused. */
	check_refused(&p.i, p.i.hash, HASH_LEN);
	/* Of what was read, or not, nothing is left in the heap for keys. */
	CU_ASSERT_EQUAL(CRYPTO_secure_used(), used);

	noise_split(&p.i, i_tx, i_rx);
	noise_split(&p.r, r_tx, r_rx);
	for (unsigned int n = 0; m < VECTOR_MESSAGES; m++, n++)
		transport_message(m % 2 == 0 ? i_tx : r_tx,
		    m % 2 == 0 ? r_rx : i_rx, n / 2, v->messages[m].payload,
		    v->messages[m].ciphertext);

	noise_export(&p.i, "label", i_export, sizeof(i_export));
	noise_export(&p.r, "label", r_export, sizeof(r_export));
	CU_ASSERT_EQUAL(memcmp(i_export, r_export, sizeof(i_export)), 0);
	noise_export(&p.r, "other", r_export, sizeof(r_export));
	CU_ASSERT_NOT_EQUAL(memcmp(i_export, r_export, sizeof(i_export)), 0);
}

static void
test_xx_vector(void)
{
	check_vector(&xx);
}

static void
test_nk_vector(void)
{
	check_vector(&nk);
}

/* Runs a handshake as far as it goes; returns the number of messages
 * accepted. */
static unsigned int
run(struct pair *p)
{
	uint8_t message[MESSAGE_MAX], payload[MESSAGE_MAX];
	struct noise *from = &p->i, *to = &p->r, *swap;
	unsigned int accepted = 0;
	size_t len;

	while (!is_finished(from)) {
		len = noise_write(from, (const uint8_t *)"hi", 2, message);
		if (len == 0 ||
		    noise_read(to, message, len, payload, &len) == -1)
			break;
		accepted++;
		swap = from;
		from = to;
		to = swap;
	}
	return accepted;
}

static void
test_fresh_keys(void)
{
	struct pair p;

	/* noise_write() makes new ephemeral keys each time. */
	pair_init(&p);
	pair_start(&p, NOISE_XXPSK3);
	p.i.has_e = p.r.has_e = false;
	CU_ASSERT_EQUAL(run(&p), 3);
	CU_ASSERT_NOT_EQUAL(memcmp(p.i.e.public_key, p.r.e.public_key, 32), 0);
	CU_ASSERT_EQUAL(memcmp(p.i.rs, p.r_static.public_key, 32), 0);
	CU_ASSERT_EQUAL(memcmp(p.r.rs, p.i_static.public_key, 32), 0);
	CU_ASSERT_EQUAL(memcmp(p.i.hash, p.r.hash, HASH_LEN), 0);
}

static void
test_wrong_psk(void)
{
	struct pair p;

	pair_init(&p);
	p.i_psk[31] ^= 1;
	pair_start(&p, NOISE_XXPSK3);
	CU_ASSERT_EQUAL(run(&p), 2); /* the third message mixes it in */
}

static void
test_wrong_prologue(void)
{
	struct pair p;

	pair_init(&p);
	p.r_prologue[0] ^= 1;
	pair_start(&p, NOISE_XXPSK3);
	CU_ASSERT_EQUAL(run(&p), 0);
	pair_start(&p, NOISE_NK);
	CU_ASSERT_EQUAL(run(&p), 0);
}

static void
test_wrong_static(void)
{
	struct pair p;

	/* NK: the client knows another key. */
	pair_init(&p);
	memcpy(p.known, p.i_static.public_key, 32);
	pair_start(&p, NOISE_NK);
	CU_ASSERT_EQUAL(run(&p), 0);
	/* XX: one side shows a public key without its private key. */
	pair_init(&p);
	memcpy(p.r_static.public_key, p.r_ephemeral.public_key, 32);
	pair_start(&p, NOISE_XXPSK3);
	CU_ASSERT_EQUAL(run(&p), 1);
	pair_init(&p);
	memcpy(p.i_static.public_key, p.r_ephemeral.public_key, 32);
	pair_start(&p, NOISE_XXPSK3);
	CU_ASSERT_EQUAL(run(&p), 2);
}

/* Public keys with which a DH gives zero, in each place of both patterns. */
static void
test_low_order(void)
{
	struct pair p;

	pair_init(&p);
	memset(p.i_ephemeral.public_key, 0, 32);
	pair_start(&p, NOISE_XXPSK3);
	CU_ASSERT_EQUAL(run(&p), 1); /* the answer cannot be written */
	pair_start(&p, NOISE_NK);
	CU_ASSERT_EQUAL(run(&p), 0);

	pair_init(&p);
	memset(p.r_ephemeral.public_key, 0, 32);
	pair_start(&p, NOISE_XXPSK3);
	CU_ASSERT_EQUAL(run(&p), 1);
	pair_start(&p, NOISE_NK);
	CU_ASSERT_EQUAL(run(&p), 1);

	pair_init(&p);
	memset(p.r_static.public_key, 0, 32);
	memset(p.known, 0, 32);
	pair_start(&p, NOISE_XXPSK3);
	CU_ASSERT_EQUAL(run(&p), 1);
	pair_start(&p, NOISE_NK);
	CU_ASSERT_EQUAL(run(&p), 0); /* not even the first is written */

	pair_init(&p);
	memset(p.i_static.public_key, 0, 32);
	pair_start(&p, NOISE_XXPSK3);
	CU_ASSERT_EQUAL(run(&p), 2);
}

void
noise_suite(void)
{
	CU_pSuite suite = CU_add_suite("noise", crypto_setup, NULL);

	CU_add_test(suite, "XXpsk3 vector", test_xx_vector);
	CU_add_test(suite, "NK vector", test_nk_vector);
	CU_add_test(suite, "fresh ephemeral keys", test_fresh_keys);
	CU_add_test(suite, "wrong psk", test_wrong_psk);
	CU_add_test(suite, "wrong prologue", test_wrong_prologue);
	CU_add_test(suite, "wrong static key", test_wrong_static);
	CU_add_test(suite, "public keys of low order", test_low_order);
}
