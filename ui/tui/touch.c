/*
 * Functions of the tui that all of its parts need. See tui.h.
 */
#include "ui/tui/tui.h"

void
tui_touch(struct ui *ui)
{
	ui->tui->changed = true;
}

void
tui_hint(struct ui *ui, const char *hint)
{
	ui->tui->hint = hint;
	tui_touch(ui);
}

enum style
tui_nick_style(const struct room *room, const struct peer *p)
{
	return colours_of(&room->ui->tui->colours, &room->model, p,
	    room->ui->tui->painter.colours);
}
