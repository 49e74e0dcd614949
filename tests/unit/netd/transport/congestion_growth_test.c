/*
 * How the window of a path grows, in figures: HyStart++ (RFC 9406), CUBIC and
 * what Reno would have (RFC 9438), compared with the formulas of the RFCs.
 * The rules that others rely on are in congestion_test.c.
 */
#include "netd/transport/congestion.h"

#include <CUnit/CUnit.h>

#include <math.h>

void congestion_growth_suite(void);

#define PACKET	1200
#define START	(100 * USEC_PER_SEC)
#define MSEC(n) ((n)*USEC_PER_MSEC)

struct flow {
	struct congestion c;
	uint64_t now;
	uint64_t next; /* number */
	uint64_t rtt;
};

static void
begin(struct flow *f, uint64_t rtt)
{
	*f = (struct flow){ .now = START, .rtt = rtt };
	congestion_init(&f->c, PACKET, 0);
}

static void
ack(struct flow *f, uint64_t number, uint64_t rtt)
{
	const struct congestion_ack a = {
		.now = f->now,
		.bytes = PACKET,
		.number = number,
		.next = f->next,
		.rtt = rtt,
		.smoothed = f->rtt,
		.limited = true,
	};

	congestion_acked(&f->c, &a);
}

/* So many packets are sent, and acknowledged after a round trip. */
static void
send_packets(struct flow *f, uint64_t packets)
{
	uint64_t first = f->next;

	f->next += packets;
	f->now += f->rtt;
	for (uint64_t i = 0; i < packets; i++)
		ack(f, first + i, f->rtt);
}

static void
round_trip(struct flow *f)
{
	send_packets(f, f->c.window / PACKET);
}

static void
lose(struct flow *f)
{
	f->next++;
	CU_ASSERT_NOT_EQUAL(congestion_lost(&f->c, f->next - 1, f->next),
	    CONGESTION_NO_EVENT);
}

/* --- Slow start ----------------------------------------------------------- */

/* Is slow start conservative once so many packets of a round took so long, and
 * those of the round before took rtt? (The first that is acknowledged ends the
 * round before.) */
static bool
is_conservative(uint64_t rtt, uint64_t then, unsigned int samples)
{
	struct flow f;

	begin(&f, rtt);
	round_trip(&f);
	round_trip(&f);
	f.next += 100;
	for (unsigned int i = 0; i < 1 + samples; i++)
		ack(&f, f.next - 100 + i, then);
	return f.c.hystart.rounds > 0;
}

/* An eighth longer than before, but 4 ms at least and 16 ms at most, in eight
 * samples. */
static void
test_rise(void)
{
	CU_ASSERT_FALSE(is_conservative(MSEC(80), MSEC(90) - 1, 20));
	CU_ASSERT_TRUE(is_conservative(MSEC(80), MSEC(90), 20));
	CU_ASSERT_FALSE(is_conservative(MSEC(10), MSEC(14) - 1, 20));
	CU_ASSERT_TRUE(is_conservative(MSEC(10), MSEC(14), 20));
	CU_ASSERT_FALSE(is_conservative(MSEC(200), MSEC(216) - 1, 20));
	CU_ASSERT_TRUE(is_conservative(MSEC(200), MSEC(216), 20));
	CU_ASSERT_FALSE(is_conservative(MSEC(80), MSEC(90), 7));
	CU_ASSERT_TRUE(is_conservative(MSEC(80), MSEC(90), 8));
	/* What has no sample is none. */
	CU_ASSERT_FALSE(is_conservative(MSEC(80), 0, 20));
}

/* The least of a round counts, not the last, and not in the first round, to
 * which there is none to compare. */
static void
test_least(void)
{
	struct flow f;

	begin(&f, MSEC(80));
	for (uint64_t i = 0; i < 20; i++) {
		f.next++;
		ack(&f, i, MSEC(80) + i * MSEC(1));
		CU_ASSERT_EQUAL(f.c.hystart.rounds, 0);
	}
	begin(&f, MSEC(80));
	round_trip(&f);
	f.next += 100;
	ack(&f, f.next - 100, MSEC(200));
	ack(&f, f.next - 99, MSEC(80));
	for (uint64_t i = 2; i < 20; i++)
		ack(&f, f.next - 100 + i, MSEC(200));
	CU_ASSERT_EQUAL(f.c.hystart.rounds, 0);
	/* What is acknowledged without a sample is none of them. */
	f.next += 100;
	for (uint64_t i = 0; i < 20; i++)
		ack(&f, f.next - 100 + i, i < 9 && i % 2 == 0 ? 0 : MSEC(200));
	CU_ASSERT(f.c.hystart.rounds > 0);
}

