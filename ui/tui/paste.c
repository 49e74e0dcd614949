/*
 * The question whether to send a pasted text. See question.h.
 */
#include "ui/tui/question.h"

#include "ui/tui/tui.h"

#include "ui/command_room.h"
#include "ui/errors.h"
#include "ui/say.h"
#include "ui/typed.h"

#include "common/invite.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns the end of the part that starts at start and fits one message: at the
 * end of a line if there is one, else at least not within a character. */
static size_t
part_end(const char *text, size_t len, size_t start)
{
	const char *line;
	size_t end = start + TEXT_MAX;

	if (len - start <= TEXT_MAX)
		return len;
	line = memrchr(text + start, '\n', TEXT_MAX);
	if (line != NULL && line > text + start)
		return (size_t)(line - text);
	while ((text[end] & 0xc0) == 0x80)
		end--;
	return end;
}

static size_t
part_count(const char *text, size_t len)
{
	size_t parts = 0;

	for (size_t at = 0; at < len; parts++) {
		at = part_end(text, len, at);
		at += at < len && text[at] == '\n';
	}
	return parts;
}

/* Removes the line feeds at its end: of a paste without brackets more may come
 * behind them. */
static size_t
length(const struct question *q)
{
	size_t len = q->len;

	while (len > 0 && q->paste[len - 1] == '\n')
		len--;
	return len;
}

static size_t
line_count(const char *text, size_t len)
{
	size_t lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines;
}

static void
put_question(char *out, size_t size, struct buf *text)
{
	snprintf(out, size, "%.*s", (int)text->len, text->bytes);
	buf_free(text);
}

/* On a narrow terminal the keys come first: the rest may have no room. */
static void
ask_briefly(struct question *q, size_t lines, size_t command)
{
	struct buf text = { 0 };

	buf_printf(&text, "%s, %sn drops: ", command > 0 ? "s says" : "y sends",
	    q->editable ? "e edits, " : "");
	if (command > 0)
		buf_printf(&text, "line %zu like a command", command);
	else
		buf_printf(&text, "%zu line%s", lines, lines == 1 ? "" : "s");
	if (q->cut > 0)
		buf_printf(&text, ", %zu bytes cut after", q->cut);
	put_question(q->brief, sizeof(q->brief), &text);
}

static void
ask_paste(struct ui *ui)
{
	struct question *q = &ui->tui->shown->question;
	size_t len = length(q), lines = line_count(q->paste, len);
	size_t parts = part_count(q->paste, len), used;
	size_t command = typed_command_in(q->paste, len, 1, NULL);
	struct buf text = { 0 };

	editor_text(&ui->tui->shown->editor, &used);
	q->kind = QUESTION_PASTE;
	q->commands = command > 0;
	q->editable = q->cut == 0 && used + len <= TEXT_MAX;
	buf_printf(&text, "Send %zu line%s, %zu bytes", lines,
	    lines == 1 ? "" : "s", len);
	if (parts > 1)
		buf_printf(&text, ", as %zu messages", parts);
	buf_printf(&text, "? ");
	if (q->cut > 0)
		buf_printf(&text,
		    "%zu bytes after that, from line %zu on, are cut off. ",
		    q->cut, lines);
	if (command > 0)
		buf_printf(&text, "Line %zu begins like a command. ", command);
	buf_printf(&text, "%s, %sn drops",
	    command > 0 ? "s says all" : "y sends",
	    q->editable ? "e edits, " : "");
	put_question(q->text, sizeof(q->text), &text);
	ask_briefly(q, lines, command);
}

/* Adds to what was pasted as much as a paste may hold. Once something is
 * missing, so is all that comes after it. */
static void
add_text(struct question *q, const char *text, size_t len)
{
	size_t room = q->cut > 0 ? 0 : KEYS_PASTE_MAX - q->len, kept = len;

	if (kept > room) {
		kept = room;
		while (kept > 0 && (text[kept] & 0xc0) == 0x80)
			kept--;
		q->cut += len - kept;
	}
	q->paste = realloc(q->paste, q->len + kept + 1);
	if (q->paste == NULL)
		fatal("no memory for what was pasted");
	memcpy(q->paste + q->len, text, kept);
	q->len += kept;
	q->paste[q->len] = '\0';
}

/* The text that was typed in the moment before is the first line: it comes back
 * if the rest is dropped. */
