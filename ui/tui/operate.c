/*
 * What each key does on a bootnode's screen. A letter alone orders nothing but
 * a question: a command is typed after a slash, and obeyed at Enter.
 */
#include "ui/tui/action_parts.h"
#include "ui/tui/tui.h"

#include "ui/command.h"
#include "ui/say.h"
#include "ui/text.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

#define HINT_BEGIN "a command begins with /, and /help lists them"
#define HINT_BUSY  "the command before it is not answered yet"
#define HINT_LINES "a command is one line: nothing was pasted"

static bool
is_typing(const struct ui *ui)
{
	size_t len;

	editor_text(&ui->tui->shown->editor, &len);
	return len > 0;
}

/* The list has the command before its answer. */
static void
put_command(struct room *room, const char *line, size_t len)
{
	struct buf shown = { 0 };

	buf_puts(&shown, "> ");
	text_clean(&shown, line, len, NULL);
	buf_put(&shown, "", 1);
	room->ui->view->notice(room, shown.bytes);
	buf_free(&shown);
}

static void
obey(struct ui *ui)
{
	struct pane *pane = ui->tui->shown;
	size_t len;
	const char *text = editor_text(&pane->editor, &len);
	char *line;

	if (!ui_takes_lines(pane->room) &&
	    command_turn(pane->room, text, len) == TURN_ITS_OWN) {
		tui_hint(ui, HINT_BUSY);
		return;
	}
	line = strndup(text, len);
	if (line == NULL)
		fatal("no memory for a line");
	editor_accept(&pane->editor);
	ui->tui->dashboard.listing = true;
	scroll_to_bottom(&pane->scroll);
	put_command(pane->room, line, len);
	command_line(pane->room, line, len);
	free(line);
}

/* An address is pasted into a command, and not what an operator copied from
 * elsewhere onto the figures. */
static void
paste(struct ui *ui, const struct key_event *event)
{
	struct editor *e = &ui->tui->shown->editor;

	if (!is_typing(ui))
		tui_hint(ui, HINT_BEGIN);
	else if (memchr(event->bytes, '\n', event->len) != NULL ||
	    event->cut > 0 || !editor_insert(e, event->bytes, event->len))
		tui_hint(ui, HINT_LINES);
}

static void
type(struct ui *ui, const struct key_event *event)
{
	switch (event->kind) {
	case KEY_ENTER:
		obey(ui);
		break;
	case KEY_ESCAPE:
	case KEY_CTRL_G:
	case KEY_CTRL_C:
		editor_clear(&ui->tui->shown->editor);
		break;
	case KEY_BYTES:
	case KEY_CTRL_D:
	case KEY_TAB:
	case KEY_SHIFT_TAB:
		action_compose(ui, event);
		break;
	default:
		break;
	}
}

static void
begin(struct ui *ui, const struct key_event *event)
{
	const char c = event->kind == KEY_BYTES ? event->bytes[0] : '\0';

	if (c == '/' || c == ':')
		editor_insert(&ui->tui->shown->editor, "/", 1);
	else if (c > ' ' && c <= '~')
		tui_hint(ui, HINT_BEGIN);
	else if (event->kind == KEY_BYTES) /* to earlier commands, say */
		action_compose(ui, event);
}

/* A key while no command is typed. */
static void
look(struct ui *ui, const struct key_event *event)
{
	if (key_letter(event) == 'q' || event->kind == KEY_CTRL_C ||
	    event->kind == KEY_CTRL_D) {
		question_leave(ui);
	} else if (event->kind == KEY_ESCAPE || event->kind == KEY_CTRL_G) {
		ui->tui->dashboard.listing = false;
		scroll_to_bottom(&ui->tui->shown->scroll);
	} else {
		begin(ui, event);
	}
}

void
operate_key(struct ui *ui, const struct key_event *event)
{
	if (ui->tui->shown->question.kind != QUESTION_NONE) {
		if (event->kind != KEY_PASTE)
			question_key(ui, event);
	} else if (action_is_scroll(event->kind)) {
		ui->tui->dashboard.listing = true;
		action_scroll(ui, event->kind);
	} else if (event->kind == KEY_PASTE) {
		paste(ui, event);
	} else if (is_typing(ui)) {
		type(ui, event);
	} else {
		look(ui, event);
	}
}
