/*
 * When an answer is asked for, with what, and for how long: RFC 9002, section
 * 6.2; how long there was none, and when the path counts as stalled.
 */
#include "tests/unit/netd/transport/packets.h"

#include <CUnit/CUnit.h>

void transport_timeout_suite(void);

#define PIECE_MAX (FRAMES_MAX - 11)

static uint64_t
lost(const struct packets *s)
{
	struct transport_figures f;

	transport_figures(s->t, &f);
	return f.lost;
}

/* --- Asking --------------------------------------------------------------- */

/* Each time that it waits in vain it waits twice as long, up to 3 s; then two
 * packets ask, which carry what is missing. */
static void
test_ask(void)
{
	static const uint64_t waits[] = { PTO, 2 * PTO, 4 * PTO, 8 * PTO,
		3 * USEC_PER_SEC, 3 * USEC_PER_SEC };
	uint64_t now = NOW, number;
	struct packets s;

	packets_begin(&s);
	packets_send_many(&s, NOW, 0, 2);
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		CU_ASSERT_EQUAL(transport_deadline(s.t), now + waits[i]);
		transport_timer(s.t, now + waits[i] - 1);
		CU_ASSERT_EQUAL(packets_output(&s, now, &number), NOTHING);
		CU_ASSERT_EQUAL(transport_suspect(s.t), i >= 2);
		now += waits[i];
		transport_timer(s.t, now);
		CU_ASSERT_EQUAL(packets_output(&s, now, &number), 0);
		CU_ASSERT_EQUAL(packets_output(&s, now, &number), 0);
		CU_ASSERT_EQUAL(number, 4 + 2 * i);
		CU_ASSERT_EQUAL(packets_output(&s, now, &number), NOTHING);
	}
	CU_ASSERT_EQUAL(lost(&s), 0);
	/* An answer ends it. */
	packets_acked(&s, now + RTT, 0, number);
	CU_ASSERT_FALSE(transport_suspect(s.t));
	CU_ASSERT_TRUE(transport_idle(s.t));
	packets_send(&s, now + RTT, 3);
	CU_ASSERT(transport_deadline(s.t) < now + RTT + PTO);
	transport_free(s.t);
}

/* It asks with what is missing and lowest, as much as fits; if that is all in
 * one, with it twice; and with a PING, if nothing is. */
static void
test_ask_with(void)
{
	static const uint8_t record[RECORD_MAX];
	uint8_t frames[TRANSPORT_FRAMES_MAX];
	uint64_t now = NOW + RTT, number;
	struct packets s;

	packets_begin(&s);
	packets_send_many(&s, NOW, 0, 4);
	packets_acked(&s, now, 0, 0);
	packets_acked(&s, now, 2, 2);
	now = transport_deadline(s.t);
	transport_timer(s.t, now);
	CU_ASSERT_EQUAL(packets_output(&s, now, &number), PIECE);
	now += 10 * PTO;
	transport_timer(s.t, now);
	CU_ASSERT_EQUAL(packets_output(&s, now, &number), PIECE);
	CU_ASSERT_EQUAL(packets_output(&s, now, &number), 3 * PIECE);
	packets_acked(&s, now, 3, 4);
	now = transport_deadline(s.t);
	transport_timer(s.t, now);
	CU_ASSERT_EQUAL(packets_output(&s, now, &number), PIECE);
	CU_ASSERT_EQUAL(packets_output(&s, now, &number), PIECE);
	/* All is there, and what asked is not acknowledged yet. */
	packets_acked(&s, now, 1, 1);
	now = transport_deadline(s.t);
	CU_ASSERT_NOT_EQUAL_FATAL(now, CLOCK_NEVER);
	transport_timer(s.t, now);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(transport_output(s.t, now, &number, frames,
				    sizeof(frames)),
		    1);
		CU_ASSERT_EQUAL(frames[0], PING);
	}
	transport_free(s.t);
	packets_begin(&s);
	CU_ASSERT_EQUAL(transport_queue(s.t, record, RECORD_MAX), 0);
	while (packets_output(&s, NOW, &number) != NOTHING)
		;
	for (int i = 0; i < 3; i++) {
		now = transport_deadline(s.t);
		transport_timer(s.t, now);
		CU_ASSERT_EQUAL(packets_output(&s, now, &number), 0);
		CU_ASSERT_EQUAL(packets_output(&s, now, &number), PIECE_MAX);
		CU_ASSERT_EQUAL(packets_output(&s, now, &number), NOTHING);
	}
	transport_free(s.t);
}

/* However many hours nobody answers, it asks on, and remembers no more packets
 * than it can. */
static void
test_ask_for_hours(void)
{
	uint64_t now = NOW, number;
	struct packets s;

	packets_begin(&s);
	packets_send_many(&s, NOW, 0, 2);
	for (int i = 0; i < 5000; i++) {
		CU_ASSERT_FATAL(transport_deadline(s.t) > now);
		now = transport_deadline(s.t);
		transport_timer(s.t, now);
		CU_ASSERT_NOT_EQUAL(packets_output(&s, now, &number), NOTHING);
		while (packets_output(&s, now, &number) != NOTHING)
			;
	}
	CU_ASSERT(now > NOW + 4 * 3600 * USEC_PER_SEC);
	packets_acked(&s, now, number - 1, number - 1);
	CU_ASSERT_FALSE(transport_suspect(s.t));
	transport_free(s.t);
}

/* --- Silence -------------------------------------------------------------- */

/* For how long nothing was acknowledged is counted from the first packet that
 * waits, whichever path it took; not before a probe timeout. */
