/*
 * A channel between two roles, both ends of it in the test.
 */
#ifndef TESTS_UNIT_IPC_PAIR_H
#define TESTS_UNIT_IPC_PAIR_H

#include "common/ipc.h"

/* Opens both ends, in a client whose processes are at work; the caller closes
 * both. */
void ipc_pair(struct ipc_channel *ours, enum role self,
    struct ipc_channel *theirs, enum role other);

#endif
