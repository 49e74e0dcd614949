/*
 * The line that is being typed, on one row or a few. It may hold any pasted
 * text; it is shown as safely as texts of others.
 */
#ifndef UI_TUI_INPUTLINE_H
#define UI_TUI_INPUTLINE_H

#include "ui/tui/grid.h"

#include "ui/nick.h"

struct ui;

struct inputline {
	char prompt[NICK_SHOWN_MAX + 16]; /* safe */
	const char *text;		  /* valid UTF-8 */
	size_t len;
	size_t cursor; /* in bytes */
};

/* Returns the rows that it would take in so many columns. */
unsigned int inputline_rows(const struct inputline *, unsigned int columns);

/* Puts as much of it as fits on the rows from row on, those around the cursor,
 * and the grid's cursor. */
void inputline_put(const struct inputline *, struct grid *, unsigned int row,
    unsigned int rows);

/* Returns the present input line. */
struct inputline inputline_now(const struct ui *);

#endif
