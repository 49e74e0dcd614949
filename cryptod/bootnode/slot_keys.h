/*
 * The keys of the channels to the clients, from bootnode to client, by netd's
 * slot numbers: in blocks in secret memory, as many as the slots need that are
 * in use.
 */
#ifndef CRYPTOD_BOOTNODE_SLOT_KEYS_H
#define CRYPTOD_BOOTNODE_SLOT_KEYS_H

#include "common/ipc_messages.h"
#include "cryptod/crypto.h"

/* A power of two: the secret heap gives out such sizes. */
#define BLOCK_SLOTS 64
#define BLOCK_BYTES (BLOCK_SLOTS * KEY_LEN)
_Static_assert(SLOTS_MAX % BLOCK_SLOTS == 0, "each slot is in a block");

struct slot_block;

struct slot_keys {
	struct slot_block *blocks[SLOTS_MAX / BLOCK_SLOTS];
};

/* Returns the place for the key of a slot, whose counter is then 0. A slot that
 * is in use begins anew. Ends the process without memory. */
uint8_t *slot_keys_begin(struct slot_keys *, uint32_t slot);
/* Returns the key of a slot, and takes the next number of its counter; or NULL
 * if the slot, below SLOTS_MAX, is not in use. */
const uint8_t *slot_keys_next(struct slot_keys *, uint32_t slot,
    uint64_t *counter);
/* Wipes the key of a slot, if it is in use. */
void slot_keys_end(struct slot_keys *, uint32_t slot);
void slot_keys_end_all(struct slot_keys *);

#endif
