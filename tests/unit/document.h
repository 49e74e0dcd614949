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
 * "## "). Returns 0, or -1 if there is none. Only one document is open at a
 * time. */
int document_open(const char *path, const char *heading);
void document_close(void);

/* Returns whether the item of this label has exactly these bytes, and prints
 * what it should be if not. It is called once for each item. */
bool document_confirms(const char *label, const void *bytes, size_t len);

/* Returns how many items have not been confirmed; negative if more were. */
int document_left(void);

#endif
