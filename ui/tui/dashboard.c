/*
 * The bootnode's screen. See dashboard.h.
 */
#include "ui/tui/dashboard.h"

#include "ui/tui/bars.h"
#include "ui/tui/inputline.h"
#include "ui/tui/messages.h"
#include "ui/tui/tui.h"

#include "ui/figures.h"
#include "ui/format.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* With this many columns or more, totals and drops are side by side. */
#define WIDE_COLUMNS  96
#define LEFT_COLUMNS  48
#define EVENT_ROWS    3 /* kept for who came and left, at least */
#define COLUMNS_FIRST 22

#define FIGURE_KEYS " q ends it · / begins a command · PageUp lists events"
#define LIST_KEYS   " Escape shows the figures · / begins a command · q ends it"

void
dashboard_listening(struct dashboard *d, const struct ipc_bootnode_ready *ready)
{
	char addr[ADDR_TEXT_MAX], key[FORMAT_KEY_MAX];
	size_t n = strlen(d->listening);

	snprintf(d->listening + n, sizeof(d->listening) - n, "%s%s",
	    n > 0 ? ", " : "", addr_format(&ready->addr, addr, sizeof(addr)));
	snprintf(d->key, sizeof(d->key), "%s",
	    format_hex(key, ready->key, X25519_LEN));
}

void
dashboard_stats(struct dashboard *d, const struct ipc_stats *before,
    const struct ipc_stats *now)
{
	d->before = *before;
	d->now = *now;
}

/* A part of the screen that is filled from the top. */
struct area {
	struct grid *grid;
	unsigned int row;
	unsigned int end_row;
	unsigned int column;
	unsigned int end;
};

