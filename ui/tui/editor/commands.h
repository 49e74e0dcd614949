/*
 * The keys of the line editor: one table for what they do (editor.c), what
 * /help keys says of them (../key_help.c), and the table in ../README.md,
 * which a test compares with it.
 *
 *	X(names, meaning, KEY(bytes, command) ...)
 *
 * names and meaning are as people read them, at most 25 and 53 characters.
 * bytes is what ../keys.h makes of a key. More than one may have a command:
 * the Control keys are those of emacs and of shells, and not all are named.
 */
#ifndef UI_TUI_EDITOR_COMMANDS_H
#define UI_TUI_EDITOR_COMMANDS_H

/* clang-format off */
#define EDITOR_COMMANDS(X, KEY)						\
	X("Up, Down", "move by a line, then to lines sent before",	\
	    KEY("\033[A", editor_up)					\
	    KEY("\033[B", editor_down)					\
	    KEY("\020", editor_up)		/* Ctrl-P */		\
	    KEY("\016", editor_down))		/* Ctrl-N */		\
	X("Alt-p, Alt-n", "lines sent before that begin like this one",	\
	    KEY("\033p", editor_older_alike)				\
	    KEY("\033n", editor_newer_alike))				\
	X("Ctrl-A, Ctrl-E", "to the start, to the end",			\
	    KEY("\001", editor_to_start)				\
	    KEY("\005", editor_to_end)					\
	    KEY("\033[H", editor_to_start)	/* Home */		\
	    KEY("\033[F", editor_to_end))	/* End */		\
	X("Ctrl-B, Ctrl-F", "back, forward",				\
	    KEY("\002", editor_left)					\
	    KEY("\006", editor_right)					\
	    KEY("\033[D", editor_left)		/* the arrows */	\
	    KEY("\033[C", editor_right))				\
	X("Alt-b, Alt-f", "back, forward by words",			\
	    KEY("\033b", editor_word_left)				\
	    KEY("\033f", editor_word_right)				\
	    KEY("\033[1;5D", editor_word_left)	/* with Ctrl */		\
	    KEY("\033[1;5C", editor_word_right))			\
	X("Backspace, Delete", "delete the character before, behind",	\
	    KEY("\177", editor_delete_left)				\
	    KEY("\010", editor_delete_left)	/* Ctrl-H */		\
	    KEY("\033[3~", editor_delete_right)				\
	    KEY("\004", editor_delete_right))	/* Ctrl-D */		\
	X("Ctrl-W, Ctrl-K, Ctrl-U",					\
	    "kill back to a blank, to the end, to the start",		\
	    KEY("\027", editor_kill_to_blank)				\
	    KEY("\013", editor_kill_to_end)				\
	    KEY("\025", editor_kill_to_start))				\
	X("Alt-Backspace, Alt-d", "kill the word before, behind",	\
	    KEY("\033\177", editor_kill_word_left)			\
	    KEY("\033\010", editor_kill_word_left)			\
	    KEY("\033d", editor_kill_word_right)			\
	    KEY("\033[3;5~", editor_kill_word_right)) /* Ctrl-Delete */	\
	X("Ctrl-Y, Alt-y", "put back what was killed; the one before it", \
	    KEY("\031", editor_yank)					\
	    KEY("\033y", editor_yank_before))				\
	X("Ctrl-T, Alt-t", "swap two characters, two words",		\
	    KEY("\024", editor_swap_characters)				\
	    KEY("\033t", editor_swap_words))				\
	X("Alt-u, Alt-l, Alt-c",					\
	    "a word in capitals, in small letters, with one",		\
	    KEY("\033u", editor_capitals)				\
	    KEY("\033l", editor_small_letters)				\
	    KEY("\033c", editor_one_capital))				\
	X("Ctrl-_, Alt-r", "undo; undo all",				\
	    KEY("\037", editor_undo)					\
	    KEY("\033r", editor_undo_all)				\
	    KEY("\030", editor_prefix)		/* Ctrl-X Ctrl-U */	\
	    KEY("\030\025", editor_undo))
/* clang-format on */

#endif
