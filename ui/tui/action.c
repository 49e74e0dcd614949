/*
 * What each key does. See tui.h.
 */
#include "ui/tui/action_parts.h"
#include "ui/tui/pane.h"
#include "ui/tui/tui.h"

#include "ui/command.h"
#include "ui/command_room.h"
#include "ui/leave.h"
#include "ui/say.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

#define HINT_FULL  "a message has at most 16384 bytes"
#define HINT_LEFT  "you are leaving this room: nothing more is sent"
#define HINT_LEAVE "press it again to leave, or type /quit"

void
action_scroll(struct ui *ui, enum key_kind kind)
{
	struct scroll_window w = tui_window(ui);
	struct scroll *s = &ui->tui->shown->scroll;
	unsigned int page = w.rows > 1 ? w.rows - 1 : 1;

	switch (kind) {
	case KEY_PAGE_UP:
		scroll_up(s, &w, page);
		break;
	case KEY_PAGE_DOWN:
		scroll_down(s, &w, page);
		break;
	case KEY_WHEEL_UP:
		scroll_up(s, &w, TUI_WHEEL_ROWS);
		break;
	case KEY_WHEEL_DOWN:
		scroll_down(s, &w, TUI_WHEEL_ROWS);
		break;
	case KEY_LINE_UP:
		scroll_up(s, &w, 1);
		break;
	case KEY_LINE_DOWN:
		scroll_down(s, &w, 1);
		break;
	case KEY_SCROLL_TOP:
		scroll_to_top(s, &w);
		break;
	default:
		scroll_to_bottom(s);
		break;
	}
}

bool
action_is_scroll(enum key_kind kind)
{
	switch (kind) {
	case KEY_PAGE_UP:
	case KEY_PAGE_DOWN:
	case KEY_WHEEL_UP:
	case KEY_WHEEL_DOWN:
	case KEY_LINE_UP:
	case KEY_LINE_DOWN:
	case KEY_SCROLL_TOP:
	case KEY_SCROLL_BOTTOM:
		return true;
	default:
		return false;
	}
}

/* The command may close the pane: nothing of it is touched after that. */
static void
obey(struct pane *pane, const char *text, size_t len)
{
	struct tui *t = pane->room->ui->tui;
	char *line = strndup(text, len);

	if (line == NULL)
		fatal("no memory for a line");
	if (command_is_secret(line, len))
		editor_clear(&pane->editor);
	else
		editor_accept(&pane->editor);
	t->obeyed = pane;
	command_line(pane->room, line, len);
	t->obeyed = NULL;
	explicit_bzero(line, len);
	free(line);
}

void
action_enter(struct pane *pane)
{
	struct room *room = pane->room;
	size_t len;
	const char *text = editor_text(&pane->editor, &len);

	scroll_to_bottom(&pane->scroll);
	if (draft_is_awaited(pane)) {
		draft_entered(pane);
		pane->ahead.waiting = true;
		return;
	}
	if (len == 0)
		return;
	if (!command_says(room, text, len)) {
		obey(pane, text, len);
	} else if (room->phase != ROOM_STAYS) {
		tui_hint(room->ui, HINT_LEFT);
	} else if (!ui_takes_lines(room)) {
		pane->ahead.waiting = true;
		if (pane == room->ui->tui->shown)
			tui_hint(room->ui, HINT_WAITS);
	} else {
		obey(pane, text, len);
	}
}

/* Ctrl-C and Ctrl-D on an empty line: these do not leave by accident. */
static void
leave(struct ui *ui)
{
	struct tui *t = ui->tui;

	if (ui->now < t->leave_until) {
		ui_quit(ui);
		return;
	}
	t->leave_until = ui->now + TUI_LEAVE_TIME;
	tui_hint(ui, HINT_LEAVE);
}

static void
interrupt(struct ui *ui)
{
	size_t len;

	editor_text(&ui->tui->shown->editor, &len);
	if (len > 0)
		editor_clear(&ui->tui->shown->editor);
	else
		leave(ui);
}

static void
edit(struct ui *ui, const struct key_event *event)
{
	if (!editor_key(&ui->tui->shown->editor, event->bytes, event->len))
		tui_hint(ui, HINT_FULL);
}

