/*
 * The metrics socket: a unix stream socket. A program that connects to it gets
 * the figures, and the connection is closed; nothing is ever read from it, so
 * nobody can talk the launcher into anything. The mode of the socket, 0660, and
 * the folder that it is in decide who may connect.
 */
#ifndef LAUNCHER_METRICS_H
#define LAUNCHER_METRICS_H

#include "common/sandbox.h"
#include "launcher/unix_socket.h"

#include <stdbool.h>
#include <stddef.h>

/* The number of readers that wait for an answer at one time; others wait in the
 * kernel. */
#define METRICS_READERS LAUNCHER_CONNECTIONS

struct metrics {
	struct unix_socket socket;
	unsigned int count;
	int readers[METRICS_READERS];
};

/*
 * Takes a socket that is given (unix_socket_take), or listens at path, which is
 * to stay valid; before the sandbox. A socket at which nobody listens was left
 * by an earlier run, and is replaced; nothing else is. Returns 0, or -1 with
 * one line in err.
 */
int metrics_open(struct metrics *, const char *path, int *given, char *err,
    size_t errlen);

/* Returns the descriptor to wait at for readers, or -1 if there is no socket or
 * no more readers can wait. */
int metrics_poll(const struct metrics *);
/* Accepts the readers that have come. Returns true if a reader waits. */
bool metrics_accept(struct metrics *);
/* Sends the text to all readers that wait, as far as each socket takes it at
 * once, and closes the connections. */
void metrics_answer(struct metrics *, const char *text, size_t len);

/* Closes the connections of readers that still wait: they get nothing any
 * more. */
void metrics_close(struct metrics *);

#endif
