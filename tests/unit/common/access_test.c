/*
 * Files of access keys: what is read, and that each damage is named with its
 * line, without a byte of a key.
 */
#include "common/access.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void access_suite(void);

#define HEX32 "0123456789abcdef0123456789abcdef"
#define KEY_A HEX32 HEX32
#define KEY_B HEX32 "fedcba9876543210fedcba9876543210"

static struct access_keys keys;

static enum access_fault
parse(const char *text, size_t max, unsigned int *line)
{
	return access_parse(&keys, max, text, strlen(text), line);
}

static void
test_read(void)
{
	unsigned int line;

	CU_ASSERT_EQUAL(parse("# who may\n\nanna " KEY_A "\r\n"
			      " \t b.e-r_t\t  " KEY_B " \n  # the end",
			    ACCESS_KEYS_MAX, &line),
	    ACCESS_SOUND);
	CU_ASSERT_EQUAL_FATAL(keys.count, 2);
	CU_ASSERT_STRING_EQUAL(keys.at[0].name, "anna");
	CU_ASSERT_STRING_EQUAL(keys.at[1].name, "b.e-r_t");
	CU_ASSERT(keys.at[0].key[0] == 1 && keys.at[0].key[31] == 0xef);
	CU_ASSERT(keys.at[1].key[16] == 0xfe && keys.at[1].key[31] == 0x10);
	/* The last line needs no end, and memory ends with a NUL. */
	CU_ASSERT_EQUAL(parse("a " KEY_A, 1, &line), ACCESS_SOUND);
	CU_ASSERT_EQUAL(access_parse(&keys, 1, "a " KEY_A "\n\0?",
			    sizeof("a " KEY_A "\n\0?"), &line),
	    ACCESS_SOUND);
	CU_ASSERT_EQUAL(keys.count, 1);
	CU_ASSERT_EQUAL(parse("a 0123456789ABCDEF0123456789abcdef" HEX32, 1,
			    &line),
	    ACCESS_SOUND);
}

static void
test_damaged(void)
{
	static const struct {
		const char *text;
		size_t max;
		enum access_fault fault;
		unsigned int line;
	} cases[] = {
		{ "", 9, ACCESS_NONE, 0 },
		{ "# anna " KEY_A "\n", 9, ACCESS_NONE, 0 },
		{ "\nanna\n", 9, ACCESS_LINE, 2 },
		{ KEY_A "\n", 9, ACCESS_LINE, 1 },
		{ "an/na " KEY_A "\n", 9, ACCESS_NAME, 1 },
		{ "a\x80 " KEY_A "\n", 9, ACCESS_NAME, 1 },
		{ HEX32 "x " KEY_A "\n", 9, ACCESS_NAME, 1 },
		{ "anna " HEX32 "\n", 9, ACCESS_KEY, 1 },
		{ "anna " KEY_A "0\n", 9, ACCESS_KEY, 1 },
		{ "anna " KEY_A " x\n", 9, ACCESS_KEY, 1 },
		{ "anna g123456789abcdef0123456789abcdef" HEX32 "\n", 9,
		    ACCESS_KEY, 1 },
		{ "a " KEY_A "\na " KEY_B "\n", 9, ACCESS_NAMED, 2 },
		{ "a " KEY_A "\nb " KEY_A "\n", 9, ACCESS_TWICE, 2 },
		{ "a " KEY_A "\n\nb " KEY_B "\n", 1, ACCESS_NOT_ONE, 3 },
	};
	unsigned int line;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL(parse(cases[i].text, cases[i].max, &line),
		    cases[i].fault);
		CU_ASSERT_EQUAL(line, cases[i].line);
		CU_ASSERT_EQUAL(keys.count, 0);
		CU_ASSERT_NOT_EQUAL(strlen(access_fault_text(cases[i].fault)),
		    0);
	}
}

/* As many as there can be, which are written and read again; one more is told
 * by its line. Nothing is left of them after an error. */
static void
test_most(void)
{
	static char text[(ACCESS_KEYS_MAX + 1) * ACCESS_LINE_MAX + 1];
	static const struct access_keys none;
	struct access_key key = { .name = "" };
	unsigned int line;
	size_t len = 0;

	for (unsigned int i = 0; i <= ACCESS_KEYS_MAX; i++) {
		(void)snprintf(key.name, sizeof(key.name), "%032u", i);
		key.key[31] = (uint8_t)i;
		CU_ASSERT_EQUAL(access_parse(&keys, ACCESS_KEYS_MAX, text, len,
				    &line),
		    i == 0 ? ACCESS_NONE : ACCESS_SOUND);
		len += access_format(text + len, &key);
		CU_ASSERT_EQUAL(len, (i + 1) * ACCESS_LINE_MAX);
	}
	CU_ASSERT_EQUAL(keys.count, ACCESS_KEYS_MAX);
	CU_ASSERT_EQUAL(keys.at[ACCESS_KEYS_MAX - 1].key[31],
	    ACCESS_KEYS_MAX - 1);
	CU_ASSERT_EQUAL(parse(text, ACCESS_KEYS_MAX, &line), ACCESS_TOO_MANY);
	CU_ASSERT_EQUAL(line, ACCESS_KEYS_MAX + 1);
	CU_ASSERT_EQUAL(memcmp(&keys, &none, sizeof(none)), 0);
}

static void
test_too_long(void)
{
	static char text[ACCESS_FILE_MAX + 1];
	unsigned int line;

	memset(text, '\n', sizeof(text));
	CU_ASSERT_EQUAL(access_parse(&keys, 9, text, ACCESS_FILE_MAX, &line),
	    ACCESS_NONE);
	CU_ASSERT_EQUAL(access_parse(&keys, 9, text, sizeof(text), &line),
	    ACCESS_TOO_LONG);
}

void
access_suite(void)
{
	CU_pSuite suite = CU_add_suite("access", NULL, NULL);

	CU_add_test(suite, "read", test_read);
	CU_add_test(suite, "damaged", test_damaged);
	CU_add_test(suite, "the most", test_most);
	CU_add_test(suite, "too long", test_too_long);
}
