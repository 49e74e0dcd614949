/*
 * The bootnode's addresses. See resolve.h.
 */
#include "launcher/resolve.h"

#include "common/clock.h"
#include "common/sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <bsd/string.h>
#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
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

size_t
resolve_order(const struct addr *in, size_t count, struct ipc_boot_addrs *out)
{
	size_t next[2] = { 0, 0 }, taken = 0, left_out = 0;
	bool ipv4 = count > 0 && addr_is_ipv4(&in[0]);

	memset(out, 0, sizeof(*out));
	for (; taken < count; ipv4 = !ipv4) {
		size_t *i = &next[ipv4];

		while (*i < count && addr_is_ipv4(&in[*i]) != ipv4)
			++*i;
		if (*i == count) /* takes the rest of the other family */
			continue;
		taken++;
		if (has_addr(out, &in[*i]))
			;
		else if (out->count < BOOT_ADDRS_MAX)
			out->addrs[out->count++] = in[*i];
		else
			left_out++;
		++*i;
	}
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

static void __attribute__((noreturn)) run(const struct endpoint *e, int fd)
{
	struct resolved r;
	const uint64_t began = clock_now();
	unsigned int retry = RETRY_FIRST;
	int error;

	for (;;) {
		memset(&r, 0, sizeof(r));
		error = look_up(e, 0, &r);
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

/* The resolver reads answers of strangers: it gets no terminal, no files to
 * write, and no further processes. */
static void
set_limits(void)
{
	const struct rlimit none = { 0, 0 };
	int fd = open("/dev/null", O_RDWR);

	if (fd == -1 || dup2(fd, STDIN_FILENO) == -1 ||
	    dup2(fd, STDOUT_FILENO) == -1 || dup2(fd, STDERR_FILENO) == -1 ||
	    setrlimit(RLIMIT_FSIZE, &none) == -1 ||
	    setrlimit(RLIMIT_NPROC, &none) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		_exit(1);
}

int
resolve_start(const struct endpoint *e, const struct ipc_privileges *user)
{
	int pair[2];
	bool same;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	pid = fork();
	if (pid == -1) {
		close(pair[0]);
		close(pair[1]);
		return -1;
	}
	if (pid > 0) {
		close(pair[1]);
		return pair[0];
	}
	setproctitle("resolver");
	set_limits();
	signal(SIGINT, SIG_IGN); /* it ends with the launcher */
	if (dup2(pair[1], 3) == -1 || sandbox_become_user(user, &same) == -1 ||
	    sandbox_drop_capabilities() == -1)
		_exit(1);
	closefrom(4);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run(e, 3);
}
