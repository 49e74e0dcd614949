/*
 * Nicknames (ui/nick.c): RFC 8266 normal form, refusals, look-alikes.
 */
#include "ui/nick.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void nick_suite(void);

/* If expected is NULL the name must be refused. */
static void
check(const char *nick, const char *expected)
{
	char out[NICK_MAX + 1] = "untouched";
	int result = nick_normalise(nick, strlen(nick), out);
	bool right = expected == NULL
	    ? result == -1
	    : result == 0 && strcmp(out, expected) == 0;

	if (!right)
		fprintf(stderr, "\n  \"%s\" gave %d \"%s\"\n", nick, result,
		    out);
	CU_ASSERT(right);
}

static void
test_normal_form(void)
{
	check("alice", "alice");
	check("Zoë", "Zoë");
	check("Zoe\u0308", "Zoë");
	check("  two   words ", "two words");
	check("a\u00a0\u3000\u2003b", "a b");
	check("Ａｌｉｃｅ", "Alice");
	check("ﬁn", "fin");
	check("Ⅳ", "IV");
	check("अनिता", "अनिता");
	check("שרה", "שרה");
	check("李雷", "李雷");
	check("cat 🐈", "cat 🐈");
	check("\u00a8x", "\u0308x"); /* NFKC makes a space of this */
}

static void
test_refused(void)
{
	check("", NULL);
	check("   ", NULL);
	check("\u3000", NULL);
	check("a\tb", NULL);
	check("a\nb", NULL);
	check("a\x1b[2Jb", NULL);
	check("a\xc2\x9b", NULL);
	check("a\u202e"
	      "b",
	    NULL);
	check("a\u200b"
	      "b",
	    NULL);
	check("a\u200d"
	      "b",
	    NULL);
	check("👩\u200d🚀", NULL);
	check("❤\ufe0f", NULL);
	check("a\u00ad"
	      "b",
	    NULL);
	check("a\u3164", NULL);
	check("a\U000e0041", NULL);
	check("a\ue000", NULL);
	check("a\u0378", NULL);
	check("\u0301", NULL);
	check("bob> hi <x", NULL);
	check("a‹b", NULL);
	check("a\xff", NULL);
	CU_ASSERT_EQUAL(nick_normalise("a\0b", 3, (char[NICK_MAX + 1]){ 0 }),
	    -1);
}

static void
test_width(void)
{
	check("0123456789abcdef0123456789abcdef",
	    "0123456789abcdef0123456789abcdef");
	check("0123456789abcdef0123456789abcdefX", NULL);
	check("李李李李李李李李李李李李李李李李",
	    "李李李李李李李李李李李李李李李李");
	check("李李李李李李李李李李李李李李李李x", NULL);
	/* One character becomes 18 letters: within 32 columns, then beyond
	 * them. */
	check("ﷺ", "صلى الله عليه وسلم");
	check("ﷺﷺ", NULL);
	/* There are 9 marks in a row. */
	check("aّّّّّّّّّ", NULL);
}

#define TALL_4	"\U00010400\U00010400\U00010400\U00010400"
#define TALL_32 TALL_4 TALL_4 TALL_4 TALL_4 TALL_4 TALL_4 TALL_4 TALL_4
/* 9 bytes, 17 in normal form, one column. */
#define MARKED	   "b\u0344\u0344\u0344\u0344"
#define NORMAL	   "b\u0308\u0301\u0308\u0301\u0308\u0301\u0308\u0301"
#define TIMES_7(x) x x x x x x x

/* At most 128 bytes, as it comes and in its normal form. */
static void
test_bytes(void)
{
	CU_ASSERT_EQUAL(strlen(TALL_32), NICK_MAX);
	check(TALL_32, TALL_32);
	check(TALL_32 " ", NULL);
	CU_ASSERT_EQUAL(strlen(TIMES_7(NORMAL) "123456789"), NICK_MAX);
	check(TIMES_7(MARKED) "123456789", TIMES_7(NORMAL) "123456789");
	check(TIMES_7(MARKED) "1234567890", NULL);
}

