/*
 * Strings of JSON (RFC 8259 section 7) without jansson, which would be most of
 * the cost of a long text in ui. The output is the same as that of jansson, and
 * the input is read as jansson would read it; json.c leaves everything else to
 * jansson.
 */
#ifndef UI_JSON_TEXT_H
#define UI_JSON_TEXT_H

#include "ui/buf.h"

#include <stdbool.h>

/*
 * Appends JSON, or a part of a string, in which characters that a terminal or
 * an editor could obey, and that jansson leaves raw, become \uXXXX: still the
 * same string to every reader. s is valid UTF-8.
 */
void json_text_escape(struct buf *, const char *s, size_t len);

/* Appends a whole string, in its quotes, escaped as above. s is valid UTF-8. */
void json_text_put(struct buf *, const char *s, size_t len);

/*
 * Reads a line {"cmd":"say","text":"..."}, which may have spaces between its
 * parts, and appends the text. line is valid UTF-8. Returns false for any other
 * line, good or bad, and for \u in the text: jansson has to read it.
 */
bool json_text_say(struct buf *text, const char *line, size_t len);

#endif
