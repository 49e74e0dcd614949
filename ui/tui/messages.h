/*
 * The part of a screen that shows the scrollback.
 */
#ifndef UI_TUI_MESSAGES_H
#define UI_TUI_MESSAGES_H

#include "ui/tui/grid.h"
#include "ui/tui/scroll.h"

/* Returns what fits in so many columns, gutter and all, and rows; each at least
 * 1. */
struct scroll_window messages_window(const struct history *,
    unsigned int columns, unsigned int rows);

/*
 * Puts the rows that the window shows, from row and column on; if they are
 * fewer than the window has, at its bottom. find: the text to mark, or NULL.
 */
void messages_put(const struct scroll *, const struct scroll_window *,
    const char *find, struct grid *, unsigned int row, unsigned int column,
    unsigned int columns);

#endif
