/*
 * Handshakes in cryptod (handshakes.c): their packets arrive, are lost, or come
 * from somebody else.
 */
#include "cryptod/client/members.h"
#include "cryptod/client/peers.h"
#include "cryptod/client/pump.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/both.h"

#include <CUnit/CUnit.h>

#include <string.h>

void handshakes_suite(void);

static void
test_established(void)
{
	struct both t;

	both_open(&t);
	both_path(&t, &t.b, PATH_UP, false);
	CU_ASSERT_EQUAL(t.b.sent, 0); /* it waits for the other to begin */
	both_path(&t, &t.a, PATH_UP, false);
	CU_ASSERT(t.a.sent == 1 && t.a.out.number == HANDSHAKE_1);
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT(t.b.sent == 1 && t.b.out.number == HANDSHAKE_2 &&
	    t.b.out.attempt == t.a.out.attempt);
	both_carry(&t, &t.b, &t.a);
	CU_ASSERT(t.a.sent == 2 && t.a.out.number == HANDSHAKE_3);
	CU_ASSERT(t.a.sessions == 1 && !t.a.confirmed);
	CU_ASSERT_EQUAL(t.b.sessions, 0);
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT(t.b.sessions == 1 && t.b.confirmed);
	CU_ASSERT_EQUAL(t.b.state, PEER_CONNECTED);
	CU_ASSERT_EQUAL_FATAL(t.b.records, 2); /* READY, and a receipt */
	CU_ASSERT_EQUAL(t.b.stream[0].body.serial, t.b.serial);
	both_confirm(&t);
	CU_ASSERT_NOT_EQUAL(t.a.state, PEER_CONNECTED);
	both_carry_ready(&t);
	CU_ASSERT_EQUAL(t.a.state, PEER_CONNECTED);
	CU_ASSERT(t.a.sent == 2 && t.b.sent == 1);
	CU_ASSERT_EQUAL(peers_deadline(t.b.c), CLOCK_NEVER);
	both_close(&t);
}

/* Each message, and each answer, is lost once: it comes again, in the same
 * bytes, and makes no second session. */
static void
test_lost(void)
{
	uint8_t record[WIRE_HANDSHAKE_RECORD_MAX];
	struct both t;

	both_open(&t);
	both_path(&t, &t.b, PATH_UP, false);
	both_path(&t, &t.a, PATH_UP, false);
	memcpy(record, t.a.record, t.a.len);
	both_wait_next(&t);
	CU_ASSERT_EQUAL(t.now, START + ATTEMPT_RETRY);
	CU_ASSERT(t.a.sent == 2 && t.a.out.number == HANDSHAKE_1);
	CU_ASSERT_EQUAL(memcmp(record, t.a.record, t.a.len), 0);
	both_carry(&t, &t.a, &t.b); /* the answer is lost */
	memcpy(record, t.b.record, t.b.len);
	both_wait_next(&t);
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sent, 2);
	CU_ASSERT_EQUAL(memcmp(record, t.b.record, t.b.len), 0);
	both_carry(&t, &t.b, &t.a); /* this answer is lost, too */
	both_carry(&t, &t.b, &t.a);
	CU_ASSERT(t.a.out.number == HANDSHAKE_3 && t.a.sessions == 1);
	both_wait_next(&t);
	CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_3);
	both_carry(&t, &t.a, &t.b);
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sessions, 1);
	both_confirm(&t);
	both_carry_ready(&t);
	CU_ASSERT(t.a.state == PEER_CONNECTED && t.b.state == PEER_CONNECTED);
	both_close(&t);
}

static void
owe_text(struct side *s)
{
	struct ipc_say say = { .seq = 1, .nick_len = 1 };

	s->c->boot.ever_joined = true;
	CU_ASSERT_EQUAL(outbox_say(&s->c->outbox, &say, "nhi", 3, NULL, 0), 0);
	pump_all(s->c);
}

