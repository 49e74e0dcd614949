/*
 * A client's side of the bootnode: joining, packet by packet, and packets that
 * are not the bootnode's.
 */
#include "netd/client/bootclient_parts.h"

#include "tests/unit/netd/client/bootclient_fake.h"

#include "tests/unit/simnet.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void bootclient_suite(void);

#define MSEC(n) ((n)*USEC_PER_MSEC)

/* --- Joining -------------------------------------------------------------- */

/* Returns whether the wait is this, or up to a quarter more or less. */
static bool
is_about(uint64_t wait, uint64_t expected)
{
	return wait >= expected - expected / 4 &&
	    wait <= expected + expected / 4;
}

static void
test_hello(void)
{
	uint64_t wait = JOIN_RETRY_MIN, before = NOW;
	unsigned int unreachable = 0;
	uint8_t nonce[NONCE_LEN];
	struct wire_hello h;
	struct fixture f;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	CU_ASSERT_EQUAL(f.len, WIRE_HELLO_LEN);
	for (int i = 0; i < 20;) {
		CU_ASSERT_EQUAL(wire_get_hello(f.packet, f.len, &h), 0);
		memcpy(nonce, h.nonce, NONCE_LEN);
		do {
			fake_until_deadline(&f);
			unreachable += fake_told_status(&f, BOOT_UNREACHABLE,
			    REFUSAL_NONE);
			if (unreachable == 1 && f.now < NOW + JOIN_SILENT)
				CU_FAIL("it complains too early");
		} while (fake_sent_nothing(&f));
		CU_ASSERT_EQUAL(wire_type(f.packet, f.len), WIRE_HELLO);
		CU_ASSERT_EQUAL(wire_get_hello(f.packet, f.len, &h), 0);
		CU_ASSERT_NOT_EQUAL(memcmp(nonce, h.nonce, NONCE_LEN), 0);
		/* Each wait is a quarter longer, up to the longest; and no two
		 * are alike. */
		CU_ASSERT_TRUE(is_about(f.now - before, wait));
		before = f.now;
		wait = clock_min(wait + wait / 4, JOIN_RETRY_MAX);
		i++;
	}
	CU_ASSERT_EQUAL(wait, JOIN_RETRY_MAX);
	CU_ASSERT_EQUAL(unreachable, 1);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	fake_end(&f);
}

/* A client that had a session asks often enough to be back before the room
 * settles. */
static void
test_rounds(void)
{
	const uint64_t settle = 15 * USEC_PER_SEC; /* of the fixture's times */
	uint64_t before, longest = 0;
	struct fixture f;

	fake_come_in(&f, 10000);
	f.now += 16 * USEC_PER_SEC;
	boot_lost(&f.b, f.now);
	CU_ASSERT_TRUE(fake_told_status(&f, BOOT_LOST, REFUSAL_NONE));
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	before = f.now;
	for (int i = 0; i < 40; i++) {
		do
			fake_until_deadline(&f);
		while (fake_sent_nothing(&f));
		longest = clock_max(longest, f.now - before);
		before = f.now;
	}
	CU_ASSERT(longest <= settle / SETTLE_ROUNDS * 5 / 4);
	CU_ASSERT(longest >= settle / SETTLE_ROUNDS * 3 / 4);
	fake_end(&f);
}

/* One address after the other is asked, soon, and then all of them again; new
 * addresses are tried at once. */
static void
test_addresses(void)
{
	struct fixture f;
	uint64_t before;

	fake_start(&f, 2);
	for (unsigned int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(fake_collect(&f, 0), 1);
		CU_ASSERT_EQUAL(fake_collect(&f, 1), 0);
		before = f.now;
		fake_until_deadline(&f);
		CU_ASSERT_EQUAL(f.now - before, HELLO_SPACING);
		CU_ASSERT_EQUAL(fake_collect(&f, 0), 0);
		CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
		fake_until_deadline(&f);
		CU_ASSERT(f.now - before >= HELLO_SPACING);
	}
	fake_collect(&f, 0);
	bootclient_addrs(&f.b, f.now, &f.addr[1], 1);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	CU_ASSERT_TRUE(
	    is_about(bootclient_deadline(&f.b) - f.now, JOIN_RETRY_MIN));
	fake_until_deadline(&f);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	CU_ASSERT_EQUAL(fake_collect(&f, 0), 0);
	fake_end(&f);
}

