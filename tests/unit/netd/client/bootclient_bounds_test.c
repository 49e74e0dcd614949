/*
 * A client's side of the bootnode at its bounds: each time and each size just
 * before it and just at it.
 */
#include "netd/client/bootclient_parts.h"

#include "tests/unit/netd/client/bootclient_fake.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

void bootclient_bounds_suite(void);

#define MSEC(n) ((n)*USEC_PER_MSEC)
#define SEC(n)	((n)*USEC_PER_SEC)

/* cryptod has read a WELCOME with these. */
static void
welcome(struct fixture *f, uint32_t interval_ms, uint32_t timeout_ms,
    uint32_t relay_rate)
{
	struct ipc_boot_session s = { .session = SESSION,
		.interval_ms = interval_ms,
		.timeout_ms = timeout_ms,
		.relay_rate = relay_rate };

	memcpy(s.mac_key, fake_mac_key, SIPHASH_KEY);
	CU_ASSERT_EQUAL(bootclient_session(&f->b, MESSAGE(f->now, &s)), 0);
}

/* A way that takes so long, as it was measured. */
static void
take_so_long(struct fixture *f, uint64_t rtt)
{
	f->b.rtt = (struct rtt){ .sampled = true,
		.latest = rtt,
		.smoothed = rtt,
		.least = rtt };
}

/* --- What a WELCOME sets ------------------------------------------------- */

static void
test_limits(void)
{
	static const struct {
		uint32_t interval_ms, timeout_ms, relay_rate;
		uint64_t interval, timeout;
		uint32_t rate;
	} cases[] = {
		{ 999, 1999, 5, SEC(1), SEC(2), 5 },
		{ 1000, 2000, RELAY_RATE_MAX - 1, SEC(1), SEC(2),
		    RELAY_RATE_MAX - 1 },
		{ 1001, 2001, RELAY_RATE_MAX, MSEC(1001), MSEC(2001),
		    RELAY_RATE_MAX },
		{ 9999, 35999999, RELAY_RATE_MAX + 1, MSEC(9999),
		    MSEC(35999999), RELAY_RATE_MAX },
		{ 10001, 36000001, 0, SEC(10), SEC(36000), 0 },
	};
	struct fixture f;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_come_to_join(&f);
		welcome(&f, cases[i].interval_ms, cases[i].timeout_ms,
		    cases[i].relay_rate);
		CU_ASSERT_EQUAL(f.b.interval, cases[i].interval);
		CU_ASSERT_EQUAL(f.b.timeout, cases[i].timeout);
		CU_ASSERT_EQUAL(f.b.relay_rate, cases[i].rate);
		CU_ASSERT_EQUAL(bootclient_relays(&f.b), cases[i].rate > 0);
		fake_end(&f);
	}
}

/* A heartbeat comes so early that another can follow before the bootnode gives
 * us up; on a long way four times in that time, and never more than one a
 * second. */
static void
test_spacing(void)
{
	static const struct {
		uint32_t interval_ms, timeout_ms;
		uint64_t rtt,
		    early;	  /* than the timeout, by the probe timeout */
		uint64_t spacing; /* if it is not that */
	} cases[] = {
		{ 5000, 15000, MSEC(10), 0, SEC(5) },
		{ 10000, 8000, MSEC(500), 1, 0 },
		{ 10000, 8000, SEC(5), 1, 0 },
		{ 10000, 8000, SEC(7), 0, SEC(2) },
		{ 10000, 8000, SEC(20), 0, SEC(2) },
		{ 10000, 3000, MSEC(2900), 0, SEC(1) },
		{ 10000, 4000, SEC(4), 0, SEC(1) },
	};
	struct fixture f;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t expected = cases[i].spacing;

		fake_come_to_join(&f);
		f.now += SEC(3); /* the WELCOME took its time */
		take_so_long(&f, cases[i].rtt);
		if (cases[i].early)
			expected = cases[i].timeout_ms * 1000ULL -
			    bootclient_pto(&f.b);
		welcome(&f, cases[i].interval_ms, cases[i].timeout_ms, 0);
		/* From when the JOIN was sent. */
		CU_ASSERT_EQUAL(f.b.heartbeat_at, NOW + expected);
		/* One that has no answer comes again as soon, or sooner. */
		boot_beat(&f.b, f.now);
		CU_ASSERT_EQUAL(f.b.heartbeat_at,
		    f.now +
			clock_min(expected,
			    clock_max(SEC(1), bootclient_pto(&f.b))));
		fake_end(&f);
	}
}

