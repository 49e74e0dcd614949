/*
 * Output that waits to be written to standard output. The views append whole
 * lines; the main loop writes when ppoll(2) says so.
 */
#ifndef UI_OUTPUT_H
#define UI_OUTPUT_H

#include "ui/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* When so many bytes wait, nothing more is read that makes output. */
#define OUTPUT_MARK (256 * 1024)
/* The most for one write(2). Standard output cannot be made non-blocking,
 * because it is shared with the shell; a pipe that polls writable takes
 * PIPE_BUF bytes. */
#define OUTPUT_PIECE 4096

struct output {
	struct buf buf;
	size_t start;	  /* of what is not written yet, in buf */
	uint64_t put;	  /* bytes, since start-up */
	uint64_t written; /* bytes, since start-up */
	bool gone;	  /* nobody reads it any more */
};

/* Appends; drops it if the output is gone. */
void output_put(struct output *, const char *bytes, size_t len);
/* Appends the line and its end, and frees it. */
void output_line(struct output *, struct buf *line);
bool output_pending(const struct output *);
bool output_full(const struct output *);
/* Writes one piece. Returns 0, or -1 with errno if the output is gone now (then
 * the waiting output is dropped). */
int output_write(struct output *, int fd);
/* Drops the waiting output: it will not be written, and counts as if it had
 * been. */
void output_drop(struct output *);
/* Nobody reads the output any more: drops all that waits and all that will
 * come. */
void output_abandon(struct output *);
void output_free(struct output *);

#endif
