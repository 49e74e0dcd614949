/*
 * The addresses of this host. See hosts.h.
 */
#include "netd/hosts.h"

#include "common/log.h"

#include <net/if.h>

#include <errno.h>
#include <ifaddrs.h>
#include <string.h>

static uint8_t
prefix_bits(const struct sockaddr *mask)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
	uint8_t bits = 0;

	if (mask != NULL && mask->sa_family == AF_INET) {
		memcpy(&in4, mask, sizeof(in4));
		return (uint8_t)(96 + __builtin_popcount(in4.sin_addr.s_addr));
	}
	if (mask == NULL || mask->sa_family != AF_INET6)
		return 128;
	memcpy(&in6, mask, sizeof(in6));
	for (size_t i = 0; i < 16; i++)
		bits = (uint8_t)(bits +
		    __builtin_popcount(in6.sin6_addr.s6_addr[i]));
	return bits;
}

static void
note(const struct ifaddrs *ifa, int family, uint16_t port,
    struct ipc_local *local, struct lan *lan)
{
	socklen_t len = ifa->ifa_addr->sa_family == AF_INET
	    ? sizeof(struct sockaddr_in)
	    : sizeof(struct sockaddr_in6);
	struct addr a;

	if (addr_from_sockaddr(&a, ifa->ifa_addr, len) == -1 ||
	    addr_is_loopback(&a) || addr_is_link_local(&a))
		return;
	if (family == AF_INET && !addr_is_ipv4(&a))
		return;
	a.port = port;
	if (local->count < CANDIDATES_MAX)
		local->hosts[local->count++] = a;
	if (lan->count < sizeof(lan->prefixes) / sizeof(lan->prefixes[0])) {
		struct addr_prefix *p = &lan->prefixes[lan->count++];

		memcpy(p->ip, a.ip, sizeof(p->ip));
		p->bits = prefix_bits(ifa->ifa_netmask);
	}
}

void
hosts_find(int family, uint16_t port, struct ipc_local *local, struct lan *lan)
{
	struct ifaddrs *list, *ifa;

	memset(local, 0, sizeof(*local));
	memset(lan, 0, sizeof(*lan));
	local->port = port;
	if (getifaddrs(&list) == -1) {
		log_warn("this host's addresses are unknown: %s",
		    strerror(errno));
		return;
	}
	for (ifa = list; ifa != NULL; ifa = ifa->ifa_next)
		if (ifa->ifa_addr != NULL && (ifa->ifa_flags & IFF_UP) != 0 &&
		    (ifa->ifa_addr->sa_family == AF_INET ||
			ifa->ifa_addr->sa_family == AF_INET6))
			note(ifa, family, port, local, lan);
	freeifaddrs(list);
}
