/*
 * sd_notify's datagrams. See notify.h.
 */
#include "launcher/notify.h"

#include "common/clock.h"
#include "launcher/environment.h"
#include "launcher/send_fds.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOTIFY_PATIENCE 1 /* seconds */

/* A path, or a name in the abstract namespace after an @. */
static int
connect_to(struct notify *n, const char *name, char *err, size_t errlen)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const struct timeval patience = { NOTIFY_PATIENCE, 0 };
	size_t len = strlen(name);

	if ((*name != '/' && *name != '@') || len >= sizeof(sun.sun_path)) {
		(void)snprintf(err, errlen,
		    "NOTIFY_SOCKET in the environment: expected a path from / "
		    "or a name after @, shorter than %zu bytes",
		    sizeof(sun.sun_path));
		return -1;
	}
	memcpy(sun.sun_path, name, len);
	if (*name == '@')
		sun.sun_path[0] = '\0';
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (n->fd != -1 &&
	    setsockopt(n->fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		sizeof(patience)) == 0 &&
	    connect(n->fd, (struct sockaddr *)&sun,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0)
		return 0;
	(void)snprintf(err, errlen,
	    "cannot reach the socket in NOTIFY_SOCKET: %s", strerror(errno));
	return -1;
}

int
notify_open(struct notify *n, pid_t pid, char *err, size_t errlen)
{
	const char *name = getenv("NOTIFY_SOCKET");
	long long usec, of;

	*n = (struct notify){ .fd = -1 };
	if (name == NULL || *name == '\0')
		return 0;
	if (environment_number("WATCHDOG_USEC", USEC_PER_SEC, INT64_MAX, &usec,
		err, errlen) == -1 ||
	    environment_number("WATCHDOG_PID", 1, INT32_MAX, &of, err,
		errlen) == -1)
		return -1;
	if (of == 0 || of == pid)
		n->watchdog = (uint64_t)usec;
	return connect_to(n, name, err, errlen);
}

static void
send_lines(const struct notify *n, const char *lines, int flags)
{
	struct iovec iov = { (void *)(uintptr_t)lines, strlen(lines) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (n->fd != -1)
		sendmsg(n->fd, &msg, MSG_NOSIGNAL | flags);
}

void
notify_send(const struct notify *n, const char *lines)
{
	send_lines(n, lines, MSG_DONTWAIT);
}

void
notify_send_surely(const struct notify *n, const char *lines)
{
	send_lines(n, lines, 0);
}

int
notify_store(const struct notify *n, const char *name, int fd)
{
	char lines[96];

	(void)snprintf(lines, sizeof(lines), "FDSTORE=1\nFDNAME=%s\nFDPOLL=0",
	    name);
	return send_fds(n->fd, lines, strlen(lines), &fd, 1, 0);
}
