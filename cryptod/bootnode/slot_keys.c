/*
 * The keys of the channels to the clients. See slot_keys.h.
 */
#include "cryptod/bootnode/slot_keys.h"

#include "common/log.h"

#include <stdlib.h>

struct slot_block {
	uint8_t (*keys)[KEY_LEN]; /* in secret memory */
	uint64_t in_use;	  /* a bit for each slot */
	uint64_t counters[BLOCK_SLOTS];
};
_Static_assert(BLOCK_SLOTS == 64, "in_use has a bit for each slot");

static uint64_t
bit_of(uint32_t slot)
{
	return UINT64_C(1) << slot % BLOCK_SLOTS;
}

uint8_t *
slot_keys_begin(struct slot_keys *k, uint32_t slot)
{
	struct slot_block *b = k->blocks[slot / BLOCK_SLOTS];

	if (b == NULL) {
		b = calloc(1, sizeof(*b));
		if (b == NULL)
			fatal("out of memory");
		b->keys = crypto_secret_alloc(BLOCK_BYTES);
		k->blocks[slot / BLOCK_SLOTS] = b;
	}
	b->in_use |= bit_of(slot);
	b->counters[slot % BLOCK_SLOTS] = 0;
	return b->keys[slot % BLOCK_SLOTS];
}

const uint8_t *
slot_keys_next(struct slot_keys *k, uint32_t slot, uint64_t *counter)
{
	struct slot_block *b = k->blocks[slot / BLOCK_SLOTS];

	if (b == NULL || (b->in_use & bit_of(slot)) == 0)
		return NULL;
	*counter = b->counters[slot % BLOCK_SLOTS]++;
	return b->keys[slot % BLOCK_SLOTS];
}

/* A block that no slot uses is given back. */
static void
fit(struct slot_keys *k, size_t i)
{
	struct slot_block *b = k->blocks[i];

	if (b == NULL || b->in_use != 0)
		return;
	crypto_secret_free(b->keys, BLOCK_BYTES);
	free(b);
	k->blocks[i] = NULL;
}

void
slot_keys_end(struct slot_keys *k, uint32_t slot)
{
	struct slot_block *b = k->blocks[slot / BLOCK_SLOTS];

	if (b == NULL || (b->in_use & bit_of(slot)) == 0)
		return;
	crypto_wipe(b->keys[slot % BLOCK_SLOTS], KEY_LEN);
	b->in_use &= ~bit_of(slot);
	fit(k, slot / BLOCK_SLOTS);
}

void
slot_keys_end_all(struct slot_keys *k)
{
	for (size_t i = 0; i < SLOTS_MAX / BLOCK_SLOTS; i++) {
		if (k->blocks[i] != NULL)
			k->blocks[i]->in_use = 0;
		fit(k, i); /* wipes all of it */
	}
}
