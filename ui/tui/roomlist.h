/*
 * The list of panes at the left: number, name, and what is unread. Where there
 * is no room for it, the top bar has a short form of it (bars.c).
 */
#ifndef UI_TUI_ROOMLIST_H
#define UI_TUI_ROOMLIST_H

#include "ui/tui/grid.h"

#include "ui/buf.h"

struct pane;
struct ui;

/* Stands before the name of a conversation, as the double rule does next to
 * private texts. */
#define ROOMLIST_ALONE "║"

/* Returns the columns that it takes, with the rule behind it; 0: it is not
 * shown, since there is one pane, or the screen is too narrow. */
unsigned int roomlist_columns(const struct ui *, unsigned int columns);
/* Puts it at the left edge. */
void roomlist_put(const struct ui *, struct grid *, unsigned int row,
    unsigned int rows, unsigned int columns);

/* Appends the name of a pane, safe, in at most so many columns. */
void roomlist_name(struct buf *, const struct pane *, unsigned int columns);
/* Appends the numbers of the panes with something unread, the most urgent
 * first, and then of other rooms whose bootnode does not answer, as far as
 * there is room: "4*,1,2!". * is for something that is for the user, ! for such
 * a bootnode. */
void roomlist_news(struct buf *, const struct ui *, unsigned int columns);

#endif