/* Conservative, it grows by a quarter of what it would; after five rounds slow
 * start is over. */
static void
test_rounds(void)
{
	struct flow f;
	uint64_t window;

	begin(&f, MSEC(80));
	for (int i = 0; i < 3; i++)
		round_trip(&f);
	f.rtt = MSEC(90);
	round_trip(&f);
	CU_ASSERT(f.c.hystart.rounds > 0);
	for (int round = 1; round < 5; round++) {
		window = f.c.window;
		round_trip(&f);
		CU_ASSERT_EQUAL(f.c.window,
		    window + window / PACKET * (PACKET / 4));
		CU_ASSERT(f.c.hystart.rounds > 0);
		CU_ASSERT_EQUAL(f.c.threshold, UINT64_MAX);
	}
	/* The first of the fifth ends it. */
	window = f.c.window;
	round_trip(&f);
	CU_ASSERT_EQUAL(f.c.hystart.rounds, 0);
	CU_ASSERT_EQUAL(f.c.threshold, window + PACKET / 4);
	/* A loss ends it, too. */
	begin(&f, MSEC(80));
	for (int i = 0; i < 3; i++)
		round_trip(&f);
	f.rtt = MSEC(90);
	round_trip(&f);
	lose(&f);
	CU_ASSERT_EQUAL(f.c.hystart.rounds, 0);
	CU_ASSERT_EQUAL(f.c.threshold, f.c.window);
}

/* Is slow start conservative yet, if after so many conservative rounds the
 * round trip time is less by so much? */
static bool
stays(unsigned int rounds, uint64_t less)
{
	struct flow f;

	begin(&f, MSEC(80));
	for (int i = 0; i < 3; i++)
		round_trip(&f);
	f.rtt = MSEC(95);
	for (unsigned int i = 0; i < rounds; i++)
		round_trip(&f);
	f.rtt = MSEC(95) - less;
	round_trip(&f);
	CU_ASSERT_EQUAL(f.c.threshold, UINT64_MAX);
	return f.c.hystart.rounds > 0;
}

/* Below what it was when it became conservative it goes on as before, in each
 * of its rounds; at that it does not. */
static void
test_peak(void)
{
	CU_ASSERT_TRUE(stays(1, 0));
	CU_ASSERT_FALSE(stays(1, 1));
	CU_ASSERT_TRUE(stays(4, 0));
	CU_ASSERT_FALSE(stays(5, 1)); /* nor is slow start over */
}

/* --- CUBIC ---------------------------------------------------------------- */

static double
packets(uint64_t bytes)
{
	return (double)bytes / PACKET;
}

/* RFC 9438, section 4.2, in packets, so many seconds after a reduction from
 * plateau to what is begun with. */
static double
cubic(double plateau, double begun, double seconds)
{
	return 0.4 * pow(seconds - cbrt((plateau - begun) / 0.4), 3) + plateau;
}

/* All of the window is acknowledged at once: then it is what it should be a
 * round trip later, if that is not too far. */
static void
ack_window(struct flow *f)
{
	const struct congestion_ack a = {
		.now = f->now,
		.bytes = f->c.window,
		.number = f->next,
		.next = f->next,
		.smoothed = f->rtt,
		.limited = true,
	};

	congestion_acked(&f->c, &a);
}

/* After a loss at this window, below the plateau, on it and above, it is as the
 * formula says. */
static void
check_cubic(uint64_t plateau, uint64_t rtt)
{
	double begun, seconds, want;
	struct flow f, then;

	begin(&f, rtt);
	f.c.window = plateau * PACKET;
	lose(&f);
	CU_ASSERT_EQUAL(f.c.plateau, plateau * PACKET);
	begun = packets(f.c.window);
	f.c.threshold = 0;   /* it is never below */
	send_packets(&f, 1); /* its time begins */
	for (uint64_t ms = 0; ms < 30000; ms += 100) {
		then = f;
		then.now += MSEC(ms);
		seconds = (double)(MSEC(ms) + rtt) / USEC_PER_SEC;
		want = cubic((double)plateau, begun, seconds);
		if (want < begun + 2 || want * PACKET > CONGESTION_WINDOW_MAX)
			continue;
		then.c.window = (uint64_t)(want * PACKET * 0.9);
		ack_window(&then);
		CU_ASSERT_DOUBLE_EQUAL(packets(then.c.window), want,
		    0.3 + want / 10000);
	}
}

