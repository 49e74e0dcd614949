/*
 * Two transports over a simulated network, a clock that is made up, and
 * hundreds of seeds. Whatever is queued on one side is read on the other, once
 * and in order; and nothing is sent without need.
 */
#include "tests/unit/netd/transport/sim.h"

#include <CUnit/CUnit.h>

#include <stdio.h>

void transport_suite(void);

#define MSEC(n) ((n)*USEC_PER_MSEC)

/* The factor is how much may be sent, in percent of what is needed: lost
 * packets go again, and if the network is silent two packets ask. */
static const struct {
	struct simnet_mix mix;
	unsigned int factor;
} mixes[] = {
	{ { .delay = MSEC(20) }, 100 },
	{ { .duplicates = 30, .delay = MSEC(20) }, 105 },
	{ { .delay = MSEC(20), .jitter = MSEC(40) }, 150 },
	{ { .loss = 5, .delay = MSEC(1) }, 150 },
	{ { .loss = 10, .duplicates = 5, .delay = MSEC(40), .jitter = MSEC(5) },
	    175 },
	{ { .loss = 20, .delay = MSEC(100), .jitter = MSEC(20) }, 225 },
	{ { .loss = 30, .delay = MSEC(20) }, 310 },
	{ { .loss = 30,
	      .duplicates = 5,
	      .delay = MSEC(50),
	      .jitter = MSEC(50) },
	    310 },
};
#define MIXES	(sizeof(mixes) / sizeof(mixes[0]))
#define SEEDS	4000
#define RECORDS 16

static void
test_seeds(void)
{
	struct sim s;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		size_t lens[2][RECORDS], m = seed % MIXES;
		uint64_t random = seed;

		sim_init(&s, seed, &mixes[m].mix);
		for (int i = 0; i < 2; i++) {
			sim_choose_lens(&random, lens[i], RECORDS);
			sim_queue(&s, i, lens[i], RECORDS);
		}
		sim_run(&s, START + 120 * USEC_PER_SEC, true);
		sim_expect_all(&s);
		for (int i = 0; i < 2; i++)
			sim_expect(&s,
			    s.side[i].packets * 100 <=
				sim_ideal(&s.side[i]) * mixes[m].factor,
			    "it sends too often");
		if (!s.ok)
			printf("seed %llu, mix %zu\n", (unsigned long long)seed,
			    m);
		sim_end(&s);
	}
}

/* A side sends more than the other keeps, with holes that stay open for
 * long. */
static void
test_much(void)
{
	static size_t lens[120];
	struct simnet_mix mix = { .delay = MSEC(20), .jitter = MSEC(5) };
	struct sim s;

	for (size_t i = 0; i < 120; i++)
		lens[i] = RECORD_MAX - i;
	for (mix.loss = 0; mix.loss <= 30; mix.loss += 10) {
		for (uint64_t seed = 1; seed <= 3; seed++) {
			sim_init(&s, seed, &mix);
			sim_queue(&s, 0, lens, 120);
			sim_queue(&s, 1, lens, 120);
			sim_run(&s, START + 300 * USEC_PER_SEC, true);
			sim_expect_all(&s);
			if (!s.ok)
				printf("seed %llu, loss %u\n",
				    (unsigned long long)seed, mix.loss);
			sim_end(&s);
		}
	}
}

/* Pieces that are sent again no longer fit into their packets. */
static void
test_narrow(void)
{
	static const size_t lens[] = { RECORD_MAX, 5000, RECORD_MAX, 1,
		RECORD_MAX, RECORD_MAX };
	const struct simnet_mix mix = { .loss = 25,
		.delay = MSEC(20),
		.jitter = MSEC(10) };
	struct sim s;

	for (uint64_t seed = 1; seed <= 20; seed++) {
		sim_init(&s, seed, &mix);
		s.narrow = true;
		sim_queue(&s, 0, lens, 6);
		sim_queue(&s, 1, lens, 6);
		sim_run(&s, START + 120 * USEC_PER_SEC, true);
		sim_expect_all(&s);
		sim_end(&s);
	}
}

