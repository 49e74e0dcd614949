/*
 * The transport and the capacity of a path: how it uses links of several
 * speeds, delays and queues, alone and together with another; and the path's
 * MTU.
 */
#include "tests/unit/netd/transport/sim.h"

#include <CUnit/CUnit.h>

#include <stdio.h>

void transport_goodput_suite(void);

#define MSEC(n)	 ((n)*USEC_PER_MSEC)
#define MBIT(n)	 ((n)*1000000ULL / 8)
#define BACKLOG	 (1024 * 1024)	       /* always queued: a sender without end */
#define WARM_UP	 50		       /* round trips */
#define MEASURED (16ULL * 1024 * 1024) /* bytes, but 50 round trips at least */

/* --- Goodput -------------------------------------------------------------- */

/* The queue is in percent of bandwidth times delay. */
static const struct {
	uint64_t rate;
	uint64_t rtt;
	unsigned int queue;
	size_t ceiling;
} links[] = {
	{ MBIT(1), MSEC(20), 200, TRANSPORT_BASE },
	{ MBIT(2), MSEC(100), 100, TRANSPORT_BASE },
	{ MBIT(10), MSEC(20), 50, TRANSPORT_BASE },
	{ MBIT(10), MSEC(20), 100, TRANSPORT_BASE },
	{ MBIT(10), MSEC(100), 50, TRANSPORT_BASE },
	{ MBIT(10), MSEC(100), 100, TRANSPORT_BASE },
	{ MBIT(50), MSEC(20), 50, TRANSPORT_BASE },
	{ MBIT(50), MSEC(40), 100, 1472 },
	{ MBIT(100), MSEC(10), 50, 1472 },
	{ MBIT(100), MSEC(20), 100, 1472 },
	{ MBIT(1000), MSEC(1), 100, 8972 },
	{ MBIT(1000), MSEC(2), 200, 8972 },
};

/* Returns the percentage of the link that a side's records use over so long. */
static uint64_t
measure(struct sim *s, int side, uint64_t time)
{
	uint64_t before = s->side[side].acked;

	sim_run(s, s->now + time, false);
	return (s->side[side].acked - before) * 100 /
	    (s->net.mix.rate * time / USEC_PER_SEC);
}

static void
test_goodput(void)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		uint64_t bdp = links[i].rate * links[i].rtt / USEC_PER_SEC;
		uint64_t time = MEASURED * USEC_PER_SEC / links[i].rate;
		const struct simnet_mix mix = {
			.delay = links[i].rtt / 2,
			.rate = links[i].rate,
			.queue = (size_t)(bdp * links[i].queue / 100),
		};
		struct transport_figures f;
		uint64_t percent;
		struct sim s;

		if (time > 10 * USEC_PER_SEC)
			time = 10 * USEC_PER_SEC;
		if (time < WARM_UP * links[i].rtt)
			time = WARM_UP * links[i].rtt;
		sim_init(&s, i + 1, &mix);
		for (int side = 0; side < 2; side++)
			sim_path(&s, side, links[i].ceiling);
		sim_backlog(&s, 0, BACKLOG);
		sim_run(&s, START + WARM_UP * links[i].rtt, false);
		percent = measure(&s, 0, time);
		transport_figures(s.side[0].t, &f);
		CU_ASSERT(percent >= 90);
		CU_ASSERT(f.lost * 100 <= f.sent * 5);
		CU_ASSERT_EQUAL(f.size, links[i].ceiling);
		if (percent < 90)
			printf("\nlink %zu: %llu %%\n", i,
			    (unsigned long long)percent);
		sim_end(&s);
	}
}

/* --- Fairness ------------------------------------------------------------- */

/* Two share a link, one of which came later: both get a good part. */
static void
test_fair(void)
{
	const struct simnet_mix mix = { .delay = MSEC(20),
		.rate = MBIT(20),
		.queue = 100000 };
	uint64_t first, second;
	struct sim s;

	sim_init(&s, 1, &mix);
	sim_backlog(&s, 0, BACKLOG);
	sim_run(&s, START + 3 * USEC_PER_SEC, false);
	sim_backlog(&s, 2, BACKLOG);
	sim_run(&s, START + 10 * USEC_PER_SEC, false);
	first = s.side[0].acked;
	second = s.side[2].acked;
	sim_run(&s, START + 30 * USEC_PER_SEC, false);
	first = s.side[0].acked - first;
	second = s.side[2].acked - second;
	CU_ASSERT((first + second) * 100 >= 90 * 20 * mix.rate);
	CU_ASSERT(first <= 3 * second && second <= 3 * first);
	sim_end(&s);
}

