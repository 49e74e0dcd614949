/*
 * The homes of rooms: each node has its share, a node that comes or goes moves
 * its own rooms alone, and all nodes find the same. The counts are of fixed
 * tags, so they never differ. tests/bench/homes.c does the same with a million
 * rooms.
 */
#include "netd/bootnode/homes.h"

#include <CUnit/CUnit.h>

void homes_suite(void);

#define ROOMS 20000

static const uint8_t key[SIPHASH_KEY] = "a key, 16 bytes";
static const struct room_tag zeros;

static struct room_tag
tag_of(uint32_t number)
{
	struct room_tag tag = zeros;

	memcpy(tag.bytes, &number, sizeof(number));
	return tag;
}

/* Nodes from 1 on, of which the last have this capacity and the others 1000,
 * and without one of them (0: with all). */
static void
make(struct homes *h, uint64_t count, uint64_t heavy, uint32_t capacity,
    uint64_t without)
{
	homes_init(h, key);
	for (uint64_t id = 1; id <= count; id++)
		if (id != without)
			homes_add(h, id, id > count - heavy ? capacity : 1000);
}

static uint64_t
home(const struct homes *h, uint32_t room)
{
	const struct room_tag tag = tag_of(room);

	return homes_find(h, &tag, NULL);
}

static void
count_rooms(const struct homes *h, uint32_t counts[HOMES_MAX + 1])
{
	memset(counts, 0, (HOMES_MAX + 1) * sizeof(counts[0]));
	for (uint32_t room = 0; room < ROOMS; room++)
		counts[home(h, room)]++;
}

/* The fullest node has at most a fifth more than its share, and the emptiest a
 * fifth less. */
static void
check_shares(uint64_t count, uint64_t heavy, uint32_t capacity)
{
	uint32_t counts[HOMES_MAX + 1];
	uint64_t sum = 0;
	struct homes h;

	make(&h, count, heavy, capacity, 0);
	for (size_t i = 0; i < h.count; i++)
		sum += h.nodes[i].capacity;
	count_rooms(&h, counts);
	for (size_t i = 0; i < h.count; i++) {
		const uint64_t share =
		    (uint64_t)ROOMS * h.nodes[i].capacity / sum;

		CU_ASSERT(counts[h.nodes[i].id] * 5 <= share * 6);
		CU_ASSERT(counts[h.nodes[i].id] * 5 >= share * 4);
	}
}

static void
test_shares(void)
{
	check_shares(2, 0, 0);
	check_shares(3, 0, 0);
	check_shares(16, 0, 0);
	check_shares(3, 1, 2000);
	check_shares(10, 3, 3000);
	check_shares(4, 1, 500);
	check_shares(2, 1, 999);
	check_shares(16, 8, 4000);
}

/* Capacities of all sizes there can be: nobody draws a number that overflows,
 * and he who has next to nothing gets next to nothing. */
static void
test_extreme_capacities(void)
{
	uint32_t counts[HOMES_MAX + 1];
	struct homes h;

	homes_init(&h, key);
	homes_add(&h, 1, 1);
	homes_add(&h, 2, UINT32_MAX);
	homes_add(&h, 3, UINT32_MAX);
	count_rooms(&h, counts);
	CU_ASSERT(counts[1] <= 1);
	CU_ASSERT(counts[2] > ROOMS * 9 / 20);
	CU_ASSERT(counts[3] > ROOMS * 9 / 20);
}

/* One node comes, or goes, which is the same read from the end: no room moves
 * but its own, and those are no more than a tenth more than its share. */
static void
check_change(uint64_t count, uint64_t which, uint32_t capacity)
{
	struct homes with, without;
	uint64_t moved = 0, sum = 0;
	uint32_t weight = 0;

	make(&with, count, 1, capacity, 0);
	make(&without, count, 1, capacity, which);
	for (size_t i = 0; i < with.count; i++) {
		sum += with.nodes[i].capacity;
		if (with.nodes[i].id == which)
			weight = with.nodes[i].capacity;
	}
	for (uint32_t room = 0; room < ROOMS; room++) {
		const uint64_t here = home(&with, room);

		if (here == home(&without, room))
			continue;
		CU_ASSERT_EQUAL(here, which);
		moved++;
	}
	CU_ASSERT(moved > 0);
	CU_ASSERT(moved * sum * 10 <= (uint64_t)ROOMS * weight * 11);
}

