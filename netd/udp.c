/*
 * netd's UDP socket. See udp.h.
 */
#include "netd/udp.h"

#include "common/udp_port.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/udp.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Datagrams to be sent lie one behind the other, so that those of one size are
 * one message for the kernel, which cuts it (UDP_SEGMENT). */
#define OUT_BYTES    (128 * 1024)
#define SEGMENTS_MAX 64	   /* of the oldest kernels that do it */
#define MESSAGE_MAX  65000 /* less than the longest IP packet */

/* The kernel's report of the address that a datagram came to. */
union arrival_control {
	struct cmsghdr header; /* for its alignment */
	uint8_t bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

struct udp_in {
	struct mmsghdr messages[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	struct sockaddr_storage addrs[UDP_BATCH];
	union arrival_control control[UDP_BATCH];
	/* One byte more than the longest datagram shows those that are longer.
	 * Only the bytes that came are touched. */
	uint8_t bytes[UDP_BATCH][WIRE_DATA_MAX + 1];
};

/* Tells the kernel how a message leaves: from which address, cut to which
 * size. */
union departure_control {
	struct cmsghdr header; /* for its alignment */
	uint8_t bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
	    CMSG_SPACE(sizeof(uint16_t))];
};

struct datagram {
	struct remote to;
	size_t offset; /* in bytes */
	size_t len;
};

struct udp_out {
	bool segment; /* the kernel cuts messages */
	unsigned int count;
	size_t used;
	struct datagram datagrams[UDP_BATCH];
	uint8_t bytes[OUT_BYTES];
	/* The messages as the kernel gets them. */
	struct mmsghdr messages[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	struct sockaddr_storage addrs[UDP_BATCH];
	union departure_control control[UDP_BATCH];
	unsigned int datagrams_of[UDP_BATCH];
};

static struct udp_in *
in_new(void)
{
	struct udp_in *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	for (size_t i = 0; i < UDP_BATCH; i++) {
		b->iov[i].iov_base = b->bytes[i];
		b->iov[i].iov_len = sizeof(b->bytes[i]);
		b->messages[i].msg_hdr.msg_iov = &b->iov[i];
		b->messages[i].msg_hdr.msg_iovlen = 1;
		b->messages[i].msg_hdr.msg_name = &b->addrs[i];
		b->messages[i].msg_hdr.msg_control = b->control[i].bytes;
	}
	return b;
}

/* A kernel that knows the option takes 0 for it: none. */
static struct udp_out *
out_new(int fd)
{
	struct udp_out *b = calloc(1, sizeof(*b));
	int none = 0;

	if (b != NULL)
		b->segment = setsockopt(fd, SOL_UDP, UDP_SEGMENT, &none,
				 sizeof(none)) == 0;
	return b;
}

/* Datagrams are never cut into fragments, and ICMP messages do not change their
 * size: the transport finds out what arrives. Some systems do not allow
 * this. */
static void
forbid_fragments(int fd, int family)
{
	int v4 = IP_PMTUDISC_PROBE, v6 = IPV6_PMTUDISC_PROBE;

	setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &v4, sizeof(v4));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &v6,
		    sizeof(v6));
}

/* A socket that is bound to one address sends from it, and is not asked. An
 * IPv6 socket reports IPv4 by the same option, as ::ffff:a.b.c.d, and accepts
 * it in this form. */
static void
ask_for_arrival(int fd, const struct addr *bound)
{
	int one = 1;

	if (!addr_is_unspecified(bound))
		return;
	if (addr_is_ipv4(bound))
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one));
	else
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one,
		    sizeof(one));
}

/* Asks where the socket is bound. Returns 0, or -1. */
static int
find_bound(struct udp *u, struct addr *bound)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (getsockname(u->fd, (struct sockaddr *)&ss, &len) == -1 ||
	    addr_from_sockaddr(bound, (struct sockaddr *)&ss, len) == -1)
		return -1;
	u->family = ss.ss_family;
	u->port = bound->port;
	return 0;
}

static int
prepare(struct udp *u, const struct addr *bound)
{
	forbid_fragments(u->fd, u->family);
	ask_for_arrival(u->fd, bound);
	u->in = in_new();
	u->out = out_new(u->fd);
	return u->in != NULL && u->out != NULL ? 0 : -1;
}

