/*
 * An entry as rows (ui/tui/layout.c): what stands before its text and behind
 * it, and how each part looks.
 */
#include "ui/tui/layout.h"

#include "common/ipc_messages.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void layout_suite(void);

static const char *const names[STYLE_COUNT] = {
#define X(name, ...) #name,
	THEME_STYLES(X)
#undef X
};

/* The spans of an entry, each as its look and its text: TEXT{hello}; those of a
 * link have an @: LINK@{http://a}. */
static const char *
spans(const struct layout *l)
{
	static char text[4096];
	size_t n = 0, start = 0;

	text[0] = '\0';
	for (size_t i = 0; i < l->span_count; start = l->spans[i++].end)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s{%.*s}",
		    names[l->spans[i].style], l->spans[i].link != 0 ? "@" : "",
		    (int)(l->spans[i].end - start), l->text.bytes + start);
	return text;
}

static void
expect_found(struct entry *e, const char *find, const char *expected)
{
	struct layout l = { 0 };

	e->len = strlen(e->text);
	layout_entry(&l, e, 200, find);
	if (strcmp(spans(&l), expected) != 0)
		fprintf(stderr, "\n  got %s, expected %s\n", spans(&l),
		    expected);
	CU_ASSERT_STRING_EQUAL(spans(&l), expected);
	layout_free(&l);
	CU_ASSERT_PTR_NULL(l.spans);
	CU_ASSERT_EQUAL(l.row_count, 0);
}

static void
expect(struct entry *e, const char *expected)
{
	expect_found(e, NULL, expected);
}

static char hello[] = "hello", empty[] = "", bert[] = "bert";

static void
test_kinds(void)
{
	static const char *const looks[] = {
		[ENTRY_HEARD] = "TEXT{hello}",
		[ENTRY_EVENT] = "EVENT{hello}",
		[ENTRY_NOTICE] = "NOTICE{hello}",
		[ENTRY_QR] = "QR{hello}",
		[ENTRY_ERROR] = "ERROR{hello}",
		[ENTRY_ALARM] = "ALARM{hello}",
		[ENTRY_DAY] = "TEXT{hello}",
		[ENTRY_SAID] = "TEXT{hello}TEXT{  }MARK{waiting}",
	};
	struct entry e = { .text = hello, .name = bert, .to = empty };

	for (e.kind = 0; e.kind <= ENTRY_DAY; e.kind++)
		expect(&e, looks[e.kind]);
	e.kind = ENTRY_HEARD;
	e.mention = true;
	expect(&e, "MENTION{hello}");
	e.text = empty;
	expect(&e, "");
}

/* A private one says so, and to whom it went; an action begins with who acts.
 */
static void
test_heads(void)
{
	char carl[] = "carl", anna[] = "anna b";
	struct entry e = { .kind = ENTRY_HEARD,
		.text = hello,
		.name = anna,
		.to = carl,
		.name_style = STYLE_NICK_3,
		.flags = TEXT_FLAG_PRIVATE };

	expect(&e, "PRIVATE{[to you alone] }PRIVATE{hello}");
	e.mention = true;
	expect(&e, "PRIVATE{[to you alone] }MENTION{hello}");
	e.mention = false;
	e.flags |= TEXT_FLAG_ACTION;
	expect(&e,
	    "PRIVATE{[to you alone] }NICK_3{\"anna b\"}TEXT{ }PRIVATE{hello}");
	e.kind = ENTRY_SAID;
	expect(&e,
	    "PRIVATE{[to }PRIVATE{carl}PRIVATE{ alone] }NICK_3{\"anna b\"}"
	    "TEXT{ }PRIVATE{hello}TEXT{  }MARK{waiting}");
	e.flags = TEXT_FLAG_ACTION;
	e.name = bert;
	expect(&e, "NICK_3{bert}TEXT{ }TEXT{hello}TEXT{  }MARK{waiting}");
}

/* A link is one in what people said; it keeps the look of what is private or
 * mentions us. */
