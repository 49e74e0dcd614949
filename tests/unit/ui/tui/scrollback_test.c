/*
 * What of the scrollback is on the screen (ui/tui/scroll.c), searching it
 * (search.c), and our own texts in it; history_test.c has what is kept.
 */
#include "ui/tui/history.h"
#include "ui/tui/layout.h"
#include "ui/tui/scroll.h"
#include "ui/tui/search.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void scrollback_suite(void);

#define START_MS (1709210096007LL) /* 2024-02-29T12:34:56Z */

static struct history *
open_history(void)
{
	struct history *h = calloc(1, sizeof(*h));

	CU_ASSERT_PTR_NOT_NULL_FATAL(h);
	setenv("TZ", "UTC", 1);
	tzset();
	history_init(h);
	return h;
}

static void
close_history(struct history *h)
{
	history_free(h);
	free(h);
}

static struct entry *
hear(struct history *h, const char *text, int64_t wall_ms)
{
	struct history_new new = { .kind = ENTRY_HEARD,
		.wall_ms = wall_ms,
		.name = "bert",
		.text = text,
		.len = strlen(text) };

	return history_add(h, &new);
}

static void
hear_lines(struct history *h, unsigned int count)
{
	char text[40];

	for (unsigned int i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "line %u", i);
		hear(h, text, START_MS);
	}
}

/* Returns the texts of the rows on the screen, joined. */
static const char *
seen(const struct scroll *s, const struct scroll_window *w)
{
	static char text[4096];
	struct scroll_row rows[64];
	unsigned int count = scroll_view(s, w, rows);
	size_t n = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < count; i++) {
		struct layout l = { 0 };
		const struct layout_row *row;

		layout_entry(&l, rows[i].entry, w->columns, NULL);
		row = &l.rows[rows[i].row];
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%.*s|",
		    (int)(row->end - row->start), l.text.bytes + row->start);
		layout_free(&l);
	}
	return text;
}

static void
test_own(void)
{
	const struct peer_id carl = { { 3 } };
	struct history *h = open_history();
	struct history_new new = { .kind = ENTRY_SAID,
		.wall_ms = START_MS,
		.name = "anna",
		.text = "hi",
		.len = 2,
		.seq = 7 };
	struct entry *e = history_add(h, &new);
	struct layout l = { 0 };

	CU_ASSERT_PTR_EQUAL(history_own(h, 7), e);
	CU_ASSERT_PTR_NULL(history_own(h, 7 + HISTORY_ENTRIES_MAX));
	CU_ASSERT_PTR_NULL(history_own(h, 8));
	layout_entry(&l, e, 40, NULL);
	CU_ASSERT_NSTRING_EQUAL(l.text.bytes, "hi  waiting", l.text.len);
	e->mark.sent = e->mark.open = true;
	layout_entry(&l, e, 40, NULL);
	CU_ASSERT_NSTRING_EQUAL(l.text.bytes, "hi  waiting", l.text.len);
	e->mark.open = false;
	e->mark.peers = 3;
	layout_entry(&l, e, 40, NULL);
	CU_ASSERT_NSTRING_EQUAL(l.text.bytes, "hi  sent", l.text.len);
	e->mark.delivered = 2;
	layout_entry(&l, e, 40, NULL);
	CU_ASSERT_NSTRING_EQUAL(l.text.bytes, "hi  2/3", l.text.len);
	/* More may come: the mark does not say that all have it. */
	e->mark.open = true;
	e->mark.peers = 2;
	layout_entry(&l, e, 40, NULL);
	CU_ASSERT_NSTRING_EQUAL(l.text.bytes, "hi  2/2…", l.text.len);
	e->mark.open = false;
	e->mark.unknown = true;
	layout_entry(&l, e, 40, NULL);
	CU_ASSERT_NSTRING_EQUAL(l.text.bytes, "hi  2/2?", l.text.len);
	e->mark.peers = 0;
	layout_entry(&l, e, 40, NULL);
	CU_ASSERT_NSTRING_EQUAL(l.text.bytes, "hi  not known", l.text.len);
	e->mark.peers = 2;
	e->mark.unknown = false;
	layout_entry(&l, e, 40, NULL);
	CU_ASSERT_NSTRING_EQUAL(l.text.bytes, "hi  ✓2/2", l.text.len);
	e->mark.peers = 3;
	history_missed(e, &carl, "carl (left)");
	layout_entry(&l, e, 40, NULL);
	CU_ASSERT_NSTRING_EQUAL(l.text.bytes,
	    "hi  2/3\nnot delivered to carl (left)", l.text.len);
	CU_ASSERT_EQUAL(l.row_count, 2);
	history_not_missed(e, &carl);
	layout_entry(&l, e, 40, NULL);
	CU_ASSERT_NSTRING_EQUAL(l.text.bytes, "hi  ✓3/3", l.text.len);
	layout_free(&l);
	close_history(h);
}

