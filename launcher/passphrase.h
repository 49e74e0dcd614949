/*
 * Where cryptod reads the room's passphrase from. The launcher passes the
 * descriptor on and never holds the passphrase: what is typed goes through a
 * child of its own that ends at once, what is in a file stays there.
 */
#ifndef LAUNCHER_PASSPHRASE_H
#define LAUNCHER_PASSPHRASE_H

#include <stdbool.h>
#include <stddef.h>

#define PASSPHRASE_MAX 1024 /* bytes */

/*
 * file is the path of a passphrase file, or NULL or "" for none; ask says to
 * ask on the terminal instead. Not both.
 *
 * Returns 0 and sets *fd to a descriptor, closed on exec, which the caller
 * closes: of the file, or of memory that only descriptors lead to; or to -1
 * if there is no passphrase. Its offset is anywhere: it is read from its start,
 * more than once if need be. It gives 1 to PASSPHRASE_MAX bytes; from a file
 * its last newline is among them, and it is for the reader to take it off and
 * to refuse a file that holds nothing else.
 *
 * Returns -1 with one line in err: no regular file, others may read it, empty,
 * too long; no terminal, nothing typed, interrupted. To be called before
 * SIGCHLD is ignored and before the launcher is jailed, since it forks.
 */
int passphrase_open(int *fd, const char *file, bool ask, char *err,
    size_t errlen);

#endif
