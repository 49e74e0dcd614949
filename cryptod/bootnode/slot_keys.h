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

/* The bytes that a key takes when it is kept for another process: its slot, its
 * counter, itself. */
#define SLOT_KEY_KEPT (4 + 8 + KEY_LEN)
/* A counter goes on so much later in the process that takes the keys over. So
 * what the one before may have sealed since they were written, which is not
 * meant to be, has other counters. */
#define SLOT_KEY_LEAP (UINT64_C(1) << 20)

/* Writes as many keys of slots from *slot on as fit into max bytes; *slot is
 * then the first that is not written. Returns the length; 0: there are no
 * more. */
size_t slot_keys_kept(const struct slot_keys *, uint32_t *slot, uint8_t *out,
    size_t max);
/* Takes over what the function before this one wrote, except for keys of slots
 * at or above the limit, which is at most SLOTS_MAX. Returns 0, or -1 if it
 * cannot have been written so. */
int slot_keys_take(struct slot_keys *, uint32_t limit, const uint8_t *kept,
    size_t len);

#endif
