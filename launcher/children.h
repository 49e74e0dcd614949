/*
 * The launcher's side of its children: it has them started, and configures
 * them.
 */
#ifndef LAUNCHER_CHILDREN_H
#define LAUNCHER_CHILDREN_H

#include "launcher/supervisor.h"

/* Initialises the supervisor: there is no child yet. */
void children_init(struct supervisor *);
/* Sends a new child its configuration, if all of it is known. */
void children_configure(struct supervisor *, struct supervised *);
/* Asks the spawner for a set of children. Returns 0, or -1 if it is gone. */
int children_start(struct supervisor *, uint64_t set);
/* Asks for a resolver of a room's bootnode in the same way. */
int children_resolve(struct supervisor *, unsigned int room);
/* Asks for a connector: fleet.h. */
void children_connect(struct supervisor *);
/* Asks for a reader of the settings: reload.h. */
int children_reload(struct supervisor *);
/* The spawner forgets what it has kept for a room, which is closed. */
void children_forget(struct supervisor *, unsigned int room);
/* True while the spawner owes an answer. */
bool children_awaited(const struct supervisor *);
/* Takes the spawner's answers: configures the processes that were started, and
 * passes the ends of their channels on. Returns -1 if one could not be
 * configured. */
int children_arrive(struct supervisor *);
/* The spawner has not answered in time: continues without it. Returns -1 if
 * that is not possible. */
int children_overdue(struct supervisor *);
/* Shows the lines of the log that are held because of the tui, if there is a
 * ui. */
void children_notice(struct supervisor *);

/* Logs the sandbox steps that the system refused to a process of that name. */
void children_log_refused(const char *name, unsigned int steps);

#endif
