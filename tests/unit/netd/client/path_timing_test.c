/*
 * When a path sends which probe: each interval at its ends, what a long round
 * trip makes of it, and what a probe says.
 */
#include "netd/client/path_parts.h"

#include "tests/unit/netd/client/path_sim.h"

#include <CUnit/CUnit.h>

#include <string.h>

void path_timing_suite(void);

#define MSEC(n) ((n)*USEC_PER_MSEC)
#define SEC(n)	((n)*USEC_PER_SEC)

/* A path that is up, to the first candidate, with this round trip. */
static void
come_up(struct path_pair *p, bool controlling, uint64_t rtt)
{
	struct path_probe probe;

	path_pair_init(p, controlling);
	CU_ASSERT_TRUE(path_next(&p->path, p->now, 77, &probe));
	p->now += rtt;
	path_hears(&p->path, p->now, &p->peer, PROBE_NOMINATE, probe.id);
	CU_ASSERT_EQUAL(p->path.state, PATH_UP);
	CU_ASSERT_EQUAL(path_current(&p->path)->rtt_us, rtt);
}

/* --- What follows from a round trip -------------------------------------- */

static void
test_patience(void)
{
	static const uint64_t cases[][2] = {
		{ MSEC(1), DOUBT_PATIENCE },
		{ MSEC(200), DOUBT_PATIENCE },
		{ MSEC(204), MSEC(255) },
		{ SEC(8), SEC(10) },
	};
	struct path_pair p;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		come_up(&p, true, cases[i][0]);
		CU_ASSERT_EQUAL(path_patience(&p.path), cases[i][1]);
	}
}

/* The longer of the two that are known, up to how long an answer counts. */
static void
test_give_up(void)
{
	static const struct {
		uint64_t rtt, way, after;
	} cases[] = {
		{ 0, 0, PROBE_GIVE_UP },
		{ 0, MSEC(2500), PROBE_GIVE_UP },
		{ 0, MSEC(2501), MSEC(10004) },
		{ SEC(3), SEC(1), SEC(12) },
		{ SEC(1), SEC(3), SEC(12) },
		{ SEC(16), 0, PROBE_ROUND_TRIPS * PROBE_LIFETIME },
	};
	struct path_pair p;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		path_pair_init(&p, true);
		p.path.rtt = cases[i].rtt;
		path_reckon(&p.path, cases[i].way);
		CU_ASSERT_EQUAL(path_give_up_time(&p.path),
		    p.now + cases[i].after);
		CU_ASSERT_EQUAL(path_timer(&p.path, p.now + cases[i].after - 1),
		    PATH_SAME);
		CU_ASSERT_EQUAL(path_timer(&p.path, p.now + cases[i].after),
		    PATH_CHANGED);
		CU_ASSERT_EQUAL(p.path.state, PATH_FAILED);
	}
}

/* The relay's turn comes when a direct path can have answered, and not later
 * for a search that begins again. */
static void
test_relay_time(void)
{
	static const uint64_t cases[][2] = {
		{ 0, RELAY_DELAY },
		{ SEC(1), RELAY_DELAY },
		{ MSEC(1001), MSEC(1501) },
		{ SEC(4), MSEC(4500) },
	};
	struct path_pair p;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		path_pair_init(&p, true);
		path_init(&p.path, &p.targets, true, RELAY_AUTO, p.now,
		    cases[i][0]);
		CU_ASSERT_EQUAL(p.path.relay_at, p.now + cases[i][1]);
		path_restart(&p.path, p.now + MSEC(100));
		CU_ASSERT_EQUAL(p.path.relay_at, p.now + cases[i][1]);
		path_init(&p.path, &p.targets, true, RELAY_ONLY, p.now,
		    cases[i][0]);
		CU_ASSERT_EQUAL(p.path.relay_at, p.now);
	}
}

/* --- Intervals ----------------------------------------------------------- */

