/*
 * Ranges of packet numbers: numbered boundary cases, and random numbers
 * compared with a model that simply remembers every one.
 */
#include "netd/transport/ranges.h"
#include "tests/unit/simnet.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ranges_suite(void);

#define TEXT_LEN 1024
#define MODEL	 2048 /* numbers */
#define ROUNDS	 400

/* Writes "7-9 2-3 0", as an ACK frame would say it. */
static void
format_ranges(const struct ranges *r, char text[TEXT_LEN])
{
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < r->count && at < TEXT_LEN; i++) {
		const struct range *one = &r->at[i];

		at += (size_t)snprintf(text + at, TEXT_LEN - at,
		    one->first == one->last ? "%s%llu" : "%s%llu-%llu",
		    i == 0 ? "" : " ", (unsigned long long)one->first,
		    (unsigned long long)one->last);
	}
}

static const struct {
	int number;
	const char *what;
	const char *add;
	const char *want;
} cases[] = {
	{ 1, "none", "", "" },
	{ 2, "the first number", "0", "0" },
	{ 3, "the last number there is", "18446744073709551615",
	    "18446744073709551615" },
	{ 4, "both ends of them", "0 18446744073709551615",
	    "18446744073709551615 0" },
	{ 5, "in order", "0 1 2 3", "0-3" },
	{ 6, "in falling order", "3 2 1 0", "0-3" },
	{ 7, "the same twice", "4 4", "4" },
	{ 8, "inside a range", "4 5 6 5", "4-6" },
	{ 9, "a gap of one", "4 6", "6 4" },
	{ 10, "the gap is filled: two become one", "4 6 5", "4-6" },
	{ 11, "one above", "4 5", "4-5" },
	{ 12, "one below", "5 4", "4-5" },
	{ 13, "two above the top", "4 6 8", "8 6 4" },
	{ 14, "below all", "8 6 1", "8 6 1" },
	{ 15, "between two, touching neither", "1 9 5", "9 5 1" },
	{ 16, "between two, touching the upper", "1 9 8", "8-9 1" },
	{ 17, "between two, touching the lower", "1 9 2", "9 1-2" },
	{ 18, "in the middle of three", "1 5 9 4 6", "9 4-6 1" },
	{ 19, "the middle gap of many", "1 3 7 9 5 4 6", "9 3-7 1" },
	{ 20, "0 last of all", "2 1 0", "0-2" },
	{ 21, "below the last there is",
	    "18446744073709551615 "
	    "18446744073709551614",
	    "18446744073709551614-"
	    "18446744073709551615" },
};

static void
test_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ranges r = { .count = 0 };
		char text[TEXT_LEN], *end;
		const char *p = cases[i].add;

		while (*p != '\0') {
			unsigned long long number = strtoull(p, &end, 10);

			CU_ASSERT_PTR_NOT_EQUAL_FATAL(end, p);
			ranges_add(&r, number);
			CU_ASSERT_TRUE(ranges_has(&r, number));
			p = end;
		}
		format_ranges(&r, text);
		CU_ASSERT_STRING_EQUAL(text, cases[i].want);
		if (strcmp(text, cases[i].want) != 0)
			printf("\ncase %d, %s: %s, not %s\n", cases[i].number,
			    cases[i].what, text, cases[i].want);
	}
}

static void
test_has(void)
{
	struct ranges r = { .count = 0 };

	CU_ASSERT_FALSE(ranges_has(&r, 0));
	CU_ASSERT_FALSE(ranges_has(&r, UINT64_MAX));
	ranges_add(&r, 5);
	ranges_add(&r, 6);
	ranges_add(&r, 9);
	for (uint64_t n = 0; n < 12; n++)
		CU_ASSERT_EQUAL(ranges_has(&r, n), n == 5 || n == 6 || n == 9);
}

/* Adds every second number: each is a range of its own. */
static void
fill_up(struct ranges *r)
{
	memset(r, 0, sizeof(*r));
	for (uint64_t i = 0; i < RANGES_MAX; i++)
		ranges_add(r, 10 + 2 * i);
	CU_ASSERT_EQUAL_FATAL(r->count, RANGES_MAX);
	CU_ASSERT_EQUAL(r->floor, 0);
}

