/*
 * Tells the view what others do: people are told once for a person, not for
 * each of their places, and by lines of a limited number (fold.h); programs are
 * told everything.
 */
#ifndef UI_TELL_H
#define UI_TELL_H

#include "ui/ui.h"

/* A peer has another state; has another name; is shown by another name, since
 * we have another; came by the name of somebody known; pretended to be
 * another. */
void ui_tell_peer(struct room *, const struct peer *);
void ui_tell_renamed(struct room *, const struct peer *, const char *before);
void ui_tell_shown_as(struct room *, const struct peer *, const char *before);
void ui_tell_key_changed(struct room *, const struct peer *,
    const struct known_peer *);
void ui_tell_claim(struct room *, const struct ipc_peer_claim *);
/* Warns about the text of that number, which comes next. */
void ui_tell_fork(struct room *, const struct peer *, uint64_t seq);
void ui_tell_gap(struct room *, const struct peer *, uint64_t seq);
/* Tells the events that were folded until now. */
void ui_tell_folded(struct room *);

#endif
