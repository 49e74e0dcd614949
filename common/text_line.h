/*
 * Lines of the files that people may edit.
 */
#ifndef COMMON_TEXT_LINE_H
#define COMMON_TEXT_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* A line, without its end, that is blank or a comment: after blanks, a #. */
static inline bool
text_says_nothing(const char *line, size_t len)
{
	size_t i = 0;

	while (
	    i < len && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r'))
		i++;
	return i == len || line[i] == '#';
}

#endif