/* The roster may have come before its WELCOME, if that is the answer to a copy
 * of the JOIN: then it is asked for at once. */
static void
test_first_sync(void)
{
	struct fixture f;

	for (unsigned int copies = 1; copies <= 2; copies++) {
		fake_come_to_join(&f);
		if (copies == 2) {
			fake_until_deadline(&f);
			CU_ASSERT_TRUE(fake_sent(&f, WIRE_JOIN));
		}
		welcome(&f, 10000, 15000, 0);
		CU_ASSERT_EQUAL(f.b.sync_at,
		    copies == 2 ? f.now : f.now + SYNC_RETRY);
		fake_end(&f);
	}
}

/* A session that nobody joined for is none. */
static void
test_no_join(void)
{
	struct fixture f;

	fake_start(&f, 1);
	welcome(&f, 10000, 15000, 0);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_HELLO);
	CU_ASSERT_FALSE(f.b.has_session);
	fake_end(&f);
}

/* --- The session's times ------------------------------------------------- */

/* The bootnode may have heard of us a round trip after its last word, which
 * cannot take for ever. */
static void
test_end(void)
{
	static const uint64_t cases[][2] = { { MSEC(300), MSEC(300) },
		{ ANSWER_MAX, ANSWER_MAX }, { ANSWER_MAX + 1, ANSWER_MAX } };
	struct fixture f;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t end = NOW + SEC(15) + cases[i][1];

		fake_come_in(&f, 10000);
		take_so_long(&f, cases[i][0]);
		f.b.heartbeat_at = CLOCK_NEVER;
		CU_ASSERT_EQUAL(bootclient_deadline(&f.b), end);
		bootclient_timer(&f.b, end - 1);
		CU_ASSERT_EQUAL(f.b.phase, BOOT_SESSION);
		bootclient_timer(&f.b, end);
		CU_ASSERT_TRUE(fake_told_status(&f, BOOT_LOST, REFUSAL_NONE));
		fake_end(&f);
	}
}

static void
test_patience(void)
{
	static const uint64_t cases[][2] = { { MSEC(499), LEAVE_FOR },
		{ MSEC(500), LEAVE_FOR }, { MSEC(501), MSEC(1002) },
		{ MSEC(1999), MSEC(3998) }, { SEC(2), LEAVE_FOR_MAX },
		{ SEC(9), LEAVE_FOR_MAX } };
	struct fixture f;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_come_in(&f, 10000);
		take_so_long(&f, cases[i][0]);
		CU_ASSERT_EQUAL(bootclient_patience(&f.b), cases[i][1]);
		CU_ASSERT_EQUAL(bootclient_leave(&f.b, f.now), 0);
		CU_ASSERT_EQUAL(bootclient_deadline(&f.b),
		    f.now + cases[i][1] / LEAVE_COPIES);
		bootclient_timer(&f.b, f.now + cases[i][1] - 1);
		CU_ASSERT_FALSE(bootclient_gone(&f.b));
		bootclient_timer(&f.b, f.now + cases[i][1]);
		CU_ASSERT_TRUE(bootclient_gone(&f.b));
		fake_end(&f);
	}
}

