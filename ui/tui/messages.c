/*
 * Messages on the screen. See messages.h.
 */
#include "ui/tui/messages.h"

#include "ui/tui/gutter.h"
#include "ui/tui/layout.h"

/* One row of an entry: the part of each span that lies in it. Returns false if
 * there was no room for it. */
static bool
put_text_row(struct grid_place *at, const struct layout *l,
    const struct layout_row *row)
{
	size_t start = 0, first, end;
	bool fits = true;

	for (size_t i = 0; i < l->span_count && start < row->end;
	     start = l->spans[i++].end) {
		const struct layout_span *span = &l->spans[i];

		first = start > row->start ? start : row->start;
		end = span->end < row->end ? span->end : row->end;
		if (first >= end)
			continue;
		at->style = span->style;
		at->link = span->link == 0
		    ? 0
		    : grid_link(at->grid, span->link, l->text.bytes + span->url,
			  span->url_end - span->url);
		fits = grid_put(at, l->text.bytes + first, end - first) && fits;
	}
	at->link = 0;
	return fits;
}

/* Puts a rule across the window with the day, or another word, in it. */
static void
put_rule(struct grid_place *at, const struct entry *e, enum style style)
{
	unsigned int columns = at->end - at->column;
	unsigned int text = (unsigned int)cluster_columns(e->text, e->len) + 2;
	unsigned int before = columns > text ? (columns - text) / 2 : 0;
	unsigned int start = at->column;

	at->style = style;
	while (at->column < start + before)
		grid_puts(at, "─");
	if (before > 0)
		grid_puts(at, " ");
	grid_put(at, e->text, e->len);
	if (before > 0)
		grid_puts(at, " ");
	while (before > 0 && at->column < at->end)
		grid_puts(at, "─");
}

/* A window may be too narrow for a wide cluster, which is alone in its row:
 * then a mark stands there. */
static void
put_row(struct grid_place *at, const struct gutter *gutter,
    const struct scroll_row *r, const struct layout *l)
{
	unsigned int start;

	if (r->entry->kind == ENTRY_DAY || r->entry->kind == ENTRY_NEW) {
		if (r->row == 0)
			put_rule(at, r->entry,
			    r->entry->kind == ENTRY_DAY ? STYLE_RULE
							: STYLE_NEW);
		return;
	}
	if (r->entry->kind == ENTRY_NOTICE || r->entry->kind == ENTRY_QR)
		grid_blank(at, at->column + (at->end > at->column + 1));
	else
		gutter_put(at, gutter, r->entry, r->row == 0);
	at->style = STYLE_TEXT;
	grid_blank(at, at->column + l->rows[r->row].indent);
	start = at->column;
	if (put_text_row(at, l, &l->rows[r->row]))
		return;
	at->column = start;
	grid_puts(at, ">");
}

void
messages_put(const struct scroll *scroll, const struct scroll_window *window,
    const char *find, struct grid *grid, unsigned int row, unsigned int column,
    unsigned int columns)
{
	struct gutter gutter = gutter_for(columns);
	struct scroll_row rows[GRID_ROWS_MAX];
	struct layout l = { 0 };
	unsigned int count = scroll_view(scroll, window, rows);

	row += window->rows - count;
	for (unsigned int i = 0; i < count; i++, row++) {
		struct grid_place at = { grid, row, column, column + columns,
			STYLE_TEXT, 0 };

		if (i == 0 || rows[i].entry != rows[i - 1].entry)
			layout_entry(&l, rows[i].entry,
			    scroll_columns(window, rows[i].entry), find);
		put_row(&at, &gutter, &rows[i], &l);
	}
	layout_free(&l);
}

struct scroll_window
messages_window(const struct history *history, unsigned int columns,
    unsigned int rows)
{
	struct gutter gutter = gutter_for(columns);

	return (struct scroll_window){ history,
		columns - gutter_columns(&gutter),
		columns > 1 ? columns - 1 : 1, rows };
}
