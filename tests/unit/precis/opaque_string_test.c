/*
 * Room names and passphrases (precis/opaque_string.c): their one form by RFC
 * 8265 section 4.2, and the texts that are refused.
 */
#include "precis/opaque_string.h"

#include "common/utf8.h"

#include <CUnit/CUnit.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void opaque_string_suite(void);

#define MAX 32

/* If expected is NULL, the text is refused for this reason. */
static void
check_bytes(const char *text, size_t len, const char *expected,
    enum opaque_fault fault, uint32_t culprit)
{
	char out[MAX + 1] = "untouched";
	uint32_t found = 1;
	enum opaque_fault got = opaque_string(out, MAX, text, len, &found);
	bool right = got == fault && found == culprit &&
	    strcmp(out, expected != NULL ? expected : "") == 0;

	if (!right)
		fprintf(stderr, "\n  \"%s\" gave %u \"%s\", U+%04X\n", text,
		    got, out, (unsigned int)found);
	CU_ASSERT(right);
}

static void
becomes(const char *text, const char *expected)
{
	check_bytes(text, strlen(text), expected, OPAQUE_OK, 0);
}

static void
refused(const char *text, enum opaque_fault fault, uint32_t culprit)
{
	check_bytes(text, strlen(text), NULL, fault, culprit);
}

static void
not_allowed(const char *text, uint32_t culprit)
{
	refused(text, OPAQUE_NOT_ALLOWED, culprit);
}

/* The first ones are the examples of RFC 8265 section 4.3. */
static void
test_one_form(void)
{
	becomes("correct horse battery staple", "correct horse battery staple");
	becomes("Correct Horse Battery Staple", "Correct Horse Battery Staple");
	becomes("πßå", "πßå");
	becomes("Jack of ♦s", "Jack of ♦s");
	becomes("foo\u1680bar", "foo bar");
	becomes("cafe\u0301", "caf\u00e9");
	becomes("caf\u00e9", "caf\u00e9");
	becomes("cafe\u0301\u3000\u00a01", "caf\u00e9  1"); /* each one */
	becomes("a\u2000b\u202f\u205f\u2003c", "a b   c");
	becomes("ｗｉｄｅ", "ｗｉｄｅ"); /* width and case stay */
	becomes("ﬁ Ⅳ ǅ ß", "ﬁ Ⅳ ǅ ß");
	becomes("\u212b\u2126", "\u00c5\u03a9");   /* Angstrom and Ohm */
	becomes("q\u0307\u0323", "q\u0323\u0307"); /* marks in one order */
	becomes("\u1112\u1161\u11ab", "\ud55c");   /* of a Mac: 한 */
	becomes("क\u094dष किताब", "क\u094dष किताब");
	becomes("🐈 <b>\"\\", "🐈 <b>\"\\");
	becomes("\u0301", "\u0301");
}

static void
test_refused(void)
{
	refused("", OPAQUE_EMPTY, 0);
	refused(" ", OPAQUE_BLANK_FIRST, 0);
	refused(" kitchen", OPAQUE_BLANK_FIRST, 0);
	refused("kitchen ", OPAQUE_BLANK_LAST, 0);
	refused("kitchen\u3000", OPAQUE_BLANK_LAST, 0);
	refused("\u00a0kitchen", OPAQUE_BLANK_FIRST, 0);
	refused("kit\tchen", OPAQUE_CONTROL, '\t');
	refused("my cat is a \tby", OPAQUE_CONTROL, '\t'); /* of the RFC */
	refused("kitchen\r", OPAQUE_CONTROL, '\r');
	refused("a\x1b[2J", OPAQUE_CONTROL, 0x1b);
	refused("a\x7f", OPAQUE_CONTROL, 0x7f);
	refused("a\xc2\x85", OPAQUE_CONTROL, 0x85);
	check_bytes("a\0b", 3, NULL, OPAQUE_CONTROL, 0);
	refused("a\xff", OPAQUE_NOT_UTF8, 0);
	refused("\xc0\x80", OPAQUE_NOT_UTF8, 0);
	refused("\xed\xa0\x80", OPAQUE_NOT_UTF8, 0);
	refused("caf\xc3", OPAQUE_NOT_UTF8, 0);
	not_allowed("\ufeffkitchen", 0xfeff);
	not_allowed("kit\u200bchen", 0x200b);
	not_allowed("kit\u00adchen", 0xad);
	not_allowed("a\u202eb", 0x202e);
	not_allowed("a\u2028b", 0x2028);
	not_allowed("❤\ufe0f", 0xfe0f);
	not_allowed("👩\u200d🚀", 0x200d);
	not_allowed("a\u3164", 0x3164);
	not_allowed("a\ue000", 0xe000);
	not_allowed("a\u0378", 0x378);
	not_allowed("a\uffff", 0xffff);
	not_allowed("a\u0640", 0x640);
	not_allowed("\u1112\u1161\u11f0", 0x11f0); /* old Hangul */
}