int
udp_open(struct udp *u, int number, const struct addr *bind_to)
{
	struct addr bound;
	int fd = udp_port_open(bind_to);

	memset(u, 0, sizeof(*u));
	if (fd == -1)
		return -1;
	/* The filter knows the socket by its number. */
	if (fd != number && dup3(fd, number, O_CLOEXEC) == -1)
		return -1;
	if (fd != number)
		close(fd);
	u->fd = number;
	return find_bound(u, &bound) == -1 ? -1 : prepare(u, &bound);
}

int
udp_take(struct udp *u, int number, struct addr *bound)
{
	memset(u, 0, sizeof(*u));
	u->fd = number;
	if (find_bound(u, bound) == -1 ||
	    fcntl(u->fd, F_SETFL, O_RDWR | O_NONBLOCK) == -1)
		return -1;
	return prepare(u, bound);
}

static void
count_packet(struct ipc_traffic by_type[WIRE_TYPE_COUNT], const uint8_t *packet,
    size_t len)
{
	struct ipc_traffic *t = &by_type[wire_type(packet, len)];

	t->packets++;
	t->bytes += len;
}

/* --- Receiving -------------------------------------------------------- */

/* Finds out which of our addresses a datagram came to. A link-local address is
 * left out: without the link's number it says nothing. */
static void
read_arrival(struct msghdr *m, uint8_t local[16])
{
	struct addr at = { .port = 0 };
	struct in6_pktinfo v6;
	struct in_pktinfo v4;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL;
	     c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&v6, CMSG_DATA(c), sizeof(v6));
			memcpy(at.ip, &v6.ipi6_addr, sizeof(at.ip));
		} else if (c->cmsg_level == IPPROTO_IP &&
		    c->cmsg_type == IP_PKTINFO) {
			memcpy(&v4, CMSG_DATA(c), sizeof(v4));
			at.ip[10] = at.ip[11] = 0xff;
			memcpy(at.ip + 12, &v4.ipi_spec_dst, 4);
		}
	}
	if (addr_is_link_local(&at) && !addr_is_ipv4(&at))
		memset(at.ip, 0, sizeof(at.ip));
	memcpy(local, at.ip, sizeof(at.ip));
}

int
udp_receive(struct udp *u,
    void (*packet)(void *arg, const struct remote *from, const uint8_t *bytes,
	size_t len),
    void *arg)
{
	struct udp_in *b = u->in;
	struct remote from = { .socket = u->number };
	struct msghdr *m;
	int n;

	for (size_t i = 0; i < UDP_BATCH; i++) {
		b->messages[i].msg_hdr.msg_namelen = sizeof(b->addrs[i]);
		b->messages[i].msg_hdr.msg_controllen =
		    sizeof(b->control[i].bytes);
	}
	n = recvmmsg(u->fd, b->messages, UDP_BATCH, MSG_DONTWAIT, NULL);
	if (n <= 0) /* nothing, or the echo of an earlier send */
		return 0;
	for (int i = 0; i < n; i++) {
		m = &b->messages[i].msg_hdr;
		count_packet(u->received, b->bytes[i], b->messages[i].msg_len);
		if (addr_from_sockaddr(&from.addr, m->msg_name,
			m->msg_namelen) == -1)
			continue;
		read_arrival(m, from.local);
		packet(arg, &from, b->bytes[i], b->messages[i].msg_len);
	}
	return n;
}

/* --- Sending ---------------------------------------------------------- */

void
udp_send(struct udp *u, const struct addr *to, const uint8_t *bytes, size_t len)
{
	struct remote remote = { .addr = *to };

	udp_send_from(u, &remote, bytes, len);
}

void
udp_send_from(struct udp *u, const struct remote *to, const uint8_t *bytes,
    size_t len)
{
	struct udp_out *b = u->out;

	if (len == 0 ||
	    len > (bytes[0] == WIRE_DATA ? WIRE_DATA_MAX : WIRE_MAX))
		return;
	if (u->family == AF_INET && !addr_is_ipv4(&to->addr))
		return; /* there is no IPv6 here */
	if (b->count == UDP_BATCH || b->used + len > OUT_BYTES)
		udp_flush(u);
	count_packet(u->sent, bytes, len);
	b->datagrams[b->count++] = (struct datagram){ *to, b->used, len };
	memcpy(b->bytes + b->used, bytes, len);
	b->used += len;
}

/* Returns how many datagrams from the i-th on may be one message: all go to one
 * address from one of ours, and have one size, except for the last, which may
 * be shorter. */
