/*
 * Sockets that the launcher finds open: which ones it takes, and what it says
 * about others. Each case is a process of its own, whose descriptors from 3 on
 * are the sockets.
 */
#include "launcher/activation.h"

#include "tests/unit/forked.h"

#include <CUnit/CUnit.h>

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <bsd/unistd.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void activation_suite(void);

#define FIRST	3
#define REFUSED 100
#define TROUBLE 101 /* the case could not be set up */
#define WRONG	102

enum kind {
	UDP,
	UNBOUND,
	CONNECTED,
	TCP,
	UNIX,
	PIPE
};

struct given {
	const char *pid; /* NULL: the right one */
	const char *count;
	enum mode mode;
	enum kind kinds[3];
	int want; /* sockets taken, or REFUSED */
	const char *says;
};

static int
make_socket(enum kind kind)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr *at = (struct sockaddr *)&a;
	socklen_t len = sizeof(a);
	int pair[2], fd;

	if (kind == PIPE)
		return pipe(pair) == -1 ? -1 : pair[0];
	fd = socket(kind == UNIX ? AF_UNIX : AF_INET,
	    kind == TCP ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (kind == UNIX || kind == UNBOUND || bind(fd, at, len) == -1)
		return fd;
	if (kind == CONNECTED &&
	    (getsockname(fd, at, &len) == -1 || connect(fd, at, len) == -1))
		return -1;
	return fd;
}

/* Puts the sockets at 3 and on; nothing else is open there. */
static bool
place_sockets(const struct given *c)
{
	int made[3];

	for (int i = 0; i < 3; i++) {
		made[i] = fcntl(make_socket(c->kinds[i]), F_DUPFD, 64);
		if (made[i] == -1)
			return false;
	}
	for (int i = 0; i < 3; i++)
		if (dup2(made[i], FIRST + i) == -1)
			return false;
	closefrom(FIRST + 3);
	return true;
}

static int
try_given(void *arg)
{
	const struct given *c = arg;
	struct given_sockets g;
	struct given_others o;
	char pid[32], err[256] = "";

	if (!place_sockets(c))
		return TROUBLE;
	snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("LISTEN_PID", c->pid != NULL ? c->pid : pid, 1);
	setenv("LISTEN_FDS", c->count, 1);
	setenv("LISTEN_FDNAMES", "some:name", 1);
	if (activation_take(&g, &o, c->mode, err, sizeof(err)) == -1)
		return c->says != NULL && strstr(err, c->says) != NULL ? REFUSED
								       : WRONG;
	/* A child gets none of the variables. */
	if (getenv("LISTEN_PID") != NULL || getenv("LISTEN_FDS") != NULL ||
	    getenv("LISTEN_FDNAMES") != NULL)
		return WRONG;
	for (size_t i = 0; i < g.count; i++)
		if (g.fds[i] != FIRST + (int)i ||
		    fcntl(g.fds[i], F_GETFD) != FD_CLOEXEC)
			return WRONG;
	activation_close(&g);
	for (int i = 0; i < 3; i++)
		if ((fcntl(FIRST + i, F_GETFD) == -1) != (i < (int)g.count))
			return WRONG;
	return (int)g.count;
}