/* Somebody else answers HELLO: cryptod does not want its key. */
static void
meet_a_stranger(struct fixture *f)
{
	struct ipc_boot_join body = { .addr = f->addr[0] };
	struct ipc_message_in in;

	CU_ASSERT_TRUE(fake_sent(f, WIRE_HELLO));
	fake_cookie(f, f->nonce);
	CU_ASSERT_TRUE(fake_told(f, IPC_BOOT_COOKIE, &in));
	CU_ASSERT_EQUAL(bootclient_join(&f->b,
			    MESSAGE_WITH(f->now, &body, NULL, 0)),
	    0);
}

/* Somebody else is at the first address: the second is asked at once, and the
 * first only after a rest. */
static void
test_wrong_key(void)
{
	unsigned int asked = 0;
	struct fixture f;

	fake_start(&f, 2);
	meet_a_stranger(&f);
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), NOW);
	do {
		bootclient_timer(&f.b, f.now);
		CU_ASSERT_TRUE(fake_sent_nothing(&f));
		asked += fake_collect(&f, 1);
		if (f.now == NOW)
			CU_ASSERT_EQUAL(asked, 1);
		f.now = bootclient_deadline(&f.b);
	} while (f.now < NOW + REFUSED_REST);
	CU_ASSERT(asked > 3);
	for (int i = 0; i < 3 && fake_sent_nothing(&f); i++) {
		f.now = bootclient_deadline(&f.b);
		bootclient_timer(&f.b, f.now);
	}
	CU_ASSERT_EQUAL(wire_type(f.packet, f.len), WIRE_HELLO);
	fake_end(&f);

	/* It is the only address: nothing is asked before that. */
	fake_start(&f, 1);
	meet_a_stranger(&f);
	fake_until_deadline(&f);
	CU_ASSERT_EQUAL(f.now, NOW + REFUSED_REST);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	fake_end(&f);
}

/* Goes on until somebody answers, or for a time. */
static void
run_until(struct fixture *f, uint64_t end)
{
	while (bootclient_deadline(&f->b) <= end) {
		f->now = bootclient_deadline(&f->b);
		bootclient_timer(&f->b, f->now);
		fake_collect(f, 0);
	}
	while (fake_told_status(f, BOOT_UNREACHABLE, REFUSAL_NONE))
		;
}

/* No packet gets through from one port. After a while another one is tried,
 * too, and taken if the answer comes there; cryptod is told of it before it
 * writes the card. */
static void
test_other_port(void)
{
	struct hosts hosts = { .local.count = 1 };
	const struct ipc_local *local;
	struct ipc_message_in in;
	struct udp spare;
	struct fixture f;
	uint64_t first;

	fake_start(&f, 1);
	f.addr[1].port = 0;
	CU_ASSERT_EQUAL_FATAL(udp_open(&spare, 99, &f.addr[1]), 0);
	bootclient_spare(&f.b, &spare, &hosts);
	run_until(&f, NOW + OTHER_PORT_AFTER - 1);
	CU_ASSERT_EQUAL(spare.sent[WIRE_HELLO].packets, 0);
	run_until(&f, NOW + OTHER_PORT_AFTER);
	CU_ASSERT_EQUAL(spare.sent[WIRE_HELLO].packets, 1);
	/* The first port may still come to life. */
	first = fake_udp.sent[WIRE_HELLO].packets;
	run_until(&f, NOW + 3 * OTHER_PORT_AFTER);
	CU_ASSERT(spare.sent[WIRE_HELLO].packets >= 2);
	CU_ASSERT(fake_udp.sent[WIRE_HELLO].packets >= first + 2);
	fake_cookie_at(&f, &spare, f.nonce);
	CU_ASSERT_TRUE_FATAL(fake_told(&f, IPC_LOCAL, &in));
	local = in.body;
	CU_ASSERT_EQUAL(local->port, spare.port);
	CU_ASSERT_EQUAL(local->hosts[0].port, spare.port);
	CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_COOKIE, &in));
	fake_join(&f, &f.addr[0]);
	CU_ASSERT_EQUAL(spare.sent[WIRE_JOIN].packets, 1);
	/* The ports have changed places. */
	CU_ASSERT_PTR_EQUAL(f.b.udp, &spare);
	CU_ASSERT_PTR_EQUAL(f.b.spare, &fake_udp);
	close(spare.fd);
	free(spare.in);
	free(spare.out);
	fake_end(&f);
}

