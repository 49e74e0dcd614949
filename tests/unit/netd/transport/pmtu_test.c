/*
 * The search for a path's MTU, over paths of every size.
 */
#include "netd/transport/pmtu.h"

#include <CUnit/CUnit.h>

void pmtu_suite(void);

#define BASE	1200
#define CEILING 8972
#define NOW	(50 * USEC_PER_SEC)

/* Searches until there is nothing more to try; returns the probes sent. */
static unsigned int
search(struct pmtu *p, uint64_t now, size_t carried)
{
	unsigned int probes = 0;
	uint64_t number = 100;
	size_t probe;

	while ((probe = pmtu_next(p, now)) != 0 && probes < 100) {
		probes++;
		pmtu_probing(p, probe);
		CU_ASSERT_EQUAL(pmtu_next(p, now), 0); /* one at a time */
		CU_ASSERT(probe > p->size && probe <= p->ceiling);
		if (probe <= carried) {
			CU_ASSERT_TRUE(pmtu_acked(p, number++, probe, true));
		} else {
			CU_ASSERT_FALSE(
			    pmtu_lost(p, now, number++, probe, true));
		}
	}
	return probes;
}

static void
test_search(void)
{
	struct pmtu p;

	for (size_t carried = BASE; carried <= 9100; carried++) {
		pmtu_init(&p, BASE, CEILING);
		CU_ASSERT(search(&p, NOW, carried) <= 13);
		CU_ASSERT(p.size <= carried);
		/* Not far below what Ethernet and tunnels in it carry. */
		CU_ASSERT(carried > 1500 || carried - p.size <= 152);
		CU_ASSERT(carried < 1472 || p.size >= 1472);
		CU_ASSERT(carried < CEILING || p.size == CEILING);
	}
	/* A relay: nothing is tried. */
	pmtu_init(&p, 1180, 1180);
	CU_ASSERT_EQUAL(search(&p, NOW, 9000), 0);
	CU_ASSERT_EQUAL(p.size, 1180);
}

/* After ten minutes once more. */
static void
test_again(void)
{
	struct pmtu p;

	pmtu_init(&p, BASE, CEILING);
	search(&p, NOW, 1300);
	CU_ASSERT_EQUAL(p.size, BASE);
	CU_ASSERT_EQUAL(pmtu_next(&p, NOW + 599 * USEC_PER_SEC), 0);
	search(&p, NOW + 600 * USEC_PER_SEC, CEILING);
	CU_ASSERT_EQUAL(p.size, CEILING);
}

/* Six large ones lost and none arrived: back to the base. One that was sent
 * later and arrived says that they were lost to congestion. */
static void
test_silence(void)
{
	struct pmtu p;

	pmtu_init(&p, BASE, CEILING);
	search(&p, NOW, CEILING);
	pmtu_acked(&p, 1000, CEILING, false);
	for (uint64_t i = 0; i < 100; i++)
		CU_ASSERT_FALSE(pmtu_lost(&p, NOW, 900 + i, CEILING, false));
	for (uint64_t i = 0; i < 100; i++) /* small ones do not count */
		CU_ASSERT_FALSE(pmtu_lost(&p, NOW, 1100 + i, BASE, false));
	for (uint64_t i = 0; i < 5; i++)
		CU_ASSERT_FALSE(pmtu_lost(&p, NOW, 1001 + i, CEILING, false));
	CU_ASSERT_TRUE(pmtu_lost(&p, NOW, 1006, CEILING, false));
	CU_ASSERT_EQUAL(p.size, BASE);
	CU_ASSERT_FALSE(pmtu_lost(&p, NOW, 1007, CEILING, false));
	CU_ASSERT_EQUAL(pmtu_next(&p, NOW + USEC_PER_SEC), 0);
	search(&p, NOW + 30 * USEC_PER_SEC, 1472);
	CU_ASSERT_EQUAL(p.size, 1472);
}

void
pmtu_suite(void)
{
	CU_pSuite suite = CU_add_suite("pmtu", NULL, NULL);

	CU_add_test(suite, "the search", test_search);
	CU_add_test(suite, "the search again", test_again);
	CU_add_test(suite, "a black hole", test_silence);
}
