/*
 * What a bootnode sends to whom: nothing beyond what came from an address that
 * has not shown lately that it receives, three times what was asked with to
 * others, and what nobody asked for within a budget.
 */
#include "bootnode_fake.h"
#include "netd/bootnode_parts.h"

#include <CUnit/CUnit.h>

void bootnode_echo_suite(void);

#define PEERS 300

/* A room of so many. */
static struct world *
begin(uint32_t peers)
{
	struct world *w = world_new(600, 512);

	for (uint32_t i = 0; i < peers; i++)
		CU_ASSERT_TRUE(guest_enter(guest_new(w, i, 'x')));
	world_until(w, w->now + USEC_PER_SEC);
	return w;
}

/* Everybody else shows that they are there. */
static void
beat(struct world *w, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i < last; i++)
		guest_send(&w->clients[i], WIRE_HEARTBEAT);
}

/*
 * A client whose address is not its own any more: it sends, and does not hear.
 * Whatever it sends, the address gets no more than that.
 */
static void
test_forged_source(void)
{
	struct world *w = begin(100);
	struct guest *c = &w->clients[0];
	uint64_t echo = c->echo, heard, sent = 0, first;

	beat(w, 0, 100);
	c->mute = true;
	/* The echoes that it has are good for a few. */
	for (int i = 0; i < 8; i++) {
		c->echo = echo;
		guest_asks(c, WIRE_SYNC);
	}
	first = heard = c->heard;
	for (int i = 0; i < 2000; i++) {
		c->version = (uint32_t)i;
		c->roster_open = false;
		c->echo = echo;
		sent += guest_asks(c, i % 2 ? WIRE_SYNC : WIRE_HEARTBEAT);
		CU_ASSERT(c->heard - first <= sent);
		if (i % 20 != 19)
			continue;
		/* Others make changes meanwhile. */
		world_until(w, w->now + USEC_PER_SEC);
		beat(w, 1, 99);
		CU_ASSERT_TRUE(guest_enter(&w->clients[99]));
		world_until(w, w->now + FAKE_FLUSH);
		if (w->now < FAKE_START + 40 * USEC_PER_SEC)
			first = c->heard, sent = 0;
	}
	CU_ASSERT(w->now > FAKE_START + 90 * USEC_PER_SEC);
	CU_ASSERT(heard < c->heard);
	/* It hears again: the answer says so, and it asks once more. */
	c->mute = false;
	c->version = 0;
	c->roster_open = false;
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->ack.flags, 0);
	CU_ASSERT_TRUE(guest_knows(c, 0, 100));
	world_free(w);
}

/* At most three times what was asked with, however short or long that is. */
static void
test_factor(void)
{
	struct world *w = begin(PEERS);
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

/* At joining, too: HELLO and JOIN, COOKIE, WELCOME and the first packets. */
static void
test_joining(void)
{
	struct world *w = begin(PEERS);
	struct guest *c = guest_new(w, PEERS, 'x');
	uint8_t buf[WIRE_MAX];

	c->mute = true;
	CU_ASSERT_TRUE(guest_enter(c));
	world_until(w, w->now + FAKE_FLUSH * 2);
	CU_ASSERT_EQUAL(w->stats.sessions, PEERS);
	CU_ASSERT(c->heard <= 3 * (WIRE_HELLO_LEN + guest_join(c, buf)));
	CU_ASSERT(c->heard > 2 * WIRE_HELLO_LEN);
	CU_ASSERT_TRUE(c->roster_open);
	/* All of the rest in a few round trips. */
	c->mute = false;
	c->acks = 0;
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_TRUE(guest_knows(c, 0, PEERS + 1));
	CU_ASSERT(c->acks <= 8);
	world_free(w);
}

/* The room changes while its roster is read. */
static void
test_changes(void)
{
	struct world *w = begin(PEERS);
	struct guest *c = guest_new(w, PEERS, 'x');
	uint32_t left = 10;

	c->mute = true;
	CU_ASSERT_TRUE(guest_enter(c));
	world_until(w, w->now + FAKE_FLUSH * 2);
	for (uint32_t i = 0; i < left; i++) {
		CU_ASSERT_TRUE(c->roster_open || i > 5);
		guest_send(&w->clients[i], WIRE_LEAVE);
		if (i % 2) /* it does not hear of it */
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

/* Lost acknowledgements, up to three in a row, cost nothing. */
static void
test_lost_acks(void)
{
	struct world *w = begin(10);
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
	/* An echo is that of an address and of a session. */
	c->echo = w->clients[1].echo;
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->ack.flags, ACK_AGAIN);
	world_free(w);
}

/* What others do is told within a budget, and asked for beyond it. */
static void
test_budget(void)
{
	struct world *w = begin(100);
	struct guest *c = &w->clients[0];
	uint64_t heard;

	w->no_limits = true;
	beat(w, 0, 100);
	heard = c->heard;
	for (int i = 0; i < 2000; i++) {
		CU_ASSERT_TRUE(guest_enter(&w->clients[1 + i % 99]));
		if (i % 10 == 9)
			world_until(w, w->now + FAKE_FLUSH);
	}
	CU_ASSERT(c->heard - heard > 60 * 1024);
	CU_ASSERT(c->heard - heard <= 64 * 1024);
	guest_send(c, WIRE_HEARTBEAT);
	CU_ASSERT_NOT_EQUAL(c->version, c->room_version);
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->version, c->room_version);
	CU_ASSERT_TRUE(guest_knows(c, 0, 100));
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
}
