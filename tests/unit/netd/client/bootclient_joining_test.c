/*
 * A client's side of the bootnode while it joins: which answers count for which
 * HELLO, who is said not to answer, and what brings the next attempt forward.
 */
#include "netd/client/bootclient_parts.h"

#include "tests/unit/netd/client/bootclient_fake.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void bootclient_joining_suite(void);

#define MSEC(n) ((n)*USEC_PER_MSEC)

/* Who does not answer is the one that was asked last. */
static void
test_last_asked(void)
{
	const struct ipc_boot_status *status;
	struct ipc_message_in in;
	struct fixture f;
	int last = 0;

	fake_start(&f, 2);
	while (f.now < NOW + JOIN_SILENT) {
		for (int n = 0; n < 2; n++)
			if (fake_collect(&f, n) > 0)
				last = n;
		f.now = bootclient_deadline(&f.b);
		CU_ASSERT_TRUE(fake_told_nothing(&f));
		bootclient_timer(&f.b, f.now);
	}
	CU_ASSERT_EQUAL(f.now, NOW + JOIN_SILENT);
	CU_ASSERT_TRUE_FATAL(fake_told(&f, IPC_BOOT_STATUS, &in));
	status = in.body;
	CU_ASSERT_EQUAL(status->status, BOOT_UNREACHABLE);
	CU_ASSERT_TRUE(addr_equal(&status->addr, &f.addr[last]));
	CU_ASSERT_EQUAL(status->mtu, 0);
	fake_end(&f);
}

/* What was under way when the bootnode refused the JOIN counts no more. */
static void
test_refused(void)
{
	struct fixture f;

	fake_come_to_join(&f);
	fake_reject(&f, REJECT_ROOM_FULL, fake_nonce_id(&f));
	CU_ASSERT_TRUE(fake_told_status(&f, BOOT_REFUSED, REFUSAL_ROOM_FULL));
	fake_welcome(&f, f.nonce);
	fake_cookie(&f, f.nonce);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	CU_ASSERT_EQUAL(f.b.dropped, 2);
	fake_end(&f);
}

/* A COOKIE to a HELLO that is not sent yet, or to one before that which was
 * answered, is none. */
static void
test_other_nonces(void)
{
	struct ipc_message_in in;
	uint8_t first[NONCE_LEN], next[NONCE_LEN];
	struct fixture f;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	memcpy(first, f.nonce, NONCE_LEN);
	fake_until_deadline(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	memcpy(next, f.nonce, NONCE_LEN);
	for (int i = NONCE_LEN - 1; i >= 0 && ++next[i] == 0; i--)
		;
	f.now += MSEC(10);
	fake_cookie(&f, next);
	CU_ASSERT_EQUAL(f.b.dropped, 1);
	fake_cookie(&f, f.nonce);
	CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_COOKIE, &in));
	CU_ASSERT_EQUAL(bootclient_rtt(&f.b), MSEC(10));
	fake_cookie(&f, first);
	CU_ASSERT_EQUAL(f.b.dropped, 2);
	fake_end(&f);
}

/* The name is resolved again after 20 s, and then each minute; a session, and
 * one that is lost, begin that again. */
static void
test_resolved(void)
{
	uint64_t due = NOW + RESOLVE_AFTER;
	struct fixture f;

	fake_start(&f, 1);
	for (int i = 0; i < 3; i++) {
		bootclient_timer(&f.b, due - 1);
		CU_ASSERT_FALSE(bootclient_wants_addrs(&f.b));
		bootclient_timer(&f.b, due);
		CU_ASSERT_TRUE(bootclient_wants_addrs(&f.b));
		CU_ASSERT_FALSE(bootclient_wants_addrs(&f.b));
		due += RESOLVE_EVERY;
	}
	fake_end(&f);
}

/* Something happened on the way: whoever is asked is asked at once. While
 * cryptod is at the JOIN there is nobody to ask. */
static void
test_touched(void)
{
	struct ipc_message_in in;
	struct fixture f;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	bootclient_touch(&f.b, f.now + 1);
	bootclient_timer(&f.b, f.now + 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	fake_cookie(&f, f.nonce);
	f.now += 1;
	fake_cookie(&f, f.nonce);
	CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_COOKIE, &in));
	bootclient_touch(&f.b, f.now + 2);
	bootclient_timer(&f.b, f.now + 2);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_join(&f, &f.addr[0]);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_JOIN));
	bootclient_touch(&f.b, f.now + 3);
	bootclient_timer(&f.b, f.now + 3);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_JOIN));
	fake_end(&f);
}

