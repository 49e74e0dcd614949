/*
 * What the bootnode's sealed channel carries: golden bytes, truncations, bad
 * values and mutations of the JOIN and WELCOME payloads, rosters and events.
 */
#include "common/bootmsg.h"

#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <string.h>

void bootmsg_suite(void);

#define TOKEN_HEX \
	"700000000000000000000000000000000000000000000000000000000000007f"
#define COMMITMENT_HEX \
	"a0000000000000000000000000000000000000000000000000000000000000af"
#define TAG_HEX \
	"800000000000000000000000000000000000000000000000000000000000008f"
#define ID(n)                          \
	{                              \
		{                      \
			n, [15] = 0x9f \
		}                      \
	}
#define ID_HEX(n) n "00000000000000000000000000009f"
#define V4                                                       \
	{                                                        \
		{ [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 }, 4545 \
	}
#define V4_HEX "04 c0000201 11c1"
#define V6                                                    \
	{                                                     \
		{ 0x20, 0x01, 0x0d, 0xb8, [15] = 0x2a }, 4545 \
	}
#define V6_HEX "06 20010db800000000000000000000002a 11c1"

static const uint8_t card[CARD_MAX] = { 0xca, 0x4d, 0x01 };

static const struct bootmsg_join join = {
	.token = { 0x70, [31] = 0x7f },
	.commitment = { 0xa0, [31] = 0xaf },
	.tag = { { 0x80, [31] = 0x8f } },
	.attempt = 0x01020304,
	.flags = JOIN_HIDDEN,
	.skips = { { 0x81828384, 0x85868788 }, 2, { 0 } },
	.card = card,
	.card_len = 3,
};
static const struct bootmsg_welcome welcome = {
	.session = 0x1112131415161718,
	.observed = V4,
	.timeout_ms = 15000,
	.interval_ms = 10000,
	.settle_ms = 0x21222324,
	.version = 0x31323334,
	.relay_rate = 0x35363738,
	.reflect_port = 0x393a,
	.echo = 0x5152535455565758,
};
static const struct bootmsg_redirect redirect = {
	.token = { 0x61626364, { 0x65, [15] = 0x66 } },
	.name = 0x67686970,
	.count = 2,
	.addrs = { V4, V6 },
};
static const struct bootmsg_head events = { BOOTMSG_EVENTS, BOOTMSG_MORE,
	0x41424344, ID(0) };
static const struct bootmsg_head roster = { BOOTMSG_ROSTER, BOOTMSG_LAST,
	0x41424344, ID(0x90) };
static const struct bootmsg_entry entries[] = {
	{ .what = MEMBER_JOINED,
	    .id = ID(0x91),
	    .observed = V4,
	    .card = card,
	    .card_len = 3 },
	{ .what = MEMBER_JOINED,
	    .id = ID(0x92),
	    .observed = V6,
	    .card = card,
	    .card_len = 1 },
	{ .what = MEMBER_MOVED, .id = ID(0x93), .observed = V6 },
	{ .what = MEMBER_MOVED, .id = ID(0x97) }, /* its address is hidden */
	{ .what = MEMBER_MOVED, .id = ID(0x94), .observed = V4 },
	{ .what = MEMBER_LEFT, .id = ID(0x95), .reason = LEAVE_GRACEFUL },
	{ .what = MEMBER_LEFT, .id = ID(0x96), .reason = LEAVE_TIMEOUT },
	{ .what = MEMBER_OVERTAKEN, .count = 0x0107 },
};
#define ENTRIES (sizeof(entries) / sizeof(entries[0]))

static size_t
put_join(uint8_t *buf)
{
	return bootmsg_put_join(buf, WIRE_MAX, &join);
}

static size_t
put_welcome(uint8_t *buf)
{
	return bootmsg_put_welcome(buf, WIRE_MAX, &welcome);
}

static size_t
put_redirect(uint8_t *buf)
{
	return bootmsg_put_redirect(buf, WIRE_MAX, &redirect);
}

static size_t
put_move(uint8_t *buf)
{
	return bootmsg_put_move(buf, WIRE_MAX, redirect.addrs, redirect.count);
}

static size_t
put_body(uint8_t *buf, const struct bootmsg_head *head, size_t count)
{
	struct putter p;

	put_init(&p, buf, WIRE_MAX);
	bootmsg_put_head(&p, head);
	for (size_t i = 0; i < count; i++)
		bootmsg_put_entry(&p, &entries[i]);
	return put_length(&p);
}

static size_t
put_events(uint8_t *buf)
{
	return put_body(buf, &events, ENTRIES);
}

static size_t
put_roster(uint8_t *buf)
{
	return put_body(buf, &roster, 2);
}

static size_t
recode_join(const uint8_t *in, size_t len, uint8_t *out)
{
	struct bootmsg_join j;

	return bootmsg_get_join(in, len, &j) == -1
	    ? 0
	    : bootmsg_put_join(out, WIRE_MAX, &j);
}

static size_t
recode_welcome(const uint8_t *in, size_t len, uint8_t *out)
{
	struct bootmsg_welcome w;

	return bootmsg_get_welcome(in, len, &w) == -1
	    ? 0
	    : bootmsg_put_welcome(out, WIRE_MAX, &w);
}

static size_t
recode_redirect(const uint8_t *in, size_t len, uint8_t *out)
{
	struct bootmsg_redirect r;

	return bootmsg_get_redirect(in, len, &r) == -1
	    ? 0
	    : bootmsg_put_redirect(out, WIRE_MAX, &r);
}

static size_t
recode_move(const uint8_t *in, size_t len, uint8_t *out)
{
	struct addr addrs[NODE_ADDRS_MAX];
	struct bootmsg_head head;
	struct getter g;
	size_t count;

	get_init(&g, in, len);
	return bootmsg_get_head(&g, &head) == -1 || head.kind != BOOTMSG_MOVE ||
		bootmsg_get_move(&g, addrs, &count) == -1
	    ? 0
	    : bootmsg_put_move(out, WIRE_MAX, addrs, count);
}

static size_t
recode_body(const uint8_t *in, size_t len, uint8_t *out)
{
	struct bootmsg_entry entry;
	struct bootmsg_head head;
	struct putter p;
	struct getter g;

	get_init(&g, in, len);
	put_init(&p, out, WIRE_MAX);
	if (bootmsg_get_head(&g, &head) == -1)
		return 0;
	bootmsg_put_head(&p, &head);
	while (g.left > 0) {
		if (bootmsg_get_entry(&g, head.kind, &entry) == -1)
			return 0;
		bootmsg_put_entry(&p, &entry);
	}
	return put_length(&p);
}

#define JOINED_HEX                           \
	"01" ID_HEX("91") V4_HEX "03 ca4d01" \
				 "01" ID_HEX("92") V6_HEX "01 ca"

static const struct message {
	size_t (*put)(uint8_t *);
	size_t (*recode)(const uint8_t *, size_t, uint8_t *);
	const char *golden;
	size_t lengths[ENTRIES + 2]; /* of the prefixes that are whole, too */
} messages[] = {
	{ put_join, recode_join,
	    TOKEN_HEX COMMITMENT_HEX TAG_HEX
	    "01020304 05 8182838485868788 ca4d01",
	    { 110, 111 } },
	{ put_welcome, recode_welcome,
	    "1112131415161718" V4_HEX
	    "00003a98 00002710 21222324 31323334 35363738 393a "
	    "5152535455565758",
	    { 0 } },
	{ put_redirect, recode_redirect,
	    "0000000000000000 61626364 65000000000000000000000000000066 "
	    "67686970 02" V4_HEX V6_HEX,
	    { 0 } },
	{ put_move, recode_move, "03 00 00000000 02" V4_HEX V6_HEX, { 0 } },
	/* The same without the last entry is valid, and so on. */
	{ put_roster, recode_body, "01 02 41424344" ID_HEX("90") JOINED_HEX,
	    { 22, 50 } },
	{ put_events, recode_body,
	    "02 01 41424344" JOINED_HEX "03" ID_HEX("93") V6_HEX
	    "03" ID_HEX("97") "00"
			      "03" ID_HEX("94") V4_HEX
	    "02" ID_HEX("95") "01"
			      "02" ID_HEX("96") "02"
						"04 0107",
	    { 6, 34, 72, 108, 126, 150, 168, 186 } },
};

#define FOREACH_MESSAGE(m)                       \
	for (const struct message *m = messages; \
	     m < messages + sizeof(messages) / sizeof(messages[0]); m++)

static void
test_golden(void)
{
	uint8_t buf[WIRE_MAX], again[WIRE_MAX];
	size_t len;

	FOREACH_MESSAGE(m)
	{
		len = m->put(buf);
		CU_ASSERT(bytes_are(buf, len, m->golden));
		CU_ASSERT_EQUAL(m->recode(bytes_guarded(buf, len), len, again),
		    len);
		CU_ASSERT_EQUAL(memcmp(buf, again, len), 0);
	}
}

static void
test_lengths(void)
{
	uint8_t buf[WIRE_MAX], again[WIRE_MAX];
	size_t len, want;

	FOREACH_MESSAGE(m)
	{
		len = m->put(buf);
		for (size_t n = 0; n < len; n++) {
			want = 0;
			for (size_t i = 0; i < ENTRIES + 2; i++)
				if (n > 0 && m->lengths[i] == n)
					want = n;
			CU_ASSERT_EQUAL(m->recode(bytes_guarded(buf, n), n,
					    again),
			    want);
		}
		/* One byte more belongs to a JOIN's card, and is an error
		 * elsewhere. */
		buf[len] = 1;
		want = m->recode == recode_join ? len + 1 : 0;
		CU_ASSERT_EQUAL(m->recode(bytes_guarded(buf, len + 1), len + 1,
				    again),
		    want);
	}
}

static void
test_limits(void)
{
	uint8_t buf[WIRE_MAX + 1];
	struct bootmsg_entry entry = entries[1];
	struct bootmsg_join j = join;
	struct putter p;
	size_t len;

	j.card_len = CARD_MAX;
	j.skips.count = JOIN_SKIPS_MAX;
	len = bootmsg_put_join(buf, sizeof(buf), &j);
	CU_ASSERT_EQUAL(len, BOOTMSG_JOIN_MAX);
	CU_ASSERT_EQUAL(bootmsg_get_join(buf, len, &j), 0);
	CU_ASSERT_EQUAL(bootmsg_get_join(buf, len + 1, &j), -1);
	CU_ASSERT_EQUAL(bootmsg_put_join(buf, len - 1, &j), 0);
	len = put_welcome(buf);
	CU_ASSERT_EQUAL(bootmsg_put_welcome(buf, len - 1, &welcome), 0);
	entry.card_len = CARD_MAX;
	put_init(&p, buf, sizeof(buf));
	bootmsg_put_entry(&p, &entry);
	CU_ASSERT_EQUAL(put_length(&p), BOOTMSG_ENTRY_MAX);
	put_init(&p, buf, BOOTMSG_ENTRY_MAX - 1);
	bootmsg_put_entry(&p, &entry);
	CU_ASSERT_EQUAL(put_length(&p), 0);
	put_init(&p, buf, sizeof(buf));
	bootmsg_put_head(&p, &roster);
	CU_ASSERT_EQUAL(put_length(&p), BOOTMSG_ROSTER_HEAD);
	put_init(&p, buf, sizeof(buf));
	bootmsg_put_head(&p, &events);
	CU_ASSERT_EQUAL(put_length(&p), BOOTMSG_HEAD_LEN);
}

/* A WELCOME with values that no client could live with is refused. */
static void
test_welcome_values(void)
{
	uint8_t buf[WIRE_MAX];
	struct bootmsg_welcome w;

#define CHECK(result, change)                                                  \
	do {                                                                   \
		w = welcome;                                                   \
		change;                                                        \
		CU_ASSERT_EQUAL(bootmsg_get_welcome(buf,                       \
				    bootmsg_put_welcome(buf, sizeof(buf), &w), \
				    &w),                                       \
		    result);                                                   \
	} while (0)
	CHECK(-1, w.session = 0);
	CHECK(-1, w.timeout_ms = 0);
	CHECK(-1, w.interval_ms = 0);
	CHECK(-1, w.interval_ms = w.timeout_ms + 1);
	CHECK(0, w.interval_ms = w.timeout_ms);
	CHECK(0, w.timeout_ms = UINT32_MAX);
	CHECK(0, w.version = 0);
#undef CHECK
}

/* Returns what the decoder says of so many addresses, of which the last is
 * this one. */
static int
redirect_to(size_t count, struct addr last)
{
	struct bootmsg_redirect r = redirect;
	uint8_t buf[WIRE_MAX];

	r.count = count;
	for (size_t i = 0; i + 1 < count && i < NODE_ADDRS_MAX; i++)
		r.addrs[i] = (struct addr)V4;
	if (count > 0 && count <= NODE_ADDRS_MAX)
		r.addrs[count - 1] = last;
	return bootmsg_get_redirect(buf,
	    bootmsg_put_redirect(buf, sizeof(buf), &r), &r);
}

/* Nobody is sent to nowhere, nor to more addresses than a node has. */
static void
test_redirect_values(void)
{
	const struct addr good = V4, no_port = { .ip = { 0x20, 0x01 } };
	struct addr any = good;

	memset(any.ip + 12, 0, 4);
	CU_ASSERT_EQUAL(redirect_to(0, good), -1);
	CU_ASSERT_EQUAL(redirect_to(1, good), 0);
	CU_ASSERT_EQUAL(redirect_to(NODE_ADDRS_MAX, good), 0);
	CU_ASSERT_EQUAL(redirect_to(2, no_port), -1);
	CU_ASSERT_EQUAL(redirect_to(2, any), -1);
	/* A WELCOME is no REDIRECT, nor the reverse. */
	{
		uint8_t buf[WIRE_MAX];
		struct bootmsg_redirect r;
		struct bootmsg_welcome w;

		CU_ASSERT_EQUAL(bootmsg_get_redirect(buf, put_welcome(buf), &r),
		    -1);
		CU_ASSERT_EQUAL(bootmsg_get_welcome(buf, put_redirect(buf), &w),
		    -1);
	}
}

static int
get_head(unsigned int kind, unsigned int flags)
{
	uint8_t buf[WIRE_MAX];
	struct bootmsg_head head;
	struct putter p;
	struct getter g;

	put_init(&p, buf, sizeof(buf));
	put_u8(&p, kind);
	put_u8(&p, flags);
	put_u32(&p, kind == BOOTMSG_MOVE ? 0 : 7);
	if (kind == BOOTMSG_ROSTER)
		put_bytes(&p, roster.after.bytes, PEER_ID_LEN);
	get_init(&g, buf, put_length(&p));
	return bootmsg_get_head(&g, &head);
}

static void
test_heads(void)
{
	for (unsigned int n = 0; n < 256; n++) {
		CU_ASSERT_EQUAL(get_head(n, 0),
		    n >= BOOTMSG_ROSTER && n <= BOOTMSG_MOVE ? 0 : -1);
		CU_ASSERT_EQUAL(get_head(BOOTMSG_MOVE, n), n == 0 ? 0 : -1);
		CU_ASSERT_EQUAL(get_head(BOOTMSG_ROSTER, n),
		    n == 0 || n == BOOTMSG_MORE || n == BOOTMSG_LAST ? 0 : -1);
		CU_ASSERT_EQUAL(get_head(BOOTMSG_EVENTS, n),
		    n == 0 || n == BOOTMSG_MORE ? 0 : -1);
	}
}

/* Reads one entry with a byte changed; at counts from the start of the
 * entry. */
static int
get_entry(size_t index, size_t at, unsigned int value, enum bootmsg_kind kind)
{
	uint8_t buf[WIRE_MAX];
	struct bootmsg_entry e;
	struct putter p;
	struct getter g;

	put_init(&p, buf, sizeof(buf));
	bootmsg_put_entry(&p, &entries[index]);
	buf[at] = (uint8_t)value;
	get_init(&g, buf, put_length(&p));
	return bootmsg_get_entry(&g, kind, &e) == 0 && get_done(&g) ? 0 : -1;
}

/* A card of no bytes is invalid. */
static int
get_empty_card(void)
{
	struct bootmsg_entry e = entries[0];
	uint8_t buf[WIRE_MAX];
	struct putter p;
	struct getter g;

	e.card_len = 0;
	put_init(&p, buf, sizeof(buf));
	bootmsg_put_entry(&p, &e);
	get_init(&g, buf, put_length(&p));
	return bootmsg_get_entry(&g, BOOTMSG_ROSTER, &e);
}

static int
get_nothing_overtaken(void)
{
	static const uint8_t bytes[] = { MEMBER_OVERTAKEN, 0, 0 };
	struct bootmsg_entry e;
	struct getter g;

	get_init(&g, bytes, sizeof(bytes));
	return bootmsg_get_entry(&g, BOOTMSG_EVENTS, &e);
}

static void
test_entries(void)
{
	for (unsigned int n = 0; n < 256; n++) {
		/* The kind of the entry: each has its own length. */
		CU_ASSERT_EQUAL(get_entry(0, 0, n, BOOTMSG_EVENTS),
		    n == MEMBER_JOINED ? 0 : -1);
		CU_ASSERT_EQUAL(get_entry(2, 0, n, BOOTMSG_EVENTS),
		    n == MEMBER_MOVED ? 0 : -1);
		CU_ASSERT_EQUAL(get_entry(5, 0, n, BOOTMSG_EVENTS),
		    n == MEMBER_LEFT ? 0 : -1);
		/* The reason for leaving. */
		CU_ASSERT_EQUAL(get_entry(5, 17, n, BOOTMSG_EVENTS),
		    n == LEAVE_GRACEFUL || n == LEAVE_TIMEOUT ? 0 : -1);
		/* The card's length. */
		CU_ASSERT_EQUAL(get_entry(0, 24, n, BOOTMSG_EVENTS),
		    n == 3 ? 0 : -1);
	}
	CU_ASSERT_EQUAL(get_empty_card(), -1);
	/* An entry that overtakes no versions at all is refused. */
	CU_ASSERT_EQUAL(get_entry(7, 2, 0, BOOTMSG_EVENTS), 0);
	CU_ASSERT_EQUAL(get_entry(7, 1, 0, BOOTMSG_EVENTS), 0);
	CU_ASSERT_EQUAL(get_nothing_overtaken(), -1);
	/* A roster lists only members who are there. */
	for (size_t i = 0; i < ENTRIES; i++)
		CU_ASSERT_EQUAL(get_entry(i, 0, entries[i].what,
				    BOOTMSG_ROSTER),
		    entries[i].what == MEMBER_JOINED ? 0 : -1);
}

/* A message that is taken has one encoding, as with packets. */
static void
test_mutations(void)
{
	uint8_t valid[WIRE_MAX], buf[WIRE_MAX], again[WIRE_MAX];
	uint64_t seed = 2;
	size_t valid_len, len, got;

	FOREACH_MESSAGE(m)
	{
		valid_len = m->put(valid);
		for (int i = 0; i < MUTATIONS; i++) {
			memcpy(buf, valid, valid_len);
			len = bytes_mutate(&seed, buf, valid_len, sizeof(buf));
			got = m->recode(bytes_guarded(buf, len), len, again);
			if (got != 0 &&
			    (got != len || memcmp(buf, again, len) != 0))
				CU_FAIL("read and written, it differs");
		}
	}
}

/* A head that was written gets a flag, and keeps the rest. */
static void
test_add_flag(void)
{
	const struct bootmsg_head without = { BOOTMSG_EVENTS, 0, 0x41424344,
		ID(0) };
	uint8_t buf[BOOTMSG_HEAD_LEN], want[BOOTMSG_HEAD_LEN];
	struct putter p;

	put_init(&p, want, sizeof(want));
	bootmsg_put_head(&p, &events);
	put_init(&p, buf, sizeof(buf));
	bootmsg_put_head(&p, &without);
	bootmsg_add_flag(buf, BOOTMSG_MORE);
	CU_ASSERT_EQUAL(memcmp(buf, want, sizeof(buf)), 0);
}

/* An address that is hidden is one byte of zero, and not an address of zeros:
 * what is said has one form. */
static void
test_hidden(void)
{
	struct bootmsg_entry entry = { .what = MEMBER_MOVED, .id = ID(0x93) };
	uint8_t buf[64], zeros[1 + 16 + 2] = { 6 };
	struct putter p;
	struct getter g;

	put_init(&p, buf, sizeof(buf));
	bootmsg_put_entry(&p, &entry);
	CU_ASSERT_EQUAL(put_length(&p), 1 + PEER_ID_LEN + 1);
	CU_ASSERT_EQUAL(buf[1 + PEER_ID_LEN], 0);
	get_init(&g, buf, put_length(&p));
	CU_ASSERT_EQUAL(bootmsg_get_entry(&g, BOOTMSG_EVENTS, &entry), 0);
	memcpy(buf + 1 + PEER_ID_LEN, zeros, sizeof(zeros));
	get_init(&g, buf, 1 + PEER_ID_LEN + sizeof(zeros));
	CU_ASSERT_EQUAL(bootmsg_get_entry(&g, BOOTMSG_EVENTS, &entry), -1);
	/* With a port it is one. */
	buf[1 + PEER_ID_LEN + sizeof(zeros) - 1] = 1;
	get_init(&g, buf, 1 + PEER_ID_LEN + sizeof(zeros));
	CU_ASSERT_EQUAL(bootmsg_get_entry(&g, BOOTMSG_EVENTS, &entry), 0);
}

/* The time to come back: an interval and five seconds, but never more than the
 * bootnode waits, nor than a minute. */
static void
test_settle(void)
{
	CU_ASSERT_EQUAL(bootmsg_settle_ms(30000, 10000), 15000);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(15001, 10000), 15000);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(15000, 10000), 15000);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(14999, 10000), 14999);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(10000, 10000), 10000);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(4000, 1), 4000);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(UINT32_MAX, 54999), 59999);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(UINT32_MAX, 55001), 60000);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(UINT32_MAX, UINT32_MAX), 60000);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(60001, 70000), 60000);
}

void
bootmsg_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootmsg", NULL, NULL);

	CU_add_test(suite, "golden bytes", test_golden);
	CU_add_test(suite, "truncated and too long", test_lengths);
	CU_add_test(suite, "limits", test_limits);
	CU_add_test(suite, "values of a WELCOME", test_welcome_values);
	CU_add_test(suite, "values of a REDIRECT", test_redirect_values);
	CU_add_test(suite, "heads", test_heads);
	CU_add_test(suite, "entries", test_entries);
	CU_add_test(suite, "a flag is added", test_add_flag);
	CU_add_test(suite, "addresses that are hidden", test_hidden);
	CU_add_test(suite, "the time to come back", test_settle);
	CU_add_test(suite, "mutations", test_mutations);
}
