/*
 * Every datagram: golden bytes (written by hand from PROTOCOL.md; MACs from
 * another implementation of SipHash), truncations, limits and mutations. One
 * row of the table of packets is one layout; the tests go over all rows.
 */
#include "common/wire.h"

#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void wire_suite(void);

static const uint8_t key[SIPHASH_KEY] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
	12, 13, 14, 15 };
static const uint8_t noise[] = { 0x6e, 0x6f, 0x69, 0x73, 0x65 };
static const uint8_t sealed[17] = { 0x50, 0x51, [16] = 0x5f };

#define NONCE                                                  \
	{                                                      \
		0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7 \
	}
#define NONCE_HEX "a0a1a2a3a4a5a6a7"
#define COOKIE                                                                \
	{                                                                     \
		0x01020304,                                                   \
		{                                                             \
			0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, \
			    0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf          \
		}                                                             \
	}
#define COOKIE_HEX  "01020304 c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
#define SESSION	    0x1112131415161718
#define SESSION_HEX "1112131415161718"
#define COUNTER	    0x2122232425262728
#define COUNTER_HEX "2122232425262728"
#define ECHO_HEX    "5152535455565758"
#define CONTROL	    SESSION, COUNTER, 0x31323334, 0x5152535455565758
#define CONTROL_HEX SESSION_HEX COUNTER_HEX "31323334" ECHO_HEX

/* Encoders of the golden packets. */
#define PUT(kind, name, ...)                               \
	static size_t put_##name(uint8_t *buf)             \
	{                                                  \
		return wire_put_##kind(buf,                \
		    &(struct wire_##kind){ __VA_ARGS__ }); \
	}
#define PUT_MACED(kind, name, ...)                              \
	static size_t put_##name(uint8_t *buf)                  \
	{                                                       \
		return wire_put_##kind(buf,                     \
		    &(struct wire_##kind){ __VA_ARGS__ }, key); \
	}
PUT(hello, hello, NONCE)
PUT(cookie_reply, cookie, NONCE, COOKIE, { 0xe0, [31] = 0xff })
PUT(join, join, NONCE, COOKIE, noise, sizeof(noise), false)
PUT(welcome, welcome, NONCE, noise, sizeof(noise))
PUT(challenge, challenge, SESSION, COOKIE)
PUT(sealed, sealed, SESSION, COUNTER, sealed, sizeof(sealed))
PUT_MACED(reject, reject, REJECT_ROOM_FULL, SESSION)
PUT_MACED(control, heartbeat, WIRE_HEARTBEAT, CONTROL, 0, 0, { { 0 } }, 0,
    false)
PUT_MACED(control, heartbeat_ack, WIRE_HEARTBEAT_ACK, CONTROL, ACK_AGAIN, 0x30,
    { { 0 } }, 0, false)
PUT_MACED(control, sync, WIRE_SYNC, CONTROL, 0, 0, { { 0x61, [15] = 0x6f } },
    66, false)
PUT_MACED(control, leave, WIRE_LEAVE, CONTROL, 0, 0, { { 0 } }, 0, false)
PUT_MACED(control, leave_ack, WIRE_LEAVE_ACK, CONTROL, 0, 0, { { 0 } }, 0,
    false)
PUT_MACED(challenge_reply, challenge_reply, SESSION, COUNTER, COOKIE)
#define OBSERVED                                                         \
	{                                                                \
		.ip = { [10] = 0xff, 0xff, 0xc0, 0, 2, 1 }, .port = 4545 \
	}
#define OBSERVED_HEX	 "00000000000000000000ffffc0000201 11c1"
#define PROBE_NUMBER	 0x5152535455565758
#define PROBE_ASK	 0x6162636465666768
#define NUMBER_HEX	 "5152535455565758"
#define ASK_HEX		 "6162636465666768"
#define NO_ASK_HEX	 "0000000000000000"
#define NOT_OBSERVED_HEX "00000000000000000000000000000000 0000"
#define ZEROS_32 \
	"0000000000000000000000000000000000000000000000000000000000000000"
PUT_MACED(relay, relay, SESSION, { { 0x91 } }, noise, sizeof(noise))
PUT_MACED(reflect, reflect, WIRE_REFLECT, SESSION, COUNTER, { { 0 }, 0 })
PUT_MACED(reflect, reflect_reply, WIRE_REFLECT_REPLY, SESSION, COUNTER,
    OBSERVED)
PUT_MACED(probe, probe, WIRE_PROBE, PROBE_NOMINATE, SESSION, PROBE_NUMBER,
    COUNTER, 0, { { 0 }, 0 })
PUT_MACED(probe, probe_reply, WIRE_PROBE_REPLY, PROBE_IN_USE, SESSION,
    PROBE_NUMBER, COUNTER, PROBE_ASK, OBSERVED)
PUT_MACED(handshake, handshake, HANDSHAKE_3, SESSION, COUNTER, noise,
    sizeof(noise))
PUT_MACED(data, data, 5, SESSION, COUNTER, (const uint8_t *)"\x03", 1)

/* Decodes and encodes again; 0 if it was refused, else the length. */
#define RECODE(kind)                                              \
	static size_t recode_##kind(const uint8_t *p, size_t len, \
	    uint8_t *out)                                         \
	{                                                         \
		struct wire_##kind x;                             \
                                                                  \
		return wire_get_##kind(p, len, &x) == -1          \
		    ? 0                                           \
		    : wire_put_##kind(out, &x);                   \
	}
#define RECODE_MACED(kind)                                        \
	static size_t recode_##kind(const uint8_t *p, size_t len, \
	    uint8_t *out)                                         \
	{                                                         \
		struct wire_##kind x;                             \
                                                                  \
		return wire_get_##kind(p, len, &x) == -1          \
		    ? 0                                           \
		    : wire_put_##kind(out, &x, key);              \
	}
