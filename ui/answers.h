/*
 * Answers that the plain view and the tui give in the same words: lines of at
 * most 80 columns with the time before them, through view->notice.
 */
#ifndef UI_ANSWERS_H
#define UI_ANSWERS_H

#include "ui/buf.h"
#include "ui/model.h"

struct ui;

/* To /status, for view->status. */
void answer_status(struct ui *, const struct ipc_status *);
/* To /peers: who is here, and we ourselves. */
void answer_peers(struct ui *);
/* To /names: the people alone, several in a line. */
void answer_names(struct ui *);
/* To /fingerprint: our own. */
void answer_fingerprint(struct ui *);

/* To /verify: both fingerprints, and the number to read to each other. */
void answer_safety(struct ui *, const struct peer *, const struct ipc_safety *);

/* Sentences, on as many lines as they need. */
void answer_wrapped(struct ui *, const char *text);

/* A line of an answer; safe text of at most 255 bytes. */
void answer_line(struct ui *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

#endif
