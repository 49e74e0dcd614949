/*
 * The kernel's messages about addresses and links: their meaning, and that a
 * truncated or malformed one does no harm.
 */
#include "tests/unit/netd/client/netlink_batch.h"
#include "tests/unit/simnet.h"

#include <CUnit/CUnit.h>

#include <net/if.h>

#include <string.h>

void netlink_suite(void);

static void
put_address(struct batch *b, uint16_t type, uint16_t flags, uint8_t last,
    uint32_t state)
{
	struct ifaddrmsg m = { .ifa_family = AF_INET, .ifa_prefixlen = 24 };
	struct nlmsghdr *h = batch_head(b, type, flags);
	uint8_t other[4] = { 10, 9, 9, 9 }, own[4] = { 10, 0, 0, last };

	batch_put(b, h, &m, sizeof(m));
	batch_attribute(b, h, IFA_ADDRESS, other, 4);
	batch_attribute(b, h, IFA_LOCAL, own, 4);
	batch_attribute(b, h, IFA_FLAGS, &state, sizeof(state));
}

static void
put_ipv6(struct batch *b)
{
	struct ifaddrmsg m = { .ifa_family = AF_INET6, .ifa_prefixlen = 64 };
	struct nlmsghdr *h = batch_head(b, RTM_NEWADDR, NLM_F_MULTI);
	uint8_t own[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };

	batch_put(b, h, &m, sizeof(m));
	batch_attribute(b, h, IFA_ADDRESS, own, 16);
}

static void
put_link_of(struct batch *b, uint8_t family, uint16_t type, int index,
    unsigned int flags)
{
	struct ifinfomsg m = { .ifi_family = family,
		.ifi_index = index,
		.ifi_flags = flags };

	batch_put(b, batch_head(b, type, 0), &m, sizeof(m));
}

static void
put_link(struct batch *b, uint16_t type, int index, unsigned int flags)
{
	put_link_of(b, AF_UNSPEC, type, index, flags);
}

/* Adds a link of this kind to the list. */
static void
put_kind(struct batch *b, int index, unsigned int flags, const char *kind,
    uint32_t mtu)
{
	struct ifinfomsg m = { .ifi_index = index, .ifi_flags = flags };
	struct nlmsghdr *h = batch_head(b, RTM_NEWLINK, NLM_F_MULTI);
	size_t len = strlen(kind) + 1;
	struct rtattr info = { (uint16_t)(RTA_LENGTH(0) +
				   RTA_ALIGN(RTA_LENGTH(len))),
		IFLA_LINKINFO };

	batch_put(b, h, &m, sizeof(m));
	batch_attribute(b, h, IFLA_MTU, &mtu, sizeof(mtu));
	batch_put(b, h, &info, sizeof(info));
	batch_attribute(b, h, IFLA_INFO_KIND, kind, len);
}

static struct nlmsghdr *
put_route(struct batch *b, uint16_t type, uint8_t bits, uint32_t pid)
{
	struct rtmsg m = { .rtm_family = AF_INET, .rtm_dst_len = bits };
	struct nlmsghdr *h = batch_head(b, type, 0);

	h->nlmsg_pid = pid;
	batch_put(b, h, &m, sizeof(m));
	return h;
}

/* Adds the answer to a question for the way to 10.0.0.100. */
static void
put_way(struct batch *b, uint32_t link, uint32_t mtu)
{
	uint8_t to[4] = { 10, 0, 0, 100 }, from[4] = { 10, 0, 0, 1 };
	struct nlmsghdr *h = put_route(b, RTM_NEWROUTE, 32, BATCH_PORT);
	struct rtattr metrics = { RTA_LENGTH(RTA_LENGTH(sizeof(mtu))),
		RTA_METRICS };

	batch_attribute(b, h, RTA_DST, to, 4);
	batch_attribute(b, h, RTA_OIF, &link, sizeof(link));
	batch_attribute(b, h, RTA_PREFSRC, from, 4);
	batch_put(b, h, &metrics, sizeof(metrics));
	batch_attribute(b, h, RTAX_MTU, &mtu, sizeof(mtu));
}

