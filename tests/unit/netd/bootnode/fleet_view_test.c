/*
 * Who lives in a fleet, as one node sees it: from records that come every two
 * seconds, from an engine that can be away, forget, and show old ones.
 */
#include "netd/bootnode/fleet_view.h"

#include <CUnit/CUnit.h>

void fleet_view_suite(void);

#define START (100 * USEC_PER_SEC)
#define ROUND (2 * USEC_PER_SEC)

static const uint8_t key[SIPHASH_KEY] = "a key, 16 bytes";

static struct fleet_view view;
static uint64_t now;

static struct fleet_record
record(uint64_t id, uint64_t incarnation, uint64_t sequence)
{
	return (struct fleet_record){
		.id = id,
		.incarnation = incarnation,
		.sequence = sequence,
		.capacity = 100,
		.count = 1,
	};
}

static void
begin(void)
{
	const struct fleet_record self = record(1, 50, 1);

	now = START;
	fleet_view_init(&view, &self);
}

static enum sight
saw(uint64_t id, uint64_t incarnation, uint64_t sequence)
{
	const struct fleet_record r = record(id, incarnation, sequence);

	return fleet_view_saw(&view, now, &r);
}

/* A round is over, and the next one begins. Returns the number of nodes that
 * are lost. */
static unsigned int
next_round(void)
{
	unsigned int lost = 0;

	fleet_view_round(&view, now);
	while (fleet_view_lost(&view) != NULL)
		lost++;
	now += ROUND;
	return lost;
}

static bool
lives(uint64_t id)
{
	return fleet_view_find(&view, id) != NULL;
}