/* The round trip is measured by each of the last 16 packets. */
static void
test_measured(void)
{
	struct fixture f;

	for (unsigned int later = SENT_TIMES - 1; later <= SENT_TIMES;
	     later++) {
		uint64_t counter;

		fake_come_in(&f, 10000);
		take_so_long(&f, MSEC(800));
		counter = boot_next_counter(&f.b, f.now);
		for (unsigned int i = 0; i < later; i++)
			boot_next_counter(&f.b, f.now + MSEC(1));
		f.now += MSEC(80);
		fake_answer(&f, WIRE_HEARTBEAT_ACK, SESSION, counter, 5,
		    fake_mac_key);
		CU_ASSERT_EQUAL(bootclient_rtt(&f.b) < MSEC(800),
		    later < SENT_TIMES);
		CU_ASSERT_EQUAL(f.b.heard_at, f.now);
		fake_end(&f);
	}
}

/* A stranger's probe brings the next heartbeat forward; not if it was sent just
 * now, nor if it comes sooner anyway. */
static void
test_stranger(void)
{
	static const struct {
		uint64_t after, next, expected; /* from the last one on */
	} cases[] = {
		{ STRANGER_REST - 1, SEC(10), SEC(10) },
		{ STRANGER_REST, SEC(10), STRANGER_REST + STRANGER_WAIT },
		{ STRANGER_REST, STRANGER_REST + 1, STRANGER_REST + 1 },
	};
	struct fixture f;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_come_in(&f, 10000);
		f.b.beat_at = f.now;
		f.b.heartbeat_at = f.now + cases[i].next;
		bootclient_stranger(&f.b, f.now + cases[i].after);
		CU_ASSERT_EQUAL(f.b.heartbeat_at, f.now + cases[i].expected);
		fake_end(&f);
	}
	fake_start(&f, 1);
	f.b.heartbeat_at = CLOCK_NEVER;
	bootclient_stranger(&f.b, f.now + SEC(99));
	CU_ASSERT_EQUAL(f.b.heartbeat_at, CLOCK_NEVER);
	fake_end(&f);
}

/* A session that was there for 30 s has the next one joined at once; each that
 * was not doubles the wait. */
static void
test_young(void)
{
	struct fixture f;

	fake_come_in(&f, 10000);
	for (unsigned int i = 0; i < 8; i++) {
		uint64_t wait = clock_min(JOIN_WAIT_MIN << i, JOIN_WAIT_MAX);

		f.b.joined_at = f.now - SESSION_YOUNG + 1;
		CU_ASSERT_TRUE(boot_must_wait(&f.b, f.now));
		CU_ASSERT(f.b.join_after >= f.now + wait - wait / 4);
		CU_ASSERT(f.b.join_after < f.now + wait + wait / 4);
	}
	f.b.joined_at = f.now - SESSION_YOUNG;
	CU_ASSERT_FALSE(boot_must_wait(&f.b, f.now));
	CU_ASSERT_EQUAL(f.b.young, 0);
	fake_end(&f);
}

/* By chance, a quarter sooner or later. */
static void
test_later(void)
{
	uint64_t least = UINT64_MAX, most = 0;

	for (int i = 0; i < 2000; i++) {
		uint64_t wait = boot_later(NOW, 1000) - NOW;

		least = clock_min(least, wait);
		most = clock_max(most, wait);
	}
	CU_ASSERT(least >= 750 && least <= 760);
	CU_ASSERT(most <= 1250 && most >= 1240);
}

/* --- SYNC ---------------------------------------------------------------- */

/* The answer is at most three times as long: so much for each change that is
 * missing; if all may be, it is as long as it can be. */
