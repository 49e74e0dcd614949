/*
 * The screen of a client, composed again for each frame:
 *
 *	top bar: room, own name, bootnode, peers
 *	rooms | messages                | peers
 *	status line: a question, on more rows if it needs them, what is
 *	below, or a hint
 *	input line, one row or a few
 */
#ifndef UI_TUI_SCREEN_H
#define UI_TUI_SCREEN_H

#include "ui/tui/grid.h"
#include "ui/tui/inputline.h"

struct ui;

struct screen_areas {
	unsigned int top;	   /* rows of the top bar: 0 or 1 */
	unsigned int message_rows; /* at least 1 */
	unsigned int room_columns; /* 0: no list of rooms */
	unsigned int message_columns;
	unsigned int list_columns; /* 0: no list of peers */
	unsigned int status;	 /* rows of the status line: 0 or 1, or more */
	unsigned int input_rows; /* at least 1 */
};

/* Divides a screen of that size into its parts; the list of peers has none
 * while nobody else is here. */
struct screen_areas screen_areas(const struct ui *, unsigned int columns,
    unsigned int rows, const struct inputline *);

/* The grid is clear. */
void screen_compose(const struct ui *, struct grid *);

#endif
