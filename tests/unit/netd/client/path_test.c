/*
 * Paths: hole punching through every pair of NATs, which candidate wins,
 * pacing, and keepalive.
 */
#include "tests/unit/netd/client/path_sim.h"

#include <CUnit/CUnit.h>

#include <stdio.h>

void path_suite(void);

#define SEC(n)	(PATH_START + (n)*USEC_PER_SEC)
#define MSEC(n) ((n)*USEC_PER_MSEC)

/* --- NATs ----------------------------------------------------------------- */

/* The relay is there for the other pairs. */
static bool
can_be_punched(enum nat_kind a, enum nat_kind b)
{
	if (a == NAT_SYMMETRIC)
		return b != NAT_SYMMETRIC && b != NAT_PORT_RESTRICTED;
	return a != NAT_PORT_RESTRICTED || b != NAT_SYMMETRIC;
}

static void
try_pair(enum nat_kind a, enum nat_kind b, uint64_t seed, unsigned int loss)
{
	bool want = can_be_punched(a, b);
	struct path_world w;
	bool ok;

	path_world_init(&w, seed, loss, a, b);
	path_world_meet(&w);
	path_world_run(&w, SEC(10) - MSEC(1));
	if (want) {
		ok = path_world_both(&w, PATH_UP) &&
		    path_world_both_kind(&w, PATH_DIRECT) &&
		    w.hosts[0].path.confirmed && path_world_matches(&w);
	} else {
		ok = path_world_both(&w, PATH_PROBING);
		path_world_run(&w, SEC(10) + MSEC(1));
		ok = ok && path_world_both(&w, PATH_FAILED) &&
		    path_current(&w.hosts[0].path) == NULL &&
		    path_current(&w.hosts[1].path) == NULL &&
		    w.hosts[0].changes == 1 && w.hosts[1].changes == 1;
	}
	CU_ASSERT_TRUE(ok);
	if (!ok)
		printf("\nNATs %d and %d, seed %llu, loss %u\n", a, b,
		    (unsigned long long)seed, loss);
	simnet_end(&w.net);
}

static void
test_pairs(void)
{
	unsigned int punched = 0;

	for (enum nat_kind a = 0; a < NAT_KINDS; a++)
		for (enum nat_kind b = 0; b < NAT_KINDS; b++) {
			punched += can_be_punched(a, b);
			for (uint64_t seed = 1; seed <= 10; seed++) {
				try_pair(a, b, seed, 0);
				try_pair(a, b, seed, 25);
			}
		}
	CU_ASSERT_EQUAL(punched, 13);
}

static void
test_no_nat(void)
{
	for (enum nat_kind a = 0; a <= NAT_NONE; a++) {
		if (a == NAT_KINDS)
			continue;
		for (int swap = 0; swap < 2; swap++) {
			struct path_world w;

			path_world_init(&w, 1, 0, swap ? NAT_NONE : a,
			    swap ? a : NAT_NONE);
			path_world_meet(&w);
			path_world_run(&w, SEC(2));
			CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
			CU_ASSERT_TRUE(path_world_matches(&w));
			simnet_end(&w.net);
		}
	}
}

/* Without loss it takes no longer than the probes and their answers need. */
static void
test_soon(void)
{
	struct path_world w;

	path_world_init(&w, 1, 0, NAT_PORT_RESTRICTED, NAT_PORT_RESTRICTED);
	path_world_meet(&w);
	path_world_run(&w, PATH_START + MSEC(300));
	CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
	CU_ASSERT_TRUE(w.hosts[0].path.confirmed);
	simnet_end(&w.net);
}

/* --- Which candidate ------------------------------------------------------ */