static void
take_draft(struct ui *ui)
{
	struct question *q = &ui->tui->shown->question;
	struct editor *e = &ui->tui->shown->editor;
	const char *text;
	size_t len;

	text = editor_text(e, &len);
	q->draft = strndup(text, len);
	if (q->draft == NULL)
		fatal("no memory for a line");
	add_text(q, text, len);
	editor_clear(e);
}

/* More comes while the question is there. Two pastes in brackets are lines of
 * their own each; without brackets, it may be the rest of a line. */
static void
add_paste(struct ui *ui, const struct key_event *event)
{
	struct question *q = &ui->tui->shown->question;

	if (!q->bare && !event->bare && event->len > 0)
		add_text(q, "\n", 1);
	add_text(q, event->bytes, event->len);
	q->cut += event->cut;
	ask_paste(ui);
}

/* An invite that was copied from a screen has line breaks where that wrapped
 * it. It goes into the input line without them: nobody means to say them. */
static bool
take_invite(struct ui *ui, const struct key_event *event)
{
	struct buf line = { 0 };
	bool taken = false;

	if (event->cut > 0 || event->follows ||
	    !invite_begins(event->bytes, event->len))
		return false;
	for (size_t i = 0; i < event->len; i++)
		if (!command_is_blank(event->bytes[i]))
			buf_put(&line, event->bytes + i, 1);
	if (line.len <= INVITE_TEXT_MAX)
		taken = editor_insert(&ui->tui->shown->editor, line.bytes,
		    line.len);
	buf_wipe(&line);
	return taken;
}

void
question_paste(struct ui *ui, const struct key_event *event)
{
	struct question *q = &ui->tui->shown->question;
	const char *text = event->bytes;
	size_t len = event->len;

	if (q->kind == QUESTION_PASTE) {
		add_paste(ui, event);
		return;
	}
	if (q->kind == QUESTION_NONE && take_invite(ui, event))
		return;
	while (!event->bare && len > 0 && text[len - 1] == '\n')
		len--;
	if (len == 0)
		return;
	if (!event->bare && memchr(text, '\n', len) == NULL &&
	    event->cut == 0 &&
	    editor_insert(&ui->tui->shown->editor, text, len))
		return;
	if (q->kind == QUESTION_NONE)
		question_end(q);
	else
		question_restore(ui);
	if (event->follows)
		take_draft(ui);
	add_text(q, text, len);
	q->cut += event->cut;
	q->bare = event->bare;
	ask_paste(ui);
}

/* Each part goes where a typed text would. */
static void
say_part(struct pane *pane, const char *text, size_t len)
{
	struct tui *t = pane->room->ui->tui;

	t->obeyed = pane;
	ui_say(pane->room, text, len);
	t->obeyed = NULL;
}

static void
send_paste(struct ui *ui, const struct question *q)
{
	size_t len = length(q), end;

	for (size_t at = 0; at < len;) {
		end = part_end(q->paste, len, at);
		if (said_full(&ui->front->said)) {
			ui_error(ui->front,
			    "too much is waiting to be sent: the last %zu "
			    "bytes of what you pasted are not sent",
			    len - at);
			return;
		}
		say_part(ui->tui->shown, q->paste + at, end - at);
		at = end + (end < len && q->paste[end] == '\n');
	}
}

/* After a key that is not an answer, no other key is one for this long: the
 * user types a word and has not seen the question, and the word has other
 * letters. */
#define WORD_TIME USEC_PER_SEC

/* Returns the letter of a key that may be an answer, or 0. */
static int
answer(struct ui *ui, const struct key_event *event)
{
	struct question *q = &ui->tui->shown->question;
	int key = key_letter(event);
	bool is_answer = key != 0 && strchr("ysen", key) != NULL;

	if (event->kind == KEY_BYTES && burst_is_text(event->bytes[0]) &&
	    !is_answer)
		q->typed = ui->now;
	if (q->typed != 0 && ui->now < q->typed + WORD_TIME) {
		q->typed = ui->now;
		return 0;
	}
	return key;
}

void
question_paste_key(struct ui *ui, const struct key_event *event)
{
	struct question *q = &ui->tui->shown->question;
	int key = answer(ui, event);

	if (key == (q->commands ? 's' : 'y')) {
		send_paste(ui, q);
		question_end(q);
	} else if (key == 'e' && q->editable) {
		editor_insert(&ui->tui->shown->editor, q->paste, length(q));
		question_end(q);
	} else if (key == 'n') {
		question_restore(ui);
	}
}
