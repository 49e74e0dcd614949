/*
 * From one frame to the next: the bytes that make a terminal show a grid,
 * ECMA-48 and a few private modes that are ignored where they are not known.
 */
#ifndef UI_TUI_PAINT_H
#define UI_TUI_PAINT_H

#include "ui/tui/grid.h"

struct painter {
	struct grid shown; /* what the terminal shows */
	bool valid;	   /* else all is painted again */
	enum theme_colours colours;
	bool links; /* OSC 8; a Linux console would print it */
};

/* The contents of the terminal are unknown: it was resized, or somebody else
 * wrote on it. */
void paint_invalidate(struct painter *);
void paint_free(struct painter *);

/*
 * Appends the bytes that make the terminal show next, which then holds the
 * frame before (to be composed again). Appends nothing if nothing changed.
 * Autowrap must be off.
 */
void paint(struct painter *, struct buf *out, struct grid *next);

#endif
