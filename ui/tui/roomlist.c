/*
 * The list of panes. See roomlist.h.
 */
#include "ui/tui/roomlist.h"

#include "ui/tui/query.h"
#include "ui/tui/tui.h"

#include "ui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Narrower screens have none. */
#define MIN_COLUMNS	80
#define LIST_COLUMNS	16
#define WIDE_FROM	100
#define WIDE_COLUMNS	22
#define NUMBER_COLUMNS	2
#define COUNT_SHOWN_MAX 999

#define CUT "…"

unsigned int
roomlist_columns(const struct ui *ui, unsigned int columns)
{
	if (columns < MIN_COLUMNS || pane_count(ui->tui) < 2)
		return 0;
	return columns >= WIDE_FROM ? WIDE_COLUMNS : LIST_COLUMNS;
}

void
roomlist_name(struct buf *out, const struct pane *pane, unsigned int columns)
{
	const char *name = pane->alone ? query_name(pane) : pane->room->handle;
	struct buf all = { 0 };

	if (name[0] == '\0') /* not known yet */
		buf_puts(&all, CUT);
	text_clean(&all, name, strlen(name), NULL);
	if (cluster_columns(all.bytes, all.len) > columns)
		text_column(out, all.bytes, all.len, columns);
	else
		buf_put(out, all.bytes, all.len);
	buf_free(&all);
}

/* True if a bootnode of the room was heard of, and does not answer or refuses
 * us. */
static bool
is_cut_off(const struct room *room)
{
	return room->boot_known && room->boot_state != BOOT_JOINED &&
	    room->boot_state != BOOT_REJOINED;
}

/* --- What is unread ------------------------------------------------------- */

/* A conversation has its room's bootnode, and its room tells of that. */
static bool
is_marked(const struct pane *pane)
{
	return !pane->alone && is_cut_off(pane->room);
}

static int
compare(const void *a, const void *b)
{
	const struct pane *p = *(const struct pane *const *)a;
	const struct pane *q = *(const struct pane *const *)b;

	if (unread_before(&p->unread, &q->unread))
		return -1;
	if (unread_before(&q->unread, &p->unread))
		return 1;
	return p->number < q->number ? -1 : 1;
}

void
roomlist_news(struct buf *out, const struct ui *ui, unsigned int columns)
{
	const struct pane *shown = ui->tui->shown;
	const struct pane *panes[PANES_MAX];
	size_t count = 0, start = out->len;
	char one[16];

	FOREACH_PANE (pane, ui->tui)
		if (pane->unread.count > 0 ||
		    (is_marked(pane) && pane->room != shown->room))
			panes[count++] = pane;
	qsort(panes, count, sizeof(panes[0]), compare);
	for (size_t i = 0; i < count; i++) {
		int len =
		    snprintf(one, sizeof(one), "%s%u%s%s", i > 0 ? "," : "",
			panes[i]->number, panes[i]->unread.notable ? "*" : "",
			is_marked(panes[i]) ? "!" : "");

		/* One column is left for the mark of those that have none. */
		if (out->len - start + (size_t)len + (i + 1 < count) >
		    columns) {
			buf_puts(out, CUT);
			return;
		}
		buf_put(out, one, (size_t)len);
	}
}

/* --- The list ------------------------------------------------------------- */

/* The part of the panes that there are rows for. */
struct part {
	const struct pane *panes[PANES_MAX];
	size_t count;
	size_t first; /* that is seen */
	size_t rows;
};

static unsigned int
weight(const struct part *part, size_t from, size_t to)
{
	unsigned int sum = 0;

	for (size_t i = from; i < to; i++)
		if (part->panes[i]->unread.count > 0)
			sum += part->panes[i]->unread.notable ? PANES_MAX : 1;
	return sum;
}

/* Chooses the part with the pane that is shown, in the middle if that does not
 * matter, and with as much as possible of what is unread. */