/* There is a path, and nobody at its end answers the handshake. The user is
 * told, on either side, and that the text is undelivered; and the handshakes go
 * on. */
static void
test_unanswered(void)
{
	struct both t;

	both_open(&t);
	owe_text(&t.a);
	both_path(&t, &t.b, PATH_UP, false);
	both_path(&t, &t.a, PATH_UP, false);
	both_wait_until(&t, START + 9 * USEC_PER_SEC);
	CU_ASSERT_NOT_EQUAL(t.a.state, PEER_FAILED);
	CU_ASSERT_EQUAL(t.a.undelivered, 0);
	CU_ASSERT_EQUAL(t.b.out.number, HANDSHAKE_BEGIN);
	both_wait_until(&t, START + 11 * USEC_PER_SEC);
	CU_ASSERT(t.a.state == PEER_FAILED && t.b.state == PEER_FAILED);
	CU_ASSERT_EQUAL(t.a.failure, FAILURE_HANDSHAKE);
	CU_ASSERT_EQUAL(t.a.undelivered, 1);
	t.a.sent = t.b.sent = 0;
	both_wait_until(&t, START + 600 * USEC_PER_SEC);
	CU_ASSERT(t.a.sent >= 10 && t.a.sent <= 100);
	CU_ASSERT(t.b.sent >= 8 && t.b.sent <= 12);
	t.a.sent = 0;
	while (t.a.sent == 0 || t.a.out.number != HANDSHAKE_1)
		both_wait_next(&t);
	both_carry(&t, &t.a, &t.b);
	both_carry(&t, &t.b, &t.a);
	both_carry(&t, &t.a, &t.b);
	both_confirm(&t);
	both_carry_ready(&t);
	CU_ASSERT(t.a.state == PEER_CONNECTED && t.b.state == PEER_CONNECTED);
	both_close(&t);
}

