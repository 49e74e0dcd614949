/*
 * The table of what happened lately: what is known and until when, what is
 * forgotten for something else, and how often something may happen.
 */
#include "netd/bootnode/recent.h"

#include <CUnit/CUnit.h>

#include <string.h>

void recent_suite(void);

#define START (100 * USEC_PER_SEC)

/* Keys that may be in the same places have the same upper half. */
#define KEY(set, n) ((uint64_t)(set) << 32 | (n) << 1 | 1)
#define SETS	    (RECENT_PLACES_MIN / RECENT_WAYS)

static struct recent table;

static void
begin_with(size_t places)
{
	recent_clear(&table);
	CU_ASSERT_EQUAL_FATAL(recent_init(&table, places), 0);
}

static void
begin(void)
{
	begin_with(RECENT_PLACES_MIN);
}

static void
put(uint64_t key, uint64_t until, uint32_t value)
{
	recent_put(&table, key, until, value);
}

/* The value of a key, or UINT32_MAX if nothing is known of it. */
static uint32_t
value(uint64_t now, uint64_t key)
{
	const struct recent_entry *e = recent_find(&table, now, key);

	return e != NULL ? e->value : UINT32_MAX;
}

/* A key is of all of the bytes and of the secret, and never 0, which is that
 * of places that were never used. */