static void
choose(struct part *part, size_t shown)
{
	size_t last = part->count - part->rows, most = 0;
	size_t middle = shown > part->rows / 2 ? shown - part->rows / 2 : 0;

	part->first = middle < last ? middle : last;
	most = weight(part, part->first, part->first + part->rows);
	for (size_t i = 0; i <= last; i++) {
		unsigned int here = weight(part, i, i + part->rows);

		if (i > shown || i + part->rows <= shown || here <= most)
			continue;
		most = here;
		part->first = i;
	}
}

static void
take_part(const struct tui *t, unsigned int rows, struct part *part)
{
	size_t shown = 0;

	memset(part, 0, sizeof(*part));
	FOREACH_PANE (pane, t) {
		if (pane == t->shown)
			shown = part->count;
		part->panes[part->count++] = pane;
	}
	part->rows = part->count < rows ? part->count : rows;
	choose(part, shown);
}

static enum style
name_style(const struct ui *ui, const struct pane *pane)
{
	if (pane == ui->tui->shown)
		return STYLE_BAR;
	if (pane->unread.count > 0)
		return pane->unread.notable ? STYLE_CALLED : STYLE_OWN;
	return is_cut_off(pane->room) ? STYLE_ABSENT : STYLE_TEXT;
}

/* Puts the number of texts at the end of the row, and returns where it
 * begins. */
static unsigned int
put_count(struct grid_place at, const struct pane *pane)
{
	const struct unread *u = &pane->unread;
	unsigned int columns;
	char text[16];

	if (u->count == 0)
		return at.end;
	snprintf(text, sizeof(text), " %s%u%s", u->notable ? "*" : "",
	    u->count > COUNT_SHOWN_MAX ? COUNT_SHOWN_MAX : u->count,
	    u->count > COUNT_SHOWN_MAX ? "+" : "");
	columns = (unsigned int)strlen(text);
	at.column = at.end - columns;
	grid_puts(&at, text);
	return at.end - columns;
}

/* Puts the mark, which has a column of its own that no name can reach. */
static void
put_mark(struct grid_place *at, const struct pane *pane)
{
	if (pane->alone) {
		at->style = STYLE_PRIVATE;
		grid_puts(at, ROOMLIST_ALONE);
		return;
	}
	at->style = STYLE_ERROR;
	grid_puts(at, is_cut_off(pane->room) ? "!" : " ");
}

static void
put_pane(const struct ui *ui, struct grid_place at, const struct pane *pane)
{
	enum style style = name_style(ui, pane);
	struct buf name = { 0 };
	char number[16];

	at.style = pane == ui->tui->shown ? STYLE_BAR : STYLE_TIME;
	snprintf(number, sizeof(number), "%*u", NUMBER_COLUMNS, pane->number);
	grid_puts(&at, number);
	put_mark(&at, pane);
	at.style = style;
	at.end = put_count(at, pane);
	roomlist_name(&name, pane, at.end - at.column);
	grid_put(&at, name.bytes, name.len);
	grid_blank(&at, at.end);
	buf_free(&name);
}

/* The rule tells where panes have no row, and whether something is unread
 * there. */
static void
put_rule(struct grid_place at, const struct part *part, unsigned int row,
    unsigned int rows)
{
	size_t end = part->first + part->rows;
	bool above = row == 0 && part->first > 0;
	bool below = row + 1 == rows && end < part->count;
	bool unread = (above && weight(part, 0, part->first) > 0) ||
	    (below && weight(part, end, part->count) > 0);

	at.style = unread ? STYLE_CALLED : STYLE_RULE;
	grid_puts(&at, below ? "↓" : above ? "↑" : "│");
}

void
roomlist_put(const struct ui *ui, struct grid *grid, unsigned int row,
    unsigned int rows, unsigned int columns)
{
	struct part part;

	take_part(ui->tui, rows, &part);
	for (unsigned int i = 0; i < rows; i++) {
		struct grid_place at = { grid, row + i, 0, columns - 1,
			STYLE_TEXT, 0 };

		if (i < part.rows)
			put_pane(ui, at, part.panes[part.first + i]);
		at.column = columns - 1;
		at.end = columns;
		put_rule(at, &part, i, rows);
	}
}
