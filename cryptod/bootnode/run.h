/*
 * cryptod of a bootnode: holds its static key and the keys of the clients'
 * channels, by netd's slot numbers; opens JOINs, seals what netd wrote.
 */
#ifndef CRYPTOD_BOOTNODE_RUN_H
#define CRYPTOD_BOOTNODE_RUN_H

#include "common/child.h"
#include "common/ipc_messages.h"
#include "cryptod/crypto.h"

/* Returns the bytes of the heap for the keys of so many sessions, and for the
 * handshakes that are under way: a power of two. */
size_t cryptod_bootnode_heap(uint32_t max_sessions);

/* Runs until the launcher or ui ends it. fresh: the key was made now. access:
 * what netd is to know of the access keys, which is the callee's, and what
 * others are read from if the launcher says so. */
void cryptod_bootnode_run(struct child *, const struct x25519_key *, bool fresh,
    struct ipc_access_keys *access, int access_fd) __attribute__((noreturn));

#endif