static void
test_full(void)
{
	uint64_t top = 10 + 2 * (RANGES_MAX - 1);
	struct ranges r;

	/* A new highest number comes: the lowest range is forgotten. */
	fill_up(&r);
	ranges_add(&r, top + 2);
	CU_ASSERT_EQUAL(r.count, RANGES_MAX);
	CU_ASSERT_EQUAL(r.at[0].first, top + 2);
	CU_ASSERT_EQUAL(r.at[RANGES_MAX - 1].first, 12);
	CU_ASSERT_EQUAL(r.floor, 11);
	CU_ASSERT_TRUE(ranges_has(&r, 0)); /* below the floor: as if received */
	CU_ASSERT_TRUE(ranges_has(&r, 10));
	CU_ASSERT_FALSE(ranges_has(&r, 11));
	CU_ASSERT_TRUE(ranges_has(&r, 12));
	/* A number below the floor changes nothing. */
	ranges_add(&r, 3);
	CU_ASSERT_EQUAL(r.at[RANGES_MAX - 1].first, 12);

	/* A number comes that is lower than all: it is not kept, but counts. */
	fill_up(&r);
	ranges_add(&r, 8);
	CU_ASSERT_TRUE(ranges_has(&r, 8));
	CU_ASSERT_EQUAL(r.at[r.count - 1].first, 12);
	CU_ASSERT_EQUAL(r.floor, 11);

	/* A range that grows or joins another takes no room. */
	fill_up(&r);
	ranges_add(&r, top + 1);
	CU_ASSERT_EQUAL(r.at[0].last, top + 1);
	ranges_add(&r, 9);
	CU_ASSERT_EQUAL(r.at[RANGES_MAX - 1].first, 9);
	CU_ASSERT_EQUAL(r.floor, 0);
	ranges_add(&r, 11);
	CU_ASSERT_EQUAL(r.count, RANGES_MAX - 1);
	CU_ASSERT_EQUAL(r.at[RANGES_MAX - 2].first, 9);
	CU_ASSERT_EQUAL(r.at[RANGES_MAX - 2].last, 12);
}

/* The new range goes between the two lowest of a full list. */
static void
test_full_between(void)
{
	struct ranges r;

	memset(&r, 0, sizeof(r));
	ranges_add(&r, 1);
	for (uint64_t i = 1; i < RANGES_MAX; i++)
		ranges_add(&r, 10 * i);
	CU_ASSERT_EQUAL_FATAL(r.count, RANGES_MAX);
	ranges_add(&r, 5);
	CU_ASSERT_EQUAL(r.count, RANGES_MAX);
	CU_ASSERT_EQUAL(r.floor, 2);
	CU_ASSERT_EQUAL(r.at[RANGES_MAX - 1].first, 5);
	CU_ASSERT_EQUAL(r.at[RANGES_MAX - 1].last, 5);
	CU_ASSERT_TRUE(ranges_has(&r, 1));
	CU_ASSERT_FALSE(ranges_has(&r, 2));
}

/* Checks the promise of the header: falling, with gaps, none below the
 * floor. */
static bool
in_order(const struct ranges *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->at[i].first > r->at[i].last ||
		    r->at[i].first < r->floor ||
		    (i > 0 && r->at[i - 1].first < r->at[i].last + 2))
			return false;
	return r->count <= RANGES_MAX;
}

static bool
agrees(const struct ranges *r, const bool model[MODEL])
{
	for (uint64_t n = 0; n < MODEL; n++)
		if (ranges_has(r, n) != (n < r->floor || model[n]))
			return false;
	return true;
}

/* Numbers come in order except for some that are late, by a window that is
 * narrow (few ranges) or wide (more than fit). */
static void
test_model(void)
{
	static bool model[MODEL];

	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		uint64_t random = seed, window = 1 + seed * seed % 300;
		struct ranges r = { .count = 0 };
		uint64_t floor = 0;
		bool ok = true;

		memset(model, 0, sizeof(model));
		for (uint64_t n = 0; n < MODEL - window && ok; n++) {
			uint64_t number = n + simnet_random(&random) % window;

			model[number] = true;
			ranges_add(&r, number);
			ok = in_order(&r) && r.floor >= floor &&
			    ranges_has(&r, number);
			if (n % 97 == 0)
				ok = ok && agrees(&r, model);
			floor = r.floor;
		}
		ok = ok && agrees(&r, model);
		CU_ASSERT_TRUE(ok);
		if (!ok)
			printf("\nseed %llu\n", (unsigned long long)seed);
	}
}

void
ranges_suite(void)
{
	CU_pSuite suite = CU_add_suite("ranges", NULL, NULL);

	CU_add_test(suite, "boundary cases", test_cases);
	CU_add_test(suite, "what is in them", test_has);
	CU_add_test(suite, "more than fit", test_full);
	CU_add_test(suite, "more than fit, between", test_full_between);
	CU_add_test(suite, "random numbers against a model", test_model);
}
