/*
 * The colours of people. The people who are here have different ones as long as
 * there are enough, and everybody keeps theirs until the end of the run.
 */
#ifndef UI_TUI_COLOURS_H
#define UI_TUI_COLOURS_H

#include "ui/tui/theme.h"

#include "ui/model.h"

/* The number of keys whose colours are remembered: several rooms full. */
#define COLOURS_KEYS 1024

struct colours {
	struct {
		uint8_t key[FINGERPRINT_LEN];
		uint8_t nick; /* from STYLE_NICK_0 on */
	} people[COLOURS_KEYS];
	size_t count;
	size_t next; /* once all are taken: whose place is the next to go */
};

/* Returns the style of a peer's name, known or not, on a terminal with so many
 * colours; that of the user's own places is STYLE_OWN. */
enum style colours_of(struct colours *, const struct model *,
    const struct peer *, enum theme_colours);

#endif
