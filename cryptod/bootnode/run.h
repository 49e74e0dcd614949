/*
 * cryptod of a bootnode: holds its static key and the keys of the clients'
 * channels, by netd's slot numbers; opens JOINs, seals what netd wrote.
 */
#ifndef CRYPTOD_BOOTNODE_RUN_H
#define CRYPTOD_BOOTNODE_RUN_H

#include "common/child.h"
#include "cryptod/crypto.h"

/* JOINs that may be between netd and cryptod at a time, each a handshake in
 * secret memory; and all sessions' keys. */
#define BOOTNODE_HEAP (4 * 1024 * 1024)

/* Runs until the launcher or ui ends it. fresh: the key was made now. */
void cryptod_bootnode_run(struct child *, const struct x25519_key *, bool fresh)
    __attribute__((noreturn));

#endif
