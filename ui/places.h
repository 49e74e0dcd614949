/*
 * Where everything is on the screen: which room or conversation has which
 * number, and which of them is shown. ui tells the launcher, which tells the
 * next ui if this one dies; the user finds everything where it was, and what is
 * typed goes where it went.
 *
 *	work -> places_tell -> PLACES -> launcher
 *	launcher -> PLACES_BEFORE -> places_before; ROOM -> places_restore
 */
#ifndef UI_PLACES_H
#define UI_PLACES_H

#include "common/ipc.h"

struct room;
struct ui;

/* Tells the launcher, if anything has changed. Not before the first cryptod is
 * there: until then it is the launcher that tells. */
void places_tell(struct ui *);

/* Takes what the ui before this one told last. Until the one that it showed is
 * open, nobody knows where what is typed goes. */
void places_before(struct ui *, const struct ipc_places *);
/* The room has just been opened: puts it and its conversations where they
 * were. */
void places_restore(struct room *);
/* It is not known what the ui before this one showed. */
void places_lost(struct ui *);

/* Describes a place for the view: the room, or a conversation in it with the
 * owner of that key. */
void places_put(struct ipc_place *, const struct room *, const uint8_t *person);
/* True if the place is the room's, or of a conversation in it. */
bool places_is_of(const struct ipc_place *, const struct room *);

#endif
