/*
 * The addresses of this host, as the kernel itself tells them: in a network of
 * the test's own, on its loopback interface, whose addresses it sets and takes
 * away.
 */
#include "netd/client/hosts.h"

#include "common/log.h"
#include "common/processes.h"
#include "tests/unit/forked.h"
#include "tests/unit/own_net.h"

#include <linux/rtnetlink.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <CUnit/CUnit.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void hosts_suite(void);

#define PORT	    4711
#define START	    (100 * USEC_PER_SEC)
#define PATIENCE_MS 10000
#define NO_NETWORK  77 /* result of a step where none can be made */

static struct hosts hosts;

/* In the network that own_net_make() gives us. */
static const struct addr bootnode = {
	.ip = { [10] = 0xff, 0xff, 192, 0, 2, 1 },
	.port = 9595,
};

static void
try(int (*step)(void *))
{
	int result = forked(step, NULL);

	if (result == NO_NETWORK)
		fprintf(stderr, "\n  no network of its own here: not tried\n");
	else
		CU_ASSERT_EQUAL(result, 0);
}

static bool
is_ipv4(const uint8_t ip[16], const char *text)
{
	uint8_t want[16] = { [10] = 0xff, 0xff };

	inet_pton(AF_INET, text, want + 12);
	return memcmp(ip, want, 16) == 0;
}

static bool
has_host(const struct ipc_local *local, const char *ip, uint16_t port)
{
	for (size_t i = 0; i < local->count; i++)
		if (is_ipv4(local->hosts[i].ip, ip) &&
		    local->hosts[i].port == port)
			return true;
	return false;
}

static void
open_hosts(uint8_t relay)
{
	struct ipc_config_netd config = { .relay = relay,
		.boot_addr_count = 1,
		.boot_addrs = { bootnode } };

	hosts_open(&hosts, AF_INET, PORT, &config, START);
}

/* Takes what the kernel has said; returns what follows from it. */
static unsigned int
hear(uint64_t now)
{
	struct pollfd p = { .fd = hosts.netlink.fd, .events = POLLIN };

	return poll(&p, 1, PATIENCE_MS) == 1 ? hosts_receive(&hosts, now) : ~0u;
}

/* Asks for everything, at the deadline. */
static unsigned int
ask(void)
{
	uint64_t now = hosts_deadline(&hosts);

	hosts_timer(&hosts, now);
	return hear(now);
}

static int
found_at_start(void *arg)
{
	int lowest = dup(STDERR_FILENO), after;

	(void)arg;
	if (!own_net_make())
		return NO_NETWORK;
	close(lowest);
	open_hosts(RELAY_AUTO);
	/* The filter knows the socket by its number: it must have this one. */
	EXPECT(hosts.netlink.fd == FD_NETLINK);
	EXPECT(fcntl(FD_NETLINK, F_GETFD) == FD_CLOEXEC);
	after = dup(STDERR_FILENO);
	EXPECT(after == lowest);
	EXPECT(hosts.local.count == 1 && hosts.local.port == PORT);
	EXPECT(has_host(&hosts.local, "192.0.2.7", PORT));
	EXPECT(hosts.lan.count == 1 && hosts.lan.prefixes[0].bits == 96 + 24);
	EXPECT(is_ipv4(hosts.lan.prefixes[0].ip, "192.0.2.7"));
	/* The kernel told the way to the bootnode, too. */
	EXPECT(hosts.netlink.network.way_count == 1);
	EXPECT(is_ipv4(hosts.netlink.network.ways[0].to, "192.0.2.1"));
	EXPECT(hosts_deadline(&hosts) == CLOCK_NEVER);
	/* Nothing is asked while nothing changes. */
	hosts_timer(&hosts, START + USEC_PER_SEC);
	EXPECT(hosts_receive(&hosts, START + USEC_PER_SEC) == 0);
	return 0;
}

