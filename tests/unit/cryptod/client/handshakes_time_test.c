/*
 * When handshakes begin, are repeated and are given up (handshakes.c), to the
 * microsecond: a peer that is there is not to wait, and one that is not is not
 * to be asked without end.
 */
#include "cryptod/client/peers.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/both.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

void handshakes_time_suite(void);

#define SEC USEC_PER_SEC

/* This side's next message goes out at that moment and not before it, and the
 * loop is woken for it. */
static void
check_sends(struct both *t, struct side *s, uint64_t time)
{
	unsigned int before = s->sent;

	while (both_due(t) < time)
		both_wait_next(t);
	CU_ASSERT_EQUAL(both_due(t), time);
	t->now = time - 1;
	both_work(t);
	CU_ASSERT_EQUAL(s->sent, before);
	t->now = time;
	both_work(t);
	CU_ASSERT_EQUAL(s->sent, before + 1);
	CU_ASSERT(both_due(t) > time);
}

/* The user is told at that moment, and not before it, that none succeeds. */
static void
check_fails(struct both *t, struct side *s, uint64_t time)
{
	both_wait_until(t, time - 1);
	both_work(t);
	CU_ASSERT_EQUAL(s->p->state, PEER_CONNECTING);
	CU_ASSERT_EQUAL(both_due(t), time);
	both_wait_next(t);
	CU_ASSERT_EQUAL(s->state, PEER_FAILED);
	CU_ASSERT_EQUAL(s->failure, FAILURE_HANDSHAKE);
}

/* The first message, until it has an answer: each time after twice as long. */
static void
test_repeated(void)
{
	static const uint64_t after[] = { 1, 3, 7, 15, 31 };
	struct both t;
	uint64_t id;

	both_open(&t);
	both_path(&t, &t.a, PATH_UP, false);
	CU_ASSERT_EQUAL(t.a.sent, 1);
	id = t.a.out.attempt;
	for (size_t i = 0; i < 5; i++) {
		check_sends(&t, &t.a, START + after[i] * ATTEMPT_RETRY);
		CU_ASSERT_EQUAL(t.a.out.attempt, id);
	}
	/* The next would be after its end. */
	check_fails(&t, &t.a, START + ATTEMPT_FOR);
	CU_ASSERT_EQUAL(t.a.sent, 6);
	CU_ASSERT_PTR_NULL(attempts_own(t.a.p));
	both_close(&t);
}

/* Where the way is long, it has two round trips before it is repeated, and four
 * before it is given up. */
static void
test_long_way(void)
{
	struct both t;

	both_open(&t);
	t.rtt_us = 3 * SEC;
	both_path(&t, &t.a, PATH_UP, false);
	check_sends(&t, &t.a, START + 6 * SEC);
	check_fails(&t, &t.a, START + ATTEMPT_ROUND_TRIPS * 3 * SEC);
	CU_ASSERT_EQUAL(t.a.sent, 2);
	CU_ASSERT_PTR_NULL(attempts_own(t.a.p));
	both_close(&t);
}

/* The third message is repeated likewise, from when it was sent first. */
static void
test_third_repeated(void)
{
	struct both t;

	both_open(&t);
	both_path(&t, &t.a, PATH_UP, false);
	t.now += 100000;
	both_carry(&t, &t.a, &t.b);
	both_carry(&t, &t.b, &t.a);
	CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_3);
	check_sends(&t, &t.a, START + 100000 + ATTEMPT_RETRY);
	CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_3);
	both_close(&t);
}

/* Over another path it goes at once; to hear of the same again is no reason. */
static void
test_other_path(void)
{
	struct both t;

	both_open(&t);
	both_path(&t, &t.a, PATH_UP, false);
	t.now += 1000;
	both_path(&t, &t.a, PATH_UP, false);
	CU_ASSERT_EQUAL(t.a.sent, 1);
	t.port++;
	both_path(&t, &t.a, PATH_UP, false);
	CU_ASSERT_EQUAL(t.a.sent, 2);
	CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_1);
	both_close(&t);
}

