/*
 * A client's side of the bootnode, with somebody on the way or a hostile
 * bootnode: CHALLENGE and REJECT, and how often the client joins.
 */
#include "tests/unit/netd/client/bootclient_fake.h"
#include "tests/unit/message.h"

#include "netd/client/bootclient_parts.h"

#include <CUnit/CUnit.h>

#include <string.h>

void bootclient_doubt_suite(void);

#define MSEC(n) ((n)*USEC_PER_MSEC)

static void
test_challenge(void)
{
	struct wire_challenge c = { SESSION, fake_proof };
	struct wire_challenge_reply reply;
	uint8_t buf[WIRE_MAX];
	struct fixture f;
	struct addr other;

	fake_come_in(&f, 10000);
	/* None of our packets waits for an answer: anybody may have sent
	 * this. */
	fake_give(&f, buf, wire_put_challenge(buf, &c));
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_until_deadline(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	fake_give(&f, buf, wire_put_challenge(buf, &c));
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_CHALLENGE_REPLY));
	CU_ASSERT_EQUAL(wire_get_challenge_reply(f.packet, f.len, &reply), 0);
	CU_ASSERT_TRUE(wire_mac_ok(f.packet, f.len, fake_mac_key));
	CU_ASSERT_EQUAL(reply.session, SESSION);
	CU_ASSERT_EQUAL(memcmp(reply.cookie.mac, fake_proof.mac, SIPHASH_MAC),
	    0);
	/* Each heartbeat allows one answer. */
	fake_give(&f, buf, wire_put_challenge(buf, &c));
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_until_deadline(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	c.session++;
	fake_give(&f, buf, wire_put_challenge(buf, &c));
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	c.session--;
	other = f.addr[0];
	f.addr[0] = f.addr[1];
	fake_give(&f, buf, wire_put_challenge(buf, &c));
	f.addr[0] = other;
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 0);
	fake_answer(&f, WIRE_HEARTBEAT_ACK, SESSION, f.b.asked, 5,
	    fake_mac_key);
	fake_give(&f, buf, wire_put_challenge(buf, &c));
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_end(&f);
}

/* The bootnode was restarted: it rejects the heartbeat that asks whether it
 * was, and the client soon joins again. */
static void
test_reject_session(void)
{
	struct fixture f;
	uint64_t began;

	fake_come_in(&f, 10000);
	fake_reject(&f, REJECT_UNKNOWN_SESSION, SESSION + 1);
	fake_reject(&f, REJECT_ROOM_FULL, SESSION);
	fake_reject(&f, REJECT_ROOM_FULL, fake_nonce_id(&f));
	CU_ASSERT_EQUAL(f.b.dropped, 2);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	began = f.now;
	fake_reject(&f, REJECT_UNKNOWN_SESSION, SESSION);
	for (int i = 0; i < DOUBT_BEATS; i++) {
		CU_ASSERT_TRUE(fake_told_nothing(&f));
		CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
		fake_reject(&f, REJECT_UNKNOWN_SESSION, SESSION);
		fake_reject(&f, REJECT_UNKNOWN_SESSION, SESSION);
		CU_ASSERT_TRUE(fake_sent_nothing(&f));
		f.now = bootclient_deadline(&f.b);
		bootclient_timer(&f.b, f.now);
	}
	CU_ASSERT(f.now - began <= 5 * USEC_PER_SEC);
	CU_ASSERT_TRUE(fake_told_status(&f, BOOT_LOST, REFUSAL_NONE));
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	fake_reject(&f, REJECT_UNKNOWN_SESSION, SESSION);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_end(&f);
}

/* Lets time pass, with everything that is due, and answers each HEARTBEAT, or
 * each second one. Returns how many there were. */
static unsigned int
answer_for(struct fixture *f, uint64_t time, unsigned int every)
{
	uint64_t end = f->now + time, deadline;
	unsigned int beats = 0;

	while ((deadline = bootclient_deadline(&f->b)) <= end) {
		f->now = clock_max(f->now, deadline);
		bootclient_timer(&f->b, f->now);
		if (fake_collect(f, 0) == 0)
			continue;
		CU_ASSERT_EQUAL_FATAL(wire_type(f->packet, f->len),
		    WIRE_HEARTBEAT);
		if (beats++ % every == every - 1)
			fake_acknowledge(f, 5);
		else
			fake_reject(f, REJECT_UNKNOWN_SESSION, SESSION);
	}
	f->now = end;
	return beats;
}

/*
 * Somebody on the way always rejects a session that the bootnode knows, and
 * half of the heartbeats that ask are lost. There is no join, no word to the
 * user, and about one heartbeat a second.
 */
static void
test_reject_forged(void)
{
	struct fixture f;
	unsigned int beats = 0;

	fake_come_in(&f, 10000);
	for (int i = 0; i < 1000; i++) {
		fake_reject(&f, REJECT_UNKNOWN_SESSION, SESSION);
		if (fake_collect(&f, 0) > 0) {
			beats++;
			if (i % 2 == 0)
				fake_acknowledge(&f, 5);
		}
		beats += answer_for(&f, MSEC(100), 2);
	}
	CU_ASSERT_EQUAL(f.b.phase, BOOT_SESSION);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	CU_ASSERT(beats >= 50 && beats <= 250);
	fake_end(&f);
}

