/*
 * What the fuzz targets share. A target is one file with one function in the
 * form that libFuzzer calls; replay.c calls it without libFuzzer.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "common/codec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The target. Returns 0; crashes if something is wrong. */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Holds for every input, or the target crashes. */
#define REQUIRE(what)            \
	do {                     \
		if (!(what))     \
			abort(); \
	} while (0)

/* Returns the next bytes of an input that is read as a script: as many as there
 * are, at most max. */
static inline const uint8_t *
fuzz_take(struct getter *g, size_t max, size_t *len)
{
	*len = g->left < max ? g->left : max;
	return get_ref(g, *len);
}

/* Returns a copy that ends where its memory ends, for sanitizers to see. */
static inline uint8_t *
fuzz_copy(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	REQUIRE(copy != NULL);
	if (len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

#endif
