/*
 * The bars. See bars.h.
 */
#include "ui/tui/bars.h"

#include "ui/tui/inputline.h"
#include "ui/tui/query.h"
#include "ui/tui/roomlist.h"
#include "ui/tui/tui.h"
#include "ui/tui/wrap.h"

#include "ui/format.h"
#include "ui/people.h"
#include "ui/text.h"

#include <stdio.h>
#include <string.h>

#define SEPARATOR	  " · "
#define SEPARATOR_COLUMNS 3

/* The parts of the top bar, in this order. */
enum part {
	PART_ROOM,
	PART_OF, /* the room of a conversation */
	PART_UNREAD,
	PART_NICK,
	PART_FINGERPRINT,
	PART_BOOTNODE,
	PART_PEOPLE,
	PART_COUNT
};

/* The parts that are left out where it is too narrow for all. */
static const unsigned int first_to_go[] = { PART_FINGERPRINT, PART_BOOTNODE,
	PART_NICK, PART_OF, PART_PEOPLE, PART_UNREAD };

static void
describe_bootnode(const struct room *room, struct buf *out)
{
	if (!room->boot_known) {
		buf_puts(out, "no bootnode yet");
		return;
	}
	buf_printf(out, "bootnode %s", format_boot_words(room->boot_state));
}

/* Counts the people, the user among them; of a conversation tells whether the
 * person is here. */
static void
describe_people(const struct pane *pane, struct buf *out)
{
	unsigned int here, relayed;

	if (pane->alone) {
		buf_puts(out, query_presence(query_peer(pane)));
		return;
	}
	people_count(&pane->room->model, &here, &relayed);
	buf_printf(out, "%u here", here);
	if (relayed > 0)
		buf_printf(out, ", %u relayed", relayed);
}

/* A conversation is never to be taken for a room: there is a sign before it,
 * and a word. */
static void
describe_name(const struct pane *pane, unsigned int columns,
    struct buf parts[PART_COUNT])
{
	if (!pane->alone) {
		roomlist_name(&parts[PART_ROOM], pane, columns);
		return;
	}
	buf_puts(&parts[PART_ROOM], ROOMLIST_ALONE "to ");
	roomlist_name(&parts[PART_ROOM], pane, columns - 3);
	roomlist_name(&parts[PART_OF], pane->room->pane, columns);
}

/* A long name leaves room for the rest. With several rooms, and no list of
 * them, the number and what is unread in others stand with it. */
static void
describe_room(const struct ui *ui, unsigned int columns,
    struct buf parts[PART_COUNT])
{
	bool several =
	    pane_count(ui->tui) > 1 && roomlist_columns(ui, columns) == 0;
	unsigned int most = columns > 20 ? columns / 3 : 10;
	struct buf unread = { 0 };

	if (several) {
		buf_printf(&parts[PART_ROOM], "%u:", ui->tui->shown->number);
		roomlist_news(&unread, ui, most > 10 ? most : 4);
	}
	if (unread.len > 0) {
		buf_puts(&parts[PART_UNREAD], "act ");
		buf_put(&parts[PART_UNREAD], unread.bytes, unread.len);
		most = columns > 30		  ? most
		    : ui->tui->shown->number < 10 ? 6
						  : 5;
	}
	describe_name(ui->tui->shown, most, parts);
	buf_free(&unread);
}

static void
describe(const struct ui *ui, unsigned int columns,
    struct buf parts[PART_COUNT])
{
	char fingerprint[FORMAT_FINGERPRINT_MAX];
	const struct model *m = &ui->front->model;

	describe_room(ui, columns, parts);
	text_clean(&parts[PART_NICK], m->own, strlen(m->own), NULL);
	if (m->ready)
		buf_printf(&parts[PART_FINGERPRINT], "%.9s",
		    format_fingerprint(fingerprint, m->fingerprint));
	describe_bootnode(ui->front, &parts[PART_BOOTNODE]);
	describe_people(ui->tui->shown, &parts[PART_PEOPLE]);
}

/* Puts a separator, one before the first, and others between two parts. There
 * is always room for them. */
static size_t
columns_of(const struct buf parts[PART_COUNT])
{
	size_t columns = 1;

	for (size_t i = 0; i < PART_COUNT; i++) {
		if (parts[i].len == 0)
			continue;
		columns += cluster_columns(parts[i].bytes, parts[i].len);
		columns += i > 0 ? SEPARATOR_COLUMNS : 0;
	}
	return columns;
}

void
bars_top(const struct ui *ui, struct grid *grid, unsigned int row)
{
	struct grid_place at = { grid, row, 0, grid->columns, STYLE_BAR, 0 };
	struct buf parts[PART_COUNT] = { 0 };

	describe(ui, grid->columns, parts);
	for (size_t i = 0; i < sizeof(first_to_go) / sizeof(first_to_go[0]) &&
	     columns_of(parts) > grid->columns;
	     i++)
		buf_free(&parts[first_to_go[i]]);
	grid_puts(&at, " ");
	for (size_t i = 0; i < PART_COUNT; i++) {
		if (parts[i].len == 0)
			continue;
		if (i > 0)
			grid_puts(&at, SEPARATOR);
		grid_put(&at, parts[i].bytes, parts[i].len);
		buf_free(&parts[i]);
	}
	grid_blank(&at, grid->columns);
}

