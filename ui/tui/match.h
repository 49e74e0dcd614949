/*
 * Looks for text without regard to case, and for one's own name.
 */
#ifndef UI_TUI_MATCH_H
#define UI_TUI_MATCH_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Looks for what, a string of at least one byte, in s; both valid UTF-8.
 * Compares code points by Unicode's simple lower case. Returns true, and the
 * place of the first match in bytes.
 */
bool match_find(const char *s, size_t len, const char *what, size_t *at,
    size_t *n);

/* True if the name stands in s as a word: no letter, digit or mark next to
 * it. */
bool match_word(const char *s, size_t len, const char *name);

#endif