/* Without loss exactly the packets that are needed are sent, none twice, and at
 * most an ACK for every second one. */
static void
test_exact(void)
{
	static const size_t one[] = { PIECE_MAX - LENGTH_PREFIX };
	static const size_t two[] = { PIECE_MAX - LENGTH_PREFIX + 1 };
	static const size_t many[] = { RECORD_MAX, RECORD_MAX, RECORD_MAX };
	const struct simnet_mix mix = { .delay = MSEC(10) };
	const struct {
		const size_t *lens;
		size_t count;
		uint64_t packets;
	} sizes[] = { { one, 1, 1 }, { two, 1, 2 }, { many, 3, 44 } };
	struct sim s;

	CU_ASSERT_EQUAL((3 * (RECORD_MAX + 2) + PIECE_MAX - 1) / PIECE_MAX, 44);
	for (size_t i = 0; i < 3; i++) {
		sim_init(&s, 1, &mix);
		sim_queue(&s, 0, sizes[i].lens, sizes[i].count);
		sim_run(&s, START + 60 * USEC_PER_SEC, false);
		sim_expect_all(&s);
		CU_ASSERT_EQUAL(s.side[0].packets, sizes[i].packets);
		CU_ASSERT_EQUAL(s.side[0].acks, 0);
		CU_ASSERT_EQUAL(s.side[1].packets, 0);
		CU_ASSERT(s.side[1].acks <= (sizes[i].packets + 1) / 2);
		sim_end(&s);
	}
}

/* Once all is said there is silence, also where the network sends everything
 * twice. */
static void
test_quiet(void)
{
	static const size_t lens[] = { 100, 5000, 1 };
	const struct simnet_mix mix = { .duplicates = 100,
		.delay = MSEC(10),
		.jitter = MSEC(3) };
	uint64_t sent;
	struct sim s;

	sim_init(&s, 7, &mix);
	sim_queue(&s, 0, lens, 3);
	sim_queue(&s, 1, lens, 3);
	sim_run(&s, START + 5 * USEC_PER_SEC, false);
	sim_expect_all(&s);
	sent = s.side[0].next_number + s.side[1].next_number;
	sim_run(&s, START + 600 * USEC_PER_SEC, false);
	CU_ASSERT_EQUAL(s.side[0].next_number + s.side[1].next_number, sent);
	CU_ASSERT_EQUAL(transport_deadline(s.side[0].t), CLOCK_NEVER);
	CU_ASSERT_EQUAL(transport_deadline(s.side[1].t), CLOCK_NEVER);
	sim_end(&s);
}

/* Nothing gets through for a minute: the sender asks less and less often, and
 * goes on at once when it can. */
static void
test_outage(void)
{
	static size_t lens[40];
	const struct simnet_mix mix = { .delay = MSEC(20) };
	uint64_t packets, before;
	struct sim s;

	for (size_t i = 0; i < 40; i++)
		lens[i] = RECORD_MAX;
	sim_init(&s, 3, &mix);
	sim_queue(&s, 0, lens, 40);
	sim_run(&s, START + MSEC(100), false);
	CU_ASSERT(s.side[0].read == 0 && !transport_idle(s.side[0].t));
	s.net.down = true;
	before = s.side[0].packets;
	sim_run(&s, START + 60 * USEC_PER_SEC, false);
	packets = s.side[0].packets - before;
	CU_ASSERT(packets >= 20);
	CU_ASSERT(packets <= 200); /* 128 in flight, then two each 3 s */
	s.net.down = false;
	before = s.side[0].packets;
	sim_run(&s, START + 70 * USEC_PER_SEC, true);
	sim_expect_all(&s);
	/* It takes at most 3 s until the sender asks again, then some round
	 * trips. */
	CU_ASSERT(s.now < START + 65 * USEC_PER_SEC);
	CU_ASSERT(s.side[0].packets - before <= 2 * sim_ideal(&s.side[0]));
	sim_end(&s);
}

