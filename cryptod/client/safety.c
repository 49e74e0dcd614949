/*
 * The safety number. See safety.h.
 */
#include "cryptod/client/safety.h"

#include <string.h>

#define GROUP_DIGITS 5
#define GROUP_BYTES  5

void
safety_number(char digits[SAFETY_DIGITS], const uint8_t a[X25519_LEN],
    const uint8_t b[X25519_LEN])
{
	uint8_t keys[2 * X25519_LEN];
	uint8_t out[SAFETY_DIGITS / GROUP_DIGITS * GROUP_BYTES];
	bool ordered = memcmp(a, b, X25519_LEN) < 0;
	uint64_t group;

	memcpy(keys, ordered ? a : b, X25519_LEN);
	memcpy(keys + X25519_LEN, ordered ? b : a, X25519_LEN);
	crypto_hkdf(out, sizeof(out), keys, sizeof(keys),
	    "gochat 1 safety number", NULL, 0);
	for (size_t i = 0; i < SAFETY_DIGITS; i += GROUP_DIGITS) {
		group = 0;
		for (size_t j = 0; j < GROUP_BYTES; j++)
			group = group << 8 | out[i + j];
		for (size_t j = GROUP_DIGITS; j-- > 0; group /= 10)
			digits[i + j] = (char)('0' + group % 10);
	}
}