RECODE(hello)
RECODE(cookie_reply)
RECODE(join)
RECODE(welcome)
RECODE(challenge)
RECODE(sealed)
RECODE_MACED(reject)
RECODE_MACED(control)
RECODE_MACED(challenge_reply)
RECODE_MACED(relay)
RECODE_MACED(reflect)
RECODE_MACED(probe)
RECODE_MACED(handshake)
RECODE_MACED(data)

static const struct packet {
	enum wire_type type;
	size_t (*put)(uint8_t *);
	size_t (*recode)(const uint8_t *, size_t, uint8_t *);
	const char *golden;
	bool maced;
	size_t shortest;    /* the shortest form, if the length varies */
	unsigned int flags; /* allowed in the header's last two bytes */
} packets[] = {
	{ WIRE_HELLO, put_hello, recode_hello, NULL, false, 0, 0 },
	{ WIRE_COOKIE, put_cookie, recode_cookie_reply,
	    "02010000" NONCE_HEX COOKIE_HEX "e0000000000000000000000000000000"
	    "000000000000000000000000000000ff",
	    false, 0, 0 },
	{ WIRE_JOIN, put_join, recode_join,
	    "03010000" NONCE_HEX COOKIE_HEX "6e6f697365", false,
	    WIRE_JOIN_OVERHEAD, WIRE_TOKEN },
	{ WIRE_WELCOME, put_welcome, recode_welcome,
	    "04010000" NONCE_HEX "6e6f697365", false, WIRE_WELCOME_OVERHEAD,
	    0 },
	{ WIRE_HEARTBEAT, put_heartbeat, recode_control,
	    "05010000" CONTROL_HEX "09c0468f8241b74cc6dda88abb141be5", true, 0,
	    0 },
	{ WIRE_HEARTBEAT_ACK, put_heartbeat_ack, recode_control,
	    "06013001" CONTROL_HEX "5b1906f830acffed3516737ae65d5db1", true, 0,
	    0xff01 },
	{ WIRE_SEALED, put_sealed, recode_sealed,
	    "07010000" SESSION_HEX COUNTER_HEX
	    "50510000000000000000000000000000 5f",
	    false, WIRE_SEALED_OVERHEAD + 1, 0 },
	{ WIRE_SYNC, put_sync, recode_control,
	    "08010000" CONTROL_HEX "6100000000000000000000000000006f0000"
	    "1add85da1959091228c3aac43422fa64",
	    true, WIRE_SYNC_MIN, 0 },
	{ WIRE_LEAVE, put_leave, recode_control,
	    "09010000" CONTROL_HEX "10e84e3157a8ffedbf6a1664770df765", true, 0,
	    0 },
	{ WIRE_LEAVE_ACK, put_leave_ack, recode_control,
	    "0a010000" CONTROL_HEX "8fb5ecab8042a03f845f7c6dbcf9228d", true, 0,
	    0 },
	{ WIRE_REJECT, put_reject, recode_reject,
	    "0b010002" SESSION_HEX "55562371e20f81204ea1ab897dbdf8ea", true, 0,
	    6 },
	{ WIRE_CHALLENGE, put_challenge, recode_challenge,
	    "0c010000" SESSION_HEX COOKIE_HEX, false, 0, 0 },
	{ WIRE_CHALLENGE_REPLY, put_challenge_reply, recode_challenge_reply,
	    "0d010000" SESSION_HEX COUNTER_HEX COOKIE_HEX
	    "ed38e5d6bc4ab703c27037b42abde125",
	    true, 0, 0 },
	{ WIRE_RELAY, put_relay, recode_relay,
	    "0e010000" SESSION_HEX "91000000000000000000000000000000"
	    "6e6f697365 f8d910f17c51f3f24633d8ba084c1916",
	    true, WIRE_RELAY_OVERHEAD + 1, 0 },
	{ WIRE_REFLECT, put_reflect, recode_reflect,
	    "0f010000" SESSION_HEX COUNTER_HEX NOT_OBSERVED_HEX
	    "304d1c0e6d70691fddedf1c9d47d2986",
	    true, 0, 0 },
	{ WIRE_REFLECT_REPLY, put_reflect_reply, recode_reflect,
	    "13010000" SESSION_HEX COUNTER_HEX OBSERVED_HEX
	    "b7eb0d4476a1bc420d8f8b7c6a48bc02",
	    true, 0, 0 },
	{ WIRE_PROBE, put_probe, recode_probe,
	    "10010001" SESSION_HEX NUMBER_HEX COUNTER_HEX NO_ASK_HEX
		NOT_OBSERVED_HEX "b17968deaaf94f83c89f2c03536d7c17",
	    true, 0, PROBE_FLAGS },
	{ WIRE_PROBE_REPLY, put_probe_reply, recode_probe,
	    "11010002" SESSION_HEX NUMBER_HEX COUNTER_HEX ASK_HEX OBSERVED_HEX
	    "a518dcc859789617cc2fe7cba906fcad",
	    true, 0, PROBE_FLAGS },
	{ WIRE_HANDSHAKE, put_handshake, recode_handshake,
	    "14010003" SESSION_HEX COUNTER_HEX
	    "0005 6e6f697365" ZEROS_32 ZEROS_32 ZEROS_32 ZEROS_32 ZEROS_32
		ZEROS_32 ZEROS_32 ZEROS_32
	    "0000000000000000000000000000000000000000000000000000000000"
	    "d142d062041f579a13fb0d09685cf7c1",
	    true, 0, 3 },
	{ WIRE_DATA, put_data, recode_data,
	    "12010005" SESSION_HEX COUNTER_HEX "03"
	    "a6d3816c009b32fc0ed8a55ad187eae6",
	    true, WIRE_DATA_OVERHEAD + 1, 0xff },
};

