/*
 * The addresses of this host. See hosts.h.
 */
#include "netd/hosts.h"

#include "common/log.h"

#include <errno.h>
#include <string.h>

#define LAN_MAX \
	(sizeof(((struct lan *)NULL)->prefixes) / sizeof(struct addr_prefix))

static bool
has(const struct lan *lan, const struct addr_prefix *p)
{
	for (size_t i = 0; i < lan->count; i++)
		if (lan->prefixes[i].bits == p->bits &&
		    memcmp(lan->prefixes[i].ip, p->ip, sizeof(p->ip)) == 0)
			return true;
	return false;
}

/* The kernel's order means nothing. */
static bool
is_same(const struct lan *a, const struct lan *b)
{
	for (size_t i = 0; i < a->count; i++)
		if (!has(b, &a->prefixes[i]))
			return false;
	return a->count == b->count;
}

static void
note(const struct hosts *h, const struct addr_prefix *p,
    struct ipc_local *local, struct lan *lan)
{
	struct addr a = { .port = h->local.port };

	memcpy(a.ip, p->ip, sizeof(a.ip));
	if (addr_is_loopback(&a) || addr_is_link_local(&a) ||
	    (h->family == AF_INET && !addr_is_ipv4(&a)))
		return;
	if (local->count < CANDIDATES_MAX && !h->hidden)
		local->hosts[local->count++] = a;
	if (lan->count < LAN_MAX)
		lan->prefixes[lan->count++] = *p;
}

/* The list is complete. Returns whether it is another than before. */
static bool
take_list(struct hosts *h)
{
	struct ipc_local local = { .port = h->local.port };
	struct lan lan = { .count = 0 };

	for (size_t i = 0; i < h->netlink.count; i++)
		note(h, &h->netlink.addrs[i], &local, &lan);
	if (is_same(&lan, &h->lan))
		return false;
	h->local = local;
	h->lan = lan;
	return true;
}

void
hosts_open(struct hosts *h, int family, uint16_t port, enum relay relay,
    uint64_t now)
{
	memset(h, 0, sizeof(*h));
	h->family = family;
	h->hidden = relay == RELAY_ONLY;
	h->local.port = port;
	h->ask_at = CLOCK_NEVER;
	h->asked_at = now;
	if (netlink_open(&h->netlink) == -1) {
		log_warn("this host's addresses are unknown: %s",
		    strerror(errno));
		return;
	}
	netlink_ask(&h->netlink);
	hosts_receive(h, now); /* the kernel answers at once */
}

unsigned int
hosts_receive(struct hosts *h, uint64_t now)
{
	unsigned int news = netlink_receive(&h->netlink), happened = 0;

	if ((news & NETLINK_LISTED) != 0 && take_list(h))
		happened |= HOSTS_MOVED;
	if ((news & NETLINK_LINK_UP) != 0)
		happened |= HOSTS_LINK_UP;
	if ((news & NETLINK_CHANGED) != 0 && h->ask_at == CLOCK_NEVER) {
		h->ask_at = h->asked_at + HOSTS_SPACING;
		if (h->ask_at < now + HOSTS_DEBOUNCE)
			h->ask_at = now + HOSTS_DEBOUNCE;
	}
	return happened;
}

void
hosts_port(struct hosts *h, uint16_t port)
{
	h->local.port = port;
	for (size_t i = 0; i < h->local.count; i++)
		h->local.hosts[i].port = port;
}

uint64_t
hosts_deadline(const struct hosts *h)
{
	return h->ask_at;
}

void
hosts_timer(struct hosts *h, uint64_t now)
{
	if (now < h->ask_at)
		return;
	h->ask_at = CLOCK_NEVER;
	h->asked_at = now;
	netlink_ask(&h->netlink);
}
