/*
 * The line that is being typed. See draft.h.
 */
#include "ui/tui/tui.h"

#include "ui/command_room.h"

#include <string.h>

static bool
is_told(const struct pane *p, const char *text, size_t len)
{
	const struct draft *d = &p->draft;

	return len == d->len && memcmp(text, d->told, len) == 0 &&
	    (len == 0 || editor_cursor(&p->editor) == d->cursor);
}

static void
tell(struct room *room, const char *text, size_t len)
{
	struct draft *d = &room->pane->draft;
	const struct editor *e = &room->pane->editor;
	struct ipc_draft body = { 0 };

	if (len > 0) /* else there may be a line that is not told */
		body.cursor = (uint32_t)editor_cursor(e);
	if (ipc_send(&room->cryptod, IPC_DRAFT, &body, text, len) == -1)
		return;
	memcpy(d->told, text, len);
	d->len = len;
	d->cursor = body.cursor;
}

static void
work(struct room *room)
{
	struct draft *d = &room->pane->draft;
	struct ui *ui = room->ui;
	size_t len;
	const char *text = editor_text(&room->pane->editor, &len);

	if (command_is_secret(text, len))
		len = 0; /* it is of another room */
	if (room->cryptod.fd == -1)
		d->len = 0; /* the next one has none */
	/* Before cryptod told the earlier line, a new one would replace it. */
	if (ui->phase != UI_RUNNING || room->phase != ROOM_STAYS ||
	    room->past.awaited || room->cryptod.fd == -1 ||
	    is_told(room->pane, text, len)) {
		d->due = 0;
		return;
	}
	if (d->due == 0)
		d->due = ui->now + DRAFT_TIME;
	if (len > 0 && ui->now < d->due)
		return;
	d->due = 0;
	tell(room, text, len);
}

void
draft_work(struct ui *ui)
{
	if (ui->mode == MODE_BOOTNODE)
		return;
	FOREACH_ROOM (room, ui)
		work(room);
}

void
draft_hurry(const struct ui *ui, struct draft *d)
{
	d->due = ui->now;
}

uint64_t
draft_deadline(const struct ui *ui)
{
	uint64_t at = CLOCK_NEVER;

	FOREACH_ROOM (room, ui) {
		const struct pane *pane = room->pane;

		if (pane->draft.due != 0)
			at = clock_min(at, pane->draft.due);
		if (pane->ahead.waiting && draft_is_awaited(pane))
			at = clock_min(at, pane->draft.enter_by);
	}
	return at;
}

/* That of a conversation is not kept: it has no start that could come. */
bool
draft_is_awaited(const struct pane *pane)
{
	const struct draft *d = &pane->draft;

	return pane->room->past.awaited && !pane->alone &&
	    (d->enter_by == 0 || pane->room->ui->now < d->enter_by);
}

void
draft_entered(struct pane *pane)
{
	if (pane->draft.enter_by == 0)
		pane->draft.enter_by = pane->room->ui->now + DRAFT_PATIENCE;
}

void
tui_draft(struct room *room, const char *text, size_t len, size_t cursor)
{
	struct buf typed = { 0 };
	size_t typed_len;
	struct editor *e = &room->pane->editor;
	const char *now = editor_text(e, &typed_len);

	buf_put(&typed, now, typed_len);
	editor_set(e, text, len, cursor);
	if (typed_len > 0 && !editor_insert(e, typed.bytes, typed_len))
		editor_set(e, typed.bytes, typed_len, typed_len);
	buf_free(&typed);
	tui_touch(room->ui);
}
