/*
 * Receipts for messages that were shown: a receipt says just that, so it goes
 * once the output is written.
 */
#ifndef UI_RECEIPTS_H
#define UI_RECEIPTS_H

#include "ui/ui.h"

/* Notes that a message has been put out, to send its receipt later. With the
 * tui it is not out before ui_shown(). */
void ui_owe_receipt(struct room *, const struct ipc_message *);
/* A frame was put out that shows, or could show, every message that
 * came, in all rooms. */
void ui_shown(struct ui *);
/* The output that is not written yet will not be written: it was not shown. */
void ui_not_shown(struct ui *);
/* Sends the receipts that are due. */
void ui_send_receipts(struct room *);

#endif