static void
test_changes(void)
{
	check_change(2, 1, 1000);
	check_change(3, 2, 1000);
	check_change(10, 5, 1000);
	check_change(10, 10, 3000);
	check_change(16, 1, 1000);
}

/* The order in which nodes are added says nothing, and neither does how large
 * the unit of the capacities is. */
static void
test_same_everywhere(void)
{
	struct homes forward, backward;

	homes_init(&forward, key);
	homes_init(&backward, key);
	for (uint64_t i = 1; i <= 20; i++) {
		homes_add(&forward, i * 7919, (uint32_t)(i * 1000));
		homes_add(&backward, (21 - i) * 7919,
		    (uint32_t)((21 - i) * 1000));
	}
	for (uint32_t room = 0; room < 1000; room++) {
		const struct room_tag tag = tag_of(room);

		CU_ASSERT_EQUAL(homes_find(&forward, &tag, NULL),
		    homes_find(&backward, &tag, NULL));
	}
}

/* What every build on every machine has to find; computed by another program,
 * with a logarithm in floating point. */
static void
test_known(void)
{
	static const uint64_t expected[] = { 7, 4, 7, 6, 3, 7, 8, 1 };
	struct homes h;

	make(&h, 8, 2, 3000, 0);
	for (uint32_t room = 0; room < 8; room++)
		CU_ASSERT_EQUAL(home(&h, room), expected[room]);
}

/* Who skips the home gets the node that would be the home without it, and so
 * on, until there are no more. Another view of the fleet, without a node that
 * is skipped, has the same answer. */
static void
test_skips(void)
{
	struct homes all, less;

	make(&all, 6, 2, 2500, 0);
	for (uint32_t room = 0; room < 500; room++) {
		const struct room_tag tag = tag_of(room);
		struct node_skips skips = { .count = 0 };
		uint64_t seen = 0, found;

		make(&less, 6, 2, 2500, homes_find(&all, &tag, NULL));
		for (unsigned int i = 0; i < 6; i++) {
			found = homes_find(&all, &tag, &skips);
			CU_ASSERT_EQUAL(seen & 1u << found, 0);
			seen |= 1u << found;
			if (i > 0)
				CU_ASSERT_EQUAL(homes_find(&less, &tag, &skips),
				    found);
			skips.names[skips.count++] = homes_name(found);
		}
		CU_ASSERT_EQUAL(homes_find(&all, &tag, &skips), 0);
	}
}

static void
test_none_and_one(void)
{
	struct homes h;

	homes_init(&h, key);
	CU_ASSERT_EQUAL(homes_find(&h, &zeros, NULL), 0);
	homes_add(&h, 77, 1);
	CU_ASSERT_EQUAL(homes_find(&h, &zeros, NULL), 77);
}

/* Whoever does not know the key cannot tell where a room is at home. */
static void
test_key(void)
{
	static const uint8_t other[SIPHASH_KEY] = "another, of 16.";
	struct homes a, b;
	unsigned int same = 0;

	homes_init(&a, key);
	homes_init(&b, other);
	for (uint64_t id = 1; id <= 10; id++) {
		homes_add(&a, id, 5);
		homes_add(&b, id, 5);
	}
	for (uint32_t room = 0; room < 1000; room++)
		same += home(&a, room) == home(&b, room);
	CU_ASSERT(same > 50 && same < 150);
}

/* As many nodes as there may be. */
static void
test_most(void)
{
	uint32_t counts[HOMES_MAX + 1];
	struct homes h;

	make(&h, HOMES_MAX, 0, 0, 0);
	count_rooms(&h, counts);
	for (size_t i = 1; i <= HOMES_MAX; i++)
		CU_ASSERT(counts[i] > 0);
}

void
homes_suite(void)
{
	CU_pSuite s = CU_add_suite("homes", NULL, NULL);

	CU_ADD_TEST(s, test_shares);
	CU_ADD_TEST(s, test_extreme_capacities);
	CU_ADD_TEST(s, test_changes);
	CU_ADD_TEST(s, test_same_everywhere);
	CU_ADD_TEST(s, test_known);
	CU_ADD_TEST(s, test_skips);
	CU_ADD_TEST(s, test_none_and_one);
	CU_ADD_TEST(s, test_key);
	CU_ADD_TEST(s, test_most);
}