/* Between two probes to one that has answered, so long after the start. */
static void
test_intervals(void)
{
	static const struct {
		uint64_t age, interval;
		bool resting, relayed;
	} cases[] = {
		{ 0, PROBE_FAST, false, false },
		{ PROBE_FAST_FOR - 1, PROBE_FAST, false, false },
		{ PROBE_FAST_FOR, PROBE_MEDIUM, false, false },
		{ PROBE_MEDIUM_FOR - 1, PROBE_MEDIUM, false, false },
		{ PROBE_MEDIUM_FOR, PROBE_SLOW, false, false },
		{ PROBE_GIVE_UP - 1, PROBE_SLOW, false, false },
		{ PROBE_GIVE_UP, PROBE_RARE, false, false },
		{ PROBE_RELAYED_AFTER, PROBE_RARE, false, false },
		{ PROBE_RELAYED_AFTER - 1, PROBE_RARE, false, true },
		{ PROBE_RELAYED_AFTER, PROBE_RELAYED, false, true },
		{ 0, PROBE_RESTING, true, false },
		{ RESTING_FOR - 1, PROBE_RESTING, true, false },
		{ RESTING_FOR, CLOCK_NEVER, true, false },
	};
	struct path_pair p;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t now = PATH_START + cases[i].age, next;

		path_pair_init(&p, false);
		p.path.candidates[0].answered = true;
		p.path.resting = cases[i].resting;
		if (cases[i].relayed)
			p.path.current = PATH_BY_RELAY;
		next = path_next_probe_time(&p.path, now);
		CU_ASSERT_EQUAL(next,
		    cases[i].interval == CLOCK_NEVER ? CLOCK_NEVER
						     : now + cases[i].interval);
	}
}

/* After each try the next is twice as far, or four times if only a card names
 * the address; up to a minute. A long way makes the first longer. */
static void
test_tries(void)
{
	static const struct {
		bool observed;
		uint64_t way;
		uint64_t gaps[5];
	} cases[] = {
		{ true, 0,
		    { MSEC(20), MSEC(40), MSEC(80), MSEC(160), MSEC(320) } },
		{ true, MSEC(1280),
		    { MSEC(20), MSEC(40), MSEC(80), MSEC(160), MSEC(320) } },
		{ true, SEC(8),
		    { MSEC(125), MSEC(250), MSEC(500), SEC(1), SEC(2) } },
		{ false, SEC(8),
		    { MSEC(500), SEC(2), SEC(8), SEC(32), PROBE_LONELY } },
	};
	struct path_pair p;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct candidate *c;

		path_pair_init(&p, true);
		path_reckon(&p.path, cases[i].way);
		c = &p.path.candidates[0];
		c->observed = cases[i].observed;
		for (unsigned int k = 0; k < 5; k++) {
			path_note_try(&p.path, c, p.now);
			CU_ASSERT_EQUAL(c->due, p.now + cases[i].gaps[k]);
			CU_ASSERT_EQUAL(c->tries, k + 1);
		}
		for (unsigned int k = 0; k < 20; k++)
			path_note_try(&p.path, c, p.now);
		CU_ASSERT_EQUAL(c->due, p.now + PROBE_LONELY);
	}
}

/* A new start: all are asked again at once, and the state is that of a search,
 * unless there is a path. */
static void
test_restart(void)
{
	struct path_pair p;

	path_pair_init(&p, true);
	p.path.state = PATH_FAILED;
	p.path.resting = true;
	p.path.candidates[0].tries = 5;
	p.path.candidates[0].due = CLOCK_NEVER;
	p.path.probe_at = CLOCK_NEVER;
	p.now += SEC(50);
	path_restart(&p.path, p.now);
	CU_ASSERT_EQUAL(p.path.state, PATH_PROBING);
	CU_ASSERT_FALSE(p.path.resting);
	CU_ASSERT_EQUAL(p.path.candidates[0].tries, 0);
	CU_ASSERT_EQUAL(p.path.candidates[0].due, p.now);
	CU_ASSERT_EQUAL(p.path.probe_at, p.now);
	CU_ASSERT_EQUAL(p.path.started, p.now);

	come_up(&p, true, MSEC(10));
	p.path.relay_at = CLOCK_NEVER;
	path_restart(&p.path, p.now + SEC(9));
	CU_ASSERT_EQUAL(p.path.state, PATH_UP);
	CU_ASSERT_EQUAL(p.path.relay_at, CLOCK_NEVER);
	CU_ASSERT_EQUAL(p.path.started, p.now + SEC(9));
}