static void
test_lan(void)
{
	for (enum nat_kind kind = 0; kind < NAT_KINDS; kind++)
		for (int hairpin = 0; hairpin < 2; hairpin++) {
			struct path_world w;

			path_world_init(&w, 3, 0, kind, NAT_NONE);
			path_world_join(&w, hairpin);
			path_world_meet(&w);
			path_world_run(&w, SEC(4));
			CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
			CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_LAN));
			CU_ASSERT_TRUE(path_world_matches(&w));
			simnet_end(&w.net);
		}
}

static void
test_ipv6(void)
{
	struct path_world w;

	path_world_init(&w, 3, 0, NAT_FULL_CONE, NAT_PORT_RESTRICTED);
	for (int i = 0; i < 2; i++)
		w.hosts[i].addr6 =
		    (struct addr){ .ip = { 0x20, 1, 0xd,
				       0xb8, [15] = (uint8_t)(1 + i) },
			    .port = 4545 };
	path_world_meet(&w);
	path_world_run(&w, SEC(4));
	CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
	CU_ASSERT_TRUE(path_world_matches(&w));
	CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_DIRECT));
	CU_ASSERT_FALSE(addr_is_ipv4(&path_current(&w.hosts[0].path)->at.addr));
	CU_ASSERT_FALSE(addr_is_ipv4(&path_current(&w.hosts[1].path)->at.addr));
	simnet_end(&w.net);
}

/* The LAN carries nothing at first. When it does, the path moves there, and is
 * never down in between. */
static void
test_upgrade(void)
{
	struct path_world w;
	unsigned int probes;

	path_world_init(&w, 5, 0, NAT_FULL_CONE, NAT_NONE);
	path_world_join(&w, true);
	w.lan_down = true;
	path_world_meet(&w);
	path_world_run(&w, SEC(1));
	CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
	CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_DIRECT));
	w.lan_down = false;
	path_world_run(&w, SEC(3));
	CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_LAN));
	CU_ASSERT_TRUE(path_world_matches(&w));
	CU_ASSERT_FALSE(w.hosts[0].was_down || w.hosts[1].was_down);
	CU_ASSERT_EQUAL(w.hosts[0].changes, 2);
	CU_ASSERT_EQUAL(w.hosts[1].changes, 2);
	/* There is no better one left to look for. */
	path_world_run(&w, SEC(4));
	probes = w.hosts[0].probes + w.hosts[1].probes;
	path_world_run(&w, SEC(15));
	CU_ASSERT_EQUAL(w.hosts[0].probes + w.hosts[1].probes, probes);
	simnet_end(&w.net);
}

/* --- Pacing, keepalive ---------------------------------------------------- */

static unsigned int
probes_until(struct path_world *w, uint64_t until)
{
	unsigned int before = w->hosts[0].probes;

	path_world_run(w, until);
	return w->hosts[0].probes - before;
}

/* Nobody has ever answered: the host asks less and less often. Only the card
 * names one of the two candidates. */
static void
test_pacing(void)
{
	struct path_world w;

	path_world_init(&w, 1, 0, NAT_FULL_CONE, NAT_FULL_CONE);
	path_world_meet(&w);
	w.net.down = true;
	CU_ASSERT_EQUAL(probes_until(&w, SEC(1) - 1), 6 + 2);
	CU_ASSERT_EQUAL(probes_until(&w, SEC(10) - 1), 3 + 1);
	CU_ASSERT_TRUE(path_world_both(&w, PATH_PROBING));
	CU_ASSERT_EQUAL(probes_until(&w, SEC(60) - 1), 3);
	CU_ASSERT_TRUE(path_world_both(&w, PATH_FAILED));
	CU_ASSERT_EQUAL(probes_until(&w, SEC(660) - 1), 10 + 10);
	/* It is never too late for a path. */
	w.net.down = false;
	path_world_run(&w, SEC(660) + PROBE_LONELY);
	CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
	CU_ASSERT_TRUE(path_world_matches(&w));
	simnet_end(&w.net);
}

/* A candidate that had answered is asked as before, until the answer is too old
 * to count; and after that still now and then. */
