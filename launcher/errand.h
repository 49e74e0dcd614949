/*
 * What the short-lived processes have in common that do something on the
 * network for the launcher: resolve a name, or make a connection. Each is a
 * child of the spawner's, and reads what strangers answer.
 */
#ifndef LAUNCHER_ERRAND_H
#define LAUNCHER_ERRAND_H

#include "common/ipc_messages.h"

/* The number that its socket to the launcher has then. */
#define ERRAND_FD 3

/*
 * Makes the caller, which was forked for it, such a process: of the
 * unprivileged user, if there is one to become, without a terminal, and with no
 * descriptor but this one, no file to write and no further process. It ends
 * with the spawner. Ends it if that fails.
 */
void errand_begin(const char *title, int fd, const struct ipc_privileges *);

#endif