#define FOREACH_PACKET(p)                      \
	for (const struct packet *p = packets; \
	     p < packets + sizeof(packets) / sizeof(packets[0]); p++)

/* A HELLO is its nonce and zeros. */
static void
check_hello(const uint8_t *buf, size_t len)
{
	uint8_t zero[WIRE_HELLO_LEN - 12] = { 0 };

	CU_ASSERT_EQUAL(len, 1200);
	CU_ASSERT(bytes_are(buf, 12, "01010000" NONCE_HEX));
	CU_ASSERT_EQUAL(memcmp(buf + 12, zero, sizeof(zero)), 0);
}

static void
test_golden(void)
{
	uint8_t buf[WIRE_MAX], again[WIRE_MAX];
	size_t len, types = 0;

	FOREACH_PACKET(p)
	{
		len = p->put(buf);
		if (p->golden == NULL)
			check_hello(buf, len);
		else
			CU_ASSERT(bytes_are(buf, len, p->golden));
		CU_ASSERT_EQUAL(wire_type(buf, len), p->type);
		CU_ASSERT_EQUAL(p->recode(bytes_guarded(buf, len), len, again),
		    len);
		CU_ASSERT_EQUAL(memcmp(buf, again, len), 0);
		CU_ASSERT_EQUAL(wire_mac_ok(buf, len, key), p->maced);
	}
#define X(name, number, text) types++;
	WIRE_TYPES(X)
#undef X
	CU_ASSERT_EQUAL(types, sizeof(packets) / sizeof(packets[0]));
}

