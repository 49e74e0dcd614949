/*
 * How the end of the program begins; supervise.c continues it.
 */
#ifndef LAUNCHER_ENDING_H
#define LAUNCHER_ENDING_H

#include "launcher/supervisor.h"

/* All children are to end within this time, or sooner if an earlier call said
 * so. */
void ending_begin(struct supervisor *, uint64_t patience);
/* Ends it as the user wants: ui says goodbye to all. */
void ending_ask(struct supervisor *);
/* The same; but a bootnode's state goes to systemd first, if that can be
 * done. */
void ending_keep(struct supervisor *);
/* Ends the program with a failure: something cannot be started. */
void ending_give_up(struct supervisor *);

#endif
