/*
 * Random bytes for netd, which has no libcrypto: nonces, probe ids.
 */
#ifndef NETD_RANDOM_H
#define NETD_RANDOM_H

#include "common/log.h"

#include <sys/random.h>

#include <stdint.h>

static inline void
random_bytes(void *out, size_t len)
{
	if (getrandom(out, len, 0) != (ssize_t)len)
		fatal("getrandom failed");
}

/* Returns a random number that is never 0. */
static inline uint64_t
random_u64(void)
{
	uint64_t v;

	do
		random_bytes(&v, sizeof(v));
	while (v == 0);
	return v;
}

#endif