static void
test_pacing_known(void)
{
	struct path_world w;
	unsigned int n;

	path_world_init(&w, 1, 0, NAT_FULL_CONE, NAT_FULL_CONE);
	path_world_meet(&w);
	w.net.down = true;
	w.hosts[0].path.candidates[0].answered = true;
	n = probes_until(&w, SEC(1) - 1);
	CU_ASSERT(n >= 49 && n <= 50);
	n = probes_until(&w, SEC(4) - 1);
	CU_ASSERT(n >= 29 && n <= 31);
	n = probes_until(&w, SEC(10) - 1);
	CU_ASSERT(n >= 23 && n <= 25);
	n = probes_until(&w, SEC(60));
	CU_ASSERT(n >= 24 && n <= 27);
	simnet_end(&w.net);
}

/* New addresses are asked as often as the first ones. */
static void
test_restart(void)
{
	struct path_world w;

	path_world_init(&w, 1, 0, NAT_FULL_CONE, NAT_FULL_CONE);
	path_world_meet(&w);
	w.net.down = true;
	path_world_run(&w, SEC(12));
	CU_ASSERT_TRUE(path_world_both(&w, PATH_FAILED));
	path_restart(&w.hosts[0].path, w.now);
	CU_ASSERT_EQUAL(probes_until(&w, SEC(13) - 1), 6);
	CU_ASSERT_EQUAL(w.hosts[0].path.state, PATH_PROBING);
	path_world_run(&w, SEC(22) + 1);
	CU_ASSERT_EQUAL(w.hosts[0].path.state, PATH_FAILED);
	/* That does not hold for ever more of them. */
	for (unsigned int i = 0; i < 100; i++) {
		path_restart(&w.hosts[0].path, w.now);
		path_world_run(&w, w.now + MSEC(2000));
	}
	CU_ASSERT(w.hosts[0].probes <= 2 * (TARGET_FIRST + 222 / 60));
	simnet_end(&w.net);
}

static void
come_up(struct path_world *w)
{
	path_world_init(w, 9, 0, NAT_PORT_RESTRICTED, NAT_RESTRICTED);
	path_world_meet(w);
	path_world_run(w, SEC(5));
	CU_ASSERT_TRUE_FATAL(path_world_both(w, PATH_UP));
}

static void
test_keepalive(void)
{
	struct path_world w;
	unsigned int n[2];

	come_up(&w);
	n[0] = w.hosts[0].probes;
	n[1] = w.hosts[1].probes;
	path_world_run(&w, SEC(305));
	for (int i = 0; i < 2; i++) {
		CU_ASSERT(w.hosts[i].probes - n[i] >= 19);
		CU_ASSERT(w.hosts[i].probes - n[i] <= 20);
		CU_ASSERT_EQUAL(w.hosts[i].changes, 1);
	}
	CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
	simnet_end(&w.net);
}

/* Two probes are lost, and the third is answered: the path stays as it is. */
static void
test_keepalive_loss(void)
{
	struct path_world w;

	come_up(&w);
	for (int i = 0; i < 20; i++) {
		uint64_t due = w.hosts[0].path.keepalive_at;

		path_world_run(&w, due - MSEC(1));
		w.net.down = true;
		path_world_run(&w, due + KEEPALIVE_RETRY + MSEC(500));
		CU_ASSERT_EQUAL(w.hosts[0].path.unanswered, 2);
		w.net.down = false;
		path_world_run(&w, due + 2 * KEEPALIVE_RETRY + MSEC(100));
		CU_ASSERT_EQUAL(w.hosts[0].path.unanswered, 0);
		CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
	}
	CU_ASSERT_FALSE(w.hosts[0].was_down || w.hosts[1].was_down);
	simnet_end(&w.net);
}

/* Three probes were not answered: punching starts again, from all
 * candidates. */