static void
test_keys(void)
{
	uint64_t key;

	begin();
	key = recent_key(&table, "abc", 3);
	CU_ASSERT_EQUAL(recent_key(&table, "abc", 3), key);
	CU_ASSERT_NOT_EQUAL(recent_key(&table, "abd", 3), key);
	CU_ASSERT_NOT_EQUAL(recent_key(&table, "abc", 2), key);
	table.secret[0] = 1;
	CU_ASSERT_NOT_EQUAL(recent_key(&table, "abc", 3), key);
	for (uint32_t i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(recent_key(&table, &i, sizeof(i)) & 1, 1);
}

static void
test_time(void)
{
	begin();
	put(KEY(7, 1), START + 10, 3);
	CU_ASSERT_EQUAL(value(START, KEY(7, 1)), 3);
	CU_ASSERT_EQUAL(value(START + 9, KEY(7, 1)), 3);
	CU_ASSERT_EQUAL(value(START + 10, KEY(7, 1)), UINT32_MAX);
	CU_ASSERT_EQUAL(value(START, KEY(7, 2)), UINT32_MAX);
	CU_ASSERT_EQUAL(value(START, KEY(8, 1)), UINT32_MAX);
	/* What is put again takes the place of what was there. */
	put(KEY(7, 1), START + 20, 4);
	CU_ASSERT_EQUAL(value(START + 10, KEY(7, 1)), 4);
}

/* Of nine keys with the same eight places, the one is forgotten whose time is
 * over first, wherever it is; and none, for one that is known already. */
static void
test_forgotten(void)
{
	for (uint64_t first = 0; first < RECENT_WAYS; first++) {
		begin();
		for (uint64_t i = 0; i < RECENT_WAYS; i++)
			put(KEY(5, i), START + (i == first ? 10 : 20),
			    (uint32_t)i);
		for (uint64_t i = 0; i < RECENT_WAYS; i++)
			CU_ASSERT_EQUAL(value(START, KEY(5, i)), i);
		for (uint64_t i = 0; i < RECENT_WAYS; i++)
			if (i != first)
				put(KEY(5, i), START + 30, (uint32_t)i);
		CU_ASSERT_EQUAL(value(START, KEY(5, first)), first);
		put(KEY(5, 90), START + 5, 9);
		for (uint64_t i = 0; i < RECENT_WAYS; i++)
			CU_ASSERT_EQUAL(value(START, KEY(5, i)),
			    i == first ? UINT32_MAX : i);
		CU_ASSERT_EQUAL(value(START, KEY(5, 90)), 9);
	}
}

/* All places are used, and each key has its own. */
static void
test_full(void)
{
	unsigned int known = 0;

	begin();
	for (uint64_t set = 0; set < SETS; set++)
		for (uint64_t i = 0; i < RECENT_WAYS; i++)
			put(KEY(set, i), START + 1, (uint32_t)set);
	for (uint64_t set = 0; set < SETS; set++)
		for (uint64_t i = 0; i < RECENT_WAYS; i++)
			known += value(START, KEY(set, i)) == set;
	CU_ASSERT_EQUAL(known, RECENT_PLACES_MIN);
	/* The next one shares the places of the first. */
	put(KEY(SETS, 90), START + 1, 1);
	CU_ASSERT_EQUAL(value(START, KEY(0, 0)), UINT32_MAX);
}

/* A table has the places that were asked for, or a few more, but never less
 * than some; one that was never made keeps nothing. */
static void
test_places(void)
{
	static const struct {
		size_t asked, count;
	} cases[] = {
		{ 0, RECENT_PLACES_MIN },
		{ RECENT_PLACES_MIN, RECENT_PLACES_MIN },
		{ RECENT_PLACES_MIN + 1, RECENT_PLACES_MIN + RECENT_WAYS },
		{ 65000, 65000 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin_with(cases[i].asked);
		CU_ASSERT_EQUAL(table.count, cases[i].count);
		/* The very last set. */
		put(KEY(table.count / RECENT_WAYS - 1, 1), START + 1, 5);
		CU_ASSERT_EQUAL(table.places[table.count - RECENT_WAYS].value,
		    5);
	}
	recent_clear(&table);
	put(KEY(7, 1), START + 10, 3);
	CU_ASSERT_EQUAL(value(START, KEY(7, 1)), UINT32_MAX);
	CU_ASSERT_TRUE(recent_take(&table, START, KEY(7, 1), 100, 1));
}

#define JOINS	 4000 /* a second */
#define KEPT_FOR 120  /* seconds */

static uint64_t
numbered_key(uint32_t number)
{
	return recent_key(&table, &number, sizeof(number));
}

/* Returns how many of the events of a second are known then, in percent. */
static double
known_of(uint32_t second, uint64_t now)
{
	unsigned int known = 0;

	for (uint32_t i = second * JOINS; i < (second + 1) * JOINS; i++)
		known += value(now, numbered_key(i)) == i;
	return 100.0 * known / JOINS;
}

/*
 * A bootnode's million clients come back, 4,000 a second. What is forgotten too
 * soon is old, and garbage that is sent as fast, which is kept for 5 s, takes
 * few places.
 */
static void
test_storm(void)
{
	const uint64_t end = START + KEPT_FOR * USEC_PER_SEC;
	uint32_t garbage = 1u << 31;
	uint64_t now = START;

	begin_with(524288);
	for (uint32_t i = 0; i < KEPT_FOR * JOINS; i++) {
		now = START + i * USEC_PER_SEC / JOINS;
		put(numbered_key(i), now + KEPT_FOR * USEC_PER_SEC, i);
	}
	CU_ASSERT(known_of(119, now) == 100);
	CU_ASSERT(known_of(60, now) > 95);
	CU_ASSERT(known_of(30, now) > 80);
	CU_ASSERT(known_of(0, now) > 40);
	CU_ASSERT(known_of(0, end + USEC_PER_SEC) == 0);
	for (uint32_t i = 0; i < 10 * JOINS; i++) {
		now = end + i * USEC_PER_SEC / JOINS;
		put(numbered_key(garbage++), now + 5 * USEC_PER_SEC, 0);
	}
	CU_ASSERT(known_of(119, now) > 99);
	CU_ASSERT(known_of(60, now) > 80);
}

/* How often it may happen now, up to ten times. */
static unsigned int
times(uint64_t now, uint64_t spacing, uint32_t burst)
{
	unsigned int n = 0;

	while (n < 10 && recent_take(&table, now, KEY(3, 1), spacing, burst))
		n++;
	return n;
}

/* So many times at once, one more after each spacing, and after a pause not
 * more than at once. */
static void
test_take(void)
{
	begin();
	CU_ASSERT_EQUAL(times(START, 100, 3), 3);
	CU_ASSERT_EQUAL(times(START + 99, 100, 3), 0);
	CU_ASSERT_EQUAL(times(START + 100, 100, 3), 1);
	CU_ASSERT_EQUAL(times(START + 199, 100, 3), 0);
	CU_ASSERT_EQUAL(times(START + 350, 100, 3), 2);
	CU_ASSERT_EQUAL(times(START + 599, 100, 3), 2);
	CU_ASSERT_EQUAL(times(START + 9000, 100, 3), 3);
	/* What may happen once at a time. */
	begin();
	CU_ASSERT_EQUAL(times(START, 100, 1), 1);
	CU_ASSERT_EQUAL(times(START + 99, 100, 1), 0);
	CU_ASSERT_EQUAL(times(START + 100, 100, 1), 1);
	recent_clear(&table);
}

void
recent_suite(void)
{
	CU_pSuite suite = CU_add_suite("recent", NULL, NULL);

	CU_add_test(suite, "keys", test_keys);
	CU_add_test(suite, "known for a time", test_time);
	CU_add_test(suite, "forgotten for another", test_forgotten);
	CU_add_test(suite, "all places", test_full);
	CU_add_test(suite, "number of places", test_places);
	CU_add_test(suite, "a million come back", test_storm);
	CU_add_test(suite, "how often", test_take);
}
