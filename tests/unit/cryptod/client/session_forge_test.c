/*
 * A peer that has all the keys and does not follow the protocol: it makes
 * its records by hand.
 */
#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/session_pair.h"
#include "tests/unit/suites.h"

#include "common/codec.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

struct forger {
	struct pair pair; /* only b has a session */
	struct noise noise;
	uint8_t tx[KEY_LEN];
	uint64_t counter;
};

/* last_hash: of the handshake before, or NULL. The forger is a, and begins; or
 * it is b. */
static void
start_noise_as(struct forger *f, const struct end *us, bool initiator,
    const uint8_t *last_hash)
{
	struct {
		char domain[16];
		struct room_tag tag;
		struct peer_id lower, higher;
		uint8_t last_hash[HASH_LEN];
	} prologue = {
		.domain = "gochat 1 peer",
		.tag = f->pair.a.config.tag,
		.lower = f->pair.a.config.us,
		.higher = f->pair.b.config.us,
	};

	if (last_hash != NULL)
		memcpy(prologue.last_hash, last_hash, HASH_LEN);
	noise_init(&f->noise, NOISE_XXPSK3, initiator, &prologue,
	    sizeof(prologue), &us->key, NULL, us->config.psk);
}

static void
start_noise(struct forger *f, const uint8_t *last_hash)
{
	start_noise_as(f, &f->pair.a, true, last_hash);
}

/* Writes the next message of the handshake and gives it to b. */
static void
handshake(struct forger *f, const void *payload, size_t payload_len)
{
	uint8_t record[512] = { 1, 0 };
	size_t len = noise_write(&f->noise, payload, payload_len, record + 2);

	CU_ASSERT_EQUAL_FATAL(pair_give(&f->pair, &f->pair.b, record, 2 + len),
	    0);
}

static void
forge_start(struct forger *f)
{
	uint8_t payload[256], rx[KEY_LEN], ours[CLAIM_LEN + 7];
	struct record *answer;
	size_t len;

	memset(f, 0, sizeof(*f));
	pair_init(&f->pair);
	f->pair.b.session =
	    session_new(&f->pair.b.config, &f->pair.b.io, f->pair.now);
	start_noise(f, NULL);
	handshake(f, NULL, 0);
	answer = pair_take(&f->pair.b);
	CU_ASSERT_PTR_NOT_NULL_FATAL(answer);
	CU_ASSERT_EQUAL_FATAL(noise_read(&f->noise, answer->bytes + 2,
				  answer->len - 2, payload, &len),
	    0);
	free(answer);
	memcpy(ours, &f->pair.a.us.claim, CLAIM_LEN);
	memcpy(ours + CLAIM_LEN, "mallory", 7);
	handshake(f, ours, sizeof(ours));
	noise_split(&f->noise, f->tx, rx);
	CU_ASSERT_EQUAL(f->pair.b.established, 1);
}

static int
seal_to(struct forger *f, struct end *to, const uint8_t *plain, size_t padded)
{
	static uint8_t record[RECORD_MAX];
	uint8_t nonce[GCM_NONCE_LEN];

	record[0] = 2;
	record[1] = 1;
	crypto_counter_nonce(nonce, f->counter++);
	crypto_seal(record + 2, f->tx, nonce, record, 2, plain, padded);
	return pair_give(&f->pair, to, record, 2 + padded + TAG_LEN);
}

static int
seal(struct forger *f, const uint8_t *plain, size_t padded)
{
	return seal_to(f, &f->pair.b, plain, padded);
}

/* Seals a content that claims this length, padded to padded bytes. */
static int
forge(struct forger *f, enum session_type type, size_t len, size_t padded)
{
	static uint8_t plain[RECORD_MAX];
	struct putter p;

	memset(plain, 'x', sizeof(plain));
	put_init(&p, plain, sizeof(plain));
	put_u8(&p, type);
	put_u16(&p, (unsigned int)len);
	put_u64(&p, 1);
	put_u8(&p, 0);
	put_u64(&p, 0);
	plain[3 + SESSION_TEXT_HEADER - 1] = NICK_MAX;
	return seal(f, plain, padded);
}

static size_t
padded_length(size_t len)
{
	return (3 + len + SESSION_PADDING - 1) / SESSION_PADDING *
	    SESSION_PADDING;
}

