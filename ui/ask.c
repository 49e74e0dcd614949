/*
 * Questions to cryptod. See ask.h.
 */
#include "ui/ask.h"

#include "ui/errors.h"

void
ui_poll_status(struct room *room)
{
	if (!room->status_asked &&
	    ipc_send(&room->cryptod, IPC_STATUS_ASK, NULL, NULL, 0) == 0)
		room->status_asked = true;
	room->status_quiet = false;
}

void
ui_fetch_status(struct room *room)
{
	if (room->status_asked ||
	    ipc_send(&room->cryptod, IPC_STATUS_ASK, NULL, NULL, 0) == -1)
		return;
	room->status_asked = room->status_quiet = true;
}

void
ui_ask_status(struct room *room)
{
	ui_poll_status(room);
	if (room->status_asked)
		room->status_wanted = true;
	else
		ui_error(room,
		    "that is not possible while cryptod is being "
		    "restarted");
}

void
ui_ask_invite(struct room *room, bool qr)
{
	if (ipc_send(&room->cryptod, IPC_INVITE_ASK, NULL, NULL, 0) == 0)
		room->qr_wanted |= qr;
	else
		ui_line_error(room,
		    "that is not possible while cryptod is being restarted");
}

/* Asks cryptod about a peer, if it can be asked. */
static void
ask(struct room *room, const struct peer *p, enum ipc_type type,
    const void *body)
{
	if (p->us)
		ui_line_error(room,
		    "that is you, in another place with the same key");
	else if (p->handle == 0 || !p->known)
		ui_line_error(room, "%s is not connected: its key is not known",
		    p->shown);
	else if (ipc_send(&room->cryptod, type, body, NULL, 0) == -1)
		ui_line_error(room,
		    "that is not possible while cryptod is being restarted");
}

void
ui_ask_safety(struct room *room, const struct peer *p)
{
	struct ipc_peer body = { .handle = p->handle };

	ask(room, p, IPC_SAFETY_ASK, &body);
}

void
ui_set_verified(struct room *room, const struct peer *p, bool verified)
{
	struct ipc_verified body = {
		.handle = p->handle,
		.verified = verified,
	};

	ask(room, p, IPC_SET_VERIFIED, &body);
}
