/*
 * The metrics socket. See metrics.h.
 */
#include "launcher/metrics.h"

#include <sys/socket.h>

#include <unistd.h>

int
metrics_open(struct metrics *m, const char *path, int *given, char *err,
    size_t errlen)
{
	*m = (struct metrics){ .socket.fd = -1 };
	if (unix_socket_take(&m->socket, path, given))
		return 0;
	return unix_socket_listen(&m->socket, "metrics", path, 0660,
	    METRICS_READERS, err, errlen);
}

void
metrics_close(struct metrics *m)
{
	metrics_answer(m, "", 0);
	if (m->socket.fd != -1)
		close(m->socket.fd);
	m->socket.fd = -1;
}

int
metrics_poll(const struct metrics *m)
{
	return m->count < METRICS_READERS ? m->socket.fd : -1;
}

bool
metrics_accept(struct metrics *m)
{
	int fd;

	while (m->count < METRICS_READERS) {
		fd = accept4(m->socket.fd, NULL, NULL,
		    SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd == -1)
			break;
		m->readers[m->count++] = fd;
	}
	return m->count > 0;
}

void
metrics_answer(struct metrics *m, const char *text, size_t len)
{
	struct iovec iov = { (void *)(uintptr_t)text, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	/* A reader that is gone, or has a tiny buffer, gets less: it asks again
	 * soon. */
	while (m->count > 0) {
		sendmsg(m->readers[--m->count], &msg, MSG_NOSIGNAL);
		close(m->readers[m->count]);
	}
}
