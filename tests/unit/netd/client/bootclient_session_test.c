/*
 * A client's side of the bootnode once it has a session: heartbeats, SYNC,
 * a bootnode that is lost, leaving.
 */
#include "netd/client/bootclient_parts.h"

#include "tests/unit/netd/client/bootclient_fake.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

void bootclient_session_suite(void);

#define MSEC(n) ((n)*USEC_PER_MSEC)

static void
test_heartbeat(void)
{
	/* The smaller one of both intervals counts. */
	static const uint32_t theirs[] = { 20000, 4000 };
	struct fixture f;

	for (int i = 0; i < 2; i++) {
		uint64_t interval = clock_min(10000, theirs[i]) * 1000;
		uint64_t counter = 0, before;

		fake_come_in(&f, theirs[i]);
		for (int beat = 0; beat < 5; beat++) {
			before = f.now;
			fake_until_deadline(&f);
			CU_ASSERT_EQUAL(f.now - before, interval);
			CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
			CU_ASSERT_EQUAL(fake_control(&f).version, 5);
			CU_ASSERT(fake_control(&f).counter > counter);
			counter = fake_control(&f).counter;
			fake_acknowledge(&f, 5);
		}
		CU_ASSERT_TRUE(fake_told_nothing(&f));
		fake_end(&f);
	}
}

/* Without an answer the client asks every second, until the bootnode counts as
 * lost. */
