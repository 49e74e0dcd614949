/*
 * The places of the panes, for the ui after this one, and from the one before.
 * See pane.h.
 */
#include "ui/tui/pane.h"
#include "ui/tui/query.h"
#include "ui/tui/tui.h"

#include "ui/places.h"

void
tui_places(const struct ui *ui, struct ipc_places *places)
{
	const struct tui *t = ui->tui;

	FOREACH_PANE (pane, t)
		places_put(&places->at[pane->number - 1], pane->room,
		    pane->alone ? pane->person : NULL);
	if (t->shown != NULL)
		places->current = (uint8_t)(t->shown->number - 1);
	places->adrift = ui->now < t->adrift_until;
}

bool
tui_restore(struct room *room, const struct ipc_places *before)
{
	struct tui *t = room->ui->tui;
	struct pane *pane, *current = NULL;

	for (size_t i = 0; i < PLACES_MAX; i++) {
		const struct ipc_place *at = &before->at[i];

		if (!places_is_of(at, room))
			continue;
		pane = at->kind == PLACE_ROOM ? room->pane
					      : query_reopen(room, at->person);
		if (pane == NULL)
			continue;
		pane_move(pane, (unsigned int)i + 1);
		if (i == before->current)
			current = pane;
	}
	if (current == NULL)
		return false;
	tui_turn(current);
	if (!before->adrift)
		t->adrift_until = 0;
	return true;
}
