/*
 * The part of the scrollback that is on the screen. The place is kept by the
 * text at the bottom row, so that a new width or new entries do not move it.
 */
#ifndef UI_TUI_SCROLL_H
#define UI_TUI_SCROLL_H

#include "ui/tui/history.h"

struct scroll {
	bool held;	/* else the last row is shown, whatever comes */
	uint64_t entry; /* the one at the bottom */
	size_t offset;	/* in its layout's text, of the bottom row */
	uint64_t seen;	/* messages heard that have been on the screen */
	/* At the bottom nothing before this entry is shown: /clear. */
	uint64_t cleared;
};

/* The window through which the scrollback is seen; each at least 1. */
struct scroll_window {
	const struct history *history;
	unsigned int columns; /* of text next to a gutter */
	unsigned int wide;    /* of an answer, which has none */
	unsigned int rows;
};

/* Returns the columns that an entry is laid out for. */
unsigned int scroll_columns(const struct scroll_window *, const struct entry *);

struct scroll_row {
	struct entry *entry;
	unsigned int row; /* of its layout, from 0 */
};

/* Fills at most window->rows rows, from the top one down. Returns how many
 * there are. */
unsigned int scroll_view(const struct scroll *, const struct scroll_window *,
    struct scroll_row *rows);

/* Moves by so many rows, as far as there is text. */
void scroll_up(struct scroll *, const struct scroll_window *,
    unsigned int rows);
void scroll_down(struct scroll *, const struct scroll_window *,
    unsigned int rows);
void scroll_to_top(struct scroll *, const struct scroll_window *);
void scroll_to_bottom(struct scroll *);
/* From now on there is nothing to see at the bottom; the earlier text is found
 * by scrolling up, and new text begins at the bottom row. */
void scroll_clear(struct scroll *, const struct history *);
/* Brings the start of an entry to the middle. */
void scroll_to(struct scroll *, const struct scroll_window *, struct entry *);

/* Everything on the screen now has been seen. */
void scroll_seen(struct scroll *, const struct history *);
/* Returns the number of messages heard that are below the screen and were not
 * seen yet. */
uint64_t scroll_below(const struct scroll *, const struct history *);

#endif
