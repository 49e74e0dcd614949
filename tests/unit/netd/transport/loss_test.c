/*
 * When a packet counts as lost, and what comes of an answer that is late: RFC
 * 9002, section 6.1, with packets and ACKs that are sent by hand at times of a
 * made-up clock.
 */
#include "tests/unit/netd/transport/packets.h"

#include <CUnit/CUnit.h>

void transport_loss_suite(void);

/* Nine eighths of a round trip: section 6.1.2. */
#define LATE (RTT * 9 / 8)

static uint64_t
lost(const struct packets *s)
{
	struct transport_figures f;

	transport_figures(s->t, &f);
	return f.lost;
}

static uint64_t
window(const struct packets *s)
{
	struct transport_figures f;

	transport_figures(s->t, &f);
	return f.window;
}

/* --- What is lost --------------------------------------------------------- */

/* Three packets that were sent after it have arrived. */
static void
test_overtaken(void)
{
	uint64_t number;
	struct packets s;

	packets_begin(&s);
	packets_send_many(&s, NOW, 0, 4);
	for (uint64_t n = 1; n <= 2; n++) {
		packets_acked(&s, NOW + RTT, n, n);
		CU_ASSERT_EQUAL(lost(&s), 0);
		CU_ASSERT_EQUAL(packets_output(&s, NOW + RTT, &number),
		    NOTHING);
	}
	packets_acked(&s, NOW + RTT, 3, 3);
	CU_ASSERT_EQUAL(lost(&s), 1);
	CU_ASSERT_EQUAL(packets_output(&s, NOW + RTT, &number), 0);
	CU_ASSERT_EQUAL(number, 5);
	CU_ASSERT_EQUAL(packets_output(&s, NOW + RTT, &number), NOTHING);
	/* What came again acknowledges it for good. */
	CU_ASSERT_EQUAL(transport_acked(s.t), 0);
	packets_acked(&s, NOW + 2 * RTT, 4, 5);
	CU_ASSERT_EQUAL(transport_acked(s.t), 5 * RECORD);
	CU_ASSERT_EQUAL(transport_acked(s.t), 0); /* that was told */
	CU_ASSERT_TRUE(transport_idle(s.t));
	CU_ASSERT_EQUAL(transport_deadline(s.t), CLOCK_NEVER);
	transport_free(s.t);
}

/* All ranges of an ACK count, as far below the one before as it says. */
static void
test_ranges(void)
{
	uint8_t frames[FRAMES_MAX];
	uint64_t number;
	struct packets s;
	struct putter p;

	packets_begin(&s);
	packets_send_many(&s, NOW, 0, 9);
	put_init(&p, frames, sizeof(frames));
	frames_put_ack(&p, 9, 2, 0);
	put_u32(&p, 1); /* two are missing, */
	put_u32(&p, 1); /* 6 and 5 are there, */
	put_u32(&p, 0); /* one is missing */
	put_u32(&p, 2);
	CU_ASSERT_EQUAL(transport_input(s.t, NOW + RTT, 0, frames,
			    put_length(&p)),
	    0);
	/* Of 0, 4, 7 and 8, those that three have overtaken. */
	CU_ASSERT_EQUAL(lost(&s), 2);
	CU_ASSERT_EQUAL(packets_output(&s, NOW + RTT, &number), 0);
	CU_ASSERT_EQUAL(packets_output(&s, NOW + RTT, &number), 4 * PIECE);
	CU_ASSERT_EQUAL(packets_output(&s, NOW + RTT, &number), NOTHING);
	transport_free(s.t);
}

/* One that was sent after it has arrived, and it is an eighth of a round trip
 * too late. */
static void
test_late(void)
{
	const uint64_t at = NOW + MSEC(10) + RTT;
	uint64_t number;
	struct packets s;

	packets_begin(&s);
	packets_send(&s, NOW, 0);
	packets_send(&s, NOW + MSEC(10), 1);
	packets_acked(&s, at, 1, 1);
	CU_ASSERT_EQUAL(transport_deadline(s.t), NOW + LATE);
	transport_timer(s.t, NOW + LATE - 1);
	CU_ASSERT_EQUAL(lost(&s), 0);
	CU_ASSERT_EQUAL(packets_output(&s, NOW + LATE - 1, &number), NOTHING);
	transport_timer(s.t, NOW + LATE);
	CU_ASSERT_EQUAL(lost(&s), 1);
	/* Nothing is on its way: there is no answer to wait for. */
	CU_ASSERT_EQUAL(transport_deadline(s.t), CLOCK_NEVER);
	CU_ASSERT_EQUAL(packets_output(&s, NOW + LATE, &number), 0);
	CU_ASSERT(transport_deadline(s.t) < NOW + LATE + PTO);
	transport_free(s.t);
}

