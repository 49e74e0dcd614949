/*
 * Text that somebody else wrote, made safe for a terminal: it is shown, not
 * obeyed. The plain view passes everything from a peer through here; the json
 * view escapes the characters that the first two functions name; nick.c refuses
 * them.
 */
#ifndef UI_TEXT_H
#define UI_TEXT_H

#include "ui/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* The size of a typed text in an error: bytes, with the NUL. */
#define TEXT_SHOWN_MAX 48
/* The most combining marks kept in a row; further ones are counted. */
#define TEXT_MARKS_MAX 8

/*
 * True for a character that draws nothing or steers the terminal or the order
 * of other characters: C0 and C1 controls, line and paragraph separators,
 * format characters (bidirectional controls, zero-width, tags) and everything
 * else that Unicode says is ignored by default (fillers, variation selectors).
 */
bool text_is_invisible(uint32_t code_point);
/* True for a character that is unassigned or private: a terminal may show
 * anything for it, or nothing. */
bool text_is_unknown(uint32_t code_point);

/* True for a mark that takes no space of its own: it is drawn on the character
 * before it (categories Mn and Me). */
bool text_is_mark(uint32_t code_point);
/* True for an emoji modifier: U+1F3FB to U+1F3FF. */
bool text_is_skin_tone(uint32_t code_point);

/*
 * Appends a safe form of s to *out, valid UTF-8 whatever s is:
 *	a byte that is not UTF-8	U+FFFD
 *	tab				a space
 *	line feed			newline, or U+240A if that is NULL
 *	other C0 controls and DEL	their symbols, U+2400 to U+2421
 *	other invisible characters, unassigned, private, noncharacters
 *					<U+202E>
 *	marks beyond TEXT_MARKS_MAX	<+N marks>
 * Zero-width joiners and variation selectors stay inside an emoji.
 */
void text_clean(struct buf *out, const char *s, size_t len,
    const char *newline);

/*
 * Append a safe name, as model.h shows it, in at most that many columns: cut
 * with "…" if it is wider. columns is at least 1. Returns how many it takes;
 * the second fills the rest of them with spaces.
 */
size_t text_shorten(struct buf *out, const char *name, size_t len,
    size_t columns);
void text_column(struct buf *out, const char *name, size_t len, size_t columns);

/*
 * Writes the first line of s, safe, at most max - 1 bytes, with "…" where
 * something was left out. max is at least 4. Returns out.
 */
char *text_excerpt(char *out, size_t max, const char *s, size_t len);

#endif
