/*
 * Receipts for what was shown: a receipt says that, so it goes once the output
 * is written.
 */
#ifndef UI_RECEIPTS_H
#define UI_RECEIPTS_H

#include "ui/ui.h"

/* Notes that a message has been put out, to send its receipt later. With the
 * tui it is not out before ui_shown(). */
void ui_owe_receipt(struct ui *, const struct ipc_message *);
/* A frame was put out that shows, or could show, all that came. */
void ui_shown(struct ui *);
/* What is put out and not yet written will not be: it was not shown. */
void ui_not_shown(struct ui *);
/* Sends those that are due. */
void ui_send_receipts(struct ui *);

#endif
