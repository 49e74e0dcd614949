/*
 * One child, or all of them, as the launcher sees them: found, and signalled.
 */
#ifndef LAUNCHER_SUPERVISED_H
#define LAUNCHER_SUPERVISED_H

#include "launcher/supervisor.h"

/* The child of a role that the family has, as family_find() says. */
struct supervised *supervised_of(struct supervisor *, enum role,
    unsigned int room);
/* The room that a child is for; of one for all rooms, the first. */
struct room *supervised_room(struct supervisor *, const struct supervised *);
/* The set that has this child alone. */
uint64_t supervised_bit(const struct supervisor *, const struct supervised *);
/* Whether all have been in their sandboxes. */
bool supervised_all_ready(const struct supervisor *);
/* Signals one, if it has not ended. */
void supervised_signal(const struct supervisor *, struct supervised *, int sig);
/* The child is to end within KILL_PATIENCE. */
void supervised_kill(const struct supervisor *, struct supervised *);
/* Kills it for good. One that has not given up root yet cannot be killed by
 * us, who have: it ends because its channel does. */
void supervised_end(const struct supervisor *, struct supervised *);

#endif
