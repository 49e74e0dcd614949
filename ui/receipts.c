/*
 * Receipts for what was shown. See receipts.h.
 */
#include "ui/receipts.h"

#include "common/log.h"

void
ui_owe_receipt(struct room *room, const struct ipc_message *message)
{
	struct ui_receipt *r;

	/* Nobody reads a message on a screen that is about to go. */
	if (room->ui->out.gone ||
	    (room->ui->tui != NULL && room->ui->phase >= UI_QUITTING))
		return;
	if (room->receipt_count == UI_RECEIPTS_MAX)
		fatal("more messages than receipts");
	r = &room->receipts[(room->receipt_first + room->receipt_count++) %
	    UI_RECEIPTS_MAX];
	r->body.handle = message->handle;
	r->body.seq = message->seq;
	r->at = room->ui->view->work != NULL ? UI_NOT_SHOWN : room->ui->out.put;
}

static void
shown(struct room *room)
{
	struct ui_receipt *r;

	for (size_t i = room->receipt_count; i-- > 0;) {
		r = &room->receipts[(room->receipt_first + i) %
		    UI_RECEIPTS_MAX];
		if (r->at != UI_NOT_SHOWN)
			return; /* so are those before it */
		r->at = room->ui->out.put;
	}
}

void
ui_shown(struct ui *ui)
{
	FOREACH_ROOM (room, ui)
		shown(room);
}

static void
not_shown(struct room *room)
{
	struct ui_receipt *r;

	for (size_t i = 0; i < room->receipt_count; i++) {
		r = &room->receipts[(room->receipt_first + i) %
		    UI_RECEIPTS_MAX];
		if (r->at > room->ui->out.written)
			r->at = UI_NOT_SHOWN;
	}
}

void
ui_not_shown(struct ui *ui)
{
	FOREACH_ROOM (room, ui)
		not_shown(room);
	output_drop(&ui->out);
}

/* A cryptod that does not read them gets no more, or they would fill the
 * memory that messages may wait in, and end ui for all rooms. */
void
ui_send_receipts(struct room *room)
{
	const struct ui_receipt *r;

	while (room->receipt_count > 0 && !ipc_congested(&room->cryptod)) {
		r = &room->receipts[room->receipt_first];
		if (r->at > room->ui->out.written)
			return;
		ipc_send(&room->cryptod, IPC_RECEIPT, &r->body, NULL, 0);
		room->receipt_first =
		    (room->receipt_first + 1) % UI_RECEIPTS_MAX;
		room->receipt_count--;
	}
}
