/*
 * Access MACs: where they are in each packet, what they cover, and that all
 * else of the packet is as without one.
 */
#include "common/wire.h"

#include <CUnit/CUnit.h>

#include <string.h>

void wire_access_suite(void);

static const uint8_t key[SIPHASH_KEY] = "an access key's";
static const uint8_t other[SIPHASH_KEY] = "another one's";
static const uint8_t session_key[SIPHASH_KEY] = "a session's";

static void
test_hello(void)
{
	struct wire_hello h = { .nonce = { 1, 2, 3 } };
	uint8_t plain[WIRE_MAX], buf[WIRE_MAX], mac[SIPHASH_MAC];

	CU_ASSERT_EQUAL(wire_put_hello(plain, &h), WIRE_HELLO_LEN);
	CU_ASSERT_FALSE(wire_access_ok(plain, WIRE_HELLO_LEN, key));
	CU_ASSERT_EQUAL(wire_access_len(plain, WIRE_HELLO_LEN), 0);
	memcpy(buf, plain, WIRE_HELLO_LEN);
	CU_ASSERT_EQUAL(wire_access_put(buf, WIRE_HELLO_LEN, key),
	    WIRE_HELLO_LEN);
	CU_ASSERT_EQUAL(wire_access_len(buf, WIRE_HELLO_LEN), 0);
	CU_ASSERT_TRUE(wire_access_ok(buf, WIRE_HELLO_LEN, key));
	CU_ASSERT_FALSE(wire_access_ok(buf, WIRE_HELLO_LEN, other));
	/* PROTOCOL.md section 2.3: after the nonce, over all before it. */
	siphash(mac, key, buf, 12);
	CU_ASSERT_EQUAL(memcmp(buf + 12, mac, sizeof(mac)), 0);
	CU_ASSERT_EQUAL(memcmp(buf, plain, 12), 0);
	CU_ASSERT_EQUAL(memcmp(buf + 28, plain + 28, WIRE_HELLO_LEN - 28), 0);
	CU_ASSERT_EQUAL(wire_get_hello(buf, WIRE_HELLO_LEN, &h), 0);
	CU_ASSERT_EQUAL(h.nonce[2], 3);
}

/* It covers all of a JOIN, and its start says that it is there. */
static void
test_join(void)
{
	static const uint8_t noise[200] = { 7 };
	struct wire_join j = { .nonce = { 1 },
		.noise = noise,
		.noise_len = sizeof(noise) };
	uint8_t buf[WIRE_MAX], start[WIRE_JOIN_OVERHEAD];
	struct wire_join got;
	size_t len, plain;

	plain = wire_put_join(buf, &j);
	CU_ASSERT_EQUAL(wire_access_len(buf, plain), 0);
	CU_ASSERT_FALSE(wire_access_ok(buf, plain, key));
	len = wire_access_put(buf, plain, key);
	CU_ASSERT_EQUAL(len, plain + SIPHASH_MAC);
	CU_ASSERT_EQUAL(wire_access_len(buf, len), SIPHASH_MAC);
	CU_ASSERT_TRUE(wire_access_ok(buf, len, key));
	CU_ASSERT_FALSE(wire_access_ok(buf, len, other));
	for (size_t i = 0; i < len; i++) {
		buf[i] ^= 0x40;
		CU_ASSERT_FALSE(wire_access_ok(buf, len, key));
		buf[i] ^= 0x40;
	}
	CU_ASSERT_EQUAL(wire_get_join(buf, len, &got), 0);
	CU_ASSERT_EQUAL(got.noise_len, sizeof(noise));
	CU_ASSERT_EQUAL(memcmp(got.noise, noise, sizeof(noise)), 0);
	wire_join_start(start, j.nonce, &j.cookie, false);
	CU_ASSERT_NOT_EQUAL(memcmp(start, buf, sizeof(start)), 0);
	wire_access_mark(start);
	CU_ASSERT_EQUAL(memcmp(start, buf, sizeof(start)), 0);
	/* One that says so and has no place for it is none. */
	for (len = 0; len < WIRE_JOIN_OVERHEAD + SIPHASH_MAC; len++)
		CU_ASSERT_EQUAL(wire_get_join(buf, len, &got), -1);
}

/* Those of a session have it behind their own MAC; it covers what all of them
 * begin with. */
static void
test_control(void)
{
	static const enum wire_type types[] = { WIRE_HEARTBEAT, WIRE_SYNC,
		WIRE_LEAVE };
	struct wire_control c = { .session = 1,
		.counter = 2,
		.len = WIRE_MAX - SIPHASH_MAC,
		.access = true };
	uint8_t buf[WIRE_MAX];
	struct wire_control got;
	size_t len, plain;

	for (size_t i = 0; i < 3; i++) {
		c.type = types[i];
		plain = wire_put_control(buf, &c, session_key);
		len = wire_access_put(buf, plain, key);
		CU_ASSERT_EQUAL(len, plain + SIPHASH_MAC);
		CU_ASSERT(len <= WIRE_MAX);
		CU_ASSERT_TRUE(wire_access_ok(buf, len, key));
		CU_ASSERT_FALSE(wire_access_ok(buf, len, other));
		CU_ASSERT_EQUAL(wire_access_len(buf, len), SIPHASH_MAC);
		CU_ASSERT_TRUE(wire_mac_ok(buf, plain, session_key));
		CU_ASSERT_EQUAL(wire_get_control(buf, len, &got), 0);
		CU_ASSERT_TRUE(got.access);
		CU_ASSERT(got.session == 1 && got.counter == 2);
		CU_ASSERT_EQUAL(got.len, types[i] == WIRE_SYNC ? plain : 0);
		for (size_t k = 2; k < 20; k++) {
			buf[k] ^= 0x40;
			CU_ASSERT_FALSE(wire_access_ok(buf, len, key));
			buf[k] ^= 0x40;
		}
		/* Without its end it says what is not there. */
		if (types[i] != WIRE_SYNC)
			CU_ASSERT_EQUAL(wire_get_control(buf, plain, &got), -1);
	}
	/* No answer has one. */
	buf[0] = WIRE_HEARTBEAT_ACK;
	CU_ASSERT_EQUAL(wire_access_len(buf, 64), 0);
	CU_ASSERT_EQUAL(wire_get_control(buf, 64, &got), -1);
	CU_ASSERT_FALSE(wire_access_ok(buf, 64, key));
}

void
wire_access_suite(void)
{
	CU_pSuite suite = CU_add_suite("wire_access", NULL, NULL);

	CU_add_test(suite, "HELLO", test_hello);
	CU_add_test(suite, "JOIN", test_join);
	CU_add_test(suite, "HEARTBEAT, SYNC, LEAVE", test_control);
}
