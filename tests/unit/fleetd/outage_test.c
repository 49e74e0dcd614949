/*
 * What is said of an engine that does not serve.
 */
#include "fleetd/outage.h"

#include <CUnit/CUnit.h>

#include <stdio.h>

void outage_suite(void);

static void
test_once(void)
{
	struct outage o = { .serves = false };

	CU_ASSERT_TRUE(outage_lost(&o, "one"));
	CU_ASSERT_FALSE(outage_lost(&o, "one"));
	CU_ASSERT_TRUE(outage_lost(&o, "two"));
	CU_ASSERT_FALSE(outage_lost(&o, "one"));
	CU_ASSERT_FALSE(outage_lost(&o, "two"));
	CU_ASSERT_TRUE(outage_over(&o));
	CU_ASSERT_FALSE(outage_over(&o));
	CU_ASSERT_TRUE(outage_lost(&o, "one"));
	CU_ASSERT_TRUE(outage_over(&o));
}

/* An engine that makes up reasons does not fill the log. */
static void
test_reasons(void)
{
	struct outage o = { .serves = true };
	unsigned int said = 0;
	char why[32];

	for (int i = 0; i < 100; i++) {
		(void)snprintf(why, sizeof(why), "reason %d", i);
		said += outage_lost(&o, why);
	}
	CU_ASSERT_EQUAL(said, OUTAGE_REASONS_MAX);
}

void
outage_suite(void)
{
	CU_pSuite suite = CU_add_suite("outage", NULL, NULL);

	CU_add_test(suite, "each reason once", test_once);
	CU_add_test(suite, "reasons without end", test_reasons);
}