/* A path is gone and there again before anybody looked: it has its own time. */
static void
test_path_again(void)
{
	struct ipc_path down = { .handle = HANDLE, .state = PATH_PROBING };
	struct both t;

	both_open(&t);
	both_path(&t, &t.b, PATH_UP, false);
	t.now += ATTEMPT_FOR - 1;
	t.b.c->now = t.now;
	peers_path(t.b.c, MESSAGE(t.now, &down));
	both_path(&t, &t.b, PATH_UP, false);
	CU_ASSERT_EQUAL(t.b.sent, 0);
	check_sends(&t, &t.b, t.now + ATTEMPT_PAUSE);
	check_fails(&t, &t.b, START + ATTEMPT_FOR - 1 + ATTEMPT_FOR);
	both_close(&t);
}

/* Another one follows after a pause, which doubles up to a minute. */
static void
test_pauses(void)
{
	static const uint64_t pauses[] = { 1, 2, 4, 8, 16, 32, 60, 60 };
	uint64_t begins = START, id;
	struct both t;

	both_open(&t);
	both_path(&t, &t.a, PATH_UP, false);
	for (size_t i = 0; i < 8; i++) {
		id = t.a.out.attempt;
		begins += ATTEMPT_FOR + pauses[i] * SEC;
		both_wait_until(&t, begins - 1);
		CU_ASSERT_EQUAL(t.a.out.attempt, id);
		both_wait_next(&t);
		CU_ASSERT_EQUAL(t.now, begins);
		CU_ASSERT_NOT_EQUAL(t.a.out.attempt, id);
		CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_1);
	}
	/* A path that is new has its own time. */
	both_path(&t, &t.a, PATH_PROBING, false);
	both_wait_until(&t, begins + ATTEMPT_FOR + ATTEMPT_PAUSE);
	CU_ASSERT_EQUAL(both_due(&t), CLOCK_NEVER);
	id = t.a.out.attempt;
	both_path(&t, &t.a, PATH_UP, false);
	CU_ASSERT_NOT_EQUAL(t.a.out.attempt, id);
	both_close(&t);
}

/* Who does not begin asks for it, after the time that it takes the other to. */
static void
test_asks(void)
{
	static const uint64_t after[] = { 1, 2, 4, 8, 16, 32, 64, 124, 184 };
	struct both t;

	both_open(&t);
	both_path(&t, &t.b, PATH_UP, false);
	CU_ASSERT_EQUAL(t.b.sent, 0);
	for (size_t i = 0; i < 9; i++) {
		if (i == 4)
			check_fails(&t, &t.b, START + ATTEMPT_FOR);
		check_sends(&t, &t.b, START + after[i] * SEC);
		CU_ASSERT_EQUAL(t.b.out.number, HANDSHAKE_BEGIN);
		CU_ASSERT_EQUAL(t.b.len, 0);
	}
	/* The same with a path that is new. */
	both_path(&t, &t.b, PATH_PROBING, false);
	CU_ASSERT_EQUAL(both_due(&t), CLOCK_NEVER);
	t.rtt_us = 2 * SEC;
	both_path(&t, &t.b, PATH_UP, false);
	check_sends(&t, &t.b, t.now + 4 * SEC);
	both_close(&t);
}

/* The answer to a first message waits for the third as long as the other side
 * tries. */
static void
test_responder_waits(void)
{
	for (unsigned int late = 0; late < 2; late++) {
		struct both t;

		both_open(&t);
		both_path(&t, &t.a, PATH_UP, false);
		both_carry(&t, &t.a, &t.b);
		CU_ASSERT_EQUAL(peers_deadline(t.b.c), START + ATTEMPT_FOR);
		both_carry(&t, &t.b, &t.a);
		CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_3);
		t.now = START + ATTEMPT_FOR - 1 + late;
		both_work(&t);
		both_carry(&t, &t.a, &t.b);
		CU_ASSERT_EQUAL(t.b.sessions, late ? 0 : 1);
		CU_ASSERT_EQUAL(peers_deadline(t.b.c) == CLOCK_NEVER, late);
		both_close(&t);
	}
}

