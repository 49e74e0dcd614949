/*
 * The UDP ports that the launcher opens for a bootnode.
 */
#include "launcher/ports.h"

#include <CUnit/CUnit.h>

#include <sys/socket.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void ports_suite(void);

static struct addr
where(int fd)
{
	struct sockaddr_storage at = { 0 };
	socklen_t len = sizeof(at);
	struct addr addr = { 0 };

	CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	CU_ASSERT_EQUAL(addr_from_sockaddr(&addr, (struct sockaddr *)&at, len),
	    0);
	return addr;
}

/* Each where the option says, at a port of the system's choice. */
static void
test_opened(void)
{
	const struct listen two = { 2, { { "127.0.0.1", 0 }, { "::", 0 } } };
	struct given_sockets g = { 0 };
	char err[256] = "";
	struct addr addr;

	CU_ASSERT_EQUAL_FATAL(ports_open(&g, &two, err, sizeof(err)), 0);
	CU_ASSERT_EQUAL_FATAL(g.count, 2);
	addr = where(g.fds[0]);
	CU_ASSERT(addr_is_ipv4(&addr) && addr.ip[12] == 127 && addr.port != 0);
	addr = where(g.fds[1]);
	CU_ASSERT(addr_is_unspecified(&addr) && addr.port != 0);
	for (size_t i = 0; i < g.count; i++) {
		CU_ASSERT_EQUAL(fcntl(g.fds[i], F_GETFD), FD_CLOEXEC);
		CU_ASSERT_NOT_EQUAL(fcntl(g.fds[i], F_GETFL) & O_NONBLOCK, 0);
	}
	activation_close(&g);
	CU_ASSERT_EQUAL(fcntl(g.fds[0], F_GETFD), -1);
}

/* A port that is taken is named, and the first is given up for it. */
static void
test_taken(void)
{
	const struct listen one = { 1, { { "127.0.0.1", 0 } } };
	struct listen two = { 2, { { "127.0.0.1", 0 }, { "127.0.0.1", 0 } } };
	struct given_sockets taken = { 0 }, g = { 0 };
	char err[256] = "", want[64];

	CU_ASSERT_EQUAL_FATAL(ports_open(&taken, &one, err, sizeof(err)), 0);
	two.at[1].port = where(taken.fds[0]).port;
	CU_ASSERT_EQUAL(ports_open(&g, &two, err, sizeof(err)), -1);
	CU_ASSERT_EQUAL(g.count, 0);
	(void)snprintf(want, sizeof(want),
	    "cannot listen on UDP 127.0.0.1:%u: Address already in use; ",
	    two.at[1].port);
	CU_ASSERT_EQUAL(strncmp(err, want, strlen(want)), 0);
	activation_close(&taken);
}

void
ports_suite(void)
{
	CU_pSuite suite = CU_add_suite("ports", NULL, NULL);

	CU_add_test(suite, "at the addresses of the options", test_opened);
	CU_add_test(suite, "a port that is taken", test_taken);
}
