/*
 * The launcher's side of its children: having them started, and configuring
 * them.
 */
#ifndef LAUNCHER_CHILDREN_H
#define LAUNCHER_CHILDREN_H

#include "launcher/supervisor.h"

/* None is there yet. */
void children_init(struct supervisor *);
/* Asks the spawner for a set of children. Returns 0, or -1 if it is gone. */
int children_start(struct supervisor *, uint64_t set);
/* As above, for a resolver of a room's bootnode. */
int children_resolve(struct supervisor *, unsigned int room);
/* Whether the spawner owes something. */
bool children_awaited(const struct supervisor *);
/* Takes what the spawner has: configures the processes that were started, and
 * passes the ends of their channels on. Returns -1 if one could not be. */
int children_arrive(struct supervisor *);
/* The spawner has not answered by the time it had to: does without it. Returns
 * -1 if it cannot be done without. */
int children_overdue(struct supervisor *);
/* Shows what of the log is held because of the tui, if there is a ui. */
void children_notice(struct supervisor *);

/* Logs the sandbox steps that the system refused to a process. */
void children_log_refused(enum role, unsigned int steps);

#endif
