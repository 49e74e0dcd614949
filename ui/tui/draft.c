/*
 * The line that is being typed. See draft.h.
 */
#include "ui/tui/tui.h"

#include "ui/command_room.h"

#include <string.h>

static bool
is_told(const struct tui *t, const char *text, size_t len)
{
	const struct draft *d = &t->shown->draft;

	return len == d->len && memcmp(text, d->told, len) == 0 &&
	    (len == 0 || editor_cursor(&t->shown->editor) == d->cursor);
}

static void
tell(struct ui *ui, const char *text, size_t len)
{
	struct draft *d = &ui->tui->shown->draft;
	const struct editor *e = &ui->tui->shown->editor;
	struct ipc_draft body = { .cursor = (uint32_t)editor_cursor(e) };

	if (ipc_send(&ui->front->cryptod, IPC_DRAFT, &body, text, len) == -1)
		return;
	memcpy(d->told, text, len);
	d->len = len;
	d->cursor = body.cursor;
}

void
draft_work(struct ui *ui)
{
	struct draft *d = &ui->tui->shown->draft;
	size_t len;
	const char *text = editor_text(&ui->tui->shown->editor, &len);

	if (command_is_secret(text, len))
		len = 0; /* it is of another room */
	if (ui->mode == MODE_BOOTNODE)
		return;
	if (ui->front->cryptod.fd == -1)
		d->len = 0; /* the next one has none */
	/* Before cryptod told the earlier line, a new one would replace it. */
	if (ui->phase != UI_RUNNING || ui->front->past.awaited ||
	    ui->front->cryptod.fd == -1 || is_told(ui->tui, text, len)) {
		d->due = 0;
		return;
	}
	if (d->due == 0)
		d->due = ui->now + DRAFT_TIME;
	if (len > 0 && ui->now < d->due)
		return;
	d->due = 0;
	tell(ui, text, len);
}

uint64_t
draft_deadline(const struct ui *ui)
{
	const struct draft *d = &ui->tui->shown->draft;

	return d->due != 0 ? d->due : CLOCK_NEVER;
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
