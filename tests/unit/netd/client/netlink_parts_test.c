/*
 * The parts of the kernel's messages: each attribute by itself, what is too
 * short or of no use to us, and which messages count at all.
 */
#include "tests/unit/netd/client/netlink_batch.h"

#include <CUnit/CUnit.h>

#include <net/if.h>
#include <sys/socket.h>

#include <string.h>

void netlink_parts_suite(void);

#define CABLE 2

static const uint8_t v4[4] = { 10, 0, 0, 1 }, v4_far[4] = { 10, 0, 0, 2 };
static const uint8_t v6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
static const uint8_t mapped[16] = { [10] = 0xff, 0xff, 10, 0, 0, 1 };

/* --- Addresses ------------------------------------------------------------ */

/* Begins an address of the list. */
static struct nlmsghdr *
begin_address(struct batch *b, uint8_t family, uint8_t bits, uint8_t flags)
{
	struct ifaddrmsg m = { .ifa_family = family,
		.ifa_prefixlen = bits,
		.ifa_flags = flags,
		.ifa_index = CABLE };
	struct nlmsghdr *h = batch_head(b, RTM_NEWADDR, NLM_F_MULTI);

	batch_put(b, h, &m, sizeof(m));
	return h;
}

/* What the list has of it then; NULL: nothing. */
static const struct network_addr *
listed_address(struct batch *b)
{
	static struct netlink n;

	n = batch_asked(NETLINK_ADDRS);
	CU_ASSERT_EQUAL(batch_read(&n, b), 0);
	CU_ASSERT(n.network.addr_count <= 1);
	return n.network.addr_count == 1 ? &n.network.addrs[0] : NULL;
}

