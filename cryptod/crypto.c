/*
 * The primitives, over OpenSSL 3's libcrypto. See crypto.h.
 */
#include "cryptod/crypto.h"

#include "common/log.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <string.h>

#define SCRYPT_N (1ULL << 16)
#define SCRYPT_R 8U
#define SCRYPT_P 1U
/* 128 * r * N bytes, and some for the rest. */
#define SCRYPT_MEMORY (128ULL * SCRYPT_R * (SCRYPT_N + 64))

/* Objects that are fetched once and used by every call. */
static struct {
	EVP_CIPHER *aes_gcm;
	EVP_CIPHER_CTX *cipher;
	EVP_MD *sha256;
	EVP_MD_CTX *digest;
	EVP_MAC_CTX *hmac;
	EVP_KDF_CTX *scrypt;
	EVP_PKEY_CTX *x25519; /* that makes keys of their bytes */
	EVP_PKEY_CTX *kept;   /* of the pair that is kept, or NULL */
	uint8_t kept_public[32];
} crypto;

static void
must(bool ok, const char *what)
{
	if (!ok)
		fatal("libcrypto: %s failed", what);
}

static void
fetch_hmac(void)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
		    (char[]){ "SHA256" }, 0),
		OSSL_PARAM_END
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);

	must(mac != NULL, "fetching HMAC");
	crypto.hmac = EVP_MAC_CTX_new(mac);
	EVP_MAC_free(mac);
	must(crypto.hmac != NULL &&
		EVP_MAC_CTX_set_params(crypto.hmac, params) == 1,
	    "HMAC");
}

void
crypto_init(size_t heap)
{
	struct x25519_key key;
	uint8_t shared[32];
	EVP_KDF *kdf;

	/* There is no configuration file, and no engine: only the built-in
	 * algorithms. */
	must(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1,
	    "initialisation");
	if (CRYPTO_secure_malloc_init(heap, 32) != 1)
		fatal("cannot lock %zu KiB of memory for keys: raise the limit "
		      "on locked memory (ulimit -l, LimitMEMLOCK=)",
		    heap / 1024);
	crypto.aes_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	crypto.cipher = EVP_CIPHER_CTX_new();
	crypto.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	crypto.digest = EVP_MD_CTX_new();
	kdf = EVP_KDF_fetch(NULL, "SCRYPT", NULL);
	must(crypto.aes_gcm != NULL && crypto.cipher != NULL &&
		crypto.sha256 != NULL && crypto.digest != NULL && kdf != NULL,
	    "fetching algorithms");
	crypto.scrypt = EVP_KDF_CTX_new(kdf);
	EVP_KDF_free(kdf);
	must(crypto.scrypt != NULL, "scrypt");
	crypto.x25519 = EVP_PKEY_CTX_new_from_name(NULL, "X25519", NULL);
	must(crypto.x25519 != NULL &&
		EVP_PKEY_fromdata_init(crypto.x25519) == 1,
	    "X25519");
	fetch_hmac();
	/* OpenSSL sets up the random generator and the key exchange now, and
	 * not at first use. */
	crypto_keypair(&key);
	must(crypto_dh(shared, &key, key.public_key) == 0, "X25519");
	crypto_wipe(&key, sizeof(key));
	crypto_wipe(shared, sizeof(shared));
}

void *
crypto_secret_alloc(size_t len)
{
	void *p = OPENSSL_secure_zalloc(len);

	/* Memory outside the secure heap is not good enough. */
	if (p == NULL || CRYPTO_secure_allocated(p) != 1)
		fatal("the heap for keys is full");
	return p;
}

void
crypto_secret_free(void *p, size_t len)
{
	OPENSSL_secure_clear_free(p, len);
}

void
crypto_wipe(void *p, size_t len)
{
	OPENSSL_cleanse(p, len);
}

bool
crypto_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

void
crypto_random(void *out, size_t len)
{
	must(RAND_bytes(out, (int)len) == 1, "RAND_bytes");
}

