/*
 * A ui process on trial: pipes or a terminal as its input and output, both
 * ends of its channels, and a clock that stands still until it is moved. Its
 * loop is not gone round: a test calls the functions that the loop calls.
 */
#ifndef TESTS_UNIT_UI_TRIAL_H
#define TESTS_UNIT_UI_TRIAL_H

#include "ui/process.h"

struct trial {
	struct process *p;
	struct ipc_channel launcher;
	struct ipc_channel cryptod;
	int in;	 /* what is written here is its input */
	int out; /* its output is read here */
};

/* A client's process whose input and output are pipes, which do not wait. The
 * kind is not UI_TUI. */
void trial_open(struct trial *, enum ui_kind);
/* With the tui, at a terminal of 90 columns and 30 rows: in and out are its
 * other end. */
void trial_open_tui(struct trial *);
void trial_close(struct trial *);

/* As start.h has them, with this configuration, on pipes. */
void trial_start(struct trial *, const struct ipc_config_ui *);

/* Sets the clock on. */
void trial_wait(uint64_t usec);
/* What the loop does after whatever came, and before it waits. */
void trial_work(struct trial *);
/* The wait has shown this of the input or output, WAIT_IN or WAIT_OUT. */
void trial_ready(struct trial *, int which, short revents);
/* A message of the launcher. Returns what its handler does. */
int trial_tell(struct trial *, enum ipc_type, const void *body,
    const void *tail, size_t len, int fd);

/* What it has written, valid until asked again. */
const char *trial_output(struct trial *);
/* Asserts that the next message at the other end of a channel is of this type,
 * or that there is none. What is on the screen, which the launcher is told at
 * any time, is left out unless it is asked for. */
void trial_expect(struct ipc_channel *, enum ipc_type);

/* The last line of the log since the trial was opened, or "". */
const char *trial_logged(void);

#endif
