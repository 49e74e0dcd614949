/*
 * The session of one peer: what it calls back, and how one takes the place of
 * another.
 */
#ifndef CRYPTOD_CLIENT_PEER_SESSION_H
#define CRYPTOD_CLIENT_PEER_SESSION_H

#include "cryptod/client/peer.h"

/* Texts that wait for a path in our direction, too; with more, ui shows them
 * without a name. */
#define KEPT_MAX 8

/* ui is told at most once in this time that others pretend to be one peer, and
 * that texts of a peer do not agree. */
#define TELL_TIME (60 * USEC_PER_SEC)

/* A session for another handshake; what it calls back is here. */
struct session *peer_new_session(struct peer *);
/* The peer has the keys of this handshake, too: its session (NULL: it is gone)
 * takes the place of the one that there was, so does its stream, and what the
 * peer owes a receipt for is sent again. */
void peer_take_session(struct peer *, struct session *, uint32_t serial);
/* The peer's stream is over, and so is its session; the keys of packets
 * stay. */
void peer_forget_session(struct peer *);
/* The peer's card says that it may have lost the session's keys: if it cannot
 * be reached with them, those of the room are believed again, too. */
void peer_doubt_keys(struct peer *);
/* The peer could not be reached with them for as long as a search takes: those
 * of the room are believed again, whatever its card says. */
void peer_open(struct peer *);

/* Somebody else made a handshake under its id, from there: tells the user. */
void peer_claimed(struct peer *, const uint8_t key[X25519_LEN],
    const struct addr *from);

#endif
