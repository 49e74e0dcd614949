/*
 * A client whose room moves to another node of the fleet: it is in a session at
 * bootnode 0, and bootnode 1 is the new home.
 */
#include "tests/unit/netd/client/bootclient_fake.h"
#include "tests/unit/message.h"

#include "netd/client/bootclient_parts.h"

#include <CUnit/CUnit.h>

#include <string.h>

void bootclient_move_suite(void);

#define SEC(n) ((n)*USEC_PER_SEC)

static void
move(struct fixture *f)
{
	struct ipc_boot_node node = { .count = 1, .addrs = { f->addr[1] } };

	CU_ASSERT_EQUAL(bootclient_move(&f->b, MESSAGE(f->now, &node)), 0);
}

/* The new home has said COOKIE, and the JOIN is there. */
static void
come_to_join(struct fixture *f)
{
	struct wire_cookie_reply c = { .cookie = fake_proof };
	struct ipc_message_in in;
	uint8_t buf[WIRE_MAX];

	memcpy(c.nonce, f->nonce, NONCE_LEN);
	bootclient_packet(&f->b, f->now, &fake_udp, &f->addr[1], buf,
	    wire_put_cookie_reply(buf, &c));
	CU_ASSERT_TRUE(fake_told(f, IPC_BOOT_COOKIE, &in));
	fake_join(f, &f->addr[1]);
	CU_ASSERT_EQUAL(fake_collect(f, 1), 1);
	CU_ASSERT_EQUAL(wire_type(f->packet, f->len), WIRE_JOIN);
}

static void
come_in(struct fixture *f)
{
	struct ipc_boot_session s = { .session = SESSION + 1,
		.interval_ms = 5000,
		.timeout_ms = 15000,
		.mac_key = "another session" };

	CU_ASSERT_EQUAL(bootclient_session(&f->b, MESSAGE(f->now, &s)), 0);
}

/* A SEALED packet of the old session is taken. */
static bool
takes_sealed(struct fixture *f)
{
	struct wire_sealed s = { .session = SESSION,
		.sealed = (const uint8_t *)"sealed by the bootnode...",
		.sealed_len = 25 };
	struct ipc_message_in in;
	uint8_t buf[WIRE_MAX];

	fake_give(f, buf, wire_put_sealed(buf, &s));
	return fake_told(f, IPC_BOOT_SEALED, &in);
}

/* Until the WELCOME is there the old session does all that it did; then it is
 * left, and cryptod hears nothing of a loss. */
static void
test_moved(void)
{
	struct wire_control left;
	struct fixture f;

	fake_come_in(&f, 5000);
	f.now += SEC(4);
	move(&f);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	CU_ASSERT_EQUAL(wire_type(f.packet, f.len), WIRE_HELLO);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	CU_ASSERT_TRUE(takes_sealed(&f));
	come_to_join(&f);
	move(&f); /* it is repeated */
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 0);
	f.now = NOW + SEC(5);
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HEARTBEAT));
	fake_acknowledge(&f, 5);
	CU_ASSERT_EQUAL(f.b.unanswered, 0);
	CU_ASSERT_TRUE(takes_sealed(&f));
	come_in(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_LEAVE));
	left = fake_control(&f);
	CU_ASSERT_EQUAL(left.echo, FAKE_ECHO + left.counter - 1);
	CU_ASSERT_TRUE(addr_equal(bootclient_at(&f.b), &f.addr[1]));
	CU_ASSERT_EQUAL(f.b.session, SESSION + 1);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	fake_end(&f);
}

/* Nobody is there: after 3 s the session goes on as if nothing had been said,
 * and what is said of this node is not heard for 10 s. */
static void
test_stays(void)
{
	struct fixture f;
	uint64_t from;

	fake_come_in(&f, 5000);
	move(&f);
	while (f.b.phase != BOOT_SESSION) {
		f.now = bootclient_deadline(&f.b);
		CU_ASSERT_FATAL(f.now <= NOW + MOVE_WAIT);
		bootclient_timer(&f.b, f.now);
	}
	from = f.now;
	CU_ASSERT_EQUAL(from, NOW + MOVE_WAIT);
	CU_ASSERT(fake_collect(&f, 1) > 0);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	for (; f.now < from + MOVE_REST; f.now += USEC_PER_SEC / 2) {
		move(&f);
		CU_ASSERT_EQUAL(fake_collect(&f, 1), 0);
	}
	move(&f);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	fake_end(&f);
}

/* It is full: nobody is told, and the session goes on. */
static void
test_refused(void)
{
	struct fixture f;

	fake_come_in(&f, 5000);
	move(&f);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	come_to_join(&f);
	f.addr[0] = f.addr[1];
	fake_reject(&f, REJECT_ROOM_FULL, fake_nonce_id(&f));
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_SESSION);
	CU_ASSERT_EQUAL(f.b.session, SESSION);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	fake_end(&f);
}

/* The WELCOME comes when we have stayed: it counts, since cryptod has taken
 * it. */
static void
test_late(void)
{
	struct fixture f;

	fake_come_in(&f, 5000);
	move(&f);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	come_to_join(&f);
	f.now += MOVE_WAIT;
	bootclient_timer(&f.b, f.now);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_SESSION);
	(void)fake_collect(&f, 0);
	come_in(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_LEAVE));
	CU_ASSERT_EQUAL(f.b.session, SESSION + 1);
	CU_ASSERT_TRUE(addr_equal(bootclient_at(&f.b), &f.addr[1]));
	fake_end(&f);
}

/* A bootnode cannot have us join as often as it likes: the second young session
 * in a row waits, and does all that it did. */
static void
test_young(void)
{
	struct fixture f;

	fake_come_in(&f, 5000);
	f.b.joined_at = NOW - SEC(1);
	move(&f);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_HELLO);
	fake_end(&f);
	fake_come_in(&f, 5000);
	f.b.joined_at = NOW - SEC(1);
	f.b.young = 1;
	move(&f);
	move(&f);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_SESSION);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 0);
	fake_until_deadline(&f);
	CU_ASSERT(f.now >= NOW + SEC(3) / 2 && f.now <= NOW + SEC(5) / 2);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	CU_ASSERT_TRUE(f.b.has_session);
	fake_end(&f);
}

/* Whoever leaves meanwhile leaves both. */
static void
test_leaves(void)
{
	struct fixture f;

	fake_come_in(&f, 5000);
	move(&f);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	come_to_join(&f);
	CU_ASSERT_EQUAL(bootclient_leave(&f.b, f.now), 0);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_LEAVE));
	come_in(&f);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	CU_ASSERT_EQUAL(wire_type(f.packet, f.len), WIRE_LEAVE);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_LEAVING);
	fake_end(&f);
}

void
bootclient_move_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("bootclient_move", fake_open_udp, fake_close_udp);

	CU_add_test(s, "to the new home", test_moved);
	CU_add_test(s, "nobody is there", test_stays);
	CU_add_test(s, "the new home is full", test_refused);
	CU_add_test(s, "a late WELCOME", test_late);
	CU_add_test(s, "a young session", test_young);
	CU_add_test(s, "leaving on the way", test_leaves);
}
