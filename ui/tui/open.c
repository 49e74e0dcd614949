/*
 * Opens the tui, which is the view from then on. See tui.h.
 */
#include "ui/tui/tui.h"

#include "ui/tui/feed.h"

#include "common/log.h"

#include <stdlib.h>

void
tui_open(struct ui *ui, const struct ipc_config_ui *config,
    const struct terminal *terminal)
{
	struct tui *t = calloc(1, sizeof(*t));

	if (t == NULL)
		fatal("no memory for the screen");
	t->terminal = *terminal;
	t->painter.colours = terminal->colours;
	t->painter.links = terminal->links;
	t->attention.title_stale = true;
	t->attention.how = config->notify;
	t->attention.what = config->notify_for;
	t->mouse = config->mouse == MOUSE_ON;
	keys_init(&t->keys);
	ui->tui = t;
	ui->view = &view_tui;
	FOREACH_ROOM (room, ui)
		pane_open(room);
	tui_turn(ui->front->pane);
}
