/*
 * netd's UDP socket and the kernel: how it is opened, what the kernel is asked
 * for, which datagrams are one message for it, and what it refuses.
 */
#include "common/processes.h"
#include "netd/udp.h"

#include "tests/unit/forked.h"
#include "tests/unit/own_net.h"

#include <CUnit/CUnit.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void udp_socket_suite(void);

#define WAIT_MS	   5000
#define NO_NETWORK 77

static struct udp udp;
static const struct addr any6 = { .port = 0 };
static const struct addr any4 = { .ip = { [10] = 0xff, 0xff } };
static const struct addr here = { .ip = { [10] = 0xff, 0xff, 127, 0, 0, 1 } };

/* In a child of the test, where the numbers are free. */
static void
try(int (*step)(void *))
{
	int result = forked(step, NULL);

	if (result == NO_NETWORK)
		fprintf(stderr, "\n  no network of its own here: not tried\n");
	else
		CU_ASSERT_EQUAL(result, 0);
}

static int
option(int level, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	return getsockopt(udp.fd, level, name, &value, &len) == 0 ? value : -1;
}

/* --- Opening -------------------------------------------------------------- */

/* The filter knows the socket by its number, and it has no other. */
static int
numbers(void *arg)
{
	int lowest, other;

	(void)arg;
	close(FD_UDP);
	close(FD_UDP_SECOND);
	lowest = dup(STDERR_FILENO);
	close(lowest);
	EXPECT(udp_open(&udp, FD_UDP_SECOND, &any6) == 0);
	EXPECT(udp.fd == FD_UDP_SECOND && udp.family == AF_INET6);
	EXPECT(fcntl(FD_UDP_SECOND, F_GETFD) == FD_CLOEXEC);
	EXPECT((fcntl(FD_UDP_SECOND, F_GETFL) & O_NONBLOCK) != 0);
	other = dup(STDERR_FILENO);
	EXPECT(other == (lowest == FD_UDP_SECOND ? FD_UDP_SECOND + 1 : lowest));
	/* Where it has its number from the start it keeps it. */
	close(FD_UDP);
	while ((other = dup(STDERR_FILENO)) < FD_UDP)
		EXPECT(other != -1);
	close(FD_UDP);
	EXPECT(udp_open(&udp, FD_UDP, &here) == 0);
	EXPECT(udp.fd == FD_UDP && udp.family == AF_INET && udp.port != 0);
	EXPECT(fcntl(FD_UDP, F_GETFD) == FD_CLOEXEC);
	return 0;
}

/* What the kernel is to do: never to cut into fragments, to say which address
 * of ours a datagram came to if that is not clear, to take IPv4 at a socket of
 * IPv6, and to queue much. */
static int
options(void *arg)
{
	(void)arg;
	EXPECT(udp_open(&udp, FD_UDP, &any6) == 0);
	EXPECT(option(IPPROTO_IPV6, IPV6_V6ONLY) == 0);
	EXPECT(option(IPPROTO_IPV6, IPV6_RECVPKTINFO) == 1);
	EXPECT(option(IPPROTO_IP, IP_MTU_DISCOVER) == IP_PMTUDISC_PROBE);
	EXPECT(option(IPPROTO_IPV6, IPV6_MTU_DISCOVER) == IPV6_PMTUDISC_PROBE);
	EXPECT(option(SOL_SOCKET, SO_RCVBUF) > 256 * 1024);
	EXPECT(option(SOL_SOCKET, SO_SNDBUF) > 256 * 1024);
	EXPECT(udp_open(&udp, FD_UDP, &any4) == 0);
	EXPECT(option(IPPROTO_IP, IP_PKTINFO) == 1);
	EXPECT(option(IPPROTO_IP, IP_MTU_DISCOVER) == IP_PMTUDISC_PROBE);
	EXPECT(udp_open(&udp, FD_UDP, &here) == 0);
	EXPECT(option(IPPROTO_IP, IP_PKTINFO) == 0);
	return 0;
}

