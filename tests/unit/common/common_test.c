/*
 * The small helpers of common/: addresses, the byte codec, UTF-8.
 */
#include "common/addr.h"
#include "common/clock.h"
#include "common/codec.h"
#include "common/hex.h"
#include "common/peer_handle.h"
#include "common/utf8.h"

#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <arpa/inet.h>

#include <string.h>

void common_suite(void);

/* Reads an address from its text; the port is 4545. */
static struct addr
address(const char *text)
{
	struct addr a = { .port = 4545 };
	char mapped[INET6_ADDRSTRLEN + 8] = "::ffff:";

	if (strchr(text, ':') == NULL)
		text = strcat(mapped, text);
	CU_ASSERT_EQUAL(inet_pton(AF_INET6, text, a.ip), 1);
	return a;
}

static void
test_addr_kinds(void)
{
	static const struct {
		const char *text;
		bool ipv4, unspecified, loopback, link_local, unusable;
	} cases[] = {
		{ "192.0.2.1", true, false, false, false, false },
		{ "0.0.0.0", true, true, false, false, true },
		{ "0.1.2.3", true, false, false, false, true },
		{ "127.0.0.1", true, false, true, false, false },
		{ "127.255.0.9", true, false, true, false, false },
		{ "128.0.0.1", true, false, false, false, false },
		{ "169.254.1.1", true, false, false, true, false },
		{ "169.253.1.1", true, false, false, false, false },
		{ "223.255.255.255", true, false, false, false, false },
		{ "224.0.0.1", true, false, false, false, true },
		{ "240.0.0.1", true, false, false, false, true },
		{ "255.255.255.255", true, false, false, false, true },
		{ "::", false, true, false, false, true },
		{ "::1", false, false, true, false, false },
		{ "::2", false, false, false, false, false },
		{ "fe80::1", false, false, false, true, false },
		{ "febf::1", false, false, false, true, false },
		{ "fec0::1", false, false, false, false, false },
		{ "ff02::1", false, false, false, false, true },
		{ "2001:db8::1", false, false, false, false, false },
		{ "fd00::1", false, false, false, false, false },
	};
	struct addr a;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		a = address(cases[i].text);
		CU_ASSERT_EQUAL(addr_is_ipv4(&a), cases[i].ipv4);
		CU_ASSERT_EQUAL(addr_is_unspecified(&a), cases[i].unspecified);
		CU_ASSERT_EQUAL(addr_is_loopback(&a), cases[i].loopback);
		CU_ASSERT_EQUAL(addr_is_link_local(&a), cases[i].link_local);
		CU_ASSERT_EQUAL(addr_is_unusable(&a), cases[i].unusable);
		a.port = 0;
		CU_ASSERT_TRUE(addr_is_unusable(&a));
	}
}

/* RFC 1918, RFC 6598 and RFC 4193, up to their edges. */
static void
test_addr_private(void)
{
	static const char *const private[] = { "10.0.0.0", "10.255.255.255",
		"172.16.0.0", "172.31.255.255", "192.168.0.0",
		"192.168.255.255", "100.64.0.0", "100.127.255.255",
		"fc00::", "fdff::1" };
	static const char *const public[] = { "9.255.255.255", "11.0.0.0",
		"172.15.255.255", "172.32.0.0", "192.167.255.255",
		"192.169.0.0", "191.168.0.1", "100.63.255.255", "100.128.0.0",
		"101.64.0.0", "169.254.0.1", "127.0.0.1", "fbff::1",
		"fe00::", "fe80::1", "2001:db8::1" };
	struct addr a;

	for (size_t i = 0; i < sizeof(private) / sizeof(private[0]); i++) {
		a = address(private[i]);
		CU_ASSERT_TRUE(addr_is_private(&a));
	}
	for (size_t i = 0; i < sizeof(public) / sizeof(public[0]); i++) {
		a = address(public[i]);
		CU_ASSERT_FALSE(addr_is_private(&a));
	}
}

static bool
in_prefix(const char *text, const char *prefix, unsigned int bits)
{
	struct addr a = address(text), base = address(prefix);
	struct addr_prefix p = { .bits = (uint8_t)bits };

	memcpy(p.ip, base.ip, sizeof(p.ip));
	return addr_in_prefix(&a, &p);
}