/* With a path, better ones are looked for within three seconds; at a tenth of
 * one if they have answered, and no sooner than they may be. */
static void
test_upgrade(void)
{
	struct addr lan = path_ipv4(192, 168, 1, 9, 1);
	struct candidate *c;
	struct path_pair p;

	come_up(&p, false, MSEC(10));
	CU_ASSERT_EQUAL(path_next_probe_time(&p.path, p.now), CLOCK_NEVER);
	p.lan.count = 1;
	memcpy(p.lan.prefixes[0].ip, lan.ip, sizeof(lan.ip));
	p.lan.prefixes[0].bits = 96 + 24;
	path_add(&p.path, &p.lan, p.now, &lan);
	c = &p.path.candidates[1];
	c->answered = true;
	CU_ASSERT_EQUAL(path_next_probe_time(&p.path, p.now),
	    p.now + PROBE_MEDIUM);
	CU_ASSERT_EQUAL(path_next_probe_time(&p.path,
			    p.path.started + UPGRADE_FOR - PROBE_MEDIUM - 1),
	    p.path.started + UPGRADE_FOR - 1);
	CU_ASSERT_EQUAL(path_next_probe_time(&p.path,
			    p.path.started + UPGRADE_FOR - PROBE_MEDIUM),
	    CLOCK_NEVER);
	c->aside_until = p.now + SEC(1);
	CU_ASSERT_EQUAL(path_next_probe_time(&p.path, p.now), p.now + SEC(1));
	c->aside_until = 0;
	c->answered = false;
	c->due = p.now + MSEC(777);
	CU_ASSERT_EQUAL(path_next_probe_time(&p.path, p.now), c->due);
	CU_ASSERT_EQUAL(path_next_probe_time(&p.path, c->due + 5), c->due + 5);
	p.path.mode = RELAY_ONLY;
	CU_ASSERT_EQUAL(path_next_probe_time(&p.path, p.now), CLOCK_NEVER);
}

/* With keys that the two alone have, whoever was not trusted before may be
 * better: they are looked for at once. Without a path that changes nothing. */
static void
test_secured(void)
{
	struct path_pair p;
	uint64_t began;

	come_up(&p, true, MSEC(10));
	p.path.probe_at = CLOCK_NEVER;
	p.now += SEC(9);
	path_secure(&p.path, p.now);
	CU_ASSERT_TRUE(p.path.secured);
	CU_ASSERT_EQUAL(p.path.started, p.now);
	CU_ASSERT_EQUAL(p.path.probe_at, p.now);
	path_open(&p.path);
	CU_ASSERT_FALSE(p.path.secured);

	path_pair_init(&p, true);
	began = p.path.started;
	path_secure(&p.path, p.now + SEC(9));
	CU_ASSERT_EQUAL(p.path.started, began);
	CU_ASSERT_TRUE(p.path.secured);
}

/* The first answer of an address is worth more probes there; the next ones are
 * not. */
static void
test_first_answer(void)
{
	struct budget card = { .first = 0 };
	struct path_probe probe;
	struct path_pair p;
	unsigned int left = 0;

	path_pair_init(&p, false);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 77, &probe));
	path_hears(&p.path, p.now, &p.peer, 0, probe.id);
	for (int i = 0; i < 3; i++) {
		p.now += PROBE_FAST;
		CU_ASSERT_TRUE(path_next(&p.path, p.now, 77, &probe));
		path_hears(&p.path, p.now, &p.peer, 0, probe.id);
	}
	while (left < 1000 &&
	    targets_take(&p.targets, p.now,
		&(struct target_probe){ .to = &p.peer.addr,
		    .kind = TARGET_OBSERVED,
		    .card = &card }))
		left++;
	CU_ASSERT_EQUAL(left, TARGET_FIRST - 1 + TARGET_ANSWER);
}

