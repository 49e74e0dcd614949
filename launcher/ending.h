/*
 * How the end of the program begins; supervise.c has how it goes on.
 */
#ifndef LAUNCHER_ENDING_H
#define LAUNCHER_ENDING_H

#include "launcher/supervisor.h"

/* All are to end by then, in so long, or sooner if that was said before. */
void ending_begin(struct supervisor *, uint64_t patience);
/* The end, as a failure: something cannot be started. */
void ending_give_up(struct supervisor *);

#endif