/* On a new path the sender tries at once. */
static void
test_path(void)
{
	static const size_t lens[] = { 1000 };
	const struct simnet_mix mix = { .delay = MSEC(20) };
	struct sim s;

	sim_init(&s, 3, &mix);
	sim_queue(&s, 0, lens, 1);
	s.net.down = true;
	sim_run(&s, START + 20 * USEC_PER_SEC, false);
	s.net.down = false;
	/* These are the record, and two packets each time that it gave up
	 * waiting. */
	CU_ASSERT(s.side[0].packets >= 9 && s.side[0].packets % 2 == 1);
	CU_ASSERT(transport_deadline(s.side[0].t) > s.now);
	sim_path(&s, 0, TRANSPORT_BASE);
	sim_run(&s, s.now + 2 * USEC_PER_SEC, true);
	sim_expect_all(&s);
	CU_ASSERT(s.now <= START + 20 * USEC_PER_SEC + MSEC(60));
	sim_end(&s);
}

/* A side that does not read gets no more than it keeps; when it reads again,
 * the rest comes. */
static void
test_not_read(void)
{
	static size_t lens[64];
	const struct simnet_mix mix = { .delay = MSEC(10) };
	struct sim s;

	for (size_t i = 0; i < 64; i++)
		lens[i] = RECORD_MAX;
	sim_init(&s, 5, &mix);
	sim_queue(&s, 0, lens, 64);
	sim_queue(&s, 1, lens, 3);
	s.side[1].paused = true;
	sim_run(&s, START + 30 * USEC_PER_SEC, false);
	CU_ASSERT(s.side[0].acked >= CREDIT_WINDOW / 2);
	CU_ASSERT(s.side[0].acked <= CREDIT_WINDOW);
	/* The side's own records go out meanwhile. */
	CU_ASSERT_EQUAL(s.side[0].read, 3);
	CU_ASSERT_EQUAL(s.side[1].acked, s.side[1].bytes);
	CU_ASSERT_TRUE(transport_idle(s.side[1].t));
	s.side[1].paused = false;
	sim_run(&s, START + 60 * USEC_PER_SEC, true);
	sim_expect_all(&s);
	sim_end(&s);
}

/* Both sides do not read for a while. */
static void
test_both_not_read(void)
{
	static size_t lens[64];
	const struct simnet_mix mix = { .loss = 10, .delay = MSEC(10) };
	struct sim s;

	for (size_t i = 0; i < 64; i++)
		lens[i] = RECORD_MAX;
	sim_init(&s, 5, &mix);
	sim_queue(&s, 0, lens, 64);
	sim_queue(&s, 1, lens, 64);
	s.side[0].paused = s.side[1].paused = true;
	sim_run(&s, START + 30 * USEC_PER_SEC, false);
	s.side[0].paused = s.side[1].paused = false;
	sim_run(&s, START + 90 * USEC_PER_SEC, true);
	sim_expect_all(&s);
	sim_end(&s);
}

void
transport_suite(void)
{
	CU_pSuite suite = CU_add_suite("transport", NULL, NULL);

	CU_add_test(suite, "4000 seeds, 8 networks", test_seeds);
	CU_add_test(suite, "4 MB over bad networks", test_much);
	CU_add_test(suite, "packets of all sizes", test_narrow);
	CU_add_test(suite, "no packet too many", test_exact);
	CU_add_test(suite, "silence afterwards", test_quiet);
	CU_add_test(suite, "an outage of a minute", test_outage);
	CU_add_test(suite, "a new path", test_path);
	CU_add_test(suite, "one that does not read", test_not_read);
	CU_add_test(suite, "two that do not read", test_both_not_read);
}
