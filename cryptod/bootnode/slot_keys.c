/*
 * The keys of the channels to the clients. See slot_keys.h.
 */
#include "cryptod/bootnode/slot_keys.h"

#include "common/codec.h"
#include "common/log.h"

#include <stdlib.h>
#include <string.h>

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

/* Returns whether the slot is in use. */
static bool
in_use(const struct slot_keys *k, uint32_t slot)
{
	const struct slot_block *b = k->blocks[slot / BLOCK_SLOTS];

	return b != NULL && (b->in_use & bit_of(slot)) != 0;
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

	if (!in_use(k, slot))
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

	if (!in_use(k, slot))
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

size_t
slot_keys_kept(const struct slot_keys *k, uint32_t *slot, uint8_t *out,
    size_t max)
{
	struct putter p;

	put_init(&p, out, max);
	for (; *slot < SLOTS_MAX && p.left >= SLOT_KEY_KEPT; ++*slot) {
		const struct slot_block *b = k->blocks[*slot / BLOCK_SLOTS];

		if (!in_use(k, *slot))
			continue;
		put_u32(&p, *slot);
		put_u64(&p, b->counters[*slot % BLOCK_SLOTS]);
		put_bytes(&p, b->keys[*slot % BLOCK_SLOTS], KEY_LEN);
	}
	return put_length(&p);
}

int
slot_keys_take(struct slot_keys *k, uint32_t limit, const uint8_t *kept,
    size_t len)
{
	struct getter g;

	get_init(&g, kept, len);
	while (g.left > 0) {
		const uint32_t slot = get_u32(&g);
		const uint64_t counter = get_u64(&g);
		const uint8_t *key = get_ref(&g, KEY_LEN);

		if (key == NULL || slot >= SLOTS_MAX || in_use(k, slot) ||
		    counter > UINT64_MAX - 2 * SLOT_KEY_LEAP)
			return -1;
		if (slot >= limit)
			continue;
		memcpy(slot_keys_begin(k, slot), key, KEY_LEN);
		k->blocks[slot / BLOCK_SLOTS]->counters[slot % BLOCK_SLOTS] =
		    counter + SLOT_KEY_LEAP;
	}
	return 0;
}