/* The responder finishes the handshake, and the first record never comes. */
static void
test_never_ready(void)
{
	struct both t;

	both_open(&t);
	both_path(&t, &t.a, PATH_UP, false);
	both_carry(&t, &t.a, &t.b);
	both_carry(&t, &t.b, &t.a);
	both_carry(&t, &t.a, &t.b);
	both_confirm(&t);
	while (t.a.state != PEER_FAILED)
		both_wait_next(&t);
	CU_ASSERT(t.now <= START + 11 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(t.a.failure, FAILURE_HANDSHAKE);
	both_close(&t);
}

/*
 * Somebody else in the room begins a handshake, answers one, and ends one, as
 * the peer. The user is told, and the existing session goes on.
 */
static void
test_impostor(void)
{
	struct both t, other;
	struct side *mallory = &other.a;

	both_open(&t);
	both_connect(&t);
	/* The forged handshakes go to the responder. */
	t.now += ATTEMPTS_WITHIN;
	both_impersonate(&other, &t);
	both_path(&other, mallory, PATH_UP, false);
	both_carry(&t, mallory, &t.b);
	both_carry(&other, &t.b, mallory);
	CU_ASSERT_EQUAL(mallory->out.number, HANDSHAKE_3);
	both_carry(&t, mallory, &t.b);
	CU_ASSERT(t.b.sessions == 1 && t.b.claims == 1);
	CU_ASSERT_TRUE(session_established(t.b.p->session));
	both_close(&other);
	/* They go to the initiator, which was asked to begin. */
	t.now += ATTEMPTS_WITHIN;
	both_give(&t, &t.a, &(struct ipc_handshake){ .handle = HANDLE }, NULL,
	    0);
	CU_ASSERT_EQUAL(t.a.sent, 2);
	both_give(&t, &t.a,
	    &(struct ipc_handshake){ .handle = HANDLE, .by_session = 1 }, NULL,
	    0);
	CU_ASSERT_EQUAL(t.a.sent, 3);
	both_impersonate(&other, &t);
	both_carry(&other, &t.a, &other.b);
	CU_ASSERT_EQUAL(other.b.out.number, HANDSHAKE_2);
	both_give(&t, &t.a, &other.b.out, other.b.record, other.b.len);
	CU_ASSERT_EQUAL(t.a.claims, 0); /* it did not come over the path */
	both_carry(&t, &other.b, &t.a);
	CU_ASSERT(t.a.sessions == 1 && t.a.claims == 1);
	CU_ASSERT_EQUAL(t.a.false_ends, 1);
	CU_ASSERT_TRUE(session_established(t.a.p->session));
	both_close(&other);
	/* The real peer can still connect. */
	t.now += 2 * USEC_PER_SEC;
	both_give(&t, &t.a,
	    &(struct ipc_handshake){ .handle = HANDLE, .by_session = 1 }, NULL,
	    0);
	both_carry(&t, &t.a, &t.b);
	both_carry(&t, &t.b, &t.a);
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT(t.a.sessions == 2 && t.b.sessions == 2);
	both_close(&t);
}

/* Each answer costs a DH, so there are only so many in a time. Somebody who is
 * not at the other end of the path, or has not the session's keys, does not
 * keep out the one who is and has. */
static void
test_too_many(void)
{
	struct ipc_handshake h = { .handle = HANDLE, .number = HANDSHAKE_1 };
	struct both t;

	both_open(&t);
	both_path(&t, &t.a, PATH_UP, false);
	for (h.attempt = 1; h.attempt <= 10; h.attempt++)
		both_give(&t, &t.b, &h, t.a.record, t.a.len);
	CU_ASSERT_EQUAL(t.b.sent, ATTEMPTS_MAX - 1);
	t.a.out.on_path = 1;
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sent, ATTEMPTS_MAX);
	CU_ASSERT_EQUAL(t.b.out.attempt, t.a.out.attempt);
	t.now += ATTEMPTS_WITHIN;
	both_give(&t, &t.b, &h, t.a.record, t.a.len);
	CU_ASSERT_EQUAL(t.b.sent, ATTEMPTS_MAX + 1);
	both_close(&t);

	both_open(&t);
	both_connect(&t);
	t.now += SESSION_IDLE;
	t.a.out.number = 0;
	both_work(&t); /* another message is due */
	CU_ASSERT_EQUAL_FATAL(t.a.out.number, HANDSHAKE_1);
	t.b.sent = 0;
	for (h.attempt = 1; h.attempt <= 10; h.attempt++)
		both_give(&t, &t.b, &h, t.a.record, t.a.len);
	CU_ASSERT_EQUAL(t.b.sent, 1);
	t.a.out.by_session = 1;
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sent, 2);
	CU_ASSERT_EQUAL(t.b.out.attempt, t.a.out.attempt);
	both_close(&t);
}

/* An attempt by a session's keys is kept apart from one by the room's keys
 * under the same number, whichever comes first. */
static void
test_one_number(void)
{
	struct both t, other;
	struct ipc_handshake h;

	both_open(&t);
	both_connect(&t);
	t.now += SESSION_IDLE;
	both_work(&t);
	CU_ASSERT_EQUAL_FATAL(t.a.out.number, HANDSHAKE_1);
	both_impersonate(&other, &t);
	both_path(&other, &other.a, PATH_UP, false);
	h = other.a.out;
	h.attempt = t.a.out.attempt;
	both_give(&t, &t.b, &h, other.a.record, other.a.len);
	CU_ASSERT_FALSE(t.b.out.by_session);
	t.a.out.by_session = 1;
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT_TRUE(t.b.out.by_session);
	both_carry(&t, &t.b, &t.a);
	CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_3);
	h.number = HANDSHAKE_3;
	both_give(&t, &t.b, &h, other.a.record, other.a.len);
	t.a.out.by_session = 1;
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sessions, 2);
	both_close(&other);
	both_close(&t);
}

