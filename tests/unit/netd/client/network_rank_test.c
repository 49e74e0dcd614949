/*
 * Each rule by which one of this host's addresses is told before another, by
 * itself and whichever of the two is known first.
 */
#include "netd/client/network.h"

#include <CUnit/CUnit.h>

#include <arpa/inet.h>

#include <string.h>

void network_rank_suite(void);

#define CABLE	 2
#define WIRELESS 3
#define BRIDGE	 10 /* with members */
#define EMPTY	 11 /* a bridge without */
#define DOWN	 5

static struct network net;
static struct ipc_local chosen;

static void
set_ip(uint8_t ip[16], const char *text)
{
	if (strchr(text, ':') != NULL) {
		CU_ASSERT_EQUAL(inet_pton(AF_INET6, text, ip), 1);
		return;
	}
	memset(ip, 0, 10);
	ip[10] = ip[11] = 0xff;
	CU_ASSERT_EQUAL(inet_pton(AF_INET, text, ip + 12), 1);
}

static void
add_link(int index, bool up, bool bridge)
{
	struct network_link link = { .index = index,
		.mtu = 1500,
		.up = up,
		.bridge = bridge,
		.listed = true };

	network_set_link(&net, &link);
}

static void
add_way(int link, const char *to, const char *from)
{
	struct network_way way = { .link = link };

	set_ip(way.to, to);
	set_ip(way.from, from);
	network_add_way(&net, &way);
}

/* bits within its family. */
struct address {
	int link;
	const char *ip;
	uint8_t bits;
	bool deprecated, passing;
};

static void
add(const struct address *a)
{
	struct network_addr addr = { .link = a->link,
		.deprecated = a->deprecated,
		.passing = a->passing };

	set_ip(addr.prefix.ip, a->ip);
	addr.prefix.bits =
	    (uint8_t)(a->bits + (strchr(a->ip, ':') == NULL ? 96 : 0));
	network_add(&net, &addr);
}

/* The cable leads out, by IPv4. */
static void
begin(void)
{
	memset(&net, 0, sizeof(net));
	memset(&chosen, 0, sizeof(chosen));
	add_link(CABLE, true, false);
	add_link(WIRELESS, true, false);
	add_link(BRIDGE, true, true);
	add_link(EMPTY, false, true);
	add_link(DOWN, false, false);
	add_way(CABLE, "198.41.0.4", "10.0.0.2");
}

static void
choose(void)
{
	struct ipc_local before = chosen;

	network_choose(&net, &before, &chosen);
}

static bool
is_at(size_t place, const char *text)
{
	uint8_t ip[16];

	set_ip(ip, text);
	return place < chosen.count &&
	    memcmp(chosen.hosts[place].ip, ip, sizeof(ip)) == 0;
}

/* Best first. */
static const struct address ranks[] = {
	{ CABLE, "10.0.0.2", 24, false, false },
	{ CABLE, "10.9.0.2", 24, false, false },
	{ WIRELESS, "192.168.1.7", 24, false, false },
	{ BRIDGE, "172.17.0.1", 16, false, false },
	{ DOWN, "192.0.2.5", 24, false, false },
	{ EMPTY, "172.18.0.1", 16, false, false },
};
#define RANKS (sizeof(ranks) / sizeof(ranks[0]))

static void
test_ranks(void)
{
	for (size_t i = 0; i < RANKS; i++)
		for (size_t k = i + 1; k < RANKS; k++)
			for (int order = 0; order < 2; order++) {
				begin();
				add(&ranks[order ? i : k]);
				add(&ranks[order ? k : i]);
				choose();
				CU_ASSERT_EQUAL(chosen.count, 2);
				CU_ASSERT_TRUE(is_at(0, ranks[i].ip));
				CU_ASSERT_TRUE(is_at(1, ranks[k].ip));
			}
}

/* One that is about to go is as good as one of a link that is down: behind a
 * bridge with members, and before one without. */
static void
test_deprecated(void)
{
	const struct address going = { CABLE, "10.0.0.2", 24, true, false };
	const struct address gone = { EMPTY, "172.18.0.1", 16, true, false };

	for (int order = 0; order < 2; order++) {
		begin();
		add(order ? &going : &ranks[3]);
		add(order ? &ranks[3] : &going);
		add(&gone);
		choose();
		CU_ASSERT_TRUE(is_at(0, ranks[3].ip));
		CU_ASSERT_TRUE(is_at(1, going.ip));
		CU_ASSERT_TRUE(is_at(2, gone.ip));
	}
}

/* Of two that are as good for now the one that was told before stays first,
 * though the other is better by a little; not if it is better by much. */