/* A name in a command is compared however long it is, and as it is if it has no
 * normal form. */
static void
check_typed(const char *name, size_t len, const char *expected)
{
	char *typed = nick_typed(name, len);

	CU_ASSERT_STRING_EQUAL(typed, expected);
	free(typed);
}

static void
test_typed(void)
{
	check_typed(" Zoe\u0308  b ", 9, "Zoë b");
	check_typed("Zoe", 2, "Zo");
	check_typed(TALL_32 "x", NICK_MAX + 1, TALL_32 "x");
	check_typed("a\xff", 2, "a\xff");
	check_typed("", 0, "");
}

static void
test_stand_in(void)
{
	static const uint8_t fingerprint[FINGERPRINT_LEN] = { 0xab, 0x02 };
	char out[NICK_MAX + 1];

	nick_stand_in(out, fingerprint);
	CU_ASSERT_STRING_EQUAL(out, "peer-ab02");
}

static void
check_alike(const char *a, const char *b, bool expected)
{
	struct nick_look look_a, look_b;
	bool alike;

	nick_look(&look_a, a);
	nick_look(&look_b, b);
	alike = nick_alike(&look_a, &look_b);
	if (alike != expected)
		fprintf(stderr, "\n  \"%s\" \"%s\": %d\n", a, b, alike);
	CU_ASSERT_EQUAL(alike, expected);
	CU_ASSERT_EQUAL(nick_alike(&look_b, &look_a), expected);
	nick_look_free(&look_a);
	nick_look_free(&look_b);
}

static void
test_alike(void)
{
	check_alike("alice", "alice", true);
	check_alike("alice", "Alice", true);
	check_alike("ALICE", "alice", true);
	check_alike("alice", "аlice", true); /* Cyrillic a */
	check_alike("alice", "αlice", true); /* Greek alpha */
	check_alike("Alice", "AIice", true); /* capital I */
	check_alike("alice", "a1ice", true);
	check_alike("alice", "a|ice", true);
	check_alike("bob", "b0b", true);
	check_alike("BOB", "ВОВ", true); /* Cyrillic capitals */
	check_alike("modern", "rnodern", true);
	check_alike("paypal", "раураl", true);
	check_alike("straße", "strasse", true);
	check_alike("bob", "b\u034fob", true);
	check_alike("Zoë", "Zoe\u0308", true);
	check_alike("a b", "a\u2003b", true);
}

static void
test_not_alike(void)
{
	check_alike("alice", "alicia", false);
	check_alike("alice", "bob", false);
	check_alike("Zoe", "Zoë", false);
	check_alike("李雷", "李蕾", false);
	check_alike("anna", "hanna", false);
	check_alike("a b", "ab", false);
}

static void
check_skeleton(const char *in, const char *expected)
{
	char *skeleton = nick_skeleton(in);

	CU_ASSERT_STRING_EQUAL(skeleton, expected);
	free(skeleton);
}

static void
test_skeleton(void)
{
	check_skeleton("", "");
	check_skeleton("abc", "abc");
	check_skeleton("m", "rn");
	check_skeleton("I1|l", "llll");
	check_skeleton("é", "e\u0301");
	check_skeleton("ρ", "p");
	check_skeleton("a\u200b\ufe0f"
		       "b",
	    "ab");
}

void
nick_suite(void)
{
	CU_pSuite s = CU_add_suite("nick", NULL, NULL);

	CU_add_test(s, "normal form of RFC 8266", test_normal_form);
	CU_add_test(s, "what cannot be shown", test_refused);
	CU_add_test(s, "width", test_width);
	CU_add_test(s, "bytes", test_bytes);
	CU_add_test(s, "names that are typed", test_typed);
	CU_add_test(s, "stand-in", test_stand_in);
	CU_add_test(s, "look-alikes", test_alike);
	CU_add_test(s, "not look-alikes", test_not_alike);
	CU_add_test(s, "skeletons of UTS #39", test_skeleton);
}
