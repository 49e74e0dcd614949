/*
 * How a bootnode tells many at once: clients that have just joined are told
 * with the others, a burst waits for its own end, and rosters need few answers.
 */
#include "tests/unit/netd/bootnode/fake.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

void bootnode_burst_suite(void);

/* Makes a room of so many, who know each other. */
static struct world *
room_of(uint32_t peers)
{
	struct world *w = world_new(600, 512);

	for (uint32_t i = 0; i < peers; i++)
		CU_ASSERT_TRUE(guest_enter(guest_new(w, i, 'x')));
	world_until(w, w->now + USEC_PER_SEC);
	return w;
}

/* A client that joins alone is told everything at once: the others, and
 * itself. */
static void
test_quiet(void)
{
	struct world *w = room_of(100);
	uint64_t sealed = w->sent_by_type[WIRE_SEALED];
	struct guest *c = guest_entered(w, 100, 'x');

	CU_ASSERT_EQUAL(c->events, 0);
	CU_ASSERT_TRUE(guest_knows(c, 0, 101));
	CU_ASSERT_TRUE(guest_knows(&w->clients[0], 0, 101));
	/* There is one for each of the others, and a roster with 13 in a
	 * packet. */
	CU_ASSERT_EQUAL(w->sent_by_type[WIRE_SEALED] - sealed, 100 + 8);
	world_free(w);
}

/* Clients that join together hear of each other at the same time as all the
 * others: nobody is told twice, and nobody asks. */
static void
test_together(void)
{
	struct world *w = room_of(70);
	uint64_t sealed = w->sent_by_type[WIRE_SEALED], told, asked;

	asked = w->sent_by_type[WIRE_HEARTBEAT_ACK];
	told = w->told[IPC_SEAL];
	for (uint32_t i = 70; i < 90; i++)
		CU_ASSERT_TRUE(guest_enter(guest_new(w, i, 'x')));
	world_until(w, w->now + FAKE_FLUSH * 2);
	for (uint32_t i = 0; i < 90; i++)
		CU_ASSERT_TRUE(guest_knows(&w->clients[i], 0, 90));
	CU_ASSERT_EQUAL(w->sent_by_type[WIRE_HEARTBEAT_ACK], asked);
	/* 20 changes are two packets for each, and 70 members six for the
	 * newcomers; the last of them may have a whole roster. A message that
	 * nobody asked for is sealed for as many at once as possible. */
	CU_ASSERT(w->sent_by_type[WIRE_SEALED] - sealed <= 90 * 2 + 20 * 6 + 1);
	CU_ASSERT(w->told[IPC_SEAL] - told <= 2 * 2 + 3 + 20 * 3 + 7);
	world_free(w);
}

