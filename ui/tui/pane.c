/*
 * The panes. See pane.h.
 */
#include "ui/tui/pane.h"

#include "ui/tui/tui.h"

#include "common/log.h"

#include <stdlib.h>

void
pane_open(struct room *room)
{
	struct pane *pane = calloc(1, sizeof(*pane));

	if (pane == NULL)
		fatal("no memory for a room's screen");
	pane->room = room;
	history_init(&pane->history);
	pane->history.ascii = room->ui->ascii;
	room->pane = pane;
}

void
pane_close(struct room *room)
{
	struct pane *pane = room->pane;

	if (pane == NULL)
		return;
	editor_free(&pane->editor);
	history_free(&pane->history);
	free(pane);
	room->pane = NULL;
}

void
pane_painted(struct pane *pane)
{
	pane->painted_entry = pane->history.next;
	pane->painted_bytes = pane->history.appended;
}