/* The handshake is finished, and the first record is all that is missing: that
 * is told in the same time, and another handshake begins. */
static void
test_no_record(void)
{
	struct both t;
	uint64_t id;

	both_open(&t);
	both_path(&t, &t.a, PATH_UP, false);
	id = t.a.out.attempt;
	both_carry(&t, &t.a, &t.b);
	both_carry(&t, &t.b, &t.a);
	both_carry(&t, &t.a, &t.b);
	both_confirm(&t);
	check_fails(&t, &t.a, START + ATTEMPT_FOR);
	CU_ASSERT_PTR_NULL(t.a.p->session);
	both_wait_next(&t);
	CU_ASSERT_EQUAL(t.now, START + ATTEMPT_FOR);
	CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_1);
	CU_ASSERT_NOT_EQUAL(t.a.out.attempt, id);
	both_close(&t);
}

/* Keys that were not used for so long: the initiator begins a handshake, and
 * not once the user has left. */
static void
test_idle(void)
{
	struct both t;

	both_open(&t);
	both_connect(&t);
	check_sends(&t, &t.a, START + SESSION_IDLE);
	CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_1);
	both_close(&t);

	both_open(&t);
	both_connect(&t);
	t.a.c->leaving = true;
	CU_ASSERT_EQUAL(both_due(&t), CLOCK_NEVER);
	t.now += SESSION_IDLE;
	both_work(&t);
	CU_ASSERT_EQUAL(t.a.sent, 2);
	both_close(&t);
}

/* Where there is no path they are wiped then, on either side. */
static void
test_idle_away(void)
{
	for (int initiator = 0; initiator < 2; initiator++) {
		struct side *s;
		struct both t;

		both_open(&t);
		both_connect(&t);
		s = initiator ? &t.a : &t.b;
		both_path(&t, s, PATH_PROBING, true);
		CU_ASSERT_EQUAL(peers_deadline(s->c), START + SESSION_IDLE);
		t.now = START + SESSION_IDLE - 1;
		both_work(&t);
		CU_ASSERT_PTR_NOT_NULL(s->p->session);
		t.now++;
		both_work(&t);
		CU_ASSERT_PTR_NULL(s->p->session);
		CU_ASSERT_EQUAL(peers_deadline(s->c), CLOCK_NEVER);
		both_close(&t);
	}
}

/* Who leaves begins nothing, and does not ask for it. */
static void
test_leaving(void)
{
	struct both t;

	both_open(&t);
	t.a.c->leaving = t.b.c->leaving = true;
	both_path(&t, &t.a, PATH_UP, false);
	both_path(&t, &t.b, PATH_UP, false);
	CU_ASSERT_EQUAL(both_due(&t), CLOCK_NEVER);
	t.now += ATTEMPT_FOR;
	both_work(&t);
	CU_ASSERT_EQUAL(t.a.sent + t.b.sent, 0);
	CU_ASSERT_EQUAL(t.a.p->state, PEER_CONNECTING);
	both_close(&t);
}

void
handshakes_time_suite(void)
{
	CU_pSuite s = CU_add_suite("handshakes_time", crypto_setup, NULL);

	CU_add_test(s, "repeated", test_repeated);
	CU_add_test(s, "a long way", test_long_way);
	CU_add_test(s, "the third repeated", test_third_repeated);
	CU_add_test(s, "another path", test_other_path);
	CU_add_test(s, "a path again", test_path_again);
	CU_add_test(s, "one after another", test_pauses);
	CU_add_test(s, "asked for", test_asks);
	CU_add_test(s, "how long an answer stands", test_responder_waits);
	CU_add_test(s, "no record", test_no_record);
	CU_add_test(s, "idle", test_idle);
	CU_add_test(s, "idle without a path", test_idle_away);
	CU_add_test(s, "on the way out", test_leaving);
}
