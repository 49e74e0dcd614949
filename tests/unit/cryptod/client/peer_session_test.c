/*
 * What a peer's session leads to (peer_session.c): doubts about its keys, what
 * the user is told of those who pretend to be the peer or tell people different
 * things, and texts that come twice or too early.
 */
#include "cryptod/client/peer_session.h"

#include "cryptod/client/members.h"
#include "cryptod/client/peers.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <openssl/crypto.h>
#include <string.h>

void peer_session_suite(void);

static void
begin(struct stage *s)
{
	stage_open(s, true);
	s->c->now = TELL_TIME;
	stage_listed(s);
	stage_connect(s);
	stage_take(s);
}

/* --- Keys ----------------------------------------------------------------- */

/* Whether there is a path or not, netd is asked for nothing. */
static void
check_no_doubt(struct stage *s)
{
	for (int up = 0; up < 2; up++) {
		s->p->path_up = up;
		peer_doubt_keys(s->p);
		peer_open(s->p);
	}
	CU_ASSERT_EQUAL(stage_told(s, IPC_PEER_OPEN), 0);
	CU_ASSERT_EQUAL(s->told[IPC_PEER_CHECK], 0);
}

/* A card of another netd of the peer's, which may not have the session's keys:
 * netd looks whether it has, or believes those of the room, too, if there is no
 * path to ask over. */
static void
test_doubt(void)
{
	struct packet_keys *packets;
	struct stage s;

	begin(&s);
	peer_doubt_keys(s.p);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_CHECK), 0);
	CU_ASSERT_EQUAL(s.told[IPC_PEER_OPEN], 0);
	s.p->card.incarnation++;
	peer_doubt_keys(s.p);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_CHECK), 1);
	CU_ASSERT_EQUAL(s.told[IPC_PEER_OPEN], 0);
	stage_path(&s, PATH_PROBING);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_CHECK), 0);
	CU_ASSERT_EQUAL(s.told[IPC_PEER_OPEN], 1);
	s.p->known_to_netd = false;
	check_no_doubt(&s);
	s.p->known_to_netd = true;
	packets = s.p->packets;
	s.p->packets = NULL; /* it has the room's keys alone */
	check_no_doubt(&s);
	s.p->packets = packets;
	/* The next session is one with the netd that there is. */
	s.p->path_up = true;
	peer_take_session(s.p, NULL, s.p->session_serial);
	peer_doubt_keys(s.p);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_CHECK), 0);
	stage_close(&s);
}

/* The keys of a handshake count once its session is used, and those of a later
 * one wait for theirs. */
static void
test_packets(void)
{
	size_t before = CRYPTO_secure_used();
	struct packet_keys *next;
	struct stage s;

	begin(&s);
	CU_ASSERT_PTR_NOT_NULL(s.p->packets);
	CU_ASSERT_PTR_NULL(s.p->packets_next);
	next = s.p->packets_next = crypto_secret_alloc(sizeof(*next));
	s.p->serial = 9;
	s.c->now += 5;
	peer_take_session(s.p, NULL, 8);
	CU_ASSERT_EQUAL(s.p->used_at, s.c->now);
	CU_ASSERT_PTR_EQUAL(s.p->packets_next, next);
	CU_ASSERT_EQUAL(s.p->session_serial, 8);
	peer_take_session(s.p, NULL, 9);
	CU_ASSERT_PTR_EQUAL(s.p->packets, next);
	CU_ASSERT_PTR_NULL(s.p->packets_next);
	stage_close(&s);
	CU_ASSERT_EQUAL(CRYPTO_secure_used(), before); /* none stays */
}

/* Its stream is over: what was on its way counts no more, and what is owed is
 * to be sent again by the next. */
