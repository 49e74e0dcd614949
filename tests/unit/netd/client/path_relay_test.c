/*
 * Paths through the relay, and paths that break: when the relay is used and
 * when not, and how soon another path takes the place of one that died or
 * moved.
 */
#include "tests/unit/netd/client/path_sim.h"

#include <CUnit/CUnit.h>

#include <stdint.h>
#include <string.h>

void path_relay_suite(void);

#define SEC(n)	(PATH_START + (n)*USEC_PER_SEC)
#define MSEC(n) ((n)*USEC_PER_MSEC)

/* Both get to know each other, and the bootnode relays. */
static void
meet(struct path_world *w, uint64_t seed, unsigned int loss, enum nat_kind a,
    enum nat_kind b)
{
	path_world_init(w, seed, loss, a, b);
	w->relay_up = true;
	path_world_meet(w);
}

/* --- When the relay is used ----------------------------------------------- */

static const enum nat_kind unpunched[][2] = {
	{ NAT_SYMMETRIC, NAT_SYMMETRIC },
	{ NAT_SYMMETRIC, NAT_PORT_RESTRICTED },
	{ NAT_PORT_RESTRICTED, NAT_SYMMETRIC },
};

static void
test_delay(void)
{
	for (int i = 0; i < 3; i++) {
		struct path_world w;

		meet(&w, 1, 0, unpunched[i][0], unpunched[i][1]);
		path_world_run(&w, PATH_START + RELAY_DELAY - 1);
		CU_ASSERT_EQUAL(w.hosts[0].relayed + w.hosts[1].relayed, 0);
		CU_ASSERT_TRUE(path_world_both(&w, PATH_PROBING));
		path_world_run(&w, PATH_START + RELAY_DELAY + MSEC(300));
		CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_RELAY));
		CU_ASSERT_TRUE(w.hosts[0].path.confirmed);
		path_world_run(&w, SEC(300));
		CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_RELAY));
		CU_ASSERT_FALSE(w.hosts[0].was_down || w.hosts[1].was_down);
		simnet_end(&w.net);
	}
}

static void
test_delay_loss(void)
{
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct path_world w;

		meet(&w, seed, 25, NAT_SYMMETRIC, NAT_SYMMETRIC);
		path_world_run(&w, SEC(5));
		CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_RELAY));
		simnet_end(&w.net);
	}
}

/* If a direct path is up in time, nothing goes through the relay. */
static void
test_not_needed(void)
{
	for (enum nat_kind a = 0; a < NAT_SYMMETRIC; a++)
		for (enum nat_kind b = 0; b < NAT_SYMMETRIC; b++) {
			struct path_world w;

			meet(&w, 1, 0, a, b);
			path_world_run(&w, SEC(60));
			CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_DIRECT));
			CU_ASSERT_EQUAL(w.hosts[0].relayed + w.hosts[1].relayed,
			    0);
			simnet_end(&w.net);
		}
}

static unsigned int
direct_probes(const struct host *h)
{
	return h->probes - h->relayed;
}

/* The search for a direct path goes on, ever more slowly, and without end; the
 * path that it finds is taken without an interruption. */
static void
test_upgrade(void)
{
	unsigned int before[2];
	struct path_world w;

	meet(&w, 1, 0, NAT_PORT_RESTRICTED, NAT_PORT_RESTRICTED);
	w.direct_down = true;
	path_world_run(&w, SEC(100));
	CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_RELAY));
	for (int i = 0; i < 2; i++)
		before[i] = direct_probes(&w.hosts[i]);
	path_world_run(&w, SEC(1100));
	/* Two candidates were asked, and none has ever answered. */
	for (int i = 0; i < 2; i++) {
		unsigned int n = direct_probes(&w.hosts[i]) - before[i];

		CU_ASSERT(n >= 32 && n <= 35);
	}
	w.direct_down = false;
	path_world_run(&w, SEC(1100) + PROBE_LONELY + MSEC(200));
	CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_DIRECT));
	CU_ASSERT_TRUE(path_world_matches(&w));
	CU_ASSERT_FALSE(w.hosts[0].was_down || w.hosts[1].was_down);
	simnet_end(&w.net);
}

