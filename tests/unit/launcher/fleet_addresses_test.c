/*
 * Where clients reach a bootnode of a fleet: what is left open follows from its
 * sockets. options_test.c has what is read.
 */
#include "launcher/fleet_addresses.h"

#include <CUnit/CUnit.h>

#include <sys/socket.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void fleet_addresses_suite(void);

/* Returns a socket at any port of the address, and the port. */
static int
listen_on(const char *ip, unsigned int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_NOT_EQUAL_FATAL(fd, -1);
	CU_ASSERT_EQUAL(inet_pton(AF_INET, ip, &at.sin_addr), 1);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&at, len), 0);
	CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

/* Completes a list, and asserts what comes of it; NULL: it is refused. */
static void
check(const char *given, const int *fds, size_t count, const char *want)
{
	struct fleet_addresses list = { 0 };
	char text[FLEET_ADDRESSES_TEXT_MAX], at[ADDR_TEXT_MAX] = "";
	char why[FLEET_ADDRESSES_WHY_MAX];
	int result;

	if (given != NULL)
		CU_ASSERT_EQUAL(fleet_addresses_parse(&list, given, why), 0);
	result = fleet_addresses_complete(&list, fds, count, at);
	CU_ASSERT_EQUAL(result, want != NULL ? 0 : -1);
	if (want != NULL)
		CU_ASSERT_STRING_EQUAL(fleet_addresses_format(&list, text),
		    want);
}

static void
test_completed(void)
{
	unsigned int ports[3];
	char want[200];
	int fds[] = {
		listen_on("127.0.0.1", &ports[0]),
		listen_on("127.0.0.2", &ports[1]),
		listen_on("0.0.0.0", &ports[2]),
	};

	(void)snprintf(want, sizeof(want), "127.0.0.1:%u,127.0.0.2:%u",
	    ports[0], ports[1]);
	check(NULL, fds, 2, want);
	(void)snprintf(want, sizeof(want), "192.0.2.1:%u,[2001:db8::1]:7",
	    ports[0]);
	check("192.0.2.1,[2001:db8::1]:7", fds, 2, want);
	/* Nobody can be told to go to any address. */
	check(NULL, &fds[1], 2, NULL);
	(void)snprintf(want, sizeof(want), "192.0.2.1:%u", ports[2]);
	check("192.0.2.1", &fds[2], 1, want);
	for (size_t i = 0; i < 3; i++)
		close(fds[i]);
}

void
fleet_addresses_suite(void)
{
	CU_pSuite suite = CU_add_suite("fleet_addresses", NULL, NULL);

	CU_add_test(suite, "completed", test_completed);
}
