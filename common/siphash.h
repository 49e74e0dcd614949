/*
 * SipHash-2-4 with a 128-bit result, the MAC of every packet that netd
 * checks by itself (J.-P. Aumasson, D. J. Bernstein: "SipHash: a fast
 * short-input PRF", 2012; the 128-bit variant of their reference code).
 */
#ifndef COMMON_SIPHASH_H
#define COMMON_SIPHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIPHASH_KEY 16
#define SIPHASH_MAC 16

/* Writes the MAC of len bytes at data to out. */
void siphash(uint8_t out[SIPHASH_MAC], const uint8_t key[SIPHASH_KEY],
    const void *data, size_t len);

/* True if mac is that of the data; takes the same time either way. */
bool siphash_verify(const uint8_t mac[SIPHASH_MAC],
    const uint8_t key[SIPHASH_KEY], const void *data, size_t len);

#endif