/* Our initiator trusts the session's keys after its first message. */
static void
test_secured_meanwhile(void)
{
	struct both t;

	both_open(&t);
	both_path(&t, &t.a, PATH_UP, false);
	both_carry(&t, &t.a, &t.b);
	both_carry(&t, &t.b, &t.a);
	t.a.out.by_session = 1;
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sessions, 1);
	both_close(&t);
}

/* A restarted netd has no stream: it gets the keys that the peer's netd trusts,
 * and the session begins again. */
static void
test_new_netd(void)
{
	struct both t;

	for (int i = 0; i < 2; i++) {
		struct side *s;

		both_open(&t);
		both_connect(&t);
		t.now += ATTEMPTS_WITHIN;
		s = i == 0 ? &t.a : &t.b;
		peers_netd_gone(s->c);
		both_hear(s);
		CU_ASSERT_EQUAL(s->state, PEER_CONNECTING);
		s->sessions = 0;
		t.a.sent = t.b.sent = 0;
		s->p->state = PEER_CONNECTING;
		s->c->have_local = true;
		members_tell_netd(s->c);
		both_hear(s);
		CU_ASSERT(s->sessions == 1 && s->confirmed);
		both_path(&t, s, PATH_UP, true);
		/* The initiator begins, and the other asks for a beginning, at
		 * once. */
		CU_ASSERT_EQUAL(s->sent, 1);
		CU_ASSERT_EQUAL(s->out.number,
		    i == 0 ? HANDSHAKE_1 : HANDSHAKE_BEGIN);
		if (i == 1) {
			t.b.out.by_session = 1;
			both_carry(&t, &t.b, &t.a);
		}
		CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_1);
		both_carry(&t, &t.a, &t.b);
		both_carry(&t, &t.b, &t.a);
		both_carry(&t, &t.a, &t.b);
		both_confirm(&t);
		both_carry_ready(&t);
		CU_ASSERT_EQUAL(t.a.state, PEER_CONNECTED);
		CU_ASSERT_EQUAL(t.b.state, PEER_CONNECTED);
		both_close(&t);
	}
}

/* Keys that nobody uses are replaced, or given up where there is no path. */
static void
test_idle(void)
{
	struct both t;

	both_open(&t);
	both_connect(&t);
	CU_ASSERT_EQUAL(peers_deadline(t.a.c), START + SESSION_IDLE);
	both_wait_next(&t);
	CU_ASSERT(t.a.sent == 3 && t.a.out.number == HANDSHAKE_1);
	both_carry(&t, &t.a, &t.b);
	both_carry(&t, &t.b, &t.a);
	both_carry(&t, &t.a, &t.b);
	both_confirm(&t);
	CU_ASSERT(t.a.sessions == 2 && t.b.sessions == 2);
	both_carry_ready(&t);
	CU_ASSERT_EQUAL(t.a.state, PEER_CONNECTED);

	both_path(&t, &t.b, PATH_PROBING, true);
	CU_ASSERT_PTR_NOT_NULL(t.b.p->session);
	t.now += SESSION_IDLE;
	both_work(&t);
	CU_ASSERT_PTR_NULL(t.b.p->session);
	CU_ASSERT_PTR_NOT_NULL(t.b.p->packets);
	both_close(&t);
}

void
handshakes_suite(void)
{
	CU_pSuite s = CU_add_suite("handshakes", crypto_setup, NULL);

	CU_add_test(s, "established", test_established);
	CU_add_test(s, "lost and repeated", test_lost);
	CU_add_test(s, "unanswered", test_unanswered);
	CU_add_test(s, "never ready", test_never_ready);
	CU_add_test(s, "somebody else", test_impostor);
	CU_add_test(s, "too many", test_too_many);
	CU_add_test(s, "one number, other keys", test_one_number);
	CU_add_test(s, "secured meanwhile", test_secured_meanwhile);
	CU_add_test(s, "a new netd", test_new_netd);
	CU_add_test(s, "idle", test_idle);
}
