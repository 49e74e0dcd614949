/*
 * Somebody who types into the line editor, for its tests.
 */
#ifndef TESTS_UNIT_UI_TUI_EDITOR_TYPIST_H
#define TESTS_UNIT_UI_TUI_EDITOR_TYPIST_H

#include "ui/tui/editor/editor.h"

#define LEFT   "\033[D"
#define RIGHT  "\033[C"
#define UP     "\033[A"
#define DOWN   "\033[B"
#define HOME   "\033[H"
#define END    "\033[F"
#define DELETE "\033[3~"
#define BACK   "\177"

/* Gives keys to the editor as keys.h would, each sequence as a whole and the
 * rest by character. None of them is refused. */
void typist_type(struct editor *, const char *keys);
/* Asserts that this is the text, with a bar where the cursor is. */
void typist_expect(const struct editor *, const char *with_cursor);
/* Sets the line to such a text, with no history. */
void typist_set(struct editor *, const char *with_cursor);

#endif