/* There is one address more, then one less; each change is seen in time. */
static int
changed(void *arg)
{
	const uint64_t later = START + 10 * USEC_PER_SEC;

	(void)arg;
	if (!own_net_make())
		return NO_NETWORK;
	open_hosts(RELAY_AUTO);
	EXPECT(own_net_add("lo:2", "198.51.100.9"));
	EXPECT(hear(START + 1) == 0);
	/* It was asked just now: the next question waits. */
	EXPECT(hosts_deadline(&hosts) == START + HOSTS_SPACING);
	hosts_timer(&hosts, hosts_deadline(&hosts) - 1);
	EXPECT(hosts_receive(&hosts, START + 2) == 0);
	EXPECT(ask() == (HOSTS_MOVED | HOSTS_CHOSEN));
	EXPECT(hosts_deadline(&hosts) == CLOCK_NEVER);
	EXPECT(hosts.local.count == 2 && hosts.lan.count == 2);
	EXPECT(has_host(&hosts.local, "192.0.2.7", PORT));
	EXPECT(has_host(&hosts.local, "198.51.100.9", PORT));
	/* One address takes the place of another: their number stays, but this
	 * is news. */
	EXPECT(own_net_add("lo:2", "203.0.113.4"));
	EXPECT(hear(START + HOSTS_SPACING * 2 - 1) == 0);
	/* It could be asked again in a moment, but more changes may come. */
	EXPECT(hosts_deadline(&hosts) ==
	    START + HOSTS_SPACING * 2 - 1 + HOSTS_DEBOUNCE);
	EXPECT(ask() == (HOSTS_MOVED | HOSTS_CHOSEN));
	EXPECT(hosts.local.count == 2);
	EXPECT(has_host(&hosts.local, "203.0.113.4", PORT));
	/* An alias goes down, and its address is gone. */
	EXPECT(own_net_set("lo:1", false));
	EXPECT(hear(later) == 0);
	/* More changes may come: the question waits for a quiet moment. */
	EXPECT(hosts_deadline(&hosts) == later + HOSTS_DEBOUNCE);
	EXPECT(ask() == (HOSTS_MOVED | HOSTS_CHOSEN));
	EXPECT(hosts.local.count == 1 && hosts.lan.count == 1);
	EXPECT(has_host(&hosts.local, "203.0.113.4", PORT));
	return 0;
}

/* The same addresses are no news, asked again or with another port. */
static int
unchanged(void *arg)
{
	(void)arg;
	if (!own_net_make() || !own_net_add("lo:2", "198.51.100.9"))
		return NO_NETWORK;
	open_hosts(RELAY_AUTO);
	hosts_toward(&hosts, START, &bootnode, 1);
	EXPECT(hosts_deadline(&hosts) == START + HOSTS_SPACING);
	EXPECT(ask() == 0);
	hosts_port(&hosts, PORT + 1);
	EXPECT(hosts.local.port == PORT + 1);
	EXPECT(has_host(&hosts.local, "192.0.2.7", PORT + 1));
	hosts_toward(&hosts, START, &bootnode, 1);
	EXPECT(ask() == 0);
	EXPECT(hosts.local.count == 2);
	EXPECT(has_host(&hosts.local, "198.51.100.9", PORT + 1));
	return 0;
}

/* Another prefix of the same address: there are others on our LAN now, and
 * nothing that peers would have to know. */
static int
another_prefix(void *arg)
{
	(void)arg;
	if (!own_net_make())
		return NO_NETWORK;
	open_hosts(RELAY_AUTO);
	EXPECT(own_net_mask("lo:1", "255.255.0.0"));
	EXPECT(hear(START) == 0);
	EXPECT(ask() == HOSTS_MOVED);
	EXPECT(hosts.lan.count == 1 && hosts.lan.prefixes[0].bits == 96 + 16);
	EXPECT(hosts.local.count == 1);
	return 0;
}

/* The kernel is asked for the way to the bootnode's addresses, and out in both
 * families: that says which of ours others can reach. */
static int
targets(void *arg)
{
	const struct addr two[] = { { { [15] = 1 }, 1 }, { { [15] = 2 }, 2 } };
	const struct netlink *n = &hosts.netlink;

	(void)arg;
	if (!own_net_make())
		return NO_NETWORK;
	open_hosts(RELAY_AUTO);
	EXPECT(n->target_count == 3);
	EXPECT(is_ipv4(n->targets[0].ip, "198.41.0.4"));
	EXPECT(!addr_is_ipv4(&n->targets[1]) && n->targets[1].ip[0] == 0x20);
	EXPECT(addr_equal(&n->targets[2], &bootnode));
	hosts_toward(&hosts, START, two, 2);
	EXPECT(n->target_count == 4);
	EXPECT(is_ipv4(n->targets[0].ip, "198.41.0.4"));
	EXPECT(addr_equal(&n->targets[2], &two[0]));
	EXPECT(addr_equal(&n->targets[3], &two[1]));
	/* It is asked soon, and another change does not put that off. */
	EXPECT(hosts_deadline(&hosts) == START + HOSTS_SPACING);
	hosts_toward(&hosts, START + HOSTS_SPACING - 1, two, 1);
	EXPECT(hosts_deadline(&hosts) == START + HOSTS_SPACING);
	return 0;
}

