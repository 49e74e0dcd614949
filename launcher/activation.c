/*
 * Sockets that are open when gochat starts. See activation.h.
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
#include <unistd.h>

#define FIRST_FD 3

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

int
activation_take(struct given_sockets *g, enum mode mode, char *err,
    size_t errlen)
{
	long long pid, count;

	if (environment_number("LISTEN_PID", 1, INT_MAX, &pid, err, errlen) ==
	    -1)
		return -1;
	count = 0;
	if (pid == getpid() &&
	    environment_number("LISTEN_FDS", 0, INT_MAX, &count, err, errlen) ==
		-1)
		return -1;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	g->count = 0;
	if (count == 0)
		return 0;
	if (mode != MODE_BOOTNODE || count > BINDS_MAX) {
		(void)snprintf(err, errlen,
		    "LISTEN_FDS in the environment: %lld sockets; expected one "
		    "or two, and --mode bootnode",
		    count);
		return -1;
	}
	for (int i = 0; i < count; i++) {
		int fd = FIRST_FD + i;

		if (!is_udp_port(fd) || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1) {
			(void)snprintf(err, errlen,
			    "LISTEN_FDS in the environment: descriptor %d is "
			    "no UDP port; use ListenDatagram= in the unit",
			    fd);
			return -1;
		}
		g->fds[g->count++] = fd;
	}
	return 0;
}

void
activation_close(const struct given_sockets *g)
{
	for (size_t i = 0; i < g->count; i++)
		close(g->fds[i]);
}