static void
test_alone(void)
{
	begin();
	CU_ASSERT_TRUE(lives(1));
	CU_ASSERT_FALSE(lives(2));
	CU_ASSERT_EQUAL(fleet_view_living(&view), 1);
	for (int i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(next_round(), 0);
	CU_ASSERT_TRUE(lives(1));
}

/* A node lives while its records are newer each time, and is lost six seconds
 * after the last of these. */
static void
test_lives_and_dies(void)
{
	unsigned int rounds = 0;

	begin();
	CU_ASSERT_EQUAL(saw(2, 60, 1), SIGHT_CAME);
	CU_ASSERT_EQUAL(next_round(), 0);
	for (uint64_t i = 2; i < 20; i++) {
		CU_ASSERT_EQUAL(saw(2, 60, i), SIGHT_AGAIN);
		CU_ASSERT_EQUAL(next_round(), 0);
	}
	CU_ASSERT_EQUAL(fleet_view_living(&view), 2);
	/* The engine has its last record for a while. */
	do {
		CU_ASSERT_EQUAL(saw(2, 60, 19), SIGHT_NOTHING);
		rounds++;
	} while (next_round() == 0);
	CU_ASSERT_EQUAL(rounds, 4); /* 8 s after the last new one */
	CU_ASSERT_FALSE(lives(2));
	CU_ASSERT_EQUAL(next_round(), 0); /* that is told once */
	/* It is back, after a restart. */
	CU_ASSERT_EQUAL(saw(2, 61, 1), SIGHT_CAME);
	CU_ASSERT_TRUE(lives(2));
}

/* Nobody who can write to the engine can have a dead node live on: not with its
 * old records, in whatever order. */
static void
test_old_records(void)
{
	begin();
	for (uint64_t i = 1; i <= 10; i++) {
		saw(2, 60, i);
		next_round();
	}
	for (uint64_t i = 1; i <= 10; i++) {
		CU_ASSERT_EQUAL(saw(2, 60, i), SIGHT_NOTHING);
		CU_ASSERT_EQUAL(saw(2, 59, 1000 + i), SIGHT_NOTHING);
		next_round();
	}
	CU_ASSERT_FALSE(lives(2));
}

/* While the engine is away there are no rounds, and nobody is lost; and when it
 * is back, without anything in it, all have six seconds to write again. */
static void
test_engine_away(void)
{
	begin();
	saw(2, 60, 1);
	saw(3, 60, 1);
	next_round();
	now += 600 * USEC_PER_SEC;
	CU_ASSERT_TRUE(lives(2));
	CU_ASSERT_EQUAL(next_round(), 0);
	CU_ASSERT_EQUAL(next_round(), 0);
	CU_ASSERT_EQUAL(saw(2, 60, 300), SIGHT_AGAIN);
	CU_ASSERT_EQUAL(next_round(), 0);
	CU_ASSERT_EQUAL(next_round(), 0);
	saw(2, 60, 301);
	CU_ASSERT_EQUAL(next_round(), 1); /* 3 is not back */
	CU_ASSERT_TRUE(lives(2));
	CU_ASSERT_FALSE(lives(3));
}

/* An engine that fails every other time does not keep the dead alive. */
static void
test_engine_flaps(void)
{
	unsigned int lost = 0;

	begin();
	saw(2, 60, 1);
	for (int i = 0; i < 4; i++) {
		lost += next_round();
		now += ROUND;
	}
	CU_ASSERT_EQUAL(lost, 1);
}

/* A dead node is remembered for a minute. */
static void
test_forgotten(void)
{
	begin();
	saw(2, 60, 5);
	for (int i = 0; i < 20; i++)
		next_round();
	CU_ASSERT_EQUAL(view.count, 2);
	CU_ASSERT_EQUAL(saw(2, 60, 5), SIGHT_NOTHING);
	for (int i = 0; i < 12; i++)
		next_round();
	CU_ASSERT_EQUAL(view.count, 1);
	CU_ASSERT_EQUAL(saw(2, 60, 5), SIGHT_CAME);
}

static void
test_full(void)
{
	begin();
	for (uint64_t id = 2; id <= FLEET_NODES_MAX; id++)
		CU_ASSERT_EQUAL(saw(id, 60, 1), SIGHT_CAME);
	CU_ASSERT_EQUAL(saw(1000, 60, 1), SIGHT_FULL);
	CU_ASSERT_EQUAL(fleet_view_living(&view), FLEET_NODES_MAX);
	for (int i = 0; i < 5; i++) {
		for (uint64_t id = 3; id <= FLEET_NODES_MAX; id++)
			saw(id, 60, 2 + (uint64_t)i);
		next_round();
	}
	/* One that is dead makes room. */
	CU_ASSERT_FALSE(lives(2));
	CU_ASSERT_EQUAL(saw(1000, 60, 1), SIGHT_CAME);
	CU_ASSERT_EQUAL(saw(1001, 60, 1), SIGHT_FULL);
}

/* What the engine has of us from before is no other node, but somebody who
 * writes as us now and again is. */
static void
test_twin(void)
{
	begin();
	CU_ASSERT_EQUAL(saw(1, 50, 1), SIGHT_NOTHING);
	CU_ASSERT_EQUAL(saw(1, 50, 0), SIGHT_NOTHING);
	CU_ASSERT_EQUAL(saw(1, 49, 700), SIGHT_NOTHING);
	CU_ASSERT_EQUAL(saw(1, 49, 700), SIGHT_NOTHING);
	CU_ASSERT_EQUAL(saw(1, 70, 3), SIGHT_NOTHING);
	CU_ASSERT_EQUAL(saw(1, 70, 4), SIGHT_TWIN);
	CU_ASSERT_EQUAL(saw(1, 70, 4), SIGHT_NOTHING);
	CU_ASSERT_EQUAL(saw(1, 70, 5), SIGHT_TWIN);
	CU_ASSERT_EQUAL(fleet_view_living(&view), 1);
}

/* Nodes that were known to the netd before this one live until they have had
 * time to show it. */
static void
test_told(void)
{
	const struct fleet_record other = record(2, 60, 7);
	const struct fleet_record self = record(1, 50, 1);

	begin();
	fleet_view_told(&view, &other);
	fleet_view_told(&view, &self);
	CU_ASSERT_EQUAL(fleet_view_living(&view), 2);
	for (int i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(next_round(), 0);
	CU_ASSERT_TRUE(lives(2));
	CU_ASSERT_EQUAL(next_round(), 1);
	/* After a round nobody is told anything any more. */
	fleet_view_told(&view, &(struct fleet_record){ .id = 3 });
	CU_ASSERT_FALSE(lives(3));
}

/* Nodes that drain are nobody's home, unless all do. */
static void
test_homes(void)
{
	struct fleet_record r = record(2, 60, 1);
	struct homes h;

	begin();
	saw(3, 60, 1);
	r.drains = true;
	fleet_view_saw(&view, now, &r);
	fleet_view_homes(&view, &h, key);
	CU_ASSERT_EQUAL_FATAL(h.count, 2);
	CU_ASSERT_EQUAL(h.nodes[0].id, 1);
	CU_ASSERT_EQUAL(h.nodes[1].id, 3);
	CU_ASSERT_EQUAL(h.nodes[1].capacity, 100);
	r = record(3, 60, 2);
	r.drains = true;
	fleet_view_saw(&view, now, &r);
	r = record(1, 50, 2);
	r.drains = true;
	fleet_view_own(&view, &r);
	fleet_view_homes(&view, &h, key);
	CU_ASSERT_EQUAL(h.count, 3);
	/* The dead are nobody's home. */
	for (int i = 0; i < 5; i++)
		next_round();
	fleet_view_homes(&view, &h, key);
	CU_ASSERT_EQUAL_FATAL(h.count, 1);
	CU_ASSERT_EQUAL(h.nodes[0].id, 1);
}

void
fleet_view_suite(void)
{
	CU_pSuite s = CU_add_suite("fleet_view", NULL, NULL);

	CU_ADD_TEST(s, test_alone);
	CU_ADD_TEST(s, test_lives_and_dies);
	CU_ADD_TEST(s, test_old_records);
	CU_ADD_TEST(s, test_engine_away);
	CU_ADD_TEST(s, test_engine_flaps);
	CU_ADD_TEST(s, test_forgotten);
	CU_ADD_TEST(s, test_full);
	CU_ADD_TEST(s, test_twin);
	CU_ADD_TEST(s, test_told);
	CU_ADD_TEST(s, test_homes);
}