/* A port that was asked for is the only one. */
static void
test_no_other_port(void)
{
	struct fixture f;
	uint64_t sent;

	fake_start(&f, 1);
	run_until(&f, NOW + OTHER_PORT_AFTER - 1);
	sent = fake_udp.sent[WIRE_HELLO].packets;
	run_until(&f, NOW + 2 * OTHER_PORT_AFTER);
	CU_ASSERT(fake_udp.sent[WIRE_HELLO].packets > sent);
	fake_cookie(&f, f.nonce);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_JOINING);
	fake_end(&f);
}

static void
test_cookie(void)
{
	const struct ipc_boot_cookie *body;
	uint8_t bad[NONCE_LEN];
	struct ipc_message_in in;
	struct fixture f;
	struct addr other;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	memcpy(bad, f.nonce, NONCE_LEN);
	bad[7] ^= 1;
	fake_cookie(&f, bad);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	/* The COOKIE comes from elsewhere: another port of the same host. */
	other = f.addr[0];
	f.addr[0].port++;
	fake_cookie(&f, f.nonce);
	f.addr[0] = other;
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	CU_ASSERT_EQUAL(f.b.dropped, 2);
	fake_cookie(&f, f.nonce);
	CU_ASSERT_TRUE_FATAL(fake_told(&f, IPC_BOOT_COOKIE, &in));
	body = in.body;
	CU_ASSERT_TRUE(addr_equal(&body->addr, &f.addr[0]));
	CU_ASSERT_EQUAL(memcmp(body->boot_key, "the bootnode's static key", 25),
	    0);
	/* A COOKIE counts once. */
	fake_cookie(&f, f.nonce);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_end(&f);
}

/* A COOKIE waited for us, and not on its way, or has come too late. */
static void
test_late_cookie(void)
{
	struct ipc_message_in in;
	struct fixture f;

	for (int noticed = 0; noticed < 2; noticed++) {
		fake_start(&f, 1);
		CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
		f.now += noticed ? 4 * USEC_PER_SEC : ANSWER_MAX + 1;
		if (noticed) {
			bootclient_woke(&f.b, f.now);
			bootclient_touch(&f.b, f.now);
		}
		fake_cookie(&f, f.nonce);
		CU_ASSERT_TRUE(fake_told_nothing(&f));
		run_until(&f, f.now);
		fake_cookie(&f, f.nonce);
		CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_COOKIE, &in));
		CU_ASSERT(bootclient_rtt(&f.b) <= MSEC(1));
		fake_end(&f);
	}
}

