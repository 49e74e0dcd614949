/*
 * Questions on the status line: whether to send what was pasted, which one
 * key answers, and whether somebody's key was found right, which takes a
 * typed word, so that nobody answers it who was about to say something.
 */
#ifndef UI_TUI_QUESTION_H
#define UI_TUI_QUESTION_H

#include "ui/tui/keys.h"

#include "common/ipc.h"

#include <stdbool.h>
#include <stddef.h>

struct ui;
struct peer;

enum question_kind {
	QUESTION_NONE,
	QUESTION_PASTE,
	QUESTION_VERIFY
};

struct question {
	enum question_kind kind;
	char text[256]; /* the question itself, safe */
	char *paste;	/* what was pasted; it ends with the question */
	size_t len;
	bool commands;	   /* a line of it begins like a command */
	struct peer_id id; /* whose key */
	char typed[8];	   /* of the word */
};

/*
 * Text came at once, as keys.h gives it. A single line goes into the input
 * line; of several it is asked whether to send them, and with another key if
 * one of them begins like a command. truncated: there was more than was kept.
 */
void question_paste(struct ui *, const char *text, size_t len, bool truncated);
/* Whether the number that was shown is the one the peer sees; not while
 * there is another question. */
void question_verify(struct ui *, const struct peer *);

/* A key while there is a question; those that answer nothing do nothing. */
void question_key(struct ui *, const struct key_event *);
/* Drops the question, if there is one. */
void question_end(struct question *);

#endif