static unsigned int
group(const struct udp_out *b, unsigned int i)
{
	const struct datagram *first = &b->datagrams[i], *d;
	size_t total = first->len;
	unsigned int n;

	for (n = 1; b->segment && i + n < b->count && n < SEGMENTS_MAX; n++) {
		d = &b->datagrams[i + n];
		if (d[-1].len != first->len || d->len > first->len ||
		    total + d->len > MESSAGE_MAX ||
		    !remote_equal(&d->to, &first->to))
			break;
		total += d->len;
	}
	return n;
}

/* Adds to a message's ancillary data; there is certainly enough room. */
static void
add_control(struct msghdr *m, union departure_control *control, int level,
    int type, const void *data, size_t len)
{
	struct cmsghdr *c = (void *)(control->bytes + m->msg_controllen);

	m->msg_control = control->bytes;
	m->msg_controllen += CMSG_SPACE(len);
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
}

static void
add_source(struct msghdr *m, union departure_control *control, int family,
    const uint8_t local[16])
{
	struct in6_pktinfo v6 = { .ipi6_ifindex = 0 };
	struct in_pktinfo v4 = { .ipi_ifindex = 0 };

	memcpy(&v6.ipi6_addr, local, 16);
	memcpy(&v4.ipi_spec_dst, local + 12, 4);
	if (family == AF_INET6)
		add_control(m, control, IPPROTO_IPV6, IPV6_PKTINFO, &v6,
		    sizeof(v6));
	else
		add_control(m, control, IPPROTO_IP, IP_PKTINFO, &v4,
		    sizeof(v4));
}

/* Makes the k-th message: n datagrams from the i-th on. */
static void
fill_message(struct udp *u, unsigned int k, unsigned int i, unsigned int n)
{
	struct udp_out *b = u->out;
	const struct datagram *first = &b->datagrams[i];
	const struct datagram *last = &b->datagrams[i + n - 1];
	struct msghdr *m = &b->messages[k].msg_hdr;
	uint16_t size = (uint16_t)first->len;

	b->iov[k].iov_base = b->bytes + first->offset;
	b->iov[k].iov_len = last->offset + last->len - first->offset;
	*m = (struct msghdr){ .msg_name = &b->addrs[k],
		.msg_namelen =
		    addr_to_sockaddr(&first->to.addr, u->family, &b->addrs[k]),
		.msg_iov = &b->iov[k],
		.msg_iovlen = 1 };
	b->datagrams_of[k] = n;
	if (remote_has_local(&first->to))
		add_source(m, &b->control[k], u->family, first->to.local);
	if (n > 1)
		add_control(m, &b->control[k], SOL_UDP, UDP_SEGMENT, &size,
		    sizeof(size));
}

/* Makes messages of the datagrams from the i-th on; those before single get one
 * each. Returns the number of messages. */
static unsigned int
fill_messages(struct udp *u, unsigned int i, unsigned int single)
{
	struct udp_out *b = u->out;
	unsigned int k, n;

	for (k = 0; i < b->count; k++, i += n) {
		n = i < single ? 1 : group(b, i);
		fill_message(u, k, i, n);
	}
	return k;
}

/* The kernel refused a message, which begins with this datagram and was to be
 * cut, for a reason that may lie in the cutting: some drivers and kernels do
 * not cut, and none cuts to more than the interface takes. The error of an
 * address of ours that is gone has the same number: then nothing is known of
 * cutting. */
static bool
refused_segments(struct udp_out *b, const struct datagram *first, int error)
{
	bool unclear = error == EINVAL && remote_has_local(&first->to);

	if (b->datagrams_of[0] == 1)
		return false;
	if (!unclear &&
	    (error == EIO || error == EINVAL || error == EOPNOTSUPP))
		b->segment = false;
	return !b->segment || unclear || error == EMSGSIZE;
}

void
udp_flush(struct udp *u)
{
	struct udp_out *b = u->out;
	unsigned int done = 0, single = 0, count;
	int n;

	while (done < b->count) {
		count = fill_messages(u, done, single);
		n = sendmmsg(u->fd, b->messages, count, 0);
		for (int k = 0; k < n; k++)
			done += b->datagrams_of[k];
		if (n > 0 || errno == EINTR)
			continue;
		if (refused_segments(b, &b->datagrams[done], errno)) {
			single = done + b->datagrams_of[0];
			continue;
		}
		if (errno != EMSGSIZE) /* a probe of the transport's */
			u->unsent++;
		/* A full buffer loses the rest, as a full router would; any
		 * other error (no route, a firewall, an address that is gone)
		 * concerns one message. */
		if (errno == EAGAIN || errno == ENOBUFS)
			break;
		done += b->datagrams_of[0];
	}
	b->count = 0;
	b->used = 0;
}
