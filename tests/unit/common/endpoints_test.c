/*
 * Lists of bootnodes as people write them, and what is wrong with some.
 */
#include "common/endpoints.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void endpoints_suite(void);

static void
expect(const char *text, const char *canonical)
{
	char why[ENDPOINTS_WHY_MAX], buf[ENDPOINTS_TEXT_MAX];
	struct endpoints list;

	CU_ASSERT_EQUAL_FATAL(endpoints_parse(&list, text, 9595, why), 0);
	CU_ASSERT_STRING_EQUAL(endpoints_format(&list, buf), canonical);
	CU_ASSERT_STRING_EQUAL(why, "");
}

static void
expect_wrong(const char *text, const char *expected)
{
	char why[ENDPOINTS_WHY_MAX];
	struct endpoints list;

	CU_ASSERT_EQUAL(endpoints_parse(&list, text, 9595, why), -1);
	CU_ASSERT_STRING_EQUAL(why, expected);
}

static void
test_sound(void)
{
	expect("a.example", "a.example:9595");
	expect("B.example,a.example:95", "b.example:9595,a.example:95");
	expect("a,a:1", "a:9595,a:1");
	expect("[2001:DB8::1]:7,2001:db8::2,192.0.2.1",
	    "[2001:db8::1]:7,[2001:db8::2]:9595,192.0.2.1:9595");
	expect("a,b,c,d,e,f,g,h:1",
	    "a:9595,b:9595,c:9595,d:9595,e:9595,f:9595,g:9595,h:1");
}

static void
test_wrong(void)
{
	/* Of one that is alone, the caller says what is expected. */
	expect_wrong("", "");
	expect_wrong("a b", "");
	expect_wrong("a:0", "");

	expect_wrong("a,", "entry 2 is empty");
	expect_wrong(",a", "entry 1 is empty");
	expect_wrong("a,,b", "entry 2 is empty");
	expect_wrong("a, b", "entry 2, ?b, is no host");
	expect_wrong("a,b\x1b[2J", "entry 2, b?[2J, is no host");
	expect_wrong("a:0,b", "entry 1, a:0, is no host");
	expect_wrong("a,b,A:9595", "entry 3, A:9595, is there twice");
	expect_wrong("::1,[0:0::1]", "entry 2, [0:0::1], is there twice");
	expect_wrong("a,b,c,d,e,f,g,h,i",
	    "entry 9, i, is one too many: at most 8 bootnodes can be named");
}

/* Two hosts of the longest name are too much; one always fits. */
static void
test_long(void)
{
	char name[HOST_MAX + 1], text[3 * HOST_MAX], why[ENDPOINTS_WHY_MAX];
	char buf[ENDPOINTS_TEXT_MAX];
	struct endpoints list;

	memset(name, 'b', HOST_MAX);
	for (size_t i = 63; i < HOST_MAX; i += 64)
		name[i] = '.';
	name[HOST_MAX] = '\0';
	CU_ASSERT_EQUAL(endpoints_parse(&list, name, 9595, why), 0);

	/* 253 + 5, a comma, 247 + 5: all in all 511. */
	snprintf(text, sizeof(text), "%s,%s", name, name + 6);
	CU_ASSERT_EQUAL(endpoints_parse(&list, text, 9595, why), 0);
	CU_ASSERT_EQUAL(strlen(endpoints_format(&list, buf)), 511);
	CU_ASSERT_EQUAL(endpoints_parse(&list, text, 19595, why), -1);
	CU_ASSERT_STRING_EQUAL(why,
	    "entry 2, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb..., is too "
	    "much: all have more than 511 bytes");
}

/* An invite in the wrong place is not told about. */
static void
test_secret(void)
{
	static const char invite[] =
	    "a,gochat://b,c/r?key=0000000000000000000000000000000000000000"
	    "000000000000000000000000#secretsecretsecretsecretsecretse";
	char why[ENDPOINTS_WHY_MAX];
	struct endpoints list;

	CU_ASSERT_EQUAL(endpoints_parse(&list, invite, 9595, why), -1);
	CU_ASSERT_PTR_NULL(strstr(why, "secret"));
	CU_ASSERT_EQUAL(endpoints_parse(&list, invite + 13, 9595, why), -1);
	CU_ASSERT_PTR_NULL(strstr(why, "secret"));
}

static struct endpoints
list_of(const char *text)
{
	char why[ENDPOINTS_WHY_MAX];
	struct endpoints list;

	CU_ASSERT_EQUAL_FATAL(endpoints_parse(&list, text, 1, why), 0);
	return list;
}

static void
test_questions(void)
{
	struct endpoints ab = list_of("a,b"), bc = list_of("192.0.2.1,b"),
			 b2 = list_of("b:2,192.0.2.2"),
			 numeric = list_of("192.0.2.1,::1");

	CU_ASSERT_TRUE(endpoints_have_name(&ab));
	CU_ASSERT_TRUE(endpoints_have_name(&bc));
	CU_ASSERT_FALSE(endpoints_have_name(&numeric));

	CU_ASSERT_TRUE(endpoints_meet(&ab, &bc));
	CU_ASSERT_TRUE(endpoints_meet(&bc, &numeric));
	CU_ASSERT_FALSE(endpoints_meet(&ab, &b2));
	CU_ASSERT_FALSE(endpoints_meet(&numeric, &b2));
}

void
endpoints_suite(void)
{
	CU_pSuite s = CU_add_suite("endpoints", NULL, NULL);

	CU_add_test(s, "lists of hosts", test_sound);
	CU_add_test(s, "the entry that is wrong is named", test_wrong);
	CU_add_test(s, "the longest list", test_long);
	CU_add_test(s, "no secret is told", test_secret);
	CU_add_test(s, "names, and hosts in common", test_questions);
}
