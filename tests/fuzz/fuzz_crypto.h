/*
 * Starts cryptod's primitives in a fuzz target.
 */
#ifndef TESTS_FUZZ_FUZZ_CRYPTO_H
#define TESTS_FUZZ_FUZZ_CRYPTO_H

#include "cryptod/crypto.h"

#define FUZZ_HEAP 65536

void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

/*
 * Starts them once; returns true the first time. The random generator lives in
 * the heap for keys, where LeakSanitizer does not look: memory that only hangs
 * there is not leaked.
 */
static inline bool
fuzz_crypto_init(void)
{
	static bool initialised;

	if (initialised)
		return false;
	if (__lsan_disable != NULL)
		__lsan_disable();
	crypto_init(FUZZ_HEAP);
	if (__lsan_enable != NULL)
		__lsan_enable();
	initialised = true;
	return true;
}

#endif
