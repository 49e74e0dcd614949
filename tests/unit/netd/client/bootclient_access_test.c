/*
 * A client with an access key: each packet that a private bootnode has to
 * believe says so, from the first one after the key has come.
 */
#include "netd/client/bootclient_parts.h"

#include "tests/unit/message.h"
#include "tests/unit/netd/client/bootclient_fake.h"

#include <CUnit/CUnit.h>

#include <string.h>

void bootclient_access_suite(void);

static const struct ipc_boot_access access_key = { 1, "of access MACs" };
static const struct ipc_boot_access no_key;

static void
give_key(struct fixture *f)
{
	CU_ASSERT_EQUAL(bootclient_access(&f->b,
			    MESSAGE_WITH(f->now, &access_key, NULL, 0)),
	    0);
}

static bool
is_signed(const struct fixture *f)
{
	return wire_access_ok(f->packet, f->len, access_key.mac_key);
}

/* The key comes late: a HELLO that went out without it is followed by another
 * at once, and so on to the session. */
static void
test_join(void)
{
	uint8_t start[WIRE_JOIN_OVERHEAD];
	const struct ipc_boot_cookie *cookie;
	struct ipc_message_in in;
	struct fixture f;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	CU_ASSERT_FALSE(is_signed(&f));
	give_key(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	CU_ASSERT_TRUE(is_signed(&f));
	fake_cookie(&f, f.nonce);
	CU_ASSERT_TRUE_FATAL(fake_told(&f, IPC_BOOT_COOKIE, &in));
	cookie = in.body;
	memcpy(start, cookie->start, sizeof(start));
	fake_join(&f, &f.addr[0]);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_JOIN));
	CU_ASSERT_TRUE(is_signed(&f));
	/* The handshake begins as the JOIN does. */
	CU_ASSERT_EQUAL(memcmp(start, f.packet, sizeof(start)), 0);
	fake_end(&f);
}

/* Whoever knows that a key will come says nothing before it is here, for as
 * long as that takes. */
static void
test_awaited(void)
{
	unsigned int unreachable = 0;
	struct fixture f;

	fake_start_private(&f);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	while (f.now < NOW + 60 * USEC_PER_SEC &&
	    bootclient_deadline(&f.b) != CLOCK_NEVER) {
		fake_until_deadline(&f);
		unreachable +=
		    fake_told_status(&f, BOOT_UNREACHABLE, REFUSAL_NONE);
	}
	CU_ASSERT_EQUAL(unreachable, 1);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	give_key(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	CU_ASSERT_TRUE(is_signed(&f));
	fake_end(&f);
}

/* There is none after all. */
static void
test_none(void)
{
	struct fixture f;

	fake_start_private(&f);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(bootclient_access(&f.b,
				    MESSAGE_WITH(f.now, &no_key, NULL, 0)),
		    0);
		if (i == 0)
			CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
		CU_ASSERT_FALSE(is_signed(&f));
	}
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_end(&f);
}

/* While cryptod writes a JOIN that does not have it, it is asked anew. */
static void
test_while_joining(void)
{
	struct ipc_message_in in;
	struct fixture f;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	fake_cookie(&f, f.nonce);
	CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_COOKIE, &in));
	give_key(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	CU_ASSERT_TRUE(is_signed(&f));
	fake_join(&f, &f.addr[0]);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_end(&f);
}

/* In a session as well, so that a bootnode that was restarted may answer. */
static void
test_session(void)
{
	struct fixture f;

	fake_come_in(&f, 10000);
	(void)fake_collect(&f, 0);
	give_key(&f);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	boot_beat(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	CU_ASSERT_EQUAL(f.len, WIRE_CONTROL_LEN + SIPHASH_MAC);
	CU_ASSERT_TRUE(is_signed(&f));
	/* The longest SYNC is no longer than any packet. */
	f.b.version = 0;
	boot_send_control(&f.b, f.now, WIRE_SYNC);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_SYNC));
	CU_ASSERT_EQUAL(f.len, WIRE_MAX);
	CU_ASSERT_TRUE(is_signed(&f));
	CU_ASSERT_EQUAL(bootclient_leave(&f.b, f.now), 0);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_LEAVE));
	CU_ASSERT_TRUE(is_signed(&f));
	fake_end(&f);
}

void
bootclient_access_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("bootclient_access", fake_open_udp, fake_close_udp);

	CU_add_test(s, "to the JOIN", test_join);
	CU_add_test(s, "awaited", test_awaited);
	CU_add_test(s, "and there is none", test_none);
	CU_add_test(s, "while joining", test_while_joining);
	CU_add_test(s, "in a session", test_session);
}
