/*
 * Commands of the line editor that take text away, and that put killed text
 * back. Kills that follow each other are one.
 */
#include "ui/tui/editor/parts.h"

#include <string.h>

void
editor_delete_left(struct editor *e)
{
	size_t start = editor_cluster_start(e, e->cursor);

	if (start < e->cursor)
		editor_change(e, start, e->cursor - start, "", 0);
}

void
editor_delete_right(struct editor *e)
{
	size_t end = editor_cluster_end(e, e->cursor);

	if (end > e->cursor)
		editor_change(e, e->cursor, end - e->cursor, "", 0);
}

/* --- Kills ---------------------------------------------------------------- */

void
editor_kills_forget(struct editor *e)
{
	struct editor_kills *k = &e->kills;

	while (k->count > 0)
		editor_forget(&k->pieces[--k->count]);
}

/* The oldest makes room. */
static void
add_piece(struct editor_kills *k, const char *text, size_t len)
{
	if (k->count == EDITOR_KILLS_MAX) {
		editor_forget(&k->pieces[0]);
		memmove(k->pieces, k->pieces + 1,
		    --k->count * sizeof(k->pieces[0]));
	}
	k->pieces[k->count++] =
	    (struct editor_piece){ editor_join(text, len, "", 0), len };
}

/* Together they are no longer than the text was. */
static void
extend_piece(struct editor_piece *piece, const char *text, size_t len,
    bool before)
{
	struct editor_piece longer = { NULL, piece->len + len };

	longer.text = before ? editor_join(text, len, piece->text, piece->len)
			     : editor_join(piece->text, piece->len, text, len);
	editor_forget(piece);
	*piece = longer;
}

/* Kills from there to there, one of which is the cursor. */
static void
kill(struct editor *e, size_t from, size_t to)
{
	struct editor_kills *k = &e->kills;
	size_t len = to - from;

	if (from == to) {
		e->does = e->did;
		return;
	}
	e->does = EDITOR_DID_KILL;
	if (e->did == EDITOR_DID_KILL)
		extend_piece(&k->pieces[k->count - 1], e->text + from, len,
		    to == e->cursor);
	else
		add_piece(k, e->text + from, len);
	k->at = k->count - 1;
	editor_change(e, from, len, "", 0);
}

void
editor_kill_to_blank(struct editor *e)
{
	kill(e, editor_run_start(e, e->cursor, editor_is_dark), e->cursor);
}

void
editor_kill_to_end(struct editor *e)
{
	kill(e, e->cursor, e->len);
}

void
editor_kill_to_start(struct editor *e)
{
	kill(e, 0, e->cursor);
}

void
editor_kill_word_left(struct editor *e)
{
	kill(e, editor_run_start(e, e->cursor, editor_is_word), e->cursor);
}

void
editor_kill_word_right(struct editor *e)
{
	kill(e, e->cursor, editor_run_end(e, e->cursor, editor_is_word));
}

/* --- Put back ------------------------------------------------------------- */

void
editor_yank(struct editor *e)
{
	struct editor_kills *k = &e->kills;

	if (k->count == 0)
		return;
	k->from = e->cursor;
	if (editor_change(e, k->from, 0, k->pieces[k->at].text,
		k->pieces[k->at].len))
		e->does = EDITOR_DID_YANK;
}

/* Replaces the text that was just put back by the kill before that; after the
 * oldest comes the newest. */
void
editor_yank_before(struct editor *e)
{
	struct editor_kills *k = &e->kills;
	size_t before = (k->at > 0 ? k->at : k->count) - 1;

	if (e->did != EDITOR_DID_YANK)
		return;
	e->does = EDITOR_DID_YANK;
	if (editor_change(e, k->from, k->pieces[k->at].len,
		k->pieces[before].text, k->pieces[before].len))
		k->at = before;
}
