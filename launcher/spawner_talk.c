/*
 * The launcher's side of what it and the spawner say to each other. See
 * spawner.h.
 */
#include "launcher/spawner.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

#define END_PATIENCE 300000000 /* nanoseconds */

int
spawner_ask(int fd, const struct wish *wish)
{
	struct iovec iov = { (void *)(uintptr_t)wish, sizeof(*wish) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) == -1 ? -1 : 0;
}

int
spawner_tell(int fd, enum wish_kind kind)
{
	return spawner_ask(fd, &(struct wish){ .kind = kind });
}

void
spawner_end(int fd)
{
	struct pollfd pfd = { fd, 0,
		0 }; /* the end of it is told all the same */
	const struct timespec patience = { 0, END_PATIENCE };

	if (spawner_tell(fd, WISH_END) == 0)
		ppoll(&pfd, 1, &patience, NULL);
}

int
spawner_receive(int fd, struct spawned *s, int fds[2])
{
	union spawned_control control;
	struct iovec iov = { s, sizeof(*s) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	ssize_t n;

	/* See ipc_receive(). */
	do
		n = recvmsg(fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == ECONNRESET);
	fds[0] = fds[1] = -1;
	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (n != (ssize_t)sizeof(*s) || (msg.msg_flags & MSG_CTRUNC) != 0) {
		errno = n == 0 ? EPIPE : EMFILE;
		return -1;
	}
	c = CMSG_FIRSTHDR(&msg);
	if (c != NULL && c->cmsg_type == SCM_RIGHTS)
		memcpy(fds, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
	return 1;
}