/* Who leaves does not join again. */
static void
test_leaving(void)
{
	struct fixture f;

	fake_come_in(&f, 10000);
	CU_ASSERT_EQUAL(bootclient_leave(&f.b, f.now), 0);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_LEAVE));
	bootclient_rejoin(&f.b, f.now);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_LEAVING);
	fake_answer(&f, WIRE_LEAVE_ACK, SESSION, f.b.counter, 5, fake_mac_key);
	bootclient_rejoin(&f.b, f.now);
	CU_ASSERT_TRUE(bootclient_gone(&f.b));
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_end(&f);

	fake_come_to_join(&f);
	CU_ASSERT_EQUAL(bootclient_leave(&f.b, f.now), 0);
	bootclient_rejoin(&f.b, f.now);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_JOINING);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_end(&f);
}

/* What was counted in a session before is none of the next one's. */
static void
test_new_session(void)
{
	struct ipc_boot_session s = { .session = SESSION + 1,
		.interval_ms = 10000,
		.timeout_ms = 15000,
		.echo = 77 };
	struct fixture f;

	fake_come_to_join(&f);
	f.b.counter = f.b.acked = f.b.asked = f.b.challenged = 9;
	f.b.doubt_from = f.b.doubt_began = 9;
	f.b.version = f.b.room_version = f.b.roster_from = 9;
	f.b.after.bytes[5] = 9;
	f.b.sealed_len = f.b.synced_at = f.b.again_at = 9;
	f.b.rejoin_at = f.now;
	f.b.lost_told = true;
	f.now += MSEC(50);
	CU_ASSERT_EQUAL(bootclient_session(&f.b, MESSAGE(f.now, &s)), 0);
	CU_ASSERT_FALSE(f.b.counter || f.b.acked || f.b.asked ||
	    f.b.challenged || f.b.doubt_from || f.b.doubt_began ||
	    f.b.version || f.b.room_version || f.b.roster_from ||
	    f.b.after.bytes[5] || f.b.sealed_len || f.b.synced_at ||
	    f.b.again_at || f.b.lost_told);
	CU_ASSERT_EQUAL(f.b.rejoin_at, CLOCK_NEVER);
	CU_ASSERT_EQUAL(f.b.heard_at, f.now);
	CU_ASSERT_EQUAL(f.b.joined_at, f.now);
	CU_ASSERT_EQUAL(f.b.beat_at, f.now - MSEC(50));
	CU_ASSERT_EQUAL(f.b.echo, 77);
	CU_ASSERT_EQUAL(f.b.session, SESSION + 1);
	CU_ASSERT_TRUE(addr_equal(&f.b.session_addr, &f.addr[0]));
	fake_end(&f);
}

/* What a bootnode never sends, and what comes from elsewhere, is counted. */
static void
test_dropped(void)
{
	uint8_t packet[WIRE_MAX] = { WIRE_HELLO, WIRE_VERSION };
	struct fixture f;

	fake_come_in(&f, 10000);
	fake_give(&f, packet, WIRE_HELLO_LEN);
	CU_ASSERT_EQUAL(f.b.dropped, 1);
	packet[0] = WIRE_WELCOME;
	fake_give(&f, packet, 20);
	packet[0] = WIRE_SEALED;
	fake_give(&f, packet, 20);
	packet[0] = WIRE_REJECT;
	fake_give(&f, packet, 5);
	packet[0] = WIRE_CHALLENGE;
	fake_give(&f, packet, 5);
	packet[0] = WIRE_COOKIE;
	fake_give(&f, packet, 5);
	packet[0] = WIRE_HEARTBEAT_ACK;
	fake_give(&f, packet, 5);
	CU_ASSERT_EQUAL(f.b.dropped, 7);
	bootclient_packet(&f.b, f.now, &fake_udp, &f.addr[1], packet, 5);
	CU_ASSERT_EQUAL(f.b.dropped, 8);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_end(&f);
}

/* When it is time for another port, all addresses are asked from there at once,
 * whichever was next; and in turn with the first port from then on. */