static void
end_of_input(struct ui *ui, const struct key_event *event)
{
	size_t len;

	editor_text(&ui->tui->shown->editor, &len);
	if (len > 0)
		edit(ui, event);
	else
		leave(ui);
}

void
action_compose(struct ui *ui, const struct key_event *event)
{
	switch (event->kind) {
	case KEY_BYTES:
	case KEY_PANE_BEFORE:
	case KEY_PANE_NEXT:
		edit(ui, event);
		break;
	case KEY_ENTER:
		action_enter(ui->tui->shown);
		break;
	case KEY_NEWLINE:
		if (!editor_insert(&ui->tui->shown->editor, "\n", 1))
			tui_hint(ui, HINT_FULL);
		break;
	case KEY_TAB:
	case KEY_SHIFT_TAB:
		tab_complete(ui, event->kind == KEY_SHIFT_TAB);
		break;
	case KEY_CTRL_C:
		interrupt(ui);
		break;
	case KEY_CTRL_D:
		end_of_input(ui, event);
		break;
	case KEY_CTRL_R:
		tui_search(ui, "", 0);
		ui->tui->shown->search.typing = true;
		break;
	case KEY_ESCAPE:
	case KEY_CTRL_G:
		scroll_to_bottom(&ui->tui->shown->scroll);
		break;
	default:
		break;
	}
}

static void
paste(struct ui *ui, const struct key_event *event)
{
	if (ui->tui->shown->search.active)
		search_end(&ui->tui->shown->search, &ui->tui->shown->scroll,
		    false);
	question_paste(ui, event);
}

/* True for a key that changes the line, of so many bytes. */
static bool
edits(enum key_kind kind, size_t len)
{
	switch (kind) {
	case KEY_BYTES:
	case KEY_PANE_BEFORE:
	case KEY_PANE_NEXT:
	case KEY_NEWLINE:
	case KEY_TAB:
	case KEY_SHIFT_TAB:
		return true;
	default:
		return kind == KEY_CTRL_D && len > 0;
	}
}

/* A typed answer is edited like any line. */
static void
answer(struct ui *ui, const struct key_event *event)
{
	size_t len;

	editor_text(&ui->tui->shown->editor, &len);
	if (ui->tui->shown->question.kind == QUESTION_VERIFY &&
	    edits(event->kind, len))
		action_compose(ui, event);
	else
		question_key(ui, event);
}

static void
act(struct ui *ui, const struct key_event *event)
{
	struct tui *t = ui->tui;

	if (event->kind == KEY_CTRL_Z)
		ui->stop_wanted = true;
	else if (event->kind == KEY_CTRL_L)
		paint_invalidate(&t->painter);
	else if (ui->mode == MODE_BOOTNODE)
		operate_key(ui, event);
	else if (action_is_scroll(event->kind))
		action_scroll(ui, event->kind);
	else if (event->kind == KEY_PASTE && !t->shown->search.typing)
		paste(ui, event);
	else if (t->shown->question.kind != QUESTION_NONE)
		answer(ui, event);
	else if (t->shown->search.typing)
		search_key(ui, event);
	else if (t->shown->search.active)
		search_found_key(ui, event);
	else
		action_compose(ui, event);
}

static void
take(struct ui *ui, const struct key_event *event)
{
	struct tui *t = ui->tui;

	t->hint = NULL;
	if (turn_key(ui, event) || adrift_key(ui, event))
		return;
	if (hidden_is_asked(ui) && hidden_key(ui, event))
		return;
	if (t->shown->ahead.waiting && waiting_key(ui, event))
		return;
	if (event->kind != KEY_TAB && event->kind != KEY_SHIFT_TAB)
		complete_end(&t->complete);
	act(ui, event);
}

void
tui_key(struct ui *ui, const struct key_event *event)
{
	struct tui *t = ui->tui;

	if (event->kind == KEY_NONE)
		return;
	tui_touch(ui);
	if (event->kind == KEY_FOCUS_IN || event->kind == KEY_FOCUS_OUT) {
		attention_focus(&t->attention, event->kind == KEY_FOCUS_IN);
		return;
	}
	attention_key(&t->attention, ui->now);
	take(ui, event);
}
