/*
 * Handshake messages that nobody waits for (handshakes.c): somebody in the room
 * can send any of them, and netd any that was on its way. None of them does
 * harm to the handshake that is under way, or to the session that there is.
 */
#include "cryptod/client/peers.h"
#include "cryptod/client/pump.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/both.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

void handshakes_stray_suite(void);

/* The first message is on its way. */
static void
begin(struct both *t)
{
	both_open(t);
	both_path(t, &t->a, PATH_UP, false);
	CU_ASSERT_EQUAL_FATAL(t->a.sent, 1);
}

/* What one side wants sent, changed by a bit. */
static void
give_changed(struct both *t, struct side *from, struct side *to)
{
	struct ipc_handshake h = from->out;
	uint8_t record[WIRE_HANDSHAKE_RECORD_MAX];

	memcpy(record, from->record, from->len);
	record[from->len - 1] ^= 1;
	h.on_path = h.number == HANDSHAKE_2;
	both_give(t, to, &h, record, from->len);
}

/* The rest of it, as if nothing had been. */
static void
check_goes_on(struct both *t)
{
	both_carry(t, &t->a, &t->b);
	CU_ASSERT_EQUAL(t->b.out.number, HANDSHAKE_2);
	both_carry(t, &t->b, &t->a);
	CU_ASSERT_EQUAL(t->a.out.number, HANDSHAKE_3);
	both_carry(t, &t->a, &t->b);
	CU_ASSERT_EQUAL(t->a.sessions, 1);
	CU_ASSERT_EQUAL(t->b.sessions, 1);
	CU_ASSERT_EQUAL(t->a.claims + t->b.claims, 0);
}

/* A first message is not for who sends it, nor is a third. */
static void
test_to_initiator(void)
{
	struct ipc_handshake h;
	struct both t;

	begin(&t);
	t.now += ATTEMPTS_WITHIN;
	h = t.a.out;
	h.on_path = 1;
	h.attempt++;
	both_give(&t, &t.a, &h, t.a.record, t.a.len);
	h.attempt--;
	h.number = HANDSHAKE_3;
	both_give(&t, &t.a, &h, t.a.record, t.a.len);
	CU_ASSERT_EQUAL(t.a.sent, 1);
	CU_ASSERT_EQUAL(t.a.false_ends, 0);
	check_goes_on(&t);
	both_close(&t);
}

/* The other side begins, and never answers. */
static void
test_to_responder(void)
{
	struct ipc_handshake h = { .handle = HANDLE, .by_session = 1 };
	struct both t;

	begin(&t);
	h.number = HANDSHAKE_BEGIN;
	both_give(&t, &t.b, &h, NULL, 0);
	h = t.a.out;
	h.number = HANDSHAKE_2;
	h.on_path = 1;
	both_give(&t, &t.b, &h, t.a.record, t.a.len);
	CU_ASSERT_EQUAL(t.b.sent, 0);
	t.a.out.on_path = 1; /* the place is free */
	check_goes_on(&t);
	both_close(&t);
}

/* What is no record of a handshake begins none, and leaves the place free. */
static void
test_no_handshake(void)
{
	struct ipc_handshake h;
	uint8_t record[WIRE_HANDSHAKE_RECORD_MAX];
	struct both t;

	begin(&t);
	h = t.a.out;
	memcpy(record, t.a.record, t.a.len);
	record[0]++;
	both_give(&t, &t.b, &h, record, t.a.len);
	both_give(&t, &t.b, &h, t.a.record, 2); /* its header alone */
	CU_ASSERT_PTR_NULL(attempts_find(t.b.p, h.attempt, false));
	check_goes_on(&t);
	both_close(&t);
}

/* One number, and another first message: only a copy is answered again. */
static void
test_changed_first(void)
{
	struct both t;

	begin(&t);
	both_carry(&t, &t.a, &t.b);
	give_changed(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sent, 1);
	check_goes_on(&t);
	CU_ASSERT_EQUAL(t.b.sent, 2);
	both_close(&t);
}

/* An answer to another question than ours, or, once there was one, another. */
static void
test_stray_second(void)
{
	struct ipc_handshake h;
	struct both t;

	begin(&t);
	both_carry(&t, &t.a, &t.b);
	h = t.b.out;
	h.on_path = 1;
	h.attempt++;
	both_give(&t, &t.a, &h, t.b.record, t.b.len);
	CU_ASSERT_EQUAL(t.a.sent, 1);
	both_carry(&t, &t.b, &t.a);
	CU_ASSERT_EQUAL(t.a.sent, 2);
	give_changed(&t, &t.b, &t.a);
	CU_ASSERT_EQUAL(t.a.sent, 2);
	CU_ASSERT_EQUAL(t.a.false_ends, 0);
	both_carry(&t, &t.b, &t.a); /* a copy */
	CU_ASSERT_EQUAL(t.a.sent, 3);
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sessions, 1);
	both_close(&t);
}

