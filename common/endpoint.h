/*
 * Hosts with a port, as people write them: where a bootnode is, or where one
 * listens.
 */
#ifndef COMMON_ENDPOINT_H
#define COMMON_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#define HOST_MAX	  253 /* bytes of a name, RFC 1035 2.3.4 */
#define ENDPOINT_TEXT_MAX 262 /* "[host]:65535" and its NUL */

/*
 * A host and a port as the user named them. The host is a DNS name in small
 * letters, an IPv4 address in dotted decimals, or an IPv6 address in its
 * canonical form without brackets; only the last holds a colon.
 */
struct endpoint {
	char host[HOST_MAX + 1];
	uint16_t port; /* host order */
};

/*
 * Reads "host", "host:port", "v6", "[v6]" or "[v6]:port"; without a port it is
 * default_port. Port 0 is accepted. Returns 0, or -1 if the text is none of
 * these.
 */
int endpoint_parse(struct endpoint *e, const char *text, uint16_t default_port);

/* True if host and port are the same. */
bool endpoint_is_same(const struct endpoint *, const struct endpoint *);

/* True if the host is an address and no name. */
bool endpoint_is_numeric(const struct endpoint *e);

/* Writes "host:port" or "[v6]:port". Returns buf. */
const char *endpoint_format(const struct endpoint *e,
    char buf[ENDPOINT_TEXT_MAX]);

#endif
