/*
 * The shared parts of the two files that fill the scrollback: feed.c has what
 * happens, feed_marks.c what became of our texts, and those of an earlier ui.
 */
#ifndef UI_TUI_FEED_PARTS_H
#define UI_TUI_FEED_PARTS_H

#include "ui/tui/history.h"

#include "ui/view.h"

struct pane;

/* Adds an entry without an author, of safe text. */
void feed_entry(struct pane *, enum entry_kind, const char *text, size_t len);
/* Adds a sentence to the room's pane and frees it. */
void feed_sentence(struct room *, enum entry_kind, struct buf *sentence);
/* The same for one about a person: also to the conversation with them, if there
 * is one. The person may be NULL. */
void feed_about(struct room *, const struct peer *, enum entry_kind,
    struct buf *sentence);
/* Returns the pane for a text of that person, or to them, alone; NULL: for one
 * of or to everybody. */
struct pane *feed_pane_of(const struct room *, const struct peer *);
/* Adds what somebody said, which may hold anything; returns its entry. */
struct entry *feed_said(struct pane *, struct history_new *, const char *text,
    size_t len);

/* The functions of the view, as ui/view.h says. */
void feed_recalled(struct room *, const struct recalled_text *);
void feed_recalled_missed(struct room *, const struct ipc_undelivered *,
    const struct peer *);
void feed_sent(struct room *, uint64_t seq, uint32_t peers, enum sent_to);
void feed_delivered(struct room *, const struct ipc_delivered *,
    const struct peer *);
void feed_delivered_late(struct room *, const struct ipc_delivered *,
    const struct peer *);
void feed_undelivered(struct room *, const struct ipc_undelivered *,
    const struct peer *);

#endif
