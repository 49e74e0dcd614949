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
 * Starts it for the JOIN that begins with these bytes, in whose prologue they
 * are. So what is sealed counts only with the cookie that it was sealed for,
 * and from the address that this is good for. A client needs the bootnode's
 * key, theirs; the bootnode has ours.
 */
void join_handshake(struct noise *, bool initiator,
    const uint8_t start[WIRE_JOIN_OVERHEAD], const struct x25519_key *ours,
    const uint8_t *theirs);

/* The key that a REJECT of the JOIN is authentic by, once the JOIN is written
 * or read. */
void join_reject_key(const struct noise *, uint8_t key[SIPHASH_KEY]);

/* The key of the session's control packets, once the WELCOME is written or
 * read. */
void join_control_key(const struct noise *, uint8_t key[SIPHASH_KEY]);

#endif
