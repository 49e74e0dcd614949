/*
 * A UDP port of ours. See udp_port.h.
 */
#include "common/udp_port.h"

#include <sys/socket.h>

#include <netinet/in.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The size of the kernel's queue while netd is busy: a burst of JOINs of 500
 * clients is 350 KB, and the kernel counts about twice that. */
#define BUFFER_BYTES (4 * 1024 * 1024)

/* Root may go beyond the system's limit; other users get what it allows. */
static void
size_buffers(int fd)
{
	static const int options[][2] = {
		{ SO_RCVBUFFORCE, SO_RCVBUF },
		{ SO_SNDBUFFORCE, SO_SNDBUF },
	};
	int bytes = BUFFER_BYTES;

	for (size_t i = 0; i < 2; i++)
		if (setsockopt(fd, SOL_SOCKET, options[i][0], &bytes,
			sizeof(bytes)) == -1)
			setsockopt(fd, SOL_SOCKET, options[i][1], &bytes,
			    sizeof(bytes));
}

static int
open_family(int family, const struct addr *at)
{
	struct sockaddr_storage ss;
	socklen_t len;
	int fd, zero = 0, saved;

	fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	memset(&ss, 0, sizeof(ss));
	len = addr_to_sockaddr(at, family, &ss);
	if (len == 0 || bind(fd, (struct sockaddr *)&ss, len) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

int
udp_port_open(const struct addr *at)
{
	static const struct addr any4 = { .ip = { [10] = 0xff, [11] = 0xff } };
	const int family = addr_is_ipv4(at) ? AF_INET : AF_INET6;
	struct addr v4 = *at;
	int fd = open_family(family, at);

	if (fd == -1 && family == AF_INET6 && errno != EADDRINUSE &&
	    addr_is_unspecified(at)) {
		memcpy(v4.ip, any4.ip, sizeof(v4.ip)); /* no IPv6 here */
		fd = open_family(AF_INET, &v4);
	}
	if (fd != -1)
		size_buffers(fd);
	return fd;
}