static void
test_prefixes(void)
{
	CU_ASSERT_TRUE(in_prefix("192.0.2.77", "192.0.2.1", 120));
	CU_ASSERT_FALSE(in_prefix("192.0.3.1", "192.0.2.1", 120));
	CU_ASSERT_TRUE(in_prefix("192.0.3.1", "192.0.2.1", 119));
	CU_ASSERT_TRUE(in_prefix("192.0.2.1", "192.0.2.1", 128));
	CU_ASSERT_FALSE(in_prefix("192.0.2.2", "192.0.2.1", 128));
	CU_ASSERT_TRUE(in_prefix("192.0.2.127", "192.0.2.1", 121));
	CU_ASSERT_FALSE(in_prefix("192.0.2.128", "192.0.2.1", 121));
	CU_ASSERT_TRUE(in_prefix("2001:db8::1", "::", 0));
	CU_ASSERT_TRUE(in_prefix("2001:db8:0:1::9", "2001:db8:0:1::", 64));
	CU_ASSERT_FALSE(in_prefix("2001:db8:0:2::9", "2001:db8:0:1::", 64));
	CU_ASSERT_FALSE(in_prefix("2001:db8::1", "2001:db8::1", 129));
}

static void
check_sockaddr(const char *text, int family, socklen_t len, const char *shown)
{
	char buf[ADDR_TEXT_MAX];
	struct addr a = address(text), back;
	struct sockaddr_storage ss;

	memset(&ss, 0, sizeof(ss));
	CU_ASSERT_EQUAL(addr_to_sockaddr(&a, family, &ss), len);
	CU_ASSERT_STRING_EQUAL(addr_format(&a, buf, sizeof(buf)), shown);
	if (len == 0)
		return;
	CU_ASSERT_EQUAL(ss.ss_family, family);
	CU_ASSERT_EQUAL(addr_from_sockaddr(&back, (struct sockaddr *)&ss, len),
	    0);
	CU_ASSERT_TRUE(addr_equal(&a, &back));
	CU_ASSERT_EQUAL(addr_from_sockaddr(&back, (struct sockaddr *)&ss,
			    len - 1),
	    -1);
	ss.ss_family = AF_UNIX;
	CU_ASSERT_EQUAL(addr_from_sockaddr(&back, (struct sockaddr *)&ss,
			    sizeof(ss)),
	    -1);
}

static void
test_sockaddr(void)
{
	const socklen_t in4 = sizeof(struct sockaddr_in);
	const socklen_t in6 = sizeof(struct sockaddr_in6);

	check_sockaddr("192.0.2.1", AF_INET, in4, "192.0.2.1:4545");
	check_sockaddr("192.0.2.1", AF_INET6, in6, "192.0.2.1:4545");
	check_sockaddr("2001:db8::1", AF_INET6, in6, "[2001:db8::1]:4545");
	check_sockaddr("2001:db8::1", AF_INET, 0, "[2001:db8::1]:4545");
}

/* What one user may well have of addresses: one of IPv4, 64 bits of IPv6. */
static void
test_blocks(void)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64" },
		{ "::1", "::/64" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct addr a = address(cases[i].text);
		struct addr_block b = addr_block_of(&a);
		char text[ADDR_BLOCK_TEXT_MAX];

		CU_ASSERT_STRING_EQUAL(addr_block_format(&b, text),
		    cases[i].shown);
	}
}

static void
test_addr_order(void)
{
	struct addr a = address("192.0.2.1"), b = address("192.0.2.2");

	CU_ASSERT(addr_compare(&a, &b) < 0 && addr_compare(&b, &a) > 0);
	b = a;
	CU_ASSERT(addr_compare(&a, &b) == 0 && addr_equal(&a, &b));
	b.port++;
	CU_ASSERT(addr_compare(&a, &b) < 0 && addr_compare(&b, &a) > 0);
	CU_ASSERT_FALSE(addr_equal(&a, &b));
}

