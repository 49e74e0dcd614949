/*
 * The keys of a bootnode's channels, by slot.
 */
#include "cryptod/bootnode/run.h"
#include "cryptod/bootnode/slot_keys.h"

#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

void slot_keys_suite(void);

static struct slot_keys *keys;

static int
set_up(void)
{
	keys = calloc(1, sizeof(*keys));
	return keys == NULL ? -1 : crypto_setup();
}

static int
tear_down(void)
{
	free(keys);
	return 0;
}

static void
test_counters(void)
{
	uint8_t key[KEY_LEN];
	uint64_t counter;

	CU_ASSERT_PTR_NULL(slot_keys_next(keys, 70, &counter));
	memset(slot_keys_begin(keys, 70), 7, KEY_LEN);
	memset(slot_keys_begin(keys, 71), 8, KEY_LEN);
	CU_ASSERT_PTR_NULL(slot_keys_next(keys, 69, &counter));
	memset(key, 7, sizeof(key));
	for (uint64_t i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(memcmp(slot_keys_next(keys, 70, &counter), key,
				    KEY_LEN),
		    0);
		CU_ASSERT_EQUAL(counter, i);
	}
	/* Another session in the slot has its own key and counts anew. */
	memset(slot_keys_begin(keys, 70), 9, KEY_LEN);
	memset(key, 9, sizeof(key));
	CU_ASSERT_EQUAL(memcmp(slot_keys_next(keys, 70, &counter), key,
			    KEY_LEN),
	    0);
	CU_ASSERT_EQUAL(counter, 0);
	slot_keys_end(keys, 70);
	slot_keys_end(keys, 70);
	slot_keys_end(keys, 5000); /* never used */
	CU_ASSERT_PTR_NULL(slot_keys_next(keys, 70, &counter));
	memset(key, 8, sizeof(key));
	CU_ASSERT_EQUAL(memcmp(slot_keys_next(keys, 71, &counter), key,
			    KEY_LEN),
	    0);
	slot_keys_end_all(keys);
	CU_ASSERT_PTR_NULL(slot_keys_next(keys, 71, &counter));
}

/* Blocks without sessions are given back: the secret heap is as small as the
 * sessions are few. */
static void
test_memory(void)
{
	const size_t before = CRYPTO_secure_used();

	for (uint32_t slot = 0; slot < 10 * BLOCK_SLOTS; slot++)
		slot_keys_begin(keys, slot);
	CU_ASSERT_EQUAL(CRYPTO_secure_used(), before + 10 * BLOCK_BYTES);
	for (uint32_t slot = 0; slot < 9 * BLOCK_SLOTS + 1; slot++)
		slot_keys_end(keys, slot);
	CU_ASSERT_EQUAL(CRYPTO_secure_used(), before + BLOCK_BYTES);
	slot_keys_end_all(keys);
	CU_ASSERT_EQUAL(CRYPTO_secure_used(), before);
}

/* The heap holds the keys of so many sessions, and fits the usual limit on
 * locked memory by default. */
static void
test_heap(void)
{
	CU_ASSERT_EQUAL(cryptod_bootnode_heap(65000), 4 << 20);
	CU_ASSERT(cryptod_bootnode_heap(1000000) >= 1000512ul * KEY_LEN);
	CU_ASSERT(cryptod_bootnode_heap(1000000) <= 64 << 20);
	CU_ASSERT(cryptod_bootnode_heap(1) >= 1 << 18);
}

/* Keys that are kept for another process: as many as fit at a time, and in
 * order. */
static void
test_kept(void)
{
	uint8_t kept[2 * SLOT_KEY_KEPT + 1];
	uint32_t slot = 0;

	memset(slot_keys_begin(keys, 3), 3, KEY_LEN);
	memset(slot_keys_begin(keys, 200), 4, KEY_LEN);
	memset(slot_keys_begin(keys, SLOTS_MAX - 1), 5, KEY_LEN);
	CU_ASSERT_EQUAL(slot_keys_kept(keys, &slot, kept, sizeof(kept)),
	    2 * SLOT_KEY_KEPT);
	CU_ASSERT_EQUAL(slot, 201);
	CU_ASSERT_EQUAL(kept[3], 3);
	CU_ASSERT_EQUAL(kept[SLOT_KEY_KEPT + 3], 200);
	CU_ASSERT_EQUAL(slot_keys_kept(keys, &slot, kept, sizeof(kept)),
	    SLOT_KEY_KEPT);
	CU_ASSERT_EQUAL(kept[12], 5);
	CU_ASSERT_EQUAL(slot_keys_kept(keys, &slot, kept, sizeof(kept)), 0);
	slot_keys_end_all(keys);
}

/* Keys that cannot have been kept so, and those for which there is no place. */
static void
test_taken(void)
{
	uint8_t kept[SLOT_KEY_KEPT] = { [3] = 9 };
	uint64_t counter;

	CU_ASSERT_EQUAL(slot_keys_take(keys, 10, kept, sizeof(kept) - 1), -1);
	CU_ASSERT_EQUAL(slot_keys_take(keys, 9, kept, sizeof(kept)), 0);
	CU_ASSERT_PTR_NULL(slot_keys_next(keys, 9, &counter));
	CU_ASSERT_EQUAL(slot_keys_take(keys, 10, kept, sizeof(kept)), 0);
	CU_ASSERT_PTR_NOT_NULL(slot_keys_next(keys, 9, &counter));
	CU_ASSERT_EQUAL(counter, SLOT_KEY_LEAP);
	/* Its slot is in use. */
	CU_ASSERT_EQUAL(slot_keys_take(keys, 10, kept, sizeof(kept)), -1);
	slot_keys_end_all(keys);
	/* A counter that would come to its end. */
	memset(kept + 4, 0xff, 8);
	CU_ASSERT_EQUAL(slot_keys_take(keys, 10, kept, sizeof(kept)), -1);
	/* A slot that there is not. */
	memset(kept, 0, sizeof(kept));
	kept[0] = 1;
	CU_ASSERT_EQUAL(slot_keys_take(keys, SLOTS_MAX, kept, sizeof(kept)),
	    -1);
}

void
slot_keys_suite(void)
{
	CU_pSuite suite = CU_add_suite("slot_keys", set_up, tear_down);

	CU_add_test(suite, "counters", test_counters);
	CU_add_test(suite, "memory", test_memory);
	CU_add_test(suite, "heap", test_heap);
	CU_add_test(suite, "kept for another process", test_kept);
	CU_add_test(suite, "taken over", test_taken);
}
