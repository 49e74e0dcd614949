/*
 * The input line. See inputline.h.
 */
#include "ui/tui/inputline.h"

#include "ui/tui/roomlist.h"
#include "ui/tui/tui.h"

#include "ui/text.h"

#include <stdio.h>
#include <string.h>

/* A prompt leaves at least so many columns to the text, or there is none. */
#define TEXT_MIN_COLUMNS 6
/* A longer name in it is cut, to no less than that, for which there is no
 * prompt. */
#define PERSON_COLUMNS	   16
#define PERSON_MIN_COLUMNS 3
#define PERSON_BEFORE	   "to "
#define PERSON_AFTER	   "> "

/* Walks over the line, row by row; draws the part that lies on the grid's
 * rows. */
struct walk {
	unsigned int columns;
	unsigned int indent;
	unsigned int row;
	unsigned int column;
	unsigned int cursor_row;
	unsigned int cursor_column;
	/* The part to draw: rows first to first + rows; grid NULL: nothing. */
	struct grid *grid;
	unsigned int top;
	unsigned int first;
	unsigned int rows;
};

static void
next_row(struct walk *w)
{
	w->row++;
	w->column = w->indent;
}

static void
put(struct walk *w, const struct cluster *cl, enum style style)
{
	struct grid_place at = { w->grid, 0, w->column, w->columns, style, 0 };

	if (w->column + cl->columns > w->columns && w->column > w->indent)
		next_row(w);
	at.column = w->column;
	if (w->grid != NULL && w->row >= w->first &&
	    w->row - w->first < w->rows) {
		at.row = w->top + w->row - w->first;
		grid_put_cluster(&at, cl);
	}
	w->column += cl->columns;
}

static void
put_safe(struct walk *w, const char *s, size_t len, enum style style)
{
	struct cluster cl;
	size_t n;

	for (; len > 0; s += n, len -= n) {
		n = cluster_next(s, len, &cl);
		put(w, &cl, style);
	}
}

/* Walks over one cluster of the raw text: it may be shown as several. */
static void
put_raw(struct walk *w, const char *s, size_t len)
{
	struct buf safe = { 0 };

	if (len == 1 && s[0] == '\n') {
		put_safe(w, "⏎", strlen("⏎"), STYLE_MARK);
		next_row(w);
		return;
	}
	text_clean(&safe, s, len, NULL);
	put_safe(w, safe.bytes, safe.len, STYLE_TEXT);
	buf_free(&safe);
}

static void
walk(struct walk *w, const struct inputline *line)
{
	struct cluster cl;
	size_t n;

	w->indent = 0;
	w->row = w->column = 0;
	if (w->columns >= cluster_columns(line->prompt, strlen(line->prompt)) +
		TEXT_MIN_COLUMNS) {
		put_safe(w, line->prompt, strlen(line->prompt), STYLE_MARK);
		w->indent = w->column;
	}
	for (size_t at = 0;; at += n) {
		if (at == line->cursor) {
			if (w->column >= w->columns)
				next_row(w);
			w->cursor_row = w->row;
			w->cursor_column = w->column;
		}
		if (at >= line->len)
			return;
		n = cluster_next(line->text + at, line->len - at, &cl);
		/* The point may be between the parts of a cluster. */
		if (line->cursor > at && line->cursor < at + n)
			n = line->cursor - at;
		put_raw(w, line->text + at, n);
	}
}

unsigned int
inputline_rows(const struct inputline *line, unsigned int columns)
{
	struct walk w = { .columns = columns };

	walk(&w, line);
	return (w.cursor_row > w.row ? w.cursor_row : w.row) + 1;
}

void
inputline_put(const struct inputline *line, struct grid *grid, unsigned int row,
    unsigned int rows)
{
	struct walk w = { .columns = grid->columns };

	walk(&w, line);
	w.grid = grid;
	w.top = row;
	w.rows = rows;
	if (w.cursor_row >= rows)
		w.first = w.cursor_row - rows + 1;
	walk(&w, line);
	grid->cursor_row = row + w.cursor_row - w.first;
	grid->cursor_column = w.cursor_column;
}

/* Returns the columns for the name of a person. */
static unsigned int
person_columns(unsigned int columns)
{
	const unsigned int rest =
	    (unsigned int)strlen(PERSON_BEFORE PERSON_AFTER) + TEXT_MIN_COLUMNS;

	if (columns < rest + PERSON_MIN_COLUMNS ||
	    columns >= rest + PERSON_COLUMNS)
		return PERSON_COLUMNS;
	return columns - rest;
}

/* What is typed in a conversation is for that person, and the prompt says so.
 * No room has such a prompt, whatever it is called. */
static void
put_person(struct inputline *line, const struct pane *pane)
{
	const struct tui *t = pane->room->ui->tui;
	struct buf name = { 0 };

	roomlist_name(&name, pane, person_columns(t->grid.columns));
	(void)snprintf(line->prompt, sizeof(line->prompt),
	    PERSON_BEFORE "%.*s" PERSON_AFTER, (int)name.len, name.bytes);
	buf_free(&name);
}

static void
put_prompt(struct inputline *line, const char *prompt)
{
	(void)snprintf(line->prompt, sizeof(line->prompt), "%s", prompt);
}

struct inputline
inputline_now(const struct ui *ui)
{
	const struct pane *shown = ui->tui->shown;
	const struct hidden *hidden = &ui->tui->hidden;
	struct inputline line = { .text = "" };

	if (hidden->question.kind == QUESTION_REMEMBER) {
		put_prompt(&line, "yes/no> ");
		line.text = hidden->text;
		line.len = line.cursor = hidden->len;
		return line;
	}
	if (hidden_is_asked(ui)) {
		put_prompt(&line, "passphrase> ");
		return line;
	}
	if (shown->search.typing) {
		put_prompt(&line, "search: ");
		line.text = shown->search.what;
		line.len = line.cursor = strlen(shown->search.what);
		return line;
	}
	if (shown->question.kind == QUESTION_VERIFY)
		put_prompt(&line, "yes/no> ");
	else if (shown->alone)
		put_person(&line, shown);
	else
		put_prompt(&line, "> ");
	line.text = editor_text(&shown->editor, &line.len);
	line.cursor = editor_cursor(&shown->editor);
	return line;
}
