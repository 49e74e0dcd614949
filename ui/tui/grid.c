/*
 * Cells. See grid.h.
 */
#include "ui/tui/grid.h"

#include "ui/ascii.h"

#include "common/log.h"
#include "common/utf8.h"

#include <stdlib.h>
#include <string.h>

static const struct cell blank = {
	.cluster = { .bytes = " ",
	    .len = 1,
	    .columns = 1,
	    .base = 1,
	    .certain = true,
	    .columns_worst = 1 },
	.style = STYLE_TEXT,
};

static unsigned int
within(unsigned int n, unsigned int max)
{
	return n < 1 ? 1 : n > max ? max : n;
}

static void
forget_links(struct grid *g)
{
	for (unsigned int i = 0; i < g->link_count; i++)
		free(g->links[i].url);
	g->link_count = 0;
}

static void
clear(struct grid *g)
{
	forget_links(g);
	for (size_t i = 0; i < (size_t)g->columns * g->rows; i++)
		g->cells[i] = blank;
	g->cursor_row = g->cursor_column = 0;
	g->cursor_hidden = false;
}

void
grid_resize(struct grid *g, unsigned int columns, unsigned int rows)
{
	columns = within(columns, GRID_COLUMNS_MAX);
	rows = within(rows, GRID_ROWS_MAX);
	if (columns != g->columns || rows != g->rows) {
		free(g->cells);
		g->cells = calloc((size_t)columns * rows, sizeof(*g->cells));
		if (g->cells == NULL)
			fatal("no memory for a screen of %u by %u", columns,
			    rows);
		g->columns = columns;
		g->rows = rows;
	}
	clear(g);
}

void
grid_free(struct grid *g)
{
	forget_links(g);
	free(g->cells);
	memset(g, 0, sizeof(*g));
}

struct cell *
grid_cell(const struct grid *g, unsigned int row, unsigned int column)
{
	return &g->cells[(size_t)row * g->columns + column];
}

/* Returns the end of the place, or of the row of the grid. */
static unsigned int
end_of(const struct grid_place *at)
{
	if (at->row >= at->grid->rows)
		return 0;
	return at->end < at->grid->columns ? at->end : at->grid->columns;
}

/* Puts a cluster that is not ASCII, as so many ASCII characters. */
static bool
put_in_ascii(struct grid_place *at, const struct cluster *cl)
{
	uint32_t c = '?';
	char one;

	utf8_decode(cl->bytes, cl->len, &c);
	one = ascii_of(c);
	if (at->column + cl->columns > end_of(at))
		return false;
	for (unsigned int i = 0; i < cl->columns; i++)
		grid_put(at, &one, 1);
	return true;
}

bool
grid_put_cluster(struct grid_place *at, const struct cluster *cl)
{
	struct cell *cell;

	if (at->grid->ascii && (cl->bytes[0] & 0x80) != 0)
		return put_in_ascii(at, cl);
	if (at->column + cl->columns > end_of(at))
		return false;
	for (unsigned int i = 0; i < cl->columns; i++) {
		cell = grid_cell(at->grid, at->row, at->column + i);
		memset(cell, 0, sizeof(*cell));
		cell->style = (uint8_t)at->style;
		cell->link = at->link;
		if (i == 0)
			cell->cluster = *cl;
	}
	at->column += cl->columns;
	return true;
}

void
grid_blank(struct grid_place *at, unsigned int column)
{
	while (at->column < column && grid_put_cluster(at, &blank.cluster))
		;
}

bool
grid_put(struct grid_place *at, const char *s, size_t len)
{
	struct cluster cl;
	size_t n;

	for (; len > 0; s += n, len -= n) {
		n = cluster_next(s, len, &cl);
		if (!grid_put_cluster(at, &cl)) {
			grid_blank(at, at->end);
			return false;
		}
	}
	return true;
}

void
grid_puts(struct grid_place *at, const char *s)
{
	grid_put(at, s, strlen(s));
}

const char *
grid_url(const struct grid *g, uint32_t id)
{
	for (unsigned int i = 0; i < g->link_count; i++)
		if (g->links[i].id == id)
			return g->links[i].url;
	return NULL;
}

uint32_t
grid_link(struct grid *g, uint32_t id, const char *url, size_t len)
{
	struct grid_link *link;

	if (id == 0 || len >= GRID_URL_MAX)
		return 0;
	if (grid_url(g, id) != NULL)
		return id;
	if (g->link_count == GRID_LINKS_MAX)
		return 0;
	link = &g->links[g->link_count++];
	link->id = id;
	link->url = strndup(url, len);
	if (link->url == NULL)
		fatal("no memory for a link");
	return id;
}