/* --- The path in use ----------------------------------------------------- */

/* Until the other side follows, it is asked: as often as any, or eight times in
 * a round trip. In doubt others are asked instead. */
static void
test_nominating(void)
{
	struct path_probe probe;
	struct path_pair p;

	come_up(&p, true, MSEC(10));
	CU_ASSERT_EQUAL(path_next_probe_time(&p.path, p.now),
	    p.now + PROBE_FAST);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 78, &probe));
	CU_ASSERT_TRUE(remote_equal(&probe.to, &p.peer));
	CU_ASSERT_EQUAL(probe.flags, PROBE_NOMINATE);
	come_up(&p, true, MSEC(800));
	CU_ASSERT_EQUAL(path_next_probe_time(&p.path, p.now),
	    p.now + MSEC(100));
	p.path.confirmed = true;
	CU_ASSERT_EQUAL(path_next_probe_time(&p.path, p.now), CLOCK_NEVER);
}

/* One that others in the room may be at is not all that is asked: whom somebody
 * named has turns meanwhile. */
static void
test_nominating_unnamed(void)
{
	struct path_probe probe;
	struct path_pair p;

	for (int named = 0; named < 2; named++)
		for (int secured = 0; secured < 2; secured++) {
			bool other = !named && !secured;

			come_up(&p, true, MSEC(10));
			p.path.candidates[0].vouched = named;
			p.path.secured = secured;
			path_add(&p.path, &p.lan, p.now, &p.other.addr);
			CU_ASSERT_TRUE(path_next(&p.path, p.now, 78, &probe));
			CU_ASSERT_TRUE(remote_equal(&probe.to,
			    other ? &p.other : &p.peer));
			CU_ASSERT_EQUAL(probe.flags,
			    other ? 0 : PROBE_NOMINATE);
		}
}

/* What a probe says: that there is no path; that it is the path, which only the
 * controlling side says. */
static void
test_flags(void)
{
	struct path_probe probe;
	struct path_pair p;

	for (int controlling = 0; controlling < 2; controlling++) {
		path_pair_init(&p, controlling);
		CU_ASSERT_TRUE(path_next(&p.path, p.now, 77, &probe));
		CU_ASSERT_EQUAL(probe.flags, PROBE_SEEKING);
		CU_ASSERT_TRUE(probe.due && !probe.reply && !probe.relayed);
		CU_ASSERT_EQUAL(probe.ask, 0);
		come_up(&p, controlling, MSEC(10));
		path_check(&p.path, p.now);
		CU_ASSERT_TRUE(path_next(&p.path, p.now + SEC(1), 78, &probe));
		CU_ASSERT_EQUAL(probe.flags, controlling ? PROBE_NOMINATE : 0);
	}
}

/* A sign of life after 15 s; without an answer each second, or after one and a
 * half round trips. If there is a doubt, sooner. */
static void
test_keepalive(void)
{
	static const struct {
		uint64_t rtt, retry, check;
	} cases[] = {
		{ MSEC(10), KEEPALIVE_RETRY, CHECK_RETRY },
		{ MSEC(500), KEEPALIVE_RETRY, CHECK_RETRY },
		{ MSEC(668), MSEC(1002), MSEC(334) },
		{ SEC(4), SEC(6), SEC(2) },
	};
	struct path_probe probe;
	struct path_pair p;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t up;

		come_up(&p, false, cases[i].rtt);
		up = p.now;
		CU_ASSERT_EQUAL(path_deadline(&p.path), up + KEEPALIVE);
		CU_ASSERT_FALSE(
		    path_next(&p.path, up + KEEPALIVE - 1, 78, &probe));
		CU_ASSERT_TRUE(path_next(&p.path, up + KEEPALIVE, 78, &probe));
		CU_ASSERT_EQUAL(p.path.unanswered, 1);
		CU_ASSERT_EQUAL(p.path.silent_since, up + KEEPALIVE);
		CU_ASSERT_EQUAL(path_deadline(&p.path),
		    up + KEEPALIVE + cases[i].retry);
		CU_ASSERT_TRUE(path_next(&p.path,
		    up + KEEPALIVE + cases[i].retry, 78, &probe));
		CU_ASSERT_EQUAL(p.path.unanswered, 2);
		CU_ASSERT_EQUAL(p.path.silent_since, up + KEEPALIVE);

		come_up(&p, false, cases[i].rtt);
		p.now += SEC(1);
		path_check(&p.path, p.now);
		CU_ASSERT_TRUE(path_next(&p.path, p.now, 78, &probe));
		CU_ASSERT_EQUAL(path_deadline(&p.path), p.now + cases[i].check);
	}
}

