/*
 * Which of a host's addresses others should hear of, from what the kernel says
 * of its links, addresses and ways.
 */
#include "netd/client/network.h"

#include <CUnit/CUnit.h>

#include <arpa/inet.h>

#include <stdio.h>
#include <string.h>

void network_suite(void);

/* Links by their index. */
#define CABLE	 2
#define WIRELESS 3
#define TUNNEL	 4
#define BRIDGES	 10 /* and the links after it */

static struct network net;
static struct ipc_local chosen;

/* Makes an address with the length of its prefix within its family. */
static struct addr_prefix
prefix(const char *text, unsigned int bits)
{
	struct addr_prefix p = { .bits = (uint8_t)bits };

	if (strchr(text, ':') != NULL) {
		CU_ASSERT_EQUAL(inet_pton(AF_INET6, text, p.ip), 1);
		return p;
	}
	p.ip[10] = p.ip[11] = 0xff;
	CU_ASSERT_EQUAL(inet_pton(AF_INET, text, p.ip + 12), 1);
	p.bits = (uint8_t)(p.bits + 96);
	return p;
}

static void
link_is(int index, bool up, bool bridge)
{
	struct network_link link = { .index = index,
		.mtu = 1500,
		.up = up,
		.bridge = bridge,
		.listed = true };

	network_set_link(&net, &link);
}

static void
way(int link, const char *to, const char *from)
{
	struct network_way w = { .link = link };
	struct addr_prefix there = prefix(to, 0), here = prefix(from, 0);

	memcpy(w.to, there.ip, sizeof(w.to));
	memcpy(w.from, here.ip, sizeof(w.from));
	network_add_way(&net, &w);
}

static void
add(int link, const char *text, unsigned int bits)
{
	struct network_addr a = { .prefix = prefix(text, bits), .link = link };

	network_add(&net, &a);
}

/* Begins with all links below BRIDGES up. */
static void
begin(void)
{
	memset(&net, 0, sizeof(net));
	memset(&chosen, 0, sizeof(chosen));
	chosen.port = 4545;
	link_is(CABLE, true, false);
	link_is(WIRELESS, true, false);
	link_is(TUNNEL, true, false);
}

/* Adds bridges as a container engine makes them, one network each, of both
 * families. */
static void
add_bridges(unsigned int count, unsigned int with_members)
{
	char text[64];

	for (unsigned int i = 0; i < count; i++) {
		link_is(BRIDGES + (int)i, i < with_members, true);
		snprintf(text, sizeof(text), "172.%u.0.1", 17 + i);
		add(BRIDGES + (int)i, text, 16);
		snprintf(text, sizeof(text), "fd00:%x::1", 1 + i);
		add(BRIDGES + (int)i, text, 64);
	}
}

static void
choose(void)
{
	struct ipc_local before = chosen;

	network_choose(&net, &before, &chosen);
	CU_ASSERT(chosen.count <= CANDIDATES_MAX);
	for (size_t i = 0; i < chosen.count; i++)
		CU_ASSERT_EQUAL(chosen.hosts[i].port, 4545);
}

/* Returns the place of an address in the choice, from 0, or -1. */
static int
place(const char *text)
{
	struct addr_prefix p = prefix(text, 0);

	for (size_t i = 0; i < chosen.count; i++)
		if (memcmp(chosen.hosts[i].ip, p.ip, sizeof(p.ip)) == 0)
			return (int)i;
	return -1;
}

/* Any number of bridges may come before it, with any number of members. */
static void
test_bridges(void)
{
	for (unsigned int members = 0; members <= 20; members += 10) {
		begin();
		add_bridges(20, members);
		add(CABLE, "10.0.0.2", 24);
		add(CABLE, "2001:db8::2", 64);
		way(CABLE, "10.0.0.100", "10.0.0.2");
		choose();
		CU_ASSERT_EQUAL(chosen.count, CANDIDATES_MAX);
		CU_ASSERT_EQUAL(place("10.0.0.2"), 0);
		CU_ASSERT_EQUAL(place("2001:db8::2"), 1);
	}
	/* Bridges with members come before those without. */
	begin();
	add_bridges(20, 0);
	link_is(BRIDGES + 18, true, true);
	choose();
	CU_ASSERT_TRUE(place("172.35.0.1") == 0 || place("172.35.0.1") == 1);
	CU_ASSERT_TRUE(place("fd00:13::1") == 0 || place("fd00:13::1") == 1);
}

/* The address of the way out comes first, then links that are up, then bridges
 * and links that are down. */
