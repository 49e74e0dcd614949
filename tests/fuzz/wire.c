/*
 * Fuzzes the decoders of datagrams (common/wire.h). The input is a datagram. If
 * a decoder takes it, it must be the one encoding of the decoded values.
 */
#include "common/wire.h"

#include "tests/fuzz/fuzz.h"

static const uint8_t key[SIPHASH_KEY] = "0123456789abcde";

/* The first len bytes of both are the same, and so are their lengths. */
static void
check(const uint8_t *again, size_t again_len, const uint8_t *data, size_t size,
    size_t len)
{
	REQUIRE(again_len == size);
	REQUIRE(memcmp(again, data, len) == 0);
}

/* Decoders do not give an access MAC: one of ours takes its place. */
static size_t
put_access(uint8_t *again, size_t len, const uint8_t *data, size_t size)
{
	if (wire_access_len(data, size) == 0)
		return len;
	len = wire_access_put(again, len, key);
	REQUIRE(wire_access_ok(again, len, key));
	REQUIRE(wire_access_len(again, len) == wire_access_len(data, size));
	return len;
}

/* Decoders ignore the padding of HELLO and SYNC. */
#define PLAIN(kind, len)                                      \
	do {                                                  \
		struct wire_##kind x;                         \
                                                              \
		if (wire_get_##kind(data, size, &x) == 0) {   \
			n = wire_put_##kind(again, &x);       \
			n = put_access(again, n, data, size); \
			check(again, n, data, size, len);     \
			decoded++;                            \
		}                                             \
	} while (0)
#define MACED(kind, len)                                      \
	do {                                                  \
		struct wire_##kind x;                         \
                                                              \
		if (wire_get_##kind(data, size, &x) == 0) {   \
			n = wire_put_##kind(again, &x, key);  \
			REQUIRE(wire_mac_ok(again, n, key));  \
			n = put_access(again, n, data, size); \
			check(again, n, data, size, len);     \
			decoded++;                            \
		}                                             \
	} while (0)

/* A REJECT has a MAC if it answers a JOIN. */
static unsigned int
check_reject(const uint8_t *data, size_t size)
{
	uint8_t again[WIRE_MAX];
	struct wire_reject x;
	size_t n;

	if (wire_get_reject(data, size, &x) == -1)
		return 0;
	n = wire_put_reject(again, &x, key);
	check(again, n, data, size, WIRE_REJECT_LEN);
	REQUIRE((n == WIRE_REJECT_LEN) == (x.reason == REJECT_UNKNOWN_SESSION));
	return 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum wire_type type = wire_type(data, size);
	uint8_t again[WIRE_DATA_MAX];
	unsigned int decoded = 0;
	struct addr addr;
	struct getter g;
	size_t n;

	PLAIN(hello, WIRE_HEADER_LEN + NONCE_LEN);
	PLAIN(cookie_reply, size);
	PLAIN(join, type == WIRE_JOIN ? size - wire_access_len(data, size) : 0);
	PLAIN(welcome, size);
	decoded += check_reject(data, size);
	PLAIN(challenge, size);
	PLAIN(sealed, size);
	MACED(control,
	    type == WIRE_SYNC
		? WIRE_SYNC_MIN - SIPHASH_MAC
		: size - SIPHASH_MAC - wire_access_len(data, size));
	MACED(challenge_reply, size - SIPHASH_MAC);
	MACED(reflect, size - SIPHASH_MAC);
	MACED(relay, size - SIPHASH_MAC);
	MACED(probe, size - SIPHASH_MAC);
	MACED(handshake, size - SIPHASH_MAC);
	MACED(data, size - SIPHASH_MAC);
	/* A datagram has one type at most. */
	REQUIRE(decoded <= 1);
	REQUIRE(decoded == 0 || type != WIRE_INVALID);
	wire_mac_ok(data, size, key);
	get_init(&g, data, size);
	wire_get_addr(&g, &addr);
	return 0;
}
