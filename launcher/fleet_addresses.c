/*
 * Where clients reach a bootnode of a fleet. See fleet_addresses.h.
 */
#include "launcher/fleet_addresses.h"

#include "common/endpoint.h"
#include "launcher/resolve.h"

#include <sys/socket.h>

#include <bsd/string.h>
#include <stdio.h>
#include <string.h>

static unsigned int
count_family(const struct fleet_addresses *list, bool ipv4)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < list->count; i++)
		count += addr_is_ipv4(&list->at[i]) == ipv4;
	return count;
}

/* True if datagrams can be sent there, once the port is known. */
static bool
is_usable(const struct addr *a)
{
	struct addr with_port = *a;

	with_port.port = 1;
	return !addr_is_unusable(&with_port);
}

static int
add(struct fleet_addresses *list, const char *text,
    char why[FLEET_ADDRESSES_WHY_MAX])
{
	struct endpoint e;
	struct addr a;

	if (endpoint_parse(&e, text, 0) == -1 || !endpoint_is_numeric(&e) ||
	    resolve_numeric(&e, &a) == -1)
		return -1;
	if (!is_usable(&a)) {
		(void)snprintf(why, FLEET_ADDRESSES_WHY_MAX,
		    "no client can reach an address like %.40s", e.host);
		return -1;
	}
	if (count_family(list, addr_is_ipv4(&a)) == FLEET_ADDRS_OF_FAMILY) {
		(void)snprintf(why, FLEET_ADDRESSES_WHY_MAX,
		    "there are more than %d of IPv%c", FLEET_ADDRS_OF_FAMILY,
		    addr_is_ipv4(&a) ? '4' : '6');
		return -1;
	}
	list->at[list->count++] = a;
	return 0;
}

int
fleet_addresses_parse(struct fleet_addresses *list, const char *text,
    char why[FLEET_ADDRESSES_WHY_MAX])
{
	char copy[FLEET_ADDRESSES_TEXT_MAX], *rest = copy, *word;

	memset(list, 0, sizeof(*list));
	why[0] = '\0';
	if (strlcpy(copy, text, sizeof(copy)) >= sizeof(copy))
		return -1;
	while ((word = strsep(&rest, ",")) != NULL)
		if (add(list, word, why) == -1)
			return -1;
	return 0;
}

const char *
fleet_addresses_format(const struct fleet_addresses *list,
    char buf[FLEET_ADDRESSES_TEXT_MAX])
{
	char text[ADDR_TEXT_MAX];
	size_t len = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < list->count; i++)
		len += (size_t)snprintf(buf + len,
		    FLEET_ADDRESSES_TEXT_MAX - len, "%s%s", i > 0 ? "," : "",
		    addr_format(&list->at[i], text, sizeof(text)));
	return buf;
}

static void
address_of(int fd, struct addr *a)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	memset(a, 0, sizeof(*a));
	if (getsockname(fd, (struct sockaddr *)&ss, &len) == 0)
		(void)addr_from_sockaddr(a, (struct sockaddr *)&ss, len);
}

int
fleet_addresses_complete(struct fleet_addresses *list, const int *sockets,
    size_t count, char text[ADDR_TEXT_MAX])
{
	const bool none = list->count == 0;
	struct addr bound[BINDS_MAX];

	for (size_t i = 0; i < count; i++) {
		address_of(sockets[i], &bound[i]);
		if (!none)
			continue;
		(void)addr_format(&bound[i], text, ADDR_TEXT_MAX);
		if (addr_is_unspecified(&bound[i]))
			return -1;
		list->at[list->count++] = bound[i];
	}
	for (unsigned int i = 0; i < list->count && count > 0; i++)
		if (list->at[i].port == 0)
			list->at[i].port = bound[0].port;
	return 0;
}
