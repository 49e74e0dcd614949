/*
 * What it takes to enter the room: its secret, from the room file, or from ui
 * if the file has none yet.
 */
#ifndef CRYPTOD_CLIENT_ENTRY_H
#define CRYPTOD_CLIENT_ENTRY_H

#include "cryptod/client/client.h"

/*
 * Reads the room's secret from its file, which is open as fd, into
 * secrets->secret, which is allocated. A file without one, of a room that has
 * one, means that it is still to come: secrets->wanted. Ends the process if the
 * file is not as it should be.
 */
void entry_read(struct client_secrets *, int fd, enum secret_kind);

/* Tells ui, if the secret is wanted. */
void entry_ask(struct client *);
/* SECRET: puts it into the file, for a cryptod after this one, and enters. */
int entry_secret(void *self, const struct ipc_message_in *);

#endif
