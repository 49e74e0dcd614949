/*
 * netd's UDP socket, with a real one on the loopback interface: datagrams that
 * are sent in batches arrive unchanged, whether the kernel cuts messages or
 * not.
 */
#include "common/processes.h"
#include "netd/udp.h"

#include "tests/unit/forked.h"
#include "tests/unit/own_net.h"

#include <CUnit/CUnit.h>

#include <arpa/inet.h>
#include <linux/ipv6.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void udp_suite(void);

#define WAIT_MS	   5000
#define NO_NETWORK 77 /* what a step returns where none can be made */
#define FIRST	   16 /* of the bytes that tell datagrams apart */

static struct udp udp;
static int saved_fd, peer[2];
static struct addr peer_addr[2];

/* udp_open() takes a fixed descriptor, which may be in use here. */
static int
open_all(void)
{
	struct addr any = { .ip = { [10] = 0xff, 0xff, 127, 0, 0, 1 } };
	int bytes = 1024 * 1024;

	saved_fd = fcntl(FD_UDP, F_DUPFD_CLOEXEC, 64);
	if (udp_open(&udp, FD_UDP, &any) == -1)
		return -1;
	for (int i = 0; i < 2; i++) {
		struct sockaddr_in sin = { .sin_family = AF_INET,
			.sin_addr = { htonl(INADDR_LOOPBACK) } };
		socklen_t len = sizeof(sin);

		peer[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (peer[i] == -1 ||
		    setsockopt(peer[i], SOL_SOCKET, SO_RCVBUF, &bytes,
			sizeof(bytes)) == -1 ||
		    bind(peer[i], (struct sockaddr *)&sin, len) == -1 ||
		    getsockname(peer[i], (struct sockaddr *)&sin, &len) == -1)
			return -1;
		peer_addr[i] = any;
		peer_addr[i].port = ntohs(sin.sin_port);
	}
	return 0;
}

static int
close_all(void)
{
	close(udp.fd);
	free(udp.in);
	free(udp.out);
	close(peer[0]);
	close(peer[1]);
	if (saved_fd != -1) {
		dup3(saved_fd, FD_UDP, O_CLOEXEC);
		close(saved_fd);
	}
	return 0;
}

/* Makes the n-th datagram of a test. */
static void
fill(uint8_t *bytes, size_t len, unsigned int n)
{
	memset(bytes, (int)n, len);
	bytes[0] = WIRE_DATA;
}

static void
send_one(int to, size_t len, unsigned int n)
{
	uint8_t bytes[WIRE_DATA_MAX];

	fill(bytes, len, n);
	udp_send(&udp, &peer_addr[to], bytes, len);
}

/* Checks that the next datagram is the n-th. */
static void
expect(int at, size_t len, unsigned int n)
{
	uint8_t bytes[WIRE_DATA_MAX + 1], want[WIRE_DATA_MAX];
	struct pollfd fd = { peer[at], POLLIN, 0 };
	ssize_t got;

	CU_ASSERT_EQUAL_FATAL(poll(&fd, 1, WAIT_MS), 1);
	got = recv(peer[at], bytes, sizeof(bytes), 0);
	CU_ASSERT_EQUAL_FATAL(got, (ssize_t)len);
	fill(want, len, n);
	CU_ASSERT_EQUAL(memcmp(bytes, want, len), 0);
}

/* There are runs of one size, shorter ones at their end, longer ones, two
 * addresses, more than fit into a batch: all arrive unchanged, in order. */
static void
test_batches(void)
{
	static const struct {
		int to;
		size_t len;
		unsigned int count;
	} runs[] = {
		{ 0, 1200, 3 },
		{ 0, 100, 1 },
		{ 0, 1200, 2 },
		{ 1, 1200, 2 },
		{ 0, 1472, 80 },
		{ 1, 40, 1 },
		{ 0, 8972, 20 },
		{ 0, 1, 2 },
		{ 1, 36, 70 },
	};
	const size_t count = sizeof(runs) / sizeof(runs[0]);
	unsigned int n = 0;

	for (size_t i = 0; i < count; i++)
		for (unsigned int k = 0; k < runs[i].count; k++)
			send_one(runs[i].to, runs[i].len, n++);
	udp_flush(&udp);
	for (int at = 0; at < 2; at++) {
		n = 0;
		for (size_t i = 0; i < count; i++)
			for (unsigned int k = 0; k < runs[i].count; k++, n++)
				if (runs[i].to == at)
					expect(at, runs[i].len, n);
	}
	CU_ASSERT_EQUAL(udp.unsent, 0);
}

/* The kernel refuses to cut messages without checksums: the datagrams then go
 * one by one, and none is lost. */
static void
test_refused(void)
{
	int one = 1;

	CU_ASSERT_EQUAL(setsockopt(udp.fd, SOL_SOCKET, SO_NO_CHECK, &one,
			    sizeof(one)),
	    0);
	test_batches();
	test_batches();
}

/* Only DATA may be long, and no datagram is empty. */
static void
test_lengths(void)
{
	uint8_t bytes[WIRE_DATA_MAX + 1] = { WIRE_JOIN };

	udp_send(&udp, &peer_addr[0], bytes, 0);
	udp_send(&udp, &peer_addr[0], bytes, WIRE_MAX + 1);
	bytes[0] = WIRE_DATA;
	udp_send(&udp, &peer_addr[0], bytes, WIRE_DATA_MAX + 1);
	send_one(0, WIRE_DATA_MAX, 7);
	udp_flush(&udp);
	expect(0, WIRE_DATA_MAX, 7);
}

struct received {
	unsigned int count;
	bool right;
};

static void
on_packet(void *arg, const struct remote *from, const uint8_t *bytes,
    size_t len)
{
	struct received *r = arg;

	r->right = r->right && len == FIRST + r->count &&
	    bytes[FIRST / 2] == r->count &&
	    addr_equal(&from->addr, &peer_addr[1]);
	r->count++;
}

/* More than a batch arrives. */
static void
test_receive(void)
{
	struct sockaddr_storage to;
	struct addr here = peer_addr[0];
	struct received r = { .right = true };
	struct pollfd fd = { udp.fd, POLLIN, 0 };
	uint8_t bytes[FIRST + 2 * UDP_BATCH];
	socklen_t len;

	here.port = udp.port;
	len = addr_to_sockaddr(&here, AF_INET, &to);
	for (unsigned int i = 0; i < 2 * UDP_BATCH; i++) {
		memset(bytes, (int)i, sizeof(bytes));
		CU_ASSERT_EQUAL(sendto(peer[1], bytes, FIRST + i, 0,
				    (struct sockaddr *)&to, len),
		    FIRST + i);
	}
	while (r.count < 2 * UDP_BATCH) {
		CU_ASSERT_EQUAL_FATAL(poll(&fd, 1, WAIT_MS), 1);
		CU_ASSERT(udp_receive(&udp, on_packet, &r) <= UDP_BATCH);
	}
	CU_ASSERT_EQUAL(r.count, 2 * UDP_BATCH);
	CU_ASSERT_TRUE(r.right);
}

/* --- Several addresses ---------------------------------------------------- */

/* Opens the same socket, at any address. */
static void
open_any(struct udp *u, bool ipv6)
{
	struct addr any = { .port = 0 };

	if (!ipv6)
		any.ip[10] = any.ip[11] = 0xff;
	close(udp.fd);
	CU_ASSERT_EQUAL_FATAL(udp_open(u, FD_UDP, &any), 0);
}

static void
close_any(struct udp *u)
{
	free(u->in);
	free(u->out);
}

static struct addr
loopback(uint8_t last, uint16_t port)
{
	return (struct addr){ .ip = { [10] = 0xff, 0xff, 127, 0, 0, last },
		.port = port };
}

static void
note_remote(void *arg, const struct remote *from, const uint8_t *bytes,
    size_t len)
{
	(void)bytes;
	(void)len;
	*(struct remote *)arg = *from;
}

/* Sends a question to 127.0.0.last; returns where it came from, and to. */
static struct remote
asked(struct udp *u, uint8_t last)
{
	struct addr at = loopback(last, u->port);
	struct pollfd fd = { u->fd, POLLIN, 0 };
	struct remote from = { .socket = 7 };
	struct sockaddr_storage to;
	socklen_t len = addr_to_sockaddr(&at, AF_INET, &to);

	CU_ASSERT_EQUAL(sendto(peer[0], "?", 1, 0, (struct sockaddr *)&to, len),
	    1);
	CU_ASSERT_EQUAL_FATAL(poll(&fd, 1, WAIT_MS), 1);
	CU_ASSERT_EQUAL(udp_receive(u, note_remote, &from), 1);
	CU_ASSERT_TRUE(addr_equal(&from.addr, &peer_addr[0]));
	CU_ASSERT_EQUAL(from.socket, u->number);
	return from;
}

/* Checks that the next datagram has this length, and comes from there. */
static void
expect_from(struct udp *u, uint8_t last, size_t want)
{
	struct addr at = loopback(last, u->port), got;
	struct pollfd fd = { peer[0], POLLIN, 0 };
	uint8_t bytes[WIRE_DATA_MAX];
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);

	CU_ASSERT_EQUAL_FATAL(poll(&fd, 1, WAIT_MS), 1);
	CU_ASSERT_EQUAL(recvfrom(peer[0], bytes, sizeof(bytes), 0,
			    (struct sockaddr *)&from, &len),
	    (ssize_t)want);
	CU_ASSERT_EQUAL(addr_from_sockaddr(&got, (struct sockaddr *)&from, len),
	    0);
	CU_ASSERT_TRUE(addr_equal(&got, &at));
}

