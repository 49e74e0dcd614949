/*
 * The bytes that a bootnode sends. An address that has not shown lately that it
 * receives gets no more than came from it, others get three times the bytes of
 * their question, and what nobody asked for stays within a budget.
 */
#include "tests/unit/netd/bootnode/crowd.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

void bootnode_echo_suite(void);

#define PEERS 300

/*
 * A client sends from an address that is not its own any more, and hears
 * nothing. Whatever it and the others do, from the first moment on that address
 * gets no more bytes than came from it and TELL_BURST; and once the client
 * counts as silent, no more than came from it.
 */
static void
test_forged_source(void)
{
	struct world *w = crowd_begin(100);
	struct guest *c = &w->clients[0];
	uint64_t echo, first, sent = 0, start;
	bool silent = false;

	guest_send(c, WIRE_HEARTBEAT);
	crowd_beat(w, 1, 100);
	c->mute = true;
	c->sync_len = WIRE_SYNC_MIN;
	echo = c->echo;
	/* The echoes that the client has are good for a few answers. */
	for (int i = 0; i < 4; i++) {
		c->echo = echo;
		guest_asks(c, WIRE_SYNC);
	}
	start = w->now;
	first = c->heard;
	for (int i = 0; w->now < start + 60 * USEC_PER_SEC; i++) {
		for (int j = 0; j < 20; j++) {
			c->version = (uint32_t)(20 * i + j);
			c->roster_open = false;
			c->echo = echo;
			sent +=
			    guest_asks(c, j % 2 ? WIRE_SYNC : WIRE_HEARTBEAT);
			CU_ASSERT(c->heard - first <=
			    sent + (silent ? 0 : TELL_BURST));
		}
		world_until(w, w->now + USEC_PER_SEC);
		crowd_beat(w, 1, 100);
		crowd_churn(w, 60, 100, 5 * FAKE_FLUSH);
		CU_ASSERT(c->heard - first <= sent + (silent ? 0 : TELL_BURST));
		if (silent || w->now < start + 16 * USEC_PER_SEC)
			continue;
		/* All of the budget was used, to the last packet or two. */
		CU_ASSERT(c->heard - first > TELL_BURST);
		silent = true;
		first = c->heard;
		sent = 0;
	}
	CU_ASSERT_TRUE(silent);
	/* The client hears again: the answer says so, and it asks once more. */
	c->mute = false;
	c->sync_len = 0;
	c->version = 0;
	c->roster_open = false;
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->ack.flags, 0);
	CU_ASSERT_TRUE(guest_knows(c, 0, 100));
	world_free(w);
}

/* An answer has at most three times the bytes of its question, whatever their
 * number. */
static void
test_factor(void)
{
	struct world *w = crowd_begin(PEERS);
	struct guest *c = &w->clients[0];
	uint64_t before;
	size_t len;

	c->mute = true;
	for (size_t i = WIRE_SYNC_MIN; i <= WIRE_MAX; i += 4) {
		c->version = 0;
		c->roster_open = false;
		c->sync_len = i;
		before = c->heard;
		len = guest_asks(c, WIRE_SYNC);
		CU_ASSERT_EQUAL(len, i);
		CU_ASSERT(c->heard - before <= WIRE_SYNC_FACTOR * len);
		if (i > 200)
			CU_ASSERT(c->heard - before > len);
		CU_ASSERT_EQUAL(c->ack.flags, 0);
		world_until(w, w->now + 20 * USEC_PER_MSEC);
	}
	world_free(w);
}

/* That also holds for joining: HELLO and JOIN, COOKIE, WELCOME and the first
 * packets. */
static void
test_joining(void)
{
	struct world *w = crowd_begin(PEERS);
	struct guest *c = guest_new(w, PEERS, 'x');
	uint8_t buf[WIRE_MAX];

	c->mute = true;
	CU_ASSERT_TRUE(guest_enter(c));
	world_until(w, w->now + FAKE_FLUSH * 2);
	CU_ASSERT_EQUAL(w->stats.sessions, PEERS);
	CU_ASSERT(c->heard <= 3 * (WIRE_HELLO_LEN + guest_join(c, buf)));
	CU_ASSERT(c->heard > 2 * WIRE_HELLO_LEN);
	CU_ASSERT_TRUE(c->roster_open);
	/* The rest comes in a few round trips. */
	c->mute = false;
	c->acks = 0;
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_TRUE(guest_knows(c, 0, PEERS + 1));
	CU_ASSERT(c->acks <= 8);
	world_free(w);
}

/* The room changes while a client reads its roster. */
static void
test_changes(void)
{
	struct world *w = crowd_begin(PEERS);
	struct guest *c = guest_new(w, PEERS, 'x');
	uint32_t left = 10;

	c->mute = true;
	CU_ASSERT_TRUE(guest_enter(c));
	world_until(w, w->now + FAKE_FLUSH * 2);
	for (uint32_t i = 0; i < left; i++) {
		CU_ASSERT_TRUE(c->roster_open || i > 5);
		guest_send(&w->clients[i], WIRE_LEAVE);
		if (i % 2) /* the client does not hear of it */
			w->loss = 100;
		world_until(w, w->now + FAKE_FLUSH * 2);
		w->loss = 0;
		guest_send(c, WIRE_SYNC);
	}
	for (int i = 0; i < 3; i++)
		guest_send(c, WIRE_SYNC);
	CU_ASSERT_FALSE(c->roster_open);
	CU_ASSERT_TRUE(guest_knows(c, left, PEERS + 1 - left));
	world_free(w);
}

