/*
 * Links in texts of others.
 */
#ifndef UI_TUI_LINK_H
#define UI_TUI_LINK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Looks for the first http or https URL (RFC 3986; ASCII alone, so that what
 * is shown is what is opened). Returns true and its place in bytes. A full
 * stop, comma, quote or closing bracket that rather belongs to the sentence
 * is not part of it.
 */
bool link_find(const char *s, size_t len, size_t *at, size_t *n);

#endif
