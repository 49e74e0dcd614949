/*
 * Somebody who types at a terminal of its own, whose only process asks
 * something and writes what it got to a pipe.
 */
#ifndef TESTS_UNIT_LAUNCHER_ASKED_H
#define TESTS_UNIT_LAUNCHER_ASKED_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#define ASKED_TEXT_MAX 8192

struct asked {
	int terminal; /* the side of who types; -1: there is none */
	int out;
	pid_t pid;
	struct termios before;
	char screen[ASKED_TEXT_MAX]; /* all that was shown */
	size_t len;
	size_t seen; /* what asked_await() has found */
};

/* Starts a process that calls ask(out) and ends with what that returns. The
 * terminal is its controlling one, or it has none. */
void asked_start(struct asked *, bool has_terminal, int (*ask)(int out));
/* Waits until the text is shown, after the last that was waited for. */
void asked_await(struct asked *, const char *text);
void asked_type(struct asked *, const char *keys);
/* Both: waits for the question, and answers it. */
void asked_answer(struct asked *, const char *question, const char *keys);
/*
 * Waits for the end of the process. Asserts that it wrote this to the pipe, and
 * that the terminal is as it was. Returns its status, as wait(2) has it.
 */
int asked_end(struct asked *, const char *written);

#endif
