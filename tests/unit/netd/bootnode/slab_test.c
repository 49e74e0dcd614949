/*
 * Objects of one size: they do not overlap, come as zeros, and give their
 * memory back.
 */
#include "netd/bootnode/slab.h"

#include <CUnit/CUnit.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void slab_suite(void);

#define OBJECTS 5000

/* Fills an object with its number, and checks that it was zeros. */
static uint8_t *
take(struct slab *s, size_t size, int number)
{
	static const uint8_t zeros[300];
	uint8_t *object = slab_take(s);

	CU_ASSERT_PTR_NOT_NULL_FATAL(object);
	CU_ASSERT_EQUAL((uintptr_t)object % 8, 0);
	CU_ASSERT_EQUAL(memcmp(object, zeros, size), 0);
	memset(object, number % 255 + 1, size);
	return object;
}

static void
put(struct slab *s, size_t size, uint8_t *object, int number)
{
	for (size_t i = 0; i < size; i++)
		if (object[i] != number % 255 + 1)
			CU_FAIL("another object was written here");
	slab_put(s, object);
}

static void
try_size(size_t size)
{
	static uint8_t *objects[OBJECTS];
	struct slab s;
	size_t full;

	slab_init(&s, size);
	for (int i = 0; i < OBJECTS; i++)
		objects[i] = take(&s, size, i);
	full = s.chunks;
	CU_ASSERT(full * SLAB_CHUNK >= OBJECTS * size);
	/* No more than a chunk, and a hundredth, beyond the bytes. */
	CU_ASSERT(full * SLAB_CHUNK <=
	    OBJECTS * ((size + 7) / 8 * 8) * 101 / 100 + SLAB_CHUNK);
	for (int i = 0; i < OBJECTS; i += 3) {
		put(&s, size, objects[i], i);
		objects[i] = NULL;
	}
	for (int i = 0; i < OBJECTS; i += 3)
		objects[i] = take(&s, size, i);
	CU_ASSERT_EQUAL(s.chunks, full);
	for (int i = 0; i < OBJECTS; i++)
		put(&s, size, objects[i], i);
	CU_ASSERT_EQUAL(s.chunks, 1);
	slab_clear(&s);
	CU_ASSERT_EQUAL(s.chunks, 0);
	slab_clear(&s);
}

static void
test_sizes(void)
{
	try_size(1);
	try_size(57);
	try_size(224);
	try_size(255);
}

/* Those that stay let the other chunks become empty: new ones come into the
 * fullest chunk. */
static void
test_shrinks(void)
{
	static uint8_t *objects[OBJECTS];
	const size_t size = 256;
	struct slab s;
	size_t full;

	slab_init(&s, size);
	for (int i = 0; i < OBJECTS; i++)
		objects[i] = take(&s, size, i);
	full = s.chunks;
	for (int i = OBJECTS / 10; i < OBJECTS; i++)
		put(&s, size, objects[i], i);
	CU_ASSERT(s.chunks <= full / 10 + 2);
	for (int i = 0; i < OBJECTS / 10; i++)
		put(&s, size, objects[i], i);
	slab_clear(&s);
	CU_ASSERT_EQUAL(s.chunks, 0);
}

void
slab_suite(void)
{
	CU_pSuite suite = CU_add_suite("slab", NULL, NULL);

	CU_add_test(suite, "sizes", test_sizes);
	CU_add_test(suite, "shrinks", test_shrinks);
}