static void
expect_layout(struct entry *e, const char *text)
{
	struct layout l = { 0 };

	layout_entry(&l, e, 80, NULL);
	buf_put(&l.text, "", 1);
	CU_ASSERT_STRING_EQUAL(l.text.bytes, text);
	layout_free(&l);
}

static void
test_many_missed(void)
{
	char who[] = "x";
	struct history *h = open_history();
	struct history_new new = { .kind = ENTRY_SAID,
		.wall_ms = START_MS,
		.text = "hi",
		.len = 2,
		.seq = 1 };
	struct entry *e = history_add(h, &new);

	e->mark.sent = true;
	e->mark.peers = HISTORY_MISSED_MAX + 3;
	for (uint8_t i = 0; i < HISTORY_MISSED_MAX + 3; i++) {
		who[0] = (char)('a' + i);
		history_missed(e, &(struct peer_id){ { i } }, who);
	}
	expect_layout(e,
	    "hi  \nnot delivered to a, b, c, d, e, f, g, h and 3 more");
	/* Peers have it after all: those who are named, then the others. */
	history_not_missed(e, &(struct peer_id){ { 1 } });
	expect_layout(e,
	    "hi  1/11\nnot delivered to a, c, d, e, f, g, h and 3 more");
	for (uint8_t i = 0; i < HISTORY_MISSED_MAX; i++)
		if (i != 1)
			history_not_missed(e, &(struct peer_id){ { i } });
	expect_layout(e, "hi  8/11\nnot delivered to 3 more");
	for (uint8_t i = HISTORY_MISSED_MAX; i < HISTORY_MISSED_MAX + 3; i++)
		history_not_missed(e, &(struct peer_id){ { i } });
	expect_layout(e, "hi  ✓11/11");
	close_history(h);
}

static void
test_scroll(void)
{
	struct history *h = open_history();
	struct scroll_window w = { h, 20, 20, 3 };
	struct scroll s = { .held = false };

	CU_ASSERT_EQUAL(scroll_view(&s, &w, NULL), 0);
	hear_lines(h, 10);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "line 7|line 8|line 9|");
	scroll_up(&s, &w, 2);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "line 5|line 6|line 7|");
	hear(h, "new", START_MS);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "line 5|line 6|line 7|");
	scroll_to_top(&s, &w);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w),
	    "Thursday, 2024-02-29|line 0|line 1|");
	scroll_up(&s, &w, 1);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w),
	    "Thursday, 2024-02-29|line 0|line 1|");
	scroll_down(&s, &w, 1);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "line 0|line 1|line 2|");
	scroll_down(&s, &w, 100);
	CU_ASSERT_FALSE(s.held);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "line 8|line 9|new|");
	close_history(h);
}

/* Row by row through entries of several rows, up to the top and down again. */
static void
test_scroll_rows(void)
{
	static const char *const views[] = { "b|c1|c2|", "a3|b|c1|", "a2|a3|b|",
		"a1|a2|a3|" };
	struct history *h = open_history();
	struct scroll_window w = { h, 2, 2, 3 };
	struct scroll s = { .held = false };

	hear(h, "a1 a2 a3", START_MS);
	hear(h, "b", START_MS);
	hear(h, "c1 c2", START_MS);
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_STRING_EQUAL(seen(&s, &w), views[i]);
		CU_ASSERT_EQUAL(s.held, i > 0);
		scroll_up(&s, &w, 1);
	}
	for (int i = 3; i > 0; i--) {
		CU_ASSERT_STRING_EQUAL(seen(&s, &w), views[i]);
		CU_ASSERT_TRUE(s.held);
		scroll_down(&s, &w, 1);
	}
	CU_ASSERT_FALSE(s.held);
	scroll_up(&s, &w, 2);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), views[2]);
	scroll_down(&s, &w, 2);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), views[0]);
	/* What is gone to is in the middle, or as far as there is text. */
	scroll_to(&s, &w, history_entry(h, 3));
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), views[1]);
	scroll_to(&s, &w, history_entry(h, 4));
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), views[0]);
	close_history(h);
}