static void
test_cubic(void)
{
	check_cubic(100, MSEC(100));
	check_cubic(1000, MSEC(100));
	check_cubic(1000, MSEC(300));
	check_cubic(10000, MSEC(100));
}

/* A window that is larger than the last plateau is the plateau; after a loss
 * below it, there is to be room for others. */
static void
test_plateau(void)
{
	struct flow f;
	uint64_t window;

	begin(&f, MSEC(100));
	for (int i = 0; i < 4; i++)
		round_trip(&f);
	window = f.c.window;
	lose(&f);
	CU_ASSERT_EQUAL(f.c.plateau, window);
	CU_ASSERT_EQUAL(f.c.before, window);
	window = f.c.window;
	lose(&f);
	CU_ASSERT_EQUAL(f.c.window, window * 7 / 10);
	CU_ASSERT_EQUAL(f.c.plateau, window * 17 / 20);
	CU_ASSERT_EQUAL(f.c.before, window);
	/* At the plateau it begins again from there. */
	f.c.window = f.c.plateau;
	f.c.threshold = 0;
	send_packets(&f, 1);
	CU_ASSERT_EQUAL(f.c.climb, 0);
	/* K = cbrt((W_max - cwnd) / C), in milliseconds: cbrt(50 / 0.4) s. */
	f.c.epoch = 0;
	f.c.plateau = f.c.window + 50 * PACKET;
	send_packets(&f, 1);
	CU_ASSERT_EQUAL(f.c.climb, 5000);
}

/* At most one and a half times as much after a round trip, however long ago
 * the loss was. */
static void
test_target(void)
{
	struct flow f;
	uint64_t window;

	begin(&f, MSEC(100));
	lose(&f);
	round_trip(&f);
	f.now += 60 * USEC_PER_SEC;
	for (int i = 0; i < 3; i++) {
		window = f.c.window;
		send_packets(&f, 1);
		CU_ASSERT_EQUAL(f.c.window,
		    window + window / 2 * PACKET / window);
	}
}

/* On a path where it is slow it grows as Reno would: by 9 / 17 of a packet in a
 * round trip, and by a whole one from where it was before the loss. */
static void
test_reno(void)
{
	struct flow f;
	uint64_t window, before;

	begin(&f, MSEC(1));
	f.c.window = before = 100 * PACKET;
	lose(&f);
	window = f.c.window;
	for (uint64_t i = 1; f.c.window < before; i++) {
		f.now += f.rtt;
		ack_window(&f);
		CU_ASSERT_EQUAL(f.c.window, window + i * (PACKET * 9 / 17));
	}
	window = f.c.window;
	for (uint64_t i = 1; i <= 20; i++) {
		f.now += f.rtt;
		ack_window(&f);
		CU_ASSERT_EQUAL(f.c.window, window + i * PACKET);
	}
}

