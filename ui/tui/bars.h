/*
 * The two bars of the client's screen: the state above the messages, the user's
 * next actions and hints below them.
 */
#ifndef UI_TUI_BARS_H
#define UI_TUI_BARS_H

#include "ui/tui/grid.h"

struct ui;
struct question;

void bars_top(const struct ui *, struct grid *, unsigned int row);
void bars_status(const struct ui *, struct grid *, unsigned int row,
    unsigned int rows);

/* Returns the rows that a question takes in so many columns, at most so many:
 * where it needs more it is asked briefly. */
unsigned int bars_question_rows(const struct question *, unsigned int columns,
    unsigned int most);
/* Puts it on that many rows. */
void bars_question(const struct question *, struct grid *, unsigned int row,
    unsigned int rows);

#endif
