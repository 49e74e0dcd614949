/*
 * The primitives, compared with published values: a test between two of our own
 * ends could not show that they are right.
 */
#include "cryptod/crypto.h"

#include "cryptod/client/client.h"
#include "common/log.h"
#include "tests/unit/bytes.h"
#include "tests/unit/forked.h"

#include <CUnit/CUnit.h>

#include <string.h>
#include <unistd.h>

void crypto_suite(void);

static void
test_hash(void)
{
	uint8_t out[HASH_LEN];

	/* FIPS 180-4 examples: "abc", whole and in pieces; nothing. */
	crypto_hash(out, (struct piece[]){ { "abc", 3 } }, 1);
	CU_ASSERT(bytes_are(out, sizeof(out),
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad"));
	crypto_hash(out,
	    (struct piece[]){ { "a", 1 }, { NULL, 0 }, { "bc", 2 } }, 3);
	CU_ASSERT(bytes_are(out, sizeof(out),
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad"));
	crypto_hash(out, NULL, 0);
	CU_ASSERT(bytes_are(out, sizeof(out),
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855"));
}

static void
check_hmac(const uint8_t *key, size_t key_len, const void *data, size_t len,
    const char *expected)
{
	struct piece pieces[] = {
		{ data, len / 2 },
		{ (const uint8_t *)data + len / 2, len - len / 2 },
	};
	uint8_t out[HASH_LEN];

	crypto_hmac(out, key, key_len, pieces, 2);
	CU_ASSERT(bytes_are(out, sizeof(out), expected));
}

/* RFC 4231, sections 4.2, 4.3, 4.4 and 4.7. */
static void
test_hmac(void)
{
	static const char larger[] =
	    "Test Using Larger Than Block-Size Key - Hash Key First";
	uint8_t key[131], data[50];

	/* With nothing at all; computed with Python's hmac. */
	check_hmac(NULL, 0, "", 0,
	    "b613679a0814d9ec772f95d778c35fc5"
	    "ff1697c493715653c6c712144292c5ad");
	memset(key, 0x0b, 20);
	check_hmac(key, 20, "Hi There", 8,
	    "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7");
	check_hmac((const uint8_t *)"Jefe", 4, "what do ya want for nothing?",
	    28,
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	memset(data, 0xdd, sizeof(data));
	check_hmac(key, 20, data, sizeof(data),
	    "773ea91e36800e46854db8ebd09181a7"
	    "2959098b3ef8c122d9635514ced565fe");
	check_hmac(key, sizeof(key), larger, sizeof(larger) - 1,
	    "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54");
}

static void
test_hkdf(void)
{
	uint8_t secret[22], out[80], shorter[80];

	/* RFC 5869, appendix A.3: neither salt nor info. */
	memset(secret, 0x0b, sizeof(secret));
	crypto_hkdf(out, 42, secret, sizeof(secret), "", NULL, 0);
	CU_ASSERT(bytes_are(out, 42,
	    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
	    "9d201395faa4b61a96c8"));
	/* Three blocks, info in two parts; computed with Python's hmac. */
	for (uint8_t i = 0; i < 16; i++)
		secret[i] = i;
	crypto_hkdf(out, 80, secret, 16, "label", "\1\2\3", 3);
	CU_ASSERT(bytes_are(out, 80,
	    "ed0a57298dacee8b082297e6d23537db06d6ea449ab997a74c69216095d21748"
	    "95d238ef925c42f4d9a860114d26c2f47ab60ab3908653fca76da328611ca722"
	    "a30af5283e9e5fc67333fe65d5b1273c"));
	for (size_t len = 0; len < 80; len++) {
		memset(shorter, 0x55, sizeof(shorter));
		crypto_hkdf(shorter, len, secret, 16, "label", "\1\2\3", 3);
		CU_ASSERT_EQUAL(memcmp(shorter, out, len), 0);
		CU_ASSERT_EQUAL(shorter[len], 0x55);
	}
}

/* "The Galois/Counter Mode of Operation" (D. McGrew, J. Viega, submitted to
 * NIST), appendix B, test case 16. */
static const char gcm_key[] =
    "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
static const char gcm_nonce[] = "cafebabefacedbaddecaf888";
static const char gcm_ad[] = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
static const char gcm_plain[] =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
static const char gcm_sealed[] =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
    "76fc6ece0f4e1768cddf8853bb2d551b";

struct gcm {
	uint8_t key[KEY_LEN], nonce[GCM_NONCE_LEN], ad[20];
	uint8_t plain[60], sealed[60 + TAG_LEN];
};

static void
gcm_case(struct gcm *g)
{
	bytes_hex(g->key, sizeof(g->key), gcm_key);
	bytes_hex(g->nonce, sizeof(g->nonce), gcm_nonce);
	bytes_hex(g->ad, sizeof(g->ad), gcm_ad);
	bytes_hex(g->plain, sizeof(g->plain), gcm_plain);
	bytes_hex(g->sealed, sizeof(g->sealed), gcm_sealed);
}

static void
test_gcm(void)
{
	uint8_t out[sizeof(((struct gcm *)NULL)->sealed)];
	static const uint8_t zero[KEY_LEN];
	struct gcm g;

	gcm_case(&g);
	crypto_seal(out, g.key, g.nonce, g.ad, sizeof(g.ad), g.plain,
	    sizeof(g.plain));
	CU_ASSERT(bytes_are(out, sizeof(out), gcm_sealed));
	CU_ASSERT_EQUAL(crypto_open(out, g.key, g.nonce, g.ad, sizeof(g.ad),
			    out, sizeof(out)),
	    0); /* opens in place */
	CU_ASSERT(bytes_are(out, sizeof(g.plain), gcm_plain));
	/* Test case 13: no text, and no associated data. */
	crypto_seal(out, zero, zero, NULL, 0, NULL, 0);
	CU_ASSERT(bytes_are(out, TAG_LEN, "530f8afbc74536b9a963b4f1c4cb738b"));
	CU_ASSERT_EQUAL(crypto_open(out, zero, zero, NULL, 0, out, TAG_LEN), 0);
}

/* Opening fails, and leaves nothing of the plaintext behind. */
static void
check_refused(const struct gcm *g, size_t ad_len, size_t len)
{
	uint8_t out[sizeof(g->sealed)];
	size_t kept = 0;

	memset(out, 0x55, sizeof(out));
	CU_ASSERT_EQUAL(crypto_open(out, g->key, g->nonce, g->ad, ad_len,
			    bytes_guarded(g->sealed, len), len),
	    -1);
	for (size_t i = 0; len > TAG_LEN && i < len - TAG_LEN; i++)
		kept += out[i] != 0;
	CU_ASSERT_EQUAL(kept, 0);
	for (size_t i = len > TAG_LEN ? len - TAG_LEN : 0; i < sizeof(out); i++)
		kept += out[i] != 0x55;
	CU_ASSERT_EQUAL(kept, 0);
}

static void
test_gcm_refuses(void)
{
	struct gcm g;

	gcm_case(&g);
	for (size_t i = 0; i < sizeof(g.sealed); i++) {
		g.sealed[i] ^= 1;
		check_refused(&g, sizeof(g.ad), sizeof(g.sealed));
		g.sealed[i] ^= 1;
	}
	for (size_t i = 0; i < sizeof(g.ad); i++) {
		g.ad[i] ^= 0x80;
		check_refused(&g, sizeof(g.ad), sizeof(g.sealed));
		g.ad[i] ^= 0x80;
	}
	for (size_t i = 0; i < sizeof(g.nonce); i++) {
		g.nonce[i] ^= 1;
		check_refused(&g, sizeof(g.ad), sizeof(g.sealed));
		g.nonce[i] ^= 1;
	}
	check_refused(&g, sizeof(g.ad) - 1, sizeof(g.sealed));
	check_refused(&g, 0, sizeof(g.sealed));
	for (size_t len = 0; len < sizeof(g.sealed); len++)
		check_refused(&g, sizeof(g.ad), len);
	g.key[31] ^= 1;
	check_refused(&g, sizeof(g.ad), sizeof(g.sealed));
}

/* Noise revision 34, section 12.4: 32 zero bits, then the counter. */
static void
test_nonce(void)
{
	uint8_t nonce[GCM_NONCE_LEN];

	crypto_counter_nonce(nonce, 0);
	CU_ASSERT(bytes_are(nonce, sizeof(nonce), "000000000000000000000000"));
	crypto_counter_nonce(nonce, 1);
	CU_ASSERT(bytes_are(nonce, sizeof(nonce), "000000000000000000000001"));
	crypto_counter_nonce(nonce, 0x0102030405060708);
	CU_ASSERT(bytes_are(nonce, sizeof(nonce), "000000000102030405060708"));
	crypto_counter_nonce(nonce, UINT64_MAX);
	CU_ASSERT(bytes_are(nonce, sizeof(nonce), "00000000ffffffffffffffff"));
}

/* RFC 7748, section 6.1. */
static void
test_x25519(void)
{
	struct x25519_key a, b;
	uint8_t out[32];

	bytes_hex(a.private_key, 32,
	    "77076d0a7318a57d3c16c17251b26645"
	    "df4c2f87ebc0992ab177fba51db92c2a");
	bytes_hex(b.private_key, 32,
	    "5dab087e624a8a4b79e17f8b83800ee6"
	    "6f3bb1292618b6fd1c2f8b27ff88e0eb");
	crypto_public_key(&a);
	crypto_public_key(&b);
	CU_ASSERT(bytes_are(a.public_key, 32,
	    "8520f0098930a754748b7ddcb43ef75a"
	    "0dbf3a0d26381af4eba4a98eaa9b4e6a"));
	CU_ASSERT(bytes_are(b.public_key, 32,
	    "de9edb7d7b7dc1b4d35b61c2ece43537"
	    "3f8343c85b78674dadfc7e146f882b4f"));
	CU_ASSERT_EQUAL(crypto_dh(out, &a, b.public_key), 0);
	CU_ASSERT(bytes_are(out, 32,
	    "4a5d9d5ba4ce2de1728e3bf480350f25"
	    "e07e21c947d19e3376f09b3c1e161742"));
	CU_ASSERT_EQUAL(crypto_dh(out, &b, a.public_key), 0);
	CU_ASSERT(bytes_are(out, 32,
	    "4a5d9d5ba4ce2de1728e3bf480350f25"
	    "e07e21c947d19e3376f09b3c1e161742"));
	/* One that is kept makes the same secrets, and no other pair does. */
	crypto_keep(&b);
	crypto_keep(&a);
	for (int i = 0; i < 2; i++) {
		memset(out, 0, sizeof(out));
		CU_ASSERT_EQUAL(crypto_dh(out, i == 0 ? &a : &b,
				    i == 0 ? b.public_key : a.public_key),
		    0);
		CU_ASSERT(bytes_are(out, 32,
		    "4a5d9d5ba4ce2de1728e3bf480350f25"
		    "e07e21c947d19e3376f09b3c1e161742"));
	}
	crypto_keypair(&a);
	crypto_keypair(&b);
	CU_ASSERT_FALSE(crypto_equal(a.private_key, b.private_key, 32));
	CU_ASSERT_FALSE(crypto_equal(a.public_key, b.public_key, 32));
}

/* The points whose multiples are all zero: 0, 1, two of order 8, and the
 * unreduced forms p - 1, p and p + 1. */
static void
test_low_order(void)
{
	static const char *const points[] = {
		"00000000000000000000000000000000"
		"00000000000000000000000000000000",
		"01000000000000000000000000000000"
		"00000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46a"
		"da098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b"
		"04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
	};
	struct x25519_key key;
	uint8_t point[32], out[32];

	crypto_keypair(&key);
	for (size_t i = 0; i < 2 * sizeof(points) / sizeof(points[0]); i++) {
		bytes_hex(point, sizeof(point), points[i / 2]);
		CU_ASSERT_EQUAL(crypto_dh(out, &key, point), -1);
		point[31] |= 0x80; /* this bit is ignored */
		CU_ASSERT_EQUAL(crypto_dh(out, &key, point), -1);
		crypto_keep(&key); /* which changes nothing */
	}
}

/* The value was computed with Python: hashlib.scrypt(b"correct horse",
 * salt=bytes(range(32)), n=2**16, r=8, p=1, dklen=32, maxmem=2**27). */
static void
test_scrypt(void)
{
	uint8_t salt[HASH_LEN], out[KEY_LEN];

	for (uint8_t i = 0; i < sizeof(salt); i++)
		salt[i] = i;
	crypto_scrypt(out, "correct horse", 13, salt);
	CU_ASSERT(bytes_are(out, sizeof(out),
	    "d88dd954315ef92b27d902c52d3c1b2c"
	    "90b4f0f755030167664638ca506f2a5c"));
}

static void
test_helpers(void)
{
	uint8_t a[64] = { 0 }, b[64] = { 0 }, *secret;

	crypto_random(a, sizeof(a));
	crypto_random(b, sizeof(b));
	CU_ASSERT_FALSE(crypto_equal(a, b, sizeof(a)));
	memcpy(b, a, sizeof(b));
	for (size_t i = 0; i < sizeof(a); i++) {
		b[i] ^= 1;
		CU_ASSERT_FALSE(crypto_equal(a, b, sizeof(a)));
		CU_ASSERT_TRUE(crypto_equal(a, b, i));
		b[i] ^= 1;
	}
	CU_ASSERT_TRUE(crypto_equal(a, b, sizeof(a)));
	crypto_wipe(a, sizeof(a));
	memset(b, 0, sizeof(b));
	CU_ASSERT_EQUAL(memcmp(a, b, sizeof(a)), 0);
	secret = crypto_secret_alloc(64);
	CU_ASSERT_EQUAL(memcmp(secret, b, 64), 0);
	crypto_secret_free(secret, 64);
	crypto_secret_free(NULL, 0);
}

/* The exit code of a child in which the log said so before it ended. */
#define SAID_SO 42

static void
on_log(enum log_level level, bool event, const char *text)
{
	(void)event;
	if (level == LOG_ERROR &&
	    strcmp(text, "the heap for keys is full") == 0)
		_exit(SAID_SO);
}

static int
take_all(void *arg)
{
	size_t left = CLIENT_HEAP / 4096 + 1;

	(void)arg;
	log_to_function(on_log);
	while (left-- > 0)
		crypto_secret_alloc(4096);
	return 0;
}

/* A key is nowhere but in the heap for keys: without room there the process
 * ends. */
static void
test_heap_full(void)
{
	CU_ASSERT_EQUAL(forked(take_all, NULL), SAID_SO);
}

void
crypto_suite(void)
{
	CU_pSuite suite = CU_add_suite("crypto", crypto_setup, NULL);

	CU_add_test(suite, "SHA-256", test_hash);
	CU_add_test(suite, "HMAC", test_hmac);
	CU_add_test(suite, "HKDF", test_hkdf);
	CU_add_test(suite, "AES-256-GCM", test_gcm);
	CU_add_test(suite, "AES-256-GCM refuses", test_gcm_refuses);
	CU_add_test(suite, "nonce of a counter", test_nonce);
	CU_add_test(suite, "X25519", test_x25519);
	CU_add_test(suite, "public keys of low order", test_low_order);
	CU_add_test(suite, "scrypt", test_scrypt);
	CU_add_test(suite, "wiping, comparing, random", test_helpers);
	CU_add_test(suite, "no room for keys", test_heap_full);
}
