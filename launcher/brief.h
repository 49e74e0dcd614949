/*
 * Writing to descriptors that others have, too: standard error, the terminal.
 * They have to stay blocking ones, for O_NONBLOCK is a property of what is
 * open, and not of the number; and they may take nothing for ever, because
 * nobody reads the pipe, or somebody has pressed Ctrl-S. So a write is made
 * when there is room, and a timer ends it if the room was taken by another.
 */
#ifndef LAUNCHER_BRIEF_H
#define LAUNCHER_BRIEF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

/* Before any of these, before anything is written, and before other processes
 * are made: SIGALRM; and that a reader who is gone, or a file that may not
 * grow, ends no process. */
void brief_init(void);

/* Whether there is room for something, or an error to be told, by then at the
 * latest; patience in microseconds. */
bool brief_ready(int fd, uint64_t patience);

/*
 * One write, so that what others write does not get in between, which takes no
 * longer than patience. Returns how much was taken, 0 if nothing, or -1 with
 * errno set if nothing ever will be.
 */
ssize_t brief_write(int fd, const char *bytes, size_t len, uint64_t patience);

/* All of it, in pieces that a pipe takes whole, until a deadline: what is not
 * taken by then is lost. */
void brief_write_all(int fd, const char *bytes, size_t len, uint64_t deadline);

#endif