static void
test_sizes(void)
{
	static const struct {
		enum wire_type type;
		size_t len;
	} fixed[] = {
		{ WIRE_HELLO, 1200 },
		{ WIRE_COOKIE, 64 },
		{ WIRE_HEARTBEAT, 48 },
		{ WIRE_HEARTBEAT_ACK, 48 },
		{ WIRE_LEAVE, 48 },
		{ WIRE_LEAVE_ACK, 48 },
		{ WIRE_REJECT, 28 },
		{ WIRE_CHALLENGE, 32 },
		{ WIRE_CHALLENGE_REPLY, 56 },
		{ WIRE_REFLECT, 54 },
		{ WIRE_REFLECT_REPLY, 54 },
		{ WIRE_PROBE, 70 },
		{ WIRE_PROBE_REPLY, 70 },
		{ WIRE_HANDSHAKE, 328 },
	};
	uint8_t buf[WIRE_MAX];
	size_t found = 0;

	FOREACH_PACKET(p)
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (fixed[i].type == p->type) {
			CU_ASSERT_EQUAL(p->put(buf), fixed[i].len);
			CU_ASSERT_EQUAL(p->shortest, 0);
			found++;
		}
	CU_ASSERT_EQUAL(found, sizeof(fixed) / sizeof(fixed[0]));
	CU_ASSERT_EQUAL(WIRE_COOKIE_LEN, 64);
	CU_ASSERT_EQUAL(WIRE_CONTROL_LEN, 48);
	CU_ASSERT_EQUAL(WIRE_SYNC_MIN, 64);
	CU_ASSERT_EQUAL(WIRE_REJECT_LEN, 12);
	CU_ASSERT_EQUAL(WIRE_REFUSAL_LEN, 28);
	CU_ASSERT_EQUAL(WIRE_CHALLENGE_LEN, 32);
	CU_ASSERT_EQUAL(WIRE_CHALLENGE_REPLY_LEN, 56);
	CU_ASSERT_EQUAL(WIRE_PROBE_LEN, 70);
	CU_ASSERT_EQUAL(WIRE_REFLECT_LEN, 54);
}

/* Every truncation is refused, and so is a byte more. */
static void
test_lengths(void)
{
	uint8_t buf[WIRE_DATA_MAX + 1], again[WIRE_DATA_MAX];
	size_t len, got, max;
	bool allowed;

	FOREACH_PACKET(p)
	{
		len = p->put(buf);
		max = p->type == WIRE_DATA ? WIRE_DATA_MAX : WIRE_MAX;
		for (size_t n = 0; n < len; n++) {
			got = p->recode(bytes_guarded(buf, n), n, again);
			allowed = p->shortest != 0 && n >= p->shortest;
			CU_ASSERT_EQUAL(got, allowed ? n : 0);
		}
		buf[len] = 0;
		got = p->recode(bytes_guarded(buf, len + 1), len + 1, again);
		CU_ASSERT_EQUAL(got, p->shortest != 0 ? len + 1 : 0);
		memset(buf + len, 0, sizeof(buf) - len);
		got = p->recode(bytes_guarded(buf, max), max, again);
		CU_ASSERT_EQUAL(got, p->shortest != 0 ? max : 0);
		CU_ASSERT_EQUAL(p->recode(bytes_guarded(buf, max + 1), max + 1,
				    again),
		    0);
	}
}

