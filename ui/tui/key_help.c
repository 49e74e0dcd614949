/*
 * What the keys do, for /help keys. What they are is in keys.c and editor.c.
 */
#include "ui/tui/feed.h"

const struct key_help tui_key_help[] = {
	{ "Enter, M-Enter", "says the line; a new line within it" },
	{ "Tab, Shift-Tab", "complete commands and names; again: the next" },
	{ "PageUp, PageDown, wheel", "scroll" },
	{ "Shift-Up, Shift-Down", "scroll by a row" },
	{ "M-<, M->; Escape", "to the first, to the last; to the last" },
	{ "Ctrl-R, Ctrl-S", "search as you type; older, newer" },
	{ "Up, Down", "a line of the text, then lines said before" },
	{ "M-p, M-n", "those said before that begin like this one" },
	{ "Ctrl-A, Ctrl-E", "to the start, to the end" },
	{ "Ctrl-B, Ctrl-F; M-b, M-f", "back, forward; by words" },
	{ "Ctrl-W, Ctrl-K, Ctrl-U", "kill a word, to the end, to the start" },
	{ "M-d, Ctrl-Y, M-y", "kill the next word; put back; the one before" },
	{ "Ctrl-T, M-t", "swap two characters, two words" },
	{ "M-u, M-l, M-c", "a word in capitals, in small letters, with one" },
	{ "Ctrl-_, M-r", "undo; undo all" },
	{ "Ctrl-L, Ctrl-Z", "draw anew; suspend" },
	{ "Ctrl-C, Ctrl-D", "empty the line; delete; on an empty one leave" },
	{ NULL, NULL },
};
