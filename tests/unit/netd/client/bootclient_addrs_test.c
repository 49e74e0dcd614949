/*
 * A client's side of the bootnode when its name is resolved late, to many
 * addresses, or again and again while nobody answers: in another order, or to
 * other addresses.
 */
#include "tests/unit/netd/client/bootclient_fake.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void bootclient_addrs_suite(void);

#define SEC(n) ((n)*USEC_PER_SEC)

/* The name is not resolved yet. */
static void
test_no_address(void)
{
	struct fixture f;

	fake_start(&f, 0);
	for (int i = 0; i < 5; i++) {
		CU_ASSERT_TRUE(fake_sent_nothing(&f));
		fake_until_deadline(&f);
	}
	bootclient_addrs(&f.b, f.now, &f.addr[0], 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	fake_end(&f);
}

/* There are as many addresses as there may be, and only the last is alive: it
 * was asked once each of the others had been. */
static void
test_many_addresses(void)
{
	struct addr addrs[BOOT_ADDRS_MAX];
	struct fixture f;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	for (size_t i = 0; i < BOOT_ADDRS_MAX; i++) {
		addrs[i] = f.addr[1];
		addrs[i].ip[15] = (uint8_t)(2 + i); /* 127.0.0.x: refused */
	}
	addrs[BOOT_ADDRS_MAX - 1] = f.addr[0];
	bootclient_addrs(&f.b, f.now, addrs, BOOT_ADDRS_MAX);
	for (size_t i = 1; i < BOOT_ADDRS_MAX; i++) {
		CU_ASSERT_TRUE(fake_sent_nothing(&f));
		f.now += HELLO_SPACING;
		bootclient_timer(&f.b, f.now);
	}
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	fake_cookie(&f, f.nonce);
	while (fake_told_status(&f, BOOT_UNREACHABLE, REFUSAL_NONE))
		;
	CU_ASSERT_EQUAL(f.b.phase, BOOT_JOINING);
	CU_ASSERT_TRUE(addr_equal(&f.b.addr, &f.addr[0]));
	fake_end(&f);
}

/* A client that also has another port, and what it has told. */
struct client {
	struct fixture f;
	struct udp spare;
	struct hosts hosts;
	unsigned int unreachable; /* how often it was told */
	unsigned int asked;	  /* how often it asked for addresses */
};

static void
client_start(struct client *c, uint8_t addresses)
{
	struct addr any = { .ip = { [10] = 0xff, 0xff, 127, [15] = 1 } };

	*c = (struct client){ .hosts.local.count = 1 };
	fake_start(&c->f, addresses);
	CU_ASSERT_EQUAL_FATAL(udp_open(&c->spare, 99, &any), 0);
	bootclient_spare(&c->f.b, &c->spare, &c->hosts);
}

static void
client_end(struct client *c)
{
	close(c->spare.fd);
	free(c->spare.in);
	free(c->spare.out);
	fake_end(&c->f);
}

static uint64_t
hellos(const struct udp *udp)
{
	return udp->sent[WIRE_HELLO].packets;
}

/* Goes on to this time; resolved() is what the launcher does when asked. */
static void
run_until(struct client *c, uint64_t end, void (*resolved)(struct client *))
{
	struct fixture *f = &c->f;

	while (bootclient_deadline(&f->b) <= end) {
		f->now = bootclient_deadline(&f->b);
		bootclient_timer(&f->b, f->now);
		fake_collect(f, 0);
		fake_collect(f, 1);
		while (fake_told_status(f, BOOT_UNREACHABLE, REFUSAL_NONE))
			c->unreachable++;
		if (!bootclient_wants_addrs(&f->b))
			continue;
		c->asked++;
		if (resolved != NULL)
			resolved(c);
	}
	f->now = end;
}

static void
rotate(struct client *c)
{
	struct addr addrs[2] = { c->f.addr[c->asked % 2],
		c->f.addr[1 - c->asked % 2] };

	bootclient_addrs(&c->f.b, c->f.now, addrs, 2);
}

/* One of two name servers gives another one of two addresses each time. */
static void
change(struct client *c)
{
	bootclient_addrs(&c->f.b, c->f.now, &c->f.addr[c->asked % 2], 1);
}

/* Whatever the resolver says meanwhile, the user is told once that nobody
 * answers, the other port gets every second round, and the name is asked for no
 * more often than it should be. */
static void
expect_patience(void (*resolved)(struct client *))
{
	uint64_t first, other;
	struct client c;

	client_start(&c, 2);
	run_until(&c, NOW + OTHER_PORT_AFTER - 1, resolved);
	CU_ASSERT_EQUAL(hellos(&c.spare), 0);
	first = hellos(&fake_udp);
	run_until(&c, NOW + OTHER_PORT_AFTER + SEC(180), resolved);
	first = hellos(&fake_udp) - first;
	other = hellos(&c.spare);
	CU_ASSERT(first >= 9 && other >= 9);
	CU_ASSERT(first <= other + 4 && other <= first + 4);
	CU_ASSERT_EQUAL(c.unreachable, 1);
	CU_ASSERT(c.asked >= 3 && c.asked <= 1 + 180 / 60);
	client_end(&c);
}

static void
test_rotated(void)
{
	expect_patience(rotate);
}

static void
test_changed(void)
{
	expect_patience(change);
}

/* A HELLO was on its way when the order changed: its COOKIE still counts, and
 * needs no further packet. */
static void
test_under_way(void)
{
	struct ipc_message_in in;
	struct client c;

	client_start(&c, 2);
	CU_ASSERT_TRUE(fake_sent(&c.f, WIRE_HELLO));
	rotate(&c);
	CU_ASSERT_TRUE(fake_sent_nothing(&c.f));
	CU_ASSERT_EQUAL(fake_collect(&c.f, 1), 0);
	fake_cookie(&c.f, c.f.nonce);
	CU_ASSERT_TRUE(fake_told(&c.f, IPC_BOOT_COOKIE, &in));
	client_end(&c);
}

/* One address stays and one is new: the new one is asked at once, when it is
 * its turn, and the COOKIE of the other still counts. */
static void
test_new_one(void)
{
	struct ipc_message_in in;
	uint8_t nonce[NONCE_LEN];
	struct client c;

	client_start(&c, 1);
	CU_ASSERT_TRUE(fake_sent(&c.f, WIRE_HELLO));
	memcpy(nonce, c.f.nonce, NONCE_LEN);
	run_until(&c, NOW + SEC(19), NULL);
	bootclient_addrs(&c.f.b, c.f.now, c.f.addr, 2);
	CU_ASSERT_TRUE(fake_sent(&c.f, WIRE_HELLO));
	CU_ASSERT_EQUAL(fake_collect(&c.f, 1), 0);
	fake_until_deadline(&c.f);
	CU_ASSERT_EQUAL(c.f.now, NOW + SEC(19) + HELLO_SPACING);
	CU_ASSERT_EQUAL(fake_collect(&c.f, 1), 1);
	fake_cookie(&c.f, nonce);
	CU_ASSERT_TRUE(fake_told(&c.f, IPC_BOOT_COOKIE, &in));
	client_end(&c);
}

/* An address shows somebody else's key: it rests, whatever else is found. */
static void
test_rests(void)
{
	struct ipc_boot_join none;
	struct ipc_message_in in;
	struct client c;

	client_start(&c, 1);
	CU_ASSERT_TRUE(fake_sent(&c.f, WIRE_HELLO));
	fake_cookie(&c.f, c.f.nonce);
	CU_ASSERT_TRUE(fake_told(&c.f, IPC_BOOT_COOKIE, &in));
	none = (struct ipc_boot_join){ .addr = c.f.addr[0] };
	bootclient_join(&c.f.b, MESSAGE_WITH(c.f.now, &none, NULL, 0));
	bootclient_addrs(&c.f.b, c.f.now, c.f.addr, 2);
	CU_ASSERT_EQUAL(fake_collect(&c.f, 1), 1);
	while (bootclient_deadline(&c.f.b) < NOW + REFUSED_REST) {
		c.f.now = bootclient_deadline(&c.f.b);
		bootclient_timer(&c.f.b, c.f.now);
		CU_ASSERT_TRUE(fake_sent_nothing(&c.f));
	}
	client_end(&c);
}

/* As many as before, and the last of them is another: it is asked at once. */
static void
test_last_is_another(void)
{
	struct addr addrs[2];
	struct fixture f;

	fake_start(&f, 1);
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	addrs[0] = addrs[1] = f.addr[1];
	addrs[0].ip[15] = 2; /* 127.0.0.x: refused */
	addrs[1].ip[15] = 3;
	bootclient_addrs(&f.b, f.now, addrs, 2);
	addrs[1] = f.addr[0];
	bootclient_addrs(&f.b, f.now, addrs, 2);
	for (int i = 0; i < 2; i++) {
		f.now += HELLO_SPACING;
		bootclient_timer(&f.b, f.now);
	}
	CU_ASSERT_TRUE(fake_sent(&f, WIRE_HELLO));
	CU_ASSERT_EQUAL(f.b.target_count, 2);
	fake_end(&f);
}

void
bootclient_addrs_suite(void)
{
	CU_pSuite suite =
	    CU_add_suite("bootclient_addrs", fake_open_udp, fake_close_udp);

	CU_add_test(suite, "none yet", test_no_address);
	CU_add_test(suite, "many", test_many_addresses);
	CU_add_test(suite, "the same in another order", test_rotated);
	CU_add_test(suite, "another each time", test_changed);
	CU_add_test(suite, "another order, a COOKIE under way", test_under_way);
	CU_add_test(suite, "one stays, one is new", test_new_one);
	CU_add_test(suite, "one stays, and rests", test_rests);
	CU_add_test(suite, "the last is another", test_last_is_another);
}