static void
put_list(struct batch *b)
{
	b->len = 0;
	put_way(b, 2, 1280);
	put_address(b, RTM_NEWADDR, NLM_F_MULTI, 1, 0);
	put_address(b, RTM_NEWADDR, NLM_F_MULTI, 2, IFA_F_TENTATIVE);
	put_address(b, RTM_NEWADDR, NLM_F_MULTI, 3, IFA_F_DADFAILED);
	put_ipv6(b);
	batch_head(b, NLMSG_DONE, NLM_F_MULTI);
}

static void
test_list(void)
{
	static const struct addr_prefix expected[] = {
		{ { [10] = 0xff, [11] = 0xff, 10, 0, 0, 1 }, 96 + 24 },
		{ { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }, 64 },
	};
	struct netlink n = batch_asked(NETLINK_ADDRS);
	struct addr to = { .ip = { [10] = 0xff, 0xff, 10, 0, 0, 100 } };
	struct batch b;

	put_list(&b);
	CU_ASSERT_EQUAL(batch_read_bytes(&n, b.bytes, b.len), NETLINK_LISTED);
	CU_ASSERT_EQUAL_FATAL(n.network.addr_count, 2);
	for (size_t i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(memcmp(&n.network.addrs[i].prefix, &expected[i],
				    sizeof(expected[i])),
		    0);
	CU_ASSERT_EQUAL_FATAL(n.network.way_count, 1);
	CU_ASSERT_EQUAL(n.network.ways[0].link, 2);
	CU_ASSERT_EQUAL(memcmp(n.network.ways[0].from, expected[0].ip, 16), 0);
	CU_ASSERT_EQUAL(network_mtu(&n.network, &to), 1280);
	/* The end of an earlier list is ignored. */
	n.sequence++;
	CU_ASSERT_EQUAL(batch_read_bytes(&n, b.bytes, b.len), 0);
	CU_ASSERT_EQUAL(n.network.addr_count, 2);
	CU_ASSERT_EQUAL(n.network.way_count, 1);
	/* Something changed while the list was written: it does not count. */
	b.len = 0;
	n = batch_asked(NETLINK_ADDRS);
	put_address(&b, RTM_NEWADDR, NLM_F_MULTI | NLM_F_DUMP_INTR, 1, 0);
	batch_head(&b, NLMSG_DONE, NLM_F_MULTI);
	CU_ASSERT_EQUAL(batch_read_bytes(&n, b.bytes, b.len), NETLINK_CHANGED);
}

/* The links are listed first, and are no news; a link that is missing is
 * gone. */
static void
test_list_of_links(void)
{
	struct netlink n = batch_asked(NETLINK_LINKS);
	struct network_link gone = { .index = 9, .up = true };
	const struct network_link *link;
	struct batch b = { .len = 0 };

	network_set_link(&n.network, &gone);
	put_kind(&b, 2, IFF_UP | IFF_RUNNING, "veth", 1400);
	put_kind(&b, 3, IFF_UP, "bridge", 1500);
	put_kind(&b, 4, IFF_UP, "bridge_slave", 1500);
	CU_ASSERT_EQUAL(batch_read_bytes(&n, b.bytes, b.len), 0);
	b.len = 0;
	batch_head(&b, NLMSG_DONE, NLM_F_MULTI);
	CU_ASSERT_EQUAL(batch_read_bytes(&n, b.bytes, b.len), NETLINK_LINKED);
	CU_ASSERT_EQUAL(n.network.link_count, 3);
	link = network_find(&n.network, 2);
	CU_ASSERT_TRUE_FATAL(link != NULL && link->up && !link->bridge);
	CU_ASSERT_EQUAL(link->mtu, 1400);
	link = network_find(&n.network, 3);
	CU_ASSERT_TRUE(link != NULL && !link->up && link->bridge);
	link = network_find(&n.network, 4);
	CU_ASSERT_TRUE(link != NULL && !link->up && !link->bridge);
	netlink_go_on(&n);
	CU_ASSERT_EQUAL(n.listing, NETLINK_ADDRS);
}

/* Only the widest routes count, and answers only to our questions. */
static void
test_routes(void)
{
	static const struct {
		uint16_t type;
		uint8_t bits;
		unsigned int news;
	} routes[] = {
		{ RTM_NEWROUTE, 0, NETLINK_CHANGED },
		{ RTM_DELROUTE, 0, NETLINK_CHANGED },
		{ RTM_NEWROUTE, 1, NETLINK_CHANGED },
		{ RTM_NEWROUTE, 8, 0 },
		{ RTM_DELROUTE, 24, 0 },
	};
	struct netlink n = batch_asked(NETLINK_ADDRS);
	struct batch b;

	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		b.len = 0;
		put_route(&b, routes[i].type, routes[i].bits, BATCH_PORT + 1);
		CU_ASSERT_EQUAL(batch_read_bytes(&n, b.bytes, b.len),
		    routes[i].news);
	}
	CU_ASSERT_EQUAL(n.network.way_count, 0);
}

