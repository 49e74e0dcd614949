/*
 * Painting what changed. See paint.h.
 *
 * Terminals disagree about the width of many characters: their tables are of
 * other versions of Unicode, joined emoji are one picture or several, East
 * Asian users have ambiguous characters wide. Ours says where each cluster
 * goes, and after one that is not certain the cursor is put where it belongs.
 * Whatever such a cluster drew to its right is painted over: a row that has
 * or had one is painted as a whole, from left to right.
 */
#include "ui/tui/paint.h"

#include <string.h>

#define SYNC_BEGIN  "\033[?2026h"
#define SYNC_END    "\033[?2026l"
#define HIDE_CURSOR "\033[?25l"
#define SHOW_CURSOR "\033[?25h"

/* The terminal's state, as far as it is known while painting. */
struct pen {
	struct painter *painter;
	struct buf *out;
	const struct grid *grid;
	bool placed; /* the cursor is at row, column */
	unsigned int row;
	unsigned int column;
	int style; /* -1: unknown */
	uint32_t link;
};

void
paint_invalidate(struct painter *p)
{
	p->valid = false;
}

void
paint_free(struct painter *p)
{
	grid_free(&p->shown);
}

/* CUP, ECMA-48 section 8.3.21. */
static void
move(struct pen *pen, unsigned int row, unsigned int column)
{
	if (pen->placed && pen->row == row && pen->column == column)
		return;
	buf_printf(pen->out, "\033[%u;%uH", row + 1, column + 1);
	pen->placed = true;
	pen->row = row;
	pen->column = column;
}

static void
use_link(struct pen *pen, uint32_t link)
{
	const char *url = link != 0 ? grid_url(pen->grid, link) : NULL;

	if (!pen->painter->links || pen->link == link)
		return;
	if (url == NULL) {
		buf_puts(pen->out, "\033]8;;\033\\");
	} else {
		/* Parts with one id are one link, also across rows. */
		buf_printf(pen->out, "\033]8;id=%x;", link);
		buf_puts(pen->out, url);
		buf_puts(pen->out, "\033\\");
	}
	pen->link = link;
}

static void
use_style(struct pen *pen, const struct cell *cell)
{
	if (pen->style != cell->style)
		theme_put(pen->out, (enum style)cell->style,
		    pen->painter->colours);
	pen->style = cell->style;
	use_link(pen, cell->link);
}

static void
draw_uncertain(struct pen *pen, const struct cell *cell, unsigned int row,
    unsigned int column)
{
	const struct cluster *cl = &cell->cluster;
	bool tight = column + cl->columns_worst > pen->grid->columns;

	/* A terminal that takes fewer columns leaves these blank. */
	if (cl->columns > 1) {
		for (unsigned int i = 0; i < cl->columns; i++)
			buf_puts(pen->out, " ");
		pen->placed = false;
		move(pen, row, column);
	}
	buf_put(pen->out, cl->bytes, tight ? cl->base : cl->len);
	pen->placed = false;
}

static void
draw(struct pen *pen, unsigned int row, unsigned int column)
{
	const struct cell *cell = grid_cell(pen->grid, row, column);

	if (cell->cluster.columns == 0)
		return; /* drawn with what is to its left */
	move(pen, row, column);
	use_style(pen, cell);
	if (!cell->cluster.certain) {
		draw_uncertain(pen, cell, row, column);
		return;
	}
	buf_put(pen->out, cell->cluster.bytes, cell->cluster.len);
	pen->column += cell->cluster.columns;
	/* At the edge terminals differ in where the cursor is. */
	if (pen->column >= pen->grid->columns)
		pen->placed = false;
}

static bool
is_blank(const struct cell *cell)
{
	return cell->cluster.len == 1 && cell->cluster.bytes[0] == ' ' &&
	    cell->style == STYLE_TEXT && cell->link == 0;
}

