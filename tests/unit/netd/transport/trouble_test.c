/*
 * The transport and a network in trouble: outages, other paths, packets that
 * overtake each other, and a reader that stops.
 */
#include "tests/unit/netd/transport/sim.h"

#include <CUnit/CUnit.h>

#include <stdio.h>

void transport_trouble_suite(void);

#define MSEC(n) ((n)*USEC_PER_MSEC)
#define MBIT(n) ((n)*1000000ULL / 8)
#define BACKLOG (1024 * 1024)

static void
start(struct sim *s, uint64_t seed, const struct simnet_mix *mix)
{
	sim_init(s, seed, mix);
	sim_path(s, 0, TRANSPORT_BASE);
	sim_path(s, 1, TRANSPORT_BASE);
	sim_backlog(s, 0, BACKLOG);
}

/* The network is gone for a while in the middle of a long transfer. Few packets
 * ask for it, and then it is not flooded: no queue overflows, and the packets
 * that were on their way are sent once again. */
static void
test_outage(void)
{
	const struct simnet_mix mix = { .delay = MSEC(20),
		.rate = MBIT(20),
		.queue = 50000 };
	struct transport_figures f, after;
	struct sim s;

	for (uint64_t seconds = 1; seconds <= 128; seconds *= 2) {
		uint64_t before, acked, packets, lost, until;

		start(&s, seconds, &mix);
		sim_run(&s, START + 5 * USEC_PER_SEC + MSEC(seconds), false);
		transport_figures(s.side[0].t, &f);
		s.net.down = true;
		before = s.side[0].packets;
		until = s.now + seconds * USEC_PER_SEC;
		sim_run(&s, until, false);
		packets = s.side[0].packets - before;
		/* These are a window, then two after 0.1 s, 0.2 s, and so on to
		 * 3 s. */
		CU_ASSERT(packets <=
		    f.window / TRANSPORT_BASE + 12 + 2 * seconds / 3);
		CU_ASSERT_TRUE(transport_suspect(s.side[0].t));
		s.net.down = false;
		before = s.side[0].packets;
		acked = s.side[0].acked;
		lost = s.net.lost;
		sim_run(&s, until + 8 * USEC_PER_SEC, false);
		CU_ASSERT_FALSE(transport_suspect(s.side[0].t));
		packets = s.side[0].packets - before;
		acked = s.side[0].acked - acked;
		/* The sender has the link again after 3 s at most. */
		CU_ASSERT(acked >= 4 * mix.rate);
		CU_ASSERT(packets <= acked / 1100 + 2 * f.window / 1100);
		CU_ASSERT(s.net.lost - lost <= packets / 50);
		transport_figures(s.side[0].t, &after);
		CU_ASSERT(after.sent > f.sent);
		if (!s.ok)
			printf("%llu s\n", (unsigned long long)seconds);
		sim_end(&s);
	}
}

/* Another path takes over: packets in flight go once more, at most a window of
 * the new path at once, and none of them counts as lost. */
static void
test_other_path(void)
{
	const struct simnet_mix mix = { .delay = MSEC(20), .rate = MBIT(20) };
	struct transport_figures f;
	uint64_t packets, lost;
	struct sim s;

	start(&s, 1, &mix);
	sim_run(&s, START + 2 * USEC_PER_SEC, false);
	transport_figures(s.side[0].t, &f);
	CU_ASSERT(f.window > 20 * TRANSPORT_BASE);
	lost = f.lost;
	for (int i = 0; i < 2; i++) {
		s.net.down = true;
		sim_run(&s, s.now + MSEC(1), false);
		simnet_end(&s.net); /* drops all packets on their way */
		s.net.down = false;
		packets = s.side[0].packets;
		s.net.mix.delay = MSEC(5);
		sim_path(&s, 0, TRANSPORT_BASE);
		sim_path(&s, 1, TRANSPORT_BASE);
		transport_figures(s.side[0].t, &f);
		CU_ASSERT_EQUAL(f.smoothed_us, MSEC(10));
		sim_run(&s, s.now + MSEC(5), false);
		CU_ASSERT(s.side[0].packets - packets <= 10);
		sim_run(&s, s.now + USEC_PER_SEC, false);
		transport_figures(s.side[0].t, &f);
		CU_ASSERT_EQUAL(f.lost, lost);
	}
	CU_ASSERT(s.side[0].acked > mix.rate * 3);
	sim_end(&s);
}

