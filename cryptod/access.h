/*
 * Access keys in cryptod: where they come from, and the key that netd gets of
 * each. PROTOCOL.md section 2.17.
 */
#ifndef CRYPTOD_ACCESS_H
#define CRYPTOD_ACCESS_H

#include "common/access.h"
#include "common/siphash.h"

/*
 * Reads the keys, at most max, from a part of the memory that is open as fd,
 * which the launcher's child has filled. Returns false if there is nothing.
 * Ends the process if it is not as it should be. keys is secret memory.
 */
bool access_read(struct access_keys *keys, size_t max, int fd,
    unsigned int part);

/* Derives the key of access MACs, for netd, which learns nothing else of it. */
void access_derive(uint8_t mac_key[SIPHASH_KEY],
    const uint8_t key[ACCESS_KEY_LEN]);

#endif
