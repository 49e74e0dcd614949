/*
 * What gochat needs of the system, in numbers: looked at before anything is
 * opened, and named when something is short after all.
 */
#ifndef LAUNCHER_NEEDS_H
#define LAUNCHER_NEEDS_H

#include <stddef.h>

/*
 * Descriptors of one process, 0, 1 and 2 among them. Most are needed by the
 * launcher: what it has, four on their way through, and the readers of its
 * metrics; the spawner comes close when it starts cryptod. A test shows that
 * this many are enough; the manuals name the number.
 */
#define NEEDS_DESCRIPTORS 28
/* The four, the spawner, and one who asks for a passphrase or a name. */
#define NEEDS_PROCESSES 6
/* In MiB, with the table that scrypt fills at a join. */
#define NEEDS_MEMORY 96

/*
 * Sees to it that there are descriptors enough, up to the hard limit. Returns
 * 0, or -1 with err filled in.
 */
int needs_check(char *err, size_t errlen);

/*
 * Why a call failed, in words: what is short, how much of it is needed and
 * where that is set; of other errors strerror(3). EAGAIN is that of fork(2).
 * Valid until the next call.
 */
const char *needs_reason(int error);

#endif