/* Returns whether it counts as stalled within so long, if probes come through
 * or not. */
static bool
stalls(struct sim *s, uint64_t length, bool probes)
{
	uint64_t carried = s->now, until = s->now + length;
	bool stalled = false;

	while (s->now < until && !stalled) {
		sim_run(s, s->now + MSEC(250), false);
		if (probes)
			carried = s->now - MSEC(100);
		stalled = transport_stalled(s->side[0].t, carried);
	}
	return stalled;
}

/* The network drops only what we send. The transport soon finds that out, and
 * does not take an outage, the end of one, or a lossy network for it. */
static void
test_stalled(void)
{
	const struct simnet_mix mix = { .delay = MSEC(20), .rate = MBIT(20) },
				lossy = { .delay = MSEC(20), .loss = 30 };
	struct sim s;

	start(&s, 1, &mix);
	CU_ASSERT_FALSE(stalls(&s, 5 * USEC_PER_SEC, true));
	s.net.down = true;
	CU_ASSERT_FALSE(stalls(&s, 10 * USEC_PER_SEC, false));
	s.net.down = false; /* a probe may be the first to get through */
	CU_ASSERT_FALSE(stalls(&s, 10 * USEC_PER_SEC, true));
	s.net.down = true;
	CU_ASSERT_FALSE(stalls(&s, 2 * USEC_PER_SEC, true));
	CU_ASSERT_TRUE(stalls(&s, 4 * USEC_PER_SEC, true));
	/* On another path this is not known yet. */
	sim_path(&s, 0, TRANSPORT_BASE);
	CU_ASSERT_FALSE(stalls(&s, MSEC(1500), true));
	sim_end(&s);
	start(&s, 2, &lossy);
	CU_ASSERT_FALSE(stalls(&s, 60 * USEC_PER_SEC, true));
	sim_end(&s);
}

/* Round trips take 5 s and 10 s: that alone is no reason to send anything
 * twice, or to doubt a path. */
static void
test_long_way(void)
{
	static const size_t lens[] = { 100, 1000, 100, 16000, 100 };

	for (uint64_t ms = 2500; ms <= 5000; ms += 2500) {
		const struct simnet_mix mix = { .delay = MSEC(ms) };
		struct transport_figures f;
		bool suspect = false;
		struct sim s;

		sim_init(&s, ms, &mix);
		for (int side = 0; side < 2; side++) {
			sim_path(&s, side, TRANSPORT_BASE);
			sim_queue(&s, side, lens, 5);
		}
		for (int i = 0; i < 60; i++) {
			sim_run(&s, s.now + USEC_PER_SEC, false);
			suspect |= transport_suspect(s.side[0].t) ||
			    transport_suspect(s.side[1].t);
		}
		sim_expect_all(&s);
		CU_ASSERT_TRUE(s.ok);
		CU_ASSERT_FALSE(suspect);
		transport_figures(s.side[0].t, &f);
		CU_ASSERT_EQUAL(f.lost, 0);
		CU_ASSERT(s.side[0].packets <= sim_ideal(&s.side[0]) + 2);
		sim_end(&s);
	}
}

/* Packets overtake each other and none is lost: after a while hardly one is
 * sent twice, and the window is not small. */
static void
test_reordering(void)
{
	const struct simnet_mix mix = { .delay = MSEC(20),
		.jitter = MSEC(10),
		.rate = MBIT(20),
		.queue = 1000000 };
	struct transport_figures f, before;
	uint64_t acked, packets;
	struct sim s;

	for (uint64_t seed = 1; seed <= 5; seed++) {
		start(&s, seed, &mix);
		sim_run(&s, START + 5 * USEC_PER_SEC, false);
		transport_figures(s.side[0].t, &before);
		packets = s.side[0].packets;
		acked = s.side[0].acked;
		sim_run(&s, START + 15 * USEC_PER_SEC, false);
		packets = s.side[0].packets - packets;
		acked = s.side[0].acked - acked;
		transport_figures(s.side[0].t, &f);
		CU_ASSERT(acked >= 9 * mix.rate);
		CU_ASSERT(packets <= acked / 1153 * 103 / 100);
		CU_ASSERT_EQUAL(f.lost, 0);
		sim_end(&s);
	}
}

