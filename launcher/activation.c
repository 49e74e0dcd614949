/*
 * Descriptors that are open when gochat starts. See activation.h.
 */
#include "launcher/activation.h"

#include "common/addr.h"
#include "launcher/environment.h"

#include <sys/socket.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const given_names[GIVEN_COUNT] = {
#define X(given, name, what) [GIVEN_##given] = (name),
	GIVEN_TABLE(X)
#undef X
};

static int
option_of(int fd, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) == -1 ? -1
								      : value;
}

/* The socket has to be bound, and not connected: then anybody may write to
 * it. */
static bool
is_udp_port(int fd)
{
	struct sockaddr_storage at = { 0 };
	socklen_t len = sizeof(at);
	struct addr addr;

	return option_of(fd, SO_TYPE) == SOCK_DGRAM &&
	    option_of(fd, SO_PROTOCOL) == IPPROTO_UDP &&
	    getsockname(fd, (struct sockaddr *)&at, &len) == 0 &&
	    addr_from_sockaddr(&addr, (struct sockaddr *)&at, len) == 0 &&
	    addr.port != 0 &&
	    getpeername(fd, (struct sockaddr *)&at, &len) == -1;
}

/* --- By name -------------------------------------------------------------- */

/* Returns which name the next one of LISTEN_FDNAMES is, GIVEN_COUNT for that of
 * a UDP port, and goes on behind it. */
static enum given_name
next_name(const char **names)
{
	const size_t len = strcspn(*names, ":");
	unsigned int given = 0;

	while (given < GIVEN_COUNT &&
	    (strlen(given_names[given]) != len ||
		memcmp(given_names[given], *names, len) != 0))
		given++;
	*names += len + ((*names)[len] == ':');
	return (enum given_name)given;
}

static bool
is_unix(int fd, int type)
{
	return option_of(fd, SO_DOMAIN) == AF_UNIX &&
	    option_of(fd, SO_TYPE) == type;
}

static bool
is_as_named(int fd, enum given_name given)
{
	switch (given) {
	case GIVEN_STATE:
		return fcntl(fd, F_GET_SEALS) != -1;
	case GIVEN_CONTROL:
	case GIVEN_METRICS:
		return is_unix(fd, SOCK_STREAM) &&
		    option_of(fd, SO_ACCEPTCONN) == 1;
	case GIVEN_PREDECESSOR:
		return is_unix(fd, SOCK_SEQPACKET);
	case GIVEN_COUNT:
		break;
	}
	return false;
}

static int
take_other(struct given_others *o, enum given_name given, int fd, char *err,
    size_t errlen)
{
	static const char *const what[GIVEN_COUNT] = {
#define X(given, name, what) [GIVEN_##given] = (what),
		GIVEN_TABLE(X)
#undef X
	};

	if (!is_as_named(fd, given) || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1) {
		(void)snprintf(err, errlen,
		    "LISTEN_FDNAMES in the environment: descriptor %d is named "
		    "%s; expected %s",
		    fd, given_names[given], what[given]);
		return -1;
	}
	if (o->fds[given] != -1)
		close(o->fds[given]);
	o->fds[given] = fd;
	return 0;
}

static int
take_port(struct given_sockets *g, int fd, char *err, size_t errlen)
{
	if (!is_udp_port(fd) || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1) {
		(void)snprintf(err, errlen,
		    "LISTEN_FDS in the environment: descriptor %d is no UDP "
		    "port; use ListenDatagram= in the unit",
		    fd);
		return -1;
	}
	if (g->count < BINDS_MAX)
		g->fds[g->count] = fd;
	g->count++;
	return 0;
}

static int
take_all(struct given_sockets *g, struct given_others *o, long long count,
    const char *names, char *err, size_t errlen)
{
	for (int i = 0; i < count; i++) {
		const int fd = GIVEN_FIRST_FD + i;
		const enum given_name given = next_name(&names);
		int result = given == GIVEN_COUNT
		    ? take_port(g, fd, err, errlen)
		    : take_other(o, given, fd, err, errlen);

		if (result == -1)
			return -1;
	}
	return 0;
}

/* --- All ------------------------------------------------------------------ */

static int
refuse_count(long long count, char *err, size_t errlen)
{
	(void)snprintf(err, errlen,
	    "LISTEN_FDS in the environment: %lld sockets; expected one or two, "
	    "and --mode bootnode",
	    count);
	return -1;
}

/* Returns the number of descriptors that are meant for us, or -1 with err
 * filled. */
static int
count_given(long long *count, char *err, size_t errlen)
{
	long long pid;

	*count = 0;
	if (environment_number("LISTEN_PID", 1, INT_MAX, &pid, err, errlen) ==
	    -1)
		return -1;
	return pid != getpid()
	    ? 0
	    : environment_number("LISTEN_FDS", 0, INT_MAX, count, err, errlen);
}

int
activation_take(struct given_sockets *g, struct given_others *o, enum mode mode,
    char *err, size_t errlen)
{
	const char *list = getenv("LISTEN_FDNAMES");
	long long count;
	char *names;
	int result;

	g->count = 0;
	for (size_t i = 0; i < GIVEN_COUNT; i++)
		o->fds[i] = -1;
	if (count_given(&count, err, errlen) == -1)
		return -1;
	if (count > 0 && mode != MODE_BOOTNODE)
		return refuse_count(count, err, errlen);
	names = strdup(list != NULL ? list : "");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (names == NULL) {
		(void)snprintf(err, errlen, "out of memory");
		return -1;
	}
	result = take_all(g, o, count, names, err, errlen);
	free(names);
	if (result == 0 && g->count > BINDS_MAX)
		return refuse_count((long long)g->count, err, errlen);
	return result;
}

void
activation_close(const struct given_sockets *g)
{
	for (size_t i = 0; i < g->count; i++)
		close(g->fds[i]);
}