/* The padding of the longest text has room for more than a text may have. */
static void
test_content_too_long(void)
{
	struct forger f;

	for (size_t len = SESSION_CONTENT_MAX;
	     len + 3 <= padded_length(SESSION_CONTENT_MAX); len++) {
		forge_start(&f);
		CU_ASSERT_EQUAL(forge(&f, SESSION_TEXT, len,
				    padded_length(SESSION_CONTENT_MAX)),
		    len == SESSION_CONTENT_MAX ? 0 : -1);
		pair_free(&f.pair);
	}
}

/* A record says that it is longer than it is, or has no padding. */
static void
test_bad_lengths(void)
{
	struct forger f;

	forge_start(&f);
	CU_ASSERT_EQUAL(forge(&f, SESSION_TEXT, 62, 64), -1);
	pair_free(&f.pair);
	forge_start(&f);
	CU_ASSERT_EQUAL(forge(&f, SESSION_TEXT, 20, 65), -1);
	pair_free(&f.pair);
	forge_start(&f);
	CU_ASSERT_EQUAL(forge(&f, SESSION_TYPE_COUNT, 8, 64), -1);
	pair_free(&f.pair);
}

/* Makes message 1 of the next handshake, with this public key or a good one. */
static size_t
first_message(struct forger *f, const uint8_t *key, uint8_t *message)
{
	struct noise before = f->noise;

	start_noise(f, f->pair.b.established > 0 ? before.hash : NULL);
	crypto_keypair(&f->noise.e);
	f->noise.has_e = true;
	if (key != NULL)
		memcpy(f->noise.e.public_key, key, X25519_LEN);
	return noise_write(&f->noise, NULL, 0, message);
}

/* Forges a message that begins a session. */
static int
begin_by(struct forger *f, const uint8_t *key)
{
	uint8_t record[128] = { 1, 0 };
	size_t len;

	memset(f, 0, sizeof(*f));
	pair_init(&f->pair);
	f->pair.b.session =
	    session_new(&f->pair.b.config, &f->pair.b.io, f->pair.now);
	len = first_message(f, key, record + 2);
	return pair_give(&f->pair, &f->pair.b, record, 2 + len);
}

/* Forges a message within a session. */
static int
rekey_by(struct forger *f, const uint8_t *key)
{
	uint8_t plain[SESSION_PADDING] = { SESSION_REKEY_1 };

	forge_start(f);
	f->pair.b.records = 0;
	plain[2] = (uint8_t)first_message(f, key, plain + 3);
	return seal(f, plain, sizeof(plain));
}

/* With such a public key nothing would be secret: the handshake is not
 * answered, and within a session it ends the session. */
static void
test_no_secret(void)
{
	static const uint8_t zeros[X25519_LEN];
	int (*const by[])(struct forger *, const uint8_t *) = { begin_by,
		rekey_by };
	struct forger f;

	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(by[i](&f, NULL), 0);
		CU_ASSERT_EQUAL(f.pair.b.records, 1);
		pair_free(&f.pair);
		CU_ASSERT_EQUAL(by[i](&f, zeros), -1);
		CU_ASSERT_EQUAL(f.pair.b.records, 0);
		pair_free(&f.pair);
	}
}

/* The first message carries nothing that anybody could read, however much it
 * is. */
static void
test_first_payload(void)
{
	static const size_t lens[] = { 0, 1, CLAIM_LEN + 4, 600 };
	static const uint8_t payload[600] = { 1 };
	uint8_t record[1024] = { 1, 0 };
	struct forger f;
	size_t len;

	for (size_t i = 0; i < 4; i++) {
		memset(&f, 0, sizeof(f));
		pair_init(&f.pair);
		f.pair.b.session =
		    session_new(&f.pair.b.config, &f.pair.b.io, f.pair.now);
		start_noise(&f, NULL);
		len = noise_write(&f.noise, payload, lens[i], record + 2);
		CU_ASSERT_EQUAL(pair_give(&f.pair, &f.pair.b, record, 2 + len),
		    lens[i] == 0 ? 0 : -1);
		CU_ASSERT_EQUAL(f.pair.b.records, lens[i] == 0);
		pair_free(&f.pair);
	}
}