static void
test_silence(void)
{
	uint64_t now = NOW + PTO, number;
	struct packets s;

	packets_begin(&s);
	packets_send(&s, NOW, 0);
	packets_send(&s, NOW + MSEC(5), 1);
	CU_ASSERT_EQUAL(transport_silence(s.t, NOW + MSEC(200)), 0);
	transport_timer(s.t, now + MSEC(5));
	CU_ASSERT_EQUAL(transport_silence(s.t, now + MSEC(5)), PTO + MSEC(5));
	CU_ASSERT_EQUAL(transport_silence(s.t, now + MSEC(9)), PTO + MSEC(9));
	/* Of another path it is not known yet, and then it is as long. */
	transport_path(s.t, now + MSEC(10), RTT, TRANSPORT_BASE,
	    TRANSPORT_BASE);
	CU_ASSERT_EQUAL(transport_silence(s.t, now + MSEC(20)), 0);
	CU_ASSERT_EQUAL(packets_output(&s, now + MSEC(10), &number), 0);
	transport_timer(s.t, now + MSEC(10) + PTO);
	CU_ASSERT_EQUAL(transport_silence(s.t, now + MSEC(10) + PTO),
	    2 * PTO + MSEC(10));
	/* The user knows. */
	transport_given_up(s.t);
	CU_ASSERT_EQUAL(transport_silence(s.t, now + MSEC(10) + PTO), 0);
	/* What is acknowledged ends it. */
	packets_output(&s, now + MSEC(600), &number);
	packets_output(&s, now + MSEC(600), &number);
	packets_send(&s, now + MSEC(600), 2);
	packets_acked(&s, now + MSEC(700), number, number);
	CU_ASSERT_EQUAL(transport_silence(s.t, now + MSEC(700)), 0);
	transport_free(s.t);
}

/* Where no round trip time is known it is taken for 333 ms: RFC 9002, section
 * 6.2.2. */
static void
test_unknown(void)
{
	struct transport_figures f;
	struct packets s = { frames_transport(), 0 };

	transport_figures(s.t, &f);
	CU_ASSERT_EQUAL(f.smoothed_us, MSEC(333));
	CU_ASSERT_EQUAL(f.size, TRANSPORT_BASE);
	packets_send(&s, NOW, 0);
	CU_ASSERT_EQUAL(transport_deadline(s.t),
	    NOW + MSEC(333) + 4 * MSEC(333) / 2 + MSEC(10));
	transport_free(s.t);
}

/* The next probe timeout passes; returns when. */
static uint64_t
time_out(struct packets *s)
{
	uint64_t now = transport_deadline(s->t), number;

	transport_timer(s->t, now);
	packets_output(s, now, &number);
	return now;
}

/* A probe that was sent before it asked proves nothing: two timeouts have to
 * pass after one that does. */
static void
test_stalled_later(void)
{
	uint64_t now, first;
	struct packets s;

	packets_begin(&s);
	packets_send(&s, NOW, 0);
	first = time_out(&s);
	CU_ASSERT_FALSE(transport_stalled(s.t, first - 1));
	time_out(&s);
	CU_ASSERT_FALSE(transport_stalled(s.t, first - 1));
	now = time_out(&s);
	CU_ASSERT_FALSE(transport_stalled(s.t, now));
	now = time_out(&s);
	CU_ASSERT_FALSE(transport_stalled(s.t, now));
	now = time_out(&s);
	CU_ASSERT_TRUE(transport_stalled(s.t, now));
	transport_free(s.t);
}

/* The path carries probes, of which the last that was answered was sent at
 * that time, and nothing else. Asks with so many probe timeouts, and after each
 * whether it counts as stalled. */
static void
test_stalled(void)
{
	uint64_t now = NOW, number, first;
	struct packets s;

	packets_begin(&s);
	packets_send(&s, NOW, 0);
	CU_ASSERT_FALSE(transport_stalled(s.t, NOW + USEC_PER_SEC));
	now = transport_deadline(s.t);
	transport_timer(s.t, now);
	first = now;
	packets_output(&s, now, &number);
	/* One that was sent before it asked proves nothing. */
	CU_ASSERT_FALSE(transport_stalled(s.t, first - 1));
	CU_ASSERT_FALSE(transport_stalled(s.t, first));
	for (int i = 2; i <= 3; i++) {
		now = transport_deadline(s.t);
		transport_timer(s.t, now);
		packets_output(&s, now, &number);
		CU_ASSERT_FALSE(transport_stalled(s.t, now + 2 * USEC_PER_SEC));
	}
	/* The fourth time. */
	now = transport_deadline(s.t);
	CU_ASSERT(now - first >= 2 * USEC_PER_SEC);
	transport_timer(s.t, now);
	CU_ASSERT_FALSE(transport_stalled(s.t, now - 1));
	CU_ASSERT_TRUE(transport_stalled(s.t, now));
	packets_acked(&s, now, 0, 0);
	CU_ASSERT_FALSE(transport_stalled(s.t, now));
	transport_free(s.t);
}

void
transport_timeout_suite(void)
{
	CU_pSuite suite = CU_add_suite("transport_timeout", NULL, NULL);

	CU_add_test(suite, "it asks", test_ask);
	CU_add_test(suite, "what it asks with", test_ask_with);
	CU_add_test(suite, "it asks for hours", test_ask_for_hours);
	CU_add_test(suite, "silence", test_silence);
	CU_add_test(suite, "no round trip time yet", test_unknown);
	CU_add_test(suite, "stalled", test_stalled);
	CU_add_test(suite, "stalled, but later", test_stalled_later);
}