/* A port that is taken is the caller's business, whatever the family. */
static int
taken(void *arg)
{
	struct addr again = any6;
	struct udp second;

	(void)arg;
	EXPECT(udp_open(&udp, FD_UDP, &any6) == 0);
	again.port = udp.port;
	errno = 0;
	EXPECT(udp_open(&second, FD_UDP_SECOND, &again) == -1);
	EXPECT(errno == EADDRINUSE);
	return 0;
}

/* The system has no IPv6, says a filter. */
static bool
forbid_ipv6(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(rules) / sizeof(rules[0]), rules };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* Then a socket of all addresses is one of IPv4, which has nothing to send to
 * IPv6; one of an address is none. */
static int
no_ipv6(void *arg)
{
	const struct addr there = { .ip = { [15] = 1 }, .port = 9 };
	static const uint8_t bytes[] = { WIRE_JOIN };

	(void)arg;
	EXPECT(forbid_ipv6());
	EXPECT(udp_open(&udp, FD_UDP, &there) == -1 && errno == EAFNOSUPPORT);
	EXPECT(udp_open(&udp, FD_UDP, &any6) == 0);
	EXPECT(udp.family == AF_INET && udp.port != 0);
	udp_send(&udp, &there, bytes, 1);
	udp_flush(&udp);
	EXPECT(udp.sent[WIRE_JOIN].packets == 0 && udp.unsent == 0);
	return 0;
}

/* A socket that somebody else has opened: it is asked where it is bound, and it
 * no longer waits. */
static int
take(void *arg)
{
	struct addr bound;

	(void)arg;
	EXPECT(udp_take(&udp, FD_UDP_SECOND + 90, &bound) == -1);
	EXPECT(udp_open(&udp, FD_UDP, &any6) == 0);
	bound.port = udp.port;
	EXPECT(fcntl(FD_UDP, F_SETFL, O_RDWR) == 0);
	EXPECT(udp_take(&udp, FD_UDP, &bound) == 0);
	EXPECT((fcntl(FD_UDP, F_GETFL) & O_NONBLOCK) != 0);
	EXPECT(udp.fd == FD_UDP && udp.port == bound.port && udp.port != 0);
	EXPECT(addr_is_unspecified(&bound) && udp.family == AF_INET6);
	return 0;
}

/* --- Messages ------------------------------------------------------------- */

/* Who receives messages as they were, before they would be cut. */
static int
open_whole(struct addr *at)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int one = 1, bytes = 1024 * 1024;
	socklen_t len = sizeof(sin);

	(void)setsockopt(fd, SOL_UDP, UDP_GRO, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	(void)bind(fd, (struct sockaddr *)&sin, len);
	(void)getsockname(fd, (struct sockaddr *)&sin, &len);
	*at = here;
	at->port = ntohs(sin.sin_port);
	return fd;
}

/* The length of the next message, or 0 if there is none. */
static size_t
next(int fd)
{
	static uint8_t bytes[65536];
	ssize_t len = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	return len == -1 ? 0 : (size_t)len;
}

static void
send_many(const struct addr *to, size_t len, unsigned int count)
{
	static const uint8_t bytes[WIRE_DATA_MAX] = { WIRE_DATA };

	for (unsigned int i = 0; i < count; i++)
		udp_send(&udp, to, bytes, len);
}

/* Datagrams of one size, and a last one that is shorter, as many as the oldest
 * kernels cut, and no more bytes than a packet has. */
static int
grouped(void *arg)
{
	static const struct {
		struct {
			size_t len;
			unsigned int count;
		} runs[3];
		size_t messages[4];
	} cases[] = {
		{ { { 1200, 3 }, { 100, 1 } }, { 3700 } },
		{ { { 1200, 1 }, { 100, 1 }, { 1200, 1 } }, { 1300, 1200 } },
		{ { { 1200, 2 }, { 100, 2 } }, { 2500, 100 } },
		{ { { 100, 2 }, { 1200, 2 } }, { 200, 2400 } },
		{ { { 1200, 1 }, { 1201, 1 } }, { 1200, 1201 } },
		{ { { 36, 64 } }, { 64 * 36 } },
		{ { { 36, 65 } }, { 64 * 36, 36 } },
		{ { { 1300, 50 } }, { 65000 } },
		{ { { 1300, 51 } }, { 65000, 1300 } },
		{ { { 1250, 51 }, { 1251, 1 } }, { 63750, 1251 } },
		{ { { 1270, 51 }, { 230, 1 } }, { 65000 } },
		{ { { 1270, 51 }, { 231, 1 } }, { 64770, 231 } },
	};
	struct addr at;
	int fd = open_whole(&at);

	(void)arg;
	EXPECT(udp_open(&udp, FD_UDP, &here) == 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t k = 0; k < 3; k++)
			send_many(&at, cases[i].runs[k].len,
			    cases[i].runs[k].count);
		udp_flush(&udp);
		for (size_t k = 0; k < 4; k++)
			EXPECT(next(fd) == cases[i].messages[k]);
	}
	EXPECT(udp.unsent == 0);
	return 0;
}

