/*
 * Addresses as packets carry them: golden bytes, truncations, and that each
 * address has one encoding.
 */
#include "common/wire.h"

#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <string.h>

void wire_addr_suite(void);

static const struct addr v4 = {
	.ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 },
	.port = 0xfffe,
};
static const struct addr v6 = {
	.ip = { 0x20, 0x01, 0x0d, 0xb8, [15] = 0x2a },
	.port = 4545,
};

static void
check_addr(const struct addr *a, const char *golden)
{
	uint8_t buf[WIRE_ADDR_MAX];
	struct addr got;
	struct putter p;
	struct getter g;
	size_t len;

	put_init(&p, buf, sizeof(buf));
	wire_put_addr(&p, a);
	len = put_length(&p);
	CU_ASSERT(bytes_are(buf, len, golden));
	for (size_t n = 0; n <= len; n++) {
		get_init(&g, bytes_guarded(buf, n), n);
		wire_get_addr(&g, &got);
		CU_ASSERT_EQUAL(get_done(&g), n == len);
	}
	CU_ASSERT_TRUE(addr_equal(&got, a));
	put_init(&p, buf, len - 1);
	wire_put_addr(&p, a);
	CU_ASSERT_EQUAL(put_length(&p), 0);
}

static void
test_addr(void)
{
	uint8_t mapped[WIRE_ADDR_MAX] = { 6 }, family[WIRE_ADDR_MAX] = { 0 };
	struct addr a;
	struct getter g;

	check_addr(&v4, "04 c0000201 fffe");
	check_addr(&v6, "06 20010db800000000000000000000002a 11c1");
	/* An address has only one encoding. */
	memcpy(mapped + 1, v4.ip, 16);
	get_init(&g, mapped, sizeof(mapped));
	wire_get_addr(&g, &a);
	CU_ASSERT_TRUE(g.bad);
	for (unsigned int f = 0; f < 256; f++) {
		family[0] = (uint8_t)f;
		get_init(&g, family, sizeof(family));
		wire_get_addr(&g, &a);
		CU_ASSERT_EQUAL(g.bad, f != 4 && f != 6);
	}
}

void
wire_addr_suite(void)
{
	CU_pSuite suite = CU_add_suite("wire addresses", NULL, NULL);

	CU_add_test(suite, "addresses", test_addr);
}
