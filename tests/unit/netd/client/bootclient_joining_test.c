/*
 * A client's side of the bootnode while it joins: which answers count for which
 * HELLO, who is said not to answer, and what brings the next attempt forward.
 */
#include "tests/unit/netd/client/bootclient_fake.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

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
}
