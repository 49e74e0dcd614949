/*
 * SipHash-2-4-128. See siphash.h.
 */
#include "common/siphash.h"

#include <endian.h>
#include <string.h>

struct state {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t
rotl(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline uint64_t
load64le(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static inline void
store64le(uint8_t *p, uint64_t v)
{
	v = htole64(v);
	memcpy(p, &v, sizeof(v));
}

static inline void
rounds(struct state *s, int n)
{
	while (n-- > 0) {
		s->v0 += s->v1;
		s->v2 += s->v3;
		s->v1 = rotl(s->v1, 13) ^ s->v0;
		s->v3 = rotl(s->v3, 16) ^ s->v2;
		s->v0 = rotl(s->v0, 32);
		s->v2 += s->v1;
		s->v0 += s->v3;
		s->v1 = rotl(s->v1, 17) ^ s->v2;
		s->v3 = rotl(s->v3, 21) ^ s->v0;
		s->v2 = rotl(s->v2, 32);
	}
}

static inline uint64_t
folded(const struct state *s)
{
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

void
siphash(uint8_t out[SIPHASH_MAC], const uint8_t key[SIPHASH_KEY],
    const void *data, size_t len)
{
	uint64_t k0 = load64le(key), k1 = load64le(key + 8), m;
	struct state s = {
		.v0 = k0 ^ 0x736f6d6570736575,
		.v1 = k1 ^ 0x646f72616e646f6d ^ 0xee,
		.v2 = k0 ^ 0x6c7967656e657261,
		.v3 = k1 ^ 0x7465646279746573,
	};
	const uint8_t *p = data;
	uint8_t last[8] = { 0 };
	size_t left = len;

	for (; left >= 8; left -= 8, p += 8) {
		m = load64le(p);
		s.v3 ^= m;
		rounds(&s, 2);
		s.v0 ^= m;
	}
	if (left > 0)
		memcpy(last, p, left);
	last[7] = (uint8_t)len;
	m = load64le(last);
	s.v3 ^= m;
	rounds(&s, 2);
	s.v0 ^= m;

	s.v2 ^= 0xee;
	rounds(&s, 4);
	store64le(out, folded(&s));
	s.v1 ^= 0xdd;
	rounds(&s, 4);
	store64le(out + 8, folded(&s));
}

bool
siphash_verify(const uint8_t mac[SIPHASH_MAC], const uint8_t key[SIPHASH_KEY],
    const void *data, size_t len)
{
	uint8_t want[SIPHASH_MAC];
	unsigned int differ = 0;

	siphash(want, key, data, len);
	for (size_t i = 0; i < sizeof(want); i++)
		differ |= (unsigned int)(want[i] ^ mac[i]);
	return differ == 0;
}
