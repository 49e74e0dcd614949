/*
 * What happened, into the scrollback: the view's callbacks (ui/view.h).
 */
#ifndef UI_TUI_FEED_H
#define UI_TUI_FEED_H

#include "ui/view.h"

extern const struct view view_tui;

#endif
