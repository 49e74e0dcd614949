/*
 * A client's side of the bootnode when the client moves: it joins again while
 * the session goes on. And RELAY: what goes through the bootnode, and what
 * counts as having come through it.
 */
#include "tests/unit/netd/client/bootclient_fake.h"
#include "tests/unit/message.h"

#include "netd/client/bootclient_parts.h"

#include <CUnit/CUnit.h>

#include <string.h>

void bootclient_relay_suite(void);

#define RATE (128 * 1024)

static const struct peer_id peer = { "another member." };
static const uint8_t inner[] = "a packet between two peers";

/* The client gets a session with a bootnode that relays so much. */
static void
come_in(struct fixture *f, uint32_t rate)
{
	struct ipc_boot_session s = { .session = SESSION,
		.interval_ms = 10000,
		.timeout_ms = 15000,
		.relay_rate = rate };

	memcpy(s.mac_key, fake_mac_key, SIPHASH_KEY);
	fake_come_to_join(f);
	CU_ASSERT_EQUAL(bootclient_session(&f->b, MESSAGE(f->now, &s)), 0);
	f->b.joined_at = 0; /* it has lived long */
	CU_ASSERT_TRUE(fake_sent_nothing(f));
}

/* The bootnode sends a RELAY; returns -1 if the client does not take it. */
static int
relayed(struct fixture *f, uint64_t session, const struct addr *from,
    const uint8_t *key)
{
	struct wire_relay r = { session, peer, inner, sizeof(inner) };
	struct wire_relay got;
	uint8_t buf[WIRE_MAX];
	size_t len = wire_put_relay(buf, &r, key);

	if (bootclient_relayed(&f->b, from, buf, len, &got) == -1)
		return -1;
	CU_ASSERT_EQUAL(memcmp(&got.peer, &peer, sizeof(peer)), 0);
	CU_ASSERT_EQUAL(got.packet_len, sizeof(inner));
	CU_ASSERT_EQUAL(memcmp(got.packet, inner, sizeof(inner)), 0);
	return 0;
}

static bool
sent_relay(struct fixture *f)
{
	struct wire_relay r;

	if (!fake_sent(f, WIRE_RELAY) ||
	    wire_get_relay(f->packet, f->len, &r) == -1)
		return false;
	return wire_mac_ok(f->packet, f->len, fake_mac_key) &&
	    r.session == SESSION && memcmp(&r.peer, &peer, sizeof(peer)) == 0 &&
	    r.packet_len == sizeof(inner) &&
	    memcmp(r.packet, inner, sizeof(inner)) == 0;
}

/* Nothing goes through the bootnode, in either direction. */
static void
check_no_relay(struct fixture *f)
{
	CU_ASSERT_FALSE(bootclient_relays(&f->b));
	bootclient_relay(&f->b, &peer, inner, sizeof(inner));
	CU_ASSERT_TRUE(fake_sent_nothing(f));
	CU_ASSERT_EQUAL(relayed(f, SESSION, &f->addr[0], fake_mac_key), -1);
}

static void
test_relay(void)
{
	static const uint8_t other_key[SIPHASH_KEY] = "another key....";
	struct fixture f;

	come_in(&f, RATE);
	CU_ASSERT_TRUE(bootclient_relays(&f.b));
	bootclient_relay(&f.b, &peer, inner, sizeof(inner));
	CU_ASSERT_TRUE(sent_relay(&f));
	CU_ASSERT_EQUAL(relayed(&f, SESSION, &f.addr[0], fake_mac_key), 0);
	CU_ASSERT_EQUAL(f.b.dropped, 0);
	CU_ASSERT_EQUAL(relayed(&f, SESSION, &f.addr[1], fake_mac_key), -1);
	CU_ASSERT_EQUAL(relayed(&f, SESSION + 1, &f.addr[0], fake_mac_key), -1);
	CU_ASSERT_EQUAL(relayed(&f, SESSION, &f.addr[0], other_key), -1);
	CU_ASSERT_EQUAL(f.b.dropped, 3);
	/* When a session is lost, the relay is, too. */
	boot_lost(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	check_no_relay(&f);
	fake_end(&f);
}

static void
test_no_relay(void)
{
	struct fixture f;

	come_in(&f, 0);
	check_no_relay(&f);
	fake_end(&f);
}

/* The addresses have changed: the client joins again from the start, at once,
 * without a word, and relaying goes on meanwhile. */
static void
test_rejoin(void)
{
	struct ipc_boot_session s = { .session = SESSION + 1,
		.interval_ms = 10000,
		.timeout_ms = 15000,
		.relay_rate = RATE };
	struct ipc_message_in in;
	struct fixture f;

	come_in(&f, RATE);
	f.now += 3 * USEC_PER_SEC;
	bootclient_rejoin(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	bootclient_relay(&f.b, &peer, inner, sizeof(inner));
	CU_ASSERT_TRUE(sent_relay(&f));
	CU_ASSERT_EQUAL(relayed(&f, SESSION, &f.addr[0], fake_mac_key), 0);
	fake_cookie(&f, f.nonce);
	CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_COOKIE, &in));
	fake_join(&f, &f.addr[0]);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_JOIN));
	memcpy(s.mac_key, fake_mac_key, SIPHASH_KEY);
	CU_ASSERT_EQUAL(bootclient_session(&f.b, MESSAGE(f.now, &s)), 0);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	CU_ASSERT_EQUAL(relayed(&f, SESSION, &f.addr[0], fake_mac_key), -1);
	CU_ASSERT_EQUAL(relayed(&f, SESSION + 1, &f.addr[0], fake_mac_key), 0);
	fake_end(&f);
}

