/*
 * Turning to another pane: by a key, by a command, or because the room is gone.
 * See pane.h.
 */
#include "ui/tui/action_parts.h"
#include "ui/tui/tui.h"

#include "ui/text.h"

#include <stdio.h>
#include <string.h>

bool
turn_is_busy(const struct tui *t)
{
	const struct pane *p = t->shown;
	size_t len;

	editor_text(&p->editor, &len);
	return t->hidden.question.kind != QUESTION_NONE || len > 0 ||
	    p->ahead.waiting || p->ahead.len > 0 ||
	    p->question.kind != QUESTION_NONE || p->search.typing ||
	    t->burst.len > 0 || t->burst.pasted || !keys_at_start(&t->keys);
}

void
tui_turn(struct pane *to)
{
	struct ui *ui = to->room->ui;
	struct tui *t = ui->tui;
	struct pane *from = t->shown;

	ui->front = to->room;
	if (from == to)
		return;
	complete_end(&t->complete);
	if (from != NULL) {
		draft_hurry(ui, &from->draft);
		unread_leave(&from->unread, &from->history);
		if (t->obeyed == NULL && !t->by_key && turn_is_busy(t))
			tui_adrift(ui, ADRIFT_GONE);
		if (t->replaying)
			ahead_move(&to->ahead, &from->ahead);
	}
	t->shown = to;
	unread_read(&to->unread);
	t->attention.title_stale = true;
	tui_touch(ui);
}

/* Tells how to get there. */
static void
offer(struct ui *ui, const struct pane *pane)
{
	struct tui *t = ui->tui;
	const char *name = pane->room->handle;
	char shown[TEXT_SHOWN_MAX];

	(void)snprintf(t->hint_text, sizeof(t->hint_text),
	    "/room %u turns to %s", pane->number,
	    text_excerpt(shown, sizeof(shown), name, strlen(name)));
	tui_hint(ui, t->hint_text);
}

/* An answer of another process never comes between the letters of a line, of
 * which the rest would go elsewhere: then there is a hint instead. But a room
 * that is being left is turned away from in any case. */
void
tui_turned(struct room *room)
{
	struct ui *ui = room->ui;
	struct tui *t = ui->tui;

	if (t->obeyed == NULL && t->shown != room->pane &&
	    t->shown->room->phase == ROOM_STAYS && turn_is_busy(t)) {
		ui->front = t->shown->room;
		offer(ui, room->pane);
		return;
	}
	tui_turn(room->pane);
}

bool
tui_turn_to(struct ui *ui, unsigned int number)
{
	struct tui *t = ui->tui;

	if (number < 1 || number > PANES_MAX || t->panes[number - 1] == NULL)
		return false;
	tui_turn(t->panes[number - 1]);
	return true;
}

/* --- Keys ----------------------------------------------------------------- */

/* Returns the number of the place that the key names, or 0. */
static unsigned int
place_of(const struct key_event *event)
{
	if (event->kind != KEY_BYTES || event->len != 2 ||
	    event->bytes[0] != '\033' || event->bytes[1] < '0' ||
	    event->bytes[1] > '9')
		return 0;
	return event->bytes[1] == '0' ? 10
				      : (unsigned int)(event->bytes[1] - '0');
}

/* Returns the next pane in that direction, around the ends. */
static struct pane *
neighbour(const struct tui *t, bool forward)
{
	size_t at = t->shown->number - 1;

	do
		at = (at + (forward ? 1 : PANES_MAX - 1)) % PANES_MAX;
	while (t->panes[at] == NULL);
	return t->panes[at];
}

/* True for the keys to the pane before or after; *forward tells which. */
static bool
is_step(const struct key_event *event, bool *forward)
{
	bool control = event->kind == KEY_BYTES && event->len == 1;

	*forward = event->kind == KEY_PANE_NEXT ||
	    (control && event->bytes[0] == 'N' - '@');
	return *forward || event->kind == KEY_PANE_BEFORE ||
	    (control && event->bytes[0] == 'P' - '@');
}

/* Returns the pane with something unread that is most urgent, or NULL. */
static struct pane *
most_urgent(const struct tui *t)
{
	struct pane *best = NULL;

	FOREACH_PANE (pane, t)
		if (pane->unread.count > 0 &&
		    (best == NULL ||
			unread_before(&pane->unread, &best->unread)))
			best = pane;
	return best;
}

static void
turn_by_key(struct ui *ui, struct pane *to)
{
	ui->tui->by_key = true;
	tui_turn(to);
	ui->tui->by_key = false;
}

static void
turn_to_number(struct ui *ui, unsigned int number)
{
	struct pane *to = ui->tui->panes[number - 1];

	if (to != NULL)
		turn_by_key(ui, to);
	else
		tui_hint(ui, "there is no room of that number");
}

static void
turn_to_unread(struct ui *ui)
{
	struct pane *to = most_urgent(ui->tui);

	if (to != NULL)
		turn_by_key(ui, to);
	else
		tui_hint(ui, "nothing is unread in any other room");
}

static bool
is_meta(const struct key_event *event, char c)
{
	return event->kind == KEY_BYTES && event->len == 2 &&
	    event->bytes[0] == '\033' && event->bytes[1] == c;
}

/* A key that was typed ahead had its meaning when it was typed. */
bool
turn_key(struct ui *ui, const struct key_event *event)
{
	struct tui *t = ui->tui;
	unsigned int number = place_of(event);
	bool forward;

	if (ui->mode == MODE_BOOTNODE || t->replaying || hidden_is_asked(ui) ||
	    pane_count(t) < 2)
		return false;
	if (number > 0)
		turn_to_number(ui, number);
	else if (is_meta(event, 'a'))
		turn_to_unread(ui);
	else if (is_step(event, &forward))
		turn_by_key(ui, neighbour(t, forward));
	else
		return false;
	return true;
}
