/*
 * What cryptod remembers of a peer's key (trust.c): that it was seen, and that
 * texts went both ways.
 */
#include "cryptod/client/names.h"
#include "cryptod/client/trust.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"
#include "tests/unit/folder.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

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

/* A text of theirs was shown, and they have one of ours: both are needed, in
 * either order. */
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

/* A receipt for a text that was never said to the peer counts for nothing. */
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

/* Checks that ui is told the peer's key, and the name that it was verified
 * by. */
static bool
is_told_known(struct stage *s, bool verified)
{
	const struct ipc_known_peer *k;
	struct ipc_message_in in;

	k = stage_ui(s, IPC_KNOWN_PEER, &in);
	return k != NULL && k->verified == verified && in.tail_len == 4 &&
	    memcmp(in.tail, "them", 4) == 0 &&
	    memcmp(k->fingerprint, s->p->fingerprint, FINGERPRINT_LEN) == 0;
}

/* Another gochat of the user's verifies a peer that is here: ui is told, once,
 * and also when that is taken back. */
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
		CU_ASSERT_TRUE(is_told_known(&s, verified));
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

/* A peer with our own key is ourselves: it is verified, and nobody that we
 * met. */
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
	trust_verify(s.c,
	    MESSAGE(s.c->now, &(struct ipc_verified){ .handle = s.p->handle }));
	CU_ASSERT_TRUE(is_told_verified(&s, true));
	stage_hear(&s, 1, "hello");
	stage_say(&s, 1, "hello");
	stage_shown(&s, 1);
	stage_receipt(&s, 1);
	CU_ASSERT_EQUAL(s.c->known->count, 0);
	stage_close(&s);
}

/* --- The name that a text is said under ----------------------------------- */

/* Checks that ui is told a text of theirs, said under this name. */
static void
expect_said_as(struct stage *s, uint64_t seq, const char *nick)
{
	struct ipc_message_in in;
	const struct ipc_message *m = stage_ui(s, IPC_MESSAGE, &in);

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(m->seq, seq);
	CU_ASSERT(m->nick_len == strlen(nick) &&
	    memcmp(in.tail, nick, m->nick_len) == 0);
	CU_ASSERT(s->p->nick_len == strlen(nick) &&
	    memcmp(s->p->nick, nick, s->p->nick_len) == 0);
}

static void
hear_as(struct stage *s, uint64_t seq, const char *nick)
{
	strcpy(s->nick, nick);
	stage_hear(s, seq, "hello");
}

static void
hear_nick(struct stage *s, const char *nick)
{
	CU_ASSERT_EQUAL(session_send(s->them->session, s->c->now, SESSION_NICK,
			    nick, strlen(nick)),
	    0);
	stage_exchange(s, s->them);
}

/* Each text has a new name, faster than a name may change alone. A name that
 * had to wait is older than a text's name. The file of known peers is not
 * written for each. */
static void
test_said_as(void)
{
	char nick[16];
	struct stage s;

	stage_open(&s, true);
	stage_listed(&s);
	stage_connect(&s);
	stage_take(&s);
	for (uint64_t seq = 1; seq <= 4 * NICKS_MAX; seq++) {
		snprintf(nick, sizeof(nick), "name %d", (int)seq);
		hear_as(&s, seq, nick);
		expect_said_as(&s, seq, nick);
	}
	CU_ASSERT_EQUAL(s.p->nicks, NICKS_MAX);
	hear_nick(&s, "waits");
	CU_ASSERT_EQUAL(s.p->next_nick_len, 5);
	hear_as(&s, 100, "last");
	CU_ASSERT_EQUAL(s.p->next_nick_len, 0);
	s.c->now += NICKS_TIME;
	names_pump(s.p);
	expect_said_as(&s, 100, "last");
	CU_ASSERT_EQUAL(known_peers_find(s.c->known, s.them->key.public_key)
			    ->nick_len,
	    4);
	stage_close(&s);
}

/* Texts that waited until ui knew their author keep their names; then ui has
 * the newest name again. */
static void
test_kept_names(void)
{
	struct ipc_message_in in;
	struct stage s;

	stage_open(&s, true);
	stage_listed(&s);
	stage_connect(&s);
	stage_path(&s, PATH_FAILED);
	peer_remove(s.p, LEFT_LOST);
	stage_take(&s);
	hear_as(&s, 1, "one");
	hear_as(&s, 2, "two");
	hear_nick(&s, "three");
	CU_ASSERT_PTR_NULL(stage_ui(&s, IPC_MESSAGE, &in));
	stage_path(&s, PATH_UP);
	CU_ASSERT_PTR_NOT_NULL(stage_ui(&s, IPC_MESSAGE, &in));
	CU_ASSERT_EQUAL(memcmp(in.tail, "one", 3), 0);
	CU_ASSERT_PTR_NOT_NULL(stage_ui(&s, IPC_MESSAGE, &in));
	CU_ASSERT_EQUAL(memcmp(in.tail, "two", 3), 0);
	CU_ASSERT_PTR_NOT_NULL(stage_ui(&s, IPC_PEER, &in));
	CU_ASSERT(in.tail_len == 5 && memcmp(in.tail, "three", 5) == 0);
	stage_close(&s);
}

/* Our new name goes after the texts that were said before, and only to peers
 * that get no text with it. */
static void
test_own_order(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_listed(&s);
	stage_say(&s, 1, "as I was");
	names_rename(s.c, (const uint8_t *)"new", 3);
	stage_connect(&s);
	stage_receipt(&s, 0); /* for what came before: now all goes */
	CU_ASSERT(s.them->heard == 1 && s.them->nicks == 1);
	CU_ASSERT_FALSE(s.p->nick_due);
	names_rename(s.c, (const uint8_t *)"newer", 5);
	CU_ASSERT_TRUE(s.p->nick_due);
	stage_say(&s, 2, "as I am");
	CU_ASSERT(s.them->heard == 2 && s.them->nicks == 1);
	CU_ASSERT_FALSE(s.p->nick_due);
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
	CU_add_test(suite, "the name of a text", test_said_as);
	CU_add_test(suite, "names of texts that waited", test_kept_names);
	CU_add_test(suite, "our name and what was said", test_own_order);
	CU_add_test(suite, "our own key", test_own_key);
}
