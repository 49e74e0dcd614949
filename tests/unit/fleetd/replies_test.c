/*
 * Answers of an engine: those that are wanted, however they come, and those
 * that are refused.
 */
#include "fleetd/replies.h"

#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <hiredis/hiredis.h>

#include <stdio.h>
#include <string.h>

void replies_suite(void);

/* The elements that were handed on, each with a blank after it; "-" stands for
 * one that is missing. */
static char seen[4096];

static int
on_element(void *self, const char *bytes, size_t len)
{
	size_t n = strlen(seen);

	CU_ASSERT_PTR_EQUAL(self, seen);
	if (bytes == NULL)
		(void)snprintf(seen + n, sizeof(seen) - n, "- ");
	else
		(void)snprintf(seen + n, sizeof(seen) - n, "%.*s ", (int)len,
		    bytes);
	return len == 3 && memcmp(bytes, "bad", 3) == 0 ? -1 : 0;
}

static const struct replies_want ok = { .type = REPLIES_OK };
static const struct replies_want number = { .type = REPLIES_NUMBER };
/* One to three strings of two to four bytes. */
static const struct replies_want names = {
	.type = REPLIES_LIST,
	.count_min = 1,
	.count_max = 3,
	.len_min = 2,
	.len_max = 4,
	.element = on_element,
};
static const struct replies_want records = {
	.type = REPLIES_LIST,
	.count_max = 160,
	.len_max = 320,
	.nil = true,
	.element = on_element,
};

static void
open_reader(struct replies *r, const struct replies_want *want)
{
	seen[0] = '\0';
	CU_ASSERT_EQUAL_FATAL(replies_open(r, seen), 0);
	if (want != NULL)
		replies_expect(r, want);
}

static int
feed(struct replies *r, const char *text, size_t len)
{
	return replies_feed(r, (const uint8_t *)text, len);
}

/* --- What is wanted ------------------------------------------------------- */

/* Four answers in a row, cut in two at each byte, and byte by byte. */
static const char four[] = "+OK\r\n:-17\r\n"
			   "*3\r\n$2\r\nab\r\n$4\r\n\r\n*1\r\n$3\r\nxyz\r\n"
			   "*4\r\n$-1\r\n$0\r\n\r\n$5\r\nhello\r\n$-1\r\n";
static const char four_seen[] = "ab \r\n*1 xyz -  hello - ";

static void
feed_four(size_t first, size_t step)
{
	const struct replies_want *wants[] = { &ok, &number, &names, &records };
	const size_t len = sizeof(four) - 1;
	struct replies r;
	int failures;

	open_reader(&r, NULL);
	for (size_t i = 0; i < 4; i++)
		replies_expect(&r, wants[i]);
	failures = feed(&r, four, first);
	for (size_t at = first; at < len; at += step) {
		CU_ASSERT_TRUE(replies_pending(&r));
		failures +=
		    feed(&r, four + at, len - at < step ? len - at : step);
	}
	CU_ASSERT_EQUAL(failures, 0);
	CU_ASSERT_FALSE(replies_pending(&r));
	CU_ASSERT_STRING_EQUAL(seen, four_seen);
	replies_close(&r);
}

static void
test_split(void)
{
	for (size_t i = 0; i < sizeof(four) - 1; i++)
		feed_four(i, sizeof(four));
	feed_four(0, 1);
	feed_four(0, 7);
}

/* The most that is read at once: a list is longer than what the reader may
 * keep. */
static void
test_long_list(void)
{
	static char text[160 * 400];
	size_t len = (size_t)snprintf(text, sizeof(text), "*160\r\n");
	struct replies r;

	for (int i = 0; i < 160; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "$320\r\n%0320d\r\n", i);
	open_reader(&r, &records);
	CU_ASSERT_EQUAL(feed(&r, text, len), 0);
	CU_ASSERT_FALSE(replies_pending(&r));
	replies_close(&r);
}

/* A list may be empty if it may have no element. */
static void
test_empty_list(void)
{
	struct replies r;

	open_reader(&r, &records);
	CU_ASSERT_EQUAL(feed(&r, "*0\r\n", 4), 0);
	CU_ASSERT_FALSE(replies_pending(&r));
	replies_close(&r);
}

/* --- What is refused ------------------------------------------------------ */

struct refused {
	const struct replies_want *want;
	const char *text;
	const char *why; /* of the reader itself, what it says differs between
			  * hiredis' versions */
};

#define TYPE	"the engine's answer has the wrong type"
#define COUNT	"the engine's answer has a wrong number of elements"
#define LENGTH	"the engine's answer has a wrong length"
#define ELEMENT "the engine's answer has a wrong element"
#define NO_RESP "the engine does not speak RESP"

