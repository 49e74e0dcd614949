/*
 * What each key does. See tui.h.
 */
#include "ui/tui/tui.h"

#include "ui/command.h"
#include "ui/command_room.h"
#include "ui/leave.h"
#include "ui/people.h"
#include "ui/say.h"

#include "common/log.h"
#include "common/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HINT_FULL  "a message has at most 16384 bytes"
#define HINT_LEAVE "press it again to leave, or type /quit"
#define HINT_WAITS \
	"cannot send yet: this waits, and what you type; Ctrl-C takes it back"

static void
scroll(struct ui *ui, enum key_kind kind)
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

static bool
is_scroll(enum key_kind kind)
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

/* Takes the line, which is sent or obeyed. If there is no room for it, it waits
 * where it is, and so does everything that is typed after it. */
static void
enter(struct ui *ui)
{
	size_t len;
	const char *text = editor_text(&ui->tui->shown->editor, &len);
	char *line;

	scroll_to_bottom(&ui->tui->shown->scroll);
	if (len == 0)
		return;
	if (command_says(ui->front, text, len) && !ui_takes_lines(ui->front)) {
		ui->tui->ahead.waiting = true;
		tui_hint(ui, HINT_WAITS);
		return;
	}
	line = strndup(text, len);
	if (line == NULL)
		fatal("no memory for a line");
	if (command_is_secret(line, len))
		editor_clear(&ui->tui->shown->editor);
	else
		editor_accept(&ui->tui->shown->editor);
	command_line(ui->front, line, len);
	explicit_bzero(line, len);
	free(line);
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

/* Writes the people whose names can be completed into names; returns how
 * many. */
static size_t
names_of(const struct ui *ui, struct complete_name names[PEERS_MAX])
{
	struct person people[PEERS_MAX];
	size_t all = people_list(&ui->front->model, people), count = 0;

	for (size_t i = 0; i < all; i++) {
		const struct peer *p = people[i].p;

		if (p->known)
			names[count++] = (struct complete_name){ p->shown,
				ui->front->spoke[PEER_INDEX(p->handle)] };
	}
	return count;
}

#define COMMANDS_MAX 32
#define COMMAND_MAX  32

static void
complete(struct ui *ui, bool backwards)
{
	char commands[COMMANDS_MAX][COMMAND_MAX];
	const char *list[COMMANDS_MAX];
	struct complete_name names[PEERS_MAX];
	struct complete_words words = { list, 0, names, names_of(ui, names) };
	const struct command *c;
	struct buf out = { 0 };
	struct editor *e = &ui->tui->shown->editor;
	size_t at = 0, len, cursor;
	const char *text = editor_text(e, &len);

	while (words.command_count < COMMANDS_MAX &&
	    (c = command_next(ui->front, &at)) != NULL) {
		snprintf(commands[words.command_count], COMMAND_MAX, "/%s",
		    c->name);
		list[words.command_count] = commands[words.command_count];
		words.command_count++;
	}
	if (complete_tab(&ui->tui->complete, &words, text, len,
		editor_cursor(e), backwards, &out, &cursor))
		editor_set(e, out.bytes, out.len, cursor);
	buf_free(&out);
}

static void
compose(struct ui *ui, const struct key_event *event)
{
	switch (event->kind) {
	case KEY_BYTES:
		edit(ui, event);
		break;
	case KEY_ENTER:
		enter(ui);
		break;
	case KEY_NEWLINE:
		if (!editor_insert(&ui->tui->shown->editor, "\n", 1))
			tui_hint(ui, HINT_FULL);
		break;
	case KEY_TAB:
	case KEY_SHIFT_TAB:
		complete(ui, event->kind == KEY_SHIFT_TAB);
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

/* The searched text is a line of its own, with the few keys it needs. */
static void
search_typed(struct ui *ui, const struct key_event *event)
{
	struct search *s = &ui->tui->shown->search;
	struct scroll_window w = tui_window(ui);
	struct buf what = { 0 };
	unsigned char first = (unsigned char)event->bytes[0];

	buf_puts(&what, s->what);
	if (first == 0x7f || first == '\b')
		while (what.len > 0 && (what.bytes[--what.len] & 0xc0) == 0x80)
			;
	else if (first == 'U' - '@')
		what.len = 0;
	else if (first >= ' ')
		buf_put(&what, event->bytes, event->len);
	search_change(s, &ui->tui->shown->scroll, &w,
	    what.bytes != NULL ? what.bytes : "", what.len);
	buf_free(&what);
}

static void
search_key(struct ui *ui, const struct key_event *event)
{
	struct search *s = &ui->tui->shown->search;
	struct scroll *scrolled = &ui->tui->shown->scroll;
	struct scroll_window w = tui_window(ui);

	switch (event->kind) {
	case KEY_BYTES:
		search_typed(ui, event);
		break;
	case KEY_CTRL_R:
		search_step(s, scrolled, &w, true);
		break;
	case KEY_CTRL_S:
		search_step(s, scrolled, &w, false);
		break;
	case KEY_ENTER:
		search_end(s, scrolled, false);
		break;
	case KEY_ESCAPE:
	case KEY_CTRL_C:
	case KEY_CTRL_D:
	case KEY_CTRL_G:
		search_end(s, scrolled, true);
		break;
	default:
		break;
	}
}

/* The text of /search is found: the keys that look further do so, and any other
 * has its usual meaning, the first character of a text among them. */
static void
found_key(struct ui *ui, const struct key_event *event)
{
	switch (event->kind) {
	case KEY_CTRL_R:
	case KEY_CTRL_S:
	case KEY_ENTER:
	case KEY_ESCAPE:
	case KEY_CTRL_C:
	case KEY_CTRL_D:
	case KEY_CTRL_G:
		search_key(ui, event);
		break;
	default:
		search_end(&ui->tui->shown->search, &ui->tui->shown->scroll,
		    false);
		compose(ui, event);
		break;
	}
}

static void
operate(struct ui *ui, const struct key_event *event)
{
	bool q = key_letter(event) == 'q';

	if (ui->tui->question.kind != QUESTION_NONE)
		question_key(ui, event);
	else if (q || event->kind == KEY_CTRL_C || event->kind == KEY_CTRL_D)
		question_leave(ui);
}

static void
paste(struct ui *ui, const struct key_event *event)
{
	if (ui->tui->shown->search.active)
		search_end(&ui->tui->shown->search, &ui->tui->shown->scroll,
		    false);
	question_paste(ui, event);
}

/* A typed answer is edited like any line. */
static void
answer(struct ui *ui, const struct key_event *event)
{
	size_t len;

	editor_text(&ui->tui->shown->editor, &len);
	if (ui->tui->question.kind == QUESTION_VERIFY &&
	    (event->kind == KEY_BYTES || event->kind == KEY_NEWLINE ||
		event->kind == KEY_TAB || event->kind == KEY_SHIFT_TAB ||
		(event->kind == KEY_CTRL_D && len > 0)))
		compose(ui, event);
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
		operate(ui, event);
	else if (is_scroll(event->kind))
		scroll(ui, event->kind);
	else if (event->kind == KEY_PASTE && !t->shown->search.typing)
		paste(ui, event);
	else if (t->question.kind != QUESTION_NONE)
		answer(ui, event);
	else if (t->shown->search.typing)
		search_key(ui, event);
	else if (t->shown->search.active)
		found_key(ui, event);
	else
		compose(ui, event);
}

/* Takes a key after a line that waits. Returns false if it is a key that needs
 * no turn. */
static bool
wait_too(struct ui *ui, const struct key_event *event)
{
	struct tui *t = ui->tui;

	t->hint = HINT_WAITS;
	if (is_scroll(event->kind) || event->kind == KEY_CTRL_Z ||
	    event->kind == KEY_CTRL_L)
		return false;
	if (event->kind != KEY_CTRL_C) {
		ahead_add(&t->ahead, event);
		return true;
	}
	t->hint =
	    t->ahead.len > 0 ? "what you typed after this is dropped" : NULL;
	ahead_drop(&t->ahead);
	return true;
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
	t->hint = NULL;
	if (t->ahead.waiting && wait_too(ui, event))
		return;
	if (event->kind != KEY_TAB && event->kind != KEY_SHIFT_TAB)
		complete_end(&t->complete);
	act(ui, event);
}

bool
tui_takes_keys(const struct ui *ui)
{
	return !ahead_full(&ui->tui->ahead);
}

bool
tui_waits(const struct ui *ui)
{
	return ui->tui->ahead.waiting;
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
	struct buf line = { 0 };

	while (ui->phase <= UI_DRAINING &&
	    ahead_take_line(&ui->tui->ahead, needs_no_turn, ui->front, &line)) {
		command_line(ui->front, line.bytes, line.len);
		line.len = 0;
	}
	buf_free(&line);
}

void
tui_ahead(struct ui *ui)
{
	struct ahead *a = &ui->tui->ahead;
	struct key_event event;

	if (a->waiting && !ui_takes_lines(ui->front) && turns_stand_still(ui))
		obey_out_of_turn(ui);
	if (a->waiting && ui_takes_lines(ui->front)) {
		a->waiting = false;
		tui_hint(ui, NULL);
		enter(ui);
	}
	/* A question is for the keys that come when the user can read it. */
	while (!a->waiting && ui->phase <= UI_DRAINING &&
	    ui->tui->question.kind == QUESTION_NONE && ahead_take(a, &event))
		tui_key(ui, &event);
}
