/*
 * Which messages that were given up a receipt tells as received after all.
 */
#include "cryptod/client/late.h"

#include "tests/unit/suites.h"

#include <CUnit/CUnit.h>

void late_suite(void);

static void
give(struct lates *l, uint64_t first, uint64_t last)
{
	for (uint64_t seq = first; seq <= last; seq++)
		late_given(l, seq);
}

/* How many a receipt up to this number tells of. */
static unsigned int
receipt(struct lates *l, uint64_t seq)
{
	unsigned int count = 0;
	uint64_t next;

	while ((next = late_received(l, seq)) != 0) {
		CU_ASSERT(next <= seq);
		count++;
	}
	return count;
}

/* On the stream that had them, each is told of once. */
static void
test_same_stream(void)
{
	struct lates l = { .given = 0 };

	give(&l, 1, 9);
	CU_ASSERT_EQUAL(receipt(&l, 2), 0);
	for (uint64_t seq = 3; seq <= 9; seq++)
		late_add(&l, seq, true);
	CU_ASSERT_EQUAL(receipt(&l, 5), 3);
	CU_ASSERT_EQUAL(receipt(&l, 5), 0);
	CU_ASSERT_EQUAL(receipt(&l, 20), 4);
}

/* The first receipt of the next stream tells of them, and no later one does:
 * they were not sent again. Before it, nothing may be given. */
static void
test_next_stream(void)
{
	struct lates l = { .given = 0 };

	give(&l, 1, 4);
	for (uint64_t seq = 1; seq <= 4; seq++)
		late_add(&l, seq, true);
	CU_ASSERT_FALSE(late_wait(&l));
	late_over(&l);
	CU_ASSERT_TRUE(late_wait(&l));
	CU_ASSERT_EQUAL(receipt(&l, 3), 3);
	CU_ASSERT_FALSE(late_wait(&l));
	CU_ASSERT_EQUAL(receipt(&l, 9), 0);
}

/* The receipt of a stream that ended before it could tell comes with the one
 * after. */
static void
test_stream_between(void)
{
	struct lates l = { .given = 0 };

	give(&l, 1, 2);
	late_add(&l, 1, true);
	late_over(&l);
	late_over(&l);
	CU_ASSERT_TRUE(late_wait(&l));
	CU_ASSERT_EQUAL(receipt(&l, 1), 1);
}

/* Given up between streams: late if one had it, and nobody has told. */
static void
test_between_streams(void)
{
	struct lates l = { .given = 0 };

	give(&l, 1, 5);
	late_over(&l);
	late_add(&l, 5, false);
	late_add(&l, 6, false); /* no stream had it */
	CU_ASSERT_EQUAL(receipt(&l, 9), 1);
	late_add(&l, 5, false); /* and now it is known that it did not come */
	CU_ASSERT_EQUAL(receipt(&l, 9), 0);
}

/* If there are too many runs, the oldest is forgotten. */
static void
test_many(void)
{
	struct lates l = { .given = 0 };

	give(&l, 1, 99);
	for (uint64_t seq = 1; seq <= 2 * (LATE_MAX + 1); seq += 2)
		late_add(&l, seq, true);
	CU_ASSERT_EQUAL(receipt(&l, 99), LATE_MAX);
}

void
late_suite(void)
{
	CU_pSuite s = CU_add_suite("late", NULL, NULL);

	CU_add_test(s, "a receipt on the same stream", test_same_stream);
	CU_add_test(s, "the first receipt of the next", test_next_stream);
	CU_add_test(s, "a stream that ended before it", test_stream_between);
	CU_add_test(s, "given up between streams", test_between_streams);
	CU_add_test(s, "more than are kept", test_many);
}
