/*
 * The system's resources that gochat needs, in numbers: they are checked before
 * anything is opened, and named when something is short after all.
 */
#ifndef LAUNCHER_NEEDS_H
#define LAUNCHER_NEEDS_H

#include <stddef.h>

/*
 * Descriptors of one process, 0, 1 and 2 among them. The launcher needs most of
 * them: its own, four on their way through, and the readers of its metrics; the
 * spawner comes close when it starts cryptod. A test shows that this many are
 * enough; the manuals name the number.
 */
#define NEEDS_DESCRIPTORS 28
/* Processes: the four, the spawner, and one that asks for a passphrase or a
 * name. */
#define NEEDS_PROCESSES 6
/* Memory in MiB, with the table that scrypt fills at a join. */
#define NEEDS_MEMORY 96

/*
 * Makes sure that there are descriptors enough, up to the hard limit. Returns
 * 0, or -1 with err filled in.
 */
int needs_check(char *err, size_t errlen);

/*
 * Returns the reason for which a call failed, in words: which resource is
 * short, how much of it is needed and where it is set; for other errors
 * strerror(3). EAGAIN is that of fork(2). Valid until the next call.
 */
const char *needs_reason(int error);

#endif
