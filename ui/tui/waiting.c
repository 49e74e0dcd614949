/*
 * Lines that wait for room, and the keys behind them: each is of the pane that
 * it was typed in, whichever is shown when its turn comes. See ahead.h.
 */
#include "ui/tui/action_parts.h"
#include "ui/tui/tui.h"

#include "ui/command.h"
#include "ui/say.h"
#include "ui/typed.h"

#include "common/utf8.h"

bool
waiting_key(struct ui *ui, const struct key_event *event)
{
	struct tui *t = ui->tui;
	struct ahead *a = &t->shown->ahead;

	t->hint = HINT_WAITS;
	if (action_is_scroll(event->kind) || event->kind == KEY_CTRL_Z ||
	    event->kind == KEY_CTRL_L)
		return false;
	if (event->kind != KEY_CTRL_C) {
		ahead_add(a, event);
		return true;
	}
	t->hint = a->len > 0 ? "what you typed after this is dropped" : NULL;
	ahead_drop(a);
	return true;
}

bool
tui_takes_keys(const struct ui *ui)
{
	return !ahead_full(&ui->tui->shown->ahead);
}

bool
tui_waits(const struct ui *ui)
{
	FOREACH_PANE (pane, ui->tui)
		if (pane->ahead.waiting)
			return true;
	return false;
}

_Static_assert(TURNS_BYTES_MAX == AHEAD_BYTES_MAX, "one text for both");

static bool
needs_no_turn(const void *arg, const char *line, size_t len)
{
	return utf8_valid(line, len) &&
	    command_turn(arg, line, len) != TURN_ITS_OWN;
}

/* Nothing has been taken for a while: a line that asks or leaves is obeyed. */
static void
obey_out_of_turn(struct ui *ui)
{
	struct ahead *a = &ui->tui->shown->ahead;
	struct buf line = { 0 };

	while (ui->phase <= UI_DRAINING &&
	    ahead_take_line(a, needs_no_turn, ui->front, &line)) {
		command_line(ui->front, line.bytes, line.len);
		line.len = 0;
	}
	buf_free(&line);
}

/* There is room now for the line that waited, and its start is there. */
static bool
may_take(const struct pane *pane)
{
	return pane->ahead.waiting && ui_takes_lines(pane->room) &&
	    !draft_is_awaited(pane);
}

static void
take_line(struct pane *pane)
{
	if (!may_take(pane))
		return;
	pane->ahead.waiting = false;
	action_enter(pane);
}

/* True for a key that only adds to a text, or ends it. */
static bool
is_of_text(const struct pane *pane, const struct key_event *event)
{
	size_t len;
	const char *text = editor_text(&pane->editor, &len);

	if (event->kind == KEY_ENTER)
		return typed_begin(text, len).kind != TYPED_COMMAND;
	return event->kind == KEY_BYTES || event->kind == KEY_NEWLINE;
}

/* The texts that wait in a pane go out while another is shown. The first key
 * that does anything else waits until somebody sees its effect. */
static void
go_on_hidden(struct pane *pane)
{
	struct ahead *a = &pane->ahead;
	struct key_event event;

	take_line(pane);
	while (!a->waiting && pane->question.kind == QUESTION_NONE &&
	    !pane->search.active && ahead_first(a, &event) &&
	    is_of_text(pane, &event) && ahead_take(a, &event)) {
		if (event.kind == KEY_ENTER)
			action_enter(pane);
		else if (event.kind == KEY_NEWLINE)
			editor_insert(&pane->editor, "\n", 1);
		else
			editor_key(&pane->editor, event.bytes, event.len);
	}
}

/* A command may turn to another pane: what was typed behind it goes on there
 * (tui_turn()), and if it asks for a passphrase, that is what was typed behind
 * it. A question is for the keys that come when the user can read it. */
static void
go_on_shown(struct ui *ui)
{
	struct tui *t = ui->tui;
	struct key_event event;

	t->replaying = true;
	while (!t->shown->ahead.waiting && ui->phase <= UI_DRAINING &&
	    t->shown->question.kind == QUESTION_NONE &&
	    ahead_take(&t->shown->ahead, &event))
		tui_key(ui, &event);
	t->replaying = false;
}

void
tui_ahead(struct ui *ui)
{
	struct pane *shown = ui->tui->shown;

	if (ui->phase > UI_DRAINING)
		return;
	FOREACH_PANE (pane, ui->tui)
		if (pane != shown)
			go_on_hidden(pane);
	if (shown->ahead.waiting && !ui_takes_lines(shown->room) &&
	    turns_stand_still(ui))
		obey_out_of_turn(ui);
	if (may_take(shown))
		tui_hint(ui, NULL);
	take_line(shown);
	go_on_shown(ui);
}
