/*
 * Bytes that grow: the views build a line in them, and output waits in them to
 * be written. Running out of memory ends the process.
 */
#ifndef UI_BUF_H
#define UI_BUF_H

#include <stddef.h>

/* All zero is an empty buffer. */
struct buf {
	char *bytes;
	size_t len;
	size_t size;
};

void buf_put(struct buf *, const void *bytes, size_t len);
/* Appends a string without its NUL. */
void buf_puts(struct buf *, const char *);
/* Appends at most 1023 bytes. */
void buf_printf(struct buf *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
/* Frees the bytes and leaves an empty one. */
void buf_free(struct buf *);
/* The same, and overwrites the bytes before: they were a secret. */
void buf_wipe(struct buf *);

#endif
