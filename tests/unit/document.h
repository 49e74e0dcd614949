/*
 * Examples in a document, which tests confirm. An example is a section with
 * fenced blocks; in these an item is a line with its label and, indented by
 * four spaces, lines with its bytes:
 *
 *	HELLO
 *	    01 01 0000		; type, version: a comment
 *	    00*1188		; so many bytes of zero
 */
#ifndef TESTS_UNIT_DOCUMENT_H
#define TESTS_UNIT_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

/* Reads a file, and finds the section whose heading starts so (a newline, and
 * "## "). Returns 0, or -1 if there is none. One at a time. */
int document_open(const char *path, const char *heading);
void document_close(void);

/* True if the item of this label has exactly these bytes; else prints what it
 * should be. To be called once for each item. */
bool document_confirms(const char *label, const void *bytes, size_t len);

/* How many items have not been asked for; negative if more were. */
int document_left(void);

#endif