/* Whether IPv6 is ours depends on the socket. */
static int
family(void *arg)
{
	struct ipc_config_netd config = { .relay = RELAY_AUTO };

	(void)arg;
	if (!own_net_make())
		return NO_NETWORK;
	hosts_open(&hosts, AF_INET, PORT, &config, START);
	EXPECT(hosts.netlink.network.ipv4_only && hosts.local.count == 1);
	EXPECT(hosts.netlink.target_count == 2);
	hosts_open(&hosts, AF_INET6, PORT, &config, START);
	EXPECT(!hosts.netlink.network.ipv4_only && hosts.local.count == 1);
	return 0;
}

/* More changes than the socket holds: nobody knows which, so all is asked for,
 * and a link may have come up. */
static int
overflow(void *arg)
{
	int bytes = 1; /* the kernel takes that for as few as it can */
	struct pollfd p = { .events = POLLIN };

	(void)arg;
	if (!own_net_make())
		return NO_NETWORK;
	open_hosts(RELAY_AUTO);
	EXPECT(setsockopt(hosts.netlink.fd, SOL_SOCKET, SO_RCVBUF, &bytes,
		   sizeof(bytes)) == 0);
	for (int i = 0; i < 20; i++) {
		EXPECT(own_net_add("lo:2", "198.51.100.9"));
		EXPECT(own_net_set("lo:2", false));
	}
	EXPECT(hear(START) == HOSTS_LINK_UP);
	EXPECT(hosts_deadline(&hosts) == START + HOSTS_SPACING);
	p.fd = hosts.netlink.fd; /* and all that it held is read */
	EXPECT(poll(&p, 1, 0) == 0);
	return 0;
}

/* With the relay alone others hear of no address, and the bootnode hears of a
 * new card when there is one. */
static int
hidden(void *arg)
{
	(void)arg;
	if (!own_net_make())
		return NO_NETWORK;
	open_hosts(RELAY_ONLY);
	EXPECT(hosts.local.count == 0 && hosts.lan.count == 1);
	EXPECT(own_net_add("lo:2", "198.51.100.9"));
	EXPECT(hear(START) == 0);
	EXPECT(ask() == (HOSTS_MOVED | HOSTS_CHOSEN));
	EXPECT(hosts.local.count == 0 && hosts.lan.count == 2);
	return 0;
}

static int
link_up(void *arg)
{
	(void)arg;
	if (!own_net_make())
		return NO_NETWORK;
	open_hosts(RELAY_AUTO);
	EXPECT(own_net_set("lo", false));
	EXPECT(hear(START) == 0);
	EXPECT(own_net_set("lo", true));
	EXPECT(hear(START) == HOSTS_LINK_UP);
	return 0;
}

/* Another process can send to the socket, too: that is not the kernel. */
static int
forged(void *arg)
{
	struct {
		struct nlmsghdr head;
		struct ifaddrmsg body;
	} m = { { .nlmsg_len = sizeof(m), .nlmsg_type = RTM_NEWADDR },
		{ .ifa_family = AF_INET } };
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	int fd;

	(void)arg;
	if (!own_net_make())
		return NO_NETWORK;
	open_hosts(RELAY_AUTO);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	to.nl_pid = hosts.netlink.port;
	if (sendto(fd, &m, sizeof(m), 0, (struct sockaddr *)&to, sizeof(to)) ==
	    -1)
		return NO_NETWORK;
	EXPECT(hear(START) == 0);
	EXPECT(hosts_deadline(&hosts) == CLOCK_NEVER);
	return 0;
}

