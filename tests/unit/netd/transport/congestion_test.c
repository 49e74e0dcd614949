/*
 * Congestion control and pacing by themselves: the rules of RFC 9002, 9406 and
 * 9438, on which others on the same path rely.
 */
#include "netd/transport/congestion.h"
#include "netd/transport/pacer.h"

#include <CUnit/CUnit.h>

void congestion_suite(void);

#define PACKET 1200
#define RTT    (50 * USEC_PER_MSEC)
#define START  (100 * USEC_PER_SEC)

struct flow {
	struct congestion c;
	uint64_t now;
	uint64_t next; /* number */
	uint64_t rtt;
};

static void
start(struct flow *f)
{
	*f = (struct flow){ .now = START, .rtt = RTT };
	congestion_init(&f->c, PACKET, 0);
}

/* In a round trip, a window is sent and acknowledged. */
static void
round_trip(struct flow *f, bool limited)
{
	uint64_t first = f->next, packets = f->c.window / PACKET;

	f->next += packets;
	f->now += f->rtt;
	for (uint64_t i = 0; i < packets; i++) {
		const struct congestion_ack ack = {
			.now = f->now,
			.bytes = PACKET,
			.number = first + i,
			.next = f->next,
			.rtt = f->rtt,
			.smoothed = f->rtt,
			.limited = limited,
		};

		congestion_acked(&f->c, &ack);
	}
}

static void
test_slow_start(void)
{
	struct flow f;
	uint64_t window;

	start(&f);
	CU_ASSERT_EQUAL(f.c.window, 10 * PACKET);
	for (int i = 0; i < 5; i++) {
		window = f.c.window;
		round_trip(&f, true);
		CU_ASSERT_EQUAL(f.c.window, 2 * window);
	}
	/* A flow that does not use the window does not get a larger one. */
	window = f.c.window;
	round_trip(&f, false);
	CU_ASSERT_EQUAL(f.c.window, window);
	/* Large packets: 14720 bytes, or two (RFC 9002, section 7.2). */
	congestion_init(&f.c, 1472, 0);
	CU_ASSERT_EQUAL(f.c.window, 14720);
	congestion_init(&f.c, 8972, 0);
	CU_ASSERT_EQUAL(f.c.window, 2 * 8972);
}

/* The round trip time rises: first the window grows more slowly, and if the
 * time does not fall again, slow start is over. */
static void
test_hystart(void)
{
	struct flow f;
	uint64_t window, rounds;

	start(&f);
	round_trip(&f, true);
	round_trip(&f, true);
	f.rtt = RTT * 5 / 4;
	round_trip(&f, true);
	window = f.c.window;
	round_trip(&f, true);
	CU_ASSERT(f.c.window > window && f.c.window <= window * 5 / 4 + PACKET);
	f.rtt = RTT; /* a peak */
	round_trip(&f, true);
	window = f.c.window;
	round_trip(&f, true);
	CU_ASSERT_EQUAL(f.c.window, window + window / PACKET * PACKET);
	f.rtt = RTT * 5 / 4;
	for (rounds = 0; rounds < 10 && f.c.window < f.c.threshold; rounds++)
		round_trip(&f, true);
	CU_ASSERT(rounds >= 5 && rounds <= 7);
}

/* There is one reduction, to 7 tenths, for all packets that were sent before
 * it; and the window returns to where it was before the rate that was too much
 * is tried. */
static void
test_loss(void)
{
	struct flow f;
	uint64_t window, rounds;

	start(&f);
	for (int i = 0; i < 4; i++)
		round_trip(&f, true);
	window = f.c.window;
	f.next += 100;
	CU_ASSERT(congestion_lost(&f.c, f.next - 100, f.next) != 0);
	CU_ASSERT_EQUAL(f.c.window, window * 7 / 10);
	congestion_lost(&f.c, f.next - 1, f.next);
	CU_ASSERT_EQUAL(f.c.window, window * 7 / 10);
	for (rounds = 0; f.c.window < window; rounds++)
		round_trip(&f, true);
	/* K = cbrt(0.3 * 160 / 0.4) = 4.9 s. */
	CU_ASSERT(rounds * RTT >= 4 * USEC_PER_SEC &&
	    rounds * RTT <= 6 * USEC_PER_SEC);
	/* It is flat there, and then grows more and more. */
	CU_ASSERT(f.c.window < window + 2 * PACKET);
	for (rounds = 0; rounds < 200; rounds++)
		round_trip(&f, true);
	CU_ASSERT(f.c.window > 2 * window);
	/* A packet that was sent afterwards is lost: another reduction. */
	window = f.c.window;
	congestion_lost(&f.c, f.next, f.next + 1);
	CU_ASSERT_EQUAL(f.c.window, window * 7 / 10);
	for (int i = 0; i < 50; i++)
		congestion_lost(&f.c, f.next + 1 + (uint64_t)i,
		    f.next + 2 + (uint64_t)i);
	CU_ASSERT_EQUAL(f.c.window, 2 * PACKET);
}

