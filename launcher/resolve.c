/*
 * Addresses of bootnodes. See resolve.h.
 */
#include "launcher/resolve.h"

#include "common/clock.h"
#include "launcher/errand.h"

#include <sys/socket.h>

#include <bsd/string.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RETRY_FIRST 2U /* seconds, doubling */
#define RETRY_LAST  30U

/* More than an answer of DNS holds: 64 KiB of AAAA records are 2340. */
#define LOOKED_UP_MAX 4096

static bool
has_addr(const struct ipc_boot_addrs *list, const struct addr *a)
{
	for (size_t i = 0; i < list->count; i++)
		if (addr_equal(&list->addrs[i], a))
			return true;
	return false;
}

/* Adds an address that is not there yet. Returns 1 if there is no room, else
 * 0. */
static size_t
add(struct ipc_boot_addrs *out, const struct addr *a)
{
	if (has_addr(out, a))
		return 0;
	if (out->count == BOOT_ADDRS_MAX)
		return 1;
	out->addrs[out->count++] = *a;
	return 0;
}

/* Lets the families take turns, beginning with this one if it is there. */
static size_t
order(const struct addr *in, size_t count, bool ipv4,
    struct ipc_boot_addrs *out)
{
	size_t next[2] = { 0, 0 }, taken = 0, left_out = 0;

	memset(out, 0, sizeof(*out));
	for (; taken < count; ipv4 = !ipv4) {
		size_t *i = &next[ipv4];

		while (*i < count && addr_is_ipv4(&in[*i]) != ipv4)
			++*i;
		if (*i == count) /* takes the rest of the other family */
			continue;
		taken++;
		left_out += add(out, &in[*i]);
		++*i;
	}
	return left_out;
}

size_t
resolve_order(const struct addr *in, size_t count, struct ipc_boot_addrs *out)
{
	return order(in, count, count > 0 && addr_is_ipv4(&in[0]), out);
}

size_t
resolve_in_turns(const struct ipc_boot_addrs *hosts, size_t count,
    struct ipc_boot_addrs *out)
{
	struct ipc_boot_addrs of[ENDPOINTS_MAX];
	size_t left_out = 0, known = 0;
	bool ipv4 = false;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < count; i++) {
		if (hosts[i].count == 0)
			continue;
		if (known == 0) {
			ipv4 = addr_is_ipv4(&hosts[i].addrs[0]);
			out->took_us = hosts[i].took_us;
		}
		if (hosts[i].took_us < out->took_us)
			out->took_us = hosts[i].took_us;
		order(hosts[i].addrs, hosts[i].count, ipv4 ^ (known & 1),
		    &of[known]);
		known++;
	}
	for (size_t turn = 0; turn < BOOT_ADDRS_MAX; turn++)
		for (size_t i = 0; i < known; i++)
			if (turn < of[i].count)
				left_out += add(out, &of[i].addrs[turn]);
	return left_out;
}

/* Resolves the name. Returns getaddrinfo's error, or 0. */
static int
look_up(const struct endpoint *e, int flags, struct resolved *out)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_DGRAM,
		.ai_flags = flags,
	};
	struct addr addrs[LOOKED_UP_MAX];
	struct addrinfo *list, *ai;
	size_t count = 0;
	int error = getaddrinfo(e->host, NULL, &hints, &list);

	out->addrs.count = 0;
	if (error != 0)
		return error;
	for (ai = list; ai != NULL && count < LOOKED_UP_MAX; ai = ai->ai_next)
		if (addr_from_sockaddr(&addrs[count], ai->ai_addr,
			ai->ai_addrlen) == 0)
			addrs[count++].port = e->port;
	freeaddrinfo(list);
	out->left_out = (uint32_t)resolve_order(addrs, count, &out->addrs);
	return out->addrs.count > 0 ? 0 : EAI_NONAME;
}

int
resolve_numeric(const struct endpoint *e, struct addr *out)
{
	struct resolved r;

	if (look_up(e, AI_NUMERICHOST, &r) != 0)
		return -1;
	*out = r.addrs.addrs[0];
	return 0;
}

static void __attribute__((noreturn))
run(const struct endpoints *list, size_t host, int fd)
{
	struct resolved r;
	const uint64_t began = clock_now();
	unsigned int retry = RETRY_FIRST;
	int error;

	for (;;) {
		memset(&r, 0, sizeof(r));
		r.host = (uint32_t)host;
		error = look_up(&list->at[host], 0, &r);
		r.addrs.took_us =
		    (uint32_t)clock_min(clock_now() - began, UINT32_MAX);
		if (error != 0)
			strlcpy(r.error, gai_strerror(error), sizeof(r.error));
		if (send(fd, &r, sizeof(r), MSG_NOSIGNAL) == -1 || error == 0)
			_exit(0);
		sleep(retry);
		retry = retry * 2 < RETRY_LAST ? retry * 2 : RETRY_LAST;
	}
}

static void __attribute__((noreturn)) be_resolver(const struct endpoints *list,
    size_t host, int fd, const struct ipc_privileges *user)
{
	errand_begin("resolver", fd, user);
	run(list, host, ERRAND_FD);
}

/* One that takes long, or never succeeds, does not hold up the others. */
static int
start_all(const struct endpoints *list, int fd,
    const struct ipc_privileges *user)
{
	for (size_t host = 0; host < list->count; host++) {
		pid_t pid;

		if (endpoint_is_numeric(&list->at[host]))
			continue;
		pid = fork();
		if (pid == -1)
			return -1;
		if (pid == 0)
			be_resolver(list, host, fd, user);
	}
	return 0;
}

int
resolve_start(const struct endpoints *list, const struct ipc_privileges *user)
{
	int pair[2], result;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	result = start_all(list, pair[1], user);
	close(pair[1]);
	if (result == 0)
		return pair[0];
	close(pair[0]);
	return -1;
}
