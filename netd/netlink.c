/*
 * The kernel's word on this host's addresses. See netlink.h.
 */
#include "netd/netlink.h"

#include "common/role.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int
netlink_open(struct netlink *n)
{
	struct sockaddr_nl sa = {
		.nl_family = AF_NETLINK,
		.nl_groups =
		    RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
	};
	int saved;

	memset(n, 0, sizeof(*n));
	n->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_ROUTE);
	if (n->fd == -1)
		return -1;
	/* The filter knows the socket by its number. */
	if (bind(n->fd, (struct sockaddr *)&sa, sizeof(sa)) == -1 ||
	    (n->fd != FD_NETLINK && dup3(n->fd, FD_NETLINK, O_CLOEXEC) == -1)) {
		saved = errno;
		close(n->fd);
		n->fd = -1;
		errno = saved;
		return -1;
	}
	if (n->fd != FD_NETLINK)
		close(n->fd);
	n->fd = FD_NETLINK;
	return 0;
}

void
netlink_ask(struct netlink *n)
{
	struct {
		struct nlmsghdr head;
		struct ifaddrmsg body;
	} request = {
		.head.nlmsg_len = sizeof(request),
		.head.nlmsg_type = RTM_GETADDR,
		.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.head.nlmsg_seq = ++n->sequence,
		.body.ifa_family = AF_UNSPEC,
	};
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct iovec iov = { &request, sizeof(request) };
	struct msghdr msg = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	n->count = 0;
	n->interrupted = false;
	(void)sendmsg(n->fd, &msg, 0); /* at worst there is no list */
}

/* --- What comes ------------------------------------------------------ */

/* How far to the next of two things of the kernel's, each aligned to 4. */
static size_t
step(size_t len, size_t left)
{
	size_t aligned = NLMSG_ALIGN(len);

	return aligned < left ? aligned : left;
}

/* An attribute's value; false if it is not that long. */
static bool
get_value(const struct rtattr *a, void *value, size_t size)
{
	if (RTA_PAYLOAD(a) < size)
		return false;
	memcpy(value, RTA_DATA(a), size);
	return true;
}

/* One address of the list. */
static void
note_address(struct netlink *n, const struct nlmsghdr *h)
{
	const struct ifaddrmsg *m = NLMSG_DATA(h);
	bool ipv4 = m->ifa_family == AF_INET, local = false, found = false;
	size_t left = IFA_PAYLOAD(h), len;
	struct addr_prefix p = { .bits = m->ifa_prefixlen };
	uint32_t flags = m->ifa_flags;

	if (n->count == NETLINK_ADDRS_MAX ||
	    (!ipv4 && m->ifa_family != AF_INET6) || p.bits > (ipv4 ? 32 : 128))
		return;
	if (ipv4) {
		p.bits = (uint8_t)(p.bits + 96);
		p.ip[10] = p.ip[11] = 0xff;
	}
	for (const struct rtattr *a = IFA_RTA(m); left >= sizeof(*a) &&
	     a->rta_len >= sizeof(*a) && a->rta_len <= left;
	     a = (const void *)((const uint8_t *)a + len), left -= len) {
		len = step(a->rta_len, left);
		if (a->rta_type == IFA_FLAGS)
			get_value(a, &flags, sizeof(flags));
		/* IFA_LOCAL is ours where IFA_ADDRESS is the other end's. */
		if (a->rta_type != IFA_LOCAL &&
		    (a->rta_type != IFA_ADDRESS || local))
			continue;
		local = a->rta_type == IFA_LOCAL;
		found =
		    ipv4 ? get_value(a, p.ip + 12, 4) : get_value(a, p.ip, 16);
	}
	/* One that is not yet known to be nobody else's comes again. */
	if (found && (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0)
		n->addrs[n->count++] = p;
}

static unsigned int
note_link(struct netlink *n, const struct nlmsghdr *h)
{
	const struct ifinfomsg *m = NLMSG_DATA(h);
	bool runs =
	    h->nlmsg_type == RTM_NEWLINK && (m->ifi_flags & IFF_RUNNING) != 0;
	size_t i;

	for (i = 0; i < n->links && n->running[i] != m->ifi_index; i++)
		;
	if (runs && i == n->links && n->links < NETLINK_LINKS_MAX) {
		n->running[n->links++] = m->ifi_index;
		return NETLINK_LINK_UP;
	}
	if (!runs && i < n->links)
		n->running[i] = n->running[--n->links];
	return 0;
}

/* A message of the list, or of its end. */
static unsigned int
read_list(struct netlink *n, const struct nlmsghdr *h)
{
	if ((h->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
		n->interrupted = true;
	if (h->nlmsg_type == RTM_NEWADDR) {
		note_address(n, h);
		return 0;
	}
	if (h->nlmsg_type != NLMSG_DONE)
		return 0;
	return n->interrupted ? NETLINK_CHANGED : NETLINK_LISTED;
}

static unsigned int
read_one(struct netlink *n, const struct nlmsghdr *h)
{
	size_t len = h->nlmsg_len - NLMSG_HDRLEN;

	switch (h->nlmsg_type) {
	case NLMSG_DONE:
		return h->nlmsg_seq == n->sequence ? read_list(n, h) : 0;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		if (len < sizeof(struct ifaddrmsg))
			return 0;
		if ((h->nlmsg_flags & NLM_F_MULTI) == 0)
			return NETLINK_CHANGED;
		return h->nlmsg_seq == n->sequence ? read_list(n, h) : 0;
	case RTM_NEWLINK:
	case RTM_DELLINK:
		return len < sizeof(struct ifinfomsg) ? 0 : note_link(n, h);
	default:
		return 0;
	}
}

unsigned int
netlink_read(struct netlink *n, const void *messages, size_t len)
{
	const uint8_t *p = messages;
	unsigned int news = 0;
	size_t next;

	for (; len >= sizeof(struct nlmsghdr); p += next, len -= next) {
		const struct nlmsghdr *h = (const void *)p;

		if (h->nlmsg_len < sizeof(*h) || h->nlmsg_len > len)
			break;
		next = step(h->nlmsg_len, len);
		news |= read_one(n, h);
	}
	return news;
}

unsigned int
netlink_receive(struct netlink *n)
{
	static _Alignas(struct nlmsghdr) uint8_t buf[32 * 1024];
	struct sockaddr_nl from;
	struct iovec iov = { buf, sizeof(buf) };
	unsigned int news = 0;
	ssize_t len;

	for (;;) {
		struct msghdr msg = {
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &iov,
			.msg_iovlen = 1,
		};

		len = recvmsg(n->fd, &msg, MSG_DONTWAIT);
		if (len == -1 && errno == EINTR)
			continue;
		/* It had more to say than fits into the buffer. */
		if (len == -1 && errno == ENOBUFS) {
			news |= NETLINK_CHANGED | NETLINK_LINK_UP;
			continue;
		}
		if (len <= 0)
			return news;
		if (from.nl_pid == 0)
			news |= netlink_read(n, buf, (size_t)len);
	}
}
