/*
 * Clusters, their columns, and wrapping (ui/tui/cluster.c, wrap.c).
 */
#include "ui/tui/cluster.h"
#include "ui/tui/wrap.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void wrap_suite(void);

/* Checks that the first cluster of s takes so many bytes and columns. */
static void
cluster(const char *s, size_t bytes, unsigned int columns)
{
	struct cluster cl;
	size_t n = cluster_next(s, strlen(s), &cl);

	if (n != bytes || cl.columns != columns)
		fprintf(stderr, "\n  \"%s\": %zu bytes, %u columns\n", s, n,
		    cl.columns);
	CU_ASSERT(n == bytes && cl.columns == columns);
}

static void
test_clusters(void)
{
	cluster("ab", 1, 1);
	cluster("日本", 3, 2);
	cluster("한국", 3, 2);
	cluster("e\u0301x", 3, 1);
	cluster("👍🏽x", 8, 2);
	cluster("👨‍👩‍👧‍👦x", 25, 2);
	cluster("❤\ufe0fx", 6, 2);
	cluster("❤x", 3, 1);
	cluster("1\ufe0f\u20e3x", 7, 2);
	cluster("🇩🇪🇫🇷", 8, 2);
	cluster("\u1112\u1161\u11abx", 9, 2);
	cluster("कि", 6, 2);
	/* Marks with nothing below them get a dotted circle. */
	cluster("\u0301x", 2, 1);
	/* A pile of marks is cut where a cell is full, and goes on in the next
	 * one. */
	cluster("a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
		"\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
	    31, 1);
}

static void
test_bare_mark(void)
{
	struct cluster cl;

	cluster_next("\u0301x", 3, &cl);
	CU_ASSERT_STRING_EQUAL(cl.bytes, "\u25cc\u0301");
	CU_ASSERT_FALSE(cl.certain);
	cluster_next("ab", 2, &cl);
	CU_ASSERT(cl.certain);
}

/* A cluster's first code point, and the most columns that a terminal takes for
 * all of it; only what all agree on is certain. */
static void
drawn(const char *s, bool certain, unsigned int base, unsigned int worst)
{
	struct cluster cl;

	cluster_next(s, strlen(s), &cl);
	if (cl.certain != certain || cl.base != base ||
	    cl.columns_worst != worst)
		fprintf(stderr, "\n  \"%s\": %d, %u, %u\n", s, cl.certain,
		    cl.base, cl.columns_worst);
	CU_ASSERT_EQUAL(cl.certain, certain);
	CU_ASSERT_EQUAL(cl.base, base);
	CU_ASSERT_EQUAL(cl.columns_worst, worst);
}

static void
test_drawn(void)
{
	drawn(" ", true, 1, 1);
	drawn("~", true, 1, 1);
	drawn("~ü", true, 1, 2);
	drawn("ü", false, 2, 2);
	/* The blocks that are certain, to their ends. */
	drawn("ぁ", true, 3, 2);
	drawn("ゖ", true, 3, 2);
	drawn("゛", false, 3, 2);
	drawn("゠", false, 3, 2);
	drawn("ァ", true, 3, 2);
	drawn("ヺ", true, 3, 2);
	drawn("・", false, 3, 2);
	drawn("䷿", false, 3, 2);
	drawn("一", true, 3, 2);
	drawn("龥", true, 3, 2);
	drawn("龦", false, 3, 2);
	drawn("가", true, 3, 2);
	drawn("힣", true, 3, 2);
	/* With anything on it nothing is. */
	drawn("e\u0301", false, 1, 2);
	drawn("一\u0301", false, 3, 2);
	drawn("👍🏽", false, 4, 4);
	drawn("👩\u200d👩", false, 4, 4);
	drawn("🇩🇪", false, 4, 4);
	drawn("\u0301", false, 3, 2);
	drawn("\u1112\u1161\u11ab", false, 3, 6);
}

/* The longest cluster that a cell takes, in columns. */
static void
test_widest(void)
{
	cluster("\u1112\u1112", 6, 4);
	cluster("\u1112\u1112\u1112", 6, 4);
	CU_ASSERT_EQUAL(cluster_columns("", 0), 0);
	CU_ASSERT_EQUAL(cluster_columns("a猫e\u0301", 7), 4);
	CU_ASSERT_EQUAL(cluster_columns("ab", 1), 1);
}

