/*
 * The metrics socket. See metrics.h.
 */
#include "launcher/metrics.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

/* Returns true if nobody listens at the socket of this address. */
static bool
is_abandoned(const struct sockaddr_un *sun)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool refused;

	if (fd == -1)
		return false;
	refused =
	    connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) == -1 &&
	    errno == ECONNREFUSED;
	close(fd);
	return refused;
}

static int
bind_at(int fd, const struct sockaddr_un *sun)
{
	mode_t before = umask(0117);
	int result = bind(fd, (const struct sockaddr *)sun, sizeof(*sun));
	int error = errno;

	umask(before);
	errno = error;
	return result;
}

static int
fail(int fd, char *err, size_t errlen, const char *path, const char *what)
{
	(void)snprintf(err, errlen,
	    "cannot listen on the metrics socket %s: %s", path, what);
	if (fd != -1)
		close(fd);
	return -1;
}

int
metrics_open(struct metrics *m, const char *path, char *err, size_t errlen)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct stat st;
	int fd;

	*m = (struct metrics){ .fd = -1, .path = path };
	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path))
		return fail(-1, err, errlen, path, "its path is too long");
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return fail(-1, err, errlen, path, strerror(errno));
	if (lstat(path, &st) == 0) {
		if (!S_ISSOCK(st.st_mode))
			return fail(fd, err, errlen, path,
			    "there is something else");
		if (!is_abandoned(&sun))
			return fail(fd, err, errlen, path,
			    "another process has it");
		unlink(path); /* if not, bind tells */
	}
	if (bind_at(fd, &sun) == -1 || listen(fd, METRICS_READERS) == -1)
		return fail(fd, err, errlen, path, strerror(errno));
	m->fd = fd;
	return 0;
}

void
metrics_close(struct metrics *m)
{
	metrics_answer(m, "", 0);
	if (m->fd != -1)
		close(m->fd);
	m->fd = -1;
}

void
metrics_remove(const struct metrics *m)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct stat st;

	if (m->fd == -1)
		return;
	(void)strlcpy(sun.sun_path, m->path, sizeof(sun.sun_path));
	/* A file refuses a connection, too. */
	if (lstat(m->path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    is_abandoned(&sun))
		unlink(m->path);
}

int
metrics_poll(const struct metrics *m)
{
	return m->count < METRICS_READERS ? m->fd : -1;
}

bool
metrics_accept(struct metrics *m)
{
	int fd;

	while (m->count < METRICS_READERS) {
		fd = accept4(m->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
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