static void
test_news(void)
{
	struct netlink n = batch_asked(NETLINK_ADDRS);
	struct batch b = { .len = 0 };

	put_address(&b, RTM_NEWADDR, 0, 1, 0);
	CU_ASSERT_EQUAL(batch_read_bytes(&n, b.bytes, b.len), NETLINK_CHANGED);
	b.len = 0;
	put_address(&b, RTM_DELADDR, 0, 1, 0);
	CU_ASSERT_EQUAL(batch_read_bytes(&n, b.bytes, b.len), NETLINK_CHANGED);
	CU_ASSERT_EQUAL(n.network.addr_count, 0);
}

#define UP (NETLINK_LINK_UP | NETLINK_CHANGED)

/* A link that comes up is news once, until it has been down. */
static void
test_links(void)
{
	static const struct {
		uint16_t type;
		int index;
		unsigned int flags, news;
	} steps[] = {
		{ RTM_NEWLINK, 2, IFF_UP, 0 },
		{ RTM_NEWLINK, 2, IFF_UP | IFF_RUNNING, UP },
		{ RTM_NEWLINK, 2, IFF_UP | IFF_RUNNING, 0 },
		{ RTM_NEWLINK, 3, IFF_UP | IFF_RUNNING, UP },
		{ RTM_NEWLINK, 2, IFF_UP, NETLINK_CHANGED },
		{ RTM_NEWLINK, 3, IFF_UP | IFF_RUNNING, 0 },
		{ RTM_NEWLINK, 2, IFF_UP | IFF_RUNNING, UP },
		{ RTM_DELLINK, 3, IFF_UP | IFF_RUNNING, NETLINK_CHANGED },
		{ RTM_NEWLINK, 3, IFF_UP | IFF_RUNNING, UP },
	};
	struct netlink n = batch_asked(NETLINK_ADDRS);
	struct batch b;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		b.len = 0;
		put_link(&b, steps[i].type, steps[i].index, steps[i].flags);
		CU_ASSERT_EQUAL(batch_read_bytes(&n, b.bytes, b.len),
		    steps[i].news);
	}
	/* There are more links than it can remember. */
	for (int i = 10; i < 10 + 2 * NETWORK_LINKS_MAX; i++) {
		b.len = 0;
		put_link(&b, RTM_NEWLINK, i, IFF_RUNNING);
		batch_read_bytes(&n, b.bytes, b.len);
		CU_ASSERT(n.network.link_count <= NETWORK_LINKS_MAX);
	}
}

/* A port of a bridge leaves it and comes back, as the containers of a host do
 * all day: the links stay as they were. */