/* What does not fit into a packet is not encoded. */
static void
test_longest(void)
{
	static const uint8_t many[WIRE_DATA_MAX];
	uint8_t buf[WIRE_DATA_MAX];
	struct wire_join join = { .noise = many };
	struct wire_welcome welcome = { .noise = many };
	struct wire_sealed s = { .sealed = many };
	struct wire_handshake handshake = { .record = many };
	struct wire_data data = { .frames = many };

	join.noise_len = WIRE_MAX - WIRE_JOIN_OVERHEAD;
	CU_ASSERT_EQUAL(wire_put_join(buf, &join), WIRE_MAX);
	join.noise_len++;
	CU_ASSERT_EQUAL(wire_put_join(buf, &join), 0);
	welcome.noise_len = WIRE_MAX - WIRE_WELCOME_OVERHEAD;
	CU_ASSERT_EQUAL(wire_put_welcome(buf, &welcome), WIRE_MAX);
	welcome.noise_len++;
	CU_ASSERT_EQUAL(wire_put_welcome(buf, &welcome), 0);
	s.sealed_len = WIRE_SEALED_MAX + AEAD_TAG_LEN;
	CU_ASSERT_EQUAL(wire_put_sealed(buf, &s), WIRE_MAX);
	s.sealed_len++;
	CU_ASSERT_EQUAL(wire_put_sealed(buf, &s), 0);
	handshake.record_len = WIRE_HANDSHAKE_RECORD_MAX;
	CU_ASSERT_EQUAL(wire_put_handshake(buf, &handshake, key),
	    WIRE_HANDSHAKE_LEN);
	handshake.record_len++;
	CU_ASSERT_EQUAL(wire_put_handshake(buf, &handshake, key), 0);
	data.frames_len = WIRE_DATA_MAX - WIRE_DATA_OVERHEAD;
	CU_ASSERT_EQUAL(wire_put_data(buf, &data, key), WIRE_DATA_MAX);
	CU_ASSERT_TRUE(wire_mac_ok(buf, WIRE_DATA_MAX, key));
	data.frames_len++;
	CU_ASSERT_EQUAL(wire_put_data(buf, &data, key), 0);
}

static void
test_types(void)
{
	uint8_t header[WIRE_DATA_MAX + 1] = { 0, WIRE_VERSION };
	unsigned int known = 0;
	size_t max;

	for (unsigned int type = 0; type < 256; type++) {
		header[0] = (uint8_t)type;
		for (unsigned int version = 0; version < 256; version++) {
			header[1] = (uint8_t)version;
			if (wire_type(header, 4) == WIRE_INVALID)
				continue;
			known++;
			CU_ASSERT_EQUAL(version, 1);
			CU_ASSERT_EQUAL(wire_type(header, 4), type);
			max = type == WIRE_DATA ? WIRE_DATA_MAX : WIRE_MAX;
			CU_ASSERT_EQUAL(wire_type(header, max), type);
			CU_ASSERT_EQUAL(wire_type(header, max + 1),
			    WIRE_INVALID);
			CU_ASSERT_EQUAL(wire_type(header, 3), WIRE_INVALID);
		}
	}
	CU_ASSERT_EQUAL(known, sizeof(packets) / sizeof(packets[0]));
	CU_ASSERT_STRING_EQUAL(wire_type_name(WIRE_HEARTBEAT_ACK),
	    "heartbeat-ack");
	CU_ASSERT_STRING_EQUAL(wire_type_name(WIRE_INVALID), "unknown");
	CU_ASSERT_STRING_EQUAL(wire_type_name((enum wire_type)99), "unknown");
}