static void
test_join(void)
{
	uint8_t nonce[NONCE_LEN], join[WIRE_MAX];
	struct ipc_message_in in;
	struct wire_join j;
	struct fixture f;
	uint64_t before;
	size_t len;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	/* A JOIN before a COOKIE is too early, and one for another address too
	 * late. */
	fake_join(&f, &f.addr[0]);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	fake_cookie(&f, f.nonce);
	CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_COOKIE, &in));
	fake_join(&f, &f.addr[1]);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	/* cryptod may take any time. */
	CU_ASSERT_EQUAL(bootclient_deadline(&f.b), CLOCK_NEVER);
	f.now += 30 * USEC_PER_SEC;
	fake_join(&f, &f.addr[0]);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_JOIN));
	CU_ASSERT_EQUAL_FATAL(wire_get_join(f.packet, f.len, &j), 0);
	CU_ASSERT_EQUAL(memcmp(j.nonce, f.nonce, NONCE_LEN), 0);
	CU_ASSERT_EQUAL(j.cookie.time, fake_proof.time);
	CU_ASSERT_EQUAL(memcmp(j.cookie.mac, fake_proof.mac, SIPHASH_MAC), 0);
	CU_ASSERT_EQUAL(j.noise_len, 9);
	CU_ASSERT_EQUAL(memcmp(j.noise, "message 1", 9), 0);
	/* Without an answer the same bytes go again, and cryptod is not
	 * asked. */
	len = f.len;
	memcpy(join, f.packet, len);
	for (int i = 1; i < JOIN_COPIES; i++) {
		before = f.now;
		fake_until_deadline(&f);
		CU_ASSERT_TRUE(
		    is_about(f.now - before, JOIN_RETRY_MIN << (i - 1)));
		CU_ASSERT_TRUE(fake_told_nothing(&f));
		CU_ASSERT_TRUE(fake_sent(&f, WIRE_JOIN));
		CU_ASSERT(f.len == len && memcmp(f.packet, join, len) == 0);
	}
	/* Then a HELLO goes out, with another nonce; but the answer is still
	 * good. */
	memcpy(nonce, f.nonce, NONCE_LEN);
	fake_until_deadline(&f);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	CU_ASSERT_NOT_EQUAL(memcmp(nonce, f.nonce, NONCE_LEN), 0);
	fake_cookie(&f, nonce);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	fake_welcome(&f, nonce);
	CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_WELCOME, &in));
	/* That ends with another COOKIE, and so another JOIN. */
	fake_cookie(&f, f.nonce);
	CU_ASSERT_TRUE(fake_told(&f, IPC_BOOT_COOKIE, &in));
	fake_welcome(&f, nonce);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	/* The JOIN came so late that its cookie is stale. */
	f.now += COOKIE_FRESH;
	fake_join(&f, &f.addr[0]);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	fake_end(&f);
}

static void
test_welcome(void)
{
	struct wire_sealed s = { 1, 2, (const uint8_t *)"sealed, and a tag",
		17 };
	const struct ipc_boot_sealed *sealed;
	uint8_t bad[NONCE_LEN], buf[WIRE_MAX];
	struct ipc_message_in in;
	struct fixture f;

	fake_come_to_join(&f);
	memcpy(bad, f.nonce, NONCE_LEN);
	bad[0] ^= 0x80;
	fake_welcome(&f, bad);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	fake_welcome(&f, f.nonce);
	CU_ASSERT_TRUE_FATAL(fake_told(&f, IPC_BOOT_WELCOME, &in));
	CU_ASSERT_EQUAL(in.tail_len, 9);
	CU_ASSERT_EQUAL(memcmp(in.tail, "message 2", 9), 0);
	/* The roster may be here before cryptod has read the WELCOME. */
	fake_give(&f, buf, wire_put_sealed(buf, &s));
	CU_ASSERT_TRUE_FATAL(fake_told(&f, IPC_BOOT_SEALED, &in));
	sealed = in.body;
	CU_ASSERT_EQUAL(sealed->counter, 2);
	CU_ASSERT_EQUAL(in.tail_len, 17);
	fake_end(&f);
}

