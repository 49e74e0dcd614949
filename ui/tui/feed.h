/*
 * Puts events into the scrollback: the view's callbacks (ui/view.h).
 */
#ifndef UI_TUI_FEED_H
#define UI_TUI_FEED_H

#include "ui/view.h"

extern const struct view view_tui;
/* Up to one of NULL (key_help.c). */
extern const struct key_help tui_key_help[], tui_operator_key_help[];

#endif
