/*
 * Hands the user's texts on to the sessions: as much as netd has room for.
 */
#ifndef CRYPTOD_CLIENT_PUMP_H
#define CRYPTOD_CLIENT_PUMP_H

#include "cryptod/client/peer.h"

/* Bytes of records that netd has and the peer has not yet acknowledged: as much
 * as the peer's netd takes before somebody reads it (PROTOCOL.md section 3.3),
 * so that this is the limit of a fast path. */
#define IN_FLIGHT_MAX (512 * 1024)

/* Hands a peer's session the receipt that is due and as many messages as netd
 * may hold. */
void pump_peer(struct peer *);
/* Hands texts on to the sessions of everybody in the room. */
void pump_all(struct client *);

#endif
