/*
 * The line that is being typed: GNU readline's callback interface, with none
 * of what readline does beyond that. It reads no file, knows no terminal,
 * writes nothing and catches no signal; its keymap holds the commands of
 * editor.c and no other. readline is one for the whole process, and so is
 * this.
 *
 * The text is valid UTF-8 of at most TEXT_MAX bytes without NUL; a line feed
 * is a character of it. The cursor is never within what a reader takes for
 * one character (an extended grapheme cluster, UAX #29).
 */
#ifndef UI_TUI_EDITOR_H
#define UI_TUI_EDITOR_H

#include <stdbool.h>
#include <stddef.h>

/* Lines that are remembered, in this run only. */
#define EDITOR_HISTORY_MAX 500

/*
 * To be called before the sandbox and before anything else, after
 * setlocale(LC_CTYPE) to a locale with UTF-8.
 */
void editor_init(void);
/* Forgets text and history; then editor_init() may be called again. */
void editor_free(void);

/*
 * One key: a character, or one of these.
 *
 *	C-a C-e C-b C-f		line's start and end, a character
 *	M-b M-f			a word
 *	C-h DEL C-d M-d M-DEL	delete a character, a word; M-C-h likewise
 *	C-w C-k C-u		kill back to a space, to the end, to the start
 *	C-y M-y			yank, the kill before
 *	C-t M-t			transpose characters, words
 *	M-u M-l M-c		case of a word
 *	C-_ C-x C-u  M-r	undo, undo all
 *	C-p C-n			a line of the text up or down, then history
 *	M-p M-n			history that starts like the text up to the cursor
 *	ESC [ A B C D H F	arrows, Home, End
 *	ESC [ 3 ~		Delete
 *	ESC [ 1 ; 5 C (or D)	a word
 *	ESC [ 3 ; 5 ~		kill a word
 *
 * Any other does nothing. Returns false if the text would have become longer
 * than TEXT_MAX; then it is as it was.
 */
bool editor_key(const char *key, size_t len);

/* Valid until the next change; there is a NUL after it. */
const char *editor_text(size_t *len);
/* In bytes. */
size_t editor_cursor(void);

/*
 * Replaces the text; the cursor is moved out of a cluster. Can be undone.
 * Returns false, with nothing changed, if it is too long or no valid UTF-8.
 */
bool editor_set(const char *text, size_t len, size_t cursor);
/* Puts text before the cursor; the same is refused. */
bool editor_insert(const char *text, size_t len);

/* Empties the line, which is not remembered. */
void editor_clear(void);
/* Empties the line and remembers it, if it is not empty and not what was
 * remembered last. */
void editor_accept(void);

#endif