/* Each message has one address. */
static int
addresses(void *arg)
{
	struct addr at[2];
	int fds[2] = { open_whole(&at[0]), open_whole(&at[1]) };

	(void)arg;
	EXPECT(udp_open(&udp, FD_UDP, &here) == 0);
	send_many(&at[0], 1200, 2);
	send_many(&at[1], 1200, 1);
	send_many(&at[0], 1200, 1);
	EXPECT(next(fds[0]) == 0); /* nothing goes before it is flushed */
	udp_flush(&udp);
	EXPECT(next(fds[0]) == 2400 && next(fds[0]) == 1200);
	EXPECT(next(fds[0]) == 0);
	EXPECT(next(fds[1]) == 1200 && next(fds[1]) == 0);
	return 0;
}

/* A batch goes when the next datagram finds no room: after 64, or when there is
 * no place for its bytes. */
static int
full(void *arg)
{
	struct addr at;
	int fd = open_whole(&at);

	(void)arg;
	EXPECT(udp_open(&udp, FD_UDP, &here) == 0);
	send_many(&at, 100, UDP_BATCH);
	EXPECT(next(fd) == 0);
	send_many(&at, 100, 1);
	EXPECT(next(fd) == UDP_BATCH * 100 && next(fd) == 0);
	udp_flush(&udp);
	EXPECT(next(fd) == 100 && next(fd) == 0);
	/* 128 KiB: 32 of 4 KiB. */
	send_many(&at, 4096, 32);
	EXPECT(next(fd) == 0);
	send_many(&at, 1, 1);
	for (size_t left = 32 * 4096, len; left > 0; left -= len) {
		len = next(fd);
		EXPECT(len > 0 && len <= left);
	}
	EXPECT(next(fd) == 0);
	udp_flush(&udp);
	EXPECT(next(fd) == 1);
	return 0;
}

/* Packets and bytes by type, when they are queued; what is not sent is not
 * counted. */
static int
counted(void *arg)
{
	const struct addr nowhere = { .ip = { [15] = 1 }, .port = 9 };
	static const uint8_t join[WIRE_MAX + 1] = { WIRE_JOIN, WIRE_VERSION };
	struct addr at;

	(void)arg;
	(void)open_whole(&at);
	EXPECT(udp_open(&udp, FD_UDP, &here) == 0);
	udp_send(&udp, &at, join, WIRE_MAX);
	udp_send(&udp, &at, join, 100);
	udp_send(&udp, &at, join, WIRE_MAX + 1);
	udp_send(&udp, &at, join, 0);
	udp_send(&udp, &nowhere, join, 100);
	udp_send(&udp, &at, (const uint8_t *)"?", 1);
	EXPECT(udp.sent[WIRE_JOIN].packets == 2);
	EXPECT(udp.sent[WIRE_JOIN].bytes == WIRE_MAX + 100);
	EXPECT(udp.sent[WIRE_INVALID].packets == 1);
	EXPECT(udp.sent[WIRE_INVALID].bytes == 1);
	return 0;
}

static void
take_packet(void *arg, const struct remote *from, const uint8_t *bytes,
    size_t len)
{
	struct remote *last = arg;

	(void)bytes;
	(void)len;
	*last = *from;
}