static void
test_links(void)
{
	char text[] = "see http://a.b/c, or http://d.e";
	struct entry e = { .text = text, .name = bert, .to = empty };

	expect(&e, "TEXT{see }LINK@{http://a.b/c}TEXT{, or }LINK@{http://d.e}");
	e.flags = TEXT_FLAG_PRIVATE;
	expect(&e,
	    "PRIVATE{[to you alone] }PRIVATE{see }PRIVATE@{http://a.b/c}"
	    "PRIVATE{, or }PRIVATE@{http://d.e}");
	e.flags = 0;
	e.mention = true;
	expect(&e,
	    "MENTION{see }MENTION@{http://a.b/c}MENTION{, or }"
	    "MENTION@{http://d.e}");
	e.mention = false;
	e.kind = ENTRY_NOTICE;
	expect(&e, "NOTICE{see http://a.b/c, or http://d.e}");
	e.kind = ENTRY_SAID;
	expect(&e,
	    "TEXT{see }LINK@{http://a.b/c}TEXT{, or }LINK@{http://d.e}"
	    "TEXT{  }MARK{waiting}");
}

/* What was searched for stands out, each time, within a link as well. */
static void
test_found(void)
{
	char text[] = "a B http://b.ab/ ab";
	struct entry e = { .text = text, .name = bert, .to = empty };

	expect_found(&e, "b",
	    "TEXT{a }MATCH{B}TEXT{ }LINK@{http://}MATCH@{b}LINK@{.a}MATCH@{b}"
	    "LINK@{/}TEXT{ a}MATCH{b}");
	expect_found(&e, "ab",
	    "TEXT{a B }LINK@{http://b.}MATCH@{ab}LINK@{/}TEXT{ }MATCH{ab}");
	expect_found(&e, "nowhere", "TEXT{a B }LINK@{http://b.ab/}TEXT{ ab}");
	e.kind = ENTRY_ERROR;
	expect_found(&e, "http", "ERROR{a B }MATCH{http}ERROR{://b.ab/ ab}");
}

static void
expect_url(const struct layout *l, size_t span, const char *url)
{
	const struct layout_span *s = &l->spans[span];

	CU_ASSERT_EQUAL_FATAL(s->url_end - s->url, strlen(url));
	CU_ASSERT(memcmp(l->text.bytes + s->url, url, strlen(url)) == 0);
}

/* Each part of a link has all of its address, and one number; another link has
 * another one, and no link none. */
static void
test_addresses(void)
{
	char text[] = "x http://a.b/ http://a.b/";
	struct entry e = { .number = 5,
		.text = text,
		.name = bert,
		.to = empty,
		.len = strlen(text) };
	struct layout l = { 0 }, other = { 0 };

	layout_entry(&l, &e, 80, "a");
	CU_ASSERT_EQUAL_FATAL(l.span_count, 8);
	for (size_t i = 1; i <= 3; i++) {
		expect_url(&l, i, "http://a.b/");
		expect_url(&l, i + 4, "http://a.b/");
		CU_ASSERT_EQUAL(l.spans[i].url, 2);
		CU_ASSERT_EQUAL(l.spans[i].link, l.spans[1].link);
		CU_ASSERT_EQUAL(l.spans[i + 4].link, l.spans[5].link);
	}
	CU_ASSERT_NOT_EQUAL(l.spans[1].link, 0);
	CU_ASSERT_NOT_EQUAL(l.spans[5].link, 0);
	CU_ASSERT_NOT_EQUAL(l.spans[1].link, l.spans[5].link);
	CU_ASSERT_EQUAL(l.spans[0].link, 0);
	CU_ASSERT_EQUAL(l.spans[4].link, 0);
	/* The same when it is laid out again; of another entry another. */
	layout_entry(&other, &e, 20, NULL);
	CU_ASSERT_EQUAL(other.spans[1].link, l.spans[1].link);
	CU_ASSERT_EQUAL(other.spans[3].link, l.spans[5].link);
	e.number++;
	layout_entry(&other, &e, 20, NULL);
	CU_ASSERT_NOT_EQUAL(other.spans[1].link, l.spans[1].link);
	/* 0 would be none. */
	e.number = 0;
	e.text += 2;
	e.len -= 2;
	layout_entry(&other, &e, 80, NULL);
	CU_ASSERT_NOT_EQUAL(other.spans[0].link, 0);
	layout_free(&other);
	layout_free(&l);
}