/*
 * A bootnode next door answers each SYNC at once without news and with another
 * version: it does not get a SYNC for each of its packets.
 */
static void
test_sync_floor(void)
{
	struct ipc_boot_version v = { .version = 5, .sync = SYNC_NOTHING };
	unsigned int syncs = 0;
	struct fixture f;
	uint64_t end;

	fake_come_in(&f, 10000);
	fake_until_deadline(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	/* The first SYNC goes at once. */
	fake_acknowledge(&f, 6);
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_SYNC));
	end = f.now + USEC_PER_SEC;
	for (uint32_t version = 7; f.now < end; version++) {
		f.now += 200;
		bootclient_version(&f.b, MESSAGE(f.now, &v));
		fake_answer(&f, WIRE_HEARTBEAT_ACK, SESSION, f.b.asked, version,
		    fake_mac_key);
		bootclient_timer(&f.b, f.now);
		syncs += fake_collect(&f, 0);
	}
	CU_ASSERT(syncs > 0);
	CU_ASSERT(syncs <= USEC_PER_SEC / SYNC_REST + 1);
	fake_end(&f);
}

/* cryptod makes a session of a WELCOME. */
static void
welcomed(struct fixture *f, uint32_t timeout_ms, uint32_t interval_ms)
{
	struct ipc_boot_session s = { .session = SESSION,
		.interval_ms = interval_ms,
		.timeout_ms = timeout_ms,
		.relay_rate = UINT32_MAX };
	struct ipc_boot_version v = { .version = 5 };
	struct ipc_message_in in;

	memcpy(s.mac_key, fake_mac_key, SIPHASH_KEY);
	fake_cookie(f, f->nonce);
	CU_ASSERT_TRUE(fake_told(f, IPC_BOOT_COOKIE, &in));
	fake_join(f, &f->addr[0]);
	CU_ASSERT_TRUE(fake_sent(f, WIRE_JOIN));
	CU_ASSERT_EQUAL(bootclient_session(&f->b, MESSAGE(f->now, &s)), 0);
	CU_ASSERT_EQUAL(bootclient_version(&f->b, MESSAGE(f->now, &v)), 0);
}

/*
 * A bootnode falls silent once it has welcomed us, and its timeout is a
 * millisecond: joins become rare, and the timeout has a lower bound.
 */
static void
test_joins_back_off(void)
{
	uint64_t joined[10], wait;
	unsigned int touched = 0;
	struct fixture f;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	for (unsigned int i = 0; i < 10; i++) {
		welcomed(&f, 1, 1);
		joined[i] = f.now;
		CU_ASSERT_EQUAL(f.b.timeout, TIMEOUT_MIN);
		CU_ASSERT_EQUAL(f.b.interval, INTERVAL_MIN);
		CU_ASSERT_EQUAL(f.b.relay_rate, RELAY_RATE_MAX);
		while (fake_collect(&f, 0) == 0 ||
		    wire_type(f.packet, f.len) != WIRE_HELLO) {
			f.now = clock_max(f.now, bootclient_deadline(&f.b));
			bootclient_timer(&f.b, f.now);
			if (f.b.phase == BOOT_HELLO && touched++ < 9)
				bootclient_touch(&f.b, f.now); /* in vain */
		}
		CU_ASSERT_TRUE(fake_told_status(&f, BOOT_LOST, REFUSAL_NONE));
		if (i == 0)
			continue;
		wait = clock_min(JOIN_WAIT_MIN << (i - 1), JOIN_WAIT_MAX);
		CU_ASSERT(
		    joined[i] - joined[i - 1] >= TIMEOUT_MIN + wait - wait / 4);
	}
	/* A bootnode that stays alive ends that. */
	welcomed(&f, 36000 * 1000, 10000);
	f.now += SESSION_YOUNG;
	boot_lost(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	fake_end(&f);
}

/* Our addresses change, and change again: a session that is too young to be
 * replaced is kept meanwhile. */
static void
test_rejoin_waits(void)
{
	struct fixture f;

	fake_come_in(&f, 10000);
	f.b.joined_at = f.now;
	bootclient_rejoin(&f.b, f.now);
	bootclient_rejoin(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	CU_ASSERT_EQUAL(f.b.phase, BOOT_SESSION);
	fake_until_deadline(&f);
	CU_ASSERT(f.now - NOW >= JOIN_WAIT_MIN * 3 / 4 &&
	    f.now - NOW <= JOIN_WAIT_MIN * 5 / 4);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	fake_end(&f);
}

void
bootclient_doubt_suite(void)
{
	CU_pSuite suite =
	    CU_add_suite("bootclient_doubt", fake_open_udp, fake_close_udp);

	CU_add_test(suite, "CHALLENGE", test_challenge);
	CU_add_test(suite, "REJECT of a session", test_reject_session);
	CU_add_test(suite, "REJECT, forged", test_reject_forged);
	CU_add_test(suite, "SYNC after SYNC", test_sync_floor);
	CU_add_test(suite, "joins back off", test_joins_back_off);
	CU_add_test(suite, "a new card waits", test_rejoin_waits);
}