void
crypto_hash(uint8_t out[HASH_LEN], const struct piece *pieces, size_t count)
{
	must(EVP_DigestInit_ex2(crypto.digest, crypto.sha256, NULL) == 1,
	    "SHA-256");
	for (size_t i = 0; i < count; i++)
		must(EVP_DigestUpdate(crypto.digest, pieces[i].bytes,
			 pieces[i].len) == 1,
		    "SHA-256");
	must(EVP_DigestFinal_ex(crypto.digest, out, NULL) == 1, "SHA-256");
}

void
crypto_hmac(uint8_t out[HASH_LEN], const uint8_t *key, size_t key_len,
    const struct piece *pieces, size_t count)
{
	static const uint8_t no_key[1];
	size_t len;

	must(EVP_MAC_init(crypto.hmac, key_len > 0 ? key : no_key, key_len,
		 NULL) == 1,
	    "HMAC");
	for (size_t i = 0; i < count; i++)
		must(EVP_MAC_update(crypto.hmac, pieces[i].bytes,
			 pieces[i].len) == 1,
		    "HMAC");
	must(EVP_MAC_final(crypto.hmac, out, &len, HASH_LEN) == 1, "HMAC");
}

void
crypto_hkdf(void *out, size_t out_len, const uint8_t *secret, size_t secret_len,
    const char *label, const void *context, size_t context_len)
{
	static const uint8_t no_salt[HASH_LEN];
	uint8_t prk[HASH_LEN], block[HASH_LEN], index = 0;
	struct piece input = { secret, secret_len };
	uint8_t *p = out;
	size_t n;

	crypto_hmac(prk, no_salt, sizeof(no_salt), &input, 1);
	for (; out_len > 0; out_len -= n, p += n) {
		struct piece pieces[] = {
			{ block, index == 0 ? 0 : sizeof(block) },
			{ label, strlen(label) },
			{ context, context_len },
			{ &index, 1 },
		};

		index++;
		crypto_hmac(block, prk, sizeof(prk), pieces, 4);
		n = out_len < sizeof(block) ? out_len : sizeof(block);
		memcpy(p, block, n);
	}
	crypto_wipe(prk, sizeof(prk));
	crypto_wipe(block, sizeof(block));
}

void
crypto_counter_nonce(uint8_t nonce[GCM_NONCE_LEN], uint64_t counter)
{
	memset(nonce, 0, 4);
	for (int i = GCM_NONCE_LEN - 1; i >= 4; i--, counter >>= 8)
		nonce[i] = (uint8_t)counter;
}

void
crypto_seal(uint8_t *out, const uint8_t key[KEY_LEN],
    const uint8_t nonce[GCM_NONCE_LEN], const void *ad, size_t ad_len,
    const uint8_t *plain, size_t len)
{
	EVP_CIPHER_CTX *ctx = crypto.cipher;
	int n;

	must(EVP_EncryptInit_ex2(ctx, crypto.aes_gcm, key, nonce, NULL) == 1 &&
		(ad_len == 0 ||
		    EVP_EncryptUpdate(ctx, NULL, &n, ad, (int)ad_len) == 1) &&
		(len == 0 ||
		    EVP_EncryptUpdate(ctx, out, &n, plain, (int)len) == 1) &&
		EVP_EncryptFinal_ex(ctx, out + len, &n) == 1 &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN,
		    out + len) == 1,
	    "AES-GCM");
	/* The context would keep the key's schedule. */
	EVP_CIPHER_CTX_reset(ctx);
}

int
crypto_open(uint8_t *out, const uint8_t key[KEY_LEN],
    const uint8_t nonce[GCM_NONCE_LEN], const void *ad, size_t ad_len,
    const uint8_t *sealed, size_t len)
{
	EVP_CIPHER_CTX *ctx = crypto.cipher;
	uint8_t tag[TAG_LEN];
	int n, ok;

	if (len < TAG_LEN)
		return -1;
	len -= TAG_LEN;
	memcpy(tag, sealed + len, TAG_LEN);
	must(EVP_DecryptInit_ex2(ctx, crypto.aes_gcm, key, nonce, NULL) == 1 &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) ==
		    1 &&
		(ad_len == 0 ||
		    EVP_DecryptUpdate(ctx, NULL, &n, ad, (int)ad_len) == 1) &&
		(len == 0 ||
		    EVP_DecryptUpdate(ctx, out, &n, sealed, (int)len) == 1),
	    "AES-GCM");
	ok = EVP_DecryptFinal_ex(ctx, out + len, &n);
	EVP_CIPHER_CTX_reset(ctx);
	if (ok != 1) {
		crypto_wipe(out, len);
		return -1;
	}
	return 0;
}

