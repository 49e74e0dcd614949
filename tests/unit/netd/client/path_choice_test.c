/*
 * Which path is used: whose word counts, what happens when the controlling side
 * says that it uses another one, and when a path is left.
 */
#include "netd/client/path_parts.h"
#include "tests/unit/netd/client/path_sim.h"

#include <CUnit/CUnit.h>

#include <string.h>

void path_choice_suite(void);

#define SEC(n)	(PATH_START + (n)*USEC_PER_SEC)
#define MSEC(n) ((n)*USEC_PER_MSEC)

/* Only the controlling side nominates: it ignores a nomination of the
 * other's. */
static void
test_nominate(void)
{
	struct path_probe probe, answer;
	struct path_pair p;

	path_pair_init(&p, true);
	path_add(&p.path, &p.lan, p.now, &p.other.addr);
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

/* The controlled side follows a nomination in the answer to a probe of its own,
 * and asks for one whenever a probe nominates: packets that were recorded, or
 * are forged from elsewhere, have no effect. */
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
		path_probed(&p.path, &p.lan, p.now, 9, &p.peer, PROBE_NOMINATE,
		    7, &answer);
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

/* The controlled side has a path and hears that the controlling side uses
 * another one, which has answered and says so itself. */
static void
nominated(struct path_pair *p)
{
	struct path_probe probe, answer;

	path_pair_init(p, false);
	path_secure(&p->path, p->now);
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

/* The path in use is asked before it is left, and its answer counts: somebody
 * who passes on the packets of the two, and does so faster, gains nothing by
 * that. */
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
	/* The old path has been left. */
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 5, &probe));
	CU_ASSERT_EQUAL(path_hears(&p.path, p.now, &p.peer, 0, probe.id),
	    PATH_CHANGED);
	CU_ASSERT_TRUE(uses(&p, &p.other));
}

/* The old path is not awaited for long, and not at all if it was silent
 * before. */
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
 * use another path, though it is a worse one, and come back after a while. If
 * there is no other path, this one is kept. */
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

/* The only other path does not answer: the one that was set aside is taken
 * again. */
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
	/* There is no other path at all. */
	path_pair_init(&p, false);
	p.path.candidates[0].valid = true;
	p.path.current = 0;
	p.path.state = PATH_UP;
	CU_ASSERT_EQUAL(path_stalled(&p.path, p.now), PATH_SAME);
	CU_ASSERT_EQUAL(p.path.state, PATH_UP);
}

/* Both have a path, and one side finds that only probes get through, and have
 * for so long. */
static enum path_change
fall_silent(struct path_world *w, uint64_t silence)
{
	return path_silent(&w->hosts[0].path, w->now, silence);
}

/* Such a path ends, soon if there is no other one, and later in any case; but
 * only after a probe has come through in that time. Then both leave it alone
 * for a while, and try it again. */
static void
test_silent(void)
{
	for (int relay = 0; relay < 2; relay++) {
		uint64_t end = relay ? 3 * STALLED_END : STALLED_END, left;
		struct path_world w;
		unsigned int probes;

		path_world_init(&w, 1, 0, NAT_NONE, NAT_NONE);
		w.relay_up = relay != 0;
		path_world_meet(&w);
		path_world_run(&w, SEC(57)); /* the last probe came at 45 s */
		CU_ASSERT_EQUAL(fall_silent(&w, STALLED_END), PATH_SAME);
		path_check(&w.hosts[0].path, w.now);
		path_world_run(&w, w.now + MSEC(100));
		CU_ASSERT_EQUAL(fall_silent(&w, end - 1), PATH_SAME);
		CU_ASSERT_EQUAL(fall_silent(&w, end), PATH_CHANGED);
		CU_ASSERT_EQUAL(w.hosts[0].path.state, PATH_FAILED);
		left = w.now;
		probes = w.hosts[0].probes;
		path_world_run(&w, left + STALLED_REST - 1);
		CU_ASSERT_EQUAL(w.hosts[0].probes, probes);
		CU_ASSERT_EQUAL(w.hosts[0].path.state, PATH_FAILED);
		CU_ASSERT_EQUAL(w.hosts[1].path.state, PATH_FAILED);
		path_world_run(&w, left + STALLED_REST + MSEC(6000));
		CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_DIRECT));
		simnet_end(&w.net);
	}
}

