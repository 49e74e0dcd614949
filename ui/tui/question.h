/*
 * Questions on the status line: whether to send a pasted text, which one key
 * answers (paste.c); whether somebody's key was found right, which takes a
 * typed word, so that a user who was about to say something does not answer it;
 * and on a bootnode's screen whether to end it.
 */
#ifndef UI_TUI_QUESTION_H
#define UI_TUI_QUESTION_H

#include "ui/tui/keys.h"

#include "common/ipc.h"

#include <stdbool.h>
#include <stddef.h>

struct pane;
struct ui;
struct peer;

enum question_kind {
	QUESTION_NONE,
	QUESTION_PASTE,
	QUESTION_VERIFY,
	QUESTION_SECRET, /* of hidden.h, not of a pane, as the next */
	QUESTION_REMEMBER,
	QUESTION_END
};

struct question {
	enum question_kind kind;
	char text[320];	 /* the question itself, safe */
	char brief[160]; /* the same where there is no room for that */
	char *draft;	 /* what is typed comes back when it ends, or NULL */
	/* The pasted text; it is freed with the question. */
	char *paste;
	size_t len;
	size_t cut; /* bytes that are missing at its end */
	bool bare;  /* it began without brackets, and perhaps within a line */
	bool commands;	   /* a line of it begins like a command */
	bool editable;	   /* it fits into the input line */
	uint64_t typed;	   /* when a key came that answers nothing, or 0 */
	struct peer_id id; /* whose key */
};

/*
 * Text came at once, as keys.h gives it. A single line goes into the input
 * line; for several the user is asked whether to send them, and with another
 * key if one of them begins like a command. Text that comes meanwhile is added
 * to it, and the question changes.
 */
void question_paste(struct ui *, const struct key_event *);
/* Asks in this pane whether the number that was shown is the one the peer sees;
 * not while there is another question. The answer is typed into the input line,
 * whose text is put aside meanwhile. */
void question_verify(struct pane *, const struct peer *);

/* Asks whether to end the bootnode. */
void question_leave(struct ui *);

/* Returns the question that is on the screen, or NULL. */
const struct question *question_shown(const struct ui *);

/* Takes a key while there is a question; a key that is not an answer does
 * nothing. Text for QUESTION_VERIFY goes into the input line first. */
void question_key(struct ui *, const struct key_event *);
/* Drops the question, if there is one. */
void question_end(struct question *);

/* The part of question_key() that is paste.c's. */
void question_paste_key(struct ui *, const struct key_event *);
/* Ends the question, and puts the text that was typed before it in front of the
 * present one. */
void question_restore(struct ui *);

#endif