/* It is found to be so with the ACK, if it is late already. */
static void
test_late_at_once(void)
{
	struct packets s;

	for (uint64_t early = 0; early < 2; early++) {
		packets_begin(&s);
		packets_send(&s, NOW, 0);
		packets_send(&s, NOW + LATE - RTT - early, 1);
		packets_acked(&s, NOW + LATE - early, 1, 1);
		CU_ASSERT_EQUAL(lost(&s), 1 - early);
		transport_free(s.t);
	}
}

/* Nothing is lost as long as nothing later has arrived. */
static void
test_not_lost(void)
{
	uint64_t number;
	struct packets s;

	packets_begin(&s);
	packets_send_many(&s, NOW, 0, 5);
	packets_acked(&s, NOW + RTT, 0, 0);
	transport_timer(s.t, NOW + RTT + PTO / 2);
	CU_ASSERT_EQUAL(lost(&s), 0);
	CU_ASSERT_EQUAL(packets_output(&s, NOW + RTT + PTO / 2, &number),
	    NOTHING);
	transport_free(s.t);
}

/* --- What was late -------------------------------------------------------- */

/* It was only late: then it is not lost, the window is as before, and of later
 * ones one more has to arrive before it. */
static void
test_found(void)
{
	struct packets s;
	uint64_t before;

	packets_begin(&s);
	before = window(&s);
	packets_send_many(&s, NOW, 0, 3);
	packets_acked(&s, NOW + RTT, 3, 3);
	CU_ASSERT_EQUAL(lost(&s), 1);
	CU_ASSERT(window(&s) < before);
	packets_acked(&s, NOW + RTT, 0, 0);
	CU_ASSERT_EQUAL(lost(&s), 0);
	CU_ASSERT(window(&s) >= before);
	packets_acked(&s, NOW + RTT, 1, 2);
	packets_send_many(&s, NOW + RTT, 4, 8);
	packets_acked(&s, NOW + 2 * RTT, 7, 7);
	CU_ASSERT_EQUAL(lost(&s), 0);
	packets_acked(&s, NOW + 2 * RTT, 8, 8);
	CU_ASSERT_EQUAL(lost(&s), 1);
	transport_free(s.t);
}

/* And the next one may be later by one eighth more. */
static void
test_found_later(void)
{
	const uint64_t next = NOW + 2 * RTT;
	struct packets s;

	packets_begin(&s);
	packets_send_many(&s, NOW, 0, 1);
	packets_acked(&s, NOW + RTT, 1, 1);
	transport_timer(s.t, NOW + LATE);
	CU_ASSERT_EQUAL(lost(&s), 1);
	packets_acked(&s, NOW + LATE, 0, 1);
	CU_ASSERT_EQUAL(lost(&s), 0);
	CU_ASSERT_TRUE(transport_idle(s.t));
	packets_send_many(&s, next, 2, 5);
	packets_acked(&s, next + RTT, 3, 3);
	CU_ASSERT_EQUAL(transport_deadline(s.t), next + RTT * 10 / 8);
	/* It is not lost by fewer packets than before. */
	packets_acked(&s, next + RTT, 4, 4);
	CU_ASSERT_EQUAL(lost(&s), 0);
	packets_acked(&s, next + RTT, 5, 5);
	CU_ASSERT_EQUAL(lost(&s), 1);
	transport_free(s.t);
}

/* What is lost is known for three probe timeouts, so that it is found if it is
 * acknowledged then; not for longer. */
