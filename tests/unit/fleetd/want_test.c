/*
 * When fleetd asks for a connection.
 */
#include "fleetd/want.h"

#include <CUnit/CUnit.h>

void want_suite(void);

/* Once, at the start; and after each failure once more, after a pause that
 * doubles up to the longest. */
static void
test_pauses(void)
{
	static const uint64_t pauses[] = { 1, 2, 4, 8, 8, 8 };
	uint64_t now = 1000 * USEC_PER_SEC;
	struct want w;

	want_init(&w, now);
	for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		CU_ASSERT_TRUE(want_ask(&w, now));
		CU_ASSERT_FALSE(want_ask(&w, now + 3600 * USEC_PER_SEC));
		CU_ASSERT_EQUAL(w.at, CLOCK_NEVER);
		want_failed(&w, now);
		CU_ASSERT_EQUAL(w.at, now + pauses[i] * USEC_PER_SEC);
		CU_ASSERT_FALSE(want_ask(&w, w.at - 1));
		now = w.at;
	}
}

/* An engine that has served is asked for soon when it is lost. */
static void
test_served(void)
{
	struct want w;

	want_init(&w, 0);
	for (int i = 0; i < 5; i++)
		want_failed(&w, 0);
	CU_ASSERT_EQUAL(w.at, WANT_PAUSE_LAST);
	want_served(&w);
	want_failed(&w, 0);
	CU_ASSERT_EQUAL(w.at, WANT_PAUSE_FIRST);
}

void
want_suite(void)
{
	CU_pSuite suite = CU_add_suite("want", NULL, NULL);

	CU_add_test(suite, "pauses", test_pauses);
	CU_add_test(suite, "an engine that served", test_served);
}
