/*
 * The session of one peer: its callbacks, and how another session replaces it.
 */
#ifndef CRYPTOD_CLIENT_PEER_SESSION_H
#define CRYPTOD_CLIENT_PEER_SESSION_H

#include "cryptod/client/peer.h"

/* The number of texts that wait for a path in our direction, too; with more, ui
 * shows them without a name. */
#define KEPT_MAX 8

/* ui is told at most once in this time that others pretend to be one peer, and
 * that texts of a peer do not agree. */
#define TELL_TIME (60 * USEC_PER_SEC)

/* Makes a session for another handshake; its callbacks are here. */
struct session *peer_new_session(struct peer *);
/* The peer has the keys of this handshake, too: its session (NULL: it is gone)
 * replaces the present one, and so does its stream, and everything that the
 * peer owes a receipt for is sent again. */
void peer_take_session(struct peer *, struct session *, uint32_t serial);
/* The peer's stream is over, and so is its session; the keys of packets
 * stay. */
void peer_forget_session(struct peer *);
/* The peer's card says that it may have lost the session's keys: if it cannot
 * be reached with them, those of the room are believed again, too. */
void peer_doubt_keys(struct peer *);
/* The peer could not be reached with them for as long as a search takes: the
 * room's keys are believed again, whatever its card says. */
void peer_open(struct peer *);

/* Somebody else made a handshake under its id, from this address: tells the
 * user. */
void peer_claimed(struct peer *, const uint8_t key[X25519_LEN],
    const struct addr *from);

#endif