/* A list that is not complete says nothing of what is missing from it. */
static void
test_incomplete(void)
{
	struct network_addr a = { .prefix = { { 0x20, 1 }, 64 } };
	struct hosts h = { .netlink.fd = -1, .ask_at = CLOCK_NEVER };

	network_add(&h.netlink.network, &a);
	CU_ASSERT_EQUAL(hosts_receive(&h, START), 0);
	CU_ASSERT_EQUAL(h.lan.count, 0);
	CU_ASSERT_EQUAL(h.local.count, 0);
	CU_ASSERT_EQUAL(hosts_deadline(&h), CLOCK_NEVER);
}

/* The socket is where the filter expects it, also if it was so from the start;
 * and if it cannot be, there is none. */
static int
number(void *arg)
{
	struct rlimit low = { FD_NETLINK, FD_NETLINK };
	struct netlink n;
	int fd;

	(void)arg;
	for (fd = FD_NETLINK - 1; fd < 20; fd++)
		close(fd);
	while ((fd = dup(STDERR_FILENO)) < FD_NETLINK)
		EXPECT(fd != -1);
	close(FD_NETLINK);
	EXPECT(netlink_open(&n) == 0);
	EXPECT(n.fd == FD_NETLINK && fcntl(FD_NETLINK, F_GETFD) == FD_CLOEXEC);
	EXPECT(dup(STDERR_FILENO) == FD_NETLINK + 1);
	for (fd = FD_NETLINK - 1; fd < 20; fd++)
		close(fd);
	EXPECT(setrlimit(RLIMIT_NOFILE, &low) == 0);
	EXPECT(netlink_open(&n) == -1);
	EXPECT(n.fd == -1 && errno == EBADF);
	EXPECT(dup(STDERR_FILENO) == FD_NETLINK - 1);
	return 0;
}

static unsigned int warnings;

static void
on_log(enum log_level level, bool event, const char *text)
{
	(void)event, (void)text;
	warnings += level == LOG_WARN;
}

/* The system does not tell its addresses: then there are none, and netd goes
 * on. */
static int
refused(void *arg)
{
	struct rlimit none = { 3, 3 };

	(void)arg;
	if (setrlimit(RLIMIT_NOFILE, &none) == -1)
		return 2;
	log_to_function(on_log);
	open_hosts(RELAY_AUTO);
	EXPECT(hosts.netlink.fd == -1 && warnings == 1);
	EXPECT(hosts.local.count == 0 && hosts.local.port == PORT);
	EXPECT(hosts_deadline(&hosts) == CLOCK_NEVER);
	hosts_toward(&hosts, START, &bootnode, 1);
	hosts_timer(&hosts, hosts_deadline(&hosts));
	EXPECT(hosts_deadline(&hosts) == CLOCK_NEVER);
	return 0;
}

static void
test_start(void)
{
	try(found_at_start);
}

static void
test_changed(void)
{
	try(changed);
}

static void
test_unchanged(void)
{
	try(unchanged);
}

static void
test_hidden(void)
{
	try(hidden);
}

static void
test_link_up(void)
{
	try(link_up);
}

static void
test_forged(void)
{
	try(forged);
}

static void
test_another_prefix(void)
{
	try(another_prefix);
}

static void
test_targets(void)
{
	try(targets);
}

static void
test_family(void)
{
	try(family);
}

static void
test_overflow(void)
{
	try(overflow);
}

static void
test_number(void)
{
	try(number);
}

static void
test_refused(void)
{
	try(refused);
}

void
hosts_suite(void)
{
	CU_pSuite suite = CU_add_suite("hosts", NULL, NULL);

	CU_add_test(suite, "found at the start", test_start);
	CU_add_test(suite, "addresses come and go", test_changed);
	CU_add_test(suite, "what is as it was", test_unchanged);
	CU_add_test(suite, "by the relay alone", test_hidden);
	CU_add_test(suite, "a link comes up", test_link_up);
	CU_add_test(suite, "not from the kernel", test_forged);
	CU_add_test(suite, "another prefix", test_another_prefix);
	CU_add_test(suite, "where ways are asked to", test_targets);
	CU_add_test(suite, "by family", test_family);
	CU_add_test(suite, "more than the socket holds", test_overflow);
	CU_add_test(suite, "a list that is not complete", test_incomplete);
	CU_add_test(suite, "the socket's number", test_number);
	CU_add_test(suite, "the system does not tell", test_refused);
}