/* No two probes within 20 ms, whatever they are for. */
static void
test_spacing(void)
{
	struct path_probe probe;
	struct path_pair p;

	path_pair_init(&p, true);
	path_add(&p.path, &p.lan, p.now, &p.other.addr);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 77, &probe));
	CU_ASSERT_EQUAL(path_deadline(&p.path), p.now + PROBE_FAST);
	CU_ASSERT_FALSE(path_next(&p.path, p.now + PROBE_FAST - 1, 77, &probe));
	CU_ASSERT_TRUE(path_next(&p.path, p.now + PROBE_FAST, 77, &probe));
}

/* --- The relay ----------------------------------------------------------- */

/* It is probed when its time has come, and at most five times a second; not
 * while it rests, is not there, or may not be used. */
static void
test_relay(void)
{
	struct path_probe probe;
	struct path_pair p;
	uint64_t at;

	path_pair_init(&p, true);
	p.path.count = 0;
	at = p.path.relay_at;
	CU_ASSERT_FALSE(path_next(&p.path, at, 77, &probe));
	path_relay(&p.path, at, true);
	CU_ASSERT_FALSE(path_next(&p.path, at - 1, 77, &probe));
	CU_ASSERT_TRUE(path_next(&p.path, at, 77, &probe));
	CU_ASSERT_TRUE(probe.relayed);
	CU_ASSERT_EQUAL(path_deadline(&p.path), at + RELAY_RETRY);
	/* Later as seldom as all. */
	at += SEC(7);
	CU_ASSERT_TRUE(path_next(&p.path, at, 77, &probe));
	CU_ASSERT_EQUAL(path_deadline(&p.path), at + PROBE_SLOW);
	at += SEC(1);
	p.path.candidates[PATH_BY_RELAY].aside_until = at + 1;
	CU_ASSERT_FALSE(path_next(&p.path, at, 77, &probe));
	CU_ASSERT_TRUE(path_next(&p.path, at + 1, 77, &probe));
	at += SEC(1);
	p.path.mode = RELAY_NEVER;
	CU_ASSERT_FALSE(path_next(&p.path, at, 77, &probe));
	p.path.mode = RELAY_AUTO;
	p.path.resting = true;
	CU_ASSERT_FALSE(path_next(&p.path, at, 77, &probe));
	p.path.resting = false;
	CU_ASSERT_TRUE(path_next(&p.path, at, 77, &probe));
}

void
path_timing_suite(void)
{
	CU_pSuite suite = CU_add_suite("path_timing", NULL, NULL);

	CU_add_test(suite, "patience", test_patience);
	CU_add_test(suite, "giving up", test_give_up);
	CU_add_test(suite, "the relay's turn", test_relay_time);
	CU_add_test(suite, "intervals", test_intervals);
	CU_add_test(suite, "tries", test_tries);
	CU_add_test(suite, "a new start", test_restart);
	CU_add_test(suite, "a better path", test_upgrade);
	CU_add_test(suite, "with a session", test_secured);
	CU_add_test(suite, "the first answer", test_first_answer);
	CU_add_test(suite, "asking to follow", test_nominating);
	CU_add_test(suite, "and others", test_nominating_unnamed);
	CU_add_test(suite, "what a probe says", test_flags);
	CU_add_test(suite, "signs of life", test_keepalive);
	CU_add_test(suite, "spacing", test_spacing);
	CU_add_test(suite, "the relay", test_relay);
}
