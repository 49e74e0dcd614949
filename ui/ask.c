/*
 * Questions to cryptod. See ask.h.
 */
#include "ui/ask.h"

#include "ui/errors.h"

void
ui_poll_status(struct ui *ui)
{
	if (!ui->status_asked &&
	    ipc_send(&ui->cryptod, IPC_STATUS_ASK, NULL, NULL, 0) == 0)
		ui->status_asked = true;
}

void
ui_ask_status(struct ui *ui)
{
	ui_poll_status(ui);
	if (ui->status_asked)
		ui->status_wanted = true;
	else
		ui_error(ui,
		    "that is not possible while cryptod is being "
		    "restarted");
}

void
ui_ask_invite(struct ui *ui, bool qr)
{
	if (ipc_send(&ui->cryptod, IPC_INVITE_ASK, NULL, NULL, 0) == 0)
		ui->qr_wanted |= qr;
	else
		ui_line_error(ui,
		    "that is not possible while cryptod is being restarted");
}

/* Asks cryptod about a peer, if it can be asked. */
static void
ask(struct ui *ui, const struct peer *p, enum ipc_type type, const void *body)
{
	if (p->us)
		ui_line_error(ui,
		    "that is you, in another place with the same key");
	else if (p->handle == 0 || !p->known)
		ui_line_error(ui, "%s is not connected: its key is not known",
		    p->shown);
	else if (ipc_send(&ui->cryptod, type, body, NULL, 0) == -1)
		ui_line_error(ui,
		    "that is not possible while cryptod is being restarted");
}

void
ui_ask_safety(struct ui *ui, const struct peer *p)
{
	struct ipc_peer body = { .handle = p->handle };

	ask(ui, p, IPC_SAFETY_ASK, &body);
}

void
ui_set_verified(struct ui *ui, const struct peer *p, bool verified)
{
	struct ipc_verified body = {
		.handle = p->handle,
		.verified = verified,
	};

	ask(ui, p, IPC_SET_VERIFIED, &body);
}
