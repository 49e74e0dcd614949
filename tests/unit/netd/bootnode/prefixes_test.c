/*
 * A list of prefixes: which of them is found, and that nothing is added that is
 * not in order.
 */
#include "netd/bootnode/prefixes.h"

#include <CUnit/CUnit.h>

#include <arpa/inet.h>
#include <string.h>

void bootnode_prefixes_suite(void);

static struct ipc_prefix
prefix(const char *ip, uint8_t bits, uint32_t sessions)
{
	struct ipc_prefix p = { .sessions = sessions };

	if (inet_pton(AF_INET, ip, p.ip + 12) == 1) {
		p.ip[10] = p.ip[11] = 0xff;
		bits = (uint8_t)(bits + 96);
	} else {
		CU_ASSERT_EQUAL(inet_pton(AF_INET6, ip, p.ip), 1);
	}
	p.bits = bits;
	return p;
}

static int
add(struct prefixes *l, const struct ipc_prefix *p, uint32_t count)
{
	uint8_t tail[1 + 8 * sizeof(*p)]; /* unaligned */

	memcpy(tail + 1, p, count * sizeof(*p));
	return prefixes_add(l, PREFIXES_LIFTED, tail + 1, count);
}

/* Returns the number of the one around this address, or 0. */
static uint32_t
found(const struct prefixes *l, const char *ip)
{
	const struct ipc_prefix at = prefix(ip, 32, 0);
	const struct prefix *p = prefixes_find(l, at.ip);

	return p != NULL ? p->sessions : 0;
}

static void
test_find(void)
{
	const struct ipc_prefix first[] = { prefix("10.0.0.0", 8, 1),
		prefix("10.1.0.0", 16, 2), prefix("10.1.2.3", 32, 3) };
	const struct ipc_prefix more[] = { prefix("10.2.0.0", 16, 4),
		prefix("192.0.2.0", 25, 5), prefix("2001:db8::", 32, 6),
		prefix("2001:db8:0:1::", 64, 7) };
	static const struct {
		const char *ip;
		uint32_t sessions;
	} cases[] = { { "9.255.255.255", 0 }, { "10.0.0.0", 1 },
		{ "10.0.255.255", 1 }, { "10.1.0.0", 2 }, { "10.1.2.2", 2 },
		{ "10.1.2.3", 3 }, { "10.1.2.4", 2 }, { "10.1.255.255", 2 },
		{ "10.2.0.0", 4 }, { "10.3.0.0", 1 }, { "10.255.255.255", 1 },
		{ "11.0.0.0", 0 }, { "192.0.2.127", 5 }, { "192.0.2.128", 0 },
		{ "2001:db7:ffff::1", 0 }, { "2001:db8::1", 6 },
		{ "2001:db8:0:1::1", 7 }, { "2001:db8:0:2::1", 6 },
		{ "2001:db9::", 0 }, { "::", 0 },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0 } };
	struct prefixes l = { 0 };

	CU_ASSERT_EQUAL(found(&l, "10.0.0.1"), 0);
	CU_ASSERT_EQUAL(add(&l, first, 3), 0);
	CU_ASSERT_EQUAL(add(&l, more, 4), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_EQUAL(found(&l, cases[i].ip), cases[i].sessions);
	prefixes_clear(&l);
	CU_ASSERT_EQUAL(found(&l, "10.0.0.1"), 0);
}

/* The launcher's lists are looked at as if somebody else had made them. */
static void
test_refused(void)
{
	const struct ipc_prefix good = prefix("10.0.0.0", 8, 1);
	struct ipc_prefix bad[] = { prefix("9.0.0.0", 8, 1), good,
		prefix("10.0.0.0", 7, 1), prefix("11.0.0.1", 31, 1),
		prefix("12.0.0.128", 24, 1), prefix("2001:db8::", 129, 1),
		prefix("2001:db8::", 255, 1), prefix("13.0.0.0", 8, 1),
		prefix("14.0.0.0", 8, 0), prefix("14.0.0.0", 8, UINT32_MAX) };
	struct prefixes l = { 0 };

	bad[7].unused[2] = 1;
	CU_ASSERT_EQUAL(add(&l, &good, 1), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct ipc_prefix two[] = { prefix("10.1.0.0", 16, 1),
			bad[i] };

		CU_ASSERT_EQUAL(add(&l, &bad[i], 1), -1);
		CU_ASSERT_EQUAL(add(&l, two, 2), -1);
		CU_ASSERT_EQUAL(l.count, 1);
	}
	CU_ASSERT_EQUAL(prefixes_add(&l, PREFIXES_LIFTED,
			    (const uint8_t *)&good, PREFIXES_MAX),
	    -1);
	/* Who is denied has no number. */
	CU_ASSERT_EQUAL(prefixes_add(&l, PREFIXES_DENIED,
			    (const uint8_t *)&bad[3], 1),
	    -1);
	prefixes_clear(&l);
}

