/*
 * Commands of the line editor that readline has not, or not so: by clusters
 * rather than by characters, and a history that keeps the draft and nothing
 * of what was changed in its lines.
 */
#include "ui/tui/editor_parts.h"

#include "ui/tui/cluster.h"

#include "common/log.h"
#include "common/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

struct editor_history editor_history;

/* --- Clusters ------------------------------------------------------------- */

size_t
editor_cluster_end(size_t at)
{
	size_t len = (size_t)rl_end, n;
	utf8proc_int32_t state = 0;
	uint32_t before, c;

	n = utf8_decode(rl_line_buffer + at, len - at, &before);
	if (n == 0)
		return len;
	for (at += n; at < len; at += n) {
		n = utf8_decode(rl_line_buffer + at, len - at, &c);
		if (n == 0 ||
		    utf8proc_grapheme_break_stateful((utf8proc_int32_t)before,
			(utf8proc_int32_t)c, &state))
			return at;
		before = c;
	}
	return len;
}

static bool
is_plain(char c)
{
	return c >= ' ' && c <= '~';
}

/* A boundary at or before at, near enough: between two of ASCII, say. */
static size_t
boundary_before(size_t at)
{
	while (at > 0 &&
	    !(is_plain(rl_line_buffer[at - 1]) && is_plain(rl_line_buffer[at])))
		at--;
	return at;
}

size_t
editor_cluster_start(size_t at)
{
	size_t start, end;

	if (at == 0)
		return 0;
	end = boundary_before(at - 1);
	do {
		start = end;
		end = editor_cluster_end(start);
	} while (end < at);
	return start;
}

size_t
editor_cluster_boundary(size_t at)
{
	size_t boundary = boundary_before(at);

	while (boundary < at)
		boundary = editor_cluster_end(boundary);
	return boundary;
}

int
editor_forward_char(int count, int key)
{
	(void)count;
	(void)key;
	rl_point = (int)editor_cluster_end((size_t)rl_point);
	return 0;
}

int
editor_backward_char(int count, int key)
{
	(void)count;
	(void)key;
	rl_point = (int)editor_cluster_start((size_t)rl_point);
	return 0;
}

int
editor_delete_char(int count, int key)
{
	(void)count;
	(void)key;
	rl_delete_text(rl_point, (int)editor_cluster_end((size_t)rl_point));
	return 0;
}

int
editor_rubout(int count, int key)
{
	int start = (int)editor_cluster_start((size_t)rl_point);

	(void)count;
	(void)key;
	rl_delete_text(start, rl_point);
	rl_point = start;
	return 0;
}

/* The one before the cursor and the one after it; at the end of the line, the
 * last two. The cursor goes behind them. */
int
editor_transpose_chars(int count, int key)
{
	size_t middle = (size_t)rl_point, start, end;
	char *second;

	(void)count;
	(void)key;
	if (rl_point == rl_end)
		middle = editor_cluster_start(middle);
	if (middle == 0)
		return 0;
	start = editor_cluster_start(middle);
	end = editor_cluster_end(middle);
	second = rl_copy_text((int)middle, (int)end);
	rl_begin_undo_group();
	rl_delete_text((int)middle, (int)end);
	rl_point = (int)start;
	rl_insert_text(second);
	rl_point = (int)end;
	rl_end_undo_group();
	free(second);
	return 0;
}

/* --- Lines of the text ---------------------------------------------------- */

static size_t
line_start(size_t at)
{
	while (at > 0 && rl_line_buffer[at - 1] != '\n')
		at--;
	return at;
}

static size_t
line_end(size_t at)
{
	while (at < (size_t)rl_end && rl_line_buffer[at] != '\n')
		at++;
	return at;
}

/* Puts the cursor into the line that starts there, in that column or before
 * it. */
static void
go_to_column(size_t start, size_t column)
{
	size_t at = start, end = line_end(start), used = 0, n;
	struct cluster cl;

	for (; at < end; at += n, used += cl.columns) {
		n = cluster_next(rl_line_buffer + at, end - at, &cl);
		if (used + cl.columns > column)
			break;
	}
	rl_point = (int)at;
}