/* Rows after the first begin where the text of the first does, where there is
 * room for that. */
static void
test_hang(void)
{
	static char text[] = "/join    opens another room";
	struct entry e = { .kind = ENTRY_NOTICE, .text = text, .hang = 9 };
	struct layout l = { 0 };

	e.len = strlen(text);
	layout_entry(&l, &e, 40, NULL);
	CU_ASSERT_EQUAL(l.row_count, 1);
	layout_entry(&l, &e, 23, NULL);
	CU_ASSERT_EQUAL_FATAL(l.row_count, 2);
	CU_ASSERT(l.rows[0].indent == 0 && l.rows[0].end == 22);
	CU_ASSERT(l.rows[1].indent == 9 && l.rows[1].start == 23);
	layout_entry(&l, &e, 21, NULL);
	CU_ASSERT_EQUAL_FATAL(l.row_count, 2);
	CU_ASSERT_EQUAL(l.rows[1].indent, 9);
	layout_entry(&l, &e, 20, NULL);
	CU_ASSERT_EQUAL_FATAL(l.row_count, 2);
	CU_ASSERT_EQUAL(l.rows[1].indent, 0);
	layout_free(&l);
}

/* What is too long for a row goes on at the edge: it may be copied. */
static void
test_hang_within_word(void)
{
	static char text[] = "key 0123456789abcdef0123456789abcdef and more";
	static const unsigned int indents[] = { 0, 2, 0, 2 };
	struct entry e = { .kind = ENTRY_NOTICE, .text = text, .hang = 2 };
	struct layout l = { 0 };

	e.len = strlen(text);
	layout_entry(&l, &e, 18, NULL);
	CU_ASSERT_EQUAL_FATAL(l.row_count, 4);
	for (size_t i = 0; i < l.row_count; i++)
		CU_ASSERT_EQUAL(l.rows[i].indent, indents[i]);
	layout_free(&l);
}

static void
expect_mark(const struct entry_mark *mark, const char *expected)
{
	struct entry e = { .kind = ENTRY_SAID,
		.text = hello,
		.name = bert,
		.to = empty,
		.mark = *mark };
	char all[256];

	snprintf(all, sizeof(all), "TEXT{hello}TEXT{  }%s", expected);
	expect(&e, all);
}

/* How far it got: sent, open, unknown, and for how many: sent to, delivered,
 * not delivered. */