static void
test_other_port(void)
{
	struct hosts hosts = { .local.count = 0 };
	const struct addr any = { { [10] = 0xff, 0xff, 127, 0, 0, 1 }, 0 };
	struct udp spare;
	struct fixture f;

	fake_start(&f, 2);
	CU_ASSERT_EQUAL_FATAL(udp_open(&spare, 99, &any), 0);
	bootclient_spare(&f.b, &spare, &hosts);
	CU_ASSERT_EQUAL(f.b.turn, 1);
	boot_try_port(&f.b, f.now);
	CU_ASSERT_EQUAL(f.b.port_at, CLOCK_NEVER);
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), f.now);
	for (unsigned int n = 1; n <= 2; n++) {
		bootclient_timer(&f.b, f.now);
		CU_ASSERT_EQUAL(spare.sent[WIRE_HELLO].packets, n);
		CU_ASSERT_TRUE(addr_equal(&f.b.addr, &f.addr[n - 1]));
		f.now += HELLO_SPACING;
	}
	(void)fake_collect(&f, 0);
	/* The round is over then, and the HELLO before is long enough ago. */
	f.now = f.b.retry_at;
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_EQUAL(spare.sent[WIRE_HELLO].packets, 2);
	CU_ASSERT_EQUAL(fake_collect(&f, 0), 1);
	close(spare.fd);
	free(spare.in);
	free(spare.out);
	fake_end(&f);
}

/* --- The link, and cryptod ---------------------------------------------- */

/* Why nobody answers: the link takes no HELLO, which is longer by the header of
 * its family. */
static void
test_short_link(void)
{
	static const struct {
		uint32_t mtu;
		bool ipv6;
		uint16_t told;
	} cases[] = {
		{ 0, false, 0 },
		{ 1227, false, 1227 },
		{ 1228, false, 0 },
		{ 1247, true, 1247 },
		{ 1248, true, 0 },
	};
	const struct ipc_boot_status *status;
	struct ipc_message_in in;
	struct fixture f;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct network net = { .way_count = 1 };

		fake_start(&f, 1);
		if (cases[i].ipv6)
			f.b.addr = (struct addr){ { 0x20, 1, [15] = 1 }, 9 };
		memcpy(net.ways[0].to, f.b.addr.ip, sizeof(f.b.addr.ip));
		net.ways[0].mtu = cases[i].mtu;
		f.b.network = &net;
		for (int k = 0; k < 2; k++) {
			boot_tell(&f.b, k ? BOOT_LOST : BOOT_UNREACHABLE,
			    REFUSAL_NONE);
			CU_ASSERT_TRUE_FATAL(
			    fake_told(&f, IPC_BOOT_STATUS, &in));
			status = in.body;
			CU_ASSERT_EQUAL(status->mtu, k ? 0 : cases[i].told);
		}
		fake_end(&f);
	}
}

/* cryptod's channel has no room: the COOKIE is as if it had been lost, and the
 * next one is taken. */
static void
test_no_room(void)
{
	static const uint8_t record[RECORD_MAX];
	struct ipc_record body = { .handle = 0x1001, .serial = 1 };
	struct ipc_message_in in;
	struct fixture f;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	while (!ipc_congested(&f.netd))
		ipc_send(&f.netd, IPC_RECORD_IN, &body, record, sizeof(record));
	fake_cookie(&f, f.nonce);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_HELLO);
	do {
		ipc_flush(&f.netd);
		while (ipc_receive(&f.cryptod, &in) == IPC_GOT)
			CU_ASSERT_EQUAL(in.type, IPC_RECORD_IN);
	} while (f.netd.queued > 0);
	fake_cookie(&f, f.nonce);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_JOINING);
	CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_COOKIE, &in));
	CU_ASSERT_EQUAL(bootclient_rtt(&f.b), 1); /* no time has passed */
	fake_end(&f);
}

/* A COOKIE is good for 45 s, however long cryptod or the bootnode take. */
static void
test_stale_cookie(void)
{
	struct ipc_message_in in;
	struct fixture f;

	for (int stale = 0; stale < 2; stale++) {
		fake_start(&f, 1);
		CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
		fake_cookie(&f, f.nonce);
		CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_COOKIE, &in));
		f.now += COOKIE_FRESH - !stale;
		fake_join(&f, &f.addr[0]);
		CU_ASSERT_TRUE(fake_sent(&f, stale ? WIRE_HELLO : WIRE_JOIN));
		CU_ASSERT_EQUAL(f.b.phase, stale ? BOOT_HELLO : BOOT_JOINING);
		fake_end(&f);

		fake_come_to_join(&f);
		f.now += COOKIE_FRESH - !stale;
		boot_retry_joining(&f.b, f.now);
		CU_ASSERT_TRUE(fake_sent(&f, stale ? WIRE_HELLO : WIRE_JOIN));
		/* Another port is tried in its time, from now on. */
		CU_ASSERT_EQUAL(f.b.port_at,
		    stale ? f.now + OTHER_PORT_AFTER : CLOCK_NEVER);
		fake_end(&f);
	}
}

