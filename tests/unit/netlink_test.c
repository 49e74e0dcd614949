/*
 * The kernel's messages about addresses and links: what is made of them, and
 * that none that is cut or nonsense does harm.
 */
#include "netd/netlink.h"
#include "tests/unit/simnet.h"

#include <CUnit/CUnit.h>

#include <linux/rtnetlink.h>
#include <net/if.h>

#include <stdlib.h>
#include <string.h>

void netlink_suite(void);

#define SEQUENCE 7

/* Messages being put together. */
struct batch {
	_Alignas(8) uint8_t bytes[1024];
	size_t len;
};

static struct nlmsghdr *
put_head(struct batch *b, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *h = (void *)(b->bytes + b->len);

	memset(h, 0, sizeof(*h));
	h->nlmsg_type = type;
	h->nlmsg_flags = flags;
	h->nlmsg_seq = SEQUENCE;
	h->nlmsg_len = sizeof(*h);
	b->len += sizeof(*h);
	return h;
}

static void
put(struct batch *b, struct nlmsghdr *h, const void *bytes, size_t len)
{
	memset(b->bytes + b->len, 0, NLMSG_ALIGN(len));
	memcpy(b->bytes + b->len, bytes, len);
	b->len += NLMSG_ALIGN(len);
	h->nlmsg_len += (uint32_t)NLMSG_ALIGN(len);
}

static void
put_attribute(struct batch *b, struct nlmsghdr *h, uint16_t type,
    const void *value, size_t len)
{
	struct rtattr a = { (uint16_t)RTA_LENGTH(len), type };

	put(b, h, &a, sizeof(a));
	put(b, h, value, len);
}

static void
put_address(struct batch *b, uint16_t type, uint16_t flags, uint8_t last,
    uint32_t state)
{
	struct ifaddrmsg m = { .ifa_family = AF_INET, .ifa_prefixlen = 24 };
	struct nlmsghdr *h = put_head(b, type, flags);
	uint8_t other[4] = { 10, 9, 9, 9 }, own[4] = { 10, 0, 0, last };

	put(b, h, &m, sizeof(m));
	put_attribute(b, h, IFA_ADDRESS, other, 4);
	put_attribute(b, h, IFA_LOCAL, own, 4);
	put_attribute(b, h, IFA_FLAGS, &state, sizeof(state));
}

static void
put_ipv6(struct batch *b)
{
	struct ifaddrmsg m = { .ifa_family = AF_INET6, .ifa_prefixlen = 64 };
	struct nlmsghdr *h = put_head(b, RTM_NEWADDR, NLM_F_MULTI);
	uint8_t own[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };

	put(b, h, &m, sizeof(m));
	put_attribute(b, h, IFA_ADDRESS, own, 16);
}

static void
put_link(struct batch *b, uint16_t type, int index, unsigned int flags)
{
	struct ifinfomsg m = { .ifi_index = index, .ifi_flags = flags };

	put(b, put_head(b, type, 0), &m, sizeof(m));
}

/* The messages in memory of their exact length, for sanitizers. */
static unsigned int
read_all(struct netlink *n, const void *bytes, size_t len)
{
	void *exact = malloc(len + 1);
	unsigned int news;

	CU_ASSERT_PTR_NOT_NULL_FATAL(exact);
	memcpy(exact, bytes, len);
	news = netlink_read(n, exact, len);
	free(exact);
	return news;
}

static void
put_list(struct batch *b)
{
	b->len = 0;
	put_address(b, RTM_NEWADDR, NLM_F_MULTI, 1, 0);
	put_address(b, RTM_NEWADDR, NLM_F_MULTI, 2, IFA_F_TENTATIVE);
	put_address(b, RTM_NEWADDR, NLM_F_MULTI, 3, IFA_F_DADFAILED);
	put_ipv6(b);
	put_head(b, NLMSG_DONE, NLM_F_MULTI);
}

