/*
 * A folder of its own for a test, and the error that the code under test
 * wrote about it.
 */
#ifndef TESTS_UNIT_FOLDER_H
#define TESTS_UNIT_FOLDER_H

#include <stddef.h>

struct folder {
	char path[256];
	int fd;
	char err[512];
};

/* Makes the folder, below TMPDIR or /tmp, and opens it. */
void folder_open(struct folder *);
/* Closes the folder, and removes it with all that is in it. */
void folder_remove(struct folder *);

/* Writes a file of mode 0600, or writes it again. */
void folder_put(struct folder *, const char *name, const void *text,
    size_t len);

/* Asserts that the error contains both, and empties it. */
void folder_check_error(struct folder *, const char *one, const char *other);

#endif