static void
test_forgotten(void)
{
	struct stage s;

	begin(&s);
	stage_say(&s, 1, "hello");
	s.p->receipt_due = true;
	CU_ASSERT(s.p->in_flight > 0);
	CU_ASSERT_PTR_NULL(s.p->place.unsent);
	peer_forget_session(s.p);
	CU_ASSERT_EQUAL(s.p->in_flight, 0);
	CU_ASSERT_PTR_NOT_NULL(s.p->place.unsent);
	CU_ASSERT_PTR_EQUAL(s.p->place.unsent, s.p->place.owed);
	CU_ASSERT_FALSE(s.p->receipt_due);
	CU_ASSERT_EQUAL(s.p->state, PEER_CONNECTING);
	stage_close(&s);
}

/* --- What the user is warned of ------------------------------------------- */

static void
test_claims(void)
{
	const struct addr from = { .ip = { 1 }, .port = 7 };
	uint8_t key[X25519_LEN] = { 5 }, fingerprint[FINGERPRINT_LEN];
	const struct ipc_peer_claim *claim;
	struct ipc_message_in in;
	struct stage s;

	begin(&s);
	identity_fingerprint(fingerprint, key);
	for (int i = 0; i < 2; i++) {
		peer_claimed(s.p, key, &from);
		claim = stage_ui(&s, IPC_PEER_CLAIM, &in);
		CU_ASSERT_PTR_NOT_NULL_FATAL(claim);
		CU_ASSERT_EQUAL(claim->handle, s.p->handle);
		CU_ASSERT_EQUAL(memcmp(&claim->id, &s.p->id, PEER_ID_LEN), 0);
		CU_ASSERT_TRUE(addr_equal(&claim->addr, &from));
		CU_ASSERT_EQUAL(memcmp(claim->fingerprint, fingerprint,
				    FINGERPRINT_LEN),
		    0);
		s.c->now += TELL_TIME - 1;
		peer_claimed(s.p, key, &from);
		CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_CLAIM), 0);
		s.c->now++;
	}
	stage_close(&s);
}

/* Texts that do not agree with those before: once in a minute. A private one is
 * no part of the chain. */