static void
test_list(void)
{
	static const struct addr_prefix expected[] = {
		{ { [10] = 0xff, [11] = 0xff, 10, 0, 0, 1 }, 96 + 24 },
		{ { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }, 64 },
	};
	struct netlink n = { .sequence = SEQUENCE };
	struct batch b;

	put_list(&b);
	CU_ASSERT_EQUAL(read_all(&n, b.bytes, b.len), NETLINK_LISTED);
	CU_ASSERT_EQUAL_FATAL(n.count, 2);
	CU_ASSERT_EQUAL(memcmp(n.addrs, expected, sizeof(expected)), 0);
	/* The end of a list that nobody waits for any more. */
	n.sequence++;
	CU_ASSERT_EQUAL(read_all(&n, b.bytes, b.len), 0);
	CU_ASSERT_EQUAL(n.count, 2);
	/* Something changed while it was written: it counts for nothing. */
	b.len = 0;
	n.sequence = SEQUENCE;
	put_address(&b, RTM_NEWADDR, NLM_F_MULTI | NLM_F_DUMP_INTR, 1, 0);
	put_head(&b, NLMSG_DONE, NLM_F_MULTI);
	CU_ASSERT_EQUAL(read_all(&n, b.bytes, b.len), NETLINK_CHANGED);
}

static void
test_news(void)
{
	struct netlink n = { .sequence = SEQUENCE };
	struct batch b = { .len = 0 };

	put_address(&b, RTM_NEWADDR, 0, 1, 0);
	CU_ASSERT_EQUAL(read_all(&n, b.bytes, b.len), NETLINK_CHANGED);
	b.len = 0;
	put_address(&b, RTM_DELADDR, 0, 1, 0);
	CU_ASSERT_EQUAL(read_all(&n, b.bytes, b.len), NETLINK_CHANGED);
	CU_ASSERT_EQUAL(n.count, 0);
}

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
		{ RTM_NEWLINK, 2, IFF_UP | IFF_RUNNING, NETLINK_LINK_UP },
		{ RTM_NEWLINK, 2, IFF_UP | IFF_RUNNING, 0 },
		{ RTM_NEWLINK, 3, IFF_UP | IFF_RUNNING, NETLINK_LINK_UP },
		{ RTM_NEWLINK, 2, IFF_UP, 0 },
		{ RTM_NEWLINK, 3, IFF_UP | IFF_RUNNING, 0 },
		{ RTM_NEWLINK, 2, IFF_UP | IFF_RUNNING, NETLINK_LINK_UP },
		{ RTM_DELLINK, 3, IFF_UP | IFF_RUNNING, 0 },
		{ RTM_NEWLINK, 3, IFF_UP | IFF_RUNNING, NETLINK_LINK_UP },
	};
	struct netlink n = { .sequence = SEQUENCE };
	struct batch b;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		b.len = 0;
		put_link(&b, steps[i].type, steps[i].index, steps[i].flags);
		CU_ASSERT_EQUAL(read_all(&n, b.bytes, b.len), steps[i].news);
	}
	/* More than it can remember. */
	for (int i = 10; i < 10 + 2 * NETLINK_LINKS_MAX; i++) {
		b.len = 0;
		put_link(&b, RTM_NEWLINK, i, IFF_RUNNING);
		read_all(&n, b.bytes, b.len);
		CU_ASSERT(n.links <= NETLINK_LINKS_MAX);
	}
}

static void
test_bounds(void)
{
	struct netlink n = { .sequence = SEQUENCE };
	uint64_t seed = 1;
	struct batch b;

	for (unsigned int i = 0; i < 2 * NETLINK_ADDRS_MAX; i++) {
		b.len = 0;
		put_address(&b, RTM_NEWADDR, NLM_F_MULTI, (uint8_t)i, 0);
		read_all(&n, b.bytes, b.len);
	}
	CU_ASSERT_EQUAL(n.count, NETLINK_ADDRS_MAX);
	for (size_t len = 0; len < b.len; len++)
		read_all(&n, b.bytes, len);
	for (int i = 0; i < 20000; i++) {
		size_t at;

		n.count = 0;
		put_list(&b);
		put_link(&b, RTM_NEWLINK, 2, IFF_RUNNING);
		at = simnet_random(&seed) % b.len;
		b.bytes[at] = (uint8_t)simnet_random(&seed);
		read_all(&n, b.bytes, b.len);
		CU_ASSERT(n.count <= 4);
	}
}

void
netlink_suite(void)
{
	CU_pSuite suite = CU_add_suite("netlink", NULL, NULL);

	CU_add_test(suite, "the list of addresses", test_list);
	CU_add_test(suite, "addresses that change", test_news);
	CU_add_test(suite, "links", test_links);
	CU_add_test(suite, "cut and changed messages", test_bounds);
}
