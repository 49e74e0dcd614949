/*
 * What came into a pane while another one was shown: how many texts, and the
 * line that separates them from what was read.
 */
#ifndef UI_TUI_UNREAD_H
#define UI_TUI_UNREAD_H

#include "ui/tui/history.h"

struct unread {
	unsigned int count; /* of texts */
	bool notable;	    /* one is private, or has the user's name in it */
	uint64_t since;	    /* which of all texts, of all panes, came first */
	bool left;	    /* nothing has come since the pane was left */
	uint64_t line;	    /* number of the entry that separates; 0: none */
};

/* The pane is shown no more: the line of earlier times goes. */
void unread_leave(struct unread *, struct history *);
/* The pane is shown: all of it is read. */
void unread_read(struct unread *);
/* An entry of that time is about to be added: puts the line before it, if it is
 * the first since the pane was left. */
void unread_line(struct unread *, struct history *, int64_t wall_ms);
/* A text, or something as important, came while the pane is not shown; number:
 * a count that only grows. */
void unread_heard(struct unread *, bool notable, uint64_t number);
/* True if the user should look at the first pane sooner than at the other. */
bool unread_before(const struct unread *, const struct unread *other);

#endif