static void
test_link_news_in_part(void)
{
	static const struct {
		uint8_t family;
		uint16_t type;
		int index;
		unsigned int flags;
	} news[] = {
		{ AF_BRIDGE, RTM_DELLINK, 3, IFF_UP | IFF_RUNNING },
		{ AF_UNSPEC, RTM_NEWLINK, 3, IFF_UP | IFF_RUNNING },
		{ AF_BRIDGE, RTM_NEWLINK, 3, IFF_UP | IFF_RUNNING },
		{ AF_INET6, RTM_DELLINK, 3, IFF_UP | IFF_RUNNING },
		{ AF_INET6, RTM_NEWLINK, 2, IFF_UP },
		/* This one has no attributes. */
		{ AF_UNSPEC, RTM_NEWLINK, 2, IFF_UP | IFF_RUNNING },
	};
	struct netlink n = batch_asked(NETLINK_LINKS);
	struct batch b = { .len = 0 };
	struct ifinfomsg ethernet = { .ifi_index = 2 };
	const struct network_link *link;
	struct nlmsghdr *h;
	uint32_t mtu = 1500;

	put_kind(&b, 2, IFF_UP | IFF_RUNNING, "bridge", 1450);
	put_kind(&b, 3, IFF_UP | IFF_RUNNING, "veth", 1400);
	batch_read_bytes(&n, b.bytes, b.len);
	for (size_t i = 0; i < sizeof(news) / sizeof(news[0]); i++) {
		b.len = 0;
		put_link_of(&b, news[i].family, news[i].type, news[i].index,
		    news[i].flags);
		CU_ASSERT_EQUAL(batch_read_bytes(&n, b.bytes, b.len), 0);
		link = network_find(&n.network, 2);
		CU_ASSERT_TRUE(link != NULL && link->up && link->bridge &&
		    link->mtu == 1450);
		link = network_find(&n.network, 3);
		CU_ASSERT_TRUE(link != NULL && link->up && !link->bridge &&
		    link->mtu == 1400);
	}
	/* A list has all of it: this is now another link, of no kind. */
	b.len = 0;
	h = batch_head(&b, RTM_NEWLINK, NLM_F_MULTI);
	batch_put(&b, h, &ethernet, sizeof(ethernet));
	batch_attribute(&b, h, IFLA_MTU, &mtu, sizeof(mtu));
	batch_read_bytes(&n, b.bytes, b.len);
	link = network_find(&n.network, 2);
	CU_ASSERT_TRUE(link != NULL && !link->bridge && link->mtu == 1500);
}

static void
test_bounds(void)
{
	struct netlink n = batch_asked(NETLINK_ADDRS);
	uint64_t seed = 1;
	struct batch b;

	for (unsigned int i = 0; i < 2 * NETWORK_ADDRS_MAX; i++) {
		b.len = 0;
		put_address(&b, RTM_NEWADDR, NLM_F_MULTI, (uint8_t)i, 0);
		batch_read_bytes(&n, b.bytes, b.len);
	}
	CU_ASSERT_EQUAL(n.network.addr_count, NETWORK_ADDRS_MAX);
	for (size_t len = 0; len < b.len; len++)
		batch_read_bytes(&n, b.bytes, len);
	for (int i = 0; i < 20000; i++) {
		size_t at;

		n.network.addr_count = n.network.way_count = 0;
		put_list(&b);
		put_link(&b, RTM_NEWLINK, 2, IFF_RUNNING);
		put_kind(&b, 3, IFF_RUNNING, "bridge", 1500);
		at = simnet_random(&seed) % b.len;
		b.bytes[at] = (uint8_t)simnet_random(&seed);
		batch_read_bytes(&n, b.bytes, b.len);
		CU_ASSERT(n.network.addr_count <= 4);
	}
}

void
netlink_suite(void)
{
	CU_pSuite suite = CU_add_suite("netlink", NULL, NULL);

	CU_add_test(suite, "the list of addresses", test_list);
	CU_add_test(suite, "addresses that change", test_news);
	CU_add_test(suite, "the list of links", test_list_of_links);
	CU_add_test(suite, "routes that change", test_routes);
	CU_add_test(suite, "links", test_links);
	CU_add_test(suite, "news of a part of a link", test_link_news_in_part);
	CU_add_test(suite, "cut and changed messages", test_bounds);
}
