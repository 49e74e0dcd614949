/*
 * Unix sockets. See unix_socket.h.
 */
#include "launcher/unix_socket.h"

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
bind_at(int fd, const struct sockaddr_un *sun, mode_t mode)
{
	mode_t before = umask(0777 & ~mode);
	int result = bind(fd, (const struct sockaddr *)sun, sizeof(*sun));
	int error = errno;

	umask(before);
	errno = error;
	return result;
}

/* Makes room for the socket. Returns what is in the way, or NULL. */
static const char *
clear_path(const struct sockaddr_un *sun)
{
	struct stat st;

	if (lstat(sun->sun_path, &st) == -1)
		return NULL; /* if anything is wrong, bind tells */
	if (!S_ISSOCK(st.st_mode))
		return "there is something else";
	if (!is_abandoned(sun))
		return "another process has it";
	unlink(sun->sun_path); /* the same */
	return NULL;
}

int
unix_socket_listen(struct unix_socket *s, const char *what, const char *path,
    mode_t mode, int backlog, char *err, size_t errlen)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const char *why = NULL;
	int fd = -1;

	*s = (struct unix_socket){ .fd = -1, .path = path };
	if (strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >=
	    sizeof(sun.sun_path))
		why = "its path is too long";
	if (why == NULL)
		why = clear_path(&sun);
	if (why == NULL) {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0);
		if (fd == -1 || bind_at(fd, &sun, mode) == -1 ||
		    listen(fd, backlog) == -1)
			why = strerror(errno);
	}
	if (why == NULL) {
		s->fd = fd;
		return 0;
	}
	(void)snprintf(err, errlen, "cannot listen on the %s socket %s: %s",
	    what, path, why);
	if (fd != -1)
		close(fd);
	return -1;
}

bool
unix_socket_take(struct unix_socket *s, const char *path, int *given)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(sun) - 1;

	if (*given == -1 ||
	    getsockname(*given, (struct sockaddr *)&sun, &len) == -1 ||
	    len >= sizeof(sun) || strcmp(sun.sun_path, path) != 0)
		return false;
	*s = (struct unix_socket){ .fd = *given, .path = path };
	*given = -1;
	return true;
}

void
unix_socket_remove(const struct unix_socket *s)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct stat st;

	if (s->fd == -1)
		return;
	(void)strlcpy(sun.sun_path, s->path, sizeof(sun.sun_path));
	/* A file refuses a connection, too. */
	if (lstat(s->path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    is_abandoned(&sun))
		unlink(s->path);
}
