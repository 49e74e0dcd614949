/*
 * The safety number: the digits that two people read to each other to know that
 * nobody is between them.
 */
#ifndef CRYPTOD_CLIENT_SAFETY_H
#define CRYPTOD_CLIENT_SAFETY_H

#include "common/ipc_trust.h"
#include "cryptod/crypto.h"

/*
 * Computes the safety number of two public identity keys, the same in either
 * order: HKDF-SHA256 of both, the lower first; 12 times 5 bytes of it,
 * big-endian, modulo 100000. The bias of that towards some groups is below
 * 2^-23. No NUL is written.
 */
void safety_number(char digits[SAFETY_DIGITS], const uint8_t a[X25519_LEN],
    const uint8_t b[X25519_LEN]);

#endif