static void put_line(struct area *, enum style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
put_line(struct area *a, enum style style, const char *format, ...)
{
	struct grid_place at = { a->grid, a->row, a->column, a->end, style, 0 };
	char text[256];
	va_list ap;

	if (a->row >= a->end_row)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	grid_puts(&at, text);
	a->row++;
}

/* Puts a total, and how much it recently grew in a second. */
static void
put_total(struct area *a, const struct dashboard *d, const char *name,
    uint64_t now, uint64_t before)
{
	uint64_t ms = d->now.uptime_ms - d->before.uptime_ms;
	uint64_t grown = now > before ? now - before : 0;

	put_line(a, STYLE_TEXT, " %-*s%14llu%11.1f", COLUMNS_FIRST - 1, name,
	    (unsigned long long)now, figures_per_second(grown, ms));
}

static void
put_totals(struct area *a, const struct dashboard *d)
{
	uint64_t now[FIGURES_COUNT], before[FIGURES_COUNT];

	figures_values(&d->now, now);
	figures_values(&d->before, before);
	put_line(a, STYLE_NOTICE, " %-*s%14s%11s", COLUMNS_FIRST - 1, "",
	    "since start", "a second");
	for (size_t i = 0; i < FIGURES_COUNT; i++)
		if (figures_is_total(&figures_rows[i]))
			put_total(a, d, figures_rows[i].words, now[i],
			    before[i]);
}

static void
put_rejections(struct area *a, const struct dashboard *d)
{
	if (d->now.rejected == 0)
		return;
	put_line(a, STYLE_NOTICE, " %-*s%14s%11s", COLUMNS_FIRST - 1,
	    "refused because", "since start", "a second");
	for (unsigned int i = 0; i < REJECTION_COUNT; i++)
		if (d->now.rejections[i] > 0)
			put_total(a, d, rejection_name(i), d->now.rejections[i],
			    d->before.rejections[i]);
}

static void
put_drops(struct area *a, const struct dashboard *d)
{
	put_line(a, STYLE_NOTICE, " %-*s%14s%11s", COLUMNS_FIRST - 1,
	    "dropped because", "since start", "a second");
	for (unsigned int i = 0; i < DROP_COUNT; i++)
		if (d->now.drops[i] > 0)
			put_total(a, d, drop_name(i), d->now.drops[i],
			    d->before.drops[i]);
	if (d->now.dropped == 0)
		put_line(a, STYLE_ABSENT, " nothing was dropped");
}

static void
put_sources(struct area *a, const struct dashboard *d)
{
	const struct ipc_stats *s = &d->now;
	char text[ADDR_BLOCK_TEXT_MAX];

	put_line(a, STYLE_NOTICE, " %-21s%14s%11s", "recent top sources",
	    "received/s", "dropped/s");
	for (size_t i = 0; i < s->source_count; i++)
		put_line(a, STYLE_TEXT, " %-21s%14.1f%11.1f",
		    addr_block_format(&s->sources[i].block, text),
		    figures_per_second(s->sources[i].received, s->sources_ms),
		    figures_per_second(s->sources[i].dropped, s->sources_ms));
}

/* Puts who came and left, the last at the bottom. */
static void
put_events(const struct ui *ui, const struct area *a)
{
	const struct tui *t = ui->tui;
	struct scroll_window window;

	if (a->row >= a->end_row)
		return;
	window = messages_window(&t->shown->history, a->grid->columns,
	    a->end_row - a->row);
	messages_put(&t->shown->scroll, &window, NULL, a->grid, a->row, 0,
	    a->grid->columns);
}

static void
put_bar(const struct grid_place *where, const char *text)
{
	struct grid_place at = *where;

	grid_puts(&at, text);
	grid_blank(&at, at.end);
}

static bool
is_asking(const struct ui *ui)
{
	return ui->tui->shown->question.kind != QUESTION_NONE;
}

/* Returns the rows at the bottom: one for a bar, more for a question, which
 * needs them more than the figures do, or for a command that is typed. */
static unsigned int
bottom_rows(const struct ui *ui, unsigned int columns, unsigned int rows)
{
	const struct inputline input = inputline_now(ui);
	unsigned int wanted = 1;

	if (rows < 2)
		return 0;
	if (is_asking(ui))
		return bars_question_rows(&ui->tui->shown->question, columns,
		    rows - 1);
	if (input.len > 0)
		wanted = inputline_rows(&input, columns);
	return wanted <= rows / 4 + 1 ? wanted : rows / 4 + 1;
}

static void
put_bottom(const struct ui *ui, struct grid *grid, unsigned int rows)
{
	const struct tui *t = ui->tui;
	const unsigned int row = grid->rows - rows;
	struct grid_place bar = { grid, row, 0, grid->columns, STYLE_BAR, 0 };
	const struct inputline input = inputline_now(ui);

	grid->cursor_hidden = is_asking(ui) || input.len == 0;
	if (rows == 0)
		return;
	if (is_asking(ui)) {
		bars_question(&t->shown->question, grid, row, rows);
	} else if (input.len > 0) {
		inputline_put(&input, grid, row, rows);
	} else if (t->hint != NULL) {
		grid_blank(&bar, 1);
		put_bar(&bar, t->hint);
	} else {
		put_bar(&bar, t->dashboard.listing ? LIST_KEYS : FIGURE_KEYS);
	}
}

static void
put_top(const struct ui *ui, struct grid *grid)
{
	const struct dashboard *d = &ui->tui->dashboard;
	struct grid_place top = { grid, 0, 0, grid->columns, STYLE_BAR, 0 };
	char age[FORMAT_AGE_MAX], text[160];

	snprintf(text, sizeof(text),
	    " bootnode up %s · %" PRIu64 " session%s in %" PRIu64 " room%s%s",
	    format_age(age, d->now.uptime_ms), d->now.sessions,
	    d->now.sessions == 1 ? "" : "s", d->now.rooms,
	    d->now.rooms == 1 ? "" : "s", d->now.draining ? " · draining" : "");
	put_bar(&top, text);
}

static void
put_figures(const struct ui *ui, struct grid *grid, unsigned int end)
{
	const struct dashboard *d = &ui->tui->dashboard;
	unsigned int keep = end > 4 * EVENT_ROWS ? EVENT_ROWS : 0;
	struct area left = { grid, 1, end - keep, 0, grid->columns };
	struct area right;

	put_line(&left, STYLE_EVENT, " listening on %s", d->listening);
	put_line(&left, STYLE_EVENT, " key %s", d->key);
	right = left;
	right.column = LEFT_COLUMNS + 2;
	put_totals(&left, d);
	if (grid->columns >= WIDE_COLUMNS) {
		put_rejections(&right, d);
		put_drops(&right, d);
		if (right.row > left.row)
			left.row = right.row;
	} else {
		put_rejections(&left, d);
		put_drops(&left, d);
	}
	put_sources(&left, d);
	left.end_row = end;
	put_events(ui, &left);
}

/* Returns the row after the last that is not at the bottom. */
static unsigned int
end_row(const struct ui *ui, unsigned int columns, unsigned int rows)
{
	unsigned int bottom = bottom_rows(ui, columns, rows);

	return rows > bottom ? rows - bottom : 1;
}

struct scroll_window
dashboard_window(const struct ui *ui)
{
	const struct grid *grid = &ui->tui->grid;

	return messages_window(&ui->tui->shown->history, grid->columns,
	    end_row(ui, grid->columns, grid->rows) - 1);
}

void
dashboard_compose(const struct ui *ui, struct grid *grid)
{
	unsigned int end = end_row(ui, grid->columns, grid->rows);
	const struct area list = { grid, 1, end, 0, grid->columns };

	put_top(ui, grid);
	put_bottom(ui, grid, bottom_rows(ui, grid->columns, grid->rows));
	if (ui->tui->dashboard.listing)
		put_events(ui, &list);
	else
		put_figures(ui, grid, end);
}
