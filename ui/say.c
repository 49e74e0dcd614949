/*
 * Says the user's texts. See say.h.
 */
#include "ui/say.h"

#include "ui/errors.h"
#include "ui/people.h"

bool
ui_takes_lines(const struct room *room)
{
	const struct ui *ui = room->ui;

	return ui->phase <= UI_DRAINING && !said_full(&room->said) &&
	    !output_full(&ui->out) && !ipc_congested(&room->cryptod) &&
	    (ui->side == NULL || ui->side->takes_commands(ui));
}

/* to: one of the places that it goes to, or NULL. */
static int
say_to(struct room *room, unsigned int flags, const struct peer *to,
    const struct peer_id *ids, uint32_t count, const char *text, size_t len)
{
	uint64_t seq;

	if (room->ui->mode == MODE_BOOTNODE)
		ui_line_error(room, "a bootnode does not chat; not sent");
	else if (len > TEXT_MAX)
		ui_line_error(room,
		    "a text of %zu bytes is over the limit of "
		    "%d; not sent",
		    len, TEXT_MAX);
	else if (to != NULL && !to->known)
		ui_line_error(room,
		    "that person is not connected, so their key is not known "
		    "yet; not sent");
	else if (said_full(&room->said))
		ui_line_error(room, "too much is waiting to be sent; not sent");
	else {
		if (to != NULL)
			flags |= TEXT_FLAG_PRIVATE;
		seq = said_hold(&room->said, flags, ids, count,
		    to != NULL ? to->fingerprint : NULL, text, len);
		room->ui->view->said(room, seq, flags, to, text, len);
		return 0;
	}
	return -1;
}

int
ui_say_as(struct room *room, unsigned int flags, const struct peer *to,
    const char *text, size_t len)
{
	return say_to(room, flags, to, to != NULL ? &to->id : NULL, to != NULL,
	    text, len);
}

int
ui_say_to_person(struct room *room, unsigned int flags, const struct peer *to,
    const char *text, size_t len)
{
	struct peer_id ids[CLIENT_PEERS_MAX] = { to->id };
	const struct peer *p = NULL;
	uint32_t count = 1;

	while (count < CLIENT_PEERS_MAX &&
	    (p = people_elsewhere(&room->model, to, p)) != NULL)
		ids[count++] = p->id;
	return say_to(room, flags, to, ids, count, text, len);
}

void
ui_say_typed(struct room *room, unsigned int flags, const char *text,
    size_t len)
{
	const struct view *view = room->ui->view;

	if (view->alone == NULL || !view->alone(room, flags, text, len))
		ui_say_as(room, flags, NULL, text, len);
}

void
ui_say(struct room *room, const char *text, size_t len)
{
	ui_say_typed(room, 0, text, len);
}
