/*
 * What cryptod remembers of a peer's key (trust.c): that it was seen, and that
 * texts went both ways.
 */
#include "tests/unit/bytes.h"
#include "tests/unit/client_stage.h"
#include "tests/unit/folder.h"

#include <CUnit/CUnit.h>

#include <string.h>
#include <unistd.h>

void trust_suite(void);

static enum known_value
value(const struct stage *s)
{
	const struct known_key *k =
	    known_peers_find(s->c->known, s->them->key.public_key);

	CU_ASSERT_PTR_NOT_NULL_FATAL(k);
	return k->value;
}

/* A text of theirs that was shown, and one of ours that they have: in either
 * order it takes both. */
static void
test_talked(void)
{
	struct stage s;

	for (int first = 0; first < 2; first++) {
		stage_open(&s, first == 0);
		stage_listed(&s);
		stage_connect(&s);
		CU_ASSERT_EQUAL(value(&s), KNOWN_SEEN);
		stage_hear(&s, 1, "hello");
		stage_say(&s, 1, "hello");
		CU_ASSERT_EQUAL(value(&s), KNOWN_SEEN);
		if (first == 0)
			stage_shown(&s, 1);
		else
			stage_receipt(&s, 1);
		CU_ASSERT_EQUAL(value(&s), KNOWN_SEEN);
		if (first == 0)
			stage_receipt(&s, 1);
		else
			stage_shown(&s, 1);
		CU_ASSERT_EQUAL(value(&s), KNOWN_TALKED);
		stage_close(&s);
	}
}

/* A receipt for what was never said to it is not worth a thing. */
static void
test_false_receipt(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_listed(&s);
	stage_connect(&s);
	stage_hear(&s, 1, "hello");
	stage_shown(&s, 1);
	stage_receipt(&s, 7);
	CU_ASSERT_EQUAL(value(&s), KNOWN_SEEN);
	stage_close(&s);
}

#define APPEND	 100 /* descriptors that the gochats append by */
#define APPEND_2 101

static bool
is_told_verified(struct stage *s, bool verified)
{
	const struct ipc_verified *v;
	struct ipc_message_in in;

	v = stage_ui(s, IPC_VERIFIED, &in);
	return v != NULL && v->handle == s->p->handle &&
	    v->verified == verified;
}

/* Another gochat of the user's verifies a peer that is here: ui is told, once,
 * and of the taking back, too. */
static void
test_verified_elsewhere(void)
{
	struct known_peers other = { .fd = -1 };
	const uint8_t *key;
	struct folder f;
	struct stage s;

	folder_open(&f);
	stage_open(&s, true);
	s.c->port = 4545;
	known_peers_open(s.c->known, f.fd, APPEND);
	known_peers_open(&other, f.fd, APPEND_2);
	stage_listed(&s);
	stage_connect(&s);
	stage_take(&s);
	key = s.them->key.public_key;
	for (int verified = 1; verified >= 0; verified--) {
		known_peers_verify(&other, key, "them", 4, verified, 20000);
		s.c->now += KNOWN_READ_REST;
		CU_ASSERT(trust_deadline(s.c) <= s.c->now + KNOWN_READ_TIME);
		trust_timer(s.c);
		CU_ASSERT_TRUE(is_told_verified(&s, verified));
		CU_ASSERT_EQUAL(trust_is_verified(s.p), verified);
		s.c->now += KNOWN_READ_REST;
		trust_timer(s.c);
		CU_ASSERT_PTR_NULL(
		    stage_ui(&s, IPC_VERIFIED, &(struct ipc_message_in){ 0 }));
	}
	known_peers_free(&other);
	close(APPEND_2);
	stage_close(&s);
	close(APPEND);
	folder_remove(&f);
}

/* Who has our own key is us: verified, and nobody that we met. */
static void
test_own_key(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_listed(&s);
	stage_connect(&s);
	CU_ASSERT_FALSE(trust_is_verified(s.p));
	known_peers_free(s.c->known);
	memcpy(s.c->secrets->identity.public_key, s.them->key.public_key,
	    X25519_LEN);
	CU_ASSERT_TRUE(trust_is_verified(s.p));
	trust_note(s.p);
	trust_verify(s.c, &(struct ipc_verified){ s.p->handle, false });
	CU_ASSERT_TRUE(is_told_verified(&s, true));
	stage_hear(&s, 1, "hello");
	stage_say(&s, 1, "hello");
	stage_shown(&s, 1);
	stage_receipt(&s, 1);
	CU_ASSERT_EQUAL(s.c->known->count, 0);
	stage_close(&s);
}

void
trust_suite(void)
{
	CU_pSuite suite = CU_add_suite("trust", crypto_setup, NULL);

	CU_add_test(suite, "talked to", test_talked);
	CU_add_test(suite, "a receipt for nothing", test_false_receipt);
	CU_add_test(suite, "verified by another gochat",
	    test_verified_elsewhere);
	CU_add_test(suite, "our own key", test_own_key);
}
