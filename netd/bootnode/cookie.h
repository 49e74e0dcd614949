/*
 * Cookies: proof that an address can receive, without keeping anything about
 * it. A cookie is a MAC over the address that asked and the purpose of its
 * question; somebody who brings it back has received it there. PROTOCOL.md
 * section 2.2.
 */
#ifndef NETD_BOOTNODE_COOKIE_H
#define NETD_BOOTNODE_COOKIE_H

#include "common/clock.h"
#include "common/wire.h"

/* A cookie is good for this many seconds: a round trip of 10 s, a scrypt on a
 * slow machine, and a lost JOIN sent again after three round trips fit in. */
#define COOKIE_SECONDS 120
#define COOKIE_LIFE    (COOKIE_SECONDS * USEC_PER_SEC)

/* The purpose of a cookie: one for a JOIN moves no session, nor the reverse. */
enum cookie_purpose {
	COOKIE_FOR_JOIN = 1, /* bound to the nonce of the HELLO */
	COOKIE_FOR_MOVE = 2, /* bound to the session id */
	COOKIE_FOR_ECHO = 3  /* the same */
};

/* Makes the cookie for an address and the number it is bound to. */
void cookie_make(struct wire_cookie *, const uint8_t key[SIPHASH_KEY],
    uint64_t now, enum cookie_purpose, const struct addr *, uint64_t bound);

/* True if cookie_make() made it with the same arguments, less than COOKIE_LIFE
 * ago. Takes the same time for every wrong MAC. */
bool cookie_valid(const struct wire_cookie *, const uint8_t key[SIPHASH_KEY],
    uint64_t now, enum cookie_purpose, const struct addr *, uint64_t bound);

/* Returns the time when a valid cookie was made, to the second. */
uint64_t cookie_made(const struct wire_cookie *);

/* Makes the echo of this number: a client at this address that brings it back
 * shows that it received the answer with that number there. */
uint64_t cookie_echo(const uint8_t key[SIPHASH_KEY], uint32_t number,
    const struct addr *, uint64_t session);

#endif
