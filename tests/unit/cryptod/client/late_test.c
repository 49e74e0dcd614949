/*
 * Texts that were given up, and that a receipt reports as received after all.
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

/* Returns how many texts a receipt up to this number reports. */
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

/* On the same stream each text is reported once. */
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

/* The first receipt of the next stream reports them, and no later one does:
 * they were not sent again. Before that receipt nothing may be given. */
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

/* A stream ends before a receipt comes: the receipt of the next one reports the
 * text. */
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

/* Texts are given up between two streams: they are late if an earlier stream
 * had them, and no receipt has reported them. */
static void
test_between_streams(void)
{
	struct lates l = { .given = 0 };

	give(&l, 1, 5);
	late_over(&l);
	late_add(&l, 5, false);
	late_add(&l, 6, false); /* no stream had it */
	CU_ASSERT_EQUAL(receipt(&l, 9), 1);
	late_add(&l, 5, false); /* now it is known that it did not come */
	CU_ASSERT_EQUAL(receipt(&l, 9), 0);
}

/* If there are too many runs of numbers, the oldest is forgotten. */
static void
test_many(void)
{
	struct lates l = { .given = 0 };

	give(&l, 1, 99);
	for (uint64_t seq = 1; seq <= 2 * (LATE_MAX + 1); seq += 2)
		late_add(&l, seq, true);
	CU_ASSERT_EQUAL(receipt(&l, 99), LATE_MAX);
}

/* Which texts they are, in their order: runs with gaps between them, one of
 * which ends within a receipt. */
static void
test_which(void)
{
	static const uint64_t given_up[] = { 1, 2, 4, 6, 7, 8 };
	struct lates l = { .given = 0 };

	give(&l, 1, 9);
	for (size_t i = 0; i < 6; i++)
		late_add(&l, given_up[i], true);
	CU_ASSERT_EQUAL(l.count, 3);
	CU_ASSERT_EQUAL(late_received(&l, 0), 0);
	CU_ASSERT_EQUAL(late_received(&l, 1), 1);
	CU_ASSERT_EQUAL(late_received(&l, 1), 0);
	for (size_t i = 1; i < 5; i++)
		CU_ASSERT_EQUAL(late_received(&l, 7), given_up[i]);
	CU_ASSERT_EQUAL(late_received(&l, 7), 0);
	CU_ASSERT_EQUAL(late_received(&l, 8), 8);
	CU_ASSERT_EQUAL(l.count, 0);
}

/* All that a stream had is over with it. */
static void
test_over(void)
{
	struct lates l = { .given = 0 };

	give(&l, 1, 5);
	late_add(&l, 1, true);
	late_add(&l, 3, true);
	late_add(&l, 5, true);
	late_over(&l);
	CU_ASSERT_EQUAL(receipt(&l, 1), 1);
	CU_ASSERT_EQUAL(l.count, 0);
	CU_ASSERT_EQUAL(receipt(&l, 9), 0);
}

/* What the stream before had and what the one there is has are told of apart,
 * though their numbers follow each other. */
static void
test_two_streams(void)
{
	struct lates l = { .given = 0 };

	give(&l, 1, 3);
	late_add(&l, 1, true);
	late_over(&l);
	late_add(&l, 2, false); /* as the first: one run */
	CU_ASSERT_EQUAL(l.count, 1);
	late_add(&l, 3, true);
	CU_ASSERT_EQUAL(l.count, 2);
	CU_ASSERT_TRUE(late_wait(&l));
	CU_ASSERT_EQUAL(receipt(&l, 1), 1);
	CU_ASSERT_FALSE(late_wait(&l));
	CU_ASSERT_EQUAL(receipt(&l, 9), 1); /* 2 has not arrived */
	CU_ASSERT_EQUAL(l.count, 0);
}

/* The highest that any stream had, in whatever order they were given. */
static void
test_given(void)
{
	struct lates l = { .given = 0 };

	late_given(&l, 5);
	late_given(&l, 3);
	CU_ASSERT_EQUAL(l.given, 5);
	late_add(&l, 5, false);
	late_add(&l, 6, false);
	CU_ASSERT_EQUAL(l.count, 1);
}

/* As many runs as are kept are all kept; of more, the newest are. */
static void
test_oldest(void)
{
	struct lates l = { .given = 0 };

	give(&l, 1, 99);
	for (uint64_t i = 0; i < LATE_MAX; i++)
		late_add(&l, 10 + 2 * i, true);
	CU_ASSERT_EQUAL(l.count, LATE_MAX);
	CU_ASSERT_EQUAL(l.at[0].first, 10);
	late_add(&l, 90, true);
	CU_ASSERT_EQUAL(l.count, LATE_MAX);
	CU_ASSERT_EQUAL(late_received(&l, 99), 12);
	CU_ASSERT_EQUAL(l.at[LATE_MAX - 2].first, 90);
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
	CU_add_test(s, "which ones", test_which);
	CU_add_test(s, "over", test_over);
	CU_add_test(s, "of two streams", test_two_streams);
	CU_add_test(s, "what was given", test_given);
	CU_add_test(s, "the oldest goes", test_oldest);
}
