/*
 * The verdict on our NAT (netd/client/nat.c): what the bootnode's two ports and
 * peers see, and how long each of these looks counts. RFC 4787, section 4.1.
 */
#include "netd/client/nat.h"

#include <CUnit/CUnit.h>

#include <string.h>

void nat_suite(void);

#define NOW (100 * USEC_PER_SEC)

/* Addresses by name: the last byte of the IP address, and the port. */
#define V4(byte, p)                                                \
	{                                                          \
		{ [10] = 0xff, [11] = 0xff, 203, 0, 113, byte }, p \
	}

static const struct addr host = { { [10] = 0xff, [11] = 0xff, 192, 168, 1, 2 },
	4545 };
static const struct addr neighbour = {
	{ [10] = 0xff, [11] = 0xff, 192, 168, 1, 3 }, 4545
};
static const struct addr boot = V4(100, 9595), boot_2 = V4(100, 9596);
static const struct addr seen = V4(1, 4545), other_port = V4(1, 4546);
static const struct addr other_ip = V4(9, 4545);
static const struct addr none;

static struct addr
peer(uint8_t byte)
{
	return (struct addr)V4(byte, 4545);
}

/* Begins with a client behind a NAT, as the bootnode sees it. */
static void
begin(struct nat *n)
{
	struct lan lan = { .count = 1, .prefixes = { { .bits = 120 } } };

	memcpy(lan.prefixes[0].ip, host.ip, sizeof(host.ip));
	nat_init(n, 4545, &lan);
	nat_session(n, NOW, &boot, &seen);
}

static bool
is(const struct nat *n, uint64_t now, enum nat_mapping mapping)
{
	struct addr address;

	return nat_mapping(n, now, &address) == mapping &&
	    addr_equal(&address, &n->looks[0].seen);
}

static void
test_bootnode(void)
{
	struct addr address;
	struct nat n;

	begin(&n);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_UNKNOWN));
	nat_bootnode(&n, NOW, &boot, &seen); /* the same place once more */
	CU_ASSERT_TRUE(is(&n, NOW, NAT_UNKNOWN));
	nat_bootnode(&n, NOW, &boot_2, &seen);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_INDEPENDENT));
	nat_bootnode(&n, NOW, &boot_2, &other_port);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_DEPENDENT));
	nat_bootnode(&n, NOW, &boot_2, &other_ip);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_DEPENDENT));
	/* On the way to a near bootnode there is no NAT, which says nothing
	 * about others. */
	nat_session(&n, NOW, &boot, &host);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_NEAR));
	nat_bootnode(&n, NOW, &boot_2, &host);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_NEAR));
	nat_session(&n, NOW, &boot, &seen);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_UNKNOWN));
	/* Our own IP address with another port means a NAT on the host
	 * itself. */
	address = host;
	address.port++;
	nat_session(&n, NOW, &boot, &address);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_UNKNOWN));
}

/* If others can send to our own address there is no NAT, whatever a second port
 * would say. */
static void
test_none(void)
{
	struct lan lan = { .count = 1 };
	struct nat n;

	memcpy(lan.prefixes[0].ip, seen.ip, sizeof(seen.ip));
	lan.prefixes[0].bits = 120;
	nat_init(&n, seen.port, &lan);
	nat_session(&n, NOW, &boot, &seen);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_NONE));
	nat_bootnode(&n, NOW, &boot_2, &seen);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_NONE));
	nat_session(&n, NOW, &boot, &other_port);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_UNKNOWN));
}

/* Each address of ours is one, and so is loopback, by whichever port: as near
 * as that, nothing is known of what is beyond. */
static void
test_near(void)
{
	struct addr own = { { 0xfd, 1, [15] = 2 }, 4545 };
	struct addr loopback = { { [15] = 1 }, 99 };
	struct lan lan = { .count = 2, .prefixes = { { .bits = 64 } } };
	struct nat n;

	memcpy(lan.prefixes[0].ip, seen.ip, sizeof(seen.ip));
	memcpy(lan.prefixes[1].ip, own.ip, sizeof(own.ip));
	nat_init(&n, 4545, &lan);
	nat_session(&n, NOW, &boot, &own);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_NEAR));
	nat_session(&n, NOW, &boot, &seen);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_NONE));
	nat_session(&n, NOW, &boot, &loopback);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_NEAR));
	own.ip[15]++;
	nat_session(&n, NOW, &boot, &own);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_UNKNOWN));
}

/* With other addresses of ours, what the bootnode saw is judged by those, and
 * so is who is on our side of the NAT. With another port of ours nothing is
 * known. */
