/*
 * A client that a node of a fleet sends to another one, by REDIRECT: bootnode 0
 * is on its list, and bootnode 1 is the home of its room.
 */
#include "tests/unit/netd/client/bootclient_fake.h"
#include "tests/unit/message.h"

#include "netd/client/bootclient_parts.h"

#include <CUnit/CUnit.h>

#include <string.h>

void bootclient_home_suite(void);

#define SEC(n) ((n)*USEC_PER_SEC)

#define NAME 0x4e4f4445 /* of the home */

static const struct wire_cookie token = { 90, "a token's MAC.." };

/* cryptod has opened the answer to the JOIN: it is this. */
static void
redirect_to(struct fixture *f, const struct addr *addrs, uint8_t count)
{
	struct ipc_boot_node node = { .name = NAME,
		.count = count,
		.token = token };

	memcpy(node.addrs, addrs, count * sizeof(*addrs));
	CU_ASSERT_EQUAL(bootclient_redirect(&f->b, MESSAGE(f->now, &node)), 0);
}

/* cryptod is asked for a JOIN to this address. Returns the number of nodes to
 * skip that it is to say. */
static unsigned int
wanted(struct fixture *f, const struct addr *to, bool by_token)
{
	const struct ipc_boot_cookie *body;
	uint8_t start[WIRE_JOIN_OVERHEAD];
	struct ipc_message_in in;

	CU_ASSERT_TRUE_FATAL(fake_told(f, IPC_BOOT_COOKIE, &in));
	body = in.body;
	CU_ASSERT_TRUE(addr_equal(&body->addr, to));
	CU_ASSERT_STRING_EQUAL((const char *)body->boot_key,
	    "the bootnode's static key");
	wire_join_start(start, f->b.pass.nonce, by_token ? &token : &fake_proof,
	    by_token);
	CU_ASSERT_EQUAL(memcmp(body->start, start, sizeof(start)), 0);
	for (size_t i = 0; i < body->skips.count; i++)
		CU_ASSERT(body->skips.names[i] == NAME ||
		    body->skips.count == JOIN_SKIPS_MAX);
	return body->skips.count;
}

static void
cookie_from(struct fixture *f, int n)
{
	struct wire_cookie_reply c = { .cookie = fake_proof,
		.bootnode_key = "the bootnode's static key" };
	uint8_t buf[WIRE_MAX];

	memcpy(c.nonce, f->nonce, NONCE_LEN);
	bootclient_packet(&f->b, f->now, &fake_udp, &f->addr[n], buf,
	    wire_put_cookie_reply(buf, &c));
}

/* A WELCOME comes, which cryptod opens. */
static void
welcome_from(struct fixture *f, int n, uint32_t interval_ms)
{
	struct ipc_boot_session s = { .session = SESSION,
		.interval_ms = interval_ms,
		.timeout_ms = 30000,
		.echo = FAKE_ECHO };
	struct ipc_boot_version v = { .version = 5 };
	struct wire_welcome w = { .noise = (const uint8_t *)"message 2",
		.noise_len = 9 };
	struct ipc_message_in in;
	uint8_t buf[WIRE_MAX];

	memcpy(w.nonce, f->b.pass.nonce, NONCE_LEN);
	memcpy(s.mac_key, fake_mac_key, SIPHASH_KEY);
	bootclient_packet(&f->b, f->now, &fake_udp, &f->addr[n], buf,
	    wire_put_welcome(buf, &w));
	CU_ASSERT_TRUE(fake_told(f, IPC_BOOT_WELCOME, &in));
	CU_ASSERT_EQUAL(bootclient_session(&f->b, MESSAGE(f->now, &s)), 0);
	CU_ASSERT_EQUAL(bootclient_version(&f->b, MESSAGE(f->now, &v)), 0);
	f->b.joined_at = 0; /* it is old, so its end brings no wait */
}

/* Sent to bootnode 1 with a token, where the JOIN has gone. */
static void
come_home(struct fixture *f)
{
	fake_come_to_join(f);
	redirect_to(f, &f->addr[1], 1);
	CU_ASSERT_EQUAL(wanted(f, &f->addr[1], true), 0);
	fake_join(f, &f->addr[1]);
	CU_ASSERT_EQUAL(fake_collect(f, 1), 1);
}

