/*
 * The peers of a client's cryptod: how they are known, what is handed to netd
 * for them, what netd says of them; and a netd that was restarted.
 */
#include "cryptod/client/members.h"
#include "cryptod/client/peer_table.h"
#include "cryptod/client/peers.h"
#include "cryptod/client/pump.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void peers_suite(void);

/* FULL of the longest texts are as many as may be on the way at once, and MANY
 * are more. */
#define FULL ((IN_FLIGHT_MAX + TEXT_MAX - 1) / TEXT_MAX)
#define MANY (2 * IN_FLIGHT_MAX / TEXT_MAX)

static void
begin(struct stage *s, bool lower)
{
	stage_open(s, lower);
	stage_listed(s);
	stage_connect(s);
}

/* Says so many of the longest texts, numbered from seq + 1. */
static void
say_long(struct stage *s, uint64_t seq, unsigned int count)
{
	static char tail[NICK_MAX + TEXT_MAX];
	struct ipc_say say = { .nick_len = (uint8_t)s->c->config.nick_len };

	memset(tail, 'x', sizeof(tail));
	memcpy(tail, s->c->config.nick, say.nick_len);
	while (count-- > 0) {
		say.seq = ++seq;
		CU_ASSERT_EQUAL(outbox_say(&s->c->outbox, &say, tail,
				    say.nick_len + TEXT_MAX, NULL, 0),
		    0);
	}
	pump_all(s->c);
}

/* Returns how many records netd gets, once it has taken all messages. */
static unsigned int
sent(struct stage *s)
{
	unsigned int before;

	s->told[IPC_RECORD_OUT] = 0;
	do {
		before = s->told[IPC_RECORD_OUT];
		stage_take(s);
		ipc_flush(&s->c->netd);
		pump_all(s->c);
	} while (s->told[IPC_RECORD_OUT] > before);
	return before;
}

/* Returns how many texts the peer has, if netd and the way take all. */
static uint64_t
heard(struct stage *s)
{
	uint64_t before;

	do {
		before = s->them->heard;
		ipc_flush(&s->c->netd);
		pump_all(s->c);
		stage_exchange(s, s->them);
	} while (s->them->heard > before);
	return before;
}

static void
acked(struct stage *s, uint32_t serial, size_t bytes)
{
	struct ipc_acked body = {
		.handle = s->p->handle,
		.serial = serial,
		.bytes = (uint32_t)bytes,
	};

	peers_acked(s->c, MESSAGE(s->c->now, &body));
}

/* netd gets more records as far as it says that others have arrived. */
static void
test_in_flight(void)
{
	struct stage stage, *s = &stage;
	uint32_t serial;
	size_t one;

	begin(s, true);
	acked(s, s->p->session_serial, s->p->in_flight);
	CU_ASSERT_EQUAL(s->p->in_flight, 0);
	(void)sent(s);
	serial = s->p->session_serial;
	say_long(s, 0, MANY);
	CU_ASSERT_EQUAL(sent(s), FULL);
	CU_ASSERT(s->p->in_flight >= IN_FLIGHT_MAX);
	one = s->p->in_flight / FULL;
	CU_ASSERT(one > TEXT_MAX);
	/* An acknowledgement of an earlier or a later session does not
	 * count. */
	acked(s, serial - 1, 2 * one);
	acked(s, serial + 1, 2 * one);
	CU_ASSERT_EQUAL(sent(s), 0);
	acked(s, serial, s->p->in_flight - IN_FLIGHT_MAX);
	CU_ASSERT_EQUAL(sent(s), 0);
	acked(s, serial, 1);
	CU_ASSERT_EQUAL(sent(s), 1);
	acked(s, serial, 3 * one);
	CU_ASSERT_EQUAL(sent(s), 3);
	/* An acknowledgement of more than there is counts for what there is. */
	acked(s, serial, UINT32_MAX);
	CU_ASSERT_EQUAL(sent(s), MANY - FULL - 4);
	CU_ASSERT_EQUAL(s->p->in_flight, (MANY - FULL - 4) * one);
	stage_close(s);
}

/* netd died with all that it had: the next one has room again, and gets all
 * that the peer did not confirm, from the first on. */
