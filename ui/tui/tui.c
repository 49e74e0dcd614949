/*
 * The tui between its parts: start, frames, deadlines. See tui.h.
 */
#include "ui/tui/tui.h"

#include "ui/tui/messages.h"
#include "ui/tui/screen.h"

#include "ui/ascii.h"
#include "ui/ask.h"
#include "ui/receipts.h"
#include "ui/text.h"

#include "common/terminal_modes.h"

#include <stdlib.h>
#include <string.h>

#define MOUSE_OFF_NOW TERM_CSI "?1000l"

void
tui_close(struct ui *ui)
{
	struct tui *t = ui->tui;

	if (t == NULL)
		return;
	complete_end(&t->complete);
	hidden_end(&t->hidden);
	grid_free(&t->grid);
	paint_free(&t->painter);
	FOREACH_PANE (pane, t)
		pane_drop(pane);
	FOREACH_ROOM (room, ui)
		room->pane = NULL;
	free(t);
	ui->tui = NULL;
}

void
tui_suspend(struct ui *ui)
{
	/* The rest of a frame belongs to a screen that is gone. */
	ui_not_shown(ui);
	ui->tui->suspended = true;
}

void
tui_resume(struct ui *ui)
{
	ui->tui->suspended = false;
	output_put(&ui->out, TERMINAL_ON, sizeof(TERMINAL_ON) - 1);
	if (!ui->tui->mouse)
		output_put(&ui->out, MOUSE_OFF_NOW, sizeof(MOUSE_OFF_NOW) - 1);
	ui->tui->attention.title_stale = true;
	tui_resized(ui);
}

void
tui_resized(struct ui *ui)
{
	paint_invalidate(&ui->tui->painter);
	tui_touch(ui);
}

struct scroll_window
tui_window(const struct ui *ui)
{
	const struct tui *t = ui->tui;
	struct inputline input;
	struct screen_areas a;

	if (ui->mode == MODE_BOOTNODE)
		return dashboard_window(ui);
	input = inputline_now(ui);
	a = screen_areas(ui, t->grid.columns, t->grid.rows, &input);
	return messages_window(&t->shown->history, a.message_columns,
	    a.message_rows);
}

void
tui_search(struct ui *ui, const char *what, size_t len)
{
	struct scroll_window w = tui_window(ui);

	search_begin(&ui->tui->shown->search, &ui->tui->shown->scroll, &w, what,
	    len);
	tui_touch(ui);
}

void
tui_clear(struct ui *ui)
{
	scroll_clear(&ui->tui->shown->scroll, &ui->tui->shown->history);
	tui_touch(ui);
}

static void
put_attention(struct ui *ui, struct buf *frame)
{
	struct buf safe = { 0 }, room = { 0 };

	text_clean(&safe, ui->front->handle, strlen(ui->front->handle), NULL);
	if (ui->ascii)
		ascii_put(&room, safe.bytes, safe.len);
	else
		buf_put(&room, safe.bytes, safe.len);
	buf_free(&safe);
	attention_put(&ui->tui->attention, frame, room.bytes, room.len,
	    ui->tui->terminal.title);
	buf_free(&room);
}

/* The text on the screen has been shown once this is written: ui_shown(). */
static void
paint_frame(struct ui *ui)
{
	struct tui *t = ui->tui;
	struct buf frame = { 0 };

	grid_resize(&t->grid, t->terminal.columns, t->terminal.rows);
	t->grid.ascii = ui->ascii; /* the painter has two in turn */
	scroll_seen(&t->shown->scroll, &t->shown->history);
	if (ui->mode == MODE_BOOTNODE)
		dashboard_compose(ui, &t->grid);
	else
		screen_compose(ui, &t->grid);
	paint(&t->painter, &frame, &t->grid);
	put_attention(ui, &frame);
	output_put(&ui->out, frame.bytes, frame.len);
	buf_free(&frame);
	ui_shown(ui);
	t->changed = false;
	t->painted = ui->now;
	FOREACH_PANE (pane, t)
		pane_painted(pane);
}

static bool
is_full(const struct pane *p)
{
	return p->history.next - p->painted_entry > HISTORY_ENTRIES_MAX / 2 ||
	    p->history.appended - p->painted_bytes > HISTORY_BYTES_MAX / 2;
}

/* Half of the scrollback may come without a frame: while the terminal takes
 * none, or the program is stopped. */
bool
tui_full(const struct room *room)
{
	FOREACH_PANE (pane, room->ui->tui)
		if (pane->room == room && is_full(pane))
			return true;
	return false;
}

static bool
may_paint(const struct ui *ui)
{
	/* A frame is only begun when the one before is written. */
	return ui->tui->changed && !ui->tui->suspended &&
	    !output_pending(&ui->out);
}

/* True if figures are to be asked for: for a dashboard always, for a list of
 * peers while somebody is there to look at it. */
static bool
asks(const struct ui *ui)
{
	const struct tui *t = ui->tui;

	if (ui->phase != UI_RUNNING)
		return false;
	return ui->mode == MODE_BOOTNODE ||
	    (ui->front->model.joined &&
		ui->now < t->attention.key_at + TUI_ASK_WITHIN);
}

void
tui_work(struct ui *ui)
{
	struct tui *t = ui->tui;
	if (asks(ui) && ui->now >= t->ask_at) {
		t->ask_at = ui->now +
		    (ui->mode == MODE_BOOTNODE ? DASHBOARD_INTERVAL
					       : TUI_ASK_TIME);
		ui_poll_status(ui->front);
	}
	draft_work(ui);
	if (may_paint(ui) && ui->now >= t->painted + TUI_FRAME_TIME)
		paint_frame(ui);
}

uint64_t
tui_deadline(const struct ui *ui)
{
	const struct tui *t = ui->tui;
	uint64_t at =
	    clock_min(keys_deadline(&t->keys), burst_deadline(&t->burst));

	at = clock_min(at, draft_deadline(ui));
	if (asks(ui))
		at = clock_min(at, t->ask_at);
	if (may_paint(ui))
		at = clock_min(at, t->painted + TUI_FRAME_TIME);
	return at;
}
