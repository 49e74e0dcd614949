/*
 * What the files of the checks share: ipc_check.c has the table of them.
 */
#ifndef COMMON_IPC_CHECK_PARTS_H
#define COMMON_IPC_CHECK_PARTS_H

#include "common/ipc.h"

/* Binds a pointer to the body as its type. */
#define BODY(type) const struct type *b = in->body

/* ipc_check.c: what several of them ask for, and the checks of more than one
 * kind. */
bool ipc_is_handle(peer_handle);
/* True for what may be somebody's nickname. */
bool ipc_is_nick(const char *nick, size_t len);
/* True if the tail is text, and not empty. */
bool ipc_is_text(const struct ipc_message_in *);
bool ipc_check_anything(const struct ipc_message_in *);
bool ipc_check_about_peer(const struct ipc_message_in *);
bool ipc_check_of_session(const struct ipc_message_in *);
bool ipc_check_nick(const struct ipc_message_in *);
bool ipc_check_verified(const struct ipc_message_in *);

/* ipc_check_control.c */
bool ipc_check_privileges(const struct ipc_message_in *);
bool ipc_check_config(const struct ipc_message_in *);
bool ipc_check_boot_addrs(const struct ipc_message_in *);
bool ipc_check_channel(const struct ipc_message_in *);
bool ipc_check_notice(const struct ipc_message_in *);
bool ipc_check_log(const struct ipc_message_in *);
bool ipc_check_ready(const struct ipc_message_in *);
bool ipc_check_fault(const struct ipc_message_in *);

/* ipc_check_net.c */
bool ipc_check_local(const struct ipc_message_in *);
bool ipc_check_boot_status(const struct ipc_message_in *);
bool ipc_check_path(const struct ipc_message_in *);
bool ipc_check_record(const struct ipc_message_in *);
bool ipc_check_handshake(const struct ipc_message_in *);
bool ipc_check_boot_session(const struct ipc_message_in *);
bool ipc_check_boot_version(const struct ipc_message_in *);
bool ipc_check_peer_add(const struct ipc_message_in *);
bool ipc_check_peer_update(const struct ipc_message_in *);
bool ipc_check_peer_keys(const struct ipc_message_in *);
bool ipc_check_peer_session(const struct ipc_message_in *);
bool ipc_check_peer_false(const struct ipc_message_in *);

/* ipc_check_ui.c */
bool ipc_check_known_peer(const struct ipc_message_in *);
bool ipc_check_bootnode(const struct ipc_message_in *);
bool ipc_check_peer_state(const struct ipc_message_in *);
bool ipc_check_message(const struct ipc_message_in *);
bool ipc_check_sent(const struct ipc_message_in *);
bool ipc_check_undelivered(const struct ipc_message_in *);
bool ipc_check_safety(const struct ipc_message_in *);
bool ipc_check_say_to(const struct ipc_message_in *);
bool ipc_check_say(const struct ipc_message_in *);

/* ipc_check_bootnode.c */
bool ipc_check_slot(const struct ipc_message_in *);
bool ipc_check_seal(const struct ipc_message_in *);
bool ipc_check_member(const struct ipc_message_in *);
bool ipc_check_boot_keys(const struct ipc_message_in *);
bool ipc_check_join_opened(const struct ipc_message_in *);
bool ipc_check_sealed(const struct ipc_message_in *);

/* ipc_check_figures.c */
bool ipc_check_status_peer(const struct ipc_message_in *);
bool ipc_check_status(const struct ipc_message_in *);
bool ipc_check_figures(const struct ipc_message_in *);
bool ipc_check_net_peer(const struct ipc_message_in *);
bool ipc_check_net_status(const struct ipc_message_in *);
bool ipc_check_stats(const struct ipc_message_in *);

/* ipc_check_recall.c. DRAFT and RECALL_DRAFT have the same body. */
bool ipc_check_recall(const struct ipc_message_in *);
bool ipc_check_recall_missed(const struct ipc_message_in *);
bool ipc_check_draft(const struct ipc_message_in *);

#endif
