/*
 * Where everything is on the screen. See places.h.
 */
#include "ui/places.h"

#include "ui/rooms.h"

#include <string.h>

void
places_put(struct ipc_place *at, const struct room *room, const uint8_t *person)
{
	at->serial = room->serial;
	at->room = (uint8_t)room->number;
	at->kind = person != NULL ? PLACE_PERSON : PLACE_ROOM;
	if (person != NULL)
		memcpy(at->person, person, sizeof(at->person));
}

bool
places_is_of(const struct ipc_place *at, const struct room *room)
{
	return at->kind != PLACE_FREE && at->room == room->number &&
	    at->serial == room->serial;
}

/* --- Telling -------------------------------------------------------------- */

static void
compose(const struct ui *ui, struct ipc_places *p)
{
	memset(p, 0, sizeof(*p));
	if (ui->view->places != NULL) {
		ui->view->places(ui, p);
	} else {
		FOREACH_ROOM (room, ui)
			places_put(&p->at[room->number], room, NULL);
		p->current = (uint8_t)ui->front->number;
		p->adrift = ui->adrift;
	}
	p->first_closed = ui->first == NULL;
	/* The next ui does not ask on, and a passphrase is not for a room. */
	if (ui->asking.name.len > 0)
		p->adrift = 1;
}

void
places_tell(struct ui *ui)
{
	struct ipc_places now;

	if (ui->mode != MODE_CLIENT || ui->phase >= UI_QUITTING)
		return;
	compose(ui, &now);
	if (memcmp(&now, &ui->places_told, sizeof(now)) != 0 &&
	    ipc_send(ui->launcher, IPC_PLACES, &now, NULL, 0) == 0)
		ui->places_told = now;
}

/* --- Restoring ------------------------------------------------------------ */

void
places_lost(struct ui *ui)
{
	if (ui->view->adrift != NULL)
		ui->view->adrift(ui);
	else
		ui->adrift = true;
}

void
places_before(struct ui *ui, const struct ipc_places *before)
{
	ui->places_before = *before;
	/* The room that we were told to begin with is another one then. */
	if (before->first_closed)
		ui->first = NULL;
	places_lost(ui);
}

/* For views without places of their own. */
static bool
restore(struct room *room, const struct ipc_places *before)
{
	struct ui *ui = room->ui;

	if (!places_is_of(&before->at[before->current], room))
		return false;
	ui_turn_to(room);
	ui->adrift = before->adrift;
	return true;
}

void
places_restore(struct room *room)
{
	struct ui *ui = room->ui;
	bool (*put)(struct room *, const struct ipc_places *) =
	    ui->view->restore != NULL ? ui->view->restore : restore;

	if (put(room, &ui->places_before))
		ui->places_known = true;
}