static bool
same(const struct cell *a, const struct cell *b)
{
	return a->cluster.columns == b->cluster.columns &&
	    a->style == b->style && a->link == b->link &&
	    a->cluster.len == b->cluster.len &&
	    memcmp(a->cluster.bytes, b->cluster.bytes, a->cluster.len) == 0;
}

static bool
has_uncertain(const struct grid *g, unsigned int row)
{
	const struct cell *cell = grid_cell(g, row, 0);

	for (unsigned int i = 0; i < g->columns; i++)
		if (cell[i].cluster.columns > 0 && !cell[i].cluster.certain)
			return true;
	return false;
}

/* Sets the columns of a row to paint, from first up to end; false: none. */
static bool
changed(const struct grid *shown, const struct grid *next, unsigned int row,
    unsigned int *first, unsigned int *end)
{
	const struct cell *a = grid_cell(shown, row, 0);
	const struct cell *b = grid_cell(next, row, 0);

	*first = 0;
	*end = next->columns;
	while (*first < *end && same(&a[*first], &b[*first]))
		(*first)++;
	if (*first == *end)
		return false;
	while (same(&a[*end - 1], &b[*end - 1]))
		(*end)--;
	if (has_uncertain(shown, row) || has_uncertain(next, row)) {
		*first = 0;
		*end = next->columns;
	}
	/* A wide cluster is painted as a whole. */
	while (*first > 0 &&
	    (a[*first].cluster.columns == 0 || b[*first].cluster.columns == 0))
		(*first)--;
	while (*end < next->columns &&
	    (a[*end].cluster.columns == 0 || b[*end].cluster.columns == 0))
		(*end)++;
	return true;
}

static void
paint_row(struct pen *pen, unsigned int row, unsigned int first,
    unsigned int end)
{
	const struct grid *g = pen->grid;
	unsigned int text_end = end;

	/* Blanks up to the edge are one sequence: EL, section 8.3.41. */
	if (end == g->columns)
		while (text_end > first &&
		    is_blank(grid_cell(g, row, text_end - 1)))
			text_end--;
	for (unsigned int column = first; column < text_end; column++)
		draw(pen, row, column);
	if (text_end < end) {
		move(pen, row, text_end);
		use_style(pen, grid_cell(g, row, text_end));
		buf_puts(pen->out, "\033[K");
	}
}

/* Makes the shown frame known: nothing. */
static void
start_again(struct painter *p, struct buf *out, const struct grid *next)
{
	buf_puts(out, "\033[0m\033[H\033[2J");
	grid_resize(&p->shown, next->columns, next->rows);
	p->valid = true;
}

static void
swap(struct painter *p, struct grid *next)
{
	struct grid shown = p->shown;

	p->shown = *next;
	*next = shown;
}

void
paint(struct painter *p, struct buf *out, struct grid *next)
{
	struct pen pen = { p, out, next, false, 0, 0, -1, 0 };
	unsigned int first, end;
	struct buf rows = { 0 };
	bool whole = !p->valid || p->shown.columns != next->columns ||
	    p->shown.rows != next->rows;

	pen.out = &rows;
	if (whole)
		start_again(p, &rows, next);
	for (unsigned int row = 0; row < next->rows; row++)
		if (changed(&p->shown, next, row, &first, &end))
			paint_row(&pen, row, first, end);
	use_link(&pen, 0);
	if (rows.len > 0) {
		buf_puts(out, SYNC_BEGIN HIDE_CURSOR);
		buf_put(out, rows.bytes, rows.len);
	}
	if (rows.len > 0 || p->shown.cursor_row != next->cursor_row ||
	    p->shown.cursor_column != next->cursor_column)
		buf_printf(out, "\033[%u;%uH", next->cursor_row + 1,
		    next->cursor_column + 1);
	if (rows.len > 0 && !next->cursor_hidden)
		buf_puts(out, SHOW_CURSOR);
	if (rows.len > 0)
		buf_puts(out, SYNC_END);
	buf_free(&rows);
	swap(p, next);
}