/* As many as there may be, each in the other or none. */
static void
test_many(void)
{
	struct prefixes l = { 0 };
	struct ipc_prefix p = prefix("10.0.0.0", 32, 1);
	struct ipc_prefix nested = { .bits = 0 };

	for (uint32_t i = 0; i < PREFIXES_MAX; i++) {
		p.ip[14] = (uint8_t)(i >> 8);
		p.ip[15] = (uint8_t)i;
		CU_ASSERT_EQUAL_FATAL(add(&l, &p, 1), 0);
	}
	CU_ASSERT_EQUAL(found(&l, "10.0.0.0"), 1);
	CU_ASSERT_EQUAL(found(&l, "10.0.39.15"), 1);
	CU_ASSERT_EQUAL(found(&l, "10.0.39.16"), 0);
	p.ip[13] = 1;
	CU_ASSERT_EQUAL(add(&l, &p, 1), -1);
	prefixes_clear(&l);
	for (unsigned int bits = 0; bits <= 128; bits++) {
		nested.bits = (uint8_t)bits;
		nested.sessions = bits + 1;
		CU_ASSERT_EQUAL(add(&l, &nested, 1), 0);
	}
	CU_ASSERT_EQUAL(found(&l, "::"), 129);
	CU_ASSERT_EQUAL(found(&l, "8000::"), 1);
	CU_ASSERT_EQUAL(found(&l, "::2"), 127);
	prefixes_clear(&l);
}

/* Returns what inserting it does. */
static int
insert(struct prefixes *l, const char *ip, uint8_t bits)
{
	const struct ipc_prefix in = prefix(ip, bits, 0);
	struct addr_prefix p = { .bits = in.bits };

	memcpy(p.ip, in.ip, sizeof(p.ip));
	return prefixes_insert(l, &p);
}

static bool
is_in(const struct prefixes *l, const char *ip)
{
	const struct ipc_prefix at = prefix(ip, 32, 0);

	return prefixes_find(l, at.ip) != NULL;
}

/* In any order: before, after and around what is there. */
static void
test_insert(void)
{
	struct prefixes l = { 0 };

	CU_ASSERT_EQUAL(insert(&l, "10.1.0.0", 24), 1);
	CU_ASSERT_EQUAL(insert(&l, "2001:db8::", 32), 1);
	CU_ASSERT_EQUAL(insert(&l, "9.0.0.1", 32), 1);
	CU_ASSERT_EQUAL(insert(&l, "10.1.0.0", 24), 0);
	CU_ASSERT_EQUAL(insert(&l, "10.1.0.7", 32), 0);
	CU_ASSERT_FALSE(is_in(&l, "10.1.1.1"));
	CU_ASSERT_EQUAL(insert(&l, "10.1.0.0", 16), 1);
	CU_ASSERT_EQUAL(insert(&l, "10.1.0.0", 16), 0);
	CU_ASSERT_EQUAL(insert(&l, "10.1.0.0", 20), 0);
	CU_ASSERT_TRUE(is_in(&l, "10.1.1.1"));
	CU_ASSERT_TRUE(is_in(&l, "10.1.0.1"));
	CU_ASSERT_TRUE(is_in(&l, "9.0.0.1"));
	CU_ASSERT_TRUE(is_in(&l, "2001:db8::1"));
	CU_ASSERT_FALSE(is_in(&l, "9.0.0.2"));
	CU_ASSERT_FALSE(is_in(&l, "10.2.0.0"));
	CU_ASSERT_EQUAL(insert(&l, "10.3.0.1", 24), -1);
	CU_ASSERT_EQUAL(l.count, 4);
	for (uint32_t i = 4; i < PREFIXES_MAX; i++) {
		const struct ipc_prefix p = {
			.ip = { 0x30, [14] = (uint8_t)(i >> 8), (uint8_t)i },
			.bits = 128
		};

		CU_ASSERT_EQUAL_FATAL(prefixes_add(&l, PREFIXES_DENIED,
					  (const uint8_t *)&p, 1),
		    0);
	}
	CU_ASSERT_EQUAL(insert(&l, "11.0.0.0", 8), -1);
	CU_ASSERT_EQUAL(l.count, PREFIXES_MAX);
	CU_ASSERT_EQUAL(insert(&l, "10.1.5.0", 24), 0);
	prefixes_clear(&l);
}

void
bootnode_prefixes_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_prefixes", NULL, NULL);

	CU_add_test(suite, "the narrowest is found", test_find);
	CU_add_test(suite, "what is not in order", test_refused);
	CU_add_test(suite, "as many as may be", test_many);
	CU_add_test(suite, "one more", test_insert);
}
