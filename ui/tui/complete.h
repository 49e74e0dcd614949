/*
 * Tab: completes a command at the start of the line, a room or a conversation
 * behind a command that takes one, and a name elsewhere. Tab again takes the
 * next that fits.
 */
#ifndef UI_TUI_COMPLETE_H
#define UI_TUI_COMPLETE_H

#include "ui/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* A name that may be completed. */
struct complete_name {
	const char *name;    /* as shown; valid UTF-8 */
	uint64_t last_spoke; /* the higher the later; 0: never */
};

/* The candidates for a completion. */
struct complete_words {
	/* Names of commands, with the slash, in the order to offer them. */
	const char *const *commands;
	size_t command_count;
	const struct complete_name *names;
	size_t name_count;
	const char *const *rooms; /* names, in the order to offer them */
	size_t room_count;
	const char *const *places; /* the same of rooms and conversations */
	size_t place_count;
};

/* All zero: no cycle is under way. */
struct complete {
	char **found; /* what the word may become */
	size_t count;
	size_t at;	   /* of these, in the text now */
	struct buf before; /* the text before the word, and after it */
	struct buf after;
};

/*
 * The text that Tab (or Shift-Tab: backwards) makes of this one, valid UTF-8
 * with the cursor in it. Writes it to *out, emptied first, and the new cursor.
 * Returns false if nothing fits: then *out is empty.
 *
 *	"/st" at the start	"/status "
 *	"an" at the start	"anna: "
 *	"hi an"			"hi anna "
 *	"/msg an"		"/msg anna ", and with a name that has spaces
 *				"/msg \"anna b\" "
 *	"/room gar"		"/room garden "
 *
 * Names that spoke last come first, then the others in order. They are
 * compared without case and compatibility forms; an accent need not be typed.
 */
bool complete_tab(struct complete *, const struct complete_words *,
    const char *text, size_t len, size_t cursor, bool backwards,
    struct buf *out, size_t *out_cursor);

/* Another key came: the next Tab begins a new completion. */
void complete_end(struct complete *);

#endif
