/*
 * Making and checking of the bootnode's stateless cookies. See cookie.h.
 */
#include "netd/bootnode/cookie.h"

#define COOKIE_INPUT_LEN (1 + 4 + 16 + 2 + 8)

static uint32_t
seconds(uint64_t now)
{
	return (uint32_t)(now / USEC_PER_SEC);
}

static void
put_input(uint8_t input[COOKIE_INPUT_LEN], uint32_t number,
    enum cookie_purpose purpose, const struct addr *addr, uint64_t bound)
{
	struct putter p;

	put_init(&p, input, COOKIE_INPUT_LEN);
	put_u8(&p, purpose);
	put_u32(&p, number);
	put_bytes(&p, addr->ip, sizeof(addr->ip));
	put_u16(&p, addr->port);
	put_u64(&p, bound);
}

void
cookie_make(struct wire_cookie *cookie, const uint8_t key[SIPHASH_KEY],
    uint64_t now, enum cookie_purpose purpose, const struct addr *addr,
    uint64_t bound)
{
	uint8_t input[COOKIE_INPUT_LEN];

	cookie->time = seconds(now);
	put_input(input, cookie->time, purpose, addr, bound);
	siphash(cookie->mac, key, input, sizeof(input));
}

bool
cookie_valid(const struct wire_cookie *cookie, const uint8_t key[SIPHASH_KEY],
    uint64_t now, enum cookie_purpose purpose, const struct addr *addr,
    uint64_t bound)
{
	uint8_t input[COOKIE_INPUT_LEN];

	/* The difference is unsigned: a time in the future is as far off as an
	 * old one. */
	if (seconds(now) - cookie->time >= COOKIE_SECONDS)
		return false;
	put_input(input, cookie->time, purpose, addr, bound);
	return siphash_verify(cookie->mac, key, input, sizeof(input));
}

uint64_t
cookie_made(const struct wire_cookie *cookie)
{
	return cookie->time * USEC_PER_SEC;
}

uint64_t
cookie_echo(const uint8_t key[SIPHASH_KEY], uint32_t number,
    const struct addr *addr, uint64_t session)
{
	uint8_t input[COOKIE_INPUT_LEN], mac[SIPHASH_MAC];
	struct getter g;

	put_input(input, number, COOKIE_FOR_ECHO, addr, session);
	siphash(mac, key, input, sizeof(input));
	get_init(&g, mac, sizeof(mac));
	return get_u64(&g);
}
