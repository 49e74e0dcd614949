/*
 * cryptod of a bootnode: holds its static key and the keys of the clients'
 * channels, by netd's slot numbers; opens JOINs, seals what netd wrote.
 */
#ifndef CRYPTOD_BOOTNODE_RUN_H
#define CRYPTOD_BOOTNODE_RUN_H

#include "common/child.h"
#include "common/ipc_messages.h"
#include "cryptod/bootnode/handover.h"
#include "cryptod/crypto.h"

/* Returns the bytes of the heap for the keys of so many sessions, and for the
 * handshakes that are under way: a power of two. */
size_t cryptod_bootnode_heap(uint32_t max_sessions);

struct cryptod_bootnode_start {
	const struct x25519_key *key;
	bool fresh; /* it was made now */
	/* What netd is to know of the access keys, which is the callee's; and
	 * what others are read from if the launcher says so. */
	struct ipc_access_keys *access;
	int access_fd;
	uint32_t slots; /* so many are used at most */
	/* The state of a bootnode before this one was given; the memory is the
	 * callee's. */
	bool kept;
	struct kept_memory memory;
};

/* Runs until the launcher or ui ends it. */
void cryptod_bootnode_run(struct child *, const struct cryptod_bootnode_start *)
    __attribute__((noreturn));

#endif
