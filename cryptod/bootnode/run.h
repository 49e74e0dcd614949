/*
 * cryptod of a bootnode: holds its static key and the keys of the clients'
 * channels, by netd's slot numbers; opens JOINs, seals what netd wrote.
 */
#ifndef CRYPTOD_BOOTNODE_RUN_H
#define CRYPTOD_BOOTNODE_RUN_H

#include "common/access.h"
#include "common/child.h"
#include "cryptod/crypto.h"

/* Returns the bytes of the heap for the keys of so many sessions, and for the
 * handshakes that are under way: a power of two. */
size_t cryptod_bootnode_heap(uint32_t max_sessions);

/* Runs until the launcher or ui ends it. fresh: the key was made now. access:
 * the keys of a private bootnode, or none, in secret memory, which is the
 * callee's. */
void cryptod_bootnode_run(struct child *, const struct x25519_key *, bool fresh,
    struct access_keys *access) __attribute__((noreturn));

#endif