static void
test_sync_length(void)
{
	static const size_t one =
	    WIRE_SYNC_MIN + BOOTMSG_ENTRY_MAX / WIRE_SYNC_FACTOR + 40;
	static const struct {
		uint32_t version, room_version;
		uint8_t after;
		size_t len;
	} cases[] = {
		{ 5, 6, 0, one },
		{ 5, 7, 0, one + 40 },
		{ UINT32_MAX, 1, 0, one + 40 },
		{ 5, 65, 0, WIRE_MAX },
		{ 5, 5 + UINT32_MAX / 40 + 1, 0, WIRE_MAX },
		{ 5, 4, 0, WIRE_MAX },
		{ 0, 1, 0, WIRE_MAX },
		{ 5, 5, 0, WIRE_MAX },
		{ 5, 6, 1, WIRE_MAX },
	};
	struct fixture f;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_come_in(&f, 10000);
		f.b.version = cases[i].version;
		f.b.room_version = cases[i].room_version;
		f.b.after.bytes[PEER_ID_LEN - 1] = cases[i].after;
		boot_send_control(&f.b, f.now, WIRE_SYNC);
		CU_ASSERT_TRUE(fake_sent(&f, WIRE_SYNC));
		CU_ASSERT_EQUAL(f.len, cases[i].len);
		fake_end(&f);
	}
}

/* A roster that was begun goes on with its own version; a heartbeat has
 * ours. */
static void
test_sync_version(void)
{
	struct fixture f;

	fake_come_in(&f, 10000);
	f.b.roster_from = 9;
	boot_send_control(&f.b, f.now, WIRE_SYNC);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_SYNC));
	CU_ASSERT_EQUAL(fake_control(&f).version, 9);
	boot_send_control(&f.b, f.now, WIRE_HEARTBEAT);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	CU_ASSERT_EQUAL(fake_control(&f).version, 5);
	fake_end(&f);
}

/* What cryptod has read decides whether something is asked for, and when: what
 * follows, at once, but not too soon after the last time; what is missing, at
 * once or when it is time anyway; nothing, if all is there. */
static void
test_version(void)
{
	static const struct {
		enum boot_sync sync;
		uint32_t version, room_version;
		uint64_t synced_at, before, expected;
	} cases[] = {
		{ SYNC_ON, 5, 5, 0, CLOCK_NEVER, NOW },
		{ SYNC_ON, 5, 5, NOW - 1, CLOCK_NEVER, NOW - 1 + SYNC_REST },
		{ SYNC_ON, 5, 5, 0, NOW + SEC(9), NOW },
		{ SYNC_MISSING, 5, 5, 0, CLOCK_NEVER, NOW },
		{ SYNC_MISSING, 5, 5, 0, NOW + SEC(9), NOW + SEC(9) },
		{ SYNC_NOTHING, 5, 5, 0, NOW + SEC(9), CLOCK_NEVER },
		{ SYNC_NOTHING, 6, 5, 0, NOW + SEC(9), CLOCK_NEVER },
		{ SYNC_NOTHING, 5, 6, 0, NOW + SEC(9), NOW + SEC(9) },
	};
	struct fixture f;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ipc_boot_version v = { .version = cases[i].version,
			.sync = (uint8_t)cases[i].sync,
			.from = 7,
			.after = { { 8 } } };

		fake_come_in(&f, 10000);
		f.b.room_version = cases[i].room_version;
		f.b.synced_at = cases[i].synced_at;
		f.b.sync_at = cases[i].before;
		CU_ASSERT_EQUAL(bootclient_version(&f.b, MESSAGE(NOW, &v)), 0);
		CU_ASSERT_EQUAL(f.b.sync_at, cases[i].expected);
		CU_ASSERT_EQUAL(f.b.version, cases[i].version);
		CU_ASSERT_EQUAL(f.b.roster_from, 7);
		CU_ASSERT_EQUAL(f.b.after.bytes[0], 8);
		/* Of a session that is over it says nothing. */
		v.version = 99;
		boot_lost(&f.b, NOW);
		CU_ASSERT_EQUAL(bootclient_version(&f.b, MESSAGE(NOW, &v)), 0);
		CU_ASSERT_NOT_EQUAL(f.b.version, 99);
		fake_end(&f);
	}
}

