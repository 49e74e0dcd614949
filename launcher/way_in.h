/*
 * The room that gochat starts with: options, an invite, somebody who is asked,
 * or a file of an earlier run say which it is. All of this is before the
 * sandbox, and what is wrong ends the program.
 */
#ifndef LAUNCHER_WAY_IN_H
#define LAUNCHER_WAY_IN_H

#include "launcher/supervisor.h"

/* No option says which room. Rooms that are remembered are opened, unless there
 * is nothing at all that says how gochat is meant to run, and somebody can be
 * asked. Returns false if there is no way in. */
bool way_in_find(struct options *, bool can_ask, bool has_flags);
/* Each room that is remembered has the identity with which it was. A variable
 * is for those that are joined later: a flag ends the program. */
void way_in_check(const struct options *);
/* Opens the first room, its secret and its access key, and the keys of
 * bootnodes that are remembered: rooms that are opened later need them, too. */
void way_in_open(struct supervisor *, struct spawn_kit *, struct options *);

#endif
