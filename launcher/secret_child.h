/*
 * A child that gets a secret for cryptod, so that the launcher never holds it:
 * it reads or asks, writes what it got into memory, forgets it and ends.
 */
#ifndef LAUNCHER_SECRET_CHILD_H
#define LAUNCHER_SECRET_CHILD_H

#include <stddef.h>

/* How the child ends: so, or with a number of its own below these, or with
 * SECRET_CALL_FAILED and errno. */
#define SECRET_GOT	   0U
#define SECRET_INTERRUPTED 63U
#define SECRET_CALL_FAILED 64U

/* What the child does with arg: it writes the secret to a descriptor. Returns
 * how it ends. */
typedef unsigned int secret_work(void *arg, int to);

/*
 * Has the work done in a child, whose memory reaches no core file and no
 * debugger, and waits for it. Returns how it ended, and with SECRET_GOT sets
 * *fd to a descriptor, closed on exec, which the caller closes, of memory that
 * only descriptors lead to; else to -1. Signals that end or stop the caller are
 * obeyed once the child has put the terminal back. To be called before SIGCHLD
 * is ignored and before the launcher is jailed, since it forks.
 */
unsigned int secret_by_child(int *fd, secret_work *work, void *arg);

/* The end of work for which a call failed: from errno. */
unsigned int secret_call_failed(void);

/*
 * Opens a file that holds a secret, for the child to read. what it holds, as
 * "passphrase file", begins the error. Returns a descriptor, which the caller
 * closes, or -1 with one line in err: it is no regular file, or others may read
 * or write it.
 */
int secret_file_open(const char *what, const char *file, char *err,
    size_t errlen);

#endif