/* Nobody answers any more: the bootnode is lost when it would have been without
 * that. */
static void
test_rejoin_lost(void)
{
	unsigned int lost = 0;
	struct fixture f;

	come_in(&f, RATE);
	f.now += 3 * USEC_PER_SEC;
	bootclient_rejoin(&f.b, f.now);
	while (lost == 0 && f.now < NOW + 60 * USEC_PER_SEC) {
		f.now = bootclient_deadline(&f.b);
		bootclient_timer(&f.b, f.now);
		lost += fake_told_status(&f, BOOT_LOST, REFUSAL_NONE);
	}
	CU_ASSERT_EQUAL(lost, 1);
	CU_ASSERT(f.now - NOW - 15 * USEC_PER_SEC <= USEC_PER_MSEC);
	CU_ASSERT_FALSE(bootclient_relays(&f.b));
	for (int i = 0; i < 10; i++) {
		f.now = bootclient_deadline(&f.b);
		bootclient_timer(&f.b, f.now);
	}
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	CU_ASSERT(fake_collect(&f, 0) > 5);
	fake_end(&f);
}

/* The client leaves while it joins again: the existing session ends
 * properly. */
static void
test_rejoin_leave(void)
{
	struct fixture f;

	come_in(&f, RATE);
	bootclient_rejoin(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	CU_ASSERT_EQUAL(bootclient_leave(&f.b, f.now), 0);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_LEAVE));
	fake_answer(&f, WIRE_LEAVE_ACK, SESSION, fake_control(&f).counter, 0,
	    fake_mac_key);
	CU_ASSERT_TRUE(bootclient_gone(&f.b));
	bootclient_rejoin(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_end(&f);
}

/* The bootnode is to show now that it is there: by a heartbeat, or by the next
 * attempt. */
static void
test_touch(void)
{
	struct fixture f;

	come_in(&f, RATE);
	f.now += 1;
	bootclient_touch(&f.b, f.now);
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	fake_end(&f);

	fake_start(&f, 1);
	for (int i = 0; i < 20; i++) {
		fake_collect(&f, 0);
		fake_until_deadline(&f);
	}
	fake_collect(&f, 0);
	CU_ASSERT(bootclient_deadline(&f.b) > f.now + 5 * USEC_PER_SEC);
	bootclient_touch(&f.b, f.now);
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	CU_ASSERT(bootclient_deadline(&f.b) < f.now + USEC_PER_SEC);
	fake_end(&f);
}

void
bootclient_relay_suite(void)
{
	CU_pSuite suite =
	    CU_add_suite("bootclient_relay", fake_open_udp, fake_close_udp);

	CU_add_test(suite, "RELAY", test_relay);
	CU_add_test(suite, "a bootnode that does not relay", test_no_relay);
	CU_add_test(suite, "joining again", test_rejoin);
	CU_add_test(suite, "joining again in vain", test_rejoin_lost);
	CU_add_test(suite, "leaving while joining again", test_rejoin_leave);
	CU_add_test(suite, "a sign of life", test_touch);
}