static void
test_lost(void)
{
	struct fixture f;
	uint64_t before;

	fake_come_in(&f, 10000);
	fake_until_deadline(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	for (int i = 0; i < 5; i++) {
		before = f.now;
		fake_until_deadline(&f);
		CU_ASSERT_EQUAL(f.now - before, HEARTBEAT_RETRY);
		CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	}
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	fake_until_deadline(&f);
	CU_ASSERT(f.now - NOW - 15 * USEC_PER_SEC <= MSEC(1));
	CU_ASSERT_TRUE(fake_told_status(&f, BOOT_LOST, REFUSAL_NONE));
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	/* The user need not hear that it does not answer now, either. */
	for (unsigned int hellos = 0; hellos < 10;) {
		fake_until_deadline(&f);
		hellos += fake_collect(&f, 0);
	}
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	fake_end(&f);
}

/* It joins again. Returns the seconds within which cryptod is told that all
 * others come. */
static unsigned int
spread_told(struct fixture *f)
{
	const struct ipc_boot_welcome *welcome;
	struct ipc_message_in in;

	fake_cookie(f, f->nonce);
	CU_ASSERT_TRUE(fake_told(f, IPC_BOOT_COOKIE, &in));
	fake_join(f, &f->addr[0]);
	CU_ASSERT_TRUE(fake_sent(f, WIRE_JOIN));
	fake_welcome(f, f->nonce);
	CU_ASSERT_TRUE_FATAL(fake_told(f, IPC_BOOT_WELCOME, &in));
	welcome = in.body;
	return welcome->spread;
}

/* The bootnode has named a time over which joins are to be spread. When the
 * session is lost, the user hears it at once, and the first HELLO comes at some
 * time within it; the next ones are a quarter of it apart, or more. */
static void
test_spread(void)
{
	struct wire_control ack = { .type = WIRE_HEARTBEAT_ACK,
		.session = SESSION,
		.version = 5,
		.spread = 100 };
	uint64_t lost, waited, first = CLOCK_NEVER, last = 0;
	uint8_t buf[WIRE_MAX];
	struct fixture f;

	for (int i = 0; i < 50; i++) {
		fake_come_in(&f, 10000);
		fake_until_deadline(&f);
		CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
		ack.counter = fake_control(&f).counter;
		fake_give(&f, buf, wire_put_control(buf, &ack, fake_mac_key));
		while (f.b.phase == BOOT_SESSION) {
			fake_until_deadline(&f);
			fake_collect(&f, 0);
		}
		CU_ASSERT_TRUE(fake_told_status(&f, BOOT_LOST, REFUSAL_NONE));
		lost = f.now;
		while (!fake_sent(&f, WIRE_HELLO))
			fake_until_deadline(&f);
		waited = f.now - lost;
		CU_ASSERT(waited < 100 * USEC_PER_SEC);
		first = clock_min(first, waited);
		last = clock_max(last, waited);
		for (lost = f.now; !fake_sent(&f, WIRE_HELLO);)
			fake_until_deadline(&f);
		CU_ASSERT(f.now - lost >= 100 * USEC_PER_SEC / 4 * 3 / 4);
		CU_ASSERT(f.now - lost <= 100 * USEC_PER_SEC / 4 * 5 / 4);
		CU_ASSERT_EQUAL(spread_told(&f), 100);
		fake_end(&f);
	}
	/* Of 50, all in one half: that is less likely than a broken disk. */
	CU_ASSERT(first < 50 * USEC_PER_SEC && last > 50 * USEC_PER_SEC);
}

/* This host was elsewhere: the session is not lost because all are, and the
 * bootnode is asked at once. */
static void
test_spread_of_us(void)
{
	struct wire_control ack = { .type = WIRE_HEARTBEAT_ACK,
		.session = SESSION,
		.version = 5,
		.spread = 100 };
	uint8_t buf[WIRE_MAX];
	struct fixture f;

	fake_come_in(&f, 10000);
	fake_until_deadline(&f);
	fake_collect(&f, 0);
	ack.counter = fake_control(&f).counter;
	fake_give(&f, buf, wire_put_control(buf, &ack, fake_mac_key));
	while (f.b.phase == BOOT_SESSION) {
		fake_until_deadline(&f);
		fake_collect(&f, 0);
	}
	CU_ASSERT(f.b.spread_until > f.now);
	bootclient_touch(&f.b, f.now); /* which alone changes nothing */
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	CU_ASSERT_TRUE(fake_told_status(&f, BOOT_LOST, REFUSAL_NONE));
	bootclient_was_us(&f.b);
	bootclient_touch(&f.b, f.now);
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	fake_until_deadline(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	CU_ASSERT_EQUAL(spread_told(&f), 0);
	fake_end(&f);
}

/* These acknowledgements do not count: the next heartbeat comes as before. */
static void
test_bad_ack(void)
{
	static const uint8_t other_key[SIPHASH_KEY] = "another key....";
	struct fixture f;
	uint64_t counter, due;

	fake_come_in(&f, 10000);
	fake_until_deadline(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	counter = fake_control(&f).counter;
	due = bootclient_deadline(&f.b);
	f.now += MSEC(10);
	fake_answer(&f, WIRE_HEARTBEAT_ACK, SESSION, counter, 9, other_key);
	fake_answer(&f, WIRE_HEARTBEAT_ACK, SESSION + 1, counter, 9,
	    fake_mac_key);
	fake_answer(&f, WIRE_HEARTBEAT_ACK, SESSION, counter + 1, 9,
	    fake_mac_key);
	fake_answer(&f, WIRE_LEAVE_ACK, SESSION, counter, 9, fake_mac_key);
	fake_answer(&f, WIRE_HEARTBEAT, SESSION, counter, 9, fake_mac_key);
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), due);
	fake_answer(&f, WIRE_HEARTBEAT_ACK, SESSION, counter, 5, fake_mac_key);
	due = f.now - MSEC(10) + 10 * USEC_PER_SEC;
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), due);
	/* An acknowledgement does not count twice. */
	f.now += 2 * USEC_PER_SEC;
	fake_answer(&f, WIRE_HEARTBEAT_ACK, SESSION, counter, 5, fake_mac_key);
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), due);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	fake_end(&f);
}

/* The round trip takes 50 ms; the client has sent a heartbeat, and its host
 * sleeps. */
static void
come_in_and_sleep(struct fixture *f, uint64_t time)
{
	fake_come_in(f, 10000);
	for (int beat = 0; beat < 20; beat++) {
		fake_until_deadline(f);
		CU_ASSERT_TRUE(fake_sent(f, WIRE_HEARTBEAT));
		f->now += MSEC(50);
		fake_acknowledge(f, 5);
	}
	fake_until_deadline(f);
	CU_ASSERT_TRUE(fake_sent(f, WIRE_HEARTBEAT));
	f->now += time;
}

