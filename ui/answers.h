/*
 * Answers that the plain view and the tui give in the same words: lines of at
 * most 80 columns with the time before them, through view->notice.
 */
#ifndef UI_ANSWERS_H
#define UI_ANSWERS_H

#include "ui/buf.h"
#include "ui/model.h"

struct ui;

/* The answer to /status, for view->status. */
void answer_status(struct ui *, const struct ipc_status *);
/* The answer to /peers: the people here, and we ourselves. */
void answer_peers(struct ui *);
/* The answer to /names: the people alone, several in a line. */
void answer_names(struct ui *);
/* The answer to /fingerprint: our own fingerprint. */
void answer_fingerprint(struct ui *);

/* The answer to /invite: the line itself, of printable ASCII. */
void answer_invite(struct ui *, const char *invite, size_t len);
/* The answer to /invite qr, after that one, in views for people. */
void answer_qr(struct ui *, const char *invite, size_t len);
/* The QR code of a text in lines, for view->qr. */
void answer_qr_lines(struct ui *, const char *text);
/* Where nobody can set the colours of a code: what a scanner needs. */
void answer_qr_colours(struct ui *);
/* The answer to /verify: both fingerprints, and the number to read to each
 * other. */
void answer_safety(struct ui *, const struct peer *, const struct ipc_safety *);

/* Writes sentences, on as many lines as they need. */
void answer_wrapped(struct ui *, const char *text);

/* Writes a line of an answer; safe text of at most 255 bytes. */
void answer_line(struct ui *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

#endif