static void
test_given(void)
{
	static const struct given cases[] = {
		{ NULL, "0", MODE_BOOTNODE, { UDP }, 0, NULL },
		{ NULL, "", MODE_BOOTNODE, { UDP }, 0, NULL },
		{ NULL, "1", MODE_BOOTNODE, { UDP, PIPE }, 1, NULL },
		{ NULL, "2", MODE_BOOTNODE, { UDP, UDP, PIPE }, 2, NULL },
		/* LISTEN_PID names another process, or nobody. */
		{ "1", "2", MODE_BOOTNODE, { UDP, UDP }, 0, NULL },
		{ "", "2", MODE_BOOTNODE, { UDP, UDP }, 0, NULL },
		{ "1", "many", MODE_BOOTNODE, { UDP, UDP }, 0, NULL },
		{ "x", "1", MODE_BOOTNODE, { UDP }, REFUSED,
		    "LISTEN_PID in the environment: expected a number" },
		{ "0", "1", MODE_BOOTNODE, { UDP }, REFUSED, "LISTEN_PID" },
		{ NULL, "many", MODE_BOOTNODE, { UDP }, REFUSED,
		    "LISTEN_FDS in the environment: expected a number" },
		{ NULL, "-1", MODE_BOOTNODE, { UDP }, REFUSED, "LISTEN_FDS" },
		{ NULL, "3", MODE_BOOTNODE, { UDP, UDP, UDP }, REFUSED,
		    "3 sockets; expected one or two" },
		{ NULL, "1", MODE_CLIENT, { UDP }, REFUSED, "--mode bootnode" },
		{ NULL, "0", MODE_CLIENT, { UDP }, 0, NULL },
		{ NULL, "1", MODE_BOOTNODE, { UNBOUND }, REFUSED,
		    "descriptor 3 is no UDP port" },
		{ NULL, "2", MODE_BOOTNODE, { UDP, CONNECTED }, REFUSED,
		    "descriptor 4 is no UDP port" },
		{ NULL, "1", MODE_BOOTNODE, { TCP }, REFUSED, "no UDP port" },
		{ NULL, "1", MODE_BOOTNODE, { UNIX }, REFUSED, "no UDP port" },
		{ NULL, "1", MODE_BOOTNODE, { PIPE }, REFUSED, "no UDP port" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct given c = cases[i];
		int got = forked(try_given, &c);

		CU_ASSERT_EQUAL(got, c.want);
		if (got != c.want)
			printf("\ncase %zu: %d, not %d\n", i, got, c.want);
	}
}

/* --- By name -------------------------------------------------------------- */

struct named {
	const char *names;
	int fds[3]; /* what is at 3, 4 and 5: an enum kind, or one of these */
	int want;   /* what 5 is, an enum given_name, or REFUSED */
};
enum {
	MEMORY = PIPE + 1,
	LISTENER,
	CHANNEL
};

static int
make_named(int kind)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int pair[2], fd;

	if (kind == MEMORY)
		return memfd_create("state", MFD_ALLOW_SEALING);
	if (kind == CHANNEL)
		return socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == -1
		    ? -1
		    : pair[0];
	if (kind != LISTENER)
		return make_socket((enum kind)kind);
	/* With no path: the system chooses an abstract name. */
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	return bind(fd, (struct sockaddr *)&sun, sizeof(sa_family_t)) == -1 ||
		listen(fd, 1) == -1
	    ? -1
	    : fd;
}

static int
try_named(void *arg)
{
	const struct named *c = arg;
	struct given_sockets g;
	struct given_others o;
	char pid[32], err[256] = "";
	int made[3];

	for (int i = 0; i < 3; i++)
		made[i] = fcntl(make_named(c->fds[i]), F_DUPFD, 64);
	for (int i = 0; i < 3; i++)
		if (dup2(made[i], FIRST + i) == -1)
			return TROUBLE;
	(void)snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "3", 1);
	setenv("LISTEN_FDNAMES", c->names, 1);
	if (activation_take(&g, &o, MODE_BOOTNODE, err, sizeof(err)) == -1)
		return strstr(err, "LISTEN_FDNAMES in the environment: ") !=
			NULL
		    ? REFUSED
		    : WRONG;
	for (int i = 0; i < 3; i++)
		if (fcntl(FIRST + i, F_GETFD) != FD_CLOEXEC)
			return WRONG;
	if (g.count != 1 || g.fds[0] != FIRST || o.fds[GIVEN_STATE] != 4)
		return WRONG;
	for (int name = 0; name < GIVEN_COUNT; name++)
		if (o.fds[name] == 5)
			return name;
	return WRONG;
}

/* What comes by its name is what the name says. */
static void
test_names(void)
{
	static const struct named cases[] = {
		{ "a.socket:gochat-state:gochat-control",
		    { UDP, MEMORY, LISTENER }, GIVEN_CONTROL },
		{ "gochat-udp:gochat-state:gochat-metrics",
		    { UDP, MEMORY, LISTENER }, GIVEN_METRICS },
		{ ":gochat-state:gochat-predecessor", { UDP, MEMORY, CHANNEL },
		    GIVEN_PREDECESSOR },
		{ "x:gochat-state:x", { UDP, PIPE, UDP }, REFUSED },
		{ "x:gochat-state:x", { UDP, UDP, UDP }, REFUSED },
		{ "x:gochat-state:gochat-control", { UDP, MEMORY, UNIX },
		    REFUSED },
		{ "x:gochat-state:gochat-metrics", { UDP, MEMORY, TCP },
		    REFUSED },
		{ "x:gochat-state:gochat-predecessor",
		    { UDP, MEMORY, LISTENER }, REFUSED },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct named c = cases[i];
		int got = forked(try_named, &c);

		CU_ASSERT_EQUAL(got, c.want);
		if (got != c.want)
			printf("\nname %zu: %d, not %d\n", i, got, c.want);
	}
}

void
activation_suite(void)
{
	CU_pSuite suite = CU_add_suite("activation", NULL, NULL);

	CU_add_test(suite, "sockets that are there", test_given);
	CU_add_test(suite, "others, by their names", test_names);
}
