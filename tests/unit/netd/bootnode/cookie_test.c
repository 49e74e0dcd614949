/*
 * Cookies are accepted for the purpose and the client they were made for, as
 * long as they are good, and for nothing else.
 */
#include "netd/bootnode/cookie.h"

#include <CUnit/CUnit.h>

void cookie_suite(void);

static const uint8_t key[SIPHASH_KEY] = "a key, 16 bytes";
static const struct addr here = {
	.ip = { [10] = 0xff, [11] = 0xff, [12] = 192, 0, 2, 1 },
	.port = 4545,
};

#define NOW   (6000 * USEC_PER_SEC)
#define BOUND 0x0102030405060708ULL

static void
test_life(void)
{
	struct wire_cookie c;

	cookie_make(&c, key, NOW, COOKIE_FOR_JOIN, &here, BOUND);
	CU_ASSERT_EQUAL(c.time, 6000);
	CU_ASSERT_EQUAL(cookie_made(&c), NOW);
#define VALID_AT(t) cookie_valid(&c, key, t, COOKIE_FOR_JOIN, &here, BOUND)
	CU_ASSERT_TRUE(VALID_AT(NOW));
	CU_ASSERT_TRUE(VALID_AT(NOW + COOKIE_LIFE - 1));
	CU_ASSERT_FALSE(VALID_AT(NOW + COOKIE_LIFE));
	CU_ASSERT_FALSE(VALID_AT(NOW - 1));
	CU_ASSERT_FALSE(VALID_AT(0));
#undef VALID_AT
}

static void
test_bound(void)
{
	struct wire_cookie c, bad;
	uint8_t other_key[SIPHASH_KEY] = { 0 };
	struct addr other_ip = here, other_port = here;

	other_ip.ip[15]++;
	other_port.port++;
	cookie_make(&c, key, NOW, COOKIE_FOR_JOIN, &here, BOUND);
	CU_ASSERT_TRUE(
	    cookie_valid(&c, key, NOW, COOKIE_FOR_JOIN, &here, BOUND));
	CU_ASSERT_FALSE(
	    cookie_valid(&c, other_key, NOW, COOKIE_FOR_JOIN, &here, BOUND));
	CU_ASSERT_FALSE(
	    cookie_valid(&c, key, NOW, COOKIE_FOR_MOVE, &here, BOUND));
	CU_ASSERT_FALSE(
	    cookie_valid(&c, key, NOW, COOKIE_FOR_JOIN, &other_ip, BOUND));
	CU_ASSERT_FALSE(
	    cookie_valid(&c, key, NOW, COOKIE_FOR_JOIN, &other_port, BOUND));
	CU_ASSERT_FALSE(
	    cookie_valid(&c, key, NOW, COOKIE_FOR_JOIN, &here, BOUND + 1));
	for (unsigned int bit = 0; bit < SIPHASH_MAC * 8; bit++) {
		bad = c;
		bad.mac[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CU_ASSERT_FALSE(cookie_valid(&bad, key, NOW, COOKIE_FOR_JOIN,
		    &here, BOUND));
	}
	/* The MAC covers the time: an old cookie cannot be made to look
	 * newer. */
	bad = c;
	bad.time++;
	CU_ASSERT_FALSE(cookie_valid(&bad, key, NOW + COOKIE_LIFE / 2,
	    COOKIE_FOR_JOIN, &here, BOUND));
}

/* An echo is that of a number, an address, a session and a key, and nothing
 * else makes the same. */
static void
test_echo(void)
{
	uint8_t other_key[SIPHASH_KEY] = { 0 };
	struct addr other_ip = here, other_port = here;
	const uint64_t echo = cookie_echo(key, 7, &here, BOUND);

	other_ip.ip[0]++;
	other_port.port++;
	CU_ASSERT_EQUAL(cookie_echo(key, 7, &here, BOUND), echo);
	CU_ASSERT_NOT_EQUAL(cookie_echo(key, 8, &here, BOUND), echo);
	CU_ASSERT_NOT_EQUAL(cookie_echo(key, 7 | 1u << 31, &here, BOUND), echo);
	CU_ASSERT_NOT_EQUAL(cookie_echo(key, 7, &other_ip, BOUND), echo);
	CU_ASSERT_NOT_EQUAL(cookie_echo(key, 7, &other_port, BOUND), echo);
	CU_ASSERT_NOT_EQUAL(cookie_echo(key, 7, &here, BOUND ^ 1ULL << 63),
	    echo);
	CU_ASSERT_NOT_EQUAL(cookie_echo(other_key, 7, &here, BOUND), echo);
}

void
cookie_suite(void)
{
	CU_pSuite suite = CU_add_suite("cookie", NULL, NULL);

	CU_add_test(suite, "as long as it is good", test_life);
	CU_add_test(suite, "bound to what it was made for", test_bound);
	CU_add_test(suite, "echoes", test_echo);
}