void
crypto_keypair(struct x25519_key *key)
{
	/* Any 32 bytes are a private key: RFC 7748, section 5. */
	crypto_random(key->private_key, sizeof(key->private_key));
	crypto_public_key(key);
}

void
crypto_public_key(struct x25519_key *key)
{
	size_t len = sizeof(key->public_key);
	EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key_ex(NULL, "X25519", NULL,
	    key->private_key, sizeof(key->private_key));

	must(pkey != NULL &&
		EVP_PKEY_get_raw_public_key(pkey, key->public_key, &len) == 1,
	    "X25519");
	EVP_PKEY_free(pkey);
}

/* Loads a pair, or a public key alone (private_key is NULL). OpenSSL would
 * compute the public key of a pair that is loaded without it, which takes
 * longer than what the pair is for. */
static EVP_PKEY *
load_key(const uint8_t *private_key, const uint8_t public_key[32])
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
		    (void *)(uintptr_t)public_key, 32),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY,
		    (void *)(uintptr_t)private_key, 32),
		OSSL_PARAM_END
	};
	EVP_PKEY *pkey = NULL;

	if (private_key == NULL)
		params[1] = OSSL_PARAM_construct_end();
	must(EVP_PKEY_fromdata(crypto.x25519, &pkey,
		 private_key == NULL ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR,
		 params) == 1,
	    "X25519");
	return pkey;
}

static EVP_PKEY_CTX *
derive_with(const struct x25519_key *key)
{
	EVP_PKEY *pkey = load_key(key->private_key, key->public_key);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);

	must(ctx != NULL && EVP_PKEY_derive_init(ctx) == 1, "X25519");
	EVP_PKEY_free(pkey); /* which the context has now */
	return ctx;
}

void
crypto_keep(const struct x25519_key *key)
{
	EVP_PKEY_CTX_free(crypto.kept);
	crypto.kept = derive_with(key);
	memcpy(crypto.kept_public, key->public_key, 32);
}

int
crypto_dh(uint8_t out[32], const struct x25519_key *key,
    const uint8_t public_key[32])
{
	bool is_kept = crypto.kept != NULL &&
	    memcmp(key->public_key, crypto.kept_public, 32) == 0;
	EVP_PKEY_CTX *ctx = is_kept ? crypto.kept : derive_with(key);
	EVP_PKEY *theirs = load_key(NULL, public_key);
	size_t len = 32;
	int result;

	/* Any 32 bytes are a public key: there is nothing to validate. */
	must(EVP_PKEY_derive_set_peer_ex(ctx, theirs, 0) == 1, "X25519");
	/* X25519 fails for a zero result, as RFC 7748 section 6.1 allows. */
	result = EVP_PKEY_derive(ctx, out, &len) == 1 && len == 32 ? 0 : -1;
	EVP_PKEY_free(theirs);
	if (!is_kept)
		EVP_PKEY_CTX_free(ctx);
	return result;
}

void
crypto_scrypt(uint8_t out[KEY_LEN], const char *passphrase, size_t len,
    const uint8_t salt[HASH_LEN])
{
	uint64_t n = SCRYPT_N, memory = SCRYPT_MEMORY;
	uint32_t r = SCRYPT_R, p = SCRYPT_P;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD,
		    (void *)(uintptr_t)passphrase, len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
		    (void *)(uintptr_t)salt, HASH_LEN),
		OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
		OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
		OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM,
		    &memory),
		OSSL_PARAM_END
	};

	must(EVP_KDF_derive(crypto.scrypt, out, KEY_LEN, params) == 1,
	    "scrypt (are 64 MiB of memory free?)");
	EVP_KDF_CTX_reset(crypto.scrypt);
}
