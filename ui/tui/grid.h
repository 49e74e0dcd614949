/*
 * A screen as cells: each view composes it, one frame after the other, and the
 * painter compares it. Nothing here knows how to control a terminal.
 */
#ifndef UI_TUI_GRID_H
#define UI_TUI_GRID_H

#include "ui/tui/cluster.h"
#include "ui/tui/theme.h"

#include <stdbool.h>
#include <stdint.h>

/* The limits of the drawn part: a terminal may say that it is larger. */
#define GRID_COLUMNS_MAX 500
#define GRID_ROWS_MAX	 300
/* Links on one screen; further ones are text only. */
#define GRID_LINKS_MAX 64
#define GRID_URL_MAX   2048 /* bytes, with the NUL */

struct cell {
	struct cluster cluster; /* all zero in the right parts of a wide one */
	uint8_t style;		/* enum style */
	uint32_t link;		/* 0: none */
};

struct grid_link {
	uint32_t id; /* the same in each frame that shows it */
	char *url;
};

struct grid {
	unsigned int columns;
	unsigned int rows;
	struct cell *cells; /* row by row */
	struct grid_link links[GRID_LINKS_MAX];
	unsigned int link_count;
	unsigned int cursor_row;
	unsigned int cursor_column;
	bool cursor_hidden; /* there is nothing to type */
	bool ascii;	    /* what is put becomes that, in as many columns */
};

/* All zero is an empty grid. Takes any size, within the limits above and at
 * least 1x1, and clears it: blanks everywhere, no links, the cursor at the top
 * left. */
void grid_resize(struct grid *, unsigned int columns, unsigned int rows);
void grid_free(struct grid *);

struct cell *grid_cell(const struct grid *, unsigned int row,
    unsigned int column);

/* The place of text: from column up to, not including, end. */
struct grid_place {
	struct grid *grid;
	unsigned int row;
	unsigned int column; /* moves as text is put */
	unsigned int end;
	enum style style;
	uint32_t link;
};

/* Puts s, safe UTF-8, as far as there is room for whole clusters. Returns
 * false if some had none; then the rest of the place is blank. */
bool grid_put(struct grid_place *, const char *s, size_t len);
void grid_puts(struct grid_place *, const char *s);
/* Puts one cluster. Returns false if there is no room for it. */
bool grid_put_cluster(struct grid_place *, const struct cluster *);
/* Blanks up to column, or to the end of the place if that is less. */
void grid_blank(struct grid_place *, unsigned int column);

/* Notes a link by a number of its own. Returns it, or 0 if there is no more
 * room or it is too long. url: printable ASCII. */
uint32_t grid_link(struct grid *, uint32_t id, const char *url, size_t len);
/* Returns NULL if the frame has no such link. */
const char *grid_url(const struct grid *, uint32_t id);

#endif
