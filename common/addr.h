/*
 * Addresses of datagrams. Every process speaks of an address in this one
 * form: an IPv6 address, an IPv4 address being mapped (::ffff:a.b.c.d), and
 * a port. Only netd's socket layer turns it into a sockaddr.
 */
#ifndef COMMON_ADDR_H
#define COMMON_ADDR_H

#include <netinet/in.h>
#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest text of an address: "[v6]:65535" and its NUL. */
#define ADDR_TEXT_MAX (INET6_ADDRSTRLEN + 8)

/* Longest text of an address block: "v6::/64" and its NUL. */
#define ADDR_BLOCK_TEXT_MAX (INET6_ADDRSTRLEN + 3)

struct addr {
	uint8_t ip[16]; /* network order, IPv4 as ::ffff:a.b.c.d */
	uint16_t port;	/* host order */
};

/* An address block: an interface's address and the length of its prefix. */
struct addr_prefix {
	uint8_t ip[16];
	uint8_t bits; /* 0 to 128, of the mapped form */
};

/* The smallest block that one customer gets: an IPv4 address, or a /64 of
 * IPv6. */
struct addr_block {
	uint8_t ip[16]; /* IPv6: zeros after the 64 bits */
};

bool addr_equal(const struct addr *, const struct addr *);
bool addr_is_ipv4(const struct addr *);
/* True for 0.0.0.0 and ::. */
bool addr_is_unspecified(const struct addr *);
bool addr_is_loopback(const struct addr *);
bool addr_is_link_local(const struct addr *);
/* True for RFC 1918, shared (RFC 6598) and unique local IPv6 addresses. */
bool addr_is_private(const struct addr *);
/* True for multicast, broadcast and unspecified addresses and for port 0: no
 * datagram may be sent there. */
bool addr_is_unusable(const struct addr *);
/* True if the address lies within the prefix. */
bool addr_in_prefix(const struct addr *, const struct addr_prefix *);
/* Returns the block that the address is in. */
struct addr_block addr_block_of(const struct addr *);
/* Orders by IP, then port; for trees. */
int addr_compare(const struct addr *, const struct addr *);

/*
 * Reads an AF_INET or AF_INET6 socket address. Returns 0, or -1 for any
 * other family or a length too short for its family.
 */
int addr_from_sockaddr(struct addr *, const struct sockaddr *, socklen_t);

/*
 * Writes the socket address to *ss in the given family. An IPv4 address
 * becomes a mapped one for AF_INET6. Returns its length, or 0 if an IPv6
 * address was asked for in AF_INET.
 */
socklen_t addr_to_sockaddr(const struct addr *, int family,
    struct sockaddr_storage *ss);

/*
 * Formats "a.b.c.d:port" or "[v6]:port" into buf (ADDR_TEXT_MAX bytes are
 * always enough) and returns buf.
 */
const char *addr_format(const struct addr *, char *buf, size_t len);

/* Formats "a.b.c.d" or "v6::/64" into buf and returns buf. */
const char *addr_block_format(const struct addr_block *,
    char buf[ADDR_BLOCK_TEXT_MAX]);

#endif
