/*
 * The line that is being typed, on one row or a few. It may hold anything
 * that was pasted; it is shown as safely as what others wrote.
 */
#ifndef UI_TUI_INPUTLINE_H
#define UI_TUI_INPUTLINE_H

#include "ui/tui/grid.h"

struct ui;

struct inputline {
	const char *prompt; /* safe, ASCII */
	const char *text;   /* valid UTF-8 */
	size_t len;
	size_t cursor; /* in bytes */
};

/* The rows that it would take in so many columns. */
unsigned int inputline_rows(const struct inputline *, unsigned int columns);

/* Puts as much of it as the rows from row on hold, those around the cursor,
 * and the grid's cursor. */
void inputline_put(const struct inputline *, struct grid *, unsigned int row,
    unsigned int rows);

/* What is in the input line now. */
struct inputline inputline_now(const struct ui *);

#endif