/* Answers leave from the address that was asked, in messages that are cut and
 * in others, on sockets of both families. */
static void
answer_from_each(bool ipv6)
{
	uint8_t bytes[1200] = { WIRE_DATA };
	struct remote from[3];
	struct udp u;

	open_any(&u, ipv6);
	u.number = 1;
	for (uint8_t i = 0; i < 3; i++)
		from[i] = asked(&u, (uint8_t)(i + 1));
	for (size_t i = 0; i < 9; i++)
		udp_send_from(&u, &from[i / 3], bytes, sizeof(bytes));
	for (size_t i = 0; i < 3; i++)
		udp_send_from(&u, &from[i], bytes, 100);
	udp_send(&u, &from[2].addr, bytes, 50); /* the system chooses */
	udp_flush(&u);
	for (uint8_t i = 0; i < 9; i++)
		expect_from(&u, (uint8_t)(i / 3 + 1), sizeof(bytes));
	for (uint8_t i = 0; i < 3; i++)
		expect_from(&u, (uint8_t)(i + 1), 100);
	expect_from(&u, 1, 50);
	CU_ASSERT_EQUAL(u.unsent, 0);
	close_any(&u);
}

static void
test_answers(void)
{
	answer_from_each(false);
	answer_from_each(true);
}

/* A datagram that should leave from an address that is gone is lost, and no
 * other. */
