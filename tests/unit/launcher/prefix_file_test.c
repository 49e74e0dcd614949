/*
 * Files of prefixes: what they may have, and what is said of what they may not.
 */
#include "launcher/prefix_file.h"

#include "tests/unit/folder.h"

#include <CUnit/CUnit.h>

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void prefix_file_suite(void);

static char err[512];

static int
parse(struct prefix_file *f, enum prefix_list list, const char *text)
{
	char copy[1024];
	const size_t len = strlen(text);

	memcpy(copy, text, len);
	err[0] = '\0';
	return prefix_file_parse(f, list, copy, len, "deny", err, sizeof(err));
}

static void
is(const struct prefix_file *f, uint32_t at, const uint8_t ip[16], int bits,
    uint32_t sessions)
{
	CU_ASSERT_FATAL(at < f->count);
	CU_ASSERT_EQUAL(memcmp(f->at[at].ip, ip, 16), 0);
	CU_ASSERT_EQUAL(f->at[at].bits, bits);
	CU_ASSERT_EQUAL(f->at[at].sessions, sessions);
}

/* In the order in which netd wants them, in the mapped form, each once. */
static void
test_denied(void)
{
	static const uint8_t v4[16] = { [10] = 0xff, 0xff, 192, 0, 2 };
	static const uint8_t one[16] = { [10] = 0xff, 0xff, 192, 0, 2, 7 };
	static const uint8_t v6[16] = { 0x20, 0x01, 0x0d, 0xb8 };
	struct prefix_file f;

	CU_ASSERT_EQUAL(parse(&f, PREFIXES_DENIED,
			    "# those who scan\r\n"
			    "2001:db8::/32\r\n"
			    "\t192.0.2.7 # again and again\n"
			    "\n"
			    "192.0.2.0/24#x\n"),
	    -1);
	CU_ASSERT_EQUAL(parse(&f, PREFIXES_DENIED,
			    "# those who scan\r\n"
			    "2001:db8::/32\r\n"
			    "\t192.0.2.7 # again and again\n"
			    "\n"
			    "192.0.2.7/32\n"
			    "::ffff:192.0.2.7\n"
			    "192.0.2.0/24 #x"),
	    0);
	CU_ASSERT_EQUAL(f.count, 3);
	is(&f, 0, v4, 96 + 24, 0);
	is(&f, 1, one, 128, 0);
	is(&f, 2, v6, 32, 0);
	prefix_file_free(&f);
	CU_ASSERT_EQUAL(parse(&f, PREFIXES_DENIED, ""), 0);
	CU_ASSERT_EQUAL(f.count, 0);
	prefix_file_free(&f);
}

static void
test_lifted(void)
{
	static const uint8_t v4[16] = { [10] = 0xff, 0xff, 192, 0, 2 };
	static const uint8_t v6[16] = { 0x20, 0x01, 0x0d, 0xb8 };
	struct prefix_file f;

	CU_ASSERT_EQUAL(parse(&f, PREFIXES_LIFTED,
			    "2001:db8::/64 65535\n192.0.2.0/31  500 # us\n"),
	    0);
	CU_ASSERT_EQUAL(f.count, 2);
	is(&f, 0, v4, 96 + 31, 500);
	is(&f, 1, v6, 64, 65535);
	prefix_file_free(&f);
}

