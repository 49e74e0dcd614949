/*
 * Which path is used: who is believed, when the controlling side says that it
 * uses another, and when one is left.
 */
#include "tests/unit/path_sim.h"

#include <CUnit/CUnit.h>

#include <string.h>

void path_choice_suite(void);

#define SEC(n)	(PATH_START + (n)*USEC_PER_SEC)
#define MSEC(n) ((n)*USEC_PER_MSEC)

/* Nomination is the controlling side's: it ignores one of the other. */
static void
test_nominate(void)
{
	struct path_probe probe, answer;
	struct path_pair p;

	path_pair_init(&p, true);
	path_add(&p.path, &p.lan, &p.other.addr);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 1, &probe));
	path_hears(&p.path, p.now, &p.peer, 0, 1);
	CU_ASSERT_EQUAL(p.path.current, 0);
	CU_ASSERT_TRUE(path_next(&p.path, p.now + PROBE_FAST, 2, &probe));
	CU_ASSERT_EQUAL(probe.flags, PROBE_NOMINATE);
	path_probed(&p.path, &p.lan, p.now, 9, &p.other, PROBE_NOMINATE, 5,
	    &answer);
	CU_ASSERT_EQUAL(answer.flags, 0);
	CU_ASSERT_EQUAL(path_hears(&p.path, p.now, &p.other, PROBE_NOMINATE, 9),
	    PATH_SAME);
	CU_ASSERT_EQUAL(p.path.current, 0);
}

/* The controlled side believes a nomination in the answer to a probe of its
 * own, and asks for one whenever a probe says so: what was recorded, or is
 * forged from elsewhere, moves nothing. */
static void
test_follow(void)
{
	struct path_probe probe, answer;
	struct path_pair p;

	path_pair_init(&p, false);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 6, &probe));
	CU_ASSERT_EQUAL(path_hears(&p.path, p.now, &p.peer, 0, 6), PATH_SAME);
	CU_ASSERT_EQUAL(p.path.state, PATH_PROBING);
	for (unsigned int i = 0; i < 100; i++, p.now += MSEC(150)) {
		CU_ASSERT_EQUAL(path_probed(&p.path, &p.lan, p.now, 9, &p.peer,
				    PROBE_NOMINATE, 7, &answer),
		    PATH_SAME);
		CU_ASSERT_EQUAL(answer.flags, 0);
		CU_ASSERT_NOT_EQUAL(answer.ask, 0);
		CU_ASSERT_EQUAL(path_hears(&p.path, p.now, &p.other,
				    PROBE_NOMINATE, answer.ask),
		    PATH_SAME);
		CU_ASSERT_EQUAL(path_hears(&p.path, p.now, &p.peer,
				    PROBE_NOMINATE, answer.ask + 1),
		    PATH_SAME);
	}
	CU_ASSERT_NOT_EQUAL(p.path.state, PATH_UP);
	CU_ASSERT_EQUAL(path_hears(&p.path, p.now, &p.peer, PROBE_NOMINATE,
			    answer.ask),
	    PATH_CHANGED);
	CU_ASSERT_EQUAL(p.path.state, PATH_UP);
	/* From now on it says that it follows, and asks no more. */
	path_probed(&p.path, &p.lan, p.now, 9, &p.peer, PROBE_NOMINATE, 8,
	    &answer);
	CU_ASSERT_EQUAL(answer.flags, PROBE_IN_USE);
	CU_ASSERT_EQUAL(answer.ask, 0);
}

/* The controlled side has a path and hears that another is the controlling
 * side's; that one has answered, and says so itself. */
static void
nominated(struct path_pair *p)
{
	struct path_probe probe, answer;

	path_pair_init(p, false);
	CU_ASSERT_TRUE(path_next(&p->path, p->now, 6, &probe));
	path_hears(&p->path, p->now + MSEC(20), &p->peer, PROBE_NOMINATE, 6);
	CU_ASSERT_TRUE(remote_equal(&path_current(&p->path)->at, &p->peer));
	p->now += 5 * USEC_PER_SEC;
	path_probed(&p->path, &p->lan, p->now, 9, &p->other, PROBE_NOMINATE, 7,
	    &answer);
	CU_ASSERT_EQUAL(answer.ask, 9);
	p->now += MSEC(10);
	CU_ASSERT_EQUAL(path_hears(&p->path, p->now, &p->other, PROBE_NOMINATE,
			    9),
	    PATH_SAME);
}

static bool
uses(const struct path_pair *p, const struct remote *r)
{
	return remote_equal(&path_current(&p->path)->at, r);
}

/* The path in use is asked before it is left, and what it says counts: who
 * passes on what the two send, and does so faster, gets nothing by that. */