static const struct refused refused[] = {
	{ &ok, "+QUEUED\r\n", TYPE },
	{ &ok, "+OKAY\r\n", TYPE },
	{ &ok, "+ok\r\n", TYPE },
	{ &ok, "+\r\n", TYPE },
	{ &ok, ":1\r\n", TYPE },
	{ &ok, "$2\r\nOK\r\n", TYPE },
	{ &ok, "$-1\r\n", TYPE },
	{ &ok, "*-1\r\n", TYPE },
	{ &ok, "*0\r\n", TYPE },
	{ &ok, "*1\r\n+OK\r\n", TYPE },
	{ &number, "+OK\r\n", TYPE },
	{ &number, "$1\r\n1\r\n", TYPE },
	{ &number, "$-1\r\n", TYPE },
	{ &names, "+OK\r\n", TYPE },
	{ &names, ":1\r\n", TYPE },
	{ &names, "$2\r\nab\r\n", TYPE },
	{ &names, "*-1\r\n", TYPE },
	{ &names, "*0\r\n", COUNT },
	{ &names, "*4\r\n", COUNT },
	{ &names, "*2147483647\r\n", COUNT },
	{ &names, "*1\r\n$-1\r\n", TYPE },
	{ &names, "*1\r\n$1\r\na\r\n", LENGTH },
	{ &names, "*1\r\n$5\r\nabcde\r\n", LENGTH },
	{ &names, "*2\r\n$2\r\nab\r\n$3\r\nbad\r\n", ELEMENT },
	{ &names, "*1\r\n+ab\r\n", TYPE },
	{ &names, "*1\r\n-ERR ab\r\n", TYPE },
	{ &names, "*1\r\n:12\r\n", TYPE },
	{ &names, "*1\r\n*1\r\n", TYPE },
	{ &records, "*161\r\n", COUNT },
	{ &records, "*1\r\n*-1\r\n", TYPE },
	{ &records, "*1\r\n*0\r\n", TYPE },
	{ NULL, "+OK\r\n", "the engine answered without a question" },
	{ NULL, ":1\r\n", "the engine answered without a question" },
	{ NULL, "*0\r\n", "the engine answered without a question" },
	{ NULL, "$-1\r\n", "the engine answered without a question" },
	{ NULL, "-ERR\r\n", "the engine answered without a question" },
	{ &ok, "HTTP/1.1 400 Bad Request\r\n", NO_RESP },
	{ &ok, "\r\n", NO_RESP },
	{ &number, ":1x\r\n", NO_RESP },
	{ &names, "*x\r\n", NO_RESP },
	{ &names, "*-2\r\n", NO_RESP },
	{ &names, "*1\r\n$-2\r\n", NO_RESP },
	{ &names, "*1\r\n$99999999999999999999\r\n", NO_RESP },
#if HIREDIS_MAJOR >= 1
	/* RESP3, which nobody asked for. */
	{ &ok, "#t\r\n", TYPE },
	{ &ok, ",1.5\r\n", TYPE },
	{ &ok, "(12345678901234567890\r\n", TYPE },
	{ &ok, "=6\r\ntxt:OK\r\n", TYPE },
	{ &ok, "_\r\n", TYPE },
	{ &number, "#t\r\n", TYPE },
	{ &names, "~1\r\n$2\r\nab\r\n", TYPE },
	{ &names, ">1\r\n$2\r\nab\r\n", TYPE },
	{ &names, "%1\r\n$2\r\nab\r\n$2\r\nab\r\n", TYPE },
	{ &names, "*1\r\n#t\r\n", TYPE },
	{ &names, "*1\r\n,1.5\r\n", TYPE },
	{ &names, "*1\r\n=6\r\ntxt:ab\r\n", TYPE },
	{ &records, "*1\r\n_\r\n", TYPE },
#else
	{ &ok, "#t\r\n", NO_RESP },
	{ &records, "*1\r\n_\r\n", NO_RESP },
#endif
};

/* Feeds it in two pieces; and it is refused by the second at the latest. */
static void
check_refused(const struct refused *f, size_t cut)
{
	size_t len = strlen(f->text);
	struct replies r;
	int result;

	open_reader(&r, f->want);
	result = feed(&r, f->text, cut);
	if (result == 0)
		result = feed(&r, f->text + cut, len - cut);
	CU_ASSERT_EQUAL(result, -1);
	if (strcmp(r.why, f->why) != 0)
		fprintf(stderr, "\n  %s  got <%s>, not <%s>\n", f->text, r.why,
		    f->why);
	CU_ASSERT_STRING_EQUAL(r.why, f->why);
	replies_close(&r);
}

static void
test_refused(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		for (size_t cut = 0; cut < strlen(refused[i].text); cut++)
			check_refused(&refused[i], cut);
}

/* What follows the last answer is refused, before its end has come. */
static void
test_surplus(void)
{
	struct replies r;

	open_reader(&r, &ok);
	CU_ASSERT_EQUAL(feed(&r, "+OK\r\n$1", 7), -1);
	CU_ASSERT_STRING_EQUAL(r.why, "the engine answered without a question");
	replies_close(&r);
	open_reader(&r, &ok);
	CU_ASSERT_EQUAL(feed(&r, "+OK\r\n$", 6), 0);
	CU_ASSERT_EQUAL(feed(&r, "1", 1), -1);
	CU_ASSERT_STRING_EQUAL(r.why, "the engine answered without a question");
	replies_close(&r);
}

/* An answer of a type that hiredis' older versions do not know, after one that
 * was right. */
