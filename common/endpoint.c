/*
 * Hosts with a port as text. See endpoint.h.
 */
#include "common/endpoint.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

/* Changes a host name to small letters in place; returns -1 unless it is a host
 * name or an IPv4 address. */
static int
check_name(char *name)
{
	struct in_addr v4;
	size_t label = 0;
	bool number = false;

	for (char *p = name; *p != '\0'; p++) {
		if (*p == '.') {
			if (label == 0)
				return -1;
			label = 0;
			continue;
		}
		if (!isascii(*p) ||
		    (!isalnum((unsigned char)*p) && *p != '-' && *p != '_'))
			return -1;
		*p = (char)tolower((unsigned char)*p);
		number = (label == 0 || number) && *p >= '0' && *p <= '9';
		if (++label > 63) /* RFC 1035 section 2.3.4 */
			return -1;
	}
	/* No name ends in a number: such a text is meant as an address. */
	if (*name == '\0' || (number && inet_pton(AF_INET, name, &v4) != 1))
		return -1;
	return 0;
}

static int
parse_port(const char *text, uint16_t *port)
{
	unsigned long number;

	/* There are at most five digits, so that strtoul(3) cannot overflow. */
	if (*text == '\0' || strlen(text) > 5 ||
	    text[strspn(text, DIGITS)] != '\0')
		return -1;
	number = strtoul(text, NULL, 10);
	if (number > UINT16_MAX)
		return -1;
	*port = (uint16_t)number;
	return 0;
}

int
endpoint_parse(struct endpoint *e, const char *text, uint16_t default_port)
{
	const char *host = text, *port = NULL, *end = strchr(text, ':');
	size_t len = strlen(text);
	struct in6_addr v6;
	bool is_v6 = false;

	if (*text == '[') {
		host = text + 1;
		end = strchr(host, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return -1;
		len = (size_t)(end - host);
		port = end[1] == ':' ? end + 2 : NULL;
		is_v6 = true;
	} else if (end != NULL && strchr(end + 1, ':') == NULL) {
		len = (size_t)(end - text);
		port = end + 1;
	} else if (end != NULL) {
		is_v6 = true;
	}
	if (len >= sizeof(e->host))
		return -1;
	memcpy(e->host, host, len);
	e->host[len] = '\0';
	e->port = default_port;
	if (port != NULL && parse_port(port, &e->port) == -1)
		return -1;
	if (!is_v6)
		return check_name(e->host);
	/* Each address has one spelling, since the key is looked up by it. */
	if (inet_pton(AF_INET6, e->host, &v6) != 1 ||
	    inet_ntop(AF_INET6, &v6, e->host, sizeof(e->host)) == NULL)
		return -1;
	return 0;
}

bool
endpoint_is_same(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0;
}

bool
endpoint_is_numeric(const struct endpoint *e)
{
	struct in6_addr any;

	return inet_pton(AF_INET, e->host, &any) == 1 ||
	    inet_pton(AF_INET6, e->host, &any) == 1;
}

const char *
endpoint_format(const struct endpoint *e, char buf[ENDPOINT_TEXT_MAX])
{
	bool v6 = strchr(e->host, ':') != NULL;

	(void)snprintf(buf, ENDPOINT_TEXT_MAX, "%s%s%s:%u", v6 ? "[" : "",
	    e->host, v6 ? "]" : "", e->port);
	return buf;
}
