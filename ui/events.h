/*
 * Events as sentences for people: the same words in plain and tui. Each
 * function appends to a buffer; the result is safe text.
 */
#ifndef UI_EVENTS_H
#define UI_EVENTS_H

#include "ui/buf.h"
#include "ui/fold.h"
#include "ui/known.h"
#include "ui/missed.h"
#include "ui/model.h"
#include "ui/said.h"

struct room;

/* Puts the name that a peer is shown by, or its id if it never told one; p may
 * be NULL. A name with spaces stands in quotes, as /msg takes it, so that no
 * part of it can pass for a word of ours: for example, those for the user's own
 * other places, "you, elsewhere". */
void event_name(struct buf *, const struct peer *, const struct peer_id *);

/* Tells that a room was opened, or left. */
void event_room(struct buf *, const struct room *, enum room_state);

/* Tells the user's own name and room. */
void event_ready(struct buf *, const struct model *);
void event_bootnode(struct buf *, const struct ipc_bootnode *);
/* The same for one that does not answer, and whether we are still trying; or
 * that has refused us. */
void event_unreachable(struct buf *, const struct ipc_bootnode *, bool trying);
void event_refused(struct buf *, const struct ipc_bootnode *);
void event_peer(struct buf *, const struct model *, const struct peer *);
/* Puts who did not get a message, and why: "anna (left)". */
void event_missed(struct buf *, const struct ipc_undelivered *,
    const struct peer *);
/* Puts the same as a sentence with the start of the message. */
void event_undelivered(struct buf *, const struct said *,
    const struct ipc_undelivered *, const struct peer *);
/* Puts how many more messages there were, and the start of the last. */
void event_missed_more(struct buf *, const struct said *,
    const struct missed_run *, const struct peer *);
/* These put the same for a text that begins so; and for so many peers whose
 * names were not kept. */
void event_recalled_missed(struct buf *, const char *excerpt,
    const struct ipc_undelivered *, const struct peer *);
void event_recalled_others(struct buf *, const char *excerpt, uint32_t others);
/* The text arrived after it was reported as undelivered. */
void event_delivered_late(struct buf *, const struct said *,
    const struct ipc_delivered *, const struct peer *);

/* A peer has another name; NULL: we have. */
void event_renamed(struct buf *, const struct model *, const struct peer *,
    const char *before);
/* Puts how we have marked a peer. */
void event_verified(struct buf *, const struct peer *);
/* Puts, line by line, that a known name came with another key. */
void event_key_changed(struct room *, const struct peer *,
    const struct known_peer *, void (*put)(struct room *, const char *line));

/* Puts, line by line, that somebody pretended to be a peer, which may be
 * NULL. */
void event_claim(struct room *, const struct ipc_peer_claim *,
    const struct peer *, void (*put)(struct room *, const char *line));

/* Puts the events that were folded, so many of a kind: those of one person
 * (NULL: of many), and the peer that it is, or NULL if nobody with that key is
 * here. */
void event_folded(struct buf *, enum fold_kind, unsigned int count,
    const struct fold *, const struct peer *);

/* A peer's texts do not agree with earlier ones. */
void event_fork(struct buf *, const struct peer *);
/* Some earlier texts of a peer are missing here. */
void event_gap(struct buf *, const struct peer *);
/* A member does not show who it is. */
void event_stranger(struct buf *, const struct ipc_stranger *);

/* Events of a bootnode. */
void event_member(struct buf *, const struct ipc_member *);

#endif