static void
test_gone(void)
{
	uint8_t bytes[1200] = { WIRE_DATA };
	struct remote here, gone;
	struct udp u;

	open_any(&u, true);
	here = gone = asked(&u, 2);
	gone.local[12] = 192; /* 192.0.0.2 */
	for (size_t i = 0; i < 6; i++)
		udp_send_from(&u, i < 3 ? &gone : &here, bytes, sizeof(bytes));
	udp_send_from(&u, &gone, bytes, 100);
	udp_send_from(&u, &here, bytes, 50);
	udp_flush(&u);
	for (size_t i = 0; i < 3; i++)
		expect_from(&u, 2, sizeof(bytes));
	expect_from(&u, 2, 50);
	CU_ASSERT(u.unsent > 0);
	close_any(&u);
}

/* In a network of its own, whose loopback has fe80::1: what comes to that, and
 * to ::1. The system may take a moment before the address is in use. */
static int
link_local(void *arg)
{
	struct in6_ifreq r = { .ifr6_addr = { { { 0xfe, 0x80, [15] = 1 } } },
		.ifr6_prefixlen = 64,
		.ifr6_ifindex = 1 };
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_scope_id = 1 };
	struct pollfd pfd = { .events = POLLIN };
	struct addr any = { .port = 0 };
	struct remote from;
	struct udp u;
	int fd;

	(void)arg;
	if (!own_net_make() || (fd = socket(AF_INET6, SOCK_DGRAM, 0)) == -1 ||
	    ioctl(fd, SIOCSIFADDR, &r) == -1)
		return NO_NETWORK;
	EXPECT(udp_open(&u, FD_UDP, &any) == 0);
	to.sin6_port = htons(u.port);
	pfd.fd = u.fd;
	for (int i = 0; i < 2; i++) {
		to.sin6_addr = i == 0 ? r.ifr6_addr : in6addr_loopback;
		for (int tries = 0; tries < 500; tries++) {
			(void)sendto(fd, "?", 1, 0, (struct sockaddr *)&to,
			    sizeof(to));
			if (poll(&pfd, 1, 10) == 1)
				break;
		}
		EXPECT(udp_receive(&u, note_remote, &from) > 0);
		EXPECT(remote_has_local(&from) == (i == 1));
	}
	return 0;
}

/* An address of a link alone says nothing without the link: it is left out. */
static void
test_link_local(void)
{
	int result = forked(link_local, NULL);

	if (result == NO_NETWORK)
		fprintf(stderr, "\n  no network of its own here: not tried\n");
	else
		CU_ASSERT_EQUAL(result, 0);
}

/* A socket at one address has no need to be told. */
static void
test_bound(void)
{
	struct remote from = asked(&udp, 1);

	CU_ASSERT_FALSE(remote_has_local(&from));
	udp_send_from(&udp, &from, (const uint8_t[]){ WIRE_JOIN }, 1);
	udp_flush(&udp);
	expect_from(&udp, 1, 1);
}

void
udp_suite(void)
{
	CU_pSuite suite = CU_add_suite("udp", open_all, close_all);

	CU_add_test(suite, "batches", test_batches);
	CU_add_test(suite, "lengths", test_lengths);
	CU_add_test(suite, "receiving", test_receive);
	CU_add_test(suite, "one address", test_bound);
	CU_add_test(suite, "a kernel that does not cut", test_refused);
	CU_add_test(suite, "answers from several addresses", test_answers);
	CU_add_test(suite, "an address that is gone", test_gone);
	CU_add_test(suite, "an address of a link", test_link_local);
}