/* A notice is as wide as the window, and what people say is not. */
static void
test_notice(void)
{
	struct history *h = open_history();
	struct history_new notice = { .kind = ENTRY_NOTICE,
		.wall_ms = START_MS,
		.text = "one two",
		.len = 7 };
	struct scroll_window w = { h, 4, 7, 2 };
	struct scroll s = { .held = false };
	struct scroll_row rows[2];

	hear(h, "one two", START_MS);
	history_add(h, &notice);
	CU_ASSERT_EQUAL(scroll_view(&s, &w, rows), 2);
	CU_ASSERT_EQUAL(rows[0].entry->number, 2);
	CU_ASSERT_EQUAL(rows[0].row, 1);
	CU_ASSERT_EQUAL(rows[1].entry->number, 3);
	CU_ASSERT_EQUAL(rows[1].row, 0);
	close_history(h);
}

/* The bottom row stays the same text, whatever the width. */
static void
test_scroll_and_resize(void)
{
	struct history *h = open_history();
	struct scroll_window w = { h, 30, 30, 2 };
	struct scroll s = { .held = false };

	hear(h, "one two three four five six seven", START_MS);
	hear_lines(h, 4);
	scroll_up(&s, &w, 4);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w),
	    "one two three four five six|seven|");
	w.columns = w.wide = 9;
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "four five|six seven|");
	w.columns = w.wide = 30;
	CU_ASSERT_STRING_EQUAL(seen(&s, &w),
	    "one two three four five six|seven|");
	close_history(h);
}

static void
test_below(void)
{
	struct history *h = open_history();
	struct scroll_window w = { h, 20, 20, 3 };
	struct scroll s = { .held = false };

	hear_lines(h, 10);
	scroll_seen(&s, h);
	scroll_up(&s, &w, 5);
	CU_ASSERT_EQUAL(scroll_below(&s, h), 0);
	hear_lines(h, 4);
	CU_ASSERT_EQUAL(scroll_below(&s, h), 4);
	scroll_down(&s, &w, 7);
	CU_ASSERT_EQUAL(scroll_below(&s, h), 2);
	scroll_to_bottom(&s);
	CU_ASSERT_EQUAL(scroll_below(&s, h), 0);
	close_history(h);
}

/* The rows on the screen were forgotten: the oldest ones left are shown. */
static void
test_forgotten(void)
{
	struct history *h = open_history();
	struct scroll_window w = { h, 20, 20, 1 };
	struct scroll s = { .held = false };

	hear_lines(h, 10);
	scroll_to_top(&s, &w);
	hear_lines(h, HISTORY_ENTRIES_MAX);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "line 0|");
	close_history(h);
}

/* Lines that were cleared are found above, and gone again at the bottom. */
static void
test_cleared(void)
{
	struct history *h = open_history();
	struct scroll_window w = { h, 20, 20, 3 };
	struct scroll s = { .held = false };
	struct search search = { .active = false };

	scroll_clear(&s, h);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "");
	hear_lines(h, 10);
	scroll_clear(&s, h);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "");
	scroll_down(&s, &w, 1);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "");
	/* A page up shows what was on the screen when it was cleared. */
	scroll_up(&s, &w, 2);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "line 7|line 8|line 9|");
	scroll_up(&s, &w, 2);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "line 5|line 6|line 7|");
	scroll_down(&s, &w, 2);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "line 7|line 8|line 9|");
	scroll_down(&s, &w, 2);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "");
	CU_ASSERT_FALSE(s.held);
	/* A new line is shown, and the ones before it are not. */
	hear(h, "new", START_MS);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "new|");
	scroll_up(&s, &w, 2);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "line 8|line 9|new|");
	scroll_to_bottom(&s);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "new|");
	search_begin(&search, &s, &w, "line 9", 6);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "line 8|line 9|new|");
	search_end(&search, &s, true);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "new|");
	/* Once the screen is full again it is as if nothing was cleared. */
	hear_lines(h, 3);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "line 0|line 1|line 2|");
	scroll_up(&s, &w, 2);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w), "line 9|new|line 0|");
	scroll_down(&s, &w, 2);
	scroll_down(&s, &w, 2);
	CU_ASSERT_FALSE(s.held);
	scroll_clear(&s, h);
	hear_lines(h, HISTORY_ENTRIES_MAX + 5);
	CU_ASSERT_STRING_EQUAL(seen(&s, &w),
	    "line 10002|line 10003|line 10004|");
	close_history(h);
}