/* A joiner at the end of a cell would join the next cell to it. */
static void
test_no_joiner_at_the_end(void)
{
	static const char family[] =
	    "👩🏽\u200d👩🏽\u200d👩\u200d👩";
	struct cluster cl;
	size_t n = cluster_next(family, strlen(family), &cl);

	CU_ASSERT_EQUAL(n, strlen(family) - 4);
	CU_ASSERT_EQUAL(cl.len, n - 3);
	CU_ASSERT_STRING_EQUAL(cl.bytes + cl.len - 4, "👩");
}

/* Checks the rows, with a bar where each ends. */
static void
wrapped(const char *s, unsigned int columns, const char *expected)
{
	char got[512] = "";
	size_t start = 0, next, end, n = 0;

	do {
		next = wrap_row(s, strlen(s), start, columns, &end);
		n += (size_t)snprintf(got + n, sizeof(got) - n, "%.*s|",
		    (int)(end - start), s + start);
		start = next;
	} while (start <= strlen(s));
	if (strcmp(got, expected) != 0)
		fprintf(stderr, "\n  %u: %s\n", columns, got);
	CU_ASSERT_STRING_EQUAL(got, expected);
}

static void
test_words(void)
{
	wrapped("", 10, "|");
	wrapped("one two three", 20, "one two three|");
	wrapped("one two three", 7, "one two|three|");
	wrapped("one two three", 6, "one|two|three|");
	wrapped("one  two", 4, "one|two|");
	wrapped("a verylongword b", 6, "a|verylo|ngword|b|");
	wrapped("exact fit", 5, "exact|fit|");
	wrapped("trailing   ", 11, "trailing   |");
	wrapped("trailing   ", 10, "trailing|");
	wrapped("trailing   ", 8, "trailing|");
	wrapped("trailing   \nx", 8, "trailing|x|");
	wrapped("line\nfeed\n\nend\n", 10, "line|feed||end||");
	wrapped("  indented text", 10, "  indented|text|");
	wrapped("one two", 3, "one|two|");
	wrapped("one two ", 3, "one|two|");
	wrapped("abcdef", 3, "abc|def|");
	wrapped("a  b", 1, "a|b|");
	wrapped("\n", 5, "||");
	wrapped("abc\ndef", 3, "abc|def|");
}

static void
test_wide(void)
{
	wrapped("日本語テキスト", 6, "日本語|テキス|ト|");
	wrapped("日本語テキスト", 5, "日本|語テ|キス|ト|");
	/* No row begins with a full stop. */
	wrapped("日本語。", 6, "日本|語。|");
	wrapped("「日本」", 4, "「日|本」|");
	wrapped("日本」語", 4, "日|本」|語|");
	wrapped("日“本”", 4, "日|“本”|");
	wrapped("a日本", 4, "a日|本|");
	wrapped("ab日本", 3, "ab|日|本|");
	wrapped("日 本", 2, "日|本|");
	wrapped("日abc", 4, "日|abc|");
	/* A character that is wider than a row gets a row of its own. */
	wrapped("日a", 1, "日|a|");
	wrapped("a日", 1, "a|日|");
	wrapped("日", 1, "日|");
}

static void
test_urls(void)
{
	wrapped("see https://example.org/a/b-c?d=e", 24,
	    "see|https://example.org/a/b-|c?d=e|");
	wrapped("see https://example.org/a", 22, "see|https://example.org/a|");
}

void
wrap_suite(void)
{
	CU_pSuite s = CU_add_suite("wrap", NULL, NULL);

	CU_add_test(s, "clusters", test_clusters);
	CU_add_test(s, "a bare mark", test_bare_mark);
	CU_add_test(s, "what is certain", test_drawn);
	CU_add_test(s, "how wide", test_widest);
	CU_add_test(s, "no joiner at the end", test_no_joiner_at_the_end);
	CU_add_test(s, "words", test_words);
	CU_add_test(s, "wide characters", test_wide);
	CU_add_test(s, "URLs", test_urls);
}
