/*
 * What happened, into the scrollback: the view's callbacks (ui/view.h).
 */
#ifndef UI_TUI_FEED_H
#define UI_TUI_FEED_H

#include "ui/tui/history.h"

struct ui;
struct known_peer;
struct peer;

/* An entry that is nobody's: safe text, the rest is as the kind wants it. */
void feed_put(struct ui *, enum entry_kind, const char *text, size_t len);

extern const struct view view_tui;

#endif
