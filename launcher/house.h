/*
 * The rooms of a client: they are opened and closed while it runs, as ui asks
 * for it. Each has a netd and a cryptod of its own; what ends or breaks in one
 * of them does not affect the others, as long as there is another.
 */
#ifndef LAUNCHER_HOUSE_H
#define LAUNCHER_HOUSE_H

#include "launcher/supervisor.h"

#define FOREACH_ROOM(room, s)                              \
	for (__typeof__(&(s)->rooms[0]) room = (s)->rooms; \
	     room < (s)->rooms + (s)->family.rooms; room++)

/*
 * Takes the room that the options name into the first slot, and its bootnode's
 * key from known_bootnodes, if that is open. A bootnode's processes are those
 * of such a room, too. Returns 0, or -1 with one line in err.
 */
int house_first(struct supervisor *, char *err, size_t errlen);
/* The other rooms of the options: they are opened once the first is there, at
 * its bootnode. */
void house_others(struct supervisor *);

/* The rooms that are remembered in files of these numbers, the first in the
 * first slot, if none is named. Which they are, their cryptods will say. */
void house_remembered(struct supervisor *, const uint16_t *files, size_t count);
/* cryptod has said it (ROOM_IS): netd is configured, and ui told. A room that
 * cannot be, or is open already, is closed. */
void house_is(struct supervisor *, struct room *,
    const struct ipc_message_in *);

/* ui asks for one more room, or no longer wants one. What it asks for may be
 * nonsense, and is answered then. */
void house_open(struct supervisor *, const struct ipc_message_in *);
void house_close(struct supervisor *, unsigned int room);

/*
 * A room cannot go on: its processes end, and it is closed. The caller has
 * logged why. If it is the only room, the program ends.
 */
void house_fail(struct supervisor *, struct room *);

/* Frees the rooms whose processes have ended, and asks for those of the next
 * one that waits: one room after the other, since each takes a second of the
 * processor, and those before it are in use. */
void house_turn(struct supervisor *);

/* Looks up the key of the room's bootnode in known_bootnodes, unless it was
 * given. Returns 0, whether it is there or not; or -1 with one line in err. */
int house_find_key(struct supervisor *, struct room *, char *err,
    size_t errlen);

/* Tells ui of a room, before it gets the end of the channel to its cryptod. A
 * ui that has just started knows of none. */
void house_tell(struct supervisor *, struct room *);
void house_ui_started(struct supervisor *);
/* Tells ui that it does not get the room that it has asked for. */
void house_refuse(struct supervisor *, uint32_t ticket, enum room_refusal);

/* Returns the set of rooms whose processes are wanted; bit n is room n. */
uint32_t house_running(const struct supervisor *);
/* True if there is a room whose processes are wanted beside this one. */
bool house_has_other(const struct supervisor *, const struct room *);
/* Returns the number of the first room that runs; if none does, of one whose
 * end ui is still to hear of. */
unsigned int house_lowest(const struct supervisor *);

#endif
