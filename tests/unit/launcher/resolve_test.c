/*
 * The order in which a bootnode's addresses are tried: RFC 8305, section 4.
 */
#include "launcher/resolve.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void resolve_suite(void);

/* "6" for one more IPv6 address, "4" for one of IPv4; small letters repeat
 * the first of the family. */
static size_t
make(const char *families, struct addr *addrs)
{
	uint8_t number[2] = { 0, 0 };
	size_t n;

	for (n = 0; families[n] != '\0'; n++) {
		bool again = families[n] == 'a';
		bool ipv4 = families[n] == '4' || again;

		addrs[n] = (struct addr){ .port = 9595 };
		if (ipv4)
			memset(addrs[n].ip + 10, 0xff, 2);
		else
			addrs[n].ip[0] = 0x20;
		addrs[n].ip[15] = again ? 1 : ++number[ipv4];
	}
	return n;
}

static void
expect(const char *in, const char *order)
{
	struct addr addrs[300];
	struct ipc_boot_addrs out;
	char text[8 * BOOT_ADDRS_MAX] = "";
	size_t len = 0;

	CU_ASSERT_EQUAL(resolve_order(addrs, make(in, addrs), &out), 0);
	for (size_t i = 0; i < out.count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%d.%d", i == 0 ? "" : " ",
		    addr_is_ipv4(&out.addrs[i]) ? 4 : 6, out.addrs[i].ip[15]);
	CU_ASSERT_STRING_EQUAL(text, order);
}

static void
test_turns(void)
{
	expect("", "");
	expect("4", "4.1");
	expect("66664", "6.1 4.1 6.2 6.3 6.4");
	expect("44466", "4.1 6.1 4.2 6.2 4.3");
	expect("64646", "6.1 4.1 6.2 4.2 6.3");
	expect("444", "4.1 4.2 4.3");
	expect("4a6a4", "4.1 6.1 4.2");
}

/* However many there are of one family, the other's best are among them. */
static void
test_many(void)
{
	char families[300] = "";
	struct addr addrs[300];
	struct ipc_boot_addrs out;
	size_t ipv4 = 0;

	memset(families, '6', 200);
	strcpy(families + 200, "4444");
	CU_ASSERT_EQUAL(resolve_order(addrs, make(families, addrs), &out),
	    204 - BOOT_ADDRS_MAX);
	CU_ASSERT_EQUAL(out.count, BOOT_ADDRS_MAX);
	for (size_t i = 0; i < out.count; i++)
		ipv4 += addr_is_ipv4(&out.addrs[i]);
	CU_ASSERT_EQUAL(ipv4, 4);
	CU_ASSERT_TRUE(addr_is_ipv4(&out.addrs[1]));
}

void
resolve_suite(void)
{
	CU_pSuite suite = CU_add_suite("resolve", NULL, NULL);

	CU_add_test(suite, "families take turns", test_turns);
	CU_add_test(suite, "more than are tried", test_many);
}
