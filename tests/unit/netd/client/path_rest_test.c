/*
 * A path at rest, which both sides have agreed on: what is a reason to ask
 * whether it is still there.
 */
#include "tests/unit/netd/client/path_sim.h"

#include <CUnit/CUnit.h>

void path_rest_suite(void);

#define MSEC(n) ((n)*USEC_PER_MSEC)

/* Makes a path that is up, agreed on and at rest, on the controlling side. */
static void
agree(struct path_pair *p)
{
	struct path_probe probe;

	path_pair_init(p, true);
	for (int i = 0; i < 2; i++) {
		p->now = clock_max(p->now, path_deadline(&p->path));
		CU_ASSERT_TRUE(path_next(&p->path, p->now, 77, &probe));
		p->now += MSEC(10);
		path_hears(&p->path, p->now, &p->peer,
		    i == 0 ? 0 : PROBE_IN_USE, probe.id);
	}
	CU_ASSERT_TRUE(p->path.confirmed);
	/* Better ones are sought for a while. */
	while ((p->now = path_deadline(&p->path)) < PATH_START + UPGRADE_FOR)
		(void)path_next(&p->path, p->now, 78, &probe);
	p->path.unanswered = 0;
	path_alive(&p->path, p->now);
}

/* If the peer answers that it uses the path, nothing changes; if not, it is
 * asked again at once. */
static void
test_agreed(void)
{
	struct path_probe probe;
	struct path_pair p;

	for (int in_use = 0; in_use < 2; in_use++) {
		agree(&p);
		path_check(&p.path, p.now);
		CU_ASSERT_TRUE(path_next(&p.path, p.now, 79, &probe));
		p.now += MSEC(10);
		path_hears(&p.path, p.now, &p.peer, in_use ? PROBE_IN_USE : 0,
		    probe.id);
		CU_ASSERT_EQUAL(p.path.confirmed, in_use);
		CU_ASSERT_EQUAL(path_deadline(&p.path) <= p.now + PROBE_FAST,
		    !in_use);
	}
}

/* Reasons to ask that never end have the path asked only now and then. */
static void
test_suspect(void)
{
	struct path_probe probe;
	struct path_pair p;

	agree(&p);
	for (int i = 0; i < 5; i++) {
		path_suspect(&p.path, p.now);
		CU_ASSERT_TRUE(path_next(&p.path, p.now, 80, &probe));
		path_hears(&p.path, p.now + 1, &p.peer, PROBE_IN_USE, probe.id);
		path_suspect(&p.path, p.now + DOUBT_SPACING - 1);
		CU_ASSERT_FALSE(
		    path_next(&p.path, p.now + DOUBT_SPACING - 1, 81, &probe));
		p.now += DOUBT_SPACING;
	}
}

void
path_rest_suite(void)
{
	CU_pSuite suite = CU_add_suite("path_rest", NULL, NULL);

	CU_add_test(suite, "a path that is agreed on", test_agreed);
	CU_add_test(suite, "reasons to ask", test_suspect);
}