static void
test_dead(void)
{
	struct path_world w;
	uint64_t now, due;

	come_up(&w);
	w.net.down = true;
	due = w.hosts[0].path.keepalive_at;
	CU_ASSERT(due <= w.now + KEEPALIVE);
	path_world_run(&w, due + 3 * KEEPALIVE_RETRY - MSEC(1));
	CU_ASSERT_FALSE(w.hosts[0].was_down);
	path_world_run(&w, due + 3 * KEEPALIVE_RETRY + MSEC(100));
	CU_ASSERT_TRUE(path_world_both(&w, PATH_PROBING));
	CU_ASSERT_PTR_NULL(path_current(&w.hosts[0].path));
	CU_ASSERT_EQUAL(w.hosts[0].changes, 2);
	for (size_t i = 0; i < w.hosts[0].path.count; i++) {
		const struct candidate *c = &w.hosts[0].path.candidates[i];

		path_world_run(&w, w.now + MSEC(100));
		CU_ASSERT(c->probed_at > w.now - 2 * USEC_PER_SEC);
	}
	w.net.down = false;
	now = w.now;
	path_world_run(&w, now + 3 * USEC_PER_SEC);
	CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
	CU_ASSERT_TRUE(path_world_matches(&w));
	simnet_end(&w.net);
}

/* A check finds out within 2 s that the peer is gone. */
static void
test_check(void)
{
	struct path_world w;
	unsigned int n;

	come_up(&w);
	n = w.hosts[0].probes;
	path_check(&w.hosts[0].path, w.now);
	path_world_run(&w, SEC(6));
	CU_ASSERT_EQUAL(w.hosts[0].probes, n + 1);
	CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
	w.net.down = true;
	path_check(&w.hosts[0].path, w.now);
	path_world_run(&w, SEC(7));
	path_check(&w.hosts[0].path, w.now); /* a check is under way */
	path_world_run(&w, SEC(6) + CHECK_TRIES * CHECK_RETRY - MSEC(1));
	CU_ASSERT_EQUAL(w.hosts[0].path.state, PATH_UP);
	path_world_run(&w, SEC(6) + CHECK_TRIES * CHECK_RETRY + PROBE_FAST);
	CU_ASSERT_EQUAL(w.hosts[0].path.state, PATH_PROBING);
	/* Where there is no path, there is nothing to check. */
	n = w.hosts[0].probes;
	path_check(&w.hosts[0].path, w.now);
	CU_ASSERT_EQUAL(w.hosts[0].path.keepalive_at, CLOCK_NEVER);
	simnet_end(&w.net);
}

/* A peer that is gone is almost left alone. If both only thought so, they find
 * each other again. */
static void
test_rest(void)
{
	struct path_world w;

	come_up(&w);
	path_rest(&w.hosts[0].path, w.now);
	path_rest(&w.hosts[1].path, w.now);
	CU_ASSERT_EQUAL(probes_until(&w, w.now + PROBE_RESTING - MSEC(1)), 0);
	path_world_run(&w, w.now + SEC(2));
	CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
	CU_ASSERT_TRUE(path_world_matches(&w));
	path_rest(&w.hosts[0].path, w.now);
	path_rest(&w.hosts[1].path, w.now);
	path_restart(&w.hosts[1].path, w.now);
	path_world_run(&w, w.now + SEC(2));
	CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
	simnet_end(&w.net);
}

/* Nobody answers any more: the probes end. */
static void
test_rest_ends(void)
{
	const struct addr a = {
		.ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 },
		.port = 4545
	};
	const struct lan lan = { 0 };
	struct path_probe probe;
	unsigned int probes = 0;
	struct targets targets;
	struct path p;
	uint64_t at;

	targets_init(&targets, path_targets_key);
	path_init(&p, &targets, true, RELAY_AUTO, SEC(1), 0);
	path_add(&p, &lan, PATH_START, &a);
	p.candidates[0].answered = true;
	path_rest(&p, SEC(1));
	while ((at = path_deadline(&p)) != CLOCK_NEVER && probes < 100)
		probes += path_next(&p, at, 1, &probe);
	CU_ASSERT_EQUAL(probes, RESTING_FOR / PROBE_RESTING);
	CU_ASSERT_EQUAL(path_deadline(&p), CLOCK_NEVER);
}

