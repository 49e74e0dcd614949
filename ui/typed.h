/*
 * The kinds of lines that somebody typed, pasted or piped: a command, a text,
 * or a text that a person would take for a command. This is the one rule of the
 * plain view and the tui, so that nothing that was meant as a command is said
 * to the room. In json a text is a text, whatever it begins with.
 */
#ifndef UI_TYPED_H
#define UI_TYPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum typed_kind {
	TYPED_NOTHING, /* blank: there is nothing to see */
	TYPED_TEXT,
	TYPED_COMMAND, /* begins with a slash */
	TYPED_SLASHES, /* begins with two: a text that begins with one */
	TYPED_ALIKE    /* begins with something that only looks like one */
};

struct typed {
	enum typed_kind kind;
	size_t at; /* of the first character that shows, in bytes */
};

/*
 * Tells how a line begins, valid UTF-8 without NUL. Characters that show
 * nothing of their own do not count at the start: blanks of any kind, controls
 * and sequences that set colours, invisible, unassigned and private characters,
 * marks without a base.
 */
struct typed typed_begin(const char *line, size_t len);

/*
 * Returns the number, from 1, of the first line of a text, from that line on,
 * that begins as a command does or seems to; 0 if there is no such line.
 * Everything that anybody takes for the end of a line ends one. Sets *at to
 * where it begins, unless at is NULL.
 */
size_t typed_command_in(const char *text, size_t len, size_t from, size_t *at);

enum typed_answer {
	ANSWER_NONE, /* a line that is none of these */
	ANSWER_NO,   /* or n */
	ANSWER_Y,
	ANSWER_YES
};

/* Returns which answer a lone yes or no, y or n is, in any case, with a full
 * stop or an exclamation mark or without. */
enum typed_answer typed_answer(const char *line, size_t len);

/* True for a character that looks like a slash, but is neither one nor a letter
 * of any script. */
bool typed_is_alike(uint32_t code_point);

#endif