/* On a short path it is as fast as Reno: about half a packet more for each
 * round trip. */
static void
test_reno(void)
{
	struct flow f;
	uint64_t window;

	start(&f);
	f.rtt = 2 * USEC_PER_MSEC;
	round_trip(&f, true);
	congestion_lost(&f.c, f.next, f.next + 1);
	f.next++;
	window = f.c.window;
	for (int i = 0; i < 20; i++)
		round_trip(&f, true);
	CU_ASSERT(f.c.window >= window + 8 * PACKET);
}

static void
test_spurious(void)
{
	struct flow f;
	uint64_t window, threshold;
	unsigned int event;

	start(&f);
	for (int i = 0; i < 4; i++)
		round_trip(&f, true);
	window = f.c.window;
	threshold = f.c.threshold;
	f.next += 10;
	event = congestion_lost(&f.c, f.next - 10, f.next);
	CU_ASSERT_EQUAL(congestion_lost(&f.c, f.next - 9, f.next), event);
	congestion_spurious(&f.c, event);
	CU_ASSERT_EQUAL(f.c.window, window * 7 / 10); /* one was lost */
	congestion_spurious(&f.c, event);
	CU_ASSERT_EQUAL(f.c.window, window);
	CU_ASSERT_EQUAL(f.c.threshold, threshold);
	/* A late loss of an earlier event has no effect. */
	congestion_lost(&f.c, f.next, f.next + 1);
	congestion_spurious(&f.c, event);
	congestion_spurious(&f.c, CONGESTION_NO_EVENT);
	CU_ASSERT_EQUAL(f.c.window, window * 7 / 10);
	/* Persistent congestion is not taken back. */
	congestion_collapse(&f.c);
	CU_ASSERT_EQUAL(f.c.window, 2 * PACKET);
	congestion_spurious(&f.c, event + 1);
	CU_ASSERT_EQUAL(f.c.window, 2 * PACKET);
}

/* Time in which nothing was sent does not make the window grow. */
static void
test_pause(void)
{
	struct flow f;
	uint64_t window;

	start(&f);
	for (int i = 0; i < 4; i++)
		round_trip(&f, true);
	congestion_lost(&f.c, f.next, f.next + 1);
	f.next++;
	for (int i = 0; i < 20; i++)
		round_trip(&f, true);
	window = f.c.window;
	f.now += 600 * USEC_PER_SEC;
	round_trip(&f, false);
	round_trip(&f, true);
	CU_ASSERT(f.c.window <= window + 2 * PACKET);
}

/* --- Pacing --------------------------------------------------------------- */

/* Sends for a second as the pacing allows; returns the bytes, and how often it
 * had to wait. */
static uint64_t
pace(uint64_t rate, unsigned int *waits)
{
	uint64_t now = START, bytes = 0, next;
	struct pacer p;

	pacer_init(&p, now, PACKET);
	*waits = 0;
	while (now < START + USEC_PER_SEC) {
		next = pacer_next(&p, now, rate, PACKET);
		if (next == 0) {
			pacer_sent(&p, PACKET);
			bytes += PACKET;
			continue;
		}
		CU_ASSERT_FATAL(next > now);
		now = next;
		(*waits)++;
	}
	return bytes;
}

static void
test_pacing(void)
{
	static const uint64_t rates[] = { 2000, 50000, 1000000, 12500000,
		125000000, 1250000000 };

	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		unsigned int waits;
		uint64_t bytes = pace(rates[i], &waits);

		/* These are the rate, and a burst at first. */
		CU_ASSERT(bytes + 2 * PACKET >= rates[i] * 98 / 100);
		CU_ASSERT(bytes <= rates[i] * 101 / 100 + 12 * PACKET);
		/* There is at most one wake-up a millisecond. */
		CU_ASSERT(waits <= 1001);
	}
}

/* After a pause there is a burst of ten packets, or of two milliseconds. */
static void
test_burst(void)
{
	struct pacer p;
	int packets = 0;

	pacer_init(&p, START, PACKET);
	while (pacer_next(&p, START + 60 * USEC_PER_SEC, 100000, PACKET) == 0) {
		pacer_sent(&p, PACKET);
		packets++;
	}
	CU_ASSERT_EQUAL(packets, 10);
}

void
congestion_suite(void)
{
	CU_pSuite suite = CU_add_suite("congestion", NULL, NULL);

	CU_add_test(suite, "slow start", test_slow_start);
	CU_add_test(suite, "its end before a loss", test_hystart);
	CU_add_test(suite, "losses", test_loss);
	CU_add_test(suite, "not less than Reno", test_reno);
	CU_add_test(suite, "losses taken back", test_spurious);
	CU_add_test(suite, "a pause", test_pause);
	CU_add_test(suite, "pacing", test_pacing);
	CU_add_test(suite, "bursts", test_burst);
}