/* The first access out of bounds spoils all later ones. */
static void
test_codec(void)
{
	uint8_t buf[15], out[4] = { 1, 1, 1, 1 };
	struct putter p;
	struct getter g;

	put_init(&p, buf, sizeof(buf));
	put_u8(&p, 0x01);
	put_u16(&p, 0x0203);
	put_u32(&p, 0x04050607);
	put_u64(&p, 0x08090a0b0c0d0e0f);
	CU_ASSERT(
	    bytes_are(buf, put_length(&p), "0102030405060708090a0b0c0d0e0f"));
	put_u8(&p, 0);
	CU_ASSERT_EQUAL(put_length(&p), 0);
	put_bytes(&p, "", 0);
	CU_ASSERT_EQUAL(put_length(&p), 0);

	get_init(&g, buf, sizeof(buf));
	CU_ASSERT_EQUAL(get_u8(&g), 0x01);
	CU_ASSERT_EQUAL(get_u16(&g), 0x0203);
	CU_ASSERT_EQUAL(get_u32(&g), 0x04050607);
	CU_ASSERT_FALSE(get_done(&g));
	CU_ASSERT_EQUAL(get_u64(&g), 0x08090a0b0c0d0e0f);
	CU_ASSERT_TRUE(get_done(&g));

	get_init(&g, buf, 3);
	CU_ASSERT_EQUAL(get_u32(&g), 0);
	CU_ASSERT_EQUAL(get_u8(&g), 0); /* though this byte is there */
	CU_ASSERT_PTR_NULL(get_ref(&g, 0));
	get_bytes(&g, out, sizeof(out));
	CU_ASSERT(bytes_are(out, sizeof(out), "00000000"));
	CU_ASSERT_FALSE(get_done(&g));
	get_init(&g, buf, 3);
	CU_ASSERT_PTR_NULL(get_ref(&g, SIZE_MAX));
}

static void
test_utf8(void)
{
	static const char *const bad[] = { "\x80", "\xbf", "\xc0\x80",
		"\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xe2\x82",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf",
		"\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe",
		"\xff" };
	const char *p;
	char text[4];
	uint32_t got;
	size_t n;

	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		n = utf8_encode(text, c);
		p = (const char *)bytes_guarded(text, n);
		CU_ASSERT_EQUAL(utf8_valid(p, n),
		    c != 0 && (c < 0xd800 || c > 0xdfff));
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		CU_ASSERT_EQUAL(utf8_decode(p, n, &got), n);
		CU_ASSERT_EQUAL(got, c);
		p = (const char *)bytes_guarded(text, n - 1);
		CU_ASSERT_EQUAL(utf8_decode(p, n - 1, &got), 0);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_EQUAL(utf8_decode(bad[i], strlen(bad[i]), &got), 0);
		CU_ASSERT_FALSE(utf8_valid(bad[i], strlen(bad[i])));
	}
	CU_ASSERT_TRUE(utf8_valid("", 0));
	CU_ASSERT_TRUE(utf8_valid("h\xc3\xa9", 3));
	CU_ASSERT_FALSE(utf8_valid("h\xc3\xa9", 2));
	CU_ASSERT_FALSE(utf8_valid("a\0b", 3));
}

/* Does what utf8_plain_run() and utf8_valid() do, one byte or code point at a
 * time. */
static size_t
slow_plain_run(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] >= 0x20 && s[n] < 0x7f)
		n++;
	return n;
}

static bool
slow_valid(const char *s, size_t len)
{
	uint32_t c;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_decode(s + i, len - i, &c);
		if (n == 0 || c == 0)
			return false;
	}
	return true;
}