/* An answer that waited for a sleeping host says nothing about the way. */
static void
test_slept(void)
{
	static const uint64_t times[] = { MSEC(4000), MSEC(25000),
		MSEC(3600000) };
	struct fixture f;
	uint64_t rtt;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		come_in_and_sleep(&f, times[i]);
		bootclient_woke(&f.b, f.now);
		fake_acknowledge(&f, 5);
		CU_ASSERT(bootclient_pto(&f.b) <= MSEC(1100));
		/* The host may be elsewhere: the next answer counts as the
		 * first. */
		bootclient_touch(&f.b, f.now);
		bootclient_timer(&f.b, f.now);
		CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
		f.now += MSEC(20);
		fake_acknowledge(&f, 5);
		CU_ASSERT_EQUAL(bootclient_rtt(&f.b), MSEC(20));
		fake_end(&f);
	}
	/* Nobody has noticed the sleep. */
	come_in_and_sleep(&f, ANSWER_MAX + 1);
	rtt = bootclient_rtt(&f.b);
	fake_acknowledge(&f, 5);
	CU_ASSERT_EQUAL(bootclient_rtt(&f.b), rtt);
	CU_ASSERT(bootclient_pto(&f.b) <= MSEC(1100));
	fake_end(&f);
}

/* The bootnode has another version: the client asks for what is missing, again
 * and again, until cryptod says what it has. */
static void
test_sync(void)
{
	struct ipc_boot_version v = { .version = 6 };
	struct fixture f;
	uint64_t before;

	fake_come_in(&f, 10000);
	fake_until_deadline(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	fake_acknowledge(&f, 6);
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), f.now);
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_SYNC));
	CU_ASSERT_EQUAL(fake_control(&f).version, 5);
	before = f.now;
	fake_until_deadline(&f);
	CU_ASSERT_EQUAL(f.now - before, SYNC_RETRY);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_SYNC));
	bootclient_version(&f.b, MESSAGE(f.now, &v));
	before = f.now;
	fake_until_deadline(&f);
	CU_ASSERT(f.now - before > 8 * USEC_PER_SEC);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	CU_ASSERT_EQUAL(fake_control(&f).version, 6);
	fake_acknowledge(&f, 6);
	/* cryptod itself has found a gap. */
	v.sync = 1;
	bootclient_version(&f.b, MESSAGE(f.now, &v));
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_SYNC));
	fake_end(&f);
}

/* Each packet has the newest echo. If it is refused, the client asks again with
 * the new one at once; and also when an answer ends before all of it has
 * come. */
static void
test_echo(void)
{
	struct ipc_boot_version v = { .version = 5,
		.sync = SYNC_ON,
		.after = { { 7 } } };
	struct wire_control ack = { .type = WIRE_HEARTBEAT_ACK,
		.session = SESSION,
		.version = 5,
		.echo = 77,
		.flags = ACK_AGAIN };
	uint8_t buf[WIRE_MAX];
	struct fixture f;

	fake_come_in(&f, 10000);
	fake_until_deadline(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	CU_ASSERT_EQUAL(fake_control(&f).echo, FAKE_ECHO);
	fake_acknowledge(&f, 6);
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_SYNC));
	/* The SYNC is long enough for one change, or so. */
	CU_ASSERT(f.len > BOOTMSG_ENTRY_MAX / WIRE_SYNC_FACTOR && f.len < 300);
	CU_ASSERT_EQUAL(fake_control(&f).echo, FAKE_ECHO + 1);
	ack.counter = fake_control(&f).counter;
	fake_give(&f, buf, wire_put_control(buf, &ack, fake_mac_key));
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), f.now + SYNC_REST);
	fake_until_deadline(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_SYNC));
	CU_ASSERT_EQUAL(fake_control(&f).echo, 77);
	/* A bootnode that always wants another echo is not asked more often. */
	ack.counter = fake_control(&f).counter;
	fake_give(&f, buf, wire_put_control(buf, &ack, fake_mac_key));
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), f.now + SYNC_RETRY);
	f.now += SYNC_REST;
	CU_ASSERT_EQUAL(bootclient_version(&f.b, MESSAGE(f.now, &v)), 0);
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_SYNC));
	CU_ASSERT_EQUAL(f.len, WIRE_MAX);
	CU_ASSERT_EQUAL(fake_control(&f).after.bytes[0], 7);
	fake_end(&f);
}

