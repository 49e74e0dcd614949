/*
 * Questions. See question.h.
 */
#include "ui/tui/question.h"

#include "ui/tui/tui.h"

#include "ui/command.h"
#include "ui/typed.h"

#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
question_end(struct question *q)
{
	free(q->paste);
	memset(q, 0, sizeof(*q));
}

/* The end of the part that starts at start and fits one message: at the end
 * of a line if there is one, else at least not within a character. */
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

static size_t
line_count(const char *text, size_t len)
{
	size_t lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines;
}

static void
ask_paste(struct question *q, bool truncated)
{
	size_t lines = line_count(q->paste, q->len);
	size_t parts = part_count(q->paste, q->len);
	size_t command = typed_command_in(q->paste, q->len, 1, NULL);
	char as[40] = "", what[60] = "y sends";

	if (parts > 1)
		snprintf(as, sizeof(as), " as %zu messages", parts);
	if (command > 0)
		snprintf(what, sizeof(what),
		    "Line %zu begins like a command: s says all", command);
	q->commands = command > 0;
	q->kind = QUESTION_PASTE;
	snprintf(q->text, sizeof(q->text),
	    "Send %s%zu line%s, %zu bytes%s? %s, e edits, n drops",
	    truncated ? "the first " : "", lines, lines == 1 ? "" : "s", q->len,
	    as, what);
}

void
question_paste(struct ui *ui, const char *text, size_t len, bool truncated)
{
	struct question *q = &ui->tui->question;
	char *paste;

	if (ui->mode == MODE_BOOTNODE)
		return;
	while (len > 0 && text[len - 1] == '\n')
		len--;
	if (len == 0)
		return;
	paste = strndup(text, len);
	if (paste == NULL)
		fatal("no memory for what was pasted");
	if (memchr(paste, '\n', len) == NULL && !truncated &&
	    editor_insert(paste, len)) {
		free(paste);
		return;
	}
	question_end(q);
	q->paste = paste;
	q->len = len;
	ask_paste(q, truncated);
}

static void
send_paste(struct ui *ui, const struct question *q)
{
	size_t end;

	for (size_t at = 0; at < q->len;) {
		end = part_end(q->paste, q->len, at);
		if (said_full(&ui->said)) {
			ui_error(ui,
			    "too much waits to be sent: the last %zu bytes of "
			    "what was pasted are not sent",
			    q->len - at);
			return;
		}
		ui_say(ui, q->paste + at, end - at);
		at = end + (end < q->len && q->paste[end] == '\n');
	}
}

static void
answer_paste(struct ui *ui, char key)
{
	struct question *q = &ui->tui->question;

	if (key == (q->commands ? 's' : 'y'))
		send_paste(ui, q);
	else if (key == 'e' && !editor_insert(q->paste, q->len))
		ui_error(ui,
		    "the input line holds %d bytes at most; what was pasted "
		    "is dropped",
		    TEXT_MAX);
	else if (key != 'e' && key != 'n')
		return;
	question_end(q);
}

/* "yes" has to be typed out; anything else changes nothing. */
void
question_verify(struct ui *ui, const struct peer *p)
{
	struct question *q = &ui->tui->question;
	struct buf name = { 0 };

	if (q->kind != QUESTION_NONE)
		return;
	q->kind = QUESTION_VERIFY;
	q->id = p->id;
	command_quote(&name, p->shown);
	snprintf(q->text, sizeof(q->text),
	    "Does %.*s read out the same number?", (int)name.len, name.bytes);
	buf_free(&name);
}

static void
answer_verify(struct ui *ui)
{
	struct question *q = &ui->tui->question;
	const struct peer *p = model_peer_by_id(&ui->model, &q->id);
	bool yes = strcmp(q->typed, "yes") == 0;

	if (yes && (p == NULL || !p->present))
		ui_error(ui, "it left meanwhile; nothing was marked");
	else if (yes)
		ui_set_verified(ui, p, true);
	else
		tui_hint(ui, "nothing was marked");
	command_compared(ui);
	question_end(q);
}

/* A word of at most so many letters, and Enter. */
static void
type_word(struct ui *ui, const struct key_event *event)
{
	struct question *q = &ui->tui->question;
	size_t n = strlen(q->typed);

	if (event->kind == KEY_ENTER)
		answer_verify(ui);
	else if (event->kind != KEY_BYTES || event->len != 1)
		return;
	else if ((event->bytes[0] == 0x7f || event->bytes[0] == '\b') && n > 0)
		q->typed[n - 1] = '\0';
	else if (event->bytes[0] > ' ' && event->bytes[0] < 0x7f &&
	    n < sizeof(q->typed) - 1)
		q->typed[n] = (char)(event->bytes[0] | 0x20);
}

void
question_key(struct ui *ui, const struct key_event *event)
{
	struct question *q = &ui->tui->question;
	bool off = event->kind == KEY_ESCAPE || event->kind == KEY_CTRL_C ||
	    event->kind == KEY_CTRL_G;

	if (off && q->kind == QUESTION_VERIFY) {
		tui_hint(ui, "nothing was marked");
		command_compared(ui);
	}
	if (off)
		question_end(q);
	else if (q->kind == QUESTION_VERIFY)
		type_word(ui, event);
	else if (event->kind == KEY_BYTES && event->len == 1)
		answer_paste(ui, (char)(event->bytes[0] | 0x20));
}
