/*
 * Unix sockets that the launcher makes, at a path that the operator names. The
 * socket's mode says who may connect.
 */
#ifndef LAUNCHER_UNIX_SOCKET_H
#define LAUNCHER_UNIX_SOCKET_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

/* A socket, or none. */
struct unix_socket {
	int fd; /* -1: none */
	const char *path;
};

/*
 * Makes the socket, with this mode, so many connections that may wait, and
 * without blocking. It takes the place of one that a crash has left, but of
 * nothing else. Returns 0; or -1 with one line in err, in which what says what
 * it is for.
 */
int unix_socket_listen(struct unix_socket *, const char *what, const char *path,
    mode_t mode, int backlog, char *err, size_t errlen);

/* Takes a socket that is given, open and listened at, and sets *given to -1: if
 * there is one, and if its path is this one. Returns whether it did. */
bool unix_socket_take(struct unix_socket *, const char *path, int *given);

/* Removes it from its folder, once nobody listens there any more. */
void unix_socket_remove(const struct unix_socket *);

#endif
