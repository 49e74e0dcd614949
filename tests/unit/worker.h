/*
 * A child of the launcher as a process of its own in a test, without sandbox.
 * The test has the other ends of its channels, and sees there what its main
 * loop does.
 */
#ifndef TESTS_UNIT_WORKER_H
#define TESTS_UNIT_WORKER_H

#include "common/child.h"

#include <sys/types.h>

#include <time.h>

#define WORKER_NEIGHBOURS 2
/* The incarnation of a netd that was restarted. */
#define WORKER_INCARNATION 2

struct worker {
	pid_t pid;
	enum mode mode;
	enum role role;
	struct ipc_channel launcher; /* the launcher's end */
	volatile time_t *passed;     /* added to the real time by its clock */
	/* What it said to the launcher while its clock was put forward. */
	bool said[IPC_TYPE_COUNT];
	struct {
		enum role role;
		int number; /* the channel's number in the worker; 0: none */
		struct ipc_channel end;
	} neighbours[WORKER_NEIGHBOURS];
};

/* Starts a process of the table, at work; run() does not return. */
void worker_start(struct worker *, enum process_id, enum mode,
    void (*run)(struct child *, void *arg), void *arg);

/* Returns the end of a neighbour. */
struct ipc_channel *worker_end(struct worker *, enum role);
/* A neighbour dies, and another one takes its place. */
void worker_lose(struct worker *, enum role);
void worker_replace(struct worker *, enum role);
/* The launcher passes a channel that is for nobody here. */
void worker_pass(struct worker *, enum role);

/* Returns the body of the worker's next message to the launcher or a neighbour,
 * apart from LOG. Asserts that it comes and has this type. */
const void *worker_says(struct ipc_channel *, enum ipc_type,
    struct ipc_message_in *);
/* Does the same; other messages may come before it. */
const void *worker_says_yet(struct ipc_channel *, enum ipc_type,
    struct ipc_message_in *);
/* Waits until it has done all that it was told, and waits itself. */
void worker_settles(struct worker *);
/* Asserts that it has nothing to say there once it has done all that it was
 * told before. */
void worker_is_silent(struct worker *, struct ipc_channel *);

/* It logs a line with this text in it, whatever it says before to the
 * launcher. Returns the line, until the next call. */
const char *worker_logs(struct worker *, const char *text);

/* Its clock goes on by so much, which may be nothing: while it runs, second by
 * second, or at once, as if the host had slept. It has done then what there was
 * to do. What it says to the launcher meanwhile is noted in
 * said, and not kept. */
void worker_waits(struct worker *, unsigned int seconds);
void worker_sleeps(struct worker *, unsigned int seconds);

/* Asserts that it ends because this neighbour broke the rules with that
 * message. */
void worker_blames(struct worker *, enum role, enum ipc_type);
/* The same, but that it goes on without that neighbour. */
void worker_accuses(struct worker *, enum role, enum ipc_type);
/* The launcher dies, and so does the worker. */
void worker_stop(struct worker *);
/* It has ended by itself, with this exit code. */
void worker_ends(struct worker *, int code);

/* Between the files of the worker. */

/* Its next message, LOG among them. */
void worker_hear(struct ipc_channel *, struct ipc_message_in *);
/* The clock: in the test, in the worker, and in the test again. */
void worker_clock_open(struct worker *);
void worker_clock_use(const struct worker *);
void worker_clock_close(struct worker *);

#endif