/* The peer has answered at an address that nobody has named. */
static void
answer_elsewhere(struct path_pair *p, uint8_t flags)
{
	struct path_probe answer;

	path_probed(&p->path, &p->lan, p->now, 9, &p->other, PROBE_NOMINATE, 7,
	    &answer);
	p->now += MSEC(1);
	path_hears(&p->path, p->now, &p->other, flags, answer.ask);
}

/* A probe of ours to this address is answered. */
static void
answer_at(struct path_pair *p, const struct remote *at, uint8_t flags)
{
	struct path_probe probe;

	do {
		CU_ASSERT_NOT_EQUAL_FATAL(path_deadline(&p->path), CLOCK_NEVER);
		p->now = clock_max(p->now, path_deadline(&p->path));
	} while (!path_next(&p->path, p->now, 5, &probe) ||
	    !addr_equal(&probe.to.addr, &at->addr));
	p->now += MSEC(1);
	path_hears(&p->path, p->now, at, flags, probe.id);
}

static void
answer_at_home(struct path_pair *p, uint8_t flags)
{
	answer_at(p, &p->peer, flags);
}

/* Until there is a session, a candidate that was named is used before one that
 * was not, even if that one is in our LAN. Then the better one is used. */
static void
test_vouched_controlling(void)
{
	struct path_pair p;

	path_pair_init(&p, true);
	p.lan.count = 1;
	memcpy(p.lan.prefixes[0].ip, p.other.addr.ip, sizeof(p.other.addr.ip));
	p.lan.prefixes[0].bits = 128;
	answer_elsewhere(&p, 0);
	CU_ASSERT_TRUE(uses(&p, &p.other));
	answer_at_home(&p, PROBE_IN_USE);
	CU_ASSERT_TRUE(uses(&p, &p.peer));
	answer_elsewhere(&p, 0);
	CU_ASSERT_TRUE(uses(&p, &p.peer));
	/* The same holds if somebody says in the peer's name that the named one
	 * is lost. */
	answer_at_home(&p, PROBE_IN_USE);
	p.now += 2 * USEC_PER_SEC;
	path_probed(&p.path, &p.lan, p.now, 9, &p.other, PROBE_SEEKING, 7,
	    &(struct path_probe){ .due = false });
	CU_ASSERT_TRUE(p.path.doubted);
	p.now += USEC_PER_SEC;
	answer_elsewhere(&p, 0);
	CU_ASSERT_TRUE(uses(&p, &p.peer));
	path_secure(&p.path, p.now);
	answer_at_home(&p, PROBE_IN_USE);
	CU_ASSERT_TRUE(uses(&p, &p.peer));
	answer_at(&p, &p.other, 0);
	CU_ASSERT_TRUE(uses(&p, &p.other));
}

/* The peer says once that it does not use the path: the next best one that
 * answers takes its place, and then counts like any other. */
static void
test_doubted_once(void)
{
	struct path_probe answer;
	struct path_pair p;

	path_pair_init(&p, true);
	path_secure(&p.path, p.now);
	path_add(&p.path, &p.lan, p.now, &p.other.addr);
	answer_at_home(&p, PROBE_IN_USE);
	answer_at_home(&p, PROBE_IN_USE);
	CU_ASSERT_TRUE(uses(&p, &p.peer) && p.path.confirmed);
	p.now += 2 * USEC_PER_SEC;
	path_probed(&p.path, &p.lan, p.now, 9, &p.other, PROBE_SEEKING, 7,
	    &answer);
	/* Both are asked; the first to answer is not taken at once. */
	p.now += MSEC(1);
	path_hears(&p.path, p.now, &p.other, 0, answer.ask);
	CU_ASSERT_TRUE(uses(&p, &p.peer));
	p.now += DOUBT_PATIENCE;
	answer_at(&p, &p.other, 0);
	CU_ASSERT_TRUE(uses(&p, &p.other));
	/* Nothing changes, even before the new one has answered again. */
	for (int i = 0; i < 10; i++) {
		p.now += MSEC(100);
		path_probed(&p.path, &p.lan, p.now, 9, &p.peer, 0, 7, &answer);
		CU_ASSERT_EQUAL(answer.ask, 0);
		path_hears(&p.path, p.now, &p.peer, 0,
		    path_note_probe(&p.path.candidates[0], 9, p.now - 1));
		CU_ASSERT_TRUE(uses(&p, &p.other));
	}
}

