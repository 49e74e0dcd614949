/*
 * Text meant to break a screen: the files of tests/hostile, each a kind of
 * attack or of writing that is hard to draw.
 */
#ifndef TESTS_UNIT_HOSTILE_H
#define TESTS_UNIT_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>

struct hostile {
	char name[64];
	char *bytes;
	size_t len;
	bool valid; /* UTF-8 without NUL */
};

/* Reads all files, and makes a text of 16 KiB of all valid ones in turn.
 * Returns how many texts there are, at least 10; hostile_free() frees them. */
size_t hostile_read(struct hostile **);
void hostile_free(struct hostile *, size_t count);

#endif
