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

/* An answer is shorter than this, with its NUL. The terminal gives no line that
 * is longer, and does not say that it has cut it. */
#define ASK_LINE_MAX 4096

struct asker {
	int terminal;
	int signals; /* those that end or stop us come here */
};

enum ask_end {
	ASK_ANSWERED,
	ASK_TOO_LONG, /* more than an answer can be; none of it is kept */
	ASK_LEFT,     /* Ctrl-D */
	ASK_FAILED    /* with errno */
};

/* Opens the terminal. Returns 0, or -1 with errno set if there is none. The
 * process keeps the descriptors and the mask of signals until it ends. */
int ask_open(struct asker *);

/* True if an answer that begins so goes on in another row. */
typedef bool ask_goes_on(const char *text, size_t len);

/*
 * Writes the question and reads an answer, without the end of its line and with
 * a NUL. What is typed shows if shown is true. What was typed before the
 * question does not count: it may be the rest of a paste.
 *
 * An answer may have several rows, as a mail program breaks a long line: they
 * are joined, and no row after the first shows. An empty one ends it. What a
 * paste has after the answer is thrown away.
 *
 * The terminal is as it was before when this returns, and also when a signal
 * ends the process in it. After one that stops the process, it asks again.
 */
enum ask_end ask_line(struct asker *, const char *question, bool shown,
    ask_goes_on *, char line[ASK_LINE_MAX]);

/* Writes a line of ours, printable ASCII. */
void ask_say(const struct asker *, const char *text);

#endif