static void
test_vouched_controlled(void)
{
	struct path_pair p;

	path_pair_init(&p, false);
	answer_elsewhere(&p, PROBE_NOMINATE);
	CU_ASSERT_TRUE(uses(&p, &p.other));
	/* A candidate whose path works need not be asked. */
	p.now += USEC_PER_SEC;
	answer_at_home(&p, PROBE_NOMINATE);
	CU_ASSERT_TRUE(uses(&p, &p.peer));
	for (unsigned int i = 0; i < 20; i++) {
		p.now += MSEC(150);
		answer_elsewhere(&p, PROBE_NOMINATE);
		CU_ASSERT_EQUAL(path_timer(&p.path, p.now + MSEC(1000)),
		    PATH_SAME);
	}
	CU_ASSERT_TRUE(uses(&p, &p.peer));
	/* A card has come that names the candidate, or there is a session. */
	path_add(&p.path, &p.lan, p.now, &p.other.addr);
	answer_elsewhere(&p, PROBE_NOMINATE);
	CU_ASSERT_EQUAL(path_timer(&p.path, p.now + MSEC(1000)), PATH_CHANGED);
	CU_ASSERT_TRUE(uses(&p, &p.other));
	path_pair_init(&p, false);
	answer_at_home(&p, PROBE_NOMINATE);
	path_secure(&p.path, p.now);
	p.now += USEC_PER_SEC;
	answer_elsewhere(&p, PROBE_NOMINATE);
	CU_ASSERT_EQUAL(path_timer(&p.path, p.now + MSEC(1000)), PATH_CHANGED);
	CU_ASSERT_TRUE(uses(&p, &p.other));
}

/* Somebody else was at the other end: his packets are ignored, and the search
 * goes on. */
static void
test_ban(void)
{
	struct path_probe answer;
	struct path_pair p;

	for (int controlling = 0; controlling < 2; controlling++) {
		path_pair_init(&p, controlling);
		answer_elsewhere(&p, controlling ? 0 : PROBE_NOMINATE);
		CU_ASSERT_TRUE(uses(&p, &p.other));
		CU_ASSERT_EQUAL(path_ban(&p.path, p.now, &p.other.addr),
		    PATH_CHANGED);
		CU_ASSERT_EQUAL(p.path.state, PATH_PROBING);
		CU_ASSERT_EQUAL(path_ban(&p.path, p.now, &p.other.addr),
		    PATH_SAME);
		for (unsigned int i = 0; i < 100; i++) {
			p.now += MSEC(1000);
			path_timer(&p.path, p.now);
			path_probed(&p.path, &p.lan, p.now, 9, &p.other,
			    PROBE_NOMINATE, 7, &answer);
			CU_ASSERT_FALSE(answer.due);
		}
		answer_at_home(&p, controlling ? 0 : PROBE_NOMINATE);
		CU_ASSERT_TRUE(uses(&p, &p.peer));
		/* An address that was named may be the peer's after all. */
		CU_ASSERT_EQUAL(path_ban(&p.path, p.now, &p.other.addr),
		    PATH_SAME);
		CU_ASSERT_TRUE(uses(&p, &p.peer));
		CU_ASSERT_EQUAL(path_ban(&p.path, p.now, &p.peer.addr),
		    PATH_CHANGED);
		path_probed(&p.path, &p.lan, p.now + BANNED_REST - 1, 9,
		    &p.peer, 0, 7, &answer);
		CU_ASSERT_FALSE(answer.due);
		path_probed(&p.path, &p.lan, p.now + BANNED_REST, 9, &p.peer, 0,
		    7, &answer);
		CU_ASSERT_TRUE(answer.due);
		answer_at_home(&p, controlling ? 0 : PROBE_NOMINATE);
		CU_ASSERT_TRUE(uses(&p, &p.peer));
	}
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
	CU_add_test(suite, "and that for long", test_silent);
	CU_add_test(suite, "named before not named", test_vouched_controlling);
	CU_add_test(suite, "the same, and followed", test_vouched_controlled);
	CU_add_test(suite, "a doubt ends with the path", test_doubted_once);
	CU_add_test(suite, "somebody else", test_ban);
}
