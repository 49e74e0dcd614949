/*
 * What the files of the checks share: ipc_check.c has the table of them.
 */
#ifndef COMMON_IPC_CHECK_PARTS_H
#define COMMON_IPC_CHECK_PARTS_H

#include "common/ipc.h"

/* Binds a pointer to the body as its type. */
#define BODY(type) const struct type *b = in->body

/* ipc_check_figures.c */
bool ipc_check_status_peer(const struct ipc_message_in *);
bool ipc_check_status(const struct ipc_message_in *);
bool ipc_check_figures(const struct ipc_message_in *);
bool ipc_check_net_peer(const struct ipc_message_in *);
bool ipc_check_net_status(const struct ipc_message_in *);
bool ipc_check_stats(const struct ipc_message_in *);

/* True for what may be somebody's nickname. */
bool ipc_is_nick(const char *nick, size_t len);

/* ipc_check_recall.c. DRAFT and RECALL_DRAFT have the same body. */
bool ipc_check_recall(const struct ipc_message_in *);
bool ipc_check_recall_missed(const struct ipc_message_in *);
bool ipc_check_draft(const struct ipc_message_in *);

#endif