/* Goes on until bootnode 0 is asked. */
static void
until_asked_again(struct fixture *f)
{
	do {
		f->now = bootclient_deadline(&f->b);
		CU_ASSERT_FATAL(f->now < NOW + SEC(60));
		bootclient_timer(&f->b, f->now);
	} while (fake_collect(f, 0) == 0);
	CU_ASSERT_EQUAL(wire_type(f->packet, f->len), WIRE_HELLO);
}

/* The JOIN goes to the home at once, with the token; nothing is lost, and all
 * that follows goes there. */
static void
test_followed(void)
{
	struct wire_join join;
	struct fixture f;

	come_home(&f);
	CU_ASSERT_EQUAL_FATAL(wire_get_join(f.packet, f.len, &join), 0);
	CU_ASSERT_TRUE(join.token);
	CU_ASSERT_EQUAL(memcmp(&join.cookie, &token, sizeof(token)), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(join.nonce, f.nonce, NONCE_LEN), 0);
	welcome_from(&f, 1, 5000);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_SESSION);
	CU_ASSERT_TRUE(addr_equal(bootclient_at(&f.b), &f.addr[1]));
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	fake_until_deadline(&f);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	CU_ASSERT_EQUAL(fake_control(&f).type, WIRE_HEARTBEAT);
	fake_end(&f);
}

/* cryptod says in the JOIN's WELCOME how many it took. */
static void
test_counted(void)
{
	const struct ipc_boot_welcome *body;
	struct wire_welcome w = { .noise = (const uint8_t *)"message 2",
		.noise_len = 9 };
	struct ipc_message_in in;
	struct fixture f;
	uint8_t buf[WIRE_MAX];

	come_home(&f);
	memcpy(w.nonce, f.b.pass.nonce, NONCE_LEN);
	bootclient_packet(&f.b, f.now, &fake_udp, &f.addr[1], buf,
	    wire_put_welcome(buf, &w));
	CU_ASSERT_TRUE_FATAL(fake_told(&f, IPC_BOOT_WELCOME, &in));
	body = in.body;
	CU_ASSERT_EQUAL(body->took.redirects, 1);
	CU_ASSERT_TRUE(addr_equal(&body->addr, &f.addr[1]));
	fake_end(&f);
}

/* The home does not answer: 2 s later the node that sent us there is asked for
 * the next one. A WELCOME that comes late is good all the same. */
static void
test_silent(void)
{
	unsigned int joins = 0, hellos = 0;
	struct fixture f;

	come_home(&f);
	for (;;) {
		f.now = bootclient_deadline(&f.b);
		CU_ASSERT_FATAL(f.now <= NOW + REDIRECT_WAIT);
		bootclient_timer(&f.b, f.now);
		if (fake_collect(&f, 1) > 0) {
			joins += wire_type(f.packet, f.len) == WIRE_JOIN;
			hellos += wire_type(f.packet, f.len) == WIRE_HELLO;
			joins += f.count - 1;
		}
		if (fake_collect(&f, 0) > 0)
			break;
	}
	CU_ASSERT_EQUAL(f.now, NOW + REDIRECT_WAIT);
	CU_ASSERT_EQUAL(joins, 1);
	CU_ASSERT(hellos >= 2 && hellos <= HOME_HELLOS);
	CU_ASSERT_EQUAL(wire_type(f.packet, f.len), WIRE_HELLO);
	welcome_from(&f, 1, 5000);
	CU_ASSERT_TRUE(addr_equal(bootclient_at(&f.b), &f.addr[1]));
	fake_end(&f);
}

/* The same, and the next JOIN says so; the next home is another, and its JOIN
 * says it, too. Nobody is sent to the first one again. */
static void
test_skipped(void)
{
	struct fixture f;

	come_home(&f);
	until_asked_again(&f);
	cookie_from(&f, 0);
	CU_ASSERT_EQUAL(wanted(&f, &f.addr[0], false), 1);
	fake_join(&f, &f.addr[0]);
	CU_ASSERT_EQUAL(fake_collect(&f, 0), 1);
	redirect_to(&f, &f.addr[1], 1); /* it has not noticed yet */
	CU_ASSERT_EQUAL(wanted(&f, &f.addr[0], false), 2);
	fake_join(&f, &f.addr[0]);
	CU_ASSERT_EQUAL(fake_collect(&f, 0), 1);
	welcome_from(&f, 0, 5000);
	CU_ASSERT_TRUE(addr_equal(bootclient_at(&f.b), &f.addr[0]));
	CU_ASSERT_EQUAL(f.b.skips.count, 0);
	fake_end(&f);
}