/* A reader stops and goes on, again and again, over a network that loses many
 * packets, also those that would let the sender go on. */
static void
test_stop_and_go(void)
{
	struct simnet_mix mix = { .delay = MSEC(10),
		.jitter = MSEC(2),
		.rate = MBIT(4) };
	uint64_t acked, read;
	struct sim s;

	for (uint64_t seed = 1; seed <= 12; seed++) {
		mix.loss = (unsigned int)(seed % 4 * 10);
		start(&s, seed, &mix);
		for (int i = 0; i < 4; i++) {
			s.side[1].paused = true;
			sim_run(&s, s.now + 10 * USEC_PER_SEC, false);
			acked = s.side[0].acked;
			read = s.side[1].read * RECORD_MAX;
			CU_ASSERT(acked <= read + CREDIT_WINDOW);
			CU_ASSERT(mix.loss > 20 ||
			    acked >= read + CREDIT_WINDOW / 2 - RECORD_MAX);
			s.side[1].paused = false;
			sim_run(&s, s.now + 10 * USEC_PER_SEC, false);
			CU_ASSERT(s.side[1].read * RECORD_MAX > read);
		}
		s.side[0].backlog = 0;
		sim_run(&s, s.now + 300 * USEC_PER_SEC, true);
		sim_expect_all(&s);
		if (!s.ok)
			printf("seed %llu\n", (unsigned long long)seed);
		sim_end(&s);
	}
}

/* A sender that waits for credit is silent, and so is a reader that nobody
 * asks. */
static void
test_stopped_is_silent(void)
{
	const struct simnet_mix mix = { .delay = MSEC(10) };
	uint64_t numbers;
	struct sim s;

	start(&s, 1, &mix);
	s.side[1].paused = true;
	sim_run(&s, START + 10 * USEC_PER_SEC, false);
	numbers = s.side[0].next_number + s.side[1].next_number;
	sim_run(&s, START + 600 * USEC_PER_SEC, false);
	CU_ASSERT_EQUAL(s.side[0].next_number + s.side[1].next_number, numbers);
	CU_ASSERT_EQUAL(transport_deadline(s.side[0].t), CLOCK_NEVER);
	CU_ASSERT_EQUAL(transport_deadline(s.side[1].t), CLOCK_NEVER);
	CU_ASSERT_FALSE(transport_suspect(s.side[0].t));
	sim_end(&s);
}

/* The same seed gives the same run. */
static void
test_deterministic(void)
{
	const struct simnet_mix mix = { .loss = 10,
		.duplicates = 5,
		.delay = MSEC(10),
		.jitter = MSEC(5),
		.rate = MBIT(10),
		.queue = 30000 };
	uint64_t numbers[2], acked[2];
	struct sim s;

	for (int i = 0; i < 2; i++) {
		start(&s, 5, &mix);
		sim_run(&s, START + 20 * USEC_PER_SEC, false);
		numbers[i] = s.side[0].next_number;
		acked[i] = s.side[0].acked;
		sim_end(&s);
	}
	CU_ASSERT_EQUAL(numbers[0], numbers[1]);
	CU_ASSERT_EQUAL(acked[0], acked[1]);
}

void
transport_trouble_suite(void)
{
	CU_pSuite suite = CU_add_suite("transport_trouble", NULL, NULL);

	CU_add_test(suite, "outages", test_outage);
	CU_add_test(suite, "another path", test_other_path);
	CU_add_test(suite, "a long way", test_long_way);
	CU_add_test(suite, "packets overtake", test_reordering);
	CU_add_test(suite, "a reader stops and goes", test_stop_and_go);
	CU_add_test(suite, "silence while it stops", test_stopped_is_silent);
	CU_add_test(suite, "the same twice", test_deterministic);
	CU_add_test(suite, "probes get through, and no more", test_stalled);
}
