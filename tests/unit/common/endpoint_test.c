/*
 * Hosts with a port as text.
 */
#include "common/endpoint.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void endpoint_suite(void);

static void
test_endpoints(void)
{
	static const char *const good[][2] = {
		{ "a", "a:9" },
		{ "Some-Host_1.Example.", "some-host_1.example.:9" },
		{ "a:1", "a:1" },
		{ "a:00065", "a:65" },
		{ "192.0.2.1", "192.0.2.1:9" },
		{ "192.0.2.1:65535", "192.0.2.1:65535" },
		{ "2001:DB8:0:0::1", "[2001:db8::1]:9" },
		{ "::", "[::]:9" },
		{ "[::1]", "[::1]:9" },
		{ "[::1]:0", "[::1]:0" },
		{ "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:9" },
		{ "1.2.3.4.example", "1.2.3.4.example:9" },
	};
	static const char *const bad[] = { "", ":", ":1", "a:", "a:x", "a:-1",
		"a:+1", "a: 1", "a:65536", "a:000001", "a b", "a..b", ".a",
		"1.2.3", "1.2.3.256", "1.2.3.4.5", "a.1", "[", "[]", "[a]",
		"[::1", "[::1]1", "[::1]:", "[::1]:x", "[1.2.3.4]", "::1]",
		"1:2:3", "fe80::1%lo", "[::1]]:1", "b\xc3\xbc.example", "a/b" };
	char text[ENDPOINT_TEXT_MAX], longest[256];
	struct endpoint e;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		CU_ASSERT(endpoint_parse(&e, good[i][0], 9) == 0);
		CU_ASSERT_STRING_EQUAL(endpoint_format(&e, text), good[i][1]);
		/* The text reads back as the same. */
		CU_ASSERT(endpoint_parse(&e, text, 1) == 0);
		CU_ASSERT_STRING_EQUAL(endpoint_format(&e, text), good[i][1]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (endpoint_parse(&e, bad[i], 9) != -1)
			(void)fprintf(stderr, "\n  taken: <%s>\n", bad[i]);
		CU_ASSERT(endpoint_parse(&e, bad[i], 9) == -1);
	}
	for (size_t i = 0; i < 255; i++)
		longest[i] = i % 64 == 63 ? '.' : 'x';
	longest[253] = '\0';
	CU_ASSERT(endpoint_parse(&e, longest, 65535) == 0);
	CU_ASSERT_EQUAL(strlen(endpoint_format(&e, text)), 253 + 6);
	longest[253] = 'x', longest[254] = '\0';
	CU_ASSERT(endpoint_parse(&e, longest, 1) == -1);
	/* A label of 64. */
	longest[63] = 'x', longest[64] = '\0';
	CU_ASSERT(endpoint_parse(&e, longest, 1) == -1);
}

void
endpoint_suite(void)
{
	CU_pSuite s = CU_add_suite("endpoint", NULL, NULL);

	CU_add_test(s, "text", test_endpoints);
}