/* The bootnode asks to be asked again: once a second. */
static void
test_again(void)
{
	struct wire_control ack = { .type = WIRE_HEARTBEAT_ACK,
		.session = SESSION,
		.version = 5,
		.flags = ACK_AGAIN };
	uint8_t buf[WIRE_MAX];
	struct fixture f;

	fake_come_in(&f, 10000);
	for (int i = 0; i < 3; i++) {
		/* At once; not again for a second; then again. */
		ack.counter = boot_next_counter(&f.b, f.now);
		f.b.sync_at = CLOCK_NEVER;
		fake_give(&f, buf, wire_put_control(buf, &ack, fake_mac_key));
		CU_ASSERT_EQUAL(f.b.sync_at, i == 1 ? CLOCK_NEVER : f.now);
		f.now += i == 0 ? AGAIN_REST - 1 : 1;
	}
	/* Another version is a reason, too. */
	ack.flags = 0;
	ack.version = 6;
	ack.counter = boot_next_counter(&f.b, f.now);
	f.b.sync_at = CLOCK_NEVER;
	fake_give(&f, buf, wire_put_control(buf, &ack, fake_mac_key));
	CU_ASSERT_EQUAL(f.b.sync_at, f.now);
	CU_ASSERT_EQUAL(f.b.room_version, 6);
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_EQUAL(f.b.synced_at, f.now);
	CU_ASSERT_EQUAL(f.b.sync_at,
	    f.now + clock_max(SYNC_RETRY, bootclient_pto(&f.b)));
	fake_end(&f);
}

/* --- Doubt --------------------------------------------------------------- */

/* A REJECT is heard a second after the last; and nothing comes of it if what
 * asks is answered by nothing at all. */
static void
test_doubt(void)
{
	struct fixture f;
	uint64_t began;

	fake_come_in(&f, 10000);
	began = f.now;
	fake_reject(&f, REJECT_UNKNOWN_SESSION, SESSION);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), f.now + DOUBT_WAIT);
	f.now += DOUBT_WAIT;
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_EQUAL(f.b.doubt_from, 0);
	f.now = began + DOUBT_REST - 1;
	fake_reject(&f, REJECT_UNKNOWN_SESSION, SESSION);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	f.now = began + DOUBT_REST;
	fake_reject(&f, REJECT_UNKNOWN_SESSION, SESSION);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	/* An answer to one that was sent before the doubt ends none. */
	fake_answer(&f, WIRE_HEARTBEAT_ACK, SESSION, f.b.doubt_from - 1, 5,
	    fake_mac_key);
	CU_ASSERT_NOT_EQUAL(f.b.doubt_from, 0);
	fake_answer(&f, WIRE_HEARTBEAT_ACK, SESSION, f.b.doubt_from, 5,
	    fake_mac_key);
	CU_ASSERT_EQUAL(f.b.doubt_from, 0);
	fake_end(&f);
}

void
bootclient_bounds_suite(void)
{
	CU_pSuite suite =
	    CU_add_suite("bootclient_bounds", fake_open_udp, fake_close_udp);

	CU_add_test(suite, "limits of a WELCOME", test_limits);
	CU_add_test(suite, "heartbeats in time", test_spacing);
	CU_add_test(suite, "the first SYNC", test_first_sync);
	CU_add_test(suite, "no JOIN", test_no_join);
	CU_add_test(suite, "the end of a session", test_end);
	CU_add_test(suite, "patience", test_patience);
	CU_add_test(suite, "what is measured", test_measured);
	CU_add_test(suite, "a stranger", test_stranger);
	CU_add_test(suite, "a young session", test_young);
	CU_add_test(suite, "by chance", test_later);
	CU_add_test(suite, "the length of a SYNC", test_sync_length);
	CU_add_test(suite, "the version of a SYNC", test_sync_version);
	CU_add_test(suite, "what cryptod has read", test_version);
	CU_add_test(suite, "again, please", test_again);
	CU_add_test(suite, "doubt", test_doubt);
}