/* A responder that answers a, and has all the keys. */
static void
forge_answer(struct forger *f)
{
	uint8_t payload[256], rx[KEY_LEN], claim[CLAIM_LEN + 7];
	uint8_t record[512] = { 1, 0 };
	struct record *r;
	size_t len;

	memset(f, 0, sizeof(*f));
	pair_init(&f->pair);
	f->pair.a.session =
	    session_new(&f->pair.a.config, &f->pair.a.io, f->pair.now);
	start_noise_as(f, &f->pair.b, false, NULL);
	CU_ASSERT_EQUAL(session_start(f->pair.a.session), 0);
	r = pair_take(&f->pair.a);
	CU_ASSERT_EQUAL(noise_read(&f->noise, r->bytes + 2, r->len - 2, payload,
			    &len),
	    0);
	free(r);
	memcpy(claim, &f->pair.b.us.claim, CLAIM_LEN);
	memcpy(claim + CLAIM_LEN, "mallory", 7);
	len = noise_write(&f->noise, claim, sizeof(claim), record + 2);
	CU_ASSERT_EQUAL(pair_give(&f->pair, &f->pair.a, record, 2 + len), 0);
	r = pair_take(&f->pair.a);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_EQUAL(noise_read(&f->noise, r->bytes + 2, r->len - 2, payload,
			    &len),
	    0);
	free(r);
	noise_split(&f->noise, f->tx, rx);
}

/* The responder's first record is READY, which is empty; before it there is
 * nothing to say. */
static void
test_ready_first(void)
{
	static const struct {
		uint8_t plain[SESSION_PADDING];
		int result;
	} firsts[] = { { { SESSION_READY }, 0 }, { { SESSION_BYE }, -1 },
		{ { SESSION_RECEIPT, 0, 8 }, -1 },
		{ { SESSION_NICK, 0, 1, 'a' }, -1 },
		{ { SESSION_READY, 0, 1 }, -1 } };
	struct forger f;

	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		forge_answer(&f);
		CU_ASSERT_EQUAL(seal_to(&f, &f.pair.a, firsts[i].plain,
				    SESSION_PADDING),
		    firsts[i].result);
		CU_ASSERT_EQUAL(session_established(f.pair.a.session),
		    firsts[i].result == 0);
		CU_ASSERT_EQUAL(f.pair.a.byes + f.pair.a.nicks, 0);
		pair_free(&f.pair);
	}
	/* Once more it says nothing new. */
	forge_answer(&f);
	for (int i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(seal_to(&f, &f.pair.a, firsts[0].plain,
				    SESSION_PADDING),
		    0);
	CU_ASSERT_EQUAL(f.pair.a.established, 1);
	CU_ASSERT_STRING_EQUAL(f.pair.a.peer_nick, "mallory");
	pair_free(&f.pair);
}

/* Who has not begun is not answered. */
static void
test_before_start(void)
{
	uint8_t record[512] = { 1, 0 };
	struct forger f;
	size_t len;

	memset(&f, 0, sizeof(f));
	pair_init(&f.pair);
	f.pair.a.session =
	    session_new(&f.pair.a.config, &f.pair.a.io, f.pair.now);
	start_noise_as(&f, &f.pair.b, true, NULL);
	len = noise_write(&f.noise, NULL, 0, record + 2);
	CU_ASSERT_EQUAL(pair_give(&f.pair, &f.pair.a, record, 2 + len), -1);
	CU_ASSERT_EQUAL(f.pair.a.records, 0);
	pair_free(&f.pair);
}

/* A handshake's record is one of kind 1 and epoch 0, with a message in it. */
static void
test_is_handshake(void)
{
	const uint8_t handshake[3] = { 1, 0 }, sealed[3] = { 2, 0 };

	CU_ASSERT_TRUE(session_is_handshake(handshake, 3));
	CU_ASSERT_FALSE(session_is_handshake(handshake, 2));
	CU_ASSERT_FALSE(session_is_handshake(handshake, 0));
	CU_ASSERT_FALSE(session_is_handshake(sealed, 3));
}

void
session_forge_suite(void)
{
	CU_pSuite suite = CU_add_suite("session_forge", crypto_setup, NULL);

	CU_add_test(suite, "content too long", test_content_too_long);
	CU_add_test(suite, "a key that makes no secret", test_no_secret);
	CU_add_test(suite, "lengths that do not fit", test_bad_lengths);
	CU_add_test(suite, "a payload that is too early", test_first_payload);
	CU_add_test(suite, "READY comes first", test_ready_first);
	CU_add_test(suite, "before the start", test_before_start);
	CU_add_test(suite, "the record of a handshake", test_is_handshake);
}
