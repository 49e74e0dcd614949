/*
 * One child, or all of them, as the launcher sees them: it finds them, and
 * signals them.
 */
#ifndef LAUNCHER_SUPERVISED_H
#define LAUNCHER_SUPERVISED_H

#include "launcher/supervisor.h"

/* Returns the child of a role, as family_find() does. */
struct supervised *supervised_of(struct supervisor *, enum role,
    unsigned int room);
/* Returns the room that a child is for; the first, for a child of all rooms. */
struct room *supervised_room(struct supervisor *, const struct supervised *);
/* Returns the number of a room, from 0. */
unsigned int supervised_number(const struct supervisor *, const struct room *);
/* Returns the set that has this child alone. */
uint64_t supervised_bit(const struct supervisor *, const struct supervised *);
/* True if the child is one of this room alone. */
bool supervised_is_in(const struct supervisor *, const struct supervised *,
    unsigned int room);
/* Returns the name of a child for the log: "gochat-netd", or "gochat-netd of
 * room 2" if it is not of the first room. Valid until the next call. */
const char *supervised_name(const struct supervisor *,
    const struct supervised *);
/* Returns the pair of an event that says the same, with a blank after it, or
 * "". Valid until the next call. */
const char *supervised_room_pair(const struct supervisor *,
    const struct supervised *);
/* Returns the set of the children that are to run: ui, and those of the rooms
 * that are open. */
uint64_t supervised_wanted(const struct supervisor *);
/* True if all those of the start have been in their sandboxes. */
bool supervised_all_ready(const struct supervisor *);
/* Signals a child, if it has not ended. */
void supervised_signal(const struct supervisor *, struct supervised *, int sig);
/* Tells the child to end within KILL_PATIENCE. */
void supervised_kill(const struct supervisor *, struct supervised *);
/* Kills a child for good. A child that has not given up root yet cannot be
 * killed by us, who have: it ends because its channel does. */
void supervised_end(const struct supervisor *, struct supervised *);

#endif
