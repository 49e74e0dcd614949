/*
 * Lines that a person types on the controlling terminal, for a child that gets
 * a secret (secret_child.h).
 *
 * readpassphrase(3) takes Ctrl-D for an empty line, so nobody could leave a
 * question that wants an answer. It also sees a signal that comes right after
 * its prompt only with the next key.
 */
#ifndef LAUNCHER_ASK_LINE_H
#define LAUNCHER_ASK_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* The terminal gives no longer line than this, with its NUL. */
#define ASK_LINE_MAX 4096

struct asker {
	int terminal;
	int signals; /* those that end or stop us come here */
};

enum ask_end {
	ASK_ANSWERED,
	ASK_LEFT,  /* Ctrl-D */
	ASK_FAILED /* with errno */
};

/* Opens the terminal. Returns 0, or -1 with errno set if there is none. The
 * process keeps the descriptors and the mask of signals until it ends. */
int ask_open(struct asker *);

/*
 * Writes the question and reads a line, without its end and with a NUL. What is
 * typed shows if shown is true. What was typed before the question does not
 * count: it may be the rest of a paste.
 *
 * The terminal is as it was before when this returns, and also when a signal
 * ends the process in it. After one that stops the process, it asks again.
 */
enum ask_end ask_line(struct asker *, const char *question, bool shown,
    char line[ASK_LINE_MAX]);

/* Writes a line of ours, printable ASCII. */
void ask_say(const struct asker *, const char *text);

#endif
