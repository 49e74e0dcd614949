/*
 * Questions. See question.h.
 */
#include "ui/tui/question.h"

#include "ui/tui/tui.h"

#include "ui/ask.h"
#include "ui/command_peer.h"
#include "ui/errors.h"
#include "ui/format.h"
#include "ui/leave.h"
#include "ui/typed.h"

#include "common/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HINT_NOTHING "nothing was marked"
#define HINT_WORD    "nothing was marked: type the whole word yes"
#define HINT_KEPT    "nothing was marked; Enter sends the line"

/* The user has to type out "yes"; anything else changes nothing. */
void
question_verify(struct pane *pane, const struct peer *p)
{
	struct question *q = &pane->question;
	struct buf name = { 0 };
	const char *text;
	size_t len;

	if (q->kind != QUESTION_NONE)
		return;
	q->kind = QUESTION_VERIFY;
	q->id = p->id;
	format_argument(&name, p->shown);
	snprintf(q->text, sizeof(q->text),
	    "Does %.*s read out the same number? Type yes or no.",
	    (int)name.len, name.bytes);
	snprintf(q->brief, sizeof(q->brief), "The same number there?");
	buf_free(&name);
	text = editor_text(&pane->editor, &len);
	q->draft = strndup(text, len);
	if (q->draft == NULL)
		fatal("no memory for a line");
	editor_clear(&pane->editor);
}

void
question_leave(struct ui *ui)
{
	struct question *q = &ui->tui->shown->question;
	const struct ipc_stats *s = &ui->front->stats;

	q->kind = QUESTION_END;
	snprintf(q->text, sizeof(q->text),
	    "End the bootnode? It has %" PRIu64 " session%s in %" PRIu64
	    " room%s. y ends it, any other key does not",
	    s->sessions, s->sessions == 1 ? "" : "s", s->rooms,
	    s->rooms == 1 ? "" : "s");
	snprintf(q->brief, sizeof(q->brief), "y ends the bootnode, n does not");
}

/* Ctrl-C and Ctrl-D ask, too, and as in a client the second one leaves. */
static void
answer_leave(struct ui *ui, const struct key_event *event)
{
	bool y = key_letter(event) == 'y';

	question_end(&ui->tui->shown->question);
	if (y || event->kind == KEY_CTRL_C || event->kind == KEY_CTRL_D)
		ui_quit(ui);
}

static void
mark(struct ui *ui, const struct peer_id *id)
{
	const struct peer *p = model_peer_by_id(&ui->front->model, id);

	if (p == NULL || !p->present)
		ui_error(ui->front, "that peer has left; nothing was marked");
	else
		ui_set_verified(ui->front, p, true);
}

/* A line that is no answer is not lost, and not said either. */
static void
answer_verify(struct ui *ui)
{
	struct question *q = &ui->tui->shown->question;
	struct peer_id id = q->id;
	size_t len;
	const char *text = editor_text(&ui->tui->shown->editor, &len);
	enum typed_answer answer = typed_answer(text, len);
	bool kept = answer == ANSWER_NONE && typed_begin(text, len).at < len;

	if (answer == ANSWER_YES)
		mark(ui, &id);
	else if (answer == ANSWER_Y)
		tui_hint(ui, HINT_WORD);
	else
		tui_hint(ui, kept ? HINT_KEPT : HINT_NOTHING);
	if (answer != ANSWER_NONE)
		editor_clear(&ui->tui->shown->editor);
	command_compared(ui->front);
	question_restore(ui);
}

const struct question *
question_shown(const struct ui *ui)
{
	const struct tui *t = ui->tui;

	if (hidden_is_asked(ui))
		return &t->hidden.question;
	return t->shown->question.kind != QUESTION_NONE ? &t->shown->question
							: NULL;
}

static bool
gives_up(const struct key_event *event)
{
	return event->kind == KEY_ESCAPE || event->kind == KEY_CTRL_C ||
	    event->kind == KEY_CTRL_D || event->kind == KEY_CTRL_G;
}

void
question_key(struct ui *ui, const struct key_event *event)
{
	struct question *q = &ui->tui->shown->question;

	if (q->kind == QUESTION_END) {
		answer_leave(ui, event);
	} else if (q->kind == QUESTION_PASTE && !gives_up(event)) {
		question_paste_key(ui, event);
	} else if (gives_up(event)) {
		if (q->kind == QUESTION_VERIFY) {
			tui_hint(ui, HINT_NOTHING);
			command_compared(ui->front);
		}
		question_restore(ui);
	} else if (event->kind == KEY_ENTER) {
		answer_verify(ui);
	}
}
