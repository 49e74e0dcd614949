/*
 * A real engine. See real_engine.h.
 */
#include "tests/unit/fleetd/real_engine.h"

#include "common/clock.h"

#include <arpa/inet.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <bsd/unistd.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#define DEADLINE (20 * USEC_PER_SEC)
/* How often a port is chosen, in case that somebody else takes it. */
#define TRIES 5

/* --- Connections ---------------------------------------------------------- */

static int
connect_unix(const struct real_engine *r)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int len =
	    snprintf(a.sun_path, sizeof(a.sun_path), "%s/s", r->folder.path);

	CU_ASSERT_FATAL(len < (int)sizeof(a.sun_path));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
connect_port(const struct real_engine *r)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(r->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	close(fd);
	return -1;
}

int
real_engine_connect(const struct real_engine *r)
{
	int fd = r->tls ? connect_port(r) : connect_unix(r);

	CU_ASSERT_NOT_EQUAL_FATAL(fd, -1);
	CU_ASSERT_EQUAL(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

const char *
real_engine_do(struct real_engine *r, const char *commands)
{
	struct timeval patience = { .tv_sec = DEADLINE / USEC_PER_SEC };
	int fd = connect_unix(r);
	size_t len = 0;
	ssize_t n;

	CU_ASSERT_NOT_EQUAL_FATAL(fd, -1);
	CU_ASSERT_EQUAL(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			    sizeof(patience)),
	    0);
	CU_ASSERT_EQUAL(write(fd, commands, strlen(commands)),
	    (ssize_t)strlen(commands));
	while ((n = read(fd, r->answer + len, sizeof(r->answer) - 1 - len)) > 0)
		len += (size_t)n;
	CU_ASSERT_EQUAL(n, 0);
	close(fd);
	r->answer[len] = '\0';
	return r->answer;
}

/* --- The process ---------------------------------------------------------- */

static uint16_t
free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&a, len), 0);
	CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	close(fd);
	return ntohs(a.sin_port);
}

static void
write_config(struct real_engine *r)
{
	const char *path = r->folder.path;
	char text[8192], tls[2048] = "";

	if (r->tls) {
		r->port = free_port();
		(void)snprintf(tls, sizeof(tls),
		    "tls-port %u\ntls-cert-file %s/engine.crt\n"
		    "tls-key-file %s/engine.key\ntls-auth-clients no\n"
		    "tls-ca-cert-file %s/engine.crt\n",
		    r->port, path, path, path);
	}
	(void)snprintf(text, sizeof(text),
	    "port 0\nbind 127.0.0.1\nunixsocket %s/s\ndir %s\n"
	    "save \"\"\nappendonly no\ndaemonize no\nlogfile %s/log\n"
	    "maxclients 32\n%s%s\n",
	    path, path, path, tls, r->config);
	folder_put(&r->folder, "config", text, strlen(text));
}

/* The program has two names in Debian: that of redis-tools does not bring a
 * service with it. */
static void __attribute__((noreturn)) run(const struct real_engine *r)
{
	char path[300];
	char *argv[] = { (char[]){ "redis-server" }, path, NULL };
	int null = open("/dev/null", O_RDWR);

	(void)snprintf(path, sizeof(path), "%s/config", r->folder.path);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	closefrom(3);
	execvp("redis-server", argv);
	execvp("redis-check-rdb", argv);
	_exit(127);
}

static bool
has_ended(struct real_engine *r)
{
	int status;

	if (waitpid(r->pid, &status, WNOHANG) != r->pid)
		return false;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		fprintf(stderr,
		    "\n  redis-server is missing: install the "
		    "package redis-tools\n");
	r->pid = 0;
	return true;
}

/* Returns whether it comes to listen. */
static bool
comes_up(struct real_engine *r)
{
	uint64_t deadline = clock_now() + DEADLINE;
	int fd = -1;

	while (fd == -1 && clock_now() < deadline && !has_ended(r)) {
		poll(NULL, 0, 2);
		fd = connect_unix(r);
	}
	if (fd != -1)
		close(fd);
	return fd != -1;
}

void
real_engine_start(struct real_engine *r)
{
	for (int i = 0; i < TRIES && r->pid == 0; i++) {
		write_config(r);
		fflush(NULL);
		r->pid = fork();
		CU_ASSERT_NOT_EQUAL_FATAL(r->pid, -1);
		if (r->pid == 0)
			run(r);
		if (!comes_up(r) && r->pid != 0)
			real_engine_stop(r);
	}
	CU_ASSERT_NOT_EQUAL_FATAL(r->pid, 0);
}

void
real_engine_stop(struct real_engine *r)
{
	if (r->pid == 0)
		return;
	CU_ASSERT_EQUAL(kill(r->pid, SIGKILL), 0);
	CU_ASSERT_EQUAL(waitpid(r->pid, NULL, 0), r->pid);
	r->pid = 0;
}

void
real_engine_open(struct real_engine *r, const char *config)
{
	memset(r, 0, sizeof(*r));
	folder_open(&r->folder);
	r->config = config;
	real_engine_start(r);
}

void
real_engine_open_tls(struct real_engine *r)
{
	r->tls = true;
	r->config = "";
	real_engine_start(r);
}

void
real_engine_close(struct real_engine *r)
{
	real_engine_stop(r);
	folder_remove(&r->folder);
}
