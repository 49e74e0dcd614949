/*
 * The keys, for /help keys: those of the editor by its own table, all others as
 * keys.c knows them.
 */
#include "ui/tui/feed.h"

#include "ui/tui/editor/commands.h"

/* clang-format off */
#define ROW(names, meaning, commands) { names, meaning },
#define KEY(bytes, command)

const struct key_help tui_key_help[] = {
	{ "Enter, Alt-Enter", "send the line; start a new line in it" },
	{ "Tab, Shift-Tab", "complete commands and names; again for the next" },
	{ "PageUp, PageDown, wheel", "scroll" },
	{ "Shift-Up, Shift-Down", "scroll by a row" },
	{ "Alt-<, Alt->; Escape", "to the first message, to the last; to the last" },
	{ "Alt-1 to Alt-9, Alt-0", "to the room of that number; to number 10" },
	{ "Alt-a", "to the room with something unread: for you first" },
	{ "Alt-Left, Alt-Right", "to the room before, to the next" },
	{ "Ctrl-P, Ctrl-N", "the same, if there are several rooms" },
	{ "Ctrl-R, Ctrl-S", "search as you type; older, newer" },
	EDITOR_COMMANDS(ROW, KEY)
	{ "Ctrl-L, Ctrl-Z", "redraw the screen; suspend" },
	{ "Ctrl-C, Ctrl-D", "empty the line; delete; on an empty line leave" },
	{ NULL, NULL },
};

const struct key_help tui_operator_key_help[] = {
	{ "/ or :", "begin a command; Enter obeys it, Escape gives it up" },
	{ "Tab, Shift-Tab", "complete its name; again for the next" },
	{ "PageUp, PageDown, wheel", "scroll in the list of events and answers" },
	{ "Shift-Up, Shift-Down", "scroll by a row" },
	{ "Alt-<, Alt->", "to the first line of it, to the last" },
	{ "Escape", "from the list to the figures" },
	EDITOR_COMMANDS(ROW, KEY)
	{ "Ctrl-L, Ctrl-Z", "redraw the screen; suspend" },
	{ "q, Ctrl-C, Ctrl-D", "end the bootnode; gochat asks first" },
	{ NULL, NULL },
};
/* clang-format on */