/* What comes is counted, too; nothing is nothing. */
static int
received(void *arg)
{
	static const uint8_t join[] = { WIRE_JOIN, WIRE_VERSION, 0, 0, 9 };
	struct addr at, self = here;
	struct remote from;
	struct sockaddr_storage to;
	int fd = open_whole(&at);

	(void)arg;
	EXPECT(udp_open(&udp, FD_UDP, &here) == 0);
	EXPECT(udp_receive(&udp, take_packet, &from) == 0);
	self.port = udp.port;
	for (int i = 0; i < 2; i++)
		EXPECT(sendto(fd, join, 5, 0, (struct sockaddr *)&to,
			   addr_to_sockaddr(&self, AF_INET, &to)) == 5);
	EXPECT(udp_receive(&udp, take_packet, &from) == 2);
	EXPECT(addr_equal(&from.addr, &at));
	EXPECT(udp.received[WIRE_JOIN].packets == 2);
	EXPECT(udp.received[WIRE_JOIN].bytes == 10);
	EXPECT(udp_receive(&udp, take_packet, &from) == 0);
	return 0;
}

/* --- What the kernel refuses ---------------------------------------------- */

/* A broadcast: that one is lost, those before and after it are not. */
static int
forbidden(void *arg)
{
	const struct addr all = {
		.ip = { [10] = 0xff, 0xff, 127, 255, 255, 255 },
		.port = 9
	};
	struct addr at;
	int fd = open_whole(&at);

	(void)arg;
	EXPECT(udp_open(&udp, FD_UDP, &here) == 0);
	send_many(&at, 100, 2);
	send_many(&all, 100, 1);
	send_many(&at, 200, 3);
	send_many(&all, 300, 2);
	send_many(&at, 400, 1);
	udp_flush(&udp);
	EXPECT(next(fd) == 200 && next(fd) == 600 && next(fd) == 400);
	/* Two of one size would be one message: that is tried, too. */
	EXPECT(udp.unsent >= 2 && udp.unsent <= 3);
	/* Nor is anything of it left for the next time. */
	udp_flush(&udp);
	EXPECT(next(fd) == 0 && udp.unsent <= 3);
	return 0;
}

/* Longer than the interface takes: the transport tries sizes, and it is no loss
 * to speak of. What is short enough goes, alone or cut. */
static int
too_long(void *arg)
{
	struct addr at;
	int fd;

	(void)arg;
	if (!own_net_make() || !own_net_mtu(1500))
		return NO_NETWORK;
	fd = open_whole(&at);
	EXPECT(udp_open(&udp, FD_UDP, &here) == 0);
	send_many(&at, 1200, 2);
	send_many(&at, 1473, 1);
	send_many(&at, 1472, 1);
	send_many(&at, 2000, 3);
	send_many(&at, 1000, 2);
	udp_flush(&udp);
	EXPECT(next(fd) == 2400 && next(fd) == 1472);
	for (size_t left = 2000, len; left > 0; left -= len) {
		len = next(fd);
		EXPECT(len == 1000 || len == 2000);
	}
	EXPECT(next(fd) == 0);
	EXPECT(udp.unsent == 0);
	return 0;
}

#define TEST(name)                    \
	static void test_##name(void) \
	{                             \
		try(name);            \
	}

TEST(numbers)
TEST(options)
TEST(taken)
TEST(no_ipv6)
TEST(take)
TEST(grouped)
TEST(addresses)
TEST(full)
TEST(counted)
TEST(received)
TEST(forbidden)
TEST(too_long)

void
udp_socket_suite(void)
{
	CU_pSuite suite = CU_add_suite("udp_socket", NULL, NULL);

	CU_add_test(suite, "numbers", test_numbers);
	CU_add_test(suite, "options", test_options);
	CU_add_test(suite, "a port that is taken", test_taken);
	CU_add_test(suite, "a system without IPv6", test_no_ipv6);
	CU_add_test(suite, "somebody else's", test_take);
	CU_add_test(suite, "one message", test_grouped);
	CU_add_test(suite, "one address", test_addresses);
	CU_add_test(suite, "a batch that is full", test_full);
	CU_add_test(suite, "sent", test_counted);
	CU_add_test(suite, "received", test_received);
	CU_add_test(suite, "forbidden", test_forbidden);
	CU_add_test(suite, "too long", test_too_long);
}