/* The home drops the JOIN, for which our address is another: its COOKIE is
 * better. */
static void
test_no_use(void)
{
	struct fixture f;

	come_home(&f);
	f.now = bootclient_deadline(&f.b);
	bootclient_timer(&f.b, f.now);
	CU_ASSERT(fake_collect(&f, 1) > 0);
	cookie_from(&f, 1);
	CU_ASSERT_EQUAL(wanted(&f, &f.addr[1], false), 0);
	fake_join(&f, &f.addr[1]);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	welcome_from(&f, 1, 5000);
	CU_ASSERT_EQUAL(f.b.phase, BOOT_SESSION);
	fake_end(&f);
}

/* A token is for an address of the same family; the others get a HELLO. */
static void
test_families(void)
{
	struct addr home[3] = { { .ip = { 0x20, 1 }, .port = 9 } };
	struct fixture f;

	fake_come_to_join(&f);
	home[1] = home[2] = f.addr[1];
	home[2].port++;
	redirect_to(&f, home, 3);
	CU_ASSERT_EQUAL(wanted(&f, &f.addr[1], true), 0);
	fake_end(&f);
	fake_come_to_join(&f);
	redirect_to(&f, home, 1);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	CU_ASSERT_EQUAL(f.b.phase, BOOT_HELLO);
	until_asked_again(&f);
	CU_ASSERT_EQUAL(f.now, NOW + REDIRECT_WAIT);
	fake_end(&f);
}

/* Four in a row are enough: then we want to be served where we are, and if that
 * is denied we ask later. */
static void
test_on_and_on(void)
{
	struct fixture f;

	fake_come_to_join(&f);
	for (int i = 1; i <= REDIRECTS_MAX; i++) {
		redirect_to(&f, &f.addr[i % 2], 1);
		CU_ASSERT_EQUAL(wanted(&f, &f.addr[i % 2], true), 0);
		fake_join(&f, &f.addr[i % 2]);
	}
	redirect_to(&f, &f.addr[1], 1);
	CU_ASSERT_EQUAL(wanted(&f, &f.addr[0], true), JOIN_SKIPS_MAX);
	fake_join(&f, &f.addr[0]);
	(void)fake_collect(&f, 0);
	redirect_to(&f, &f.addr[1], 1);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	until_asked_again(&f);
	CU_ASSERT(f.now >= NOW + SEC(7) && f.now <= NOW + SEC(13));
	cookie_from(&f, 0);
	CU_ASSERT_EQUAL(wanted(&f, &f.addr[0], false), 0);
	fake_end(&f);
}

/* A bootnode that sends us from one address to the next, where nobody is, gets
 * little sent there: after three of them we go nowhere. */
static void
test_misled(void)
{
	struct addr other;
	struct fixture f;

	come_home(&f);
	other = f.addr[1];
	for (unsigned int i = 1; i < SILENT_NODES; i++) {
		until_asked_again(&f);
		cookie_from(&f, 0);
		CU_ASSERT_EQUAL(wanted(&f, &f.addr[0], false), i);
		fake_join(&f, &f.addr[0]);
		(void)fake_collect(&f, 0);
		other.port++;
		redirect_to(&f, &other, 1);
		CU_ASSERT_EQUAL(wanted(&f, &other, true), i);
		fake_join(&f, &other);
	}
	until_asked_again(&f);
	cookie_from(&f, 0);
	CU_ASSERT_EQUAL(wanted(&f, &f.addr[0], false), SILENT_NODES);
	fake_join(&f, &f.addr[0]);
	(void)fake_collect(&f, 0);
	other.port++;
	redirect_to(&f, &other, 1);
	CU_ASSERT_EQUAL(wanted(&f, &f.addr[0], false), SILENT_NODES + 1);
	CU_ASSERT_FALSE(f.b.homing);
	fake_end(&f);
}

