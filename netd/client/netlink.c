/*
 * The kernel's messages about this host's network. See netlink.h.
 */
#include "netd/client/netlink.h"

#include "common/processes.h"

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
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR |
		    RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE,
	};
	socklen_t len = sizeof(sa);
	int saved;

	memset(n, 0, sizeof(*n));
	n->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_ROUTE);
	if (n->fd == -1)
		return -1;
	/* The filter knows the socket by its number. */
	if (bind(n->fd, (struct sockaddr *)&sa, sizeof(sa)) == -1 ||
	    getsockname(n->fd, (struct sockaddr *)&sa, &len) == -1 ||
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
	n->port = sa.nl_pid;
	return 0;
}

/* --- Asking ---------------------------------------------------------- */

/* Sends a request with a body, and perhaps an attribute of it. */
struct request {
	struct nlmsghdr head;
	union {
		struct ifinfomsg link;
		struct rtmsg route;
		struct ifaddrmsg addr;
		uint8_t bytes[64];
	} body;
};

static void
begin(const struct netlink *n, struct request *r, uint16_t type, uint16_t flags,
    size_t body_len)
{
	memset(r, 0, sizeof(*r));
	r->head.nlmsg_len = (uint32_t)NLMSG_LENGTH(body_len);
	r->head.nlmsg_type = type;
	r->head.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	r->head.nlmsg_seq = n->sequence;
}

static void
add_attribute(struct request *r, uint16_t type, const void *value, size_t len)
{
	struct rtattr a = { (uint16_t)RTA_LENGTH(len), type };
	uint8_t *at = (uint8_t *)r + NLMSG_ALIGN(r->head.nlmsg_len);

	memcpy(at, &a, sizeof(a));
	memcpy(at + RTA_LENGTH(0), value, len);
	r->head.nlmsg_len =
	    (uint32_t)(NLMSG_ALIGN(r->head.nlmsg_len) + RTA_LENGTH(len));
}

static void
ask(const struct netlink *n, struct request *r)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct iovec iov = { r, r->head.nlmsg_len };
	struct msghdr msg = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	/* At worst there is no list; the filter allows no descriptor -1. */
	if (n->fd != -1)
		(void)sendmsg(n->fd, &msg, 0);
}

void
netlink_ask(struct netlink *n)
{
	uint32_t mask = RTEXT_FILTER_SKIP_STATS;
	struct request r;

	n->sequence++;
	n->listing = NETLINK_LINKS;
	n->interrupted = false;
	n->network.way_count = n->network.addr_count = 0;
	for (size_t i = 0; i < n->network.link_count; i++)
		n->network.links[i].listed = false;
	begin(n, &r, RTM_GETLINK, NLM_F_DUMP, sizeof(r.body.link));
	add_attribute(&r, IFLA_EXT_MASK, &mask, sizeof(mask));
	ask(n, &r);
}

/* Asks for a lookup, as for a datagram there, and not for the table of routes:
 * that may have a million entries, and does not show the effect of rules. */
static void
ask_way(const struct netlink *n, const struct addr *to)
{
	bool ipv4 = addr_is_ipv4(to);
	struct request r;

	begin(n, &r, RTM_GETROUTE, 0, sizeof(r.body.route));
	r.body.route.rtm_family = ipv4 ? AF_INET : AF_INET6;
	r.body.route.rtm_dst_len = ipv4 ? 32 : 128;
	if (ipv4)
		add_attribute(&r, RTA_DST, to->ip + 12, 4);
	else
		add_attribute(&r, RTA_DST, to->ip, 16);
	ask(n, &r);
}

void
netlink_go_on(struct netlink *n)
{
	struct request r;

	n->listing = NETLINK_ADDRS;
	for (size_t i = 0; i < n->target_count; i++)
		ask_way(n, &n->targets[i]);
	begin(n, &r, RTM_GETADDR, NLM_F_DUMP, sizeof(r.body.addr));
	ask(n, &r);
}

/* --- What comes ------------------------------------------------------ */

/* Returns the distance to the next of two objects of the kernel's, each aligned
 * to 4. */
static size_t
step(size_t len, size_t left)
{
	size_t aligned = NLMSG_ALIGN(len);

	return aligned < left ? aligned : left;
}

/* Goes through the attributes of a message, or those within one, one after the
 * other. */
struct attributes {
	const uint8_t *next;
	size_t left;
};