/* --- The path's MTU ------------------------------------------------------- */

/* The MTU is found while much is sent, and nine tenths of the link are still
 * used. */
static void
test_pmtu_found(void)
{
	static const struct {
		size_t mtu;
		size_t ceiling;
		size_t found;
	} paths[] = {
		{ 1351, TRANSPORT_CEILING, 1200 },
		{ 1372, TRANSPORT_CEILING, 1372 },
		{ 1452, TRANSPORT_CEILING, 1452 },
		{ 1472, TRANSPORT_CEILING, 1472 },
		{ 8972, TRANSPORT_CEILING, 8972 },
		{ 0, 1400, 1392 },
		{ 0, TRANSPORT_BASE, 1200 },
	};
	struct transport_figures f;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const struct simnet_mix mix = { .delay = MSEC(10),
			.rate = MBIT(20),
			.queue = 100000,
			.mtu = paths[i].mtu };
		struct sim s;

		sim_init(&s, 1, &mix);
		sim_path(&s, 0, paths[i].ceiling);
		sim_backlog(&s, 0, BACKLOG);
		sim_run(&s, START + 2 * USEC_PER_SEC, false);
		CU_ASSERT(measure(&s, 0, 2 * USEC_PER_SEC) >= 90);
		transport_figures(s.side[0].t, &f);
		CU_ASSERT_EQUAL(f.size, paths[i].found);
		CU_ASSERT(s.side[0].largest <= paths[i].ceiling);
		sim_end(&s);
	}
}

/* The path suddenly carries less, and gives no sign. */
static void
test_black_hole(void)
{
	const struct simnet_mix mix = { .delay = MSEC(10),
		.rate = MBIT(20),
		.queue = 100000,
		.mtu = 1472 };
	struct transport_figures f;
	struct sim s;

	for (uint64_t seed = 1; seed <= 5; seed++) {
		sim_init(&s, seed, &mix);
		sim_path(&s, 0, TRANSPORT_CEILING);
		sim_backlog(&s, 0, BACKLOG);
		sim_run(&s, START + USEC_PER_SEC + MSEC(seed), false);
		s.net.mix.mtu = 1300;
		sim_run(&s, START + 3 * USEC_PER_SEC, false);
		transport_figures(s.side[0].t, &f);
		CU_ASSERT_EQUAL(f.size, TRANSPORT_BASE);
		CU_ASSERT(measure(&s, 0, 2 * USEC_PER_SEC) >= 90);
		/* Later the path carries more again. */
		s.net.mix.mtu = 1472;
		s.side[0].backlog = 0;
		sim_run(&s, START + 60 * USEC_PER_SEC, false);
		s.side[0].backlog = BACKLOG;
		sim_run(&s, START + 61 * USEC_PER_SEC, false);
		transport_figures(s.side[0].t, &f);
		CU_ASSERT_EQUAL(f.size, 1472);
		sim_end(&s);
	}
}

/* A chat does not search for the MTU. */
static void
test_pmtu_idle(void)
{
	static const size_t lens[] = { 100, 3000, 1 };
	const struct simnet_mix mix = { .delay = MSEC(10) };
	struct sim s;

	sim_init(&s, 1, &mix);
	sim_path(&s, 0, TRANSPORT_CEILING);
	sim_queue(&s, 0, lens, 3);
	sim_run(&s, START + 600 * USEC_PER_SEC, false);
	sim_expect_all(&s);
	CU_ASSERT(s.side[0].largest <= TRANSPORT_BASE);
	CU_ASSERT(s.side[0].packets <= 4);
	sim_end(&s);
}

void
transport_goodput_suite(void)
{
	CU_pSuite suite = CU_add_suite("transport_goodput", NULL, NULL);

	CU_add_test(suite, "nine tenths of many links", test_goodput);
	CU_add_test(suite, "two share a link", test_fair);
	CU_add_test(suite, "the path's MTU is found", test_pmtu_found);
	CU_add_test(suite, "a black hole", test_black_hole);
	CU_add_test(suite, "no probes for a chat", test_pmtu_idle);
}
