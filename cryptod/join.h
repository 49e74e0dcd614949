/*
 * The handshake of a JOIN and its WELCOME: how both sides begin it, and the
 * keys that both take from it for packets that are not sealed. PROTOCOL.md
 * section 6.3.
 */
#ifndef CRYPTOD_JOIN_H
#define CRYPTOD_JOIN_H

#include "common/siphash.h"
#include "common/wire.h"
#include "cryptod/noise.h"

/*
 * Starts the handshake for the JOIN that begins with these bytes, which are its
 * prologue. So a sealed JOIN counts only with the cookie that it was sealed
 * for, and from the address that this is good for. A client needs the
 * bootnode's key, theirs; the bootnode has ours.
 */
void join_handshake(struct noise *, bool initiator,
    const uint8_t start[WIRE_JOIN_OVERHEAD], const struct x25519_key *ours,
    const uint8_t *theirs);

/* Makes the key of a REJECT that answers the JOIN, once the JOIN is written or
 * read. */
void join_reject_key(const struct noise *, uint8_t key[SIPHASH_KEY]);

/* Makes the key of the session's control packets, once the WELCOME is written
 * or read. */
void join_control_key(const struct noise *, uint8_t key[SIPHASH_KEY]);

#endif
