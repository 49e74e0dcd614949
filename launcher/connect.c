/*
 * Connections to an engine. See connect.h.
 */
#include "launcher/connect.h"

#include "launcher/errand.h"
#include "launcher/send_fds.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <bsd/string.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- The connector -------------------------------------------------------- */

/* Waits for a connection that is under way. Returns 0, or -1 with errno set. */
static int
await(int fd)
{
	struct pollfd pfd = { fd, POLLOUT, 0 };
	int error = ETIMEDOUT, found;
	socklen_t len = sizeof(error);

	do
		found =
		    poll(&pfd, 1, (int)(CONNECT_PATIENCE_EACH / USEC_PER_MSEC));
	while (found == -1 && errno == EINTR);
	if (found == 1 &&
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		error = errno;
	errno = error;
	return error == 0 ? 0 : -1;
}

/* Returns a connection, or -1 with errno set. */
static int
connect_to(const struct sockaddr *at, socklen_t len)
{
	const int one = 1;
	int fd = socket(at->sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	if (connect(fd, at, len) == -1 &&
	    (errno != EINPROGRESS || await(fd) == -1)) {
		close(fd);
		return -1;
	}
	/* What is asked goes out at once; a unix socket has no such option. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static int
connect_path(const struct engine_url *u, struct connected *c)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	(void)strlcpy(at.sun_path, u->path, sizeof(at.sun_path));
	fd = connect_to((struct sockaddr *)&at, sizeof(at));
	if (fd == -1)
		(void)strlcpy(c->why, strerror(errno), sizeof(c->why));
	return fd;
}

/* Tries one address after the other. What is said is why the last failed. */
static int
connect_any(const struct addrinfo *list, struct connected *c)
{
	int fd = -1;

	(void)strlcpy(c->why, "it has no address", sizeof(c->why));
	for (; list != NULL && fd == -1; list = list->ai_next) {
		fd = connect_to(list->ai_addr, list->ai_addrlen);
		if (fd == -1)
			(void)strlcpy(c->why, strerror(errno), sizeof(c->why));
	}
	return fd;
}

static int
connect_host(const struct engine_url *u, struct connected *c)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	struct addrinfo *list;
	char port[8];
	int error, fd;

	(void)snprintf(port, sizeof(port), "%u", (unsigned int)u->at.port);
	error = getaddrinfo(u->at.host, port, &hints, &list);
	if (error != 0) {
		(void)strlcpy(c->why, gai_strerror(error), sizeof(c->why));
		return -1;
	}
	fd = connect_any(list, c);
	freeaddrinfo(list);
	return fd;
}

static void __attribute__((noreturn)) run(const struct engine_url *u)
{
	struct connected c = { .why = "" };
	int fd;

	/* A name server may take longer than we have. */
	(void)alarm((unsigned int)(CONNECT_PATIENCE / USEC_PER_SEC));
	fd = u->kind == ENGINE_UNIX ? connect_path(u, &c) : connect_host(u, &c);
	if (fd != -1)
		memset(c.why, 0, sizeof(c.why));
	(void)send_fds(ERRAND_FD, &c, sizeof(c), &fd, fd != -1, 0);
	_exit(0);
}

int
connect_start(const struct engine_url *u, const struct ipc_privileges *user)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	pid = fork();
	if (pid == 0) {
		errand_begin("connector", pair[1], user);
		run(u);
	}
	close(pair[1]);
	if (pid != -1)
		return pair[0];
	close(pair[0]);
	return -1;
}

/* --- Its report ----------------------------------------------------------- */

/* Takes the descriptor that came, if any. */
static int
take_fd(struct msghdr *msg)
{
	const struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

int
connect_hear(int socket, struct connected *c, int *fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { c, sizeof(*c) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(socket, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	*fd = -1;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n > 0)
		*fd = take_fd(&msg);
	if (n == (ssize_t)sizeof(*c)) {
		c->why[sizeof(c->why) - 1] = '\0';
		return 1;
	}
	if (*fd != -1)
		close(*fd);
	*fd = -1;
	return -1;
}
