/*
 * Rooms that are remembered, and forgotten again: the spawner makes the file,
 * the room's cryptod writes into it, and the launcher brings the two together
 * without seeing what is in there.
 */
#ifndef LAUNCHER_REMEMBER_H
#define LAUNCHER_REMEMBER_H

#include "launcher/supervisor.h"

/* ui wants a room to be remembered, or forgotten; it is told what became of
 * that with ROOM. A room is remembered once its bootnode's key is known, which
 * is part of what is remembered. */
void remember_keep(struct supervisor *, unsigned int room);
void remember_forget(struct supervisor *, unsigned int room);

/* The room has got so far that it may be remembered now, if that is wanted. */
void remember_if_wanted(struct supervisor *, struct room *);
/* The spawner has made, named or removed the file, or could not (fd -1, or an
 * error). The descriptor is the callee's. */
void remember_made(struct supervisor *, struct room *, int fd, int error);
void remember_named(struct supervisor *, struct room *, uint16_t number,
    int error);
void remember_removed(struct supervisor *, struct room *, int error);
/* cryptod has written the file, or could not; or it is a new one, of which that
 * cannot be heard any more. A file has no number before it is written. */
void remember_written(struct supervisor *, struct room *, int error);
void remember_cryptod_started(struct supervisor *, struct room *);
/* The spawner is gone: what it was asked for will not come. */
void remember_without_spawner(struct supervisor *);

#endif