/* Some characters are allowed only next to certain others: RFC 5892 appendix
 * A. */
static void
test_in_context(void)
{
	becomes("col\u00b7labora", "col\u00b7labora");
	not_allowed("a\u00b7b", 0xb7);
	not_allowed("l\u00b7", 0xb7);
	not_allowed("\u00b7l", 0xb7);
	becomes("\u0375α", "\u0375α");
	not_allowed("\u0375a", 0x375);
	becomes("צ\u05f3ק\u05f4", "צ\u05f3ק\u05f4");
	not_allowed("a\u05f3", 0x5f3);
	becomes("スター\u30fba", "スター\u30fba");
	becomes("a\u30fb李", "a\u30fb李");
	not_allowed("a\u30fbb", 0x30fb);
	becomes("٣٤", "٣٤");
	becomes("۳۴", "۳۴");
	not_allowed("٣۴", 0x663);
	becomes("می\u200cخواهم", "می\u200cخواهم");
	becomes("ب\u064e\u200c\u064eب", "ب\u064e\u200c\u064eب");
	not_allowed("د\u200cب", 0x200c); /* nothing joins after it */
	not_allowed("ب\u200c", 0x200c);
	not_allowed("a\u200cb", 0x200c);
	becomes("क\u094d\u200cष", "क\u094d\u200cष");
	becomes("क\u094d\u200dष", "क\u094d\u200dष");
	not_allowed("ب\u200dب", 0x200d);
}

/* The length of the one form counts. */
static void
test_length(void)
{
	char text[3 * MAX + 4] = "", composed[MAX + 1] = "";

	for (size_t i = 0; i < MAX / 2; i++) {
		strcat(text, "e\u0301");
		strcat(composed, "\u00e9");
	}
	becomes(text, composed);
	strcat(text, "x");
	refused(text, OPAQUE_TOO_LONG, 0);
	refused("012345678901234567890123456789012", OPAQUE_TOO_LONG, 0);
	becomes("01234567890123456789012345678901",
	    "01234567890123456789012345678901");
}

/* RFC 8264 section 7: the form of a form is that form. Tried with letters and
 * marks of many scripts, blanks, and parts that are composed. */
static void
test_again(void)
{
	static const uint32_t first[] = { 'a', 0xc0, 0x300, 0x391, 0x5d0, 0x620,
		0x915, 0x1100, 0x1161, 0x11a8, 0x1e00, 0x1f00, 0x2000, 0x2126,
		0x3041, 0x304b, 0x3099, 0xac00, 0xf900, 0xfb1d, 0x1d15e,
		0x2f800 };
	char text[64], once[97], again[97];
	uint32_t culprit, c;
	size_t len, kept = 0;

	srand(1);
	for (int i = 0; i < 100000; i++) {
		len = 0;
		for (int n = rand() % 8; n >= 0; n--) {
			c = first[(size_t)rand() %
			    (sizeof(first) / sizeof(first[0]))];
			len += utf8_encode(text + len,
			    c + (uint32_t)(rand() % 24));
		}
		if (opaque_string(once, 96, text, len, &culprit) != OPAQUE_OK)
			continue;
		kept++;
		if (opaque_string(again, 96, once, strlen(once), &culprit) !=
			OPAQUE_OK ||
		    strcmp(once, again) != 0) {
			fprintf(stderr, "\n  \"%s\" became \"%s\"\n", once,
			    again);
			CU_FAIL("not the same again");
			break;
		}
	}
	CU_ASSERT(kept > 10000);
}

/* The text may be of any length, and far longer when decomposed. */
static void
test_far_too_long(void)
{
	static char text[3 * 4096 + 1];

	for (size_t i = 0; i < 4096; i++)
		memcpy(text + 3 * i, "\u1f82", 3);
	refused(text, OPAQUE_TOO_LONG, 0);
}

void
opaque_string_suite(void)
{
	CU_pSuite suite = CU_add_suite("opaque strings", NULL, NULL);

	CU_add_test(suite, "one form", test_one_form);
	CU_add_test(suite, "refused", test_refused);
	CU_add_test(suite, "in context", test_in_context);
	CU_add_test(suite, "again", test_again);
	CU_add_test(suite, "length", test_length);
	CU_add_test(suite, "far too long", test_far_too_long);
}
