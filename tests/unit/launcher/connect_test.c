/*
 * The connector, a process of its own: it makes a connection to an engine, or
 * says why not.
 */
#include "launcher/connect.h"

#include "tests/unit/folder.h"

#include <CUnit/CUnit.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void connect_suite(void);

#define PATIENCE_MS 15000

static const struct ipc_privileges same_user;

/* Has a connector try. Returns what connect_hear() does. */
static int
try(const char *url, struct connected *c, int *fd)
{
	char why[ENGINE_URL_WHY_MAX];
	struct pollfd pfd = { .events = POLLIN };
	struct engine_url u;
	int result, status;

	CU_ASSERT_EQUAL_FATAL(engine_url_parse(&u, url, why), 0);
	pfd.fd = connect_start(&u, &same_user);
	CU_ASSERT_NOT_EQUAL_FATAL(pfd.fd, -1);
	CU_ASSERT_EQUAL(poll(&pfd, 1, PATIENCE_MS), 1);
	result = connect_hear(pfd.fd, c, fd);
	/* It ends by itself, and says no more. */
	CU_ASSERT(wait(&status) > 0);
	close(pfd.fd);
	return result;
}

static void
check_connected(const char *url, int listener)
{
	struct connected c;
	char byte = 0;
	int fd = -1, peer;

	CU_ASSERT_EQUAL(try(url, &c, &fd), 1);
	CU_ASSERT_NOT_EQUAL_FATAL(fd, -1);
	CU_ASSERT_STRING_EQUAL(c.why, "");
	CU_ASSERT((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	CU_ASSERT((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	peer = accept(listener, NULL, NULL);
	CU_ASSERT_EQUAL(write(fd, "x", 1), 1);
	CU_ASSERT_EQUAL(read(peer, &byte, 1), 1);
	CU_ASSERT_EQUAL(byte, 'x');
	close(peer);
	close(fd);
}

static void
check_failed(const char *url, const char *why)
{
	struct connected c;
	int fd = 5;

	CU_ASSERT_EQUAL(try(url, &c, &fd), 1);
	CU_ASSERT_EQUAL(fd, -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(c.why, why));
	if (strstr(c.why, why) == NULL)
		printf("\n%s: %s\n", url, c.why);
}

/* Opens a port of 127.0.0.1, where somebody listens or not. */
static int
open_port(bool listens, unsigned int *port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_NOT_EQUAL_FATAL(fd, -1);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&at, len), 0);
	CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	if (listens)
		CU_ASSERT_EQUAL(listen(fd, 4), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void
test_tcp(void)
{
	unsigned int port;
	char url[64];
	int fd = open_port(true, &port);

	(void)snprintf(url, sizeof(url), "redis://127.0.0.1:%u/3", port);
	check_connected(url, fd);
	close(fd);
	fd = open_port(false, &port);
	(void)snprintf(url, sizeof(url), "rediss://127.0.0.1:%u", port);
	check_failed(url, strerror(ECONNREFUSED));
	close(fd);
}

/* 0x7f000001 is an address that only getaddrinfo(3) reads: a name, to us. */
static void
test_name(void)
{
	unsigned int port;
	char url[64];
	int fd = open_port(true, &port);

	(void)snprintf(url, sizeof(url), "redis://0x7f000001:%u", port);
	check_connected(url, fd);
	close(fd);
}

static void
test_unix(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char url[400];
	struct folder f;
	int fd;

	folder_open(&f);
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%.90s/engine",
	    f.path);
	(void)snprintf(url, sizeof(url), "unix:%s", at.sun_path);
	check_failed(url, strerror(ENOENT));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	CU_ASSERT_EQUAL(listen(fd, 4), 0);
	check_connected(url, fd);
	close(fd);
	folder_remove(&f);
}

/* Whoever writes nonsense, or ends without a word, has made no connection. */
static void
test_nonsense(void)
{
	struct connected c;
	int pair[2], fd = 5;

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
				  0, pair),
	    0);
	CU_ASSERT_EQUAL(connect_hear(pair[0], &c, &fd), 0);
	CU_ASSERT_EQUAL(fd, -1);
	CU_ASSERT_EQUAL(send(pair[1], "x", 1, 0), 1);
	CU_ASSERT_EQUAL(connect_hear(pair[0], &c, &fd), -1);
	memset(&c, 'x', sizeof(c));
	CU_ASSERT_EQUAL(send(pair[1], &c, sizeof(c), 0), (ssize_t)sizeof(c));
	CU_ASSERT_EQUAL(connect_hear(pair[0], &c, &fd), 1);
	CU_ASSERT_EQUAL(strlen(c.why), sizeof(c.why) - 1);
	close(pair[1]);
	CU_ASSERT_EQUAL(connect_hear(pair[0], &c, &fd), -1);
	CU_ASSERT_EQUAL(fd, -1);
	close(pair[0]);
}

void
connect_suite(void)
{
	CU_pSuite suite = CU_add_suite("connect", NULL, NULL);

	CU_add_test(suite, "by TCP", test_tcp);
	CU_add_test(suite, "a name", test_name);
	CU_add_test(suite, "a unix socket", test_unix);
	CU_add_test(suite, "nonsense", test_nonsense);
}