/* A change that is about to be told is no reason to ask. */
static void
test_untold(void)
{
	struct world *w = room_of(2);
	struct guest *a = &w->clients[0];
	uint64_t sealed = w->sent_by_type[WIRE_SEALED];

	CU_ASSERT_TRUE(guest_enter(guest_new(w, 2, 'x')));
	guest_send(a, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(a->room_version, a->version);
	guest_send(a, WIRE_SYNC);
	CU_ASSERT_EQUAL(a->ack.flags, 0);
	CU_ASSERT_EQUAL(w->sent_by_type[WIRE_SEALED], sealed);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_TRUE(guest_knows(a, 0, 3));
	CU_ASSERT_EQUAL(a->version, 3);
	world_free(w);
}

/* A client claims a later version, which nobody was told or which does not
 * exist yet: the answer is the roster. */
static void
test_claims(void)
{
	struct world *w = room_of(2);
	struct guest *a = &w->clients[0];

	CU_ASSERT_TRUE(guest_enter(guest_new(w, 2, 'x')));
	for (uint32_t v = 3; v < 5; v++) {
		unsigned int rosters = a->rosters;

		a->version = v;
		guest_send(a, WIRE_SYNC);
		CU_ASSERT_EQUAL(a->rosters, rosters + 1);
	}
	world_free(w);
}

/* A client that is being welcomed delays the others, but not for long. */
static void
test_admitted(void)
{
	struct world *w = room_of(1);
	struct guest *a = &w->clients[0];

	uint64_t told = w->told[IPC_SEAL];

	w->stuck_at = IPC_JOIN_REPLY;
	CU_ASSERT_FALSE(guest_enter(guest_new(w, 1, 'x')));
	world_until(w, w->now + ROOM_FLUSH_MAX - USEC_PER_MSEC);
	CU_ASSERT_EQUAL(w->told[IPC_SEAL], told);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(w->told[IPC_SEAL], told + 1);
	/* The change was told before the client was there: its roster has
	 * it. */
	w->stuck_at = IPC_NONE;
	world_run(w);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_TRUE(guest_knows(a, 0, 2));
	CU_ASSERT_TRUE(guest_knows(&w->clients[1], 0, 2));
	world_free(w);
}

/* In a large room a trickle of changes fills packets, as long as it goes on. */
static void
test_trickle(void)
{
	struct world *w = room_of(200);
	uint64_t sealed = w->sent_by_type[WIRE_SEALED], begun = w->now;

	for (uint32_t i = 200; i < 240; i++) {
		CU_ASSERT_TRUE(guest_enter(guest_new(w, i, 'x')));
		world_until(w, begun + (i - 199) * 8 * USEC_PER_MSEC);
	}
	world_until(w, w->now + ROOM_FLUSH_MAX);
	for (uint32_t i = 0; i < 240; i++)
		CU_ASSERT_TRUE(guest_knows(&w->clients[i], 0, 240));
	/* 40 changes are four packets for each of those who were there before,
	 * and one or two that the changes do not fill. */
	CU_ASSERT(
	    w->sent_by_type[WIRE_SEALED] - sealed <= 200 * 6 + 40 * (6 + 20));
	world_free(w);
}

/* When a room of so many is told of two who join one 4 ms after the other, in
 * milliseconds after the first. */
static uint64_t
told_after(uint32_t peers)
{
	struct world *w = room_of(peers - 2);
	uint64_t begun = w->now, ms = 4;
	struct guest *a = &w->clients[0];
	uint32_t version = a->version;

	CU_ASSERT_TRUE(guest_enter(guest_new(w, peers - 2, 'x')));
	world_until(w, begun + ms * USEC_PER_MSEC);
	CU_ASSERT_TRUE(guest_enter(guest_new(w, peers - 1, 'x')));
	CU_ASSERT_EQUAL(a->version, version);
	while (a->version == version && ms < 1000)
		world_until(w, begun + ++ms * USEC_PER_MSEC);
	CU_ASSERT_EQUAL(a->version, version + 2);
	world_free(w);
	return ms;
}

/* A small room is told 5 ms after the first; one of 64 waits until there was
 * nothing new for 8 ms, and looks for it each 5 ms. */
static void
test_large(void)
{
	CU_ASSERT_EQUAL(told_after(3), 5);
	CU_ASSERT_EQUAL(told_after(ROOM_LARGE - 1), 5);
	CU_ASSERT_EQUAL(told_after(ROOM_LARGE), 15);
}

/* In a large room, somebody who is about to join is waited for, too: not for
 * ever. */
static void
test_pending(void)
{
	struct world *w = room_of(ROOM_LARGE);
	uint64_t begun = w->now, told;

	CU_ASSERT_TRUE(guest_enter(guest_new(w, ROOM_LARGE, 'x')));
	told = w->told[IPC_SEAL];
	w->stuck_at = IPC_JOIN_OPEN;
	guest_enter(guest_new(w, ROOM_LARGE + 1, 'x'));
	world_until(w, begun + ROOM_FLUSH_MAX - USEC_PER_MSEC);
	CU_ASSERT_EQUAL(w->told[IPC_SEAL], told);
	world_until(w, begun + ROOM_FLUSH_MAX + 5 * USEC_PER_MSEC);
	CU_ASSERT(w->told[IPC_SEAL] > told);
	world_free(w);
}

/* Sealed packets are an answer, and every third one brings another echo. */
static void
test_answers(void)
{
	struct world *w = room_of(300);
	struct guest *c = guest_new(w, 300, 'x');
	uint64_t sealed;

	c->mute = true;
	CU_ASSERT_TRUE(guest_enter(c));
	world_until(w, w->now + FAKE_FLUSH * 2);
	c->sync_len = WIRE_MAX;
	for (int i = 0; c->roster_open && i < 9; i++) {
		sealed = w->sent_by_type[WIRE_SEALED];
		guest_send(c, WIRE_SYNC);
		CU_ASSERT(w->sent_by_type[WIRE_SEALED] > sealed);
		CU_ASSERT_EQUAL(c->ack.flags, 0);
		CU_ASSERT_EQUAL(c->acks, (unsigned int)(i + 1) / 3);
	}
	CU_ASSERT_TRUE(guest_knows(c, 0, 301));
	/* If there is nothing to tell, the answer is that the client was
	 * heard. */
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->ack.counter, c->counter);
	world_free(w);
}

void
bootnode_burst_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_burst", NULL, NULL);

	CU_add_test(suite, "one joins a quiet room", test_quiet);
	CU_add_test(suite, "twenty join together", test_together);
	CU_add_test(suite, "what is told soon", test_untold);
	CU_add_test(suite, "versions of later", test_claims);
	CU_add_test(suite, "welcomes are waited for", test_admitted);
	CU_add_test(suite, "a trickle", test_trickle);
	CU_add_test(suite, "large rooms", test_large);
	CU_add_test(suite, "a JOIN under way", test_pending);
	CU_add_test(suite, "answers that acknowledge", test_answers);
}