/* The header of a valid packet gets another type, version or flag. */
static void
test_headers(void)
{
	uint8_t buf[WIRE_MAX], again[WIRE_MAX];
	unsigned int flags;
	size_t len;
	bool ok;

	FOREACH_PACKET(p)
	{
		len = p->put(buf);
		FOREACH_PACKET(other)
		{
			buf[0] = (uint8_t)other->type;
			ok = p->recode == other->recode &&
			    (p->type == WIRE_SYNC) ==
				(other->type == WIRE_SYNC) &&
			    (p->type != WIRE_HEARTBEAT_ACK ||
				other->type == WIRE_HEARTBEAT_ACK);
			CU_ASSERT_EQUAL(p->recode(buf, len, again),
			    ok ? len : 0);
		}
		buf[0] = (uint8_t)p->type;
		for (unsigned int version = 0; version < 256; version++) {
			buf[1] = (uint8_t)version;
			CU_ASSERT_EQUAL(p->recode(buf, len, again),
			    version == 1 ? len : 0);
		}
		buf[1] = WIRE_VERSION;
		for (unsigned int bit = 0; bit < 16; bit++) {
			flags = 1u << bit;
			buf[2] = (uint8_t)(flags >> 8);
			buf[3] = (uint8_t)flags;
			CU_ASSERT_EQUAL(p->recode(buf, len, again),
			    (flags & ~p->flags) == 0 ? len : 0);
		}
	}
	len = put_reject(buf);
	for (unsigned int reason = 0; reason < 256; reason++) {
		buf[3] = (uint8_t)reason;
		CU_ASSERT_EQUAL(recode_reject(buf, len, again),
		    reason > REJECT_UNKNOWN_SESSION &&
			    reason <= REJECT_BOOTNODE_FULL
			? len
			: 0);
	}
	/* A session that nobody knows has no key. */
	buf[3] = REJECT_UNKNOWN_SESSION;
	CU_ASSERT_EQUAL(recode_reject(buf, WIRE_REJECT_LEN, again),
	    WIRE_REJECT_LEN);
	buf[3] = REJECT_ROOM_FULL;
	CU_ASSERT_EQUAL(recode_reject(buf, WIRE_REJECT_LEN, again), 0);
}

/*
 * A decoder takes only one encoding: what it read, written again, is the same
 * bytes, except a HELLO's padding, a MAC and an access MAC. And no mutation
 * keeps its MAC valid.
 */
static void
check_mutant(const struct packet *p, const uint8_t *buf, size_t len)
{
	uint8_t again[WIRE_MAX];
	const uint8_t *guarded = bytes_guarded(buf, len);
	size_t got = p->recode(guarded, len, again), same = got;
	size_t access = got == 0 ? 0 : wire_access_len(guarded, len);

	if (p->maced)
		CU_ASSERT_FALSE(wire_mac_ok(guarded, len, key));
	if (got == 0)
		return;
	if (p->maced && got != WIRE_REJECT_LEN) /* such a REJECT has no MAC */
		same -= SIPHASH_MAC;
	if (p->type == WIRE_HELLO)
		same = 12;
	if (wire_type(buf, len) == WIRE_SYNC)
		same = WIRE_SYNC_MIN - SIPHASH_MAC;
	if (access > 0 && p->type == WIRE_JOIN)
		wire_access_mark(again);
	CU_ASSERT_EQUAL(got + access, len);
	CU_ASSERT_EQUAL(memcmp(again, buf, same), 0);
}

static void
test_mutations(void)
{
	uint8_t valid[WIRE_MAX], buf[WIRE_MAX + 16];
	uint64_t seed = 1;
	size_t valid_len, len;

	FOREACH_PACKET(p)
	{
		valid_len = p->put(valid);
		for (int i = 0; i < MUTATIONS; i++) {
			memcpy(buf, valid, valid_len);
			len = bytes_mutate(&seed, buf, valid_len, sizeof(buf));
			if (len != valid_len || memcmp(buf, valid, len) != 0)
				check_mutant(p, buf, len);
		}
	}
}

void
wire_suite(void)
{
	CU_pSuite suite = CU_add_suite("wire", NULL, NULL);

	CU_add_test(suite, "golden bytes", test_golden);
	CU_add_test(suite, "sizes", test_sizes);
	CU_add_test(suite, "truncated and too long", test_lengths);
	CU_add_test(suite, "longest packets", test_longest);
	CU_add_test(suite, "types", test_types);
	CU_add_test(suite, "types, versions and flags", test_headers);
	CU_add_test(suite, "mutations", test_mutations);
}