static void
test_forks(void)
{
	const struct chain_link false_link = { .before = 1, .chain = { 6 } },
				none = { .before = 0 };
	const struct ipc_fork *fork;
	struct ipc_message_in in;
	struct stage s;

	begin(&s);
	stage_hear(&s, 1, "one");
	CU_ASSERT_EQUAL(stage_told(&s, IPC_FORK), 0);
	stage_hear_link(&s, 2, TEXT_FLAG_PRIVATE, &none, "two");
	CU_ASSERT_EQUAL(stage_told(&s, IPC_FORK), 0);
	stage_hear_link(&s, 3, 0, &false_link, "three");
	fork = stage_ui(&s, IPC_FORK, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(fork);
	CU_ASSERT_EQUAL(fork->handle, s.p->handle);
	CU_ASSERT_EQUAL(fork->seq, 3);
	s.c->now += TELL_TIME - 1;
	stage_hear_link(&s, 4, 0, &false_link, "four");
	CU_ASSERT_EQUAL(stage_told(&s, IPC_FORK), 0);
	s.c->now++;
	stage_hear_link(&s, 5, 0, &false_link, "five");
	CU_ASSERT_EQUAL(stage_told(&s, IPC_FORK), 1);
	stage_close(&s);
}

/* --- Texts ---------------------------------------------------------------- */

/* One that is here already is not shown again, but has its receipt again, once
 * it was shown. */
static void
test_twice(void)
{
	const struct chain_link any = { .before = 0, .chain = { 1 } };
	struct stage s;

	begin(&s);
	stage_hear(&s, 1, "one");
	stage_hear(&s, 2, "two");
	CU_ASSERT_EQUAL(stage_told(&s, IPC_MESSAGE), 2);
	stage_shown(&s, 1);
	CU_ASSERT_EQUAL(s.them->receipt, 1);
	s.them->receipt = 0;
	stage_hear_link(&s, 2, 0, &any, "two");
	CU_ASSERT_EQUAL(stage_told(&s, IPC_MESSAGE), 0);
	CU_ASSERT_EQUAL(s.them->receipt, 0);
	stage_hear_link(&s, 1, 0, &any, "one");
	CU_ASSERT_EQUAL(stage_told(&s, IPC_MESSAGE), 0);
	CU_ASSERT_EQUAL(s.them->receipt, 1);
	CU_ASSERT_EQUAL(s.p->state, PEER_CONNECTED);
	stage_close(&s);
}

/* The first receipt on another stream is for all that came by those before, so
 * it waits until all of that was shown. */
static void
test_first_receipt(void)
{
	struct stage s;

	begin(&s);
	stage_hear(&s, 1, "one");
	stage_hear(&s, 2, "two");
	stage_shown(&s, 1);
	peer_forget_session(s.p);
	s.c->now += ATTEMPTS_WITHIN;
	session_free(s.them->session);
	s.them->epochs = 0;
	s.them->receipt = 77;
	stage_connect(&s);
	CU_ASSERT_EQUAL(s.them->receipt, 77);
	stage_shown(&s, 2);
	CU_ASSERT_EQUAL(s.them->receipt, 2);
	stage_close(&s);
}

/* Its texts, while ui does not know who it is: so many wait for that. */
static void
test_kept(void)
{
	struct stage s;

	begin(&s);
	s.p->in_roster = false;
	stage_path(&s, PATH_FAILED);
	CU_ASSERT_EQUAL(s.p->state, PEER_LEFT);
	stage_take(&s);
	for (uint64_t seq = 1; seq <= KEPT_MAX; seq++)
		stage_hear(&s, seq, "hello");
	CU_ASSERT_EQUAL(stage_told(&s, IPC_MESSAGE), 0);
	CU_ASSERT_EQUAL(s.p->kept, KEPT_MAX);
	stage_hear(&s, KEPT_MAX + 1, "hello");
	CU_ASSERT_EQUAL(stage_told(&s, IPC_MESSAGE), KEPT_MAX + 1);
	CU_ASSERT_EQUAL(s.p->kept, 0);
	stage_hear(&s, KEPT_MAX + 2, "hello");
	CU_ASSERT_EQUAL(stage_told(&s, IPC_MESSAGE), 1);
	stage_close(&s);
}

/* A receipt is for all before it, and no further. */
static void
test_receipt(void)
{
	struct stage s;

	begin(&s);
	for (uint64_t seq = 1; seq <= 3; seq++)
		stage_say(&s, seq, "hello");
	stage_take(&s);
	stage_receipt(&s, 0);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_DELIVERED), 0);
	CU_ASSERT_FALSE(s.p->told);
	stage_receipt(&s, 2);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_DELIVERED), 2);
	CU_ASSERT_TRUE(s.p->told);
	stage_receipt(&s, 1); /* a late one */
	CU_ASSERT_EQUAL(stage_told(&s, IPC_DELIVERED), 0);
	CU_ASSERT_EQUAL(s.p->place.owed->seq, 3);
	stage_close(&s);
}

/* It had what it was given up for after all: ui is told, and it is somebody who
 * was told something. */
static void
test_late_receipt(void)
{
	struct stage s;

	begin(&s);
	stage_say(&s, 1, "hello");
	peer_give_up(s.p, UNDELIVERED_SLOW);
	stage_take(&s);
	CU_ASSERT_FALSE(s.p->told);
	stage_receipt(&s, 1);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_DELIVERED_LATE), 1);
	CU_ASSERT_EQUAL(s.told[IPC_DELIVERED], 0);
	CU_ASSERT_TRUE(s.p->told);
	stage_close(&s);
}

void
peer_session_suite(void)
{
	CU_pSuite s = CU_add_suite("peer_session", crypto_setup, NULL);

	CU_add_test(s, "doubts", test_doubt);
	CU_add_test(s, "keys of packets", test_packets);
	CU_add_test(s, "a stream that is over", test_forgotten);
	CU_add_test(s, "somebody pretends to be it", test_claims);
	CU_add_test(s, "texts that do not agree", test_forks);
	CU_add_test(s, "twice", test_twice);
	CU_add_test(s, "the first receipt", test_first_receipt);
	CU_add_test(s, "before it has a name", test_kept);
	CU_add_test(s, "a receipt", test_receipt);
	CU_add_test(s, "a late receipt", test_late_receipt);
}