/* The peer's new addresses are tried at once. */
static void
test_upgrade_news(void)
{
	struct path_world w;

	meet(&w, 1, 0, NAT_PORT_RESTRICTED, NAT_PORT_RESTRICTED);
	w.direct_down = true;
	path_world_run(&w, SEC(200));
	w.direct_down = false;
	path_restart(&w.hosts[0].path, w.now);
	path_restart(&w.hosts[1].path, w.now);
	path_world_run(&w, SEC(201));
	CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_DIRECT));
	CU_ASSERT_FALSE(w.hosts[0].was_down || w.hosts[1].was_down);
	simnet_end(&w.net);
}

/* --- never and only ------------------------------------------------------- */

static void
try_modes(enum relay mode0, enum relay mode1, enum nat_kind kind,
    enum path_kind expected, uint64_t by)
{
	struct path_world w;

	path_world_init(&w, 1, 0, kind, kind);
	w.relay_up = true;
	w.hosts[0].mode = mode0;
	w.hosts[1].mode = mode1;
	path_world_meet(&w);
	path_world_run(&w, by);
	if (expected == PATH_NONE)
		CU_ASSERT_TRUE(path_world_both(&w, PATH_FAILED));
	if (expected != PATH_NONE)
		CU_ASSERT_TRUE(path_world_both_kind(&w, expected));
	for (int i = 0; i < 2; i++) {
		if (w.hosts[i].mode == RELAY_NEVER)
			CU_ASSERT_EQUAL(w.hosts[i].relayed, 0);
		if (w.hosts[i].mode == RELAY_ONLY)
			CU_ASSERT_EQUAL(direct_probes(&w.hosts[i]), 0);
	}
	simnet_end(&w.net);
}

static void
test_modes(void)
{
	const uint64_t soon = PATH_START + MSEC(300), failed = SEC(11);

	for (int i = 0; i < 2; i++) {
		enum relay other = i == 0 ? RELAY_NEVER : RELAY_AUTO;

		try_modes(RELAY_NEVER, other, NAT_SYMMETRIC, PATH_NONE, failed);
		try_modes(other, RELAY_NEVER, NAT_SYMMETRIC, PATH_NONE, failed);
		try_modes(RELAY_NEVER, other, NAT_FULL_CONE, PATH_DIRECT, soon);
		try_modes(other, RELAY_NEVER, NAT_FULL_CONE, PATH_DIRECT, soon);
	}
	/* The relay is used at once, whatever the NATs would allow. */
	try_modes(RELAY_ONLY, RELAY_ONLY, NAT_FULL_CONE, PATH_RELAY, soon);
	try_modes(RELAY_ONLY, RELAY_AUTO, NAT_FULL_CONE, PATH_RELAY, soon);
	try_modes(RELAY_AUTO, RELAY_ONLY, NAT_FULL_CONE, PATH_RELAY, soon);
	try_modes(RELAY_ONLY, RELAY_AUTO, NAT_FULL_CONE, PATH_RELAY, SEC(200));
	try_modes(RELAY_ONLY, RELAY_NEVER, NAT_FULL_CONE, PATH_NONE, failed);
	try_modes(RELAY_NEVER, RELAY_ONLY, NAT_FULL_CONE, PATH_NONE, failed);
}

/* --- Paths that die ------------------------------------------------------- */

static void
come_up(struct path_world *w, bool relay, enum path_kind kind)
{
	path_world_init(w, 9, 0, NAT_PORT_RESTRICTED, NAT_PORT_RESTRICTED);
	w->relay_up = relay;
	w->direct_down = kind == PATH_RELAY;
	path_world_meet(w);
	path_world_run(w, SEC(20));
	CU_ASSERT_TRUE_FATAL(path_world_both_kind(w, kind));
}