/* Round trips take 1.5 to 10 s, also to the bootnode. There is a path after two
 * of them, one for the answer and one for the nomination; nobody is told of a
 * failure, the relay is not used, and the path stays. */
static void
test_long_way(void)
{
	static const uint64_t rtts[] = { MSEC(1500), MSEC(2400), MSEC(5000),
		MSEC(10000) };
	struct path_world w;

	for (size_t i = 0; i < 4; i++)
		for (enum nat_kind kind = 0; kind < NAT_SYMMETRIC; kind++) {
			path_world_init(&w, i + 1, 0, kind, kind);
			w.net.mix.delay = rtts[i] / 2;
			w.way = rtts[i];
			w.relay_up = true;
			path_world_meet(&w);
			path_world_run(&w,
			    PATH_START + 3 * rtts[i] + MSEC(1000));
			CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_DIRECT));
			CU_ASSERT_EQUAL(w.hosts[0].changes, 1);
			CU_ASSERT_EQUAL(w.hosts[1].changes, 1);
			w.hosts[0].probes = w.hosts[1].probes = 0;
			path_world_run(&w, w.now + MSEC(300000));
			CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_DIRECT));
			CU_ASSERT_EQUAL(w.hosts[0].changes, 1);
			CU_ASSERT_EQUAL(w.hosts[1].changes, 1);
			CU_ASSERT(w.hosts[0].probes + w.hosts[1].probes <= 60);
			simnet_end(&w.net);
		}
}

/* A path whose other end is gone is dead as soon as three answers are late. */
static void
test_long_way_dead(void)
{
	struct path_world w;
	uint64_t due;

	path_world_init(&w, 1, 0, NAT_FULL_CONE, NAT_FULL_CONE);
	w.net.mix.delay = MSEC(2500);
	w.way = MSEC(5000);
	path_world_meet(&w);
	path_world_run(&w, SEC(30));
	CU_ASSERT_TRUE(path_world_both(&w, PATH_UP));
	w.hosts[1].asleep = true;
	due = w.hosts[0].path.keepalive_at;
	path_world_run(&w, due + 3 * MSEC(7000));
	CU_ASSERT_EQUAL(w.hosts[0].path.state, PATH_UP);
	path_world_run(&w, due + 3 * MSEC(8000));
	CU_ASSERT_EQUAL(w.hosts[0].path.state, PATH_PROBING);
	simnet_end(&w.net);
}

void
path_suite(void)
{
	CU_pSuite suite = CU_add_suite("path", NULL, NULL);

	CU_add_test(suite, "16 pairs of NATs", test_pairs);
	CU_add_test(suite, "no NAT on one side", test_no_nat);
	CU_add_test(suite, "within 300 ms", test_soon);
	CU_add_test(suite, "both in one LAN", test_lan);
	CU_add_test(suite, "IPv6 before IPv4", test_ipv6);
	CU_add_test(suite, "a better path later", test_upgrade);
	CU_add_test(suite, "pacing", test_pacing);
	CU_add_test(suite, "pacing where somebody was", test_pacing_known);
	CU_add_test(suite, "a new start", test_restart);
	CU_add_test(suite, "keepalive", test_keepalive);
	CU_add_test(suite, "keepalives that are lost", test_keepalive_loss);
	CU_add_test(suite, "a path that died", test_dead);
	CU_add_test(suite, "is it still there?", test_check);
	CU_add_test(suite, "a peer that is gone", test_rest);
	CU_add_test(suite, "a rest that ends", test_rest_ends);
	CU_add_test(suite, "a long way", test_long_way);
	CU_add_test(suite, "a long way, and nobody there", test_long_way_dead);
}
