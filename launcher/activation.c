/*
 * Sockets that are there from the start. See activation.h.
 */
#include "launcher/activation.h"

#include <sys/socket.h>

#include <bsd/stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FIRST_FD 3

/* A variable's number, or 0. */
static int
number_of(const char *name)
{
	const char *text = getenv(name), *error;

	return text == NULL ? 0 : (int)strtonum(text, 1, INT_MAX, &error);
}

static int
option_of(int fd, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) == -1 ? -1
								      : value;
}

static bool
is_udp(int fd)
{
	int domain = option_of(fd, SO_DOMAIN);

	return option_of(fd, SO_TYPE) == SOCK_DGRAM &&
	    (domain == AF_INET || domain == AF_INET6);
}

int
activation_take(struct given_sockets *g, enum mode mode, char *err,
    size_t errlen)
{
	int count =
	    number_of("LISTEN_PID") == getpid() ? number_of("LISTEN_FDS") : 0;

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	g->count = 0;
	if (count == 0)
		return 0;
	if (mode != MODE_BOOTNODE || count > BINDS_MAX) {
		(void)snprintf(err, errlen,
		    "LISTEN_FDS in the environment: %d sockets; expected one "
		    "or two, and --mode bootnode",
		    count);
		return -1;
	}
	for (int i = 0; i < count; i++) {
		int fd = FIRST_FD + i;

		if (!is_udp(fd) || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1) {
			(void)snprintf(err, errlen,
			    "LISTEN_FDS in the environment: descriptor %d is "
			    "no UDP socket; use ListenDatagram= in the unit",
			    fd);
			return -1;
		}
		g->fds[g->count++] = fd;
	}
	return 0;
}

void
activation_close(struct given_sockets *g)
{
	for (size_t i = 0; i < g->count; i++)
		close(g->fds[i]);
}