static void
test_search(void)
{
	struct history *h = open_history();
	struct scroll_window w = { h, 20, 20, 1 };
	struct scroll scroll = { .held = false };
	struct search s = { .active = false };

	hear(h, "the Ärger of it", START_MS);
	hear_lines(h, 20);
	search_begin(&s, &scroll, &w, "LINE 1", 6);
	CU_ASSERT_STRING_EQUAL(seen(&scroll, &w), "line 19|");
	search_step(&s, &scroll, &w, true);
	CU_ASSERT_STRING_EQUAL(seen(&scroll, &w), "line 18|");
	search_step(&s, &scroll, &w, false);
	CU_ASSERT_STRING_EQUAL(seen(&scroll, &w), "line 19|");
	search_step(&s, &scroll, &w, false);
	CU_ASSERT(s.failed);
	search_change(&s, &scroll, &w, "ärger", strlen("ärger"));
	CU_ASSERT_STRING_EQUAL(seen(&scroll, &w), "the Ärger of it|");
	search_step(&s, &scroll, &w, true);
	CU_ASSERT(s.failed);
	search_change(&s, &scroll, &w, "nowhere", 7);
	CU_ASSERT(s.failed);
	search_end(&s, &scroll, true);
	CU_ASSERT_FALSE(scroll.held);
	CU_ASSERT_FALSE(s.active);
	close_history(h);
}

/* What is found is in the middle of the screen, also within a long text; a day
 * is never found, a name is; and at either end it says so and stays. */
static void
test_search_where(void)
{
	struct history *h = open_history();
	struct scroll_window w = { h, 20, 20, 5 };
	struct scroll scroll = { .held = false };
	struct search s = { .active = false };

	hear_lines(h, 30);
	search_begin(&s, &scroll, &w, "line 11", 7);
	CU_ASSERT_TRUE(s.active);
	CU_ASSERT_STRING_EQUAL(seen(&scroll, &w),
	    "line 9|line 10|line 11|line 12|line 13|");
	search_change(&s, &scroll, &w, "Thursday", 8);
	CU_ASSERT_TRUE(s.failed);
	/* Nothing is found: where one was before. */
	CU_ASSERT_FALSE(scroll.held);
	search_change(&s, &scroll, &w, "BERT", 4);
	CU_ASSERT_FALSE(s.failed);
	CU_ASSERT_EQUAL(s.entry, 31);
	search_change(&s, &scroll, &w, "line 0", 6);
	CU_ASSERT_EQUAL(s.entry, 2);
	search_step(&s, &scroll, &w, true);
	CU_ASSERT_TRUE(s.failed);
	CU_ASSERT_EQUAL(s.entry, 2);
	search_step(&s, &scroll, &w, false);
	CU_ASSERT_TRUE(s.failed);
	CU_ASSERT_EQUAL(s.entry, 2);
	/* Nothing to look for is no failure, until it is looked for. */
	search_change(&s, &scroll, &w, "", 0);
	CU_ASSERT_FALSE(s.failed);
	CU_ASSERT_FALSE(scroll.held);
	search_step(&s, &scroll, &w, true);
	CU_ASSERT_TRUE(s.failed);
	close_history(h);
}

/* Escape goes back to where one was, Enter stays; and what was found and then
 * forgotten is looked for from the bottom. */
static void
test_search_ends(void)
{
	struct history *h = open_history();
	struct scroll_window w = { h, 20, 20, 1 };
	struct scroll scroll = { .held = false };
	struct search s = { .active = false };

	hear_lines(h, 30);
	scroll_up(&scroll, &w, 3);
	search_begin(&s, &scroll, &w, "line 5", 6);
	CU_ASSERT_STRING_EQUAL(seen(&scroll, &w), "line 5|");
	search_end(&s, &scroll, true);
	CU_ASSERT_STRING_EQUAL(seen(&scroll, &w), "line 26|");
	search_begin(&s, &scroll, &w, "line 5", 6);
	search_end(&s, &scroll, false);
	CU_ASSERT_FALSE(s.active);
	CU_ASSERT_STRING_EQUAL(seen(&scroll, &w), "line 5|");
	search_begin(&s, &scroll, &w, "line", 4);
	hear_lines(h, HISTORY_ENTRIES_MAX);
	search_step(&s, &scroll, &w, true);
	CU_ASSERT_FALSE(s.failed);
	CU_ASSERT_EQUAL(s.entry, h->next - 1);
	close_history(h);
}

void
scrollback_suite(void)
{
	CU_pSuite s = CU_add_suite("scrollback", NULL, NULL);

	CU_add_test(s, "our own, and how far they got", test_own);
	CU_add_test(s, "many who did not get it", test_many_missed);
	CU_add_test(s, "scrolling", test_scroll);
	CU_add_test(s, "scrolling by rows", test_scroll_rows);
	CU_add_test(s, "notices", test_notice);
	CU_add_test(s, "scrolling and another width", test_scroll_and_resize);
	CU_add_test(s, "new below", test_below);
	CU_add_test(s, "what is shown is forgotten", test_forgotten);
	CU_add_test(s, "what was cleared", test_cleared);
	CU_add_test(s, "search", test_search);
	CU_add_test(s, "where it is found", test_search_where);
	CU_add_test(s, "the end of a search", test_search_ends);
}
