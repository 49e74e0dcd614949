/*
 * Where cryptod reads the room's passphrase from. The launcher passes the
 * descriptor on and never holds the passphrase: a child of its own reads the
 * typed text or the file, brings it into the one form (opaque_string.h) and
 * ends at once.
 */
#ifndef LAUNCHER_PASSPHRASE_H
#define LAUNCHER_PASSPHRASE_H

#include "common/ipc_messages.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * file is the path of a passphrase file, or NULL or "" for none; ask says to
 * ask on the terminal instead. Not both.
 *
 * Returns 0 and sets *fd to a descriptor, closed on exec, which the caller
 * closes, of memory that only descriptors lead to; or to -1 if there is no
 * passphrase. Its offset is anywhere: it is read from its start, more than once
 * if need be. It gives 1 to PASSPHRASE_MAX bytes and no line end. Of a file one
 * line is taken; a byte order mark before it and line ends after it do not
 * count.
 *
 * Returns -1 with one line in err, which names the source and has nothing of
 * the passphrase: no regular file, others may read it, several lines; no
 * terminal, nothing typed, interrupted; or what opaque_string() refuses. To be
 * called before SIGCHLD is ignored and before the launcher is jailed, since it
 * forks.
 */
int passphrase_open(int *fd, const char *file, bool ask, char *err,
    size_t errlen);

#endif