static void
test_before(void)
{
	static const struct {
		size_t before, now;
		bool stays;
	} cases[] = {
		{ 1, 0, true },	 /* both of the link that leads out */
		{ 5, 3, true },	 /* neither is of much use */
		{ 2, 1, false }, /* another link leads out */
		{ 3, 2, false },
		{ 4, 2, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *before = ranks[cases[i].before].ip;
		const char *now = ranks[cases[i].now].ip;

		begin();
		add(&ranks[cases[i].before]);
		choose();
		CU_ASSERT_TRUE(is_at(0, before));
		add(&ranks[cases[i].now]);
		choose();
		CU_ASSERT_TRUE(is_at(0, cases[i].stays ? before : now));
		CU_ASSERT_TRUE(is_at(1, cases[i].stays ? now : before));
	}
}

/* The families take turns in each class, and none of them is told before a
 * better class. */
static void
test_families(void)
{
	static const struct address all[] = {
		{ WIRELESS, "192.168.1.7", 24, false, false },
		{ WIRELESS, "192.168.2.7", 24, false, false },
		{ WIRELESS, "2001:db8:1::7", 64, false, false },
		{ WIRELESS, "2001:db8:2::7", 64, false, false },
		{ BRIDGE, "172.17.0.1", 16, false, false },
		{ CABLE, "10.0.0.2", 24, false, false },
	};

	begin();
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		add(&all[i]);
	choose();
	CU_ASSERT_EQUAL(chosen.count, 6);
	CU_ASSERT_TRUE(is_at(0, "10.0.0.2"));
	CU_ASSERT_TRUE(is_at(1, "192.168.1.7"));
	CU_ASSERT_TRUE(is_at(2, "2001:db8:1::7"));
	CU_ASSERT_TRUE(is_at(3, "192.168.2.7"));
	CU_ASSERT_TRUE(is_at(4, "2001:db8:2::7"));
	CU_ASSERT_TRUE(is_at(5, "172.17.0.1"));
}

/* A way is one of its own family and link. */
static void
test_ways(void)
{
	static const struct address v4 = { CABLE, "10.0.0.2", 24, false,
		false };
	static const struct address other = { WIRELESS, "10.0.1.2", 24, false,
		false };

	for (int order = 0; order < 2; order++) {
		begin();
		net.way_count = 0;
		add_way(CABLE, "2001:503:ba3e::2:30", "2001:db8::2");
		add_way(WIRELESS, "198.41.0.4", "10.0.1.2");
		add(order ? &v4 : &other);
		add(order ? &other : &v4);
		choose();
		CU_ASSERT_TRUE(is_at(0, other.ip));
		CU_ASSERT_TRUE(is_at(1, v4.ip));
	}
}

/* One of each network of a link: the same prefix, of the same length; of IPv6
 * what is in one /64. */
static void
test_spare(void)
{
	static const struct {
		struct address a, b;
		size_t count;
	} cases[] = {
		{ { CABLE, "10.0.0.2", 24, false, false },
		    { CABLE, "10.0.0.3", 24, false, false }, 1 },
		{ { CABLE, "10.0.0.2", 24, false, false },
		    { CABLE, "10.0.1.3", 24, false, false }, 2 },
		{ { CABLE, "10.0.0.2", 24, false, false },
		    { CABLE, "10.0.0.3", 25, false, false }, 2 },
		{ { CABLE, "10.0.0.2", 24, false, false },
		    { WIRELESS, "10.0.0.3", 24, false, false }, 2 },
		{ { CABLE, "10.0.0.2", 32, false, false },
		    { CABLE, "10.0.0.3", 32, false, false }, 2 },
		{ { CABLE, "2001:db8::2", 128, false, false },
		    { CABLE, "2001:db8::3", 65, false, false }, 1 },
		{ { CABLE, "2001:db8::2", 64, false, false },
		    { CABLE, "2001:db8::3", 63, false, false }, 2 },
		{ { CABLE, "2001:db8::2", 128, false, false },
		    { CABLE, "2001:db8:0:1::2", 128, false, false }, 2 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		add(&cases[i].a);
		add(&cases[i].b);
		choose();
		CU_ASSERT_EQUAL(chosen.count, cases[i].count);
		CU_ASSERT_TRUE(is_at(0, cases[i].a.ip));
	}
}

/* Of those the one that stays: the one that is not about to go, then the one
 * that is not made to go. */
static void
test_stays(void)
{
	for (int deprecated = 0; deprecated < 4; deprecated++)
		for (int passing = 0; passing < 4; passing++) {
			const struct address a = { CABLE, "10.0.0.2", 24,
				deprecated & 1, passing & 1 };
			const struct address b = { CABLE, "10.0.0.3", 24,
				deprecated & 2, passing & 2 };
			bool first = a.deprecated != b.deprecated
			    ? b.deprecated
			    : !a.passing || b.passing;

			begin();
			add(&a);
			add(&b);
			choose();
			CU_ASSERT_EQUAL(chosen.count, 1);
			CU_ASSERT_TRUE(is_at(0, first ? a.ip : b.ip));
		}
}

/* A full list: who is better than the worst takes its place, and nobody who is
 * as bad. */
static void
test_full(void)
{
	static const struct address empty = { EMPTY, "172.30.0.1", 16, false,
		false };
	uint8_t ip[16];

	begin();
	for (unsigned int i = 0; i < NETWORK_ADDRS_MAX; i++) {
		struct network_addr a = { .link = i == 7 ? EMPTY : DOWN,
			.prefix = { .bits = 120 } };

		set_ip(a.prefix.ip, "198.51.0.1");
		a.prefix.ip[14] = (uint8_t)i;
		network_add(&net, &a);
	}
	CU_ASSERT_EQUAL(net.addr_count, NETWORK_ADDRS_MAX);
	add(&empty);
	CU_ASSERT_EQUAL(net.addrs[7].prefix.ip[14], 7);
	add(&ranks[3]);
	set_ip(ip, ranks[3].ip);
	CU_ASSERT_EQUAL(memcmp(net.addrs[7].prefix.ip, ip, 16), 0);
	add(&ranks[2]);
	set_ip(ip, ranks[2].ip);
	CU_ASSERT_EQUAL(memcmp(net.addrs[NETWORK_ADDRS_MAX - 1].prefix.ip, ip,
			    16),
	    0);
	CU_ASSERT_EQUAL(net.addr_count, NETWORK_ADDRS_MAX);
}

/* Links: known ones change though there is no room for others, and the rest
 * stays when some go. */
static void
test_links(void)
{
	memset(&net, 0, sizeof(net));
	for (int i = 0; i < NETWORK_LINKS_MAX; i++)
		add_link(100 + i, true, false);
	add_link(99, true, false);
	CU_ASSERT_PTR_NULL(network_find(&net, 99));
	add_link(100, false, true);
	CU_ASSERT_FALSE(network_find(&net, 100)->up);
	CU_ASSERT_TRUE(network_find(&net, 100)->bridge);
	network_remove_link(&net, 99);
	CU_ASSERT_EQUAL(net.link_count, NETWORK_LINKS_MAX);
	for (int i = 0; i < NETWORK_LINKS_MAX; i++)
		network_find(&net, 100 + i)->listed = i % 3 == 1;
	network_sweep_links(&net);
	for (int i = 0; i < NETWORK_LINKS_MAX; i++)
		CU_ASSERT_EQUAL(network_find(&net, 100 + i) != NULL,
		    i % 3 == 1);
	network_remove_link(&net, 101);
	CU_ASSERT_PTR_NULL(network_find(&net, 101));
	CU_ASSERT_PTR_NOT_NULL(network_find(&net, 104));
}

/* The least of what way and link take; a link that is not known takes all. */
static void
test_mtu(void)
{
	static const struct {
		int link;
		uint32_t way, expected;
	} cases[] = {
		{ CABLE, 0, 1500 },
		{ CABLE, 1499, 1499 },
		{ CABLE, 1501, 1500 },
		{ 77, 1280, 1280 },
		{ 77, 0, 0 },
	};
	struct addr to = { .port = 1 };

	set_ip(to.ip, "198.41.0.4");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		network_find(&net, WIRELESS)->mtu = 576;
		add_way(WIRELESS, "192.0.2.1", "10.0.1.2");
		net.ways[0].link = cases[i].link;
		net.ways[0].mtu = cases[i].way;
		CU_ASSERT_EQUAL(network_mtu(&net, &to), cases[i].expected);
	}
}

void
network_rank_suite(void)
{
	CU_pSuite suite = CU_add_suite("network_rank", NULL, NULL);

	CU_add_test(suite, "ranks", test_ranks);
	CU_add_test(suite, "about to go", test_deprecated);
	CU_add_test(suite, "told before", test_before);
	CU_add_test(suite, "families in turn", test_families);
	CU_add_test(suite, "ways", test_ways);
	CU_add_test(suite, "one of each network", test_spare);
	CU_add_test(suite, "the one that stays", test_stays);
	CU_add_test(suite, "a full list", test_full);
	CU_add_test(suite, "links", test_links);
	CU_add_test(suite, "the longest packet", test_mtu);
}