static void
test_order(void)
{
	begin();
	add_bridges(1, 1);
	link_is(5, false, false);
	add(5, "192.0.2.5", 24);
	add(TUNNEL, "10.8.0.2", 32);
	add(WIRELESS, "192.168.1.7", 24);
	add(CABLE, "192.168.7.2", 24);
	add(CABLE, "10.0.0.2", 24);
	way(CABLE, "198.41.0.4", "10.0.0.2");
	choose();
	CU_ASSERT_EQUAL(chosen.count, 7);
	CU_ASSERT_EQUAL(place("10.0.0.2"), 0);
	CU_ASSERT_EQUAL(place("192.168.7.2"), 1);
	CU_ASSERT_TRUE(place("10.8.0.2") < 4);
	CU_ASSERT_TRUE(place("192.168.1.7") < 4);
	CU_ASSERT_TRUE(place("172.17.0.1") >= 4);
	CU_ASSERT_TRUE(place("192.0.2.5") >= 4);
	/* A bridge that the way out uses is the machine's own. */
	begin();
	add(CABLE, "192.168.7.2", 24);
	link_is(BRIDGES, true, true);
	add(BRIDGES, "10.0.0.2", 24);
	way(BRIDGES, "198.41.0.4", "10.0.0.2");
	choose();
	CU_ASSERT_EQUAL(place("10.0.0.2"), 0);
	/* An unknown link counts as up. */
	begin();
	add_bridges(10, 10);
	add(99, "192.0.2.9", 24);
	choose();
	CU_ASSERT_EQUAL(place("192.0.2.9"), 0);
}

static void
add_passing(const char *text, bool passing, bool deprecated)
{
	struct network_addr a = { .prefix = prefix(text, 64),
		.link = CABLE,
		.passing = passing,
		.deprecated = deprecated };

	network_add(&net, &a);
}

/* There is one address of each prefix, the one that stays. */
static void
test_prefixes(void)
{
	begin();
	way(CABLE, "2001:503:ba3e::2:30", "2001:db8::aaaa");
	add_passing("2001:db8::aaaa", true, false);
	add_passing("2001:db8::bbbb", true, true);
	add_passing("2001:db8::2", false, false);
	add_passing("2001:db8::cccc", true, false);
	add_passing("2001:db8:0:1::cccc", true, false);
	add_passing("2001:db8:0:1::dddd", true, true);
	add_passing("2001:db8:0:2::2", false, true);
	add(CABLE, "2001:db8::77", 128); /* from a DHCP server */
	add(WIRELESS, "2001:db8::3", 64);
	choose();
	CU_ASSERT_EQUAL(chosen.count, 4);
	CU_ASSERT_EQUAL(place("2001:db8::2"), 0);
	CU_ASSERT_TRUE(place("2001:db8:0:1::cccc") > 0);
	CU_ASSERT_TRUE(place("2001:db8::3") > 0);
	CU_ASSERT_EQUAL(place("2001:db8:0:2::2"), 3);
	/* There are two static ones: the choice is always the first. */
	begin();
	add(CABLE, "10.0.0.2", 24);
	add(CABLE, "10.0.0.3", 24);
	choose();
	CU_ASSERT_EQUAL(chosen.count, 1);
	CU_ASSERT_EQUAL(place("10.0.0.2"), 0);
}

/* No family crowds the other out. */
static void
test_families(void)
{
	char text[64];

	begin();
	for (unsigned int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "10.1.%u.1", i);
		add(CABLE, text, 24);
	}
	add(CABLE, "2001:db8::2", 64);
	choose();
	CU_ASSERT_EQUAL(chosen.count, CANDIDATES_MAX);
	CU_ASSERT_TRUE(place("2001:db8::2") >= 0 && place("2001:db8::2") < 2);
	begin();
	net.ipv4_only = true;
	add(CABLE, "10.0.0.2", 24);
	add(CABLE, "2001:db8::2", 64);
	CU_ASSERT_EQUAL(net.addr_count, 1);
}

/* Others cannot use these addresses. */
static void
test_own(void)
{
	begin();
	add(1, "127.0.0.1", 8);
	add(1, "::1", 128);
	add(CABLE, "fe80::1", 64);
	add(CABLE, "169.254.7.7", 16);
	choose();
	CU_ASSERT_EQUAL(chosen.count, 0);
	CU_ASSERT_EQUAL(net.addr_count, 0);
}

/* There are more than there is room for: the best are kept, wherever they
 * stand. */