/* Lost acknowledgements, up to three in a row, do no harm. */
static void
test_lost_acks(void)
{
	struct world *w = crowd_begin(10);
	struct guest *c = &w->clients[0];
	uint64_t echo;

	guest_send(c, WIRE_HEARTBEAT);
	echo = c->echo;
	for (int i = 0; i < 4; i++) {
		c->echo = echo;
		c->version = 0;
		c->mute = true;
		guest_send(c, WIRE_SYNC);
		CU_ASSERT_EQUAL(c->ack.flags, 0);
	}
	c->echo = echo;
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->ack.flags, ACK_AGAIN);
	/* An echo belongs to an address and a session. */
	c->echo = w->clients[1].echo;
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->ack.flags, ACK_AGAIN);
	world_free(w);
}

#define OFFICE 64

/* An address is told of others' changes within a budget, which all of its
 * sessions share. A client that is there gets more if it asks. */
static void
test_budget(void)
{
	struct world *w = crowd_begin(40);
	uint32_t last = 40 + OFFICE;
	struct guest *c;
	uint64_t heard;

	for (uint32_t i = 40; i < last; i++)
		CU_ASSERT_TRUE(guest_enter(guest_behind(w, i, 'x', 1)));
	/* The budget is full once each has shown that it is there; after that,
	 * nobody does so. (The first echo may have been that of a SYNC.) */
	world_until(w, w->now + 5 * USEC_PER_SEC);
	crowd_beat(w, 0, last);
	crowd_beat(w, 40, last);
	heard = crowd_heard(w, 40, last);
	for (int i = 0; i < 9; i++) {
		crowd_churn(w, 0, 40, 5 * FAKE_FLUSH);
		world_until(w, w->now + USEC_PER_SEC);
		crowd_beat(w, 0, 40);
	}
	CU_ASSERT(crowd_heard(w, 40, last) - heard > TELL_BURST - 2 * WIRE_MAX);
	CU_ASSERT(crowd_heard(w, 40, last) - heard <= TELL_BURST);
	c = &w->clients[50];
	guest_send(c, WIRE_HEARTBEAT);
	CU_ASSERT_NOT_EQUAL(c->version, c->room_version);
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->version, c->room_version);
	CU_ASSERT_TRUE(guest_knows(c, 0, last));
	world_free(w);
}

/* Sends a heartbeat soon after the client was told much, as a client does. */
static void
beat_if_told(struct world *w, uint32_t first, uint32_t last,
    uint64_t heard[FAKE_CLIENTS])
{
	for (uint32_t i = first; i < last; i++) {
		struct guest *c = &w->clients[i];

		if (c->heard - heard[i] <= WIRE_ECHO_WORTH / 2)
			continue;
		guest_send(c, WIRE_HEARTBEAT);
		heard[i] = c->heard;
	}
}

/* 64 people are behind one address, and their heartbeats go on: each hears at
 * once of every change, four times a second. */
static void
test_office(void)
{
	struct world *w = crowd_begin(40);
	uint32_t last = 40 + OFFICE;
	uint64_t heard[FAKE_CLIENTS] = { 0 };

	for (uint32_t i = 40; i < last; i++)
		CU_ASSERT_TRUE(guest_enter(guest_behind(w, i, 'x', 1)));
	world_until(w, w->now + 5 * USEC_PER_SEC);
	for (uint32_t i = 0; i < last; i++)
		guest_send(&w->clients[i], WIRE_SYNC);
	for (uint32_t i = 0; i < 600; i++) {
		world_until(w, w->now + USEC_PER_SEC / 4);
		if (i % 4 == 0)
			beat_if_told(w, 40, last, heard);
		/* Each of the others sends one every 10 s or so. */
		for (uint32_t j = i * 37 % 40; j < last; j += 40)
			guest_send(&w->clients[j], WIRE_HEARTBEAT);
		CU_ASSERT_TRUE(guest_enter(&w->clients[i % 40]));
		world_until(w, w->now + FAKE_FLUSH);
		for (uint32_t j = 40; j < last; j++)
			CU_ASSERT_EQUAL(w->clients[j].version,
			    w->clients[i % 40].version);
	}
	world_free(w);
}

void
bootnode_echo_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_echo", NULL, NULL);

	CU_add_test(suite, "a source that is forged", test_forged_source);
	CU_add_test(suite, "three times the question", test_factor);
	CU_add_test(suite, "three times the joining", test_joining);
	CU_add_test(suite, "changes while it is read", test_changes);
	CU_add_test(suite, "lost acknowledgements", test_lost_acks);
	CU_add_test(suite, "a budget for what others do", test_budget);
	CU_add_test(suite, "an office", test_office);
}
