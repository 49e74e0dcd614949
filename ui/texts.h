/*
 * Texts on their way between cryptod and the view.
 *
 *	cryptod -> MESSAGE -> texts_message -> view, receipts
 *	cryptod -> SENT, DELIVERED, UNDELIVERED -> said, past -> view
 */
#ifndef UI_TEXTS_H
#define UI_TEXTS_H

#include "common/dispatch.h"

/* Handlers of dispatch.c, of the messages with these names; -1 if the message
 * makes no sense now. */
int texts_fork(void *room, const struct ipc_message_in *);
int texts_message(void *room, const struct ipc_message_in *);
int texts_sent(void *room, const struct ipc_message_in *);
int texts_sent_also(void *room, const struct ipc_message_in *);
int texts_sent_all(void *room, const struct ipc_message_in *);
int texts_delivered(void *room, const struct ipc_message_in *);
int texts_delivered_late(void *room, const struct ipc_message_in *);
int texts_undelivered(void *room, const struct ipc_message_in *);

#endif
