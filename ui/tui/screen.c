/*
 * The client's screen. See screen.h.
 */
#include "ui/tui/screen.h"

#include "ui/tui/bars.h"
#include "ui/tui/gutter.h"
#include "ui/tui/layout.h"
#include "ui/tui/peerlist.h"
#include "ui/tui/tui.h"

#include <string.h>

/* Narrower terminals have no list of peers. */
#define LIST_MIN_COLUMNS  60
#define LIST_COLUMNS	  20
#define LIST_WIDE_COLUMNS 28
#define WIDE_COLUMNS	  100

struct screen_areas
screen_areas(unsigned int columns, unsigned int rows,
    const struct inputline *input)
{
	struct screen_areas a = { .input_rows = inputline_rows(input,
				      columns) };
	unsigned int most = rows / 4;

	if (most < 1)
		most = 1;
	if (a.input_rows > most)
		a.input_rows = most;
	a.status = rows >= 3;
	a.top = rows >= 4;
	a.message_rows = rows > 1 ? rows - a.top - a.status - a.input_rows : 1;
	if (columns >= LIST_MIN_COLUMNS)
		a.list_columns =
		    columns >= WIDE_COLUMNS ? LIST_WIDE_COLUMNS : LIST_COLUMNS;
	a.message_columns = columns - a.list_columns;
	return a;
}

struct inputline
screen_input(const struct ui *ui)
{
	const struct tui *t = ui->tui;
	struct inputline line = { .prompt = "> " };

	if (t->search.active) {
		line.prompt = "search: ";
		line.text = t->search.what;
		line.len = line.cursor = strlen(t->search.what);
	} else {
		line.text = editor_text(&line.len);
		line.cursor = editor_cursor();
	}
	return line;
}

/* One row of an entry: the part of each span that lies in it. */
static void
put_text_row(struct grid_place *at, const struct layout *l,
    const struct layout_row *row)
{
	size_t start = 0, first, end, len;
	const char *url;

	for (size_t i = 0; i < l->span_count; start = l->spans[i++].end) {
		const struct layout_span *span = &l->spans[i];

		first = start > row->start ? start : row->start;
		end = span->end < row->end ? span->end : row->end;
		if (first >= end)
			continue;
		at->style = span->style;
		at->link = 0;
		if (span->link != 0) {
			url = layout_url(l, i, &len);
			at->link = grid_link(at->grid, span->link, url, len);
		}
		grid_put(at, l->text.bytes + first, end - first);
	}
	at->link = 0;
}

/* A rule across the window with the day in it. */
static void
put_day(struct grid_place *at, const struct entry *e)
{
	unsigned int columns = at->end - at->column;
	unsigned int text = (unsigned int)cluster_columns(e->text, e->len) + 2;
	unsigned int before = columns > text ? (columns - text) / 2 : 0;
	unsigned int start = at->column;

	at->style = STYLE_RULE;
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

/* The part of the layout that a wide cluster fits in may be too narrow for
 * it: then a mark stands there. */
static void
put_row(struct grid_place *at, const struct gutter *gutter,
    const struct scroll_row *r, const struct layout *l)
{
	unsigned int start;

	if (r->entry->kind == ENTRY_DAY) {
		if (r->row == 0)
			put_day(at, r->entry);
		return;
	}
	if (r->entry->kind == ENTRY_NOTICE)
		grid_blank(at, at->column + (at->end > 1));
	else
		gutter_put(at, gutter, r->entry, r->row == 0);
	start = at->column;
	at->style = STYLE_TEXT;
	put_text_row(at, l, &l->rows[r->row]);
	if (at->column == start && l->rows[r->row].end > l->rows[r->row].start)
		grid_puts(at, ">");
}

static void
put_messages(const struct ui *ui, struct grid *grid,
    const struct screen_areas *a)
{
	const struct tui *t = ui->tui;
	struct gutter gutter = gutter_for(a->message_columns);
	struct scroll_window window = tui_window(ui);
	struct scroll_row rows[GRID_ROWS_MAX];
	const char *find = t->search.active && t->search.what[0] != '\0'
	    ? t->search.what
	    : NULL;
	struct layout l = { 0 };
	unsigned int count = scroll_view(&t->scroll, &window, rows);

	for (unsigned int i = 0; i < count; i++) {
		struct grid_place at = { grid,
			a->top + a->message_rows - count + i, 0,
			a->message_columns, STYLE_TEXT, 0 };

		if (i == 0 || rows[i].entry != rows[i - 1].entry)
			layout_entry(&l, rows[i].entry,
			    scroll_columns(&window, rows[i].entry), find);
		put_row(&at, &gutter, &rows[i], &l);
	}
	layout_free(&l);
}

void
screen_compose(const struct ui *ui, struct grid *grid)
{
	struct inputline input = screen_input(ui);
	struct screen_areas a =
	    screen_areas(grid->columns, grid->rows, &input);
	unsigned int row = 0;

	grid_clear(grid);
	if (a.top > 0)
		bars_top(ui, grid, row);
	row += a.top;
	put_messages(ui, grid, &a);
	if (a.list_columns > 0)
		peerlist_put(&ui->model, grid, row, a.message_rows,
		    a.message_columns);
	row += a.message_rows;
	if (a.status > 0)
		bars_status(ui, grid, row);
	row += a.status;
	if (row < grid->rows)
		inputline_put(&input, grid, row, a.input_rows);
}