static void
test_moved(void)
{
	struct lan lan = { .count = 1 };
	struct addr address;
	struct nat n;

	begin(&n);
	nat_peer(&n, NOW, &neighbour, &seen);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_UNKNOWN));
	memcpy(lan.prefixes[0].ip, other_ip.ip, sizeof(other_ip.ip));
	lan.prefixes[0].bits = 128;
	nat_moved(&n, &lan);
	nat_peer(&n, NOW, &neighbour, &seen);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_INDEPENDENT));
	memcpy(lan.prefixes[0].ip, seen.ip, sizeof(seen.ip));
	nat_moved(&n, &lan);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_NONE));
	nat_init(&n, 4546, &lan);
	CU_ASSERT_EQUAL(nat_mapping(&n, NOW, &address), NAT_UNKNOWN);
	CU_ASSERT_TRUE(addr_equal(&address, &none));
	nat_session(&n, NOW, &boot, &seen);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_UNKNOWN));
	nat_session(&n, NOW, &boot, &other_port);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_NONE));
}

static void
test_no_session(void)
{
	struct lan lan = { .count = 0 };
	struct addr address = seen, by = peer(2);
	struct nat n;

	nat_init(&n, 0, &lan);
	nat_bootnode(&n, NOW, &boot, &seen);
	nat_peer(&n, NOW, &by, &seen);
	CU_ASSERT_EQUAL(nat_mapping(&n, NOW, &address), NAT_UNKNOWN);
	CU_ASSERT_TRUE(addr_equal(&address, &none));
}

static void
test_peers(void)
{
	struct addr by = peer(2), there = peer(3);
	struct nat n;

	begin(&n);
	nat_peer(&n, NOW, &by, &seen);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_INDEPENDENT));
	nat_peer(&n, NOW, &there, &other_port);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_DEPENDENT));
	nat_peer(&n, NOW, &there, &seen); /* its last look counts */
	CU_ASSERT_TRUE(is(&n, NOW, NAT_INDEPENDENT));
	/* A session elsewhere comes: all earlier looks were in another
	 * network. */
	nat_session(&n, NOW, &boot, &other_ip);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_UNKNOWN));
}

/* These looks say nothing about what the bootnode sees. */
static void
test_peers_without_a_say(void)
{
	const struct addr loopback = {
		{ [10] = 0xff, [11] = 0xff, 127, [15] = 1 }, 1
	};
	const struct addr ipv6 = { { 0x20, 1 }, 4545 };
	struct addr by = peer(2);
	struct nat n;

	begin(&n);
	nat_peer(&n, NOW, &neighbour, &other_port);
	nat_peer(&n, NOW, &loopback, &other_port);
	nat_peer(&n, NOW, &boot, &other_port);
	nat_peer(&n, NOW, &by, &host);
	nat_peer(&n, NOW, &by, &other_ip);
	nat_peer(&n, NOW, &ipv6, &ipv6);
	nat_peer(&n, NOW, &by, &none);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_UNKNOWN));
}

static void
test_time(void)
{
	struct addr by = peer(2), address;
	uint64_t now = NOW + NAT_FRESH;
	struct nat n;

	begin(&n);
	nat_bootnode(&n, NOW, &boot_2, &seen);
	CU_ASSERT_TRUE(is(&n, now, NAT_INDEPENDENT));
	CU_ASSERT_EQUAL(nat_mapping(&n, now + 1, &address), NAT_UNKNOWN);
	CU_ASSERT_TRUE(addr_equal(&address, &none));
	/* The first port's look is new, the second's is not. */
	nat_bootnode(&n, now + 1, &boot, &seen);
	CU_ASSERT_TRUE(is(&n, now + 1, NAT_UNKNOWN));
	nat_peer(&n, now + 1, &by, &seen);
	CU_ASSERT_TRUE(is(&n, now + 1, NAT_INDEPENDENT));
}

/* A restarted NAT gives another port: earlier looks do not make it a symmetric
 * one. Two answers count together only if they are from the same time. */
static void
test_new_address(void)
{
	struct addr by = peer(2);
	uint64_t now = NOW + NAT_TOGETHER;
	struct nat n;

	begin(&n);
	nat_bootnode(&n, NOW, &boot_2, &seen);
	nat_peer(&n, NOW, &by, &seen);
	nat_bootnode(&n, now, &boot, &other_port);
	CU_ASSERT_TRUE(is(&n, now, NAT_DEPENDENT));

	begin(&n);
	nat_bootnode(&n, NOW, &boot_2, &seen);
	nat_peer(&n, NOW, &by, &seen);
	nat_bootnode(&n, now + 1, &boot, &other_port);
	CU_ASSERT_TRUE(is(&n, now + 1, NAT_UNKNOWN));
	nat_bootnode(&n, now + 1, &boot_2, &other_port);
	CU_ASSERT_TRUE(is(&n, now + 1, NAT_INDEPENDENT));
}