/* The column to keep to, while one key after the other moves by lines. */
static size_t
column_kept(void)
{
	static size_t column;
	size_t point = (size_t)rl_point, start = line_start(point);

	if (!editor_history.moving)
		column = cluster_columns(rl_line_buffer + start, point - start);
	return column;
}

/* By one line; false if there is none that way. */
static bool
move_line(bool up)
{
	size_t start = line_start((size_t)rl_point);
	size_t end = line_end((size_t)rl_point), column;

	if (rl_last_func != editor_previous_line &&
	    rl_last_func != editor_next_line)
		editor_history.moving = false;
	if (up ? start == 0 : end == (size_t)rl_end)
		return false;
	column = column_kept();
	go_to_column(up ? line_start(start - 1) : end + 1, column);
	editor_history.moving = true;
	return true;
}

/* --- History -------------------------------------------------------------- */

void
editor_history_free(void)
{
	struct editor_history *h = &editor_history;

	while (h->count > 0)
		free(h->lines[--h->count]);
	free(h->draft);
	h->draft = NULL;
	h->at = 0;
}

void
editor_history_add(const char *line, size_t len)
{
	struct editor_history *h = &editor_history;
	char *copy;

	free(h->draft);
	h->draft = NULL;
	if (h->count == 0 || strcmp(h->lines[h->count - 1], line) != 0) {
		if (h->count == EDITOR_HISTORY_MAX) {
			free(h->lines[0]);
			memmove(h->lines, h->lines + 1,
			    --h->count * sizeof(h->lines[0]));
		}
		copy = strndup(line, len);
		if (copy == NULL)
			fatal("out of memory");
		h->lines[h->count++] = copy;
	}
	h->at = h->count;
}

/* True if the user leaves text that is nowhere else: the draft; or a line of
 * the history that was changed, while there is no draft that it would push
 * out. */
static bool
leaves_draft(const struct editor_history *h)
{
	if (h->at == h->count)
		return true;
	return strcmp(rl_line_buffer, h->lines[h->at]) != 0 && rl_end > 0 &&
	    (h->draft == NULL || h->draft[0] == '\0');
}

/* Shows a line of the history, or the draft. */
static void
go(size_t at, size_t cursor)
{
	struct editor_history *h = &editor_history;

	if (at != h->at && leaves_draft(h)) {
		free(h->draft);
		h->draft = strndup(rl_line_buffer, (size_t)rl_end);
		if (h->draft == NULL)
			fatal("out of memory");
	}
	h->at = at;
	h->moving = false;
	editor_replace(at < h->count ? h->lines[at] : h->draft, cursor);
}

int
editor_previous_line(int count, int key)
{
	(void)count;
	(void)key;
	if (!move_line(true) && editor_history.at > 0)
		go(editor_history.at - 1, SIZE_MAX);
	return 0;
}

int
editor_next_line(int count, int key)
{
	(void)count;
	(void)key;
	if (!move_line(false) && editor_history.at < editor_history.count)
		go(editor_history.at + 1, SIZE_MAX);
	return 0;
}

/* True if the line has the start that the text has up to the cursor, and is
 * not the text. */
static bool
is_found(const char *line)
{
	return strncmp(line, rl_line_buffer, (size_t)rl_point) == 0 &&
	    strcmp(line, rl_line_buffer) != 0;
}

int
editor_search_back(int count, int key)
{
	(void)count;
	(void)key;
	for (size_t i = editor_history.at; i-- > 0;)
		if (is_found(editor_history.lines[i])) {
			go(i, (size_t)rl_point);
			break;
		}
	return 0;
}

int
editor_search_forward(int count, int key)
{
	struct editor_history *h = &editor_history;

	(void)count;
	(void)key;
	for (size_t i = h->at + 1; i <= h->count; i++)
		if (is_found(i < h->count ? h->lines[i] : h->draft)) {
			go(i, (size_t)rl_point);
			break;
		}
	return 0;
}