/* An answer that does not open: netd is told that nobody is there, which
 * attempt it was and by which way, and another one begins as soon as it may. */
static void
test_false_second(void)
{
	struct ipc_handshake h;
	struct both t;
	uint64_t id;

	begin(&t);
	id = t.a.out.attempt;
	both_carry(&t, &t.a, &t.b);
	t.b.out.way = 5;
	give_changed(&t, &t.b, &t.a);
	CU_ASSERT_EQUAL(t.a.false_ends, 1);
	CU_ASSERT_EQUAL(t.a.false_end.handle, HANDLE);
	CU_ASSERT_EQUAL(t.a.false_end.attempt, id);
	CU_ASSERT_EQUAL(t.a.false_end.way, 5);
	CU_ASSERT_EQUAL(t.a.claims, 0); /* nobody has shown a key */
	CU_ASSERT_EQUAL(both_due(&t), t.now);
	/* The right one comes too late. */
	h = t.b.out;
	h.on_path = 1;
	both_give(&t, &t.a, &h, t.b.record, t.b.len);
	CU_ASSERT_EQUAL(t.a.sent, 1);
	both_wait_until(&t, START + ATTEMPTS_WITHIN);
	CU_ASSERT_EQUAL(t.a.sent, 2);
	CU_ASSERT_NOT_EQUAL(t.a.out.attempt, id);
	both_close(&t);
}

/* A third message that does not open ends what it was for, and that alone. */
static void
test_false_third(void)
{
	struct ipc_handshake h;
	struct both t;

	begin(&t);
	both_carry(&t, &t.a, &t.b);
	both_carry(&t, &t.b, &t.a);
	h = t.a.out;
	h.attempt++;
	both_give(&t, &t.b, &h, t.a.record, t.a.len); /* of none */
	give_changed(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.claims, 0);
	CU_ASSERT_EQUAL(t.b.false_ends, 0);
	CU_ASSERT_PTR_NULL(attempts_find(t.b.p, t.a.out.attempt, false));
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sessions, 0);
	both_close(&t);
}

/* The other side has said goodbye, or broken the rules: there is nothing more
 * to begin with it. */
static void
test_over(void)
{
	struct ipc_handshake h = { .handle = HANDLE, .by_session = 1 };

	for (int broken = 0; broken < 2; broken++) {
		struct both t;

		begin(&t);
		t.b.p->broken = t.a.p->broken = broken;
		t.b.p->said_bye = t.a.p->said_bye = !broken;
		both_carry(&t, &t.a, &t.b);
		CU_ASSERT_EQUAL(t.b.sent, 0);
		attempts_end(t.a.p);
		t.now += ATTEMPTS_WITHIN;
		both_give(&t, &t.a, &h, NULL, 0);
		CU_ASSERT_EQUAL(t.a.sent, 1);
		CU_ASSERT_EQUAL(both_due(&t), CLOCK_NEVER);
		both_close(&t);
	}
}

/* BEGIN while one is under way is no reason for a second; and if there is a
 * session, only with its keys. */
static void
test_begin(void)
{
	struct ipc_handshake h = { .handle = HANDLE };
	struct both t;

	both_open(&t);
	both_give(&t, &t.a, &h, NULL, 0);
	CU_ASSERT_EQUAL(t.a.sent, 1);
	t.now += ATTEMPTS_WITHIN;
	both_give(&t, &t.a, &h, NULL, 0);
	h.by_session = 1;
	both_give(&t, &t.a, &h, NULL, 0);
	CU_ASSERT_EQUAL(t.a.sent, 1);
	check_goes_on(&t);
	both_close(&t);
}

/* netd has seen packets with keys that we gave up: what there is of a session
 * has no stream any more, and the next one begins at once. */