/* The bootnode is full. */
static void
test_reject_join(void)
{
	static const struct {
		enum wire_reject_reason reason;
		enum boot_refusal refusal;
	} reasons[] = {
		{ REJECT_ROOM_FULL, REFUSAL_ROOM_FULL },
		{ REJECT_ADDRESS_FULL, REFUSAL_ADDRESS_FULL },
		{ REJECT_BOOTNODE_FULL, REFUSAL_BOOTNODE_FULL },
	};
	struct fixture f;

	for (size_t i = 0; i < 3; i++) {
		fake_come_to_join(&f);
		fake_reject(&f, reasons[i].reason, fake_nonce_id(&f) ^ 1);
		fake_reject(&f, REJECT_UNKNOWN_SESSION, fake_nonce_id(&f));
		fake_forged_reject(&f, reasons[i].reason, fake_nonce_id(&f));
		CU_ASSERT_TRUE(fake_told_nothing(&f));
		fake_reject(&f, reasons[i].reason, fake_nonce_id(&f));
		CU_ASSERT_TRUE(
		    fake_told_status(&f, BOOT_REFUSED, reasons[i].refusal));
		CU_ASSERT_TRUE(fake_sent_nothing(&f));
		/* Later the bootnode may have room. */
		CU_ASSERT_TRUE(is_about(bootclient_deadline(&f.b) - f.now,
		    JOIN_RETRY_MAX));
		fake_until_deadline(&f);
		CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
		fake_end(&f);
	}
}

/* --- Nonsense ------------------------------------------------------------- */

static uint64_t
packets_sent(void)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < WIRE_TYPE_COUNT; i++)
		sum += fake_udp.sent[i].packets;
	return sum;
}

/* Any bytes come from the bootnode's address, in every phase: no packet of ours
 * is too long, or longer than the one that it answers. */
static void
test_nonsense(void)
{
	uint64_t seed = 5, total;
	struct fixture f;

	for (int phase = 0; phase < 3; phase++) {
		if (phase == 0)
			fake_start(&f, 1);
		else if (phase == 1)
			fake_come_to_join(&f);
		else
			fake_come_in(&f, 10000);
		fake_collect(&f, 0);
		total = packets_sent();
		for (int i = 0; i < 20000; i++) {
			uint8_t bytes[80], *exact;
			size_t len = 1 + simnet_random(&seed) % sizeof(bytes);

			for (size_t j = 0; j < len; j++)
				bytes[j] = (uint8_t)simnet_random(&seed);
			bytes[0] = (uint8_t)(1 + bytes[0] % 20);
			if (len > 1)
				bytes[1] = WIRE_VERSION;
			if (len > 3)
				bytes[2] = bytes[3] = 0;
			exact = malloc(len);
			CU_ASSERT_PTR_NOT_NULL_FATAL(exact);
			memcpy(exact, bytes, len);
			fake_give(&f, exact, len);
			free(exact);
			/* SEALED may reach cryptod, which opens it. */
			while (!fake_told_nothing(&f))
				;
		}
		udp_flush(&fake_udp);
		CU_ASSERT_EQUAL(packets_sent(), total);
		fake_end(&f);
	}
}

void
bootclient_suite(void)
{
	CU_pSuite suite =
	    CU_add_suite("bootclient", fake_open_udp, fake_close_udp);

	CU_add_test(suite, "HELLO, again and again", test_hello);
	CU_add_test(suite, "HELLO, after a session", test_rounds);
	CU_add_test(suite, "several addresses", test_addresses);
	CU_add_test(suite, "another's key at one address", test_wrong_key);
	CU_add_test(suite, "another port", test_other_port);
	CU_add_test(suite, "no other port", test_no_other_port);
	CU_add_test(suite, "COOKIE", test_cookie);
	CU_add_test(suite, "COOKIE, late", test_late_cookie);
	CU_add_test(suite, "JOIN", test_join);
	CU_add_test(suite, "WELCOME", test_welcome);
	CU_add_test(suite, "REJECT of a JOIN", test_reject_join);
	CU_add_test(suite, "nonsense", test_nonsense);
}