static void
test_new_netd(void)
{
	for (int lower = 0; lower < 2; lower++) {
		struct stage stage, *s = &stage;

		begin(s, lower);
		(void)sent(s);
		say_long(s, 0, MANY);
		CU_ASSERT(sent(s) < MANY);
		CU_ASSERT(s->p->in_flight >= IN_FLIGHT_MAX);
		peers_netd_gone(s->c);
		CU_ASSERT_EQUAL(s->p->in_flight, 0);
		CU_ASSERT_EQUAL(s->p->state, PEER_CONNECTING);
		CU_ASSERT_EQUAL(sent(s), 0);
		s->c->now += ATTEMPTS_WITHIN;
		members_tell_netd(s->c);
		session_free(s->them->session);
		s->them->heard = 0;
		s->them->epochs = 0;
		stage_connect(s);
		CU_ASSERT_EQUAL(heard(s), FULL);
		acked(s, s->p->session_serial, s->p->in_flight);
		CU_ASSERT_EQUAL(heard(s), MANY);
		CU_ASSERT_EQUAL(s->p->place.owed->seq, 1);
		stage_receipt(s, MANY);
		CU_ASSERT_PTR_NULL(s->p->place.owed);
		stage_close(s);
	}
}

static void
path(struct stage *s, enum path_state state, bool secured)
{
	struct ipc_path body = {
		.handle = s->p->handle,
		.state = (uint8_t)state,
		.kind = state == PATH_UP ? PATH_DIRECT : PATH_NONE,
		.secured = secured,
	};

	peers_path(s->c, MESSAGE(s->c->now, &body));
	stage_take(s);
}

/* A peer that does not answer the session's keys, and begins no other session,
 * is reported as failed, and is back at once if it has the keys after all. */
static void
test_keys_not_lost(void)
{
	struct stage stage, *s = &stage;

	begin(s, true);
	path(s, PATH_PROBING, true);
	path(s, PATH_UP, false);
	CU_ASSERT_EQUAL(s->p->state, PEER_CONNECTING);
	for (int i = 0; i < 300; i++) {
		s->c->now += 100 * USEC_PER_MSEC;
		peers_timer(s->c);
		stage_take(s);
	}
	CU_ASSERT_EQUAL(s->p->state, PEER_FAILED);
	CU_ASSERT_TRUE(session_established(s->p->session));
	path(s, PATH_UP, true);
	CU_ASSERT_EQUAL(s->p->state, PEER_CONNECTED);
	stage_close(s);
}

/* No two peers of a run have the same handle, even in the same place; and no
 * handle is 0, not even after a million. */
static void
test_handles(void)
{
	peer_handle first, second;
	struct stage s;
	struct peer *p;

	stage_open(&s, true);
	p = stage_list_other(&s, 1);
	first = p->handle;
	CU_ASSERT_PTR_EQUAL(peer_find(s.c, first), p);
	peer_free(p);
	CU_ASSERT_PTR_NULL(peer_find(s.c, first));
	p = stage_list_other(&s, 2);
	second = p->handle;
	CU_ASSERT_EQUAL(PEER_INDEX(second), PEER_INDEX(first));
	CU_ASSERT_NOT_EQUAL(second, first);
	CU_ASSERT_PTR_NULL(peer_find(s.c, first));
	CU_ASSERT_PTR_EQUAL(peer_find(s.c, second), p);
	CU_ASSERT_NOT_EQUAL(PEER_INDEX(stage_list_other(&s, 3)->handle),
	    PEER_INDEX(second));
	peer_free(p);
	s.c->generation = 0xfffff;
	CU_ASSERT_NOT_EQUAL(stage_list_other(&s, 4)->handle, 0);
	CU_ASSERT_EQUAL(s.c->generation, 1);
	/* netd may say any: of a place that there is not. */
	CU_ASSERT_PTR_NULL(
	    peer_find(s.c, peer_handle_make(1, CLIENT_PEERS_MAX)));
	CU_ASSERT_PTR_NULL(peer_find(s.c, UINT32_MAX));
	stage_close(&s);
}

void
peers_suite(void)
{
	CU_pSuite suite = CU_add_suite("peers", crypto_setup, NULL);

	CU_add_test(suite, "what is on the way", test_in_flight);
	CU_add_test(suite, "credit at another netd", test_new_netd);
	CU_add_test(suite, "keys that were not lost", test_keys_not_lost);
	CU_add_test(suite, "handles", test_handles);
}