static bool
are_joined(const struct path_world *w)
{
	return path_world_both(w, PATH_UP) &&
	    path_world_matches((struct path_world *)(uintptr_t)w);
}

/* Lines wait for an answer: the path is dead after six probes, and if no other
 * is found for a while, the relay is used. */
static void
test_dead(void)
{
	struct path_world w;

	come_up(&w, true, PATH_DIRECT);
	w.direct_down = true;
	path_suspect(&w.hosts[0].path, w.now);
	path_world_run(&w, SEC(20) + CHECK_TRIES * CHECK_RETRY + MSEC(50));
	CU_ASSERT_EQUAL(w.hosts[0].path.state, PATH_PROBING);
	CU_ASSERT_EQUAL(w.hosts[0].relayed, 0);
	path_world_run(&w, w.now + RELAY_DELAY - MSEC(60));
	CU_ASSERT_EQUAL(w.hosts[0].relayed, 0);
	/* The first probe through the relay tells the other side. */
	path_world_run(&w, w.now + MSEC(400));
	CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_RELAY));
	simnet_end(&w.net);
}

/* Without the bootnode there is no relay; with a bootnode again, it is there at
 * once. */
static void
test_bootnode_lost(void)
{
	struct path_world w;

	come_up(&w, true, PATH_RELAY);
	path_world_relay(&w, false);
	CU_ASSERT_TRUE(path_world_both(&w, PATH_PROBING));
	path_world_run(&w, SEC(40));
	CU_ASSERT_TRUE(path_world_both(&w, PATH_FAILED));
	path_world_relay(&w, true);
	path_world_run(&w, SEC(40) + MSEC(300));
	CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_RELAY));
	path_world_relay(&w, false);
	path_world_run(&w, w.now + MSEC(200));
	path_world_relay(&w, true);
	path_world_run(&w, w.now + MSEC(300));
	CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_RELAY));
	simnet_end(&w.net);
}

/* One side has lost the path and says so: the other need not find out. */
static void
test_seeking(void)
{
	for (int n = 0; n < 2; n++) {
		struct path_world w;
		unsigned int seeking;

		come_up(&w, false, PATH_DIRECT);
		seeking = w.hosts[n].seeking;
		path_lost(&w.hosts[n].path, w.now);
		path_world_run(&w, w.now + MSEC(300));
		CU_ASSERT(w.hosts[n].seeking > seeking);
		CU_ASSERT_TRUE(are_joined(&w));
		CU_ASSERT_FALSE(w.hosts[1 - n].was_down);
		/* A side with a path does not seek. */
		seeking = w.hosts[0].seeking + w.hosts[1].seeking;
		path_world_run(&w, w.now + 100 * USEC_PER_SEC);
		CU_ASSERT_EQUAL(w.hosts[0].seeking + w.hosts[1].seeking,
		    seeking);
		simnet_end(&w.net);
	}
}

/* A peer that seeks at a place where nobody answers does not break a path that
 * works. */
static void
test_seeking_in_vain(void)
{
	struct path_probe answer;
	struct path_world w;
	struct remote nowhere = { .socket = 0 };

	come_up(&w, false, PATH_DIRECT);
	nowhere.addr = path_ipv4(198, 51, 100, 77, 4545);
	for (int i = 0; i < 200; i++) {
		path_probed(&w.hosts[0].path, &w.hosts[0].lan, w.now, 9,
		    &nowhere, PROBE_SEEKING, (uint64_t)i + 1, &answer);
		path_world_run(&w, w.now + MSEC(20));
	}
	CU_ASSERT_TRUE(are_joined(&w));
	CU_ASSERT_FALSE(w.hosts[0].was_down || w.hosts[1].was_down);
	simnet_end(&w.net);
}

/* The address changes on either side, which notices it. */
static void
test_move(void)
{
	for (int n = 0; n < 2; n++)
		for (uint64_t seed = 0; seed < 20; seed++) {
			struct path_world w;

			come_up(&w, false, PATH_DIRECT);
			w.net.mix.loss = seed == 0 ? 0 : 25;
			w.net.seed = seed;
			path_world_move(&w, n);
			path_world_run(&w, SEC(23));
			CU_ASSERT_TRUE(are_joined(&w));
			simnet_end(&w.net);
		}
}

