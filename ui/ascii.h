/*
 * Output for a locale that is not UTF-8, such as LANG=C: nothing but ASCII. A
 * text keeps its contents, as numbers; each character that we draw ourselves is
 * replaced by another. json is UTF-8 in any case.
 */
#ifndef UI_ASCII_H
#define UI_ASCII_H

#include "ui/buf.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * True if the locale of the environment is another than UTF-8. If this system
 * does not have the locale, its name decides: the terminal is set to it,
 * perhaps on another machine. Sets the locale's character type; not for the
 * sandbox, since it reads files.
 */
bool ascii_is_wanted(void);

/* Appends valid UTF-8 as ASCII: "caf<U+00E9>", in the form in which text.h
 * shows invisible characters; each character that we draw with becomes another
 * one. */
void ascii_put(struct buf *out, const char *s, size_t len);
/* Returns the character that stands for a code point that we draw with, or
 * '?'. */
char ascii_of(uint32_t code_point);
/* Turns each character of a name that is not ASCII into '?', in place. Returns
 * false if there is no such character. */
bool ascii_name(char *name);

#endif
