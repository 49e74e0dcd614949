/*
 * The handshake of a JOIN and its WELCOME, as both sides begin it. PROTOCOL.md
 * section 6.3.
 */
#ifndef CRYPTOD_JOIN_H
#define CRYPTOD_JOIN_H

#include "common/wire.h"
#include "cryptod/noise.h"

/*
 * Starts it for the JOIN that begins with these bytes, in whose prologue they
 * are. So what is sealed counts only with the cookie that it was sealed for,
 * and from the address that this is good for. A client needs the bootnode's
 * key, theirs; the bootnode has ours.
 */
void join_handshake(struct noise *, bool initiator,
    const uint8_t start[WIRE_JOIN_OVERHEAD], const struct x25519_key *ours,
    const uint8_t *theirs);

#endif
