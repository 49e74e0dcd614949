/*
 * netd's UDP socket. See udp.h.
 */
#include "netd/udp.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the kernel may queue while netd is busy: a burst of JOINs of 500
 * clients is 350 KB, and the kernel counts about twice that. */
#define BUFFER_BYTES (4 * 1024 * 1024)

struct udp_batch {
	unsigned int count;
	struct mmsghdr messages[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	struct sockaddr_storage addrs[UDP_BATCH];
	/* One byte more than the longest shows those that are longer. */
	uint8_t bytes[UDP_BATCH][WIRE_MAX + 1];
};

static struct udp_batch *
batch_new(void)
{
	struct udp_batch *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	for (size_t i = 0; i < UDP_BATCH; i++) {
		b->iov[i].iov_base = b->bytes[i];
		b->iov[i].iov_len = sizeof(b->bytes[i]);
		b->messages[i].msg_hdr.msg_iov = &b->iov[i];
		b->messages[i].msg_hdr.msg_iovlen = 1;
		b->messages[i].msg_hdr.msg_name = &b->addrs[i];
	}
	return b;
}

/* Root may go beyond the system's limit; the others get what it allows. */
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
bind_family(int family, const struct addr *bind_to)
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
	len = addr_to_sockaddr(bind_to, family, &ss);
	if (len == 0 || bind(fd, (struct sockaddr *)&ss, len) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

static uint16_t
bound_port(int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct addr a;

	if (getsockname(fd, (struct sockaddr *)&ss, &len) == -1 ||
	    addr_from_sockaddr(&a, (struct sockaddr *)&ss, len) == -1)
		return 0;
	return a.port;
}

int
udp_open(struct udp *u, int number, const struct addr *bind_to)
{
	static const struct addr any4 = { .ip = { [10] = 0xff, [11] = 0xff } };
	struct addr v4 = *bind_to;
	int fd;

	memset(u, 0, sizeof(*u));
	u->family = addr_is_ipv4(bind_to) ? AF_INET : AF_INET6;
	fd = bind_family(u->family, bind_to);
	if (fd == -1 && u->family == AF_INET6 && errno != EADDRINUSE &&
	    addr_is_unspecified(bind_to)) {
		memcpy(v4.ip, any4.ip, sizeof(v4.ip)); /* no IPv6 here */
		u->family = AF_INET;
		fd = bind_family(AF_INET, &v4);
	}
	if (fd == -1)
		return -1;
	/* The filter knows the socket by its number. */
	if (fd != number && dup3(fd, number, O_CLOEXEC) == -1)
		return -1;
	if (fd != number)
		close(fd);
	u->fd = number;
	u->port = bound_port(u->fd);
	size_buffers(u->fd);
	u->in = batch_new();
	u->out = batch_new();
	return u->in != NULL && u->out != NULL ? 0 : -1;
}

int
udp_receive(struct udp *u,
    void (*packet)(void *arg, const struct addr *from, const uint8_t *bytes,
	size_t len),
    void *arg)
{
	struct udp_batch *b = u->in;
	struct addr from;
	int n;

	for (size_t i = 0; i < UDP_BATCH; i++)
		b->messages[i].msg_hdr.msg_namelen = sizeof(b->addrs[i]);
	n = recvmmsg(u->fd, b->messages, UDP_BATCH, MSG_DONTWAIT, NULL);
	if (n <= 0) /* nothing, or the echo of an earlier send */
		return 0;
	u->received += (unsigned int)n;
	for (int i = 0; i < n; i++)
		if (addr_from_sockaddr(&from, (struct sockaddr *)&b->addrs[i],
			b->messages[i].msg_hdr.msg_namelen) == 0)
			packet(arg, &from, b->bytes[i], b->messages[i].msg_len);
	return n;
}

void
udp_send(struct udp *u, const struct addr *to, const uint8_t *bytes, size_t len)
{
	struct udp_batch *b = u->out;
	unsigned int i = b->count;
	socklen_t addr_len = addr_to_sockaddr(to, u->family, &b->addrs[i]);

	if (addr_len == 0 || len == 0 || len > WIRE_MAX)
		return; /* IPv6 where there is none */
	b->messages[i].msg_hdr.msg_namelen = addr_len;
	b->iov[i].iov_len = len;
	memcpy(b->bytes[i], bytes, len);
	if (++b->count == UDP_BATCH)
		udp_flush(u);
}

void
udp_flush(struct udp *u)
{
	struct udp_batch *b = u->out;
	unsigned int done = 0;
	int n;

	while (done < b->count) {
		n = sendmmsg(u->fd, b->messages + done, b->count - done, 0);
		if (n > 0) {
			done += (unsigned int)n;
			u->sent += (unsigned int)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		u->unsent++;
		/* A full buffer loses the rest, as a full router would;
		 * anything else (no route, a firewall) is one address's. */
		if (errno == EAGAIN || errno == ENOBUFS)
			break;
		done++;
	}
	b->count = 0;
}
