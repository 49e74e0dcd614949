/*
 * Fuzzes the decoders of datagrams (common/wire.h). The input is a datagram;
 * what a decoder takes must be the one encoding of what it read.
 */
#include "common/wire.h"

#include "tests/fuzz/fuzz.h"

static const uint8_t key[SIPHASH_KEY] = "0123456789abcde";

/* The first len bytes are the same; all of them have the same number. */
static void
check(const uint8_t *again, size_t again_len, const uint8_t *data, size_t size,
    size_t len)
{
	REQUIRE(again_len == size);
	REQUIRE(memcmp(again, data, len) == 0);
}

/* HELLO's padding is not looked at. */
#define PLAIN(kind, len)                                    \
	do {                                                \
		struct wire_##kind x;                       \
                                                            \
		if (wire_get_##kind(data, size, &x) == 0) { \
			n = wire_put_##kind(again, &x);     \
			check(again, n, data, size, len);   \
			decoded++;                          \
		}                                           \
	} while (0)
#define MACED(kind)                                                      \
	do {                                                             \
		struct wire_##kind x;                                    \
                                                                         \
		if (wire_get_##kind(data, size, &x) == 0) {              \
			n = wire_put_##kind(again, &x, key);             \
			check(again, n, data, size, size - SIPHASH_MAC); \
			REQUIRE(wire_mac_ok(again, n, key));             \
			decoded++;                                       \
		}                                                        \
	} while (0)

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
	PLAIN(join, size);
	PLAIN(welcome, size);
	PLAIN(reject, size);
	PLAIN(challenge, size);
	PLAIN(sealed, size);
	MACED(control);
	MACED(challenge_reply);
	MACED(probe);
	MACED(handshake);
	MACED(data);
	/* A datagram is of one type or of none. */
	REQUIRE(decoded <= 1);
	REQUIRE(decoded == 0 || type != WIRE_INVALID);
	wire_mac_ok(data, size, key);
	get_init(&g, data, size);
	wire_get_addr(&g, &addr);
	return 0;
}
