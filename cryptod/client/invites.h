/*
 * The answer to /invite.
 */
#ifndef CRYPTOD_CLIENT_INVITES_H
#define CRYPTOD_CLIENT_INVITES_H

#include "cryptod/client/client.h"

/* INVITE_ASK: tells ui an invite to the room, or why there is none. */
int invites_ask(void *self, const struct ipc_message_in *);

#endif