static void
test_unknown(void)
{
	struct replies r;

	open_reader(&r, &ok);
	replies_expect(&r, &ok);
	CU_ASSERT_EQUAL(feed(&r, "+OK\r\n", 5), 0);
	CU_ASSERT_EQUAL(feed(&r, "#t\r\n", 4), -1);
	CU_ASSERT(r.why[0] != '\0');
	replies_close(&r);
}

/* --- Errors of the engine ------------------------------------------------- */

static void
check_error(const char *line, const char *why)
{
	const struct replies_want *wants[] = { &ok, &number, &names };
	struct replies r;

	for (size_t i = 0; i < 3; i++) {
		open_reader(&r, wants[i]);
		CU_ASSERT_EQUAL(feed(&r, line, strlen(line)), -1);
		CU_ASSERT_STRING_EQUAL(r.why, why);
		replies_close(&r);
	}
}

/* The word is told, and nothing else of what the engine says. */
static void
test_errors(void)
{
	check_error("-NOAUTH Authentication required.\r\n",
	    "the engine answered NOAUTH");
	check_error("-LOADING Redis is loading the dataset in memory\r\n",
	    "the engine answered LOADING");
	check_error("-OOM\r\n", "the engine answered OOM");
	check_error("-A_0Z9:\r\n", "the engine answered A_0Z9");
	check_error("-MOVED 3999 127.0.0.1:6381\r\n",
	    "the engine answered MOVED");
	check_error("-WRONGPASS\x1b[31m red\r\n",
	    "the engine answered WRONGPASS");
	check_error("-ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n",
	    "the engine answered ABCDEFGHIJKLMNOPQRSTUVWX");
	check_error("-err %s%n\r\n", "the engine answered with an error");
	check_error("-\r\n", "the engine answered with an error");
}

/* --- Too much ------------------------------------------------------------- */

/* Feeds more and more of it. Returns how much was taken before it was refused;
 * the reader never keeps more than it may. */
static size_t
flood(const struct replies_want *want, const char *start, const char *more)
{
	size_t taken = 0, kept = 0;
	struct replies r;

	open_reader(&r, want);
	CU_ASSERT_EQUAL(feed(&r, start, strlen(start)), 0);
	while (taken < 1024 * 1024 && feed(&r, more, strlen(more)) == 0) {
		taken += strlen(more);
		if (r.reader->len > kept)
			kept = r.reader->len;
	}
	CU_ASSERT(kept <= 3 * REPLIES_ELEMENT_MAX);
	CU_ASSERT_STRING_EQUAL(r.why, "the engine's answer is too long");
	replies_close(&r);
	return taken;
}

static void
test_floods(void)
{
	/* Lines that never end, of each type. */
	CU_ASSERT(flood(&ok, "+", "O") <= REPLIES_ELEMENT_MAX);
	CU_ASSERT(flood(&ok, "-", "ERR") <= REPLIES_ELEMENT_MAX);
	CU_ASSERT(flood(&number, ":", "0") <= REPLIES_ELEMENT_MAX);
	CU_ASSERT(flood(&names, "*", "0") <= REPLIES_ELEMENT_MAX);
	/* Strings that claim to be long, and come. */
	CU_ASSERT(flood(&names, "$536870912\r\n", "x") <= REPLIES_ELEMENT_MAX);
	CU_ASSERT(flood(&names, "*1\r\n$9223372036854775800\r\n", "x") <=
	    REPLIES_ELEMENT_MAX);
	/* One of the right length, and one that does not end. */
	CU_ASSERT(flood(&records, "*160\r\n$320\r\n", "$") <=
	    323 + REPLIES_ELEMENT_MAX);
}

/* Mutations of good answers are taken or refused, and never more than that. */
static void
test_mutations(void)
{
	const struct replies_want *wants[] = { &ok, &number, &names, &records };
	uint64_t seed = 1;
	uint8_t text[256];
	struct replies r;
	size_t len;

	for (int i = 0; i < MUTATIONS; i++) {
		memcpy(text, four, sizeof(four) - 1);
		len = bytes_mutate(&seed, text, sizeof(four) - 1, sizeof(text));
		open_reader(&r, NULL);
		for (size_t k = 0; k < 4; k++)
			replies_expect(&r, wants[k]);
		if (replies_feed(&r, bytes_guarded(text, len), len) == -1)
			CU_ASSERT(r.why[0] != '\0');
		replies_close(&r);
	}
}

void
replies_suite(void)
{
	CU_pSuite s = CU_add_suite("replies", NULL, NULL);

	CU_add_test(s, "answers cut at each byte", test_split);
	CU_add_test(s, "a list of the longest kind", test_long_list);
	CU_add_test(s, "an empty list", test_empty_list);
	CU_add_test(s, "answers that are refused", test_refused);
	CU_add_test(s, "one answer too many", test_surplus);
	CU_add_test(s, "an unknown type", test_unknown);
	CU_add_test(s, "errors of the engine", test_errors);
	CU_add_test(s, "answers that do not end", test_floods);
	CU_add_test(s, "mutations", test_mutations);
}