/* After long announcements a heartbeat goes out, which allows more of them. */
static void
test_sealed_quota(void)
{
	static uint8_t sealed[WIRE_MAX - WIRE_SEALED_OVERHEAD + AEAD_TAG_LEN];
	struct wire_sealed s = { SESSION, 3, sealed, sizeof(sealed) };
	struct ipc_message_in in;
	uint8_t buf[WIRE_MAX];
	struct fixture f;
	size_t bytes = 0;

	fake_come_in(&f, 10000);
	f.now += 2 * USEC_PER_SEC;
	while (bytes <= SEALED_QUOTA) {
		CU_ASSERT(bootclient_deadline(&f.b) > f.now);
		fake_give(&f, buf, wire_put_sealed(buf, &s));
		CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_SEALED, &in));
		bytes += WIRE_MAX;
	}
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	/* There is at most one in a second. */
	for (int i = 0; i < 100; i++) {
		fake_give(&f, buf, wire_put_sealed(buf, &s));
		CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_SEALED, &in));
		bootclient_timer(&f.b, f.now);
	}
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_end(&f);
}

/* As much as may be announced without a word from us is no reason for one; a
 * little more is, a second after the last. What we send ends the count. */
static void
test_sealed_exactly(void)
{
	static uint8_t sealed[SEALED_QUOTA / 2];
	struct wire_sealed s = { SESSION, 3, sealed,
		SEALED_QUOTA / 2 - (WIRE_SEALED_OVERHEAD - AEAD_TAG_LEN) };
	struct fixture f;
	uint8_t buf[WIRE_MAX];
	uint64_t due;

	fake_come_in(&f, 10000);
	due = bootclient_deadline(&f.b);
	for (int i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(wire_put_sealed(buf, &s), SEALED_QUOTA / 2);
		fake_give(&f, buf, SEALED_QUOTA / 2);
		CU_ASSERT_EQUAL(bootclient_deadline(&f.b), due);
		if (i == 1) {
			boot_send_control(&f.b, f.now, WIRE_SYNC);
			CU_ASSERT_TRUE(fake_sent(&f, WIRE_SYNC));
		}
	}
	fake_give(&f, buf, SEALED_QUOTA / 2);
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), f.b.beat_at + INTERVAL_MIN);
	fake_end(&f);
}

static void
test_sealed(void)
{
	struct wire_sealed s = { SESSION, 3,
		(const uint8_t *)"sealed, and a tag", 17 };
	struct ipc_message_in in;
	uint8_t buf[WIRE_MAX];
	struct fixture f;

	fake_come_in(&f, 10000);
	fake_give(&f, buf, wire_put_sealed(buf, &s));
	CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_SEALED, &in));
	s.session++;
	fake_give(&f, buf, wire_put_sealed(buf, &s));
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	fake_end(&f);
}

/* --- Leaving -------------------------------------------------------------- */

static void
test_leave(void)
{
	struct fixture f;

	fake_come_in(&f, 10000);
	CU_ASSERT_EQUAL(bootclient_leave(&f.b, f.now), 0);
	CU_ASSERT_EQUAL(bootclient_leave(&f.b, f.now), -1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_LEAVE));
	CU_ASSERT_FALSE(bootclient_gone(&f.b));
	fake_until_deadline(&f);
	CU_ASSERT_EQUAL(f.now, NOW + LEAVE_FOR / LEAVE_COPIES);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_LEAVE));
	fake_answer(&f, WIRE_LEAVE_ACK, SESSION, fake_control(&f).counter, 5,
	    (const uint8_t *)"another key....");
	fake_answer(&f, WIRE_HEARTBEAT_ACK, SESSION, fake_control(&f).counter,
	    5, fake_mac_key);
	CU_ASSERT_FALSE(bootclient_gone(&f.b));
	fake_answer(&f, WIRE_LEAVE_ACK, SESSION, fake_control(&f).counter, 5,
	    fake_mac_key);
	CU_ASSERT_TRUE(bootclient_gone(&f.b));
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), CLOCK_NEVER);
	fake_end(&f);
}

