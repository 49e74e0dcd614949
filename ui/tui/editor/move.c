/*
 * Commands of the line editor that move the cursor within the text.
 */
#include "ui/tui/editor/parts.h"

void
editor_to_start(struct editor *e)
{
	e->cursor = 0;
}

void
editor_to_end(struct editor *e)
{
	e->cursor = e->len;
}

void
editor_left(struct editor *e)
{
	e->cursor = editor_cluster_start(e, e->cursor);
}

void
editor_right(struct editor *e)
{
	e->cursor = editor_cluster_end(e, e->cursor);
}

void
editor_word_left(struct editor *e)
{
	e->cursor = editor_run_start(e, e->cursor, editor_is_word);
}

void
editor_word_right(struct editor *e)
{
	e->cursor = editor_run_end(e, e->cursor, editor_is_word);
}
