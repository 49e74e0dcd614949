/*
 * What the kernel is asked about the network. The test has the other end of the
 * socket, and is the kernel: it reads each question as rtnetlink(7) has it.
 */
#include "tests/unit/netd/client/netlink_batch.h"

#include <sys/socket.h>

#include <CUnit/CUnit.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

void netlink_ask_suite(void);

/* A question: all begin with the same header. */
struct question {
	_Alignas(8) uint8_t bytes[256];
	const struct nlmsghdr *head;
};

/* Returns the kernel's end. */
static int
open_netlink(struct netlink *n)
{
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX,
				  SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair),
	    0);
	*n = batch_asked(NETLINK_NOTHING);
	n->fd = pair[0];
	return pair[1];
}

/* The next question, of a type; false if nothing was asked. */
static bool
next(int kernel, struct question *q, uint16_t type, uint16_t flags)
{
	ssize_t len = recv(kernel, q->bytes, sizeof(q->bytes), 0);

	if (len == -1)
		return false;
	q->head = (const void *)q->bytes;
	CU_ASSERT_EQUAL(q->head->nlmsg_len, (size_t)len);
	CU_ASSERT_EQUAL(q->head->nlmsg_type, type);
	CU_ASSERT_EQUAL(q->head->nlmsg_flags, NLM_F_REQUEST | flags);
	CU_ASSERT_EQUAL(q->head->nlmsg_pid, 0);
	return true;
}

/* The one attribute that follows a body of this length: that, and no more. */
static const void *
attribute(const struct question *q, size_t body, uint16_t type, size_t len)
{
	const struct rtattr *a = (const void *)(q->bytes + NLMSG_LENGTH(body));

	CU_ASSERT_EQUAL(a->rta_type, type);
	CU_ASSERT_EQUAL(a->rta_len, RTA_LENGTH(len));
	CU_ASSERT_EQUAL(q->head->nlmsg_len,
	    NLMSG_LENGTH(body) + RTA_LENGTH(len));
	return RTA_DATA(a);
}

/* Links first, of all families, and without their counters, which are long. */
static void
test_links(void)
{
	const struct ifinfomsg *body;
	struct question q;
	struct netlink n;
	int kernel = open_netlink(&n);
	uint32_t mask;

	netlink_ask(&n);
	CU_ASSERT_TRUE_FATAL(next(kernel, &q, RTM_GETLINK, NLM_F_DUMP));
	CU_ASSERT_EQUAL(q.head->nlmsg_seq, BATCH_SEQUENCE + 1);
	body = NLMSG_DATA(q.head);
	CU_ASSERT_EQUAL(body->ifi_family, AF_UNSPEC);
	CU_ASSERT_EQUAL(body->ifi_index, 0);
	memcpy(&mask, attribute(&q, sizeof(*body), IFLA_EXT_MASK, sizeof(mask)),
	    sizeof(mask));
	CU_ASSERT_EQUAL(mask, RTEXT_FILTER_SKIP_STATS);
	CU_ASSERT_FALSE(next(kernel, &q, 0, 0));
	close(kernel);
	close(n.fd);
}

/* Then a way to each of some addresses, as a datagram would take it, and all
 * addresses of ours. */
static void
test_ways(void)
{
	static const struct addr targets[] = {
		{ .ip = { [10] = 0xff, 0xff, 192, 0, 2, 1 } },
		{ .ip = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } },
	};
	const struct rtmsg *body;
	struct question q;
	struct netlink n;
	int kernel = open_netlink(&n);

	memcpy(n.targets, targets, sizeof(targets));
	n.target_count = 2;
	netlink_go_on(&n);
	CU_ASSERT_TRUE_FATAL(next(kernel, &q, RTM_GETROUTE, 0));
	CU_ASSERT_EQUAL(q.head->nlmsg_seq, BATCH_SEQUENCE);
	body = NLMSG_DATA(q.head);
	CU_ASSERT(body->rtm_family == AF_INET && body->rtm_dst_len == 32);
	CU_ASSERT_EQUAL(memcmp(attribute(&q, sizeof(*body), RTA_DST, 4),
			    targets[0].ip + 12, 4),
	    0);
	CU_ASSERT_TRUE_FATAL(next(kernel, &q, RTM_GETROUTE, 0));
	body = NLMSG_DATA(q.head);
	CU_ASSERT(body->rtm_family == AF_INET6 && body->rtm_dst_len == 128);
	CU_ASSERT_EQUAL(memcmp(attribute(&q, sizeof(*body), RTA_DST, 16),
			    targets[1].ip, 16),
	    0);
	CU_ASSERT_TRUE_FATAL(next(kernel, &q, RTM_GETADDR, NLM_F_DUMP));
	CU_ASSERT_EQUAL(q.head->nlmsg_len,
	    NLMSG_LENGTH(sizeof(struct ifaddrmsg)));
	CU_ASSERT_EQUAL(((const struct ifaddrmsg *)NLMSG_DATA(q.head))
			    ->ifa_family,
	    AF_UNSPEC);
	CU_ASSERT_FALSE(next(kernel, &q, 0, 0));
	CU_ASSERT_EQUAL(n.listing, NETLINK_ADDRS);
	close(kernel);
	close(n.fd);
}

/* Whoever asks again knows nothing until it has come again, but the links: news
 * of them is compared with what was. */
static void
test_again(void)
{
	struct network_link link = { .index = 2, .up = true, .listed = true };
	struct netlink n = batch_asked(NETLINK_ADDRS);

	network_set_link(&n.network, &link);
	link.index = 3;
	network_set_link(&n.network, &link);
	n.network.addr_count = n.network.way_count = 1;
	n.interrupted = true;
	netlink_ask(&n);
	CU_ASSERT_EQUAL(n.sequence, BATCH_SEQUENCE + 1);
	CU_ASSERT_EQUAL(n.listing, NETLINK_LINKS);
	CU_ASSERT_FALSE(n.interrupted);
	CU_ASSERT_EQUAL(n.network.addr_count, 0);
	CU_ASSERT_EQUAL(n.network.way_count, 0);
	CU_ASSERT_EQUAL(n.network.link_count, 2);
	for (size_t i = 0; i < n.network.link_count; i++) {
		CU_ASSERT_FALSE(n.network.links[i].listed);
		CU_ASSERT_TRUE(n.network.links[i].up);
	}
}

/* Without a socket there is no system call, which the sandbox would end. */
static void
test_no_socket(void)
{
	struct netlink n = batch_asked(NETLINK_NOTHING);

	errno = 0;
	netlink_ask(&n);
	netlink_go_on(&n);
	CU_ASSERT_EQUAL(errno, 0);
}

void
netlink_ask_suite(void)
{
	CU_pSuite suite = CU_add_suite("netlink_ask", NULL, NULL);

	CU_add_test(suite, "for links", test_links);
	CU_add_test(suite, "for ways and addresses", test_ways);
	CU_add_test(suite, "again", test_again);
	CU_add_test(suite, "without a socket", test_no_socket);
}