/* Texts start and end anywhere, with every byte at every place. */
static void
test_utf8_runs(void)
{
	unsigned int wrong = 0;
	char text[32], before;
	const char *s;
	size_t len;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(0x20 + i * 5 % 0x5f);
	for (size_t at = 0; at < sizeof(text); at++) {
		before = text[at];
		for (int byte = 0; byte < 0x100; byte++) {
			text[at] = (char)byte;
			for (size_t start = 0; start < 9; start++) {
				s = text + start;
				len = sizeof(text) - start - (size_t)byte % 9;
				wrong += utf8_plain_run(s, len) !=
				    slow_plain_run(s, len);
				wrong +=
				    utf8_valid(s, len) != slow_valid(s, len);
			}
		}
		text[at] = before;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	for (len = 0; len <= sizeof(text); len++) {
		s = (const char *)bytes_guarded(text, len);
		CU_ASSERT_EQUAL(utf8_plain_run(s, len), len);
		CU_ASSERT_TRUE(utf8_valid(s, len));
	}
}

/* Code points of all lengths stand among plain text, whole and cut. */
static void
test_utf8_mixed(void)
{
	static const char *const pieces[] = { "a", " ~", "a longer run of it",
		"\n", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x90\x88", "\x80" };
	unsigned int wrong = 0, good = 0;
	uint64_t seed = 4;
	char text[256];
	size_t len, n, which;

	for (int i = 0; i < 100000; i++) {
		for (len = 0; len < 200; len += n) {
			which = random_next(&seed) % 100;
			if (which > 7)
				which %= 7;
			n = strlen(pieces[which]);
			memcpy(text + len, pieces[which], n);
		}
		len -= random_next(&seed) % 4;
		good += slow_valid(text, len);
		wrong += utf8_valid(text, len) != slow_valid(text, len);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(good > 1000 && good < 99000); /* both kinds came up */
}

/* The first handle is not 0, and the last has no bit more; the place comes back
 * out of it. */
static void
test_peer_handle(void)
{
	peer_handle low = peer_handle_make(1, 0);
	peer_handle high = peer_handle_make(PEER_GENERATION_MAX, PEERS_MAX - 1);

	CU_ASSERT_NOT_EQUAL(low, 0);
	CU_ASSERT_EQUAL(PEER_INDEX(low), 0);
	CU_ASSERT_EQUAL(high, UINT32_MAX);
	CU_ASSERT_EQUAL(PEER_INDEX(high), PEERS_MAX - 1);
	CU_ASSERT_NOT_EQUAL(peer_handle_make(1, 7), peer_handle_make(2, 7));
	CU_ASSERT_EQUAL(PEER_INDEX(peer_handle_make(2, 7)), 7);
}

/* All that a byte can be; and not a byte more than it says. */
static void
test_hex(void)
{
	static const uint8_t bytes[] = { 0x00, 0x0f, 0xf0, 0x9a, 0xff };
	char text[12];

	memset(text, '#', sizeof(text));
	CU_ASSERT_PTR_EQUAL(format_hex(text, bytes, sizeof(bytes)), text);
	CU_ASSERT_STRING_EQUAL(text, "000ff09aff");
	CU_ASSERT_EQUAL(text[11], '#');
	CU_ASSERT_STRING_EQUAL(format_hex(text, bytes, 0), "");
}

/* How long a wait lasts: as poll wants it. One that is over is none. */
static void
test_timeout(void)
{
	struct timespec ts;

	CU_ASSERT_PTR_NULL(clock_timeout(5, CLOCK_NEVER, &ts));
	CU_ASSERT_PTR_EQUAL(clock_timeout(5, 2 * USEC_PER_SEC + 6, &ts), &ts);
	CU_ASSERT_EQUAL(ts.tv_sec, 2);
	CU_ASSERT_EQUAL(ts.tv_nsec, 1000);
	clock_timeout(5, 5, &ts);
	CU_ASSERT(ts.tv_sec == 0 && ts.tv_nsec == 0);
	clock_timeout(6, 5, &ts);
	CU_ASSERT(ts.tv_sec == 0 && ts.tv_nsec == 0);
}

void
common_suite(void)
{
	CU_pSuite suite = CU_add_suite("common", NULL, NULL);

	CU_add_test(suite, "kinds of addresses", test_addr_kinds);
	CU_add_test(suite, "private addresses", test_addr_private);
	CU_add_test(suite, "prefixes", test_prefixes);
	CU_add_test(suite, "sockaddr and text", test_sockaddr);
	CU_add_test(suite, "blocks of addresses", test_blocks);
	CU_add_test(suite, "order of addresses", test_addr_order);
	CU_add_test(suite, "peer handles", test_peer_handle);
	CU_add_test(suite, "codec", test_codec);
	CU_add_test(suite, "hex", test_hex);
	CU_add_test(suite, "how long a wait lasts", test_timeout);
	CU_add_test(suite, "UTF-8", test_utf8);
	CU_add_test(suite, "UTF-8, plain runs", test_utf8_runs);
	CU_add_test(suite, "UTF-8, mixed", test_utf8_mixed);
}
