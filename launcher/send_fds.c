/*
 * Sending descriptors with a message. See send_fds.h.
 */
#include "launcher/send_fds.h"

#include <sys/socket.h>

#include <stdint.h>
#include <string.h>

int
send_fds(int to, const void *bytes, size_t len, const int *fds, size_t count,
    int flags)
{
	union {
		struct cmsghdr header; /* for its alignment */
		char bytes[CMSG_SPACE(SEND_FDS_MAX * sizeof(int))];
	} control = { .bytes = { 0 } };
	struct iovec iov = { (void *)(uintptr_t)bytes, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (count > 0) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, count * sizeof(int));
	}
	return sendmsg(to, &msg, flags | MSG_NOSIGNAL) == -1 ? -1 : 0;
}
