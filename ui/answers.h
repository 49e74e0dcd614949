/*
 * Answers that the plain view and the tui give in the same words: lines of at
 * most 80 columns with the time before them, through view->notice.
 */
#ifndef UI_ANSWERS_H
#define UI_ANSWERS_H

#include "ui/buf.h"
#include "ui/model.h"

struct room;

/* The answer to /status, for view->status. */
void answer_status(struct room *, const struct ipc_status *);
/* The answer to /peers: the people here, and we ourselves. */
void answer_peers(struct room *);
/* The answer to /names: the people alone, several in a line. */
void answer_names(struct room *);
/* The answer to /fingerprint: our own fingerprint. */
void answer_fingerprint(struct room *);

/* The answer to /invite: the line itself, of printable ASCII. */
void answer_invite(struct room *, const char *invite, size_t len);
/* The answer to /invite qr, after that one, in views for people. */
void answer_qr(struct room *, const char *invite, size_t len);
/* The QR code of a text in lines, for view->qr. */
void answer_qr_lines(struct room *, const char *text);
/* Where nobody can set the colours of a code: what a scanner needs. */
void answer_qr_colours(struct room *);
/* The answer to /verify: both fingerprints, and the number to read to each
 * other. */
void answer_safety(struct room *, const struct peer *,
    const struct ipc_safety *);

/* Writes sentences, on as many lines as they need. */
void answer_wrapped(struct room *, const char *text);

/* Writes what something is called, in so many columns, and what it is. */
void answer_item(struct room *, unsigned int columns, const char *what,
    const char *text);

/* Writes a line of an answer; safe text of at most 255 bytes. */
void answer_line(struct room *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
/* The same of any length; frees it. */
void answer_buf(struct room *, struct buf *);
/* Writes a line of /rooms: the number, > before the current one, and the text,
 * which is freed. */
void answer_place(struct room *, unsigned int number, bool current,
    struct buf *text);
/* Appends a room's name to a line, where more is to follow: cut with "…" if it
 * is wider than a nickname may be. */
void answer_put_room(struct buf *line, const char *name);

#endif
