/*
 * Receipts for what was shown. See receipts.h.
 */
#include "ui/receipts.h"

#include "common/log.h"

void
ui_owe_receipt(struct ui *ui, const struct ipc_message *message)
{
	struct ui_receipt *r;

	/* Nobody reads a message on a screen that is about to go. */
	if (ui->out.gone || (ui->tui != NULL && ui->phase >= UI_QUITTING))
		return;
	if (ui->receipt_count == UI_RECEIPTS_MAX)
		fatal("more messages than receipts");
	r = &ui->receipts[(ui->receipt_first + ui->receipt_count++) %
	    UI_RECEIPTS_MAX];
	r->body.handle = message->handle;
	r->body.seq = message->seq;
	r->at = ui->view->work != NULL ? UI_NOT_SHOWN : ui->out.put;
}

void
ui_shown(struct ui *ui)
{
	struct ui_receipt *r;

	for (size_t i = ui->receipt_count; i-- > 0;) {
		r = &ui->receipts[(ui->receipt_first + i) % UI_RECEIPTS_MAX];
		if (r->at != UI_NOT_SHOWN)
			return; /* so are those before it */
		r->at = ui->out.put;
	}
}

void
ui_not_shown(struct ui *ui)
{
	struct ui_receipt *r;

	for (size_t i = 0; i < ui->receipt_count; i++) {
		r = &ui->receipts[(ui->receipt_first + i) % UI_RECEIPTS_MAX];
		if (r->at > ui->out.written)
			r->at = UI_NOT_SHOWN;
	}
	output_drop(&ui->out);
}

void
ui_send_receipts(struct ui *ui)
{
	const struct ui_receipt *r;

	while (ui->receipt_count > 0) {
		r = &ui->receipts[ui->receipt_first];
		if (r->at > ui->out.written)
			return;
		ipc_send(&ui->cryptod, IPC_RECEIPT, &r->body, NULL, 0);
		ui->receipt_first = (ui->receipt_first + 1) % UI_RECEIPTS_MAX;
		ui->receipt_count--;
	}
}
