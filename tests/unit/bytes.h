/*
 * What the tests of parsers share: bytes written as hex, bytes that end where
 * memory ends, seeded randomness, and mutations.
 */
#ifndef TESTS_UNIT_BYTES_H
#define TESTS_UNIT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Mutations that every parser has to survive. */
#define MUTATIONS 100000

/* Reads hex, without the blanks between digits, into max bytes; returns how
 * many. Text that is no such hex is a bug of the test and ends it. */
size_t bytes_hex(void *out, size_t max, const char *hex);

/* True if the bytes are those of the hex; else prints both. */
bool bytes_are(const void *bytes, size_t len, const char *hex);

#define GUARDED_MAX 32768
/*
 * A copy of at most GUARDED_MAX bytes, valid until the next call, that ends
 * at a page without access: reading beyond it kills the test, with or without
 * a sanitizer.
 */
const uint8_t *bytes_guarded(const void *bytes, size_t len);

/* Returns the next random number of a seed. */
uint32_t random_next(uint64_t *seed);

/*
 * Changes buf in one to four ways: flips, overwrites, moves, cuts off or
 * appends bytes, at most max in all. Returns the new length.
 */
size_t bytes_mutate(uint64_t *seed, uint8_t *buf, size_t len, size_t max);

/* Initialiser of suites that need cryptod's primitives. */
int crypto_setup(void);

#endif
