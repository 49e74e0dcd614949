/*
 * The checks that the table in ipc.h names, one for each kind of body, and the
 * parts that several of them share. A row that names no check, or one that does
 * not exist, does not compile.
 */
#ifndef COMMON_IPC_CHECK_PARTS_H
#define COMMON_IPC_CHECK_PARTS_H

#include "common/ipc.h"

/* True if the receiver must take the body and the tail. */
#define X(name, from, to, modes, when, body, tail, check, full) \
	bool ipc_check_##check(const struct ipc_message_in *);
IPC_TABLE(X)
#undef X

/* Binds a pointer to the body as its type. */
#define BODY(type) const struct type *b = in->body

/* ipc_check.c */
bool ipc_is_handle(peer_handle);
/* True if the text can be a nickname. */
bool ipc_is_nick(const char *nick, size_t len);
/* True if it is the name of an identity, or "". */
bool ipc_is_identity(const char identity[IDENTITY_NAME_MAX + 1]);
/* True if the tail is text, and not empty. */
bool ipc_is_text(const struct ipc_message_in *);

#endif
