/*
 * Undo in the line editor: the text that each change took away, and its place.
 * Text that was typed in a row is undone together.
 */
#include "ui/tui/editor/parts.h"

#include <string.h>

void
editor_undo_forget(struct editor *e)
{
	struct editor_undo *u = &e->undo;

	while (u->count > 0)
		editor_forget(&u->edits[--u->count].removed);
	u->bytes = 0;
}

/* From then on the oldest is the start of the text: undo goes no further
 * back. */
static void
drop_oldest(struct editor_undo *u)
{
	u->bytes -= u->edits[0].removed.len;
	editor_forget(&u->edits[0].removed);
	memmove(u->edits, u->edits + 1, --u->count * sizeof(u->edits[0]));
}

/* True if the last change is of typing that goes on there. */
static bool
goes_on(const struct editor *e, size_t at, size_t removed)
{
	const struct editor_edit *last;

	if (removed > 0 || e->does != EDITOR_DID_TYPE ||
	    e->did != EDITOR_DID_TYPE || e->undo.count == 0)
		return false;
	last = &e->undo.edits[e->undo.count - 1];
	return last->at + last->inserted == at &&
	    last->inserted < EDITOR_UNDO_RUN;
}

void
editor_undo_note(struct editor *e, size_t at, size_t removed, size_t len)
{
	struct editor_undo *u = &e->undo;
	struct editor_edit *edit;

	if (goes_on(e, at, removed)) {
		u->edits[u->count - 1].inserted += len;
		return;
	}
	while (u->count == EDITOR_UNDO_MAX ||
	    (u->count > 0 && u->bytes + removed > EDITOR_UNDO_BYTES))
		drop_oldest(u);
	edit = &u->edits[u->count++];
	*edit = (struct editor_edit){ at, len, e->cursor, { NULL, removed } };
	edit->removed.text = editor_join(e->text + at, removed, "", 0);
	u->bytes += removed;
}

void
editor_undo(struct editor *e)
{
	struct editor_undo *u = &e->undo;
	struct editor_edit *edit;

	if (u->count == 0)
		return;
	edit = &u->edits[--u->count];
	editor_splice(e, edit->at, edit->inserted, edit->removed.text,
	    edit->removed.len);
	editor_put_cursor(e, edit->cursor);
	u->bytes -= edit->removed.len;
	editor_forget(&edit->removed);
}

void
editor_undo_all(struct editor *e)
{
	while (e->undo.count > 0)
		editor_undo(e);
}