/* A NAT forgets everything: only silence shows it. */
static void
test_reboot(void)
{
	for (int n = 0; n < 2; n++) {
		struct path_world w;

		come_up(&w, true, PATH_DIRECT);
		path_world_reboot(&w, n);
		path_suspect(&w.hosts[0].path, w.now);
		path_suspect(&w.hosts[1].path, w.now);
		path_world_run(&w, SEC(24));
		CU_ASSERT_TRUE(are_joined(&w));
		path_world_run(&w, SEC(60));
		CU_ASSERT_TRUE(are_joined(&w));
		simnet_end(&w.net);
	}
}

/* A machine sleeps, for a short time or beyond all timeouts. */
static void
test_suspend(void)
{
	static const unsigned int seconds[] = { 5, 40, 4000 };

	for (size_t i = 0; i < 6; i++) {
		struct path_world w;
		struct host *h;

		come_up(&w, false, PATH_DIRECT);
		h = &w.hosts[i % 2];
		h->asleep = true;
		path_world_run(&w, w.now + seconds[i / 2] * USEC_PER_SEC);
		if (seconds[i / 2] > 20)
			CU_ASSERT_EQUAL(w.hosts[1 - i % 2].path.state,
			    PATH_FAILED);
		h->asleep = false;
		path_check(&h->path, w.now);
		path_restart(&h->path, w.now);
		path_world_run(&w, w.now + 4 * USEC_PER_SEC);
		CU_ASSERT_TRUE(are_joined(&w));
		simnet_end(&w.net);
	}
}

/* --- Own networks --------------------------------------------------------- */

static void
test_other_lan(void)
{
	struct remote a = { .addr = path_ipv4(192, 168, 7, 1, 4545) };
	struct lan lan = { .count = 0 };
	struct targets targets;
	struct path_probe probe;
	struct path p;

	targets_init(&targets, path_targets_key);
	path_init(&p, &targets, true, RELAY_AUTO, PATH_START, 0);
	path_add(&p, &lan, PATH_START, &a.addr);
	CU_ASSERT_TRUE(path_next(&p, PATH_START, 1, &probe));
	path_hears(&p, PATH_START, &a, 0, 1);
	CU_ASSERT_EQUAL(path_current(&p)->kind, PATH_DIRECT);
	CU_ASSERT_EQUAL(path_moved(&p, &lan), PATH_SAME);
	lan.count = 1;
	memcpy(lan.prefixes[0].ip, a.addr.ip, sizeof(a.addr.ip));
	lan.prefixes[0].bits = 96 + 24;
	CU_ASSERT_EQUAL(path_moved(&p, &lan), PATH_CHANGED);
	CU_ASSERT_EQUAL(path_current(&p)->kind, PATH_LAN);
}

void
path_relay_suite(void)
{
	CU_pSuite suite = CU_add_suite("path_relay", NULL, NULL);

	CU_add_test(suite, "after 1.5 s, never before", test_delay);
	CU_add_test(suite, "the same with loss", test_delay_loss);
	CU_add_test(suite, "not if there is a direct path", test_not_needed);
	CU_add_test(suite, "a direct path later", test_upgrade);
	CU_add_test(suite, "a direct path by news", test_upgrade_news);
	CU_add_test(suite, "never and only", test_modes);
	CU_add_test(suite, "a direct path that died", test_dead);
	CU_add_test(suite, "the bootnode away and back", test_bootnode_lost);
	CU_add_test(suite, "one side lost it", test_seeking);
	CU_add_test(suite, "seeking in vain", test_seeking_in_vain);
	CU_add_test(suite, "a move of either side", test_move);
	CU_add_test(suite, "a NAT that forgets", test_reboot);
	CU_add_test(suite, "a machine that sleeps", test_suspend);
	CU_add_test(suite, "own networks that change", test_other_lan);
}