static void
test_other_keys_up(void)
{
	struct ipc_session_up up = { .handle = HANDLE };
	struct both t;

	both_open(&t);
	both_connect(&t);
	t.now += ATTEMPTS_WITHIN;
	up.serial = t.a.p->session_serial;
	peers_session_up(t.a.c, MESSAGE(t.now, &up));
	both_work(&t);
	CU_ASSERT_EQUAL(t.a.state, PEER_CONNECTED);
	CU_ASSERT_EQUAL(t.a.sent, 2);
	up.serial += 7;
	up.handle = HANDLE + 1; /* nobody's */
	peers_session_up(t.a.c, MESSAGE(t.now, &up));
	both_work(&t);
	CU_ASSERT_EQUAL(t.a.state, PEER_CONNECTED);
	up.handle = HANDLE;
	peers_session_up(t.a.c, MESSAGE(t.now, &up));
	both_work(&t);
	CU_ASSERT_EQUAL(t.a.state, PEER_CONNECTING);
	CU_ASSERT_PTR_NULL(t.a.p->session);
	CU_ASSERT_EQUAL(t.a.p->session_serial, up.serial);
	CU_ASSERT_EQUAL(t.a.sent, 3);
	CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_1);
	both_close(&t);
}

/* What netd says of a peer that it was not told of is of another time. */
static void
test_unknown_to_netd(void)
{
	struct ipc_session_up up = { .handle = HANDLE };
	struct both t;

	begin(&t);
	t.b.p->known_to_netd = false;
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sent, 0);
	t.b.p->known_to_netd = true;
	check_goes_on(&t);
	t.a.p->known_to_netd = false;
	up.serial = t.a.serial;
	peers_session_up(t.a.c, MESSAGE(t.now, &up));
	CU_ASSERT_PTR_NULL(t.a.p->session);
	t.a.p->known_to_netd = true;
	both_close(&t);
}

/* A connected peer's path is another one: ui is told. That its keys are others
 * is nothing to tell. */
static void
test_path_changes(void)
{
	struct both t;

	both_open(&t);
	both_connect(&t);
	t.a.state = PEER_STATE_COUNT;
	both_path(&t, &t.a, PATH_UP, true);
	CU_ASSERT_EQUAL(t.a.state, PEER_STATE_COUNT);
	t.port = 99;
	both_path(&t, &t.a, PATH_UP, false); /* that is a handshake first */
	CU_ASSERT_EQUAL(t.a.state, PEER_STATE_COUNT);
	t.port = 98;
	both_path(&t, &t.a, PATH_UP, true);
	CU_ASSERT_EQUAL(t.a.state, PEER_PATH);
	CU_ASSERT_EQUAL(t.a.p->state, PEER_CONNECTED);
	both_close(&t);
}

/* The side says a text to the other: it goes by the session that both have. */
static void
check_says(struct both *t, struct side *s)
{
	const struct ipc_say say = { .seq = 1, .nick_len = 1 };

	s->c->boot.ever_joined = true;
	both_hear(s);
	s->records = 0;
	CU_ASSERT_EQUAL(outbox_say(&s->c->outbox, &say, "nhi", 3, NULL, 0), 0);
	pump_all(s->c);
	both_work(t);
	CU_ASSERT(s->records > 0);
	for (unsigned int i = 0; i < s->records; i++)
		CU_ASSERT_EQUAL(s->stream[i].body.serial, s->serial);
}

/* While another handshake is under way, and after one that came to nothing, the
 * session that there is goes on as before. */
static void
test_beside(void)
{
	struct ipc_handshake h;
	struct both t;

	both_open(&t);
	both_connect(&t);
	t.now += SESSION_IDLE;
	both_work(&t);
	CU_ASSERT_EQUAL_FATAL(t.a.out.number, HANDSHAKE_1);
	both_carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.out.number, HANDSHAKE_2);
	h = t.a.out;
	h.number = HANDSHAKE_3; /* which it is not */
	both_give(&t, &t.b, &h, t.a.record, t.a.len);
	check_says(&t, &t.a);
	check_says(&t, &t.b);
	both_close(&t);
}

void
handshakes_stray_suite(void)
{
	CU_pSuite s = CU_add_suite("handshakes_stray", crypto_setup, NULL);

	CU_add_test(s, "to the initiator", test_to_initiator);
	CU_add_test(s, "to the responder", test_to_responder);
	CU_add_test(s, "no handshake", test_no_handshake);
	CU_add_test(s, "a changed first", test_changed_first);
	CU_add_test(s, "a stray second", test_stray_second);
	CU_add_test(s, "a false second", test_false_second);
	CU_add_test(s, "a false third", test_false_third);
	CU_add_test(s, "nothing more to begin", test_over);
	CU_add_test(s, "begin, and again", test_begin);
	CU_add_test(s, "keys that were given up", test_other_keys_up);
	CU_add_test(s, "unknown to netd", test_unknown_to_netd);
	CU_add_test(s, "another path", test_path_changes);
	CU_add_test(s, "while there is a session", test_beside);
}