static void
test_bound(void)
{
	static const unsigned int at[] = { 0, 63, 64, 65, 299 };
	char text[64];

	for (size_t k = 0; k < sizeof(at) / sizeof(at[0]); k++) {
		begin();
		link_is(BRIDGES, false, true);
		link_is(BRIDGES + 1, true, true);
		way(CABLE, "10.0.0.100", "10.0.0.2");
		for (unsigned int i = 0; i < 300; i++) {
			if (i == at[k]) {
				add(CABLE, "10.0.0.2", 24);
				add(CABLE, "2001:db8::2", 64);
			}
			snprintf(text, sizeof(text), "172.%u.%u.1", 16 + i % 16,
			    i / 16);
			add(BRIDGES + (int)(i % 2), text, 24);
		}
		CU_ASSERT_EQUAL(net.addr_count, NETWORK_ADDRS_MAX);
		choose();
		CU_ASSERT_EQUAL(place("10.0.0.2"), 0);
		CU_ASSERT_EQUAL(place("2001:db8::2"), 1);
	}
	for (int i = 0; i < 2 * NETWORK_LINKS_MAX; i++)
		link_is(1000 + i, true, false);
	CU_ASSERT_EQUAL(net.link_count, NETWORK_LINKS_MAX);
	for (int i = 0; i < 2 * NETWORK_WAYS_MAX; i++)
		way(CABLE, "10.0.0.100", "10.0.0.2");
	CU_ASSERT_EQUAL(net.way_count, NETWORK_WAYS_MAX);
}

static bool
same_set(const struct ipc_local *a, const struct ipc_local *b)
{
	size_t found = 0;

	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++)
			found += addr_equal(&a->hosts[i], &b->hosts[k]);
	return a->count == b->count && found == a->count;
}

/* Containers come and go: the choice stays. A better address comes first. */
static void
test_steady(void)
{
	struct ipc_local first;

	begin();
	add_bridges(12, 3);
	add(CABLE, "10.0.0.2", 24);
	way(CABLE, "10.0.0.100", "10.0.0.2");
	choose();
	first = chosen;
	CU_ASSERT_EQUAL(place("10.0.0.2"), 0);
	for (int i = 0; i < 12; i++) {
		link_is(BRIDGES + i, i % 2 == 1, true);
		choose();
		CU_ASSERT_TRUE(same_set(&chosen, &first));
	}
	add(WIRELESS, "192.168.1.7", 24);
	choose();
	CU_ASSERT_FALSE(same_set(&chosen, &first));
	CU_ASSERT_EQUAL(place("10.0.0.2"), 0);
	CU_ASSERT_EQUAL(place("192.168.1.7"), 1);
}

/* The longest packet: what the way says, or else the link. */
static void
test_mtu(void)
{
	struct addr boot = { .port = 9595 }, other;
	struct addr_prefix p = prefix("10.0.0.100", 32);

	memcpy(boot.ip, p.ip, sizeof(boot.ip));
	other = boot;
	other.ip[15]++;
	begin();
	CU_ASSERT_EQUAL(network_mtu(&net, &boot), 0);
	way(CABLE, "10.0.0.100", "10.0.0.2");
	CU_ASSERT_EQUAL(network_mtu(&net, &boot), 1500);
	CU_ASSERT_EQUAL(network_mtu(&net, &other), 0);
	net.ways[0].mtu = 1100;
	CU_ASSERT_EQUAL(network_mtu(&net, &boot), 1100);
	net.ways[0].mtu = 9000;
	CU_ASSERT_EQUAL(network_mtu(&net, &boot), 1500);
}

static void
test_links(void)
{
	begin();
	CU_ASSERT_PTR_NOT_NULL(network_find(&net, WIRELESS));
	network_remove_link(&net, CABLE);
	network_remove_link(&net, CABLE);
	CU_ASSERT_PTR_NULL(network_find(&net, CABLE));
	network_find(&net, WIRELESS)->listed = false;
	network_sweep_links(&net);
	CU_ASSERT_PTR_NULL(network_find(&net, WIRELESS));
	CU_ASSERT_PTR_NOT_NULL(network_find(&net, TUNNEL));
	CU_ASSERT_EQUAL(net.link_count, 1);
}

void
network_suite(void)
{
	CU_pSuite suite = CU_add_suite("network", NULL, NULL);

	CU_add_test(suite, "behind bridges", test_bridges);
	CU_add_test(suite, "order", test_order);
	CU_add_test(suite, "one of each prefix", test_prefixes);
	CU_add_test(suite, "families", test_families);
	CU_add_test(suite, "of no use to others", test_own);
	CU_add_test(suite, "more than there is room for", test_bound);
	CU_add_test(suite, "a choice that stays", test_steady);
	CU_add_test(suite, "the longest packet", test_mtu);
	CU_add_test(suite, "links", test_links);
}