/* An address of its family with a prefix that it can have. */
static void
test_families(void)
{
	static const struct {
		uint8_t family, bits;
		size_t len; /* of the attribute */
		int expected;
	} cases[] = {
		{ AF_INET, 32, 4, 96 + 32 },
		{ AF_INET, 0, 4, 96 },
		{ AF_INET, 33, 4, -1 },
		{ AF_INET, 24, 3, -1 },
		{ AF_INET6, 128, 16, 128 },
		{ AF_INET6, 33, 16, 33 },
		{ AF_INET6, 129, 16, -1 },
		{ AF_INET6, 64, 15, -1 },
		{ AF_BRIDGE, 24, 4, -1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool ipv4 = cases[i].family == AF_INET;
		struct batch b = { .len = 0 };
		const struct network_addr *a;
		struct nlmsghdr *h;

		h = begin_address(&b, cases[i].family, cases[i].bits, 0);
		batch_attribute(&b, h, IFA_ADDRESS, ipv4 ? v4 : v6,
		    cases[i].len);
		a = listed_address(&b);
		CU_ASSERT_EQUAL(a != NULL, cases[i].expected != -1);
		if (a == NULL)
			continue;
		CU_ASSERT_EQUAL(a->prefix.bits, cases[i].expected);
		CU_ASSERT_EQUAL(memcmp(a->prefix.ip, ipv4 ? mapped : v6, 16),
		    0);
		CU_ASSERT_EQUAL(a->link, CABLE);
	}
}

/* IFA_LOCAL is ours, wherever it stands. */
static void
test_local(void)
{
	for (int i = 0; i < 2; i++) {
		struct batch b = { .len = 0 };
		const struct network_addr *a;
		struct nlmsghdr *h = begin_address(&b, AF_INET, 32, 0);

		if (i == 0)
			batch_attribute(&b, h, IFA_ADDRESS, v4_far, 4);
		batch_attribute(&b, h, IFA_LOCAL, v4, 4);
		batch_attribute(&b, h, IFA_BROADCAST, v4_far, 4);
		if (i == 1)
			batch_attribute(&b, h, IFA_ADDRESS, v4_far, 4);
		a = listed_address(&b);
		CU_ASSERT_PTR_NOT_NULL_FATAL(a);
		CU_ASSERT_EQUAL(memcmp(a->prefix.ip, mapped, 16), 0);
	}
}

/* The attribute has more flags than the header, and counts before it. */
static void
test_flags(void)
{
	static const struct {
		uint8_t header;
		uint32_t attribute;
		size_t len; /* of it; 0: there is none */
		bool there, passing, deprecated;
	} cases[] = {
		{ 0, 0, 0, true, false, false },
		{ IFA_F_TEMPORARY, 0, 0, true, true, false },
		{ IFA_F_DEPRECATED, 0, 0, true, false, true },
		{ IFA_F_TENTATIVE, 0, 0, false, false, false },
		{ IFA_F_DADFAILED, 0, 0, false, false, false },
		{ IFA_F_PERMANENT, 0, 0, true, false, false },
		{ IFA_F_TENTATIVE, IFA_F_TEMPORARY, 4, true, true, false },
		{ 0, IFA_F_DEPRECATED | IFA_F_TEMPORARY, 4, true, true, true },
		{ IFA_F_TEMPORARY, 0, 4, true, false, false },
		{ IFA_F_TEMPORARY, 0, 3, true, true, false },
		{ 0, IFA_F_TENTATIVE, 4, false, false, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct batch b = { .len = 0 };
		const struct network_addr *a;
		struct nlmsghdr *h;

		h = begin_address(&b, AF_INET6, 64, cases[i].header);
		batch_attribute(&b, h, IFA_ADDRESS, v6, 16);
		if (cases[i].len > 0)
			batch_attribute(&b, h, IFA_FLAGS, &cases[i].attribute,
			    cases[i].len);
		a = listed_address(&b);
		CU_ASSERT_EQUAL(a != NULL, cases[i].there);
		if (a == NULL)
			continue;
		CU_ASSERT_EQUAL(a->passing, cases[i].passing);
		CU_ASSERT_EQUAL(a->deprecated, cases[i].deprecated);
	}
}

/* --- Ways ----------------------------------------------------------------- */

static struct nlmsghdr *
begin_way(struct batch *b, uint8_t family)
{
	struct rtmsg m = { .rtm_family = family, .rtm_dst_len = 32 };
	struct nlmsghdr *h = batch_head(b, RTM_NEWROUTE, 0);

	h->nlmsg_pid = BATCH_PORT;
	batch_put(b, h, &m, sizeof(m));
	return h;
}

static const struct network_way *
found_way(struct batch *b)
{
	static struct netlink n;

	n = batch_asked(NETLINK_ADDRS);
	CU_ASSERT_EQUAL(batch_read(&n, b), 0);
	return n.network.way_count == 1 ? &n.network.ways[0] : NULL;
}

/* Metrics of which the second says how long a packet may be. */
static void
put_metrics(struct batch *b, struct nlmsghdr *h, size_t len)
{
	uint32_t window = 77, mtu = 1280;
	struct rtattr metrics = { (uint16_t)(RTA_LENGTH(8) + RTA_LENGTH(len)),
		RTA_METRICS };

	batch_put(b, h, &metrics, sizeof(metrics));
	batch_attribute(b, h, RTAX_WINDOW, &window, sizeof(window));
	batch_attribute(b, h, RTAX_MTU, &mtu, len);
}

static void
test_way(void)
{
	uint32_t link = CABLE;
	struct batch b = { .len = 0 };
	const struct network_way *way;
	struct nlmsghdr *h = begin_way(&b, AF_INET6);

	batch_attribute(&b, h, RTA_DST, v6, 16);
	batch_attribute(&b, h, RTA_TABLE, &(uint32_t){ 254 }, 4);
	batch_attribute(&b, h, RTA_PREFSRC, v6, 16);
	put_metrics(&b, h, 4);
	batch_attribute(&b, h, RTA_OIF, &link, 4);
	way = found_way(&b);
	CU_ASSERT_PTR_NOT_NULL_FATAL(way);
	CU_ASSERT_EQUAL(memcmp(way->to, v6, 16), 0);
	CU_ASSERT_EQUAL(memcmp(way->from, v6, 16), 0);
	CU_ASSERT_EQUAL(way->link, CABLE);
	CU_ASSERT_EQUAL(way->mtu, 1280);
}

/* One that leads nowhere is none; what is too short is left out. */
static void
test_way_in_part(void)
{
	static const uint8_t zeros[16];
	uint32_t link = CABLE;
	struct batch b = { .len = 0 };
	const struct network_way *way;
	struct nlmsghdr *h = begin_way(&b, AF_INET);

	batch_attribute(&b, h, RTA_PREFSRC, v4, 4);
	CU_ASSERT_PTR_NULL(found_way(&b));
	h = begin_way(&b, AF_INET);
	batch_attribute(&b, h, RTA_DST, v4, 3);
	CU_ASSERT_PTR_NULL(found_way(&b));
	h = begin_way(&b, AF_BRIDGE);
	batch_attribute(&b, h, RTA_DST, v6, 16);
	CU_ASSERT_PTR_NULL(found_way(&b));
	h = begin_way(&b, AF_INET);
	batch_attribute(&b, h, RTA_DST, v4, 4);
	batch_attribute(&b, h, RTA_OIF, &link, 3);
	put_metrics(&b, h, 3);
	way = found_way(&b);
	CU_ASSERT_PTR_NOT_NULL_FATAL(way);
	CU_ASSERT_EQUAL(memcmp(way->to, mapped, 16), 0);
	CU_ASSERT_EQUAL(memcmp(way->from, zeros, 16), 0);
	CU_ASSERT_EQUAL(way->link, 0);
	CU_ASSERT_EQUAL(way->mtu, 0);
}

/* The answer to a question of before is none, nor is that a route is gone. */
static void
test_way_of_others(void)
{
	static const struct {
		uint16_t type;
		uint32_t sequence;
		bool taken;
	} cases[] = {
		{ RTM_NEWROUTE, BATCH_SEQUENCE, true },
		{ RTM_NEWROUTE, BATCH_SEQUENCE - 1, false },
		{ RTM_DELROUTE, BATCH_SEQUENCE, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct batch b = { .len = 0 };
		struct nlmsghdr *h = begin_way(&b, AF_INET);

		batch_attribute(&b, h, RTA_DST, v4, 4);
		h->nlmsg_type = cases[i].type;
		h->nlmsg_seq = cases[i].sequence;
		CU_ASSERT_EQUAL(found_way(&b) != NULL, cases[i].taken);
	}
}

/* --- Links ---------------------------------------------------------------- */

static struct nlmsghdr *
begin_link(struct batch *b, uint16_t flags)
{
	struct ifinfomsg m = { .ifi_index = CABLE, .ifi_flags = IFF_RUNNING };
	struct nlmsghdr *h = batch_head(b, RTM_NEWLINK, flags);

	batch_put(b, h, &m, sizeof(m));
	return h;
}

static const struct network_link *
found_link(struct batch *b)
{
	static struct netlink n;

	n = batch_asked(NETLINK_LINKS);
	batch_read(&n, b);
	return network_find(&n.network, CABLE);
}

/* A bridge is what is called so, to the last letter, wherever that stands. */
static void
test_kind(void)
{
	static const struct {
		const char *kind;
		size_t len;
		bool bridge;
	} cases[] = {
		{ "bridge", 7, true },
		{ "bridge", 6, false },
		{ "bridge_slave", 13, false },
		{ "bond", 5, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = cases[i].len;
		struct batch b = { .len = 0 };
		struct nlmsghdr *h = begin_link(&b, NLM_F_MULTI);
		struct rtattr info = { (uint16_t)(RTA_LENGTH(8) +
					   RTA_LENGTH(len)),
			IFLA_LINKINFO };
		const struct network_link *link;

		batch_put(&b, h, &info, sizeof(info));
		batch_attribute(&b, h, IFLA_INFO_DATA, "xyz", 4);
		batch_attribute(&b, h, IFLA_INFO_KIND, cases[i].kind, len);
		link = found_link(&b);
		CU_ASSERT_PTR_NOT_NULL_FATAL(link);
		CU_ASSERT_EQUAL(link->bridge, cases[i].bridge);
		CU_ASSERT_TRUE(link->up && link->listed);
	}
}

static void
test_mtu(void)
{
	uint32_t mtu = 1400;

	for (size_t len = 3; len <= 4; len++) {
		struct batch b = { .len = 0 };
		struct nlmsghdr *h = begin_link(&b, NLM_F_MULTI);
		const struct network_link *link;

		batch_attribute(&b, h, IFLA_TXQLEN, &(uint32_t){ 1000 }, 4);
		batch_attribute(&b, h, IFLA_MTU, &mtu, len);
		link = found_link(&b);
		CU_ASSERT_PTR_NOT_NULL_FATAL(link);
		CU_ASSERT_EQUAL(link->mtu, len == 4 ? 1400 : 0);
	}
}

/* --- Messages ------------------------------------------------------------- */

/* What has no room for its body is nothing; one byte more is a message. */
static void
test_short(void)
{
	static const struct {
		uint16_t type, flags;
		size_t body;
		unsigned int news;
	} cases[] = {
		{ RTM_NEWADDR, 0, sizeof(struct ifaddrmsg), NETLINK_CHANGED },
		{ RTM_DELADDR, 0, sizeof(struct ifaddrmsg), NETLINK_CHANGED },
		{ RTM_NEWROUTE, 0, sizeof(struct rtmsg), NETLINK_CHANGED },
		{ RTM_DELROUTE, 0, sizeof(struct rtmsg), NETLINK_CHANGED },
		{ RTM_NEWLINK, 0, sizeof(struct ifinfomsg),
		    NETLINK_CHANGED | NETLINK_LINK_UP },
	};
	static const struct ifinfomsg up = { .ifi_flags = IFF_RUNNING };
	static const uint8_t zeros[64];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t less = 0; less <= 4; less += 4) {
			struct netlink n = batch_asked(NETLINK_ADDRS);
			struct batch b = { .len = 0 };
			struct nlmsghdr *h;

			h = batch_head(&b, cases[i].type, cases[i].flags);
			batch_put(&b, h,
			    cases[i].type == RTM_NEWLINK ? (const void *)&up
							 : zeros,
			    cases[i].body - less);
			CU_ASSERT_EQUAL(batch_read(&n, &b),
			    less == 0 ? cases[i].news : 0);
		}
}

/* Parts of a list that nobody waits for, and what is gone of one that somebody
 * does, are none. */
static void
test_lists(void)
{
	struct netlink n = batch_asked(NETLINK_ADDRS);
	struct batch b = { .len = 0 };
	struct nlmsghdr *h;

	begin_link(&b, NLM_F_MULTI)->nlmsg_seq--;
	CU_ASSERT_EQUAL(batch_read(&n, &b), 0);
	CU_ASSERT_EQUAL(n.network.link_count, 0);
	h = begin_address(&b, AF_INET, 24, 0);
	batch_attribute(&b, h, IFA_LOCAL, v4, 4);
	h->nlmsg_type = RTM_DELADDR;
	CU_ASSERT_EQUAL(batch_read(&n, &b), 0);
	CU_ASSERT_EQUAL(n.network.addr_count, 0);
	/* Nor does it matter whether that list was interrupted. */
	begin_link(&b, NLM_F_MULTI | NLM_F_DUMP_INTR)->nlmsg_seq--;
	batch_head(&b, NLMSG_DONE, NLM_F_MULTI)->nlmsg_seq--;
	CU_ASSERT_EQUAL(batch_read(&n, &b), 0);
	batch_head(&b, NLMSG_DONE, NLM_F_MULTI);
	CU_ASSERT_EQUAL(batch_read(&n, &b), NETLINK_LISTED);
	/* It ends once. */
	batch_head(&b, NLMSG_DONE, NLM_F_MULTI);
	CU_ASSERT_EQUAL(batch_read(&n, &b), 0);
}

/* One whose links changed while it was written is asked for again, and leaves
 * the links alone. */
static void
test_interrupted(void)
{
	struct netlink n = batch_asked(NETLINK_LINKS);
	struct network_link link = { .index = 9 };
	struct batch b = { .len = 0 };

	network_set_link(&n.network, &link);
	begin_link(&b, NLM_F_MULTI | NLM_F_DUMP_INTR);
	batch_head(&b, NLMSG_DONE, NLM_F_MULTI);
	CU_ASSERT_EQUAL(batch_read(&n, &b), NETLINK_CHANGED);
	CU_ASSERT_EQUAL(n.listing, NETLINK_NOTHING);
	CU_ASSERT_EQUAL(n.network.link_count, 2);
}

/* Routes of two bits are as narrow as any; of one, half of all. */
static void
test_width(void)
{
	for (uint8_t bits = 0; bits <= 2; bits++) {
		struct netlink n = batch_asked(NETLINK_NOTHING);
		struct rtmsg m = { .rtm_family = AF_INET, .rtm_dst_len = bits };
		struct batch b = { .len = 0 };

		batch_put(&b, batch_head(&b, RTM_NEWROUTE, 0), &m, sizeof(m));
		CU_ASSERT_EQUAL(batch_read(&n, &b),
		    bits <= 1 ? NETLINK_CHANGED : 0);
	}
}

/* Each is found behind one whose length is no multiple of 4; nothing is behind
 * one that says that it is longer than all there is, or shorter than any. */
static void
test_lengths(void)
{
	static const struct {
		int change; /* of the first one's length */
		unsigned int news;
	} cases[] = {
		{ 0, NETLINK_LISTED },
		{ -1, NETLINK_LISTED },
		{ -3, NETLINK_LISTED },
		{ -4, 0 }, /* the head of an attribute is no message */
		{ NLMSG_HDRLEN, 0 },
		{ NLMSG_HDRLEN + 1, 0 },
		{ -(int)(sizeof(struct ifaddrmsg) + RTA_LENGTH(4)) - 1, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct netlink n = batch_asked(NETLINK_ADDRS);
		struct batch b = { .len = 0 };
		struct nlmsghdr *h = begin_address(&b, AF_INET, 24, 0);

		batch_attribute(&b, h, IFA_LOCAL, v4, 4);
		h->nlmsg_len = (uint32_t)((int)h->nlmsg_len + cases[i].change);
		batch_head(&b, NLMSG_DONE, NLM_F_MULTI);
		CU_ASSERT_EQUAL(batch_read(&n, &b), cases[i].news);
	}
}

void
netlink_parts_suite(void)
{
	CU_pSuite suite = CU_add_suite("netlink_parts", NULL, NULL);

	CU_add_test(suite, "an address of a family", test_families);
	CU_add_test(suite, "ours and the other end's", test_local);
	CU_add_test(suite, "an address's flags", test_flags);
	CU_add_test(suite, "a way", test_way);
	CU_add_test(suite, "a part of a way", test_way_in_part);
	CU_add_test(suite, "ways that count", test_way_of_others);
	CU_add_test(suite, "bridges", test_kind);
	CU_add_test(suite, "a link's longest packet", test_mtu);
	CU_add_test(suite, "short messages", test_short);
	CU_add_test(suite, "other lists", test_lists);
	CU_add_test(suite, "a list that was interrupted", test_interrupted);
	CU_add_test(suite, "wide routes", test_width);
	CU_add_test(suite, "one behind the other", test_lengths);
}