/* On a way that is longer than the longest wait, each copy of a JOIN waits for
 * its answer. */
static void
test_long_way(void)
{
	struct fixture f;

	fake_come_to_join(&f);
	f.b.rtt = (struct rtt){ .sampled = true,
		.latest = 14 * USEC_PER_SEC,
		.smoothed = 14 * USEC_PER_SEC };
	for (int i = 0; i < 2; i++) {
		uint64_t wait, pto = bootclient_pto(&f.b);

		boot_retry_joining(&f.b, f.now);
		CU_ASSERT_TRUE(fake_sent(&f, WIRE_JOIN));
		wait = f.b.retry_at - f.now;
		CU_ASSERT(wait >= pto - pto / 4 && wait <= pto + pto / 4);
		f.now += MSEC(1000);
	}
	fake_end(&f);
}

/* --- When and whom -------------------------------------------------------- */

/* Who has to wait before the next join says nothing until then, and counts from
 * then on. */
static void
test_waits(void)
{
	struct fixture f;
	uint64_t from;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	from = f.now + MSEC(30000);
	f.b.join_after = from;
	boot_start_joining(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	CU_ASSERT_EQUAL(f.b.port_at, from + OTHER_PORT_AFTER);
	CU_ASSERT_EQUAL(f.b.silent_at, from + JOIN_SILENT);
	CU_ASSERT_EQUAL(f.b.resolve_at, from + RESOLVE_AFTER);
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), from);
	bootclient_timer(&f.b, from - 1);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	bootclient_timer(&f.b, from);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	fake_end(&f);
}

/* Its addresses are others: in a session that is for the next time. */
static void
test_addrs_in_session(void)
{
	struct fixture f;

	fake_come_in(&f, 10000);
	bootclient_addrs(&f.b, f.now, &f.addr[1], 1);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 0);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_SESSION);
	boot_lost(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	fake_end(&f);
}

/* One that has another's key by now, and is none of its addresses any more, has
 * nothing to rest from: the others are asked. */
static void
test_refused_and_gone(void)
{
	struct ipc_boot_join body = { .reject_key = { 1 } };
	struct ipc_message_in in;
	struct fixture f;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	fake_cookie(&f, f.nonce);
	CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_COOKIE, &in));
	bootclient_addrs(&f.b, f.now, &f.addr[1], 1);
	body.addr = f.addr[0];
	CU_ASSERT_EQUAL(bootclient_join(&f.b,
			    MESSAGE_WITH(f.now, &body, NULL, 0)),
	    0);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_HELLO);
	CU_ASSERT_EQUAL(f.b.targets[0].rests_until, 0);
	f.now = bootclient_deadline(&f.b);
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	fake_end(&f);
}

void
bootclient_joining_suite(void)
{
	CU_pSuite suite =
	    CU_add_suite("bootclient_joining", fake_open_udp, fake_close_udp);

	CU_add_test(suite, "who does not answer", test_last_asked);
	CU_add_test(suite, "refused", test_refused);
	CU_add_test(suite, "other nonces", test_other_nonces);
	CU_add_test(suite, "resolved again", test_resolved);
	CU_add_test(suite, "touched", test_touched);
	CU_add_test(suite, "leaving", test_leaving);
	CU_add_test(suite, "another session", test_new_session);
	CU_add_test(suite, "dropped", test_dropped);
	CU_add_test(suite, "another port", test_other_port);
	CU_add_test(suite, "a link for short packets", test_short_link);
	CU_add_test(suite, "no room", test_no_room);
	CU_add_test(suite, "a cookie that is stale", test_stale_cookie);
	CU_add_test(suite, "a long way", test_long_way);
	CU_add_test(suite, "waiting", test_waits);
	CU_add_test(suite, "other addresses", test_addrs_in_session);
	CU_add_test(suite, "refused, and gone", test_refused_and_gone);
}
