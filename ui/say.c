/*
 * Says the user's texts. See say.h.
 */
#include "ui/say.h"

#include "ui/errors.h"
#include "ui/people.h"

bool
ui_takes_lines(const struct ui *ui)
{
	return ui->phase <= UI_DRAINING && !said_full(&ui->said) &&
	    !output_full(&ui->out) && !ipc_congested(&ui->cryptod);
}

void
ui_say(struct ui *ui, const char *text, size_t len)
{
	ui_say_as(ui, 0, NULL, text, len);
}

/* to: one of the places that it goes to, or NULL. */
static int
say_to(struct ui *ui, unsigned int flags, const struct peer *to,
    const struct peer_id *ids, uint32_t count, const char *text, size_t len)
{
	uint64_t seq;

	if (ui->mode == MODE_BOOTNODE)
		ui_line_error(ui, "a bootnode does not chat; not sent");
	else if (len > TEXT_MAX)
		ui_line_error(ui,
		    "a text of %zu bytes is over the limit of "
		    "%d; not sent",
		    len, TEXT_MAX);
	else if (to != NULL && !to->known)
		ui_line_error(ui,
		    "that person is not connected, so their key is not known "
		    "yet; not sent");
	else if (said_full(&ui->said))
		ui_line_error(ui, "too much is waiting to be sent; not sent");
	else {
		if (to != NULL)
			flags |= TEXT_FLAG_PRIVATE;
		seq = said_hold(&ui->said, flags, ids, count,
		    to != NULL ? to->fingerprint : NULL, text, len);
		ui->view->said(ui, seq, flags, to, text, len);
		return 0;
	}
	return -1;
}

int
ui_say_as(struct ui *ui, unsigned int flags, const struct peer *to,
    const char *text, size_t len)
{
	return say_to(ui, flags, to, to != NULL ? &to->id : NULL, to != NULL,
	    text, len);
}

int
ui_say_to_person(struct ui *ui, unsigned int flags, const struct peer *to,
    const char *text, size_t len)
{
	struct peer_id ids[CLIENT_PEERS_MAX] = { to->id };
	const struct peer *p = NULL;
	uint32_t count = 1;

	while (count < CLIENT_PEERS_MAX &&
	    (p = people_elsewhere(&ui->model, to, p)) != NULL)
		ids[count++] = p->id;
	return say_to(ui, flags, to, ids, count, text, len);
}
