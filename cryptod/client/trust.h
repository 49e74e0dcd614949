/*
 * Keys that we know, and keys that the user has verified.
 */
#ifndef CRYPTOD_CLIENT_TRUST_H
#define CRYPTOD_CLIENT_TRUST_H

#include "cryptod/client/peer.h"

/* The peer's key is proven, together with its name. */
void trust_note(struct peer *);
/* A text went from or to the peer: if both, its key is one we talked to. */
void trust_talked(struct peer *);
bool trust_is_verified(const struct peer *);

/* Handlers of ui's messages about keys; they are called with the client. A
 * message about a peer that is gone is late, not wrong. */
message_handler trust_safety, trust_verify;
/* Tells a new ui whom we know. */
void trust_tell_ui(struct client *);
/* Takes from known_peers what other gochats of the user added, from time to
 * time: at the latest at that time, and at the earliest after
 * KNOWN_READ_REST. */
void trust_timer(struct client *);
uint64_t trust_deadline(const struct client *);

/* The time between two readings while somebody is connected; otherwise there is
 * nobody to be marked. This is the only wake-up of an idle client that nothing
 * asks for: so it is rare, and any other wake-up of the process replaces it. */
#define KNOWN_READ_TIME (30 * USEC_PER_SEC)
#define KNOWN_READ_REST (1 * USEC_PER_SEC)

#endif