/* Warns when a line is near its limit. */
#define LIMIT_NEAR 512

/* Appends as many hints as there is room for. */
static void
put_hints(const char *const *hints, size_t count, unsigned int columns,
    char *out, size_t size)
{
	size_t n = strlen(out);

	for (size_t i = 0; i < count; i++) {
		if (n + strlen(hints[i]) > columns)
			return;
		n += (size_t)snprintf(out + n, size - n, "%s", hints[i]);
	}
}

static void
describe_search(const struct search *s, unsigned int columns, char *out,
    size_t size)
{
	static const char *const hints[] = { "  Ctrl-R older", "  Ctrl-S newer",
		"  Enter stay", "  Esc back" };
	const char *how = "found";

	if (s->what[0] == '\0')
		how = "type what to look for";
	else if (s->failed)
		how = s->entry == 0 ? "not found" : "nothing further";
	snprintf(out, size, " %s", how);
	put_hints(hints, sizeof(hints) / sizeof(hints[0]), columns, out, size);
}

static void
describe_keys(unsigned int columns, char *out, size_t size)
{
	static const char *const hints[] = { " /help for commands",
		"   PgUp scrolls", "   Tab completes", "   Ctrl-R searches",
		"   Ctrl-Z suspends" };

	out[0] = '\0';
	put_hints(hints, sizeof(hints) / sizeof(hints[0]), columns, out, size);
}

static void
describe_now(const struct ui *ui, unsigned int columns, char *out, size_t size)
{
	const struct tui *t = ui->tui;
	uint64_t below = scroll_below(&t->shown->scroll, &t->shown->history);
	struct inputline input = inputline_now(ui);

	if (t->shown->search.active)
		describe_search(&t->shown->search, columns, out, size);
	else if (t->shown->scroll.held && below > 0)
		snprintf(out, size, " ↓ %llu new below (PgDn)",
		    (unsigned long long)below);
	else if (t->shown->scroll.held)
		snprintf(out, size, " ↓ scrolled up (PgDn)");
	else if (input.len + LIMIT_NEAR > TEXT_MAX)
		snprintf(out, size, " %zu bytes left of %d",
		    TEXT_MAX - input.len, TEXT_MAX);
	else if (t->hint != NULL)
		snprintf(out, size, " %s", t->hint);
	else
		describe_keys(columns, out, size);
}

/* --- Questions ------------------------------------------------------------ */

/* Returns the next row of a text; false after the last. */
static bool
next_row(const char *text, size_t *next, unsigned int columns, size_t *start,
    size_t *end)
{
	size_t len = strlen(text);

	if (*next > len)
		return false;
	*start = *next;
	*next = wrap_row(text, len, *start, columns > 1 ? columns - 1 : 1, end);
	return true;
}

static unsigned int
rows_of(const char *text, unsigned int columns)
{
	size_t next = 0, start, end;
	unsigned int rows = 0;

	while (next_row(text, &next, columns, &start, &end))
		rows++;
	return rows;
}

unsigned int
bars_question_rows(const struct question *q, unsigned int columns,
    unsigned int most)
{
	unsigned int rows = rows_of(q->text, columns);

	if (rows > most)
		rows = rows_of(q->brief, columns);
	return rows < most ? rows : most;
}

void
bars_question(const struct question *q, struct grid *grid, unsigned int row,
    unsigned int rows)
{
	const char *text =
	    rows_of(q->text, grid->columns) > rows ? q->brief : q->text;
	size_t next = 0, start = 0, end = 0;

	for (; rows-- > 0; row++) {
		struct grid_place at = { grid, row, 0, grid->columns,
			STYLE_BAR_ALERT, 0 };

		grid_puts(&at, " ");
		if (next_row(text, &next, grid->columns, &start, &end))
			grid_put(&at, text + start, end - start);
		grid_blank(&at, grid->columns);
	}
}

/* A hint about what /join asks stands in the place of the question: of a
 * passphrase, what was typed is not to be seen. */
static void
put_question(const struct ui *ui, const struct question *question,
    struct grid *grid, unsigned int row, unsigned int rows)
{
	struct question hint = { 0 };

	if (question == &ui->tui->hidden.question && ui->tui->hint != NULL) {
		snprintf(hint.text, sizeof(hint.text), "%s", ui->tui->hint);
		snprintf(hint.brief, sizeof(hint.brief), "%s", ui->tui->hint);
		question = &hint;
	}
	bars_question(question, grid, row, rows);
}

void
bars_status(const struct ui *ui, struct grid *grid, unsigned int row,
    unsigned int rows)
{
	const struct question *question = question_shown(ui);
	struct grid_place at = { grid, row, 0, grid->columns, STYLE_BAR, 0 };
	struct buf shown = { 0 };
	char text[256];

	if (question != NULL) {
		put_question(ui, question, grid, row, rows);
		return;
	}
	describe_now(ui, grid->columns, text, sizeof(text));
	text_shorten(&shown, text, strlen(text), grid->columns);
	grid_put(&at, shown.bytes, shown.len);
	grid_blank(&at, grid->columns);
	buf_free(&shown);
}
