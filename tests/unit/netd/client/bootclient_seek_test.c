/*
 * A client whose bootnode falls silent while others could stand in for it.
 */
#include "tests/unit/netd/client/bootclient_fake.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

void bootclient_seek_suite(void);

#define SEC(n) ((n)*USEC_PER_SEC)

/* In a session at bootnode 0, which is not the first of the list. */
static void
come_in(struct fixture *f)
{
	fake_come_in(f, 10000);
	bootclient_addrs(&f->b, f->now,
	    (const struct addr[]){ f->addr[1], f->addr[0] }, 2);
}

/* Its heartbeats go unanswered until others are asked; the first HELLO was not
 * collected. Returns how many heartbeats those were. */
static unsigned int
fall_silent(struct fixture *f)
{
	unsigned int beats = 0;

	for (;;) {
		fake_until_deadline(f);
		if (f->b.phase != BOOT_SESSION)
			return beats;
		CU_ASSERT_TRUE(fake_sent(f, WIRE_HEARTBEAT));
		beats++;
	}
}

/* Goes on to a HELLO to bootnode 1. */
static void
until_other_is_asked(struct fixture *f)
{
	while (fake_collect(f, 1) == 0 && f->now < NOW + SEC(60)) {
		fake_until_deadline(f);
		(void)fake_collect(f, 0);
	}
}

/* After two heartbeats without an answer the session's bootnode is asked once
 * more, and then the other one. The session is lost once that answers, and not
 * before. */
static void
test_other_answers(void)
{
	struct ipc_message_in in;
	struct fixture f;
	uint64_t at;

	come_in(&f);
	CU_ASSERT_EQUAL(fall_silent(&f), SEEK_BEATS);
	at = f.now;
	CU_ASSERT_EQUAL(at, NOW + SEC(12));
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 0);
	until_other_is_asked(&f);
	CU_ASSERT(f.now - at <= SEC(1));
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	CU_ASSERT_TRUE(f.b.has_session);

	f.addr[0] = f.addr[1];
	fake_cookie(&f, f.nonce);
	CU_ASSERT_TRUE(fake_told_status(&f, BOOT_LOST, REFUSAL_NONE));
	CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_COOKIE, &in));
	CU_ASSERT_FALSE(f.b.has_session);
	CU_ASSERT_TRUE(addr_equal(&f.b.addr, &f.addr[1]));
	fake_end(&f);
}

/* The session's bootnode answers after all: nothing is lost. */
static void
test_back(void)
{
	struct ipc_message_in in;
	struct fixture f;

	come_in(&f);
	fall_silent(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	fake_cookie(&f, f.nonce);
	CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_COOKIE, &in));
	CU_ASSERT_TRUE(f.b.has_session);
	fake_end(&f);
}

/* The session is young: others are asked at once, but not if one before it was
 * so, too. */
static void
test_young(void)
{
	struct fixture f;

	for (unsigned int before = 0; before < 2; before++) {
		come_in(&f);
		f.b.joined_at = NOW;
		f.b.young = before;
		fall_silent(&f);
		CU_ASSERT_EQUAL(fake_sent(&f, WIRE_HELLO), before == 0);
		fake_end(&f);
	}
}

/* An answer in time begins the count anew. */
static void
test_one_late(void)
{
	struct fixture f;

	come_in(&f);
	for (int i = 0; i < 10; i++) {
		fake_until_deadline(&f);
		CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
		if (i % 2 != 0)
			fake_acknowledge(&f, 5);
	}
	CU_ASSERT_EQUAL(f.b.phase, BOOT_SESSION);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 0);
	fake_end(&f);
}

/* Nobody answers: the session is lost when it would be with one address. */
static void
test_nobody(void)
{
	struct fixture f;

	come_in(&f);
	fall_silent(&f);
	(void)fake_collect(&f, 0);
	while (!fake_told_status(&f, BOOT_LOST, REFUSAL_NONE) &&
	    f.now < NOW + SEC(60)) {
		fake_until_deadline(&f);
		(void)fake_collect(&f, 0);
	}
	CU_ASSERT(f.now - NOW >= SEC(15) && f.now - NOW < SEC(16));
	fake_end(&f);
}

/* A bootnode that spreads joins is left only once the session is lost. */
static void
test_spread(void)
{
	struct fixture f;

	come_in(&f);
	f.b.spread = SEC(100);
	CU_ASSERT(fall_silent(&f) > SEEK_BEATS);
	CU_ASSERT(f.now >= NOW + SEC(15));
	CU_ASSERT_TRUE(fake_told_status(&f, BOOT_LOST, REFUSAL_NONE));
	fake_end(&f);
}

void
bootclient_seek_suite(void)
{
	CU_pSuite s = CU_add_suite("bootclient, another is sought",
	    fake_open_udp, fake_close_udp);

	CU_add_test(s, "another answers", test_other_answers);
	CU_add_test(s, "it is back", test_back);
	CU_add_test(s, "young", test_young);
	CU_add_test(s, "answers that are late", test_one_late);
	CU_add_test(s, "nobody answers", test_nobody);
	CU_add_test(s, "joins are spread", test_spread);
}