static void
test_old_asked(void)
{
	struct path_probe probe, answer;
	struct path_pair p;

	nominated(&p);
	for (unsigned int i = 0; i < 20; i++) {
		CU_ASSERT_TRUE(path_next(&p.path, p.now, 5, &probe));
		CU_ASSERT_TRUE(remote_equal(&probe.to, &p.peer));
		p.now += MSEC(200);
		path_hears(&p.path, p.now, &p.peer, PROBE_NOMINATE, probe.id);
		path_timer(&p.path, p.now + 2 * USEC_PER_SEC);
		CU_ASSERT_TRUE(uses(&p, &p.peer));
		p.now += MSEC(150);
		path_probed(&p.path, &p.lan, p.now, 9, &p.other, PROBE_NOMINATE,
		    7, &answer);
		path_hears(&p.path, p.now, &p.other, PROBE_NOMINATE,
		    answer.ask);
		CU_ASSERT_TRUE(uses(&p, &p.peer));
	}
	/* It has been left. */
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 5, &probe));
	CU_ASSERT_EQUAL(path_hears(&p.path, p.now, &p.peer, 0, probe.id),
	    PATH_CHANGED);
	CU_ASSERT_TRUE(uses(&p, &p.other));
}

/* Nor is it waited for long, and not again if it was silent before. */
static void
test_old_silent(void)
{
	struct path_probe probe, answer;
	struct path_pair p;

	nominated(&p);
	CU_ASSERT(path_deadline(&p.path) <= p.now);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 5, &probe));
	CU_ASSERT_EQUAL(path_timer(&p.path, p.now + DOUBT_PATIENCE - 1),
	    PATH_SAME);
	CU_ASSERT(path_deadline(&p.path) <= p.now + DOUBT_PATIENCE);
	CU_ASSERT_EQUAL(path_timer(&p.path, p.now + DOUBT_PATIENCE),
	    PATH_CHANGED);
	CU_ASSERT_TRUE(uses(&p, &p.other));

	p.now += 5 * USEC_PER_SEC;
	path_check(&p.path, p.now);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 5, &probe));
	CU_ASSERT_TRUE(remote_equal(&probe.to, &p.other));
	p.now += DOUBT_PATIENCE;
	path_probed(&p.path, &p.lan, p.now, 9, &p.peer, PROBE_NOMINATE, 8,
	    &answer);
	CU_ASSERT_EQUAL(path_hears(&p.path, p.now, &p.peer, PROBE_NOMINATE,
			    answer.ask),
	    PATH_CHANGED);
	CU_ASSERT_TRUE(uses(&p, &p.peer));
}

/* One side finds that its records do not get through where its probes do. Both
 * use another path, though that is a worse one, and come back after a while;
 * if there is no other, nothing is given up. */
static void
test_stalled(void)
{
	struct path_world w;
	uint64_t left;

	for (int n = 0; n < 2; n++)
		for (enum nat_kind kind = 0; kind < NAT_SYMMETRIC; kind++) {
			path_world_init(&w, 1, 0, kind, kind);
			w.relay_up = true;
			path_world_meet(&w);
			path_world_run(&w, SEC(10));
			CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_DIRECT));
			left = w.now;
			CU_ASSERT_EQUAL(path_stalled(&w.hosts[n].path, w.now),
			    PATH_CHANGED);
			path_world_run(&w, left + MSEC(4000));
			CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_RELAY));
			path_world_run(&w, left + STALLED_REST - MSEC(1));
			CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_RELAY));
			path_world_run(&w, left + STALLED_REST + MSEC(6000));
			CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_DIRECT));
			CU_ASSERT_TRUE(path_world_matches(&w));
			simnet_end(&w.net);
		}
}

/* The only other one does not answer: what was set aside is taken again. */
static void
test_stalled_alone(void)
{
	struct path_world w;
	struct path_pair p;

	path_world_init(&w, 1, 0, NAT_FULL_CONE, NAT_FULL_CONE);
	path_world_meet(&w);
	path_world_run(&w, SEC(10));
	CU_ASSERT_EQUAL(path_stalled(&w.hosts[0].path, w.now), PATH_CHANGED);
	path_world_run(&w, w.now + PROBE_GIVE_UP + MSEC(3000));
	CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_DIRECT));
	simnet_end(&w.net);
	/* There is no other at all. */
	path_pair_init(&p, false);
	p.path.candidates[0].valid = true;
	p.path.current = 0;
	p.path.state = PATH_UP;
	CU_ASSERT_EQUAL(path_stalled(&p.path, p.now), PATH_SAME);
	CU_ASSERT_EQUAL(p.path.state, PATH_UP);
}

void
path_choice_suite(void)
{
	CU_pSuite suite = CU_add_suite("path_choice", NULL, NULL);

	CU_add_test(suite, "nomination", test_nominate);
	CU_add_test(suite, "a nomination is asked for", test_follow);
	CU_add_test(suite, "the old path is asked", test_old_asked);
	CU_add_test(suite, "the old path is silent", test_old_silent);
	CU_add_test(suite, "probes and nothing else", test_stalled);
	CU_add_test(suite, "and no other path", test_stalled_alone);
}
