/*
 * The metrics socket: a unix stream socket. Whoever connects to it gets the
 * figures, and the connection is closed; nothing is ever read from it, so
 * there is nothing to talk the launcher into. Who may connect is a matter of
 * the folder that it is in, and of its mode, 0660.
 */
#ifndef LAUNCHER_METRICS_H
#define LAUNCHER_METRICS_H

#include "common/sandbox.h"

#include <stdbool.h>
#include <stddef.h>

/* The number of readers that wait for an answer at one time; others wait in the
 * kernel. */
#define METRICS_READERS LAUNCHER_CONNECTIONS

struct metrics {
	int fd; /* listens; -1: there is no metrics socket */
	const char *path;
	unsigned int count;
	int readers[METRICS_READERS];
};

/*
 * Listens at path, which is to stay valid; before the sandbox. A socket there
 * that nobody listens at is what an earlier run left, and is replaced; anything
 * else is not. Returns 0, or -1 with one line in err.
 */
int metrics_open(struct metrics *, const char *path, char *err, size_t errlen);

/* Returns the descriptor to wait at for readers, or -1 if there is no socket or
 * as many wait already as can. */
int metrics_poll(const struct metrics *);
/* Takes in those who have come. Returns true if somebody waits. */
bool metrics_accept(struct metrics *);
/* Sends the text to all who wait, as far as a socket takes it at once, and
 * lets them go. */
void metrics_answer(struct metrics *, const char *text, size_t len);

/* Readers that still wait get nothing any more. */
void metrics_close(struct metrics *);

/* Removes what nobody listens at any more. For a process that may: the
 * spawner, when the launcher has ended. */
void metrics_remove(const struct metrics *);

#endif
