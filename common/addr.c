/*
 * Addresses of datagrams: comparing, classifying, and their two outer
 * forms, text and sockaddr. See addr.h.
 */
#include "common/addr.h"

#include <arpa/inet.h>

#include <stdio.h>
#include <string.h>

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_compare(a, b) == 0;
}

int
addr_compare(const struct addr *a, const struct addr *b)
{
	int c = memcmp(a->ip, b->ip, sizeof(a->ip));

	if (c != 0)
		return c;
	return (a->port > b->port) - (a->port < b->port);
}

static bool
is_mapped(const uint8_t ip[16])
{
	return memcmp(ip, mapped, sizeof(mapped)) == 0;
}

bool
addr_is_ipv4(const struct addr *a)
{
	return is_mapped(a->ip);
}

bool
addr_is_unspecified(const struct addr *a)
{
	static const uint8_t zero[16];

	if (addr_is_ipv4(a))
		return memcmp(a->ip + 12, zero, 4) == 0;
	return memcmp(a->ip, zero, sizeof(zero)) == 0;
}

bool
addr_is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = { [15] = 1 };

	if (addr_is_ipv4(a))
		return a->ip[12] == 127;
	return memcmp(a->ip, one, sizeof(one)) == 0;
}

bool
addr_is_link_local(const struct addr *a)
{
	if (addr_is_ipv4(a))
		return a->ip[12] == 169 && a->ip[13] == 254;
	return a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80;
}

bool
addr_is_private(const struct addr *a)
{
	const uint8_t *b = a->ip + 12;

	if (!addr_is_ipv4(a))
		return (a->ip[0] & 0xfe) == 0xfc;
	return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) ||
	    (b[0] == 192 && b[1] == 168) ||
	    (b[0] == 100 && (b[1] & 0xc0) == 64);
}

bool
addr_is_unusable(const struct addr *a)
{
	if (a->port == 0 || addr_is_unspecified(a))
		return true;
	if (addr_is_ipv4(a)) /* 224/4 multicast, 240/4 and broadcast */
		return a->ip[12] == 0 || a->ip[12] >= 224;
	return a->ip[0] == 0xff;
}

bool
addr_in_prefix(const struct addr *a, const struct addr_prefix *p)
{
	size_t bytes = p->bits / 8;
	unsigned int rest = p->bits % 8;
	uint8_t mask;

	if (p->bits > 128 || memcmp(a->ip, p->ip, bytes) != 0)
		return false;
	if (rest == 0)
		return true;
	mask = (uint8_t)(0xff << (8 - rest));
	return ((a->ip[bytes] ^ p->ip[bytes]) & mask) == 0;
}

struct addr_block
addr_block_of(const struct addr *a)
{
	struct addr_block block = { { 0 } };

	memcpy(block.ip, a->ip, addr_is_ipv4(a) ? 16 : 8);
	return block;
}

int
addr_from_sockaddr(struct addr *a, const struct sockaddr *sa, socklen_t len)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	memset(a, 0, sizeof(*a));
	if (sa->sa_family == AF_INET && len >= sizeof(in4)) {
		memcpy(&in4, sa, sizeof(in4));
		memcpy(a->ip, mapped, sizeof(mapped));
		memcpy(a->ip + 12, &in4.sin_addr, 4);
		a->port = ntohs(in4.sin_port);
		return 0;
	}
	if (sa->sa_family == AF_INET6 && len >= sizeof(in6)) {
		memcpy(&in6, sa, sizeof(in6));
		memcpy(a->ip, &in6.sin6_addr, 16);
		a->port = ntohs(in6.sin6_port);
		return 0;
	}
	return -1;
}

socklen_t
addr_to_sockaddr(const struct addr *a, int family, struct sockaddr_storage *ss)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	if (family == AF_INET6) {
		memcpy(&in6.sin6_addr, a->ip, 16);
		in6.sin6_port = htons(a->port);
		memcpy(ss, &in6, sizeof(in6));
		return sizeof(in6);
	}
	if (!addr_is_ipv4(a))
		return 0;
	memcpy(&in4.sin_addr, a->ip + 12, 4);
	in4.sin_port = htons(a->port);
	memcpy(ss, &in4, sizeof(in4));
	return sizeof(in4);
}

const char *
addr_format(const struct addr *a, char *buf, size_t len)
{
	char ip[INET6_ADDRSTRLEN];

	if (addr_is_ipv4(a)) {
		inet_ntop(AF_INET, a->ip + 12, ip, sizeof(ip));
		snprintf(buf, len, "%s:%u", ip, a->port);
	} else {
		inet_ntop(AF_INET6, a->ip, ip, sizeof(ip));
		snprintf(buf, len, "[%s]:%u", ip, a->port);
	}
	return buf;
}

const char *
addr_block_format(const struct addr_block *b, char buf[ADDR_BLOCK_TEXT_MAX])
{
	char ip[INET6_ADDRSTRLEN];

	if (is_mapped(b->ip)) {
		inet_ntop(AF_INET, b->ip + 12, buf, ADDR_BLOCK_TEXT_MAX);
	} else {
		inet_ntop(AF_INET6, b->ip, ip, sizeof(ip));
		snprintf(buf, ADDR_BLOCK_TEXT_MAX, "%s/64", ip);
	}
	return buf;
}
