/*
 * The part to the left of a text: the time, the author, and a rule that no text
 * can cross, a double one for private texts. Names stand in < and >, which no
 * name can hold, so that nobody's name can look like the mark of an event.
 */
#ifndef UI_TUI_GUTTER_H
#define UI_TUI_GUTTER_H

#include "ui/tui/grid.h"
#include "ui/tui/history.h"

struct gutter {
	unsigned int time; /* columns, with the space after; 0: not shown */
	unsigned int name; /* columns, with < and >; 0: not shown */
	unsigned int rule; /* columns */
};

/* Returns the gutter for a window of so many columns: the wider, the more is
 * shown. */
struct gutter gutter_for(unsigned int columns);
unsigned int gutter_columns(const struct gutter *);

/* Puts it at the place; first: of the entry's first row. */
void gutter_put(struct grid_place *, const struct gutter *,
    const struct entry *, bool first);

/*
 * Appends a name, cut to at most so many columns, at least 5, if it has to be.
 * The rest could be that of many names: then it ends in "~" and the first
 * HISTORY_TAG bytes of the fingerprint in hex, as look-alikes do.
 */
void gutter_name(struct buf *, const char *name, const uint8_t *fingerprint,
    unsigned int columns);

#endif
