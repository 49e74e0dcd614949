/*
 * What the keys do, for /help keys: those of the editor by its own table, all
 * others as keys.c knows them.
 */
#include "ui/tui/feed.h"

#include "ui/tui/editor/commands.h"

/* clang-format off */
#define ROW(names, meaning, commands) { names, meaning },
#define KEY(bytes, command)

const struct key_help tui_key_help[] = {
	{ "Enter, M-Enter", "says the line; a new line within it" },
	{ "Tab, Shift-Tab", "complete commands and names; again: the next" },
	{ "PageUp, PageDown, wheel", "scroll" },
	{ "Shift-Up, Shift-Down", "scroll by a row" },
	{ "M-<, M->; Escape", "to the first, to the last; to the last" },
	{ "Ctrl-R, Ctrl-S", "search as you type; older, newer" },
	EDITOR_COMMANDS(ROW, KEY)
	{ "Ctrl-L, Ctrl-Z", "draw anew; suspend" },
	{ "Ctrl-C, Ctrl-D", "empty the line; delete; on an empty one leave" },
	{ NULL, NULL },
};
/* clang-format on */