/* Time in which the window was not used does not count. */
static void
test_idle(void)
{
	struct flow f, paused;
	struct congestion_ack a = { .smoothed = MSEC(100) };

	begin(&f, MSEC(100));
	for (int i = 0; i < 5; i++)
		round_trip(&f);
	lose(&f);
	/* Nor does it begin before the window is used. */
	a.now = f.now;
	congestion_acked(&f.c, &a);
	a.limited = true; /* of before the loss: they do not count */
	congestion_acked(&f.c, &a);
	CU_ASSERT_EQUAL(f.c.epoch, 0);
	a.limited = false;
	for (int i = 0; i < 20; i++)
		round_trip(&f);
	paused = f;
	paused.now += 7 * USEC_PER_SEC;
	a.now = paused.now;
	congestion_acked(&paused.c, &a);
	CU_ASSERT_EQUAL(paused.c.epoch, f.c.epoch + 7 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(paused.c.window, f.c.window);
	for (int i = 0; i < 20; i++) {
		round_trip(&f);
		round_trip(&paused);
	}
	CU_ASSERT_EQUAL(paused.c.window, f.c.window);
}

/* Two packets at least, whatever their size, and 16 MiB at most. */
static void
test_limits(void)
{
	struct flow f;

	begin(&f, MSEC(1));
	for (int i = 0; i < 11; i++)
		round_trip(&f);
	CU_ASSERT_EQUAL(f.c.window, CONGESTION_WINDOW_MAX);
	congestion_collapse(&f.c);
	CU_ASSERT_EQUAL(f.c.window, 2 * PACKET);
	congestion_resize(&f.c, 1472);
	CU_ASSERT_EQUAL(f.c.window, 2 * 1472);
	congestion_resize(&f.c, PACKET);
	CU_ASSERT_EQUAL(f.c.window, 2 * 1472);
}

/* Twice the window in a round trip in slow start, then five quarters of it. */
static void
test_rate(void)
{
	struct flow f;

	begin(&f, MSEC(100));
	CU_ASSERT_EQUAL(congestion_rate(&f.c, MSEC(100)), 2 * 10 * 12000);
	f.c.threshold = f.c.window;
	CU_ASSERT_EQUAL(congestion_rate(&f.c, MSEC(100)), 10 * 15000);
	CU_ASSERT_EQUAL(congestion_rate(&f.c, 0), 15000 * USEC_PER_SEC);
	f.c.window = CONGESTION_WINDOW_MAX;
	CU_ASSERT_EQUAL(congestion_rate(&f.c, 1), 1000000000000);
}

/* What is lost of before the last event is one with it, unless that has been
 * taken back; each event has another number than the 62 before it. */
static void
test_events(void)
{
	unsigned int event, seen[CONGESTION_EVENTS] = { 0 };
	struct flow f;

	begin(&f, MSEC(100));
	f.next = 10;
	event = congestion_lost(&f.c, 5, 10);
	CU_ASSERT_EQUAL(congestion_lost(&f.c, 9, 11), event);
	congestion_spurious(&f.c, event);
	congestion_spurious(&f.c, event);
	CU_ASSERT_EQUAL(f.c.window, 10 * PACKET);
	/* It was none. */
	CU_ASSERT_EQUAL(congestion_lost(&f.c, 8, 11), CONGESTION_NO_EVENT);
	congestion_spurious(&f.c, event);
	CU_ASSERT_EQUAL(f.c.window, 10 * PACKET);
	for (uint64_t n = 10; n < 10 + 2 * (CONGESTION_EVENTS - 1); n++)
		seen[congestion_lost(&f.c, n, n + 1)]++;
	CU_ASSERT_EQUAL(seen[CONGESTION_NO_EVENT], 0);
	for (size_t i = 1; i < CONGESTION_EVENTS; i++)
		CU_ASSERT_EQUAL(seen[i], 2);
	/* Those of a path do not end with it: a packet of then is not one of
	 * now. */
	event = f.c.event;
	congestion_init(&f.c, PACKET, 500);
	CU_ASSERT_EQUAL(congestion_lost(&f.c, 499, 500), CONGESTION_NO_EVENT);
	CU_ASSERT_NOT_EQUAL(congestion_lost(&f.c, 500, 501), event);
}

/* What an event did is taken back, all of it; but not what grew since. */
static void
test_taken_back(void)
{
	struct congestion before;
	unsigned int event;
	struct flow f;

	begin(&f, MSEC(100));
	for (int i = 0; i < 4; i++)
		round_trip(&f);
	lose(&f);
	round_trip(&f);
	before = f.c;
	f.next++;
	event = congestion_lost(&f.c, f.next - 1, f.next);
	congestion_spurious(&f.c, event);
	CU_ASSERT_EQUAL(f.c.window, before.window);
	CU_ASSERT_EQUAL(f.c.threshold, before.threshold);
	CU_ASSERT_EQUAL(f.c.plateau, before.plateau);
	CU_ASSERT_EQUAL(f.c.before, before.before);
	CU_ASSERT_EQUAL(f.c.epoch, 0);
	f.next++;
	event = congestion_lost(&f.c, f.next - 1, f.next);
	f.c.window = before.window + 5;
	congestion_spurious(&f.c, event);
	CU_ASSERT_EQUAL(f.c.window, before.window + 5);
}

void
congestion_growth_suite(void)
{
	CU_pSuite suite = CU_add_suite("congestion_growth", NULL, NULL);

	CU_add_test(suite, "a round trip time that rises", test_rise);
	CU_add_test(suite, "the least of a round", test_least);
	CU_add_test(suite, "conservative rounds", test_rounds);
	CU_add_test(suite, "a peak", test_peak);
	CU_add_test(suite, "CUBIC", test_cubic);
	CU_add_test(suite, "the plateau", test_plateau);
	CU_add_test(suite, "half as much again", test_target);
	CU_add_test(suite, "as Reno", test_reno);
	CU_add_test(suite, "a pause", test_idle);
	CU_add_test(suite, "limits", test_limits);
	CU_add_test(suite, "the rate", test_rate);
	CU_add_test(suite, "events", test_events);
	CU_add_test(suite, "an event that is taken back", test_taken_back);
}