static void
test_forgotten(void)
{
	/* Its variation is that after two samples. */
	const uint64_t known = 3 * (RTT + 4 * (RTT / 2) * 9 / 16 + MSEC(10));
	uint64_t number;
	struct packets s;

	for (uint64_t more = 0; more < 2; more++) {
		packets_begin(&s);
		packets_send_many(&s, NOW, 0, 3);
		packets_acked(&s, NOW + RTT, 1, 3);
		CU_ASSERT_EQUAL(lost(&s), 1);
		CU_ASSERT_EQUAL(packets_output(&s, NOW + known + more - RTT,
				    &number),
		    0);
		packets_acked(&s, NOW + known + more, number, number);
		packets_acked(&s, NOW + known + more, 0, 0);
		CU_ASSERT_EQUAL(lost(&s), more);
		transport_free(s.t);
	}
}

/* What is acknowledged after it was sent again is not sent a third time. */
static void
test_both(void)
{
	uint64_t number;
	struct packets s;

	packets_begin(&s);
	packets_send_many(&s, NOW, 0, 3);
	packets_acked(&s, NOW + RTT, 3, 3);
	packets_acked(&s, NOW + RTT, 0, 0);
	CU_ASSERT_EQUAL(packets_output(&s, NOW + RTT, &number), NOTHING);
	transport_free(s.t);
}

/* --- Persistent congestion ------------------------------------------------ */

/* Two packets are lost, sent so long one after the other; one between them has
 * arrived or not. Returns the window then, in packets. */
static uint64_t
window_after(uint64_t apart, bool one_between)
{
	uint64_t last = one_between ? 3 : 2, packets;
	struct packets s;

	packets_begin(&s);
	packets_send(&s, NOW, 0);
	if (one_between) {
		packets_send(&s, NOW, 1);
		packets_acked(&s, NOW + RTT, 1, 1);
	}
	packets_send(&s, NOW + apart, last - 1);
	packets_send_many(&s, NOW + apart, last, last + 2);
	packets_acked(&s, NOW + apart + RTT, last + 2, last + 2);
	packets = window(&s) / TRANSPORT_BASE;
	transport_free(s.t);
	return packets;
}

/* Everything for so long is lost: three probe timeouts without their backoff,
 * by which the path has nothing left of what it had. RFC 9002, section 7.6. */
static void
test_persistent(void)
{
	/* Its variation has become three quarters of what it was. */
	const uint64_t persistent = 3 * (RTT + RTT * 3 / 2 + MSEC(10));

	CU_ASSERT_EQUAL(window_after(persistent, false), 7);
	CU_ASSERT_EQUAL(window_after(persistent + 1, false), 2);
	CU_ASSERT_EQUAL(window_after(2 * persistent, true), 7);
}

/* Another path takes what is not acknowledged, and what the one before had is
 * no measure for it: neither late nor lost. */
static void
test_path(void)
{
	const uint64_t now = NOW + MSEC(50);
	struct transport_figures f;
	uint64_t number;
	struct packets s;

	packets_begin(&s);
	packets_send_many(&s, NOW, 0, 3);
	transport_path(s.t, now, MSEC(20), TRANSPORT_BASE, TRANSPORT_BASE);
	/* An ACK is on its way yet. */
	packets_acked(&s, now, 1, 3);
	transport_figures(s.t, &f);
	CU_ASSERT_EQUAL(f.smoothed_us, MSEC(20));
	CU_ASSERT_EQUAL(f.lost, 0);
	CU_ASSERT_EQUAL(packets_output(&s, now, &number), 0);
	CU_ASSERT_EQUAL(number, 4);
	CU_ASSERT_EQUAL(packets_output(&s, now, &number), NOTHING);
	packets_acked(&s, now, 0, 0);
	CU_ASSERT_EQUAL(lost(&s), 0);
	CU_ASSERT_EQUAL(transport_acked(s.t), 4 * RECORD);
	transport_free(s.t);
}

void
transport_loss_suite(void)
{
	CU_pSuite suite = CU_add_suite("transport_loss", NULL, NULL);

	CU_add_test(suite, "overtaken by three", test_overtaken);
	CU_add_test(suite, "ranges of an ACK", test_ranges);
	CU_add_test(suite, "late", test_late);
	CU_add_test(suite, "late already", test_late_at_once);
	CU_add_test(suite, "not lost", test_not_lost);
	CU_add_test(suite, "found", test_found);
	CU_add_test(suite, "found: later", test_found_later);
	CU_add_test(suite, "found no more", test_forgotten);
	CU_add_test(suite, "found and sent again", test_both);
	CU_add_test(suite, "persistent congestion", test_persistent);
	CU_add_test(suite, "another path", test_path);
}
