/*
 * Writing to descriptors that other programs have, too: standard error, the
 * terminal. They have to stay blocking ones, for O_NONBLOCK is a property of
 * the open file, and not of the descriptor; and a write to them may block for
 * ever, because nobody reads the pipe, or somebody has pressed Ctrl-S. So a
 * write is made when there is room, and a timer ends it if somebody else took
 * the room.
 */
#ifndef LAUNCHER_BRIEF_H
#define LAUNCHER_BRIEF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

/* To be called before the others, before anything is written, and before other
 * processes are made: prepares SIGALRM, and sees to it that a reader who is
 * gone, or a file that may not grow, ends no process. */
void brief_init(void);

/* Waits until there is room for a write, or an error to report. Returns false
 * if there is neither after patience, in microseconds. */
bool brief_ready(int fd, uint64_t patience);

/*
 * Makes one write, so that the output of others does not get in between, which
 * takes no longer than patience. Returns how much was taken, 0 if nothing, or
 * -1 with errno set if nothing ever will be.
 */
ssize_t brief_write(int fd, const char *bytes, size_t len, uint64_t patience);

/* Writes everything, in pieces that a pipe takes whole, until a deadline: the
 * rest is lost. */
void brief_write_all(int fd, const char *bytes, size_t len, uint64_t deadline);

#endif