/* What comes too late is for a JOIN that there is no more. */
static void
test_late(void)
{
	struct fixture f;

	come_home(&f);
	welcome_from(&f, 1, 5000);
	redirect_to(&f, &f.addr[0], 1);
	CU_ASSERT_TRUE(fake_told_nothing(&f));
	CU_ASSERT_EQUAL(f.b.phase, BOOT_SESSION);
	fake_end(&f);
	fake_come_to_join(&f);
	CU_ASSERT_EQUAL(bootclient_leave(&f.b, f.now), 0);
	CU_ASSERT_FALSE(bootclient_gone(&f.b));
	redirect_to(&f, &f.addr[1], 1);
	CU_ASSERT_TRUE(bootclient_gone(&f.b));
	fake_end(&f);
}

/* The session is lost: its home is asked first, though it is not on the list,
 * and then the list. */
static void
test_remembered(void)
{
	struct fixture f;

	come_home(&f);
	welcome_from(&f, 1, 5000);
	boot_lost(&f.b, f.now);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	CU_ASSERT_EQUAL(wire_type(f.packet, f.len), WIRE_HELLO);
	CU_ASSERT_TRUE(fake_sent_nothing(&f));
	until_asked_again(&f);
	CU_ASSERT_EQUAL(f.now, NOW + HELLO_SPACING);
	/* A name that is resolved again does not make it forget the home. */
	bootclient_addrs(&f.b, f.now, (struct addr[]){ f.addr[0] }, 1);
	CU_ASSERT_EQUAL(f.b.target_count, 2);
	/* A session elsewhere does. */
	cookie_from(&f, 0);
	fake_join(&f, &f.addr[0]);
	while (!fake_told_nothing(&f))
		;
	welcome_from(&f, 0, 5000);
	CU_ASSERT_EQUAL(f.b.target_count, 1);
	fake_end(&f);
}

/* The home falls silent so long after its last answer. Returns how long it took
 * from then until another node was asked, which sends us to the silent one: we
 * say at once that this one cannot be reached. The session is young, and so
 * were so many before it in a row. */
static uint64_t
leave_silent(uint64_t after, unsigned int young)
{
	struct fixture f;
	uint64_t died;

	come_home(&f);
	welcome_from(&f, 1, 5000);
	fake_until_deadline(&f);
	CU_ASSERT_EQUAL(fake_collect(&f, 1), 1);
	fake_control(&f);
	f.now += 1000;
	f.addr[0] = f.addr[1];
	fake_acknowledge(&f, 5);
	f.addr[0] = f.b.targets[1].addr;
	f.b.joined_at = f.now;
	f.b.young = young;
	died = f.now + after;
	until_asked_again(&f);
	cookie_from(&f, 0);
	CU_ASSERT_TRUE(fake_told_status(&f, BOOT_LOST, REFUSAL_NONE));
	CU_ASSERT_EQUAL(wanted(&f, &f.addr[0], false), 0);
	fake_join(&f, &f.addr[0]);
	(void)fake_collect(&f, 0);
	redirect_to(&f, &f.addr[1], 1);
	CU_ASSERT_EQUAL(wanted(&f, &f.addr[0], false), 1);
	fake_end(&f);
	return f.now - died;
}

/* With the interval of a fleet, 5 s, that is 7.5 s at most; and 10 s if the
 * node before it has died in the same half minute. */
static void
test_left(void)
{
	for (uint64_t after = 0; after < SEC(5); after += 100000) {
		CU_ASSERT(leave_silent(after, 0) <= SEC(15) / 2);
		CU_ASSERT(leave_silent(after, 1) <= SEC(10));
	}
}

void
bootclient_home_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("bootclient_home", fake_open_udp, fake_close_udp);

	CU_add_test(s, "the home is asked", test_followed);
	CU_add_test(s, "the number of REDIRECTs", test_counted);
	CU_add_test(s, "the home is silent", test_silent);
	CU_add_test(s, "the next one", test_skipped);
	CU_add_test(s, "the token is of no use", test_no_use);
	CU_add_test(s, "addresses of both families", test_families);
	CU_add_test(s, "on and on", test_on_and_on);
	CU_add_test(s, "sent to nobody", test_misled);
	CU_add_test(s, "too late", test_late);
	CU_add_test(s, "the home is remembered", test_remembered);
	CU_add_test(s, "the home falls silent", test_left);
}
