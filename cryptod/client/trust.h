/*
 * Keys: whom we know, and whom the user has verified.
 */
#ifndef CRYPTOD_CLIENT_TRUST_H
#define CRYPTOD_CLIENT_TRUST_H

#include "cryptod/client/peer.h"

/* The peer's key is proven, with the name it goes by. */
void trust_note(struct peer *);
/* The peer was heard or told something: if both, its key is one we talked
 * to. */
void trust_talked(struct peer *);
bool trust_is_verified(const struct peer *);

/* Handlers of ui's messages about keys; they are called with the client. A
 * message about a peer that is gone is late, not wrong. */
message_handler trust_safety, trust_verify;
/* A new ui is to know whom we know. */
void trust_tell_ui(struct client *);
/* Takes from known_peers what other gochats of the user added, from time to
 * time: at the latest then, and at the earliest after KNOWN_READ_REST. */
void trust_timer(struct client *);
uint64_t trust_deadline(const struct client *);

/* While somebody is connected; with nobody there, nobody can be marked. It is
 * the one wake-up of a client that nobody uses which nothing asks for: so it is
 * rare, and whatever else wakes the process does for it. */
#define KNOWN_READ_TIME (30 * USEC_PER_SEC)
#define KNOWN_READ_REST (1 * USEC_PER_SEC)

#endif