static struct attributes
attributes_of(const struct nlmsghdr *h, size_t body_len)
{
	size_t skip = NLMSG_LENGTH(NLMSG_ALIGN(body_len));
	struct attributes a = { .left = 0 };

	if (h->nlmsg_len > skip) {
		a.next = (const uint8_t *)h + skip;
		a.left = h->nlmsg_len - skip;
	}
	return a;
}

static struct attributes
attributes_in(const struct rtattr *a)
{
	return (struct attributes){ (const uint8_t *)a + RTA_LENGTH(0),
		RTA_PAYLOAD(a) };
}

static const struct rtattr *
next_attribute(struct attributes *s)
{
	const struct rtattr *a = (const void *)s->next;
	size_t len;

	if (s->left < sizeof(*a) || a->rta_len < sizeof(*a) ||
	    a->rta_len > s->left)
		return NULL;
	len = step(a->rta_len, s->left);
	s->next += len;
	s->left -= len;
	return a;
}

/* Gets an attribute's value; false if it has another length. */
static bool
get_value(const struct rtattr *a, void *value, size_t size)
{
	if (RTA_PAYLOAD(a) < size)
		return false;
	memcpy(value, RTA_DATA(a), size);
	return true;
}

/* Gets an address of this family, IPv4 as in struct addr. */
static bool
get_ip(const struct rtattr *a, bool ipv4, uint8_t ip[16])
{
	if (!ipv4)
		return get_value(a, ip, 16);
	memset(ip, 0, 10);
	ip[10] = ip[11] = 0xff;
	return get_value(a, ip + 12, 4);
}

