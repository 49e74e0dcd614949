/*
 * The addressees of a text: everybody who was in the room when it was said.
 * While the room settles (settle.h) they are not known at once, and the texts
 * stay open.
 */
#ifndef CRYPTOD_CLIENT_ADDRESSEES_H
#define CRYPTOD_CLIENT_ADDRESSEES_H

#include "cryptod/client/peer.h"

/* Returns the reason for which nothing gets to a peer that cannot be reached;
 * NULL: it is gone. */
enum undelivered_reason addressees_why_not(const struct peer *);

/* A message was just moved to outbox.sent: tells ui its addressees. The caller
 * calls outbox_settle(). */
void addressees_send(struct client *, struct outgoing *);
/* The peer is in the room from now on: it gets the open texts, too. */
void addressees_came(struct peer *);
/* No newcomer gets this message any more; it may be gone afterwards. */
void addressees_close(struct client *, struct outgoing *);
/* The same for all texts that are open to everybody, or else for all that are
 * for peers who did not come. */
void addressees_close_all(struct client *, bool to_all);
/* The client leaves. */
void addressees_end(struct client *);

#endif