/* Errors name file and line, and say what to do. */
static void
test_wrong(void)
{
#define EXAMPLE                                     \
	"expected an address or a prefix, such as " \
	"192.0.2.7, 192.0.2.0/24 or 2001:db8::/32"
#define NUMBER                                            \
	"expected the number of sessions of each of its " \
	"addresses, 1 to 65535, after the prefix"
	static const struct {
		enum prefix_list list;
		const char *text, *error;
	} cases[] = {
		{ PREFIXES_DENIED, "\n10.0.0\n",
		    "deny, line 2: \"10.0.0\": " EXAMPLE },
		{ PREFIXES_DENIED, "10.0.0.1/33",
		    "deny, line 1: \"10.0.0.1/33\": " EXAMPLE },
		{ PREFIXES_DENIED, "10.0.0.1/",
		    "deny, line 1: \"10.0.0.1/\": " EXAMPLE },
		{ PREFIXES_DENIED, "10.0.0.1/-1",
		    "deny, line 1: \"10.0.0.1/-1\": " EXAMPLE },
		{ PREFIXES_DENIED, "2001:db8::/129",
		    "deny, line 1: \"2001:db8::/129\": " EXAMPLE },
		{ PREFIXES_DENIED, "evil.example",
		    "deny, line 1: \"evil.example\": " EXAMPLE },
		{ PREFIXES_DENIED, "\033[2J",
		    "deny, line 1: \"\\x1b[2J\": " EXAMPLE },
		{ PREFIXES_DENIED, "10.0.0.1/24",
		    "deny, line 1: \"10.0.0.1/24\": expected 10.0.0.0/24, "
		    "or more bits" },
		{ PREFIXES_DENIED, "2001:db8::1/64",
		    "deny, line 1: \"2001:db8::1/64\": expected "
		    "2001:db8::/64, or more bits" },
		{ PREFIXES_DENIED, "::/0",
		    "deny, line 1: \"::/0\": expected a prefix of IPv6 "
		    "without ::ffff:0:0/96, which is all of IPv4: 2000::/3, "
		    "and 0.0.0.0/0 if that is meant" },
		{ PREFIXES_DENIED, "10.0.0.1 10.0.0.2",
		    "deny, line 1: \"10.0.0.2\": expected the end of the "
		    "line, or a comment" },
		{ PREFIXES_LIFTED, "10.0.0.0/24", "deny, line 1: " NUMBER },
		{ PREFIXES_LIFTED, "10.0.0.0/24 # 5", "deny, line 1: " NUMBER },
		{ PREFIXES_LIFTED, "10.0.0.0/24 0",
		    "deny, line 1: \"0\": " NUMBER },
		{ PREFIXES_LIFTED, "10.0.0.0/24 65536",
		    "deny, line 1: \"65536\": " NUMBER },
		{ PREFIXES_LIFTED, "10.0.0.0/24 many",
		    "deny, line 1: \"many\": " NUMBER },
		{ PREFIXES_LIFTED, "2001:db8::/65 5",
		    "deny, line 1: \"2001:db8::/65\": expected at most 64 "
		    "bits of IPv6, which are one source" },
		{ PREFIXES_LIFTED, "10.0.0.0/24 5\n10.0.0.0/24 6",
		    "deny: 10.0.0.0/24: expected one number of sessions, "
		    "not two" },
	};
	struct prefix_file f;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL(parse(&f, cases[i].list, cases[i].text), -1);
		CU_ASSERT_STRING_EQUAL(err, cases[i].error);
		if (strcmp(err, cases[i].error) != 0)
			printf("\n  %s\n", err);
		CU_ASSERT_PTR_NULL(f.at);
	}
	CU_ASSERT_EQUAL(prefix_file_parse(&f, PREFIXES_DENIED,
			    (char[]){ "10.0.0.1\0\n" }, 10, "deny", err,
			    sizeof(err)),
	    -1);
	CU_ASSERT_STRING_EQUAL(err, "deny, line 1: expected text");
}

/* Up to the limit, and no more. */
static void
test_many(void)
{
	const size_t size = 20 * (PREFIXES_MAX + 2);
	char *text = malloc(size);
	struct prefix_file f;
	size_t len = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	for (int extra = 0; extra < 2; extra++) {
		len = 0;
		for (int i = 0; i < PREFIXES_MAX + extra; i++)
			len += (size_t)snprintf(text + len, size - len,
			    "10.0.%d.%d\n", i / 256, i % 256);
		CU_ASSERT_EQUAL(prefix_file_parse(&f, PREFIXES_DENIED, text,
				    len, "deny", err, sizeof(err)),
		    extra == 0 ? 0 : -1);
		if (extra == 0)
			CU_ASSERT_EQUAL(f.count, PREFIXES_MAX);
		prefix_file_free(&f);
	}
	CU_ASSERT_STRING_EQUAL(err,
	    "deny, line 10001: expected at most 10000 addresses and prefixes; "
	    "put prefixes in place of addresses, or use a packet filter");
	free(text);
}

static void
test_file(void)
{
	struct folder folder;
	char path[sizeof(folder.path) + 8], expected[sizeof(folder.path) + 80];
	struct prefix_file f = { 0 };

	folder_open(&folder);
	(void)snprintf(path, sizeof(path), "%s/deny", folder.path);
	CU_ASSERT_EQUAL(prefix_file_read(&f, PREFIXES_DENIED, path, err,
			    sizeof(err)),
	    -1);
	(void)snprintf(expected, sizeof(expected),
	    "%s: No such file or directory", path);
	CU_ASSERT_STRING_EQUAL(err, expected);
	folder_put(&folder, "deny", "10.0.0.1\n", 9);
	chmod(path, 0644);
	CU_ASSERT_EQUAL(prefix_file_read(&f, PREFIXES_DENIED, path, err,
			    sizeof(err)),
	    0);
	CU_ASSERT_EQUAL(f.count, 1);
	prefix_file_free(&f);
	chmod(path, 0646);
	CU_ASSERT_EQUAL(prefix_file_read(&f, PREFIXES_DENIED, path, err,
			    sizeof(err)),
	    -1);
	(void)snprintf(expected, sizeof(expected),
	    "%s: everybody can write it: chmod o-w", path);
	CU_ASSERT_STRING_EQUAL(err, expected);
	CU_ASSERT_EQUAL(prefix_file_read(&f, PREFIXES_DENIED, folder.path, err,
			    sizeof(err)),
	    -1);
	(void)snprintf(expected, sizeof(expected),
	    "%s: expected a regular file", folder.path);
	CU_ASSERT_STRING_EQUAL(err, expected);
	folder_remove(&folder);
}

void
prefix_file_suite(void)
{
	CU_pSuite suite = CU_add_suite("prefix_file", NULL, NULL);

	CU_add_test(suite, "those who are denied", test_denied);
	CU_add_test(suite, "limits that are lifted", test_lifted);
	CU_add_test(suite, "what is wrong", test_wrong);
	CU_add_test(suite, "as many as may be", test_many);
	CU_add_test(suite, "the file", test_file);
}
