/*
 * Commands of the line editor that move by lines: of the text first, and beyond
 * its first and last through the lines that were accepted before. A change of
 * one of those is not kept there; the line that was being typed is.
 */
#include "ui/tui/editor/parts.h"

#include "ui/tui/cluster.h"

#include <stdint.h>
#include <string.h>

/* --- Lines of the text ---------------------------------------------------- */

static size_t
line_start(const struct editor *e, size_t at)
{
	while (at > 0 && e->text[at - 1] != '\n')
		at--;
	return at;
}

static size_t
line_end(const struct editor *e, size_t at)
{
	while (at < e->len && e->text[at] != '\n')
		at++;
	return at;
}

/* Puts the cursor into the line that starts there, in the column to keep to or
 * before it. */
static void
go_to_column(struct editor *e, size_t start)
{
	size_t at = start, end = line_end(e, start), used = 0, n;
	struct cluster cl;

	for (; at < end; at += n, used += cl.columns) {
		n = cluster_next(e->text + at, end - at, &cl);
		if (used + cl.columns > e->column)
			break;
	}
	editor_put_cursor(e, at);
}

/* Moves by one line; returns false if there is no line that way. */
static bool
move_line(struct editor *e, bool up)
{
	size_t start = line_start(e, e->cursor), end = line_end(e, e->cursor);

	if (up ? start == 0 : end == e->len)
		return false;
	if (e->did != EDITOR_DID_LINE)
		e->column = cluster_columns(e->text + start, e->cursor - start);
	e->does = EDITOR_DID_LINE;
	go_to_column(e, up ? line_start(e, start - 1) : end + 1);
	return true;
}

/* --- History -------------------------------------------------------------- */

static void
forget(char **line)
{
	struct editor_piece piece = { *line,
		*line != NULL ? strlen(*line) : 0 };

	editor_forget(&piece);
	*line = NULL;
}

void
editor_history_leave(struct editor *e)
{
	forget(&e->history.draft);
	e->history.at = e->history.count;
}

void
editor_history_forget(struct editor *e)
{
	struct editor_history *h = &e->history;

	while (h->count > 0)
		forget(&h->lines[--h->count]);
	editor_history_leave(e);
}

void
editor_history_add(struct editor *e)
{
	struct editor_history *h = &e->history;

	if (h->count == 0 || strcmp(h->lines[h->count - 1], e->text) != 0) {
		if (h->count == EDITOR_HISTORY_MAX) {
			forget(&h->lines[0]);
			memmove(h->lines, h->lines + 1,
			    --h->count * sizeof(h->lines[0]));
		}
		h->lines[h->count++] = editor_join(e->text, e->len, "", 0);
	}
	editor_history_leave(e);
}

/* True if the user leaves text that exists nowhere else: the draft; or a line
 * of the history that was changed, while there is no draft that it would push
 * out. */
static bool
leaves_draft(const struct editor *e)
{
	const struct editor_history *h = &e->history;

	if (h->at == h->count)
		return true;
	return strcmp(e->text, h->lines[h->at]) != 0 && e->len > 0 &&
	    (h->draft == NULL || h->draft[0] == '\0');
}

/* Shows a line of the history, or the draft. */
static void
go(struct editor *e, size_t at, size_t cursor)
{
	struct editor_history *h = &e->history;
	const char *line;

	if (at != h->at && leaves_draft(e)) {
		forget(&h->draft);
		h->draft = editor_join(e->text, e->len, "", 0);
	}
	h->at = at;
	line = at < h->count ? h->lines[at] : h->draft;
	editor_replace(e, line, strlen(line), cursor);
}

void
editor_up(struct editor *e)
{
	if (!move_line(e, true) && e->history.at > 0)
		go(e, e->history.at - 1, SIZE_MAX);
}

void
editor_down(struct editor *e)
{
	if (!move_line(e, false) && e->history.at < e->history.count)
		go(e, e->history.at + 1, SIZE_MAX);
}

/* True if the line begins like the text up to the cursor, and is not the
 * text. */
static bool
is_found(const struct editor *e, const char *line)
{
	return strncmp(line, e->text, e->cursor) == 0 &&
	    strcmp(line, e->text) != 0;
}

void
editor_older_alike(struct editor *e)
{
	const struct editor_history *h = &e->history;

	for (size_t i = h->at; i-- > 0;)
		if (is_found(e, h->lines[i])) {
			go(e, i, e->cursor);
			break;
		}
}

void
editor_newer_alike(struct editor *e)
{
	const struct editor_history *h = &e->history;

	for (size_t i = h->at + 1; i <= h->count; i++)
		if (is_found(e, i < h->count ? h->lines[i] : h->draft)) {
			go(e, i, e->cursor);
			break;
		}
}