/* There may be any number of peers: the oldest look goes, the bootnode's first
 * stays. */
static void
test_full(void)
{
	struct addr by;
	struct nat n;

	begin(&n);
	for (uint8_t i = 0; i < 50; i++) {
		by = peer((uint8_t)(i + 2));
		nat_peer(&n, NOW + i + 1, &by, i == 0 ? &other_port : &seen);
		CU_ASSERT_TRUE(is(&n, NOW + i + 1,
		    i < NAT_LOOKS - 1 ? NAT_DEPENDENT : NAT_INDEPENDENT));
	}
	CU_ASSERT_EQUAL(n.count, NAT_LOOKS);
}

/* The oldest is not always the first that came: whoever looks again is new. */
static void
test_oldest(void)
{
	struct addr by;
	struct nat n;

	begin(&n);
	for (uint8_t i = 1; i < NAT_LOOKS; i++) {
		by = peer((uint8_t)(i + 1));
		nat_peer(&n, NOW + i, &by, i == 4 ? &other_port : &seen);
	}
	for (uint8_t i = 1; i < 4; i++) {
		by = peer((uint8_t)(i + 1));
		nat_peer(&n, NOW + 10, &by, &seen);
	}
	CU_ASSERT_EQUAL(n.count, NAT_LOOKS);
	CU_ASSERT_TRUE(is(&n, NOW + 10, NAT_DEPENDENT));
	by = peer(99);
	nat_peer(&n, NOW + 11, &by, &seen);
	CU_ASSERT_TRUE(is(&n, NOW + 11, NAT_INDEPENDENT));
	CU_ASSERT_EQUAL(n.count, NAT_LOOKS);
}

/* The second port's look is no news of the first's; and what came with the new
 * address is kept of what was before, however much goes. */
static void
test_kept(void)
{
	struct addr by = peer(2), there = peer(3);
	uint64_t now = NOW + NAT_TOGETHER + 1;
	struct nat n;

	begin(&n);
	nat_peer(&n, NOW, &by, &seen);
	nat_bootnode(&n, now, &boot_2, &other_port);
	CU_ASSERT_EQUAL(n.count, 3);
	nat_peer(&n, now, &there, &seen);
	nat_bootnode(&n, now, &boot, &seen); /* as before */
	CU_ASSERT_EQUAL(n.count, 4);
	nat_bootnode(&n, now, &boot, &other_port);
	CU_ASSERT_EQUAL(n.count, 3);
	CU_ASSERT_TRUE(addr_equal(&n.looks[1].by, &boot_2));
	CU_ASSERT_TRUE(addr_equal(&n.looks[2].by, &there));
	CU_ASSERT_TRUE(is(&n, now, NAT_DEPENDENT));
}

static void
test_ipv6(void)
{
	const struct addr boot6 = { { 0x20, 1, 1 }, 9595 };
	const struct addr boot6_2 = { { 0x20, 1, 1 }, 9596 };
	const struct addr seen6 = { { 0x20, 1, 2 }, 4545 };
	struct addr by = peer(2);
	struct nat n;

	begin(&n);
	nat_session(&n, NOW, &boot6, &seen6);
	nat_peer(&n, NOW, &by, &seen); /* over IPv4 */
	CU_ASSERT_TRUE(is(&n, NOW, NAT_UNKNOWN));
	nat_bootnode(&n, NOW, &boot6_2, &seen6);
	CU_ASSERT_TRUE(is(&n, NOW, NAT_INDEPENDENT));
}

void
nat_suite(void)
{
	CU_pSuite suite = CU_add_suite("nat", NULL, NULL);

	CU_add_test(suite, "the bootnode's ports", test_bootnode);
	CU_add_test(suite, "no NAT", test_none);
	CU_add_test(suite, "the bootnode is near", test_near);
	CU_add_test(suite, "other addresses of ours", test_moved);
	CU_add_test(suite, "no session", test_no_session);
	CU_add_test(suite, "peers", test_peers);
	CU_add_test(suite, "peers without a say", test_peers_without_a_say);
	CU_add_test(suite, "time", test_time);
	CU_add_test(suite, "a new address", test_new_address);
	CU_add_test(suite, "more peers than places", test_full);
	CU_add_test(suite, "the oldest look", test_oldest);
	CU_add_test(suite, "looks that are kept", test_kept);
	CU_add_test(suite, "IPv6", test_ipv6);
}
