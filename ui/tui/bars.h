/*
 * The two bars of the client's screen: how things are above the messages,
 * what is to be done or known now below them.
 */
#ifndef UI_TUI_BARS_H
#define UI_TUI_BARS_H

#include "ui/tui/grid.h"

struct ui;

void bars_top(const struct ui *, struct grid *, unsigned int row);
void bars_status(const struct ui *, struct grid *, unsigned int row);

#endif
