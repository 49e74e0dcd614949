/*
 * What is sent to an address that now belongs to somebody else, because of
 * cookies and echoes that were kept from before.
 */
#include "tests/unit/netd/bootnode/crowd.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

void bootnode_kept_suite(void);

#define OFFICE 64

/*
 * The address of 64 sessions now belongs to somebody else. The former owner has
 * kept four echoes of each session that are still good, and uses one after the
 * other, while all in their rooms change all the time: each session gets its
 * share once more.
 */
static void
test_kept_echoes(void)
{
	struct world *w = crowd_begin(40);
	uint32_t last = 40 + OFFICE;
	uint64_t kept[4][OFFICE], heard, sent = 0;

	for (uint32_t i = 40; i < last; i++)
		CU_ASSERT_TRUE(guest_enter(guest_behind(w, i, 'x', 1)));
	world_until(w, w->now + 5 * USEC_PER_SEC);
	crowd_beat(w, 0, last);
	crowd_beat(w, 40, last);
	for (uint32_t i = 40; i < last; i++) {
		struct guest *c = &w->clients[i];

		for (int k = 0; k < 4; k++) {
			kept[k][i - 40] = c->echo;
			c->echo = 1; /* none is used */
			if (k < 3)
				guest_send(c, WIRE_HEARTBEAT);
		}
		c->mute = true;
	}
	heard = crowd_heard(w, 40, last);
	for (int k = 0; k < 4; k++) {
		for (uint32_t i = 40; i < last; i++) {
			w->clients[i].echo = kept[k][i - 40];
			sent += guest_asks(&w->clients[i], WIRE_HEARTBEAT);
			crowd_churn(w, 0, 8, FAKE_FLUSH);
		}
		CU_ASSERT(crowd_heard(w, 40, last) - heard <=
		    sent + TELL_BURST + OFFICE * WIRE_ECHO_WORTH);
		for (int i = 0; i < 2; i++) {
			world_until(w, w->now + 6 * USEC_PER_SEC);
			crowd_beat(w, 0, 40);
		}
	}
	CU_ASSERT(crowd_heard(w, 40, last) - heard >
	    sent + TELL_BURST + (OFFICE - 1) * WIRE_ECHO_WORTH - WIRE_MAX);
	world_free(w);
}

/* Moves with a cookie of its own or a kept one; returns whether it was
 * challenged. */
static bool
moves(struct guest *c, uint8_t to, struct wire_cookie *kept)
{
	struct world *w = c->world;
	unsigned int challenges = c->challenges;
	uint8_t buf[WIRE_MAX];

	c->addr.ip[13] = to;
	if (kept == NULL) {
		world_packet(w, &c->addr, buf,
		    guest_control(c, WIRE_HEARTBEAT, buf));
		if (c->challenges == challenges)
			return false;
	} else {
		c->challenge.cookie = *kept;
	}
	world_packet(w, &c->addr, buf, guest_reply(c, buf));
	world_run(w);
	return true;
}

/* A session that is always at a new address is told as news a few times, and
 * then once in 10 s. Further moves are not answered. */
static void
test_moves(void)
{
	struct world *w = crowd_begin(40);
	struct guest *c = guest_behind(w, 40, 'x', 1);
	uint64_t heard, sent = w->sent;
	unsigned int moved = 0, challenged = 0;

	CU_ASSERT_TRUE(guest_enter(c));
	for (uint8_t i = 1; i <= 20; i++)
		moved += moves(c, i, NULL);
	CU_ASSERT_EQUAL(moved, 4);
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_RATE], 16);
	/* The answer to an old CHALLENGE is not answered, either. */
	sent = w->sent;
	moves(c, 4, &c->challenge.cookie);
	CU_ASSERT_EQUAL(w->sent, sent + 1); /* where it is already */
	moves(c, 5, &c->challenge.cookie);
	CU_ASSERT_EQUAL(w->sent, sent + 1);
	heard = crowd_heard(w, 0, 40);
	for (uint32_t i = 0; i < 400; i++) {
		world_until(w, w->now + USEC_PER_SEC / 4);
		if (i % 20 == 0)
			crowd_beat(w, 0, 40);
		challenged += moves(c, (uint8_t)(100 + i % 100), NULL);
	}
	CU_ASSERT(challenged >= 1 && challenged <= 11);
	CU_ASSERT(crowd_heard(w, 0, 40) - heard <=
	    40 * (20 * WIRE_CONTROL_LEN + 12 * 100));
	world_free(w);
}

/*
 * Somebody had an address for a moment and has kept cookies for it, some to
 * join and one to move. They yield only a few answers, each three times as long
 * as its question, and one TELL_BURST; and soon nothing but answers.
 */
