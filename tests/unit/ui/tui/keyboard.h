/*
 * A terminal's bytes for the tests of keys, and the keys that they make as one
 * string: text as it is, <C-c>, <PageUp>, <[A> for a key in the form that the
 * line editor has for it. The clock is made up.
 */
#ifndef TESTS_UNIT_UI_TUI_KEYBOARD_H
#define TESTS_UNIT_UI_TUI_KEYBOARD_H

#include "ui/tui/keys.h"

extern struct keys keyboard_keys;
extern uint64_t keyboard_now;

/* A terminal that has sent nothing yet. */
void keyboard_start(void);
void keyboard_feed(const char *bytes, size_t len);
void keyboard_type(const char *bytes);
/* Time passes, and what was due then is a key. */
void keyboard_pass(uint64_t usec);
/* Asserts that these are the keys since it was asked before. */
void keyboard_expect(const char *keys);

/* Asserts that the bytes make these keys, at once and one by one, and that
 * nothing of them is left: a letter behind them is one. */
void keyboard_check_bytes(const char *bytes, size_t len, const char *keys);
void keyboard_check(const char *bytes, const char *keys);

#endif
