/*
 * The panes. See pane.h.
 */
#include "ui/tui/pane.h"

#include "ui/tui/tui.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

/* Gives it the first place that is free: there are more than can be taken. */
static void
place(struct tui *t, struct pane *pane)
{
	size_t at = 0;

	while (at < PANES_MAX && t->panes[at] != NULL)
		at++;
	if (at == PANES_MAX)
		fatal("no memory for a room's screen");
	t->panes[at] = pane;
	pane->number = (unsigned int)at + 1;
}

static struct pane *
make(struct room *room)
{
	struct pane *pane = calloc(1, sizeof(*pane));

	if (pane == NULL)
		fatal("no memory for a room's screen");
	pane->room = room;
	history_init(&pane->history);
	pane->history.ascii = room->ui->ascii;
	place(room->ui->tui, pane);
	return pane;
}

void
pane_open(struct room *room)
{
	room->pane = make(room);
	tui_touch(room->ui);
}

struct pane *
pane_open_alone(struct room *room, const uint8_t *fingerprint)
{
	struct pane *pane = make(room);

	pane->alone = true;
	memcpy(pane->person, fingerprint, FINGERPRINT_LEN);
	tui_touch(room->ui);
	return pane;
}

void
pane_drop(struct pane *pane)
{
	struct tui *t = pane->room->ui->tui;

	t->panes[pane->number - 1] = NULL;
	if (t->obeyed == pane)
		t->obeyed = NULL;
	tui_touch(pane->room->ui);
	question_end(&pane->question);
	ahead_drop(&pane->ahead);
	editor_free(&pane->editor);
	history_free(&pane->history);
	explicit_bzero(&pane->draft, sizeof(pane->draft));
	free(pane);
}

void
pane_move(struct pane *pane, unsigned int number)
{
	struct tui *t = pane->room->ui->tui;
	struct pane *other = t->panes[number - 1];

	t->panes[pane->number - 1] = other;
	if (other != NULL)
		other->number = pane->number;
	t->panes[number - 1] = pane;
	pane->number = number;
	tui_touch(pane->room->ui);
}

/* Turns to another room: the one in front, or any. At the end there is none. */
static void
turn_away(struct room *gone)
{
	struct ui *ui = gone->ui;
	struct pane *to = NULL;

	FOREACH_ROOM (room, ui)
		if (room != gone && (to == NULL || room == ui->front))
			to = room->pane;
	if (to != NULL)
		tui_turn(to);
	else
		ui->tui->shown = NULL;
}

void
pane_close(struct room *room)
{
	struct tui *t = room->ui->tui;

	if (t == NULL || room->pane == NULL)
		return;
	if (t->shown != NULL && t->shown->room == room)
		turn_away(room);
	FOREACH_PANE (pane, t)
		if (pane->room == room)
			pane_drop(pane);
	room->pane = NULL;
	tui_touch(room->ui);
}

unsigned int
pane_number(const struct room *room)
{
	return room->pane->number;
}

size_t
pane_count(const struct tui *t)
{
	size_t count = 0;

	FOREACH_PANE (pane, t)
		count++;
	return count;
}

struct pane *
pane_answered(const struct room *room)
{
	const struct tui *t = room->ui->tui;
	struct pane *shown = t->obeyed != NULL ? t->obeyed : t->shown;

	return shown != NULL && shown->room == room ? shown : room->pane;
}

struct entry *
pane_add(struct pane *pane, const struct history_new *new)
{
	unread_line(&pane->unread, &pane->history, new->wall_ms);
	return history_add(&pane->history, new);
}

void
pane_painted(struct pane *pane)
{
	pane->painted_entry = pane->history.next;
	pane->painted_bytes = pane->history.appended;
}