static void
test_marks(void)
{
	static const struct {
		struct entry_mark mark;
		const char *expected;
	} rows[] = {
		{ { .sent = false }, "MARK{waiting}" },
		{ { .sent = true, .open = true }, "MARK{waiting}" },
		{ { .sent = true }, "MARK_NOT{nobody was here}" },
		{ { .unknown = true }, "MARK_NOT{not known}" },
		{ { .unknown = true, .peers = 2 }, "MARK{0/2?}" },
		{ { .unknown = true, .peers = 2, .delivered = 2 },
		    "MARK{2/2?}" },
		{ { .sent = true, .peers = 2 }, "MARK{sent}" },
		{ { .sent = true, .open = true, .peers = 2 }, "MARK{sent}" },
		{ { .sent = true, .peers = 2, .delivered = 1 }, "MARK{1/2}" },
		{ { .sent = true, .peers = 2, .delivered = 2 },
		    "MARK_ALL{✓2/2}" },
		{ { .sent = true, .open = true, .peers = 2, .delivered = 2 },
		    "MARK{2/2…}" },
		{ { .sent = true, .peers = 1, .delivered = 1 },
		    "MARK_ALL{✓1/1}" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_mark(&rows[i].mark, rows[i].expected);
}

/* Who will not get it is named in a row of its own, behind what is known of the
 * others. */
static void
test_missed(void)
{
	char a[] = "anna (left)", b[] = "bert (left)";
	struct missed two[] = { { { { 1 } }, a }, { { { 2 } }, b } };
	struct entry_mark m = { .sent = true,
		.peers = 3,
		.undelivered = 1,
		.missed = two,
		.missed_count = 1 };

	expect_mark(&m,
	    "MARK{sent}MARK_NOT{\nnot delivered to }MARK_NOT{anna (left)}");
	m.missed_count = m.undelivered = 2;
	m.delivered = 1;
	expect_mark(&m,
	    "MARK{1/3}MARK_NOT{\nnot delivered to }MARK_NOT{anna (left)}"
	    "MARK_NOT{, }MARK_NOT{bert (left)}");
	m.undelivered = m.peers = 3;
	m.delivered = 0;
	expect_mark(&m,
	    "MARK_NOT{\nnot delivered to }MARK_NOT{anna (left)}MARK_NOT{, }"
	    "MARK_NOT{bert (left)}MARK_NOT{ and 1 more}");
	m.missed_count = 0;
	m.sent = false;
	m.peers = 0;
	expect_mark(&m, "MARK_NOT{\nnot delivered to }MARK_NOT{3 more}");
}

/* Rows go on where the one before ended, and there is one at least. */
static void
test_rows(void)
{
	char text[] = "one two three";
	struct entry e = { .text = text, .name = bert, .to = empty, .len = 13 };
	struct layout l = { 0 };

	layout_entry(&l, &e, 7, NULL);
	CU_ASSERT_EQUAL_FATAL(l.row_count, 2);
	CU_ASSERT_EQUAL(l.rows[0].start, 0);
	CU_ASSERT_EQUAL(l.rows[0].end, 7);
	CU_ASSERT_EQUAL(l.rows[1].start, 8);
	CU_ASSERT_EQUAL(l.rows[1].end, 13);
	CU_ASSERT_EQUAL(e.rows, 2);
	CU_ASSERT_EQUAL(layout_rows(&e, 7), 2);
	CU_ASSERT_EQUAL(layout_rows(&e, 13), 1);
	CU_ASSERT_EQUAL(layout_rows(&e, 5), 3);
	CU_ASSERT_EQUAL(layout_rows(&e, 1), 11);
	/* It is remembered for one width. */
	e.rows = 77;
	CU_ASSERT_EQUAL(layout_rows(&e, 1), 77);
	CU_ASSERT_EQUAL(layout_rows(&e, 5), 3);
	e.len = 0;
	layout_entry(&l, &e, 7, NULL);
	CU_ASSERT_EQUAL(l.row_count, 1);
	CU_ASSERT_EQUAL(l.rows[0].end, 0);
	CU_ASSERT_EQUAL(layout_rows(&e, 7), 1);
	layout_free(&l);
}

/* Whatever their number, spans and rows are all there. */
static void
test_many(void)
{
	char text[2000] = "", *at = text;
	struct entry e = { .text = text, .name = bert, .to = empty };
	struct layout l = { 0 };

	for (int i = 0; i < 100; i++)
		at += sprintf(at, "http://a%d.b ", i);
	e.len = strlen(text);
	layout_entry(&l, &e, 12, NULL);
	CU_ASSERT_EQUAL_FATAL(l.span_count, 200);
	CU_ASSERT_EQUAL_FATAL(l.row_count, 100);
	for (size_t i = 0; i < 100; i++) {
		char url[20];

		snprintf(url, sizeof(url), "http://a%zu.b", i);
		expect_url(&l, 2 * i, url);
		CU_ASSERT_EQUAL(l.rows[i].start, l.spans[2 * i].url);
	}
	layout_free(&l);
}

void
layout_suite(void)
{
	CU_pSuite s = CU_add_suite("layout", NULL, NULL);

	CU_add_test(s, "kinds", test_kinds);
	CU_add_test(s, "before the text", test_heads);
	CU_add_test(s, "links", test_links);
	CU_add_test(s, "what was searched for", test_found);
	CU_add_test(s, "addresses", test_addresses);
	CU_add_test(s, "a hanging indent", test_hang);
	CU_add_test(s, "none within a word", test_hang_within_word);
	CU_add_test(s, "how far it got", test_marks);
	CU_add_test(s, "who missed it", test_missed);
	CU_add_test(s, "rows", test_rows);
	CU_add_test(s, "many links and rows", test_many);
}
