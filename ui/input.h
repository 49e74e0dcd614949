/*
 * Lines from standard input, of bounded length.
 */
#ifndef UI_INPUT_H
#define UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input {
	char *bytes;
	size_t size;
	size_t start;	/* of what is not taken yet */
	size_t taken;	/* of the line last given out */
	size_t scanned; /* no line feed from start to here */
	size_t end;
	size_t line_max; /* bytes, without the line feed */
	uint64_t line;	 /* number of the line last given out */
	bool skipping;	 /* to the end of a line that was too long */
	bool hungry;	 /* holds no whole line: to be read */
	bool ended;
};

enum input_result {
	INPUT_LINE,
	INPUT_TOO_LONG, /* reported once; the line is skipped */
	INPUT_MORE,	/* no whole line: call input_read() */
	INPUT_END
};

void input_init(struct input *, size_t line_max);
void input_free(struct input *);

/*
 * Returns the next line, without its line feed or carriage return and line
 * feed; valid until the next call. A last line without line feed counts.
 */
enum input_result input_next(struct input *, const char **line, size_t *len);

/* Overwrites the line last given out, which may have a secret in it. */
void input_wipe(struct input *);

/* True after INPUT_MORE: only then may it be read, and at first. */
bool input_wants(const struct input *);
/* Reads once. Returns 0 (also at the end and when there was nothing) or -1
 * with errno. */
int input_read(struct input *, int fd);
/* No more input comes. */
void input_end(struct input *);

#endif