static void
test_kept_cookies(void)
{
	struct world *w = crowd_begin(100);
	struct wire_cookie kept;
	uint64_t heard, sent = 0, kept_at, before;
	uint8_t buf[WIRE_MAX];
	bool late = false;
	struct guest *c;

	for (uint32_t i = 100; i < 110; i++) {
		c = guest_behind(w, i, 'x', 1);
		c->attempt++;
		c->nonce[0] = (uint8_t)i;
		sent += guest_hello(c, buf);
		world_packet(w, &c->addr, buf, guest_hello(c, buf));
		c->mute = true;
	}
	for (uint32_t i = 100; i < 110; i++) {
		c = &w->clients[i];
		sent += guest_join(c, buf);
		world_packet(w, &c->addr, buf, guest_join(c, buf));
		world_run(w);
		CU_ASSERT_EQUAL(c->welcomes, 1);
		world_until(w, w->now + FAKE_FLUSH);
		crowd_churn(w, 50, 100, 5 * FAKE_FLUSH);
		sent += guest_asks(c, WIRE_LEAVE);
		crowd_beat(w, 0, 100);
	}
	heard = crowd_heard(w, 100, 110);
	CU_ASSERT(heard > TELL_BURST);
	CU_ASSERT(heard <= WIRE_SYNC_FACTOR * sent + TELL_BURST);
	/* He does the same by moving between that address and his own. */
	c = guest_new(w, 110, 'x');
	w->no_limits = true;
	CU_ASSERT_TRUE(guest_enter(c));
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_TRUE(moves(c, 0xee, NULL));
	kept = c->challenge.cookie;
	kept_at = w->now;
	CU_ASSERT_TRUE(moves(c, 0xef, NULL));
	heard = 0;
	for (int i = 0; i < 8; i++) {
		before = c->heard;
		late = w->now - kept_at >= 10 * USEC_PER_SEC;
		moves(c, 0xee, &kept);
		CU_ASSERT_EQUAL(addr_equal(&w->last_to, &c->addr), true);
		crowd_churn(w, 50, 100, 5 * FAKE_FLUSH);
		/* Its heartbeats say that it stays there. */
		for (int j = 0; j < 5; j++) {
			world_until(w, w->now + USEC_PER_SEC);
			moves(c, 0xee, &kept);
		}
		heard += c->heard - before;
		CU_ASSERT(!late || c->heard - before <= 6 * WIRE_CONTROL_LEN);
		CU_ASSERT_TRUE(moves(c, 0xef, NULL));
		crowd_beat(w, 0, 100);
	}
	CU_ASSERT(late && heard > 8 * 6 * WIRE_CONTROL_LEN);
	CU_ASSERT(heard <= TELL_BURST + 8 * 6 * WIRE_CONTROL_LEN);
	world_free(w);
}

/* A cookie that was kept for a while brings a WELCOME, which is shorter than
 * the JOIN. Who is slow, but there, gets all of the rest for the asking. */
static void
test_kept_joins(void)
{
	struct world *w = crowd_begin(100);
	uint64_t heard, sent = 0;
	uint8_t buf[WIRE_MAX];
	struct guest *c;

	for (uint32_t i = 100; i < 228; i++) {
		c = guest_behind(w, i, 'x', 1);
		c->attempt++;
		c->nonce[0] = (uint8_t)i;
		world_packet(w, &c->addr, buf, guest_hello(c, buf));
		c->mute = true;
	}
	heard = crowd_heard(w, 100, 228);
	world_until(w, w->now + 10 * USEC_PER_SEC);
	for (uint32_t i = 100; i < 227; i++) {
		/* For as long as they are good. */
		world_until(w, w->now + USEC_PER_SEC * 4 / 5);
		if (i % 10 == 0)
			crowd_beat(w, 0, 100);
		c = &w->clients[i];
		sent += guest_join(c, buf);
		world_packet(w, &c->addr, buf, guest_join(c, buf));
		world_run(w);
		CU_ASSERT_EQUAL(c->welcomes, 1);
		world_until(w, w->now + FAKE_FLUSH);
		sent += guest_asks(c, WIRE_LEAVE);
	}
	CU_ASSERT(crowd_heard(w, 100, 227) - heard <= sent);
	c = &w->clients[227];
	c->mute = false;
	world_packet(w, &c->addr, buf, guest_join(c, buf));
	world_run(w);
	CU_ASSERT_EQUAL(c->rosters, 0);
	guest_send(c, WIRE_SYNC);
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->version, c->room_version);
	world_free(w);
}

void
bootnode_kept_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_kept", NULL, NULL);

	CU_add_test(suite, "echoes that were kept", test_kept_echoes);
	CU_add_test(suite, "moves", test_moves);
	CU_add_test(suite, "cookies that were kept", test_kept_cookies);
	CU_add_test(suite, "cookies to join that were kept", test_kept_joins);
}