/* Takes one address of the list. */
static void
note_address(struct netlink *n, const struct nlmsghdr *h)
{
	const struct ifaddrmsg *m = NLMSG_DATA(h);
	bool ipv4 = m->ifa_family == AF_INET, local = false, found = false;
	struct attributes s = attributes_of(h, sizeof(*m));
	struct network_addr addr = { .link = (int)m->ifa_index };
	uint32_t flags = m->ifa_flags;
	const struct rtattr *a;

	if ((!ipv4 && m->ifa_family != AF_INET6) ||
	    m->ifa_prefixlen > (ipv4 ? 32 : 128))
		return;
	while ((a = next_attribute(&s)) != NULL) {
		if (a->rta_type == IFA_FLAGS)
			get_value(a, &flags, sizeof(flags));
		/* IFA_LOCAL is ours where IFA_ADDRESS is the other end's. */
		if (a->rta_type != IFA_LOCAL &&
		    (a->rta_type != IFA_ADDRESS || local))
			continue;
		local = a->rta_type == IFA_LOCAL;
		found = get_ip(a, ipv4, addr.prefix.ip);
	}
	addr.prefix.bits = (uint8_t)(m->ifa_prefixlen + (ipv4 ? 96 : 0));
	addr.passing = (flags & IFA_F_TEMPORARY) != 0; /* or _SECONDARY */
	addr.deprecated = (flags & IFA_F_DEPRECATED) != 0;
	/* An address that may still turn out to be somebody else's comes
	 * again. */
	if (found && (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0)
		network_add(&n->network, &addr);
}

/* Takes an answer: the way to a target. */
static void
note_way(struct netlink *n, const struct nlmsghdr *h)
{
	const struct rtmsg *m = NLMSG_DATA(h);
	struct attributes s = attributes_of(h, sizeof(*m)), metrics;
	bool ipv4 = m->rtm_family == AF_INET, found = false;
	struct network_way way = { .link = 0 };
	const struct rtattr *a;

	if (!ipv4 && m->rtm_family != AF_INET6)
		return;
	while ((a = next_attribute(&s)) != NULL) {
		if (a->rta_type == RTA_DST)
			found = get_ip(a, ipv4, way.to);
		else if (a->rta_type == RTA_PREFSRC)
			get_ip(a, ipv4, way.from);
		else if (a->rta_type == RTA_OIF)
			get_value(a, &way.link, sizeof(way.link));
		else if (a->rta_type == RTA_METRICS)
			for (metrics = attributes_in(a);
			     (a = next_attribute(&metrics)) != NULL;)
				if (a->rta_type == RTAX_MTU)
					get_value(a, &way.mtu, sizeof(way.mtu));
	}
	if (found)
		network_add_way(&n->network, &way);
}

static bool
is_bridge(const struct rtattr *info)
{
	static const char bridge[] = "bridge";
	struct attributes s = attributes_in(info);
	char kind[sizeof(bridge)];
	const struct rtattr *a;

	while ((a = next_attribute(&s)) != NULL)
		if (a->rta_type == IFLA_INFO_KIND &&
		    get_value(a, kind, sizeof(kind)))
			return memcmp(kind, bridge, sizeof(kind)) == 0;
	return false;
}

/*
 * Takes a link, of the list or as news. Some news has only a part: then the
 * rest is as before. A message about it in one family is no news of the link:
 * for AF_BRIDGE it is gone when it has left its bridge.
 */
static unsigned int
note_link(struct netlink *n, const struct nlmsghdr *h)
{
	const struct ifinfomsg *m = NLMSG_DATA(h);
	struct attributes s = attributes_of(h, sizeof(*m));
	const struct network_link *known =
	    network_find(&n->network, m->ifi_index);
	bool was_up = known != NULL && known->up;
	bool listed = (h->nlmsg_flags & NLM_F_MULTI) != 0;
	struct network_link link = { .mtu = 0 };
	const struct rtattr *a;

	if (m->ifi_family != AF_UNSPEC)
		return 0;
	if (known != NULL && !listed)
		link = *known;
	link.index = m->ifi_index;
	link.listed = true;
	link.up =
	    h->nlmsg_type == RTM_NEWLINK && (m->ifi_flags & IFF_RUNNING) != 0;
	while ((a = next_attribute(&s)) != NULL) {
		if (a->rta_type == IFLA_MTU)
			get_value(a, &link.mtu, sizeof(link.mtu));
		else if (a->rta_type == IFLA_LINKINFO)
			link.bridge = is_bridge(a);
	}
	if (h->nlmsg_type == RTM_DELLINK)
		network_remove_link(&n->network, link.index);
	else
		network_set_link(&n->network, &link);
	if (link.up == was_up || listed)
		return 0;
	return NETLINK_CHANGED | (link.up ? NETLINK_LINK_UP : 0);
}

/* Takes the end of a list. */
static unsigned int
end_list(struct netlink *n)
{
	enum netlink_list was = n->listing;

	n->listing = NETLINK_NOTHING;
	if (n->interrupted)
		return NETLINK_CHANGED;
	if (was == NETLINK_LINKS) {
		network_sweep_links(&n->network);
		return NETLINK_LINKED;
	}
	return was == NETLINK_ADDRS ? NETLINK_LISTED : 0;
}

/* Only the widest routes are news: one out, and the two halves of it, by which
 * tunnels override it. */
static unsigned int
read_route(struct netlink *n, const struct nlmsghdr *h)
{
	const struct rtmsg *m = NLMSG_DATA(h);

	if (h->nlmsg_pid != n->port)
		return m->rtm_dst_len <= 1 ? NETLINK_CHANGED : 0;
	if (h->nlmsg_seq == n->sequence && h->nlmsg_type == RTM_NEWROUTE)
		note_way(n, h);
	return 0;
}

/* True for a message of a list that is still awaited. */
static bool
is_listed(struct netlink *n, const struct nlmsghdr *h)
{
	if (h->nlmsg_seq != n->sequence)
		return false;
	if ((h->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
		n->interrupted = true;
	return true;
}

static unsigned int
read_one(struct netlink *n, const struct nlmsghdr *h)
{
	size_t len = h->nlmsg_len - NLMSG_HDRLEN;

	switch (h->nlmsg_type) {
	case NLMSG_DONE:
		return is_listed(n, h) ? end_list(n) : 0;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		if (len < sizeof(struct ifaddrmsg))
			return 0;
		if ((h->nlmsg_flags & NLM_F_MULTI) == 0)
			return NETLINK_CHANGED;
		if (is_listed(n, h) && h->nlmsg_type == RTM_NEWADDR)
			note_address(n, h);
		return 0;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		return len < sizeof(struct rtmsg) ? 0 : read_route(n, h);
	case RTM_NEWLINK:
	case RTM_DELLINK:
		if (len < sizeof(struct ifinfomsg) ||
		    ((h->nlmsg_flags & NLM_F_MULTI) != 0 && !is_listed(n, h)))
			return 0;
		return note_link(n, h);
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
	unsigned int news = 0, now;
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
		/* The kernel had more to say than fits into the buffer. */
		if (len == -1 && errno == ENOBUFS) {
			news |= NETLINK_CHANGED | NETLINK_LINK_UP;
			continue;
		}
		if (len <= 0)
			return news;
		if (from.nl_pid != 0)
			continue;
		now = netlink_read(n, buf, (size_t)len);
		if ((now & NETLINK_LINKED) != 0)
			netlink_go_on(n);
		news |= now;
	}
}
