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

/*
 * Reads the access key from the memory that is open as fd, if the room file had
 * none; or puts that of the room file there, for other rooms at the same
 * bootnode.
 */
void entry_read_access(struct client_secrets *, int fd);
/* Gives netd what it needs of the access key, or tells it that there is none,
 * as soon as that is known. */
void entry_tell_access(struct client *);

/*
 * Reads which room it is out of its file, if config->file says that this is
 * known nowhere else, into the configuration, and tells the launcher. If that
 * is no room, says so in the log and ends the process. To be called before
 * entry_read().
 */
void entry_identify(struct child *, struct ipc_config_cryptod *config, int fd);

/* Tells ui, if the secret is wanted. */
void entry_ask(struct client *);
/* SECRET: puts it into the file, for a cryptod after this one, and enters. */
int entry_secret(void *self, const struct ipc_message_in *);

/* ROOM_FILE: writes all that it takes to enter the room into that file, and
 * tells the launcher how that went. */
int entry_file(void *self, const struct ipc_message_in *);

#endif
