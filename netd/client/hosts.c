/*
 * The addresses of this host. See hosts.h.
 */
#include "netd/client/hosts.h"

#include "common/log.h"

#include <errno.h>
#include <string.h>

/* Addresses outside, in both families, to ask the kernel for the route there:
 * root servers of the DNS, whose addresses stay. Nothing is sent to them. */
static const struct addr outside[] = {
	{ .ip = { [10] = 0xff, 0xff, 198, 41, 0, 4 } },
	{ .ip = { 0x20, 0x01, 0x05, 0x03, 0xba, 0x3e, [13] = 0x02, 0, 0x30 } },
};
#define OUTSIDE (sizeof(outside) / sizeof(outside[0]))

static bool
has_prefix(const struct lan *lan, const struct addr_prefix *p)
{
	for (size_t i = 0; i < lan->count; i++)
		if (lan->prefixes[i].bits == p->bits &&
		    memcmp(lan->prefixes[i].ip, p->ip, sizeof(p->ip)) == 0)
			return true;
	return false;
}

/* The kernel's order means nothing. */
static bool
same_lan(const struct lan *a, const struct lan *b)
{
	for (size_t i = 0; i < a->count; i++)
		if (!has_prefix(b, &a->prefixes[i]))
			return false;
	return a->count == b->count;
}

static bool
has_host(const struct ipc_local *local, const struct addr *host)
{
	for (size_t i = 0; i < local->count; i++)
		if (addr_equal(&local->hosts[i], host))
			return true;
	return false;
}

/* The order does not matter: it alone is no reason to tell everybody. */
static bool
same_hosts(const struct ipc_local *a, const struct ipc_local *b)
{
	for (size_t i = 0; i < a->count; i++)
		if (!has_host(b, &a->hosts[i]))
			return false;
	return a->count == b->count;
}

/* Everything is known. Returns what of it is new. */
static unsigned int
take_list(struct hosts *h)
{
	const struct network *n = &h->netlink.network;
	struct ipc_local chosen;
	unsigned int happened = 0;
	struct lan lan = { .count = n->addr_count };

	for (size_t i = 0; i < n->addr_count; i++)
		lan.prefixes[i] = n->addrs[i].prefix;
	network_choose(n, &h->chosen, &chosen);
	if (!same_lan(&lan, &h->lan))
		happened |= HOSTS_MOVED;
	if (!same_hosts(&chosen, &h->chosen))
		happened |= HOSTS_CHOSEN;
	h->lan = lan;
	h->chosen = chosen;
	if (!h->hidden && (happened & HOSTS_CHOSEN) != 0)
		h->local = chosen;
	return happened;
}

static void
set_targets(struct hosts *h, const struct addr *bootnode, size_t count)
{
	struct netlink *n = &h->netlink;

	memcpy(n->targets, outside, sizeof(outside));
	memcpy(n->targets + OUTSIDE, bootnode, count * sizeof(*bootnode));
	n->target_count = OUTSIDE + count;
}

void
hosts_open(struct hosts *h, int family, uint16_t port,
    const struct ipc_config_netd *config, uint64_t now)
{
	memset(h, 0, sizeof(*h));
	h->hidden = config->relay == RELAY_ONLY;
	h->local.port = h->chosen.port = port;
	h->ask_at = CLOCK_NEVER;
	h->asked_at = now;
	if (netlink_open(&h->netlink) == -1) {
		log_warn("this host's addresses are unknown: %s",
		    strerror(errno));
		return;
	}
	h->netlink.network.ipv4_only = family == AF_INET;
	set_targets(h, config->boot_addrs, config->boot_addr_count);
	netlink_ask(&h->netlink);
	hosts_receive(h, now); /* the kernel answers at once */
}

static void
ask_soon(struct hosts *h, uint64_t now)
{
	if (h->ask_at != CLOCK_NEVER)
		return;
	h->ask_at = h->asked_at + HOSTS_SPACING;
	if (h->ask_at < now + HOSTS_DEBOUNCE)
		h->ask_at = now + HOSTS_DEBOUNCE;
}

void
hosts_toward(struct hosts *h, uint64_t now, const struct addr *bootnode,
    size_t count)
{
	set_targets(h, bootnode, count);
	ask_soon(h, now);
}

unsigned int
hosts_receive(struct hosts *h, uint64_t now)
{
	unsigned int news = netlink_receive(&h->netlink), happened = 0;

	if ((news & NETLINK_LISTED) != 0)
		happened |= take_list(h);
	if ((news & NETLINK_LINK_UP) != 0)
		happened |= HOSTS_LINK_UP;
	if ((news & NETLINK_CHANGED) != 0)
		ask_soon(h, now);
	return happened;
}

static void
set_port(struct ipc_local *local, uint16_t port)
{
	local->port = port;
	for (size_t i = 0; i < local->count; i++)
		local->hosts[i].port = port;
}

void
hosts_port(struct hosts *h, uint16_t port)
{
	set_port(&h->local, port);
	set_port(&h->chosen, port); /* what was chosen stays so */
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
