/*
 * Questions to cryptod; the view gets the answer.
 */
#ifndef UI_ASK_H
#define UI_ASK_H

#include "ui/ui.h"

/* Asks for the safety number that we have with a connected peer; the view's
 * safety() gets it. */
void ui_ask_safety(struct room *, const struct peer *);
/* The user has, or has no longer, verified the peer's key; the view's
 * verified() tells once it is noted. */
void ui_set_verified(struct room *, const struct peer *, bool verified);
/* Asks for an invite to the room; the view's invite() gets it, and if qr is
 * true its qr() as well, or the user is told why there is none. The next answer
 * is taken for this one's: who asks twice at once gets the code with the
 * first. */
void ui_ask_invite(struct room *, bool qr);
/* Asks for the status; the view gets the answer. While one question is under
 * way, its answer is that of further ones, too. */
void ui_ask_status(struct room *);
/* Asks, unless nobody can tell, to have fresh figures: the view gets them as
 * well, with room->status_wanted false. */
void ui_poll_status(struct room *);
/* The same, but the view hears nothing of it. */
void ui_fetch_status(struct room *);

#endif