/* Nobody answers: LEAVE goes out five times in a second, and the client is
 * gone. */
static void
test_leave_alone(void)
{
	unsigned int leaves = 1;
	struct fixture f;

	fake_come_in(&f, 10000);
	bootclient_leave(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_LEAVE));
	while (!bootclient_gone(&f.b)) {
		f.now = bootclient_deadline(&f.b);
		bootclient_timer(&f.b, f.now);
		leaves += fake_collect(&f, 0);
	}
	CU_ASSERT_EQUAL(f.now, NOW + LEAVE_FOR);
	CU_ASSERT_EQUAL(leaves, 5);
	fake_end(&f);

	/* The bootnode does not know the session, which is as good as an
	 * answer. */
	fake_come_in(&f, 10000);
	bootclient_leave(&f.b, f.now);
	fake_reject(&f, REJECT_UNKNOWN_SESSION, SESSION);
	CU_ASSERT_TRUE(bootclient_gone(&f.b));
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	fake_collect(&f, 0);
	fake_end(&f);
}

/* Before a JOIN is sent there is nothing to say. */
static void
test_leave_early(void)
{
	struct fixture f;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	CU_ASSERT_EQUAL(bootclient_leave(&f.b, f.now), 0);
	CU_ASSERT_TRUE(bootclient_gone(&f.b));
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_end(&f);
}

/* After a JOIN the bootnode may list us: to leave properly, the client waits
 * for the answer for a while. */
static void
test_leave_joining(void)
{
	struct ipc_boot_session s = { .session = SESSION,
		.interval_ms = 10000,
		.timeout_ms = 15000 };
	struct fixture f;

	memcpy(s.mac_key, fake_mac_key, sizeof(s.mac_key));
	fake_come_to_join(&f);
	CU_ASSERT_EQUAL(bootclient_leave(&f.b, f.now), 0);
	CU_ASSERT_EQUAL(bootclient_leave(&f.b, f.now), -1);
	CU_ASSERT_FALSE(bootclient_gone(&f.b));
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	CU_ASSERT_EQUAL(bootclient_session(&f.b, MESSAGE(f.now, &s)), 0);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_LEAVE));
	CU_ASSERT_FALSE(bootclient_gone(&f.b));
	fake_answer(&f, WIRE_LEAVE_ACK, SESSION, f.b.counter, 0, fake_mac_key);
	CU_ASSERT_TRUE(bootclient_gone(&f.b));
	fake_end(&f);

	fake_come_to_join(&f);
	CU_ASSERT_EQUAL(bootclient_leave(&f.b, f.now), 0);
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), f.now + LEAVE_FOR);
	f.now += LEAVE_FOR;
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_TRUE(bootclient_gone(&f.b));
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_end(&f);
}

void
bootclient_session_suite(void)
{
	CU_pSuite suite =
	    CU_add_suite("bootclient_session", fake_open_udp, fake_close_udp);

	CU_add_test(suite, "heartbeats", test_heartbeat);
	CU_add_test(suite, "lost", test_lost);
	CU_add_test(suite, "joins are spread", test_spread);
	CU_add_test(suite, "this host was elsewhere", test_spread_of_us);
	CU_add_test(suite, "acknowledgements that do not count", test_bad_ack);
	CU_add_test(suite, "the host slept", test_slept);
	CU_add_test(suite, "SYNC", test_sync);
	CU_add_test(suite, "echoes", test_echo);
	CU_add_test(suite, "SEALED", test_sealed);
	CU_add_test(suite, "much SEALED", test_sealed_quota);
	CU_add_test(suite, "as much as may be", test_sealed_exactly);
	CU_add_test(suite, "LEAVE", test_leave);
	CU_add_test(suite, "LEAVE without an answer", test_leave_alone);
	CU_add_test(suite, "LEAVE without a session", test_leave_early);
	CU_add_test(suite, "LEAVE while joining", test_leave_joining);
}
