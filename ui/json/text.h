/*
 * Strings of JSON (RFC 8259 section 7) without jansson, which would be most of
 * what a long text costs ui. What is written here is what jansson would write,
 * and what is read here jansson would read the same; json.c leaves all else to
 * jansson.
 */
#ifndef UI_JSON_TEXT_H
#define UI_JSON_TEXT_H

#include "ui/buf.h"

#include <stdbool.h>

/*
 * Appends JSON, or a part of a string, with what a terminal or an editor could
 * obey, and jansson leaves raw, as \uXXXX: still the same string to every
 * reader. s is valid UTF-8.
 */
void json_text_escape(struct buf *, const char *s, size_t len);

/* Appends a whole string, in its quotes, escaped as above. s is valid UTF-8. */
void json_text_put(struct buf *, const char *s, size_t len);

/*
 * Reads a line {"cmd":"say","text":"..."}, which may have spaces between its
 * parts, and appends the text. line is valid UTF-8. Returns false for any other
 * line, good or bad, and for \u in the text: jansson is to read it.
 */
bool json_text_say(struct buf *text, const char *line, size_t len);

#endif
