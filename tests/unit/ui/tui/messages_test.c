/*
 * The scrollback on the screen (ui/tui/messages.c, gutter.c): what stands to
 * the left of each text, in a window of any width.
 */
#include "ui/tui/messages.h"

#include "ui/tui/gutter.h"

#include "common/ipc_messages.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void messages_suite(void);

#define WALL_MS (1709210096007LL) /* 2024-02-29T12:34:56Z */

static struct history *history;
static struct grid grid;

static int
open_history(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	history = calloc(1, sizeof(*history));
	return history == NULL;
}

static int
close_history(void)
{
	grid_free(&grid);
	free(history);
	return 0;
}

/* One entry below the line of its day. */
static void
add(enum entry_kind kind, unsigned int flags, const char *text)
{
	const struct history_new new = { .kind = kind,
		.wall_ms = WALL_MS,
		.flags = flags,
		.name = "bert",
		.name_style = STYLE_NICK_3,
		.to = "carl",
		.text = text,
		.len = strlen(text) };

	history_free(history);
	history_init(history);
	history_add(history, &new);
}

static void
put(unsigned int columns, unsigned int rows, const char *find)
{
	const struct scroll scroll = { .held = false };
	struct scroll_window w = messages_window(history, columns, rows);

	grid_resize(&grid, columns + 2, rows + 1);
	messages_put(&scroll, &w, find, &grid, 1, 0, columns);
}

static const char *
row_of(unsigned int row)
{
	static char text[1024];
	const struct cell *cell;
	size_t n = 0;

	for (unsigned int column = 0; column < grid.columns; column++) {
		cell = grid_cell(&grid, row, column);
		memcpy(text + n, cell->cluster.bytes, cell->cluster.len);
		n += cell->cluster.len;
	}
	while (n > 0 && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
	return text;
}

static void
expect_row(unsigned int row, const char *text)
{
	if (strcmp(row_of(row), text) != 0)
		fprintf(stderr, "\n  got <%s>, expected <%s>\n", row_of(row),
		    text);
	CU_ASSERT_STRING_EQUAL(row_of(row), text);
}

/* The last row of the entry in a window of so many columns. */
static void
expect(unsigned int columns, const char *text)
{
	put(columns, 3, NULL);
	expect_row(3, text);
}

static enum style
style_at(unsigned int row, unsigned int column)
{
	return grid_cell(&grid, row, column)->style;
}

/* The wider the window, the more of it there is. */
static void
test_widths(void)
{
	static const struct {
		unsigned int columns;
		struct gutter gutter;
	} widths[] = { { 200, { 6, 14, 3 } }, { 76, { 6, 14, 3 } },
		{ 75, { 6, 10, 3 } }, { 56, { 6, 10, 3 } }, { 55, { 6, 8, 3 } },
		{ 36, { 6, 8, 3 } }, { 35, { 0, 7, 1 } }, { 14, { 0, 7, 1 } },
		{ 13, { 0, 0, 0 } }, { 1, { 0, 0, 0 } } };
	struct gutter g;

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		g = gutter_for(widths[i].columns);
		CU_ASSERT_EQUAL(g.time, widths[i].gutter.time);
		CU_ASSERT_EQUAL(g.name, widths[i].gutter.name);
		CU_ASSERT_EQUAL(g.rule, widths[i].gutter.rule);
		CU_ASSERT_EQUAL(gutter_columns(&g), g.time + g.name + g.rule);
	}
}

static void
test_heard(void)
{
	add(ENTRY_HEARD, 0, "hello");
	expect(76, "12:34         <bert> │ hello");
	expect(75, "12:34     <bert> │ hello");
	expect(40, "12:34   <bert> │ hello");
	expect(35, " <bert>│hello");
	expect(14, " <bert>│hello");
	expect(13, "hello");
	put(40, 3, NULL);
	CU_ASSERT_EQUAL(style_at(3, 0), STYLE_TIME);
	CU_ASSERT_EQUAL(style_at(3, 8), STYLE_NICK_3);
	CU_ASSERT_EQUAL(style_at(3, 15), STYLE_RULE);
	CU_ASSERT_EQUAL(style_at(3, 17), STYLE_TEXT);
}

/* What nobody said has a sign; what is private, a rule of its own. */
static void
test_kinds(void)
{
	add(ENTRY_EVENT, 0, "bert left");
	expect(40, "12:34       -- │ bert left");
	CU_ASSERT_EQUAL(style_at(3, 12), STYLE_EVENT);
	add(ENTRY_ERROR, 0, "no");
	expect(40, "12:34        ! │ no");
	CU_ASSERT_EQUAL(style_at(3, 13), STYLE_ERROR);
	add(ENTRY_ALARM, 0, "look");
	expect(40, "12:34        ! │ look");
	CU_ASSERT_EQUAL(style_at(3, 13), STYLE_ERROR);
	add(ENTRY_HEARD, TEXT_FLAG_ACTION, "waves");
	expect(40, "12:34        * │ bert waves");
	CU_ASSERT_EQUAL(style_at(3, 13), STYLE_EVENT);
	add(ENTRY_HEARD, TEXT_FLAG_PRIVATE, "hello");
	expect(60, "12:34     <bert> ║ [to you alone] hello");
	CU_ASSERT_EQUAL(style_at(3, 17), STYLE_RULE);
	CU_ASSERT_EQUAL(style_at(3, 19), STYLE_PRIVATE);
	put(20, 3, NULL);
	expect_row(2, " <bert>║[to you");
	expect_row(3, "       ║alone] hello");
	add(ENTRY_SAID, 0, "hello");
	expect(40, "12:34   <bert> │ hello  waiting");
}

/* A notice begins at the left edge, one column in if there are two. */
static void
test_notice(void)
{
	add(ENTRY_NOTICE, 0, "ab");
	expect(40, " ab");
	CU_ASSERT_EQUAL(style_at(3, 1), STYLE_NOTICE);
	expect(3, " ab");
	expect(2, " b");
	expect(1, "b");
	add(ENTRY_QR, 0, "a b");
	expect(40, " a b");
	CU_ASSERT_EQUAL(style_at(3, 1), STYLE_QR);
}

/* The rows after the first have neither time nor name; the rule goes on. */
static void
test_rows(void)
{
	add(ENTRY_HEARD, 0, "one two three");
	expect(21, " <bert>│one two three");
	expect(36, "12:34   <bert> │ one two three");
	add(ENTRY_HEARD, 0, "one two three four five");
	put(36, 3, NULL);
	expect_row(2, "12:34   <bert> │ one two three four");
	expect_row(3, "               │ five");
	CU_ASSERT_EQUAL(style_at(3, 15), STYLE_RULE);
	CU_ASSERT_EQUAL(style_at(3, 17), STYLE_TEXT);
	/* Nothing is drawn above the window, nor to its right. */
	expect_row(0, "");
	put(36, 1, NULL);
	expect_row(0, "");
	expect_row(1, "               │ five");
}

static void
test_day(void)
{
	add(ENTRY_HEARD, 0, "hello");
	put(40, 3, NULL);
	expect_row(2, "───────── Thursday, 2024-02-29 ─────────");
	CU_ASSERT_EQUAL(style_at(2, 0), STYLE_RULE);
	CU_ASSERT_EQUAL(style_at(2, 12), STYLE_RULE);
	/* Where a text would be wrapped it is not. */
	put(25, 3, NULL);
	expect_row(1, "─ Thursday, 2024-02-29 ──");
	expect_row(2, "");
	put(24, 3, NULL);
	expect_row(1, "─ Thursday, 2024-02-29 ─");
	put(23, 3, NULL);
	expect_row(1, "Thursday, 2024-02-29");
	put(10, 3, NULL);
	expect_row(1, "Thursday,");
	expect_row(2, "");
}

/* What is wider than its window is a mark. */
static void
test_too_wide(void)
{
	add(ENTRY_HEARD, 0, "猫a");
	expect(13, "猫a");
	put(1, 3, NULL);
	expect_row(2, ">");
	expect_row(3, "a");
	add(ENTRY_HEARD, 0, "a\n\nb");
	put(1, 3, NULL);
	expect_row(1, "a");
	expect_row(2, "");
	expect_row(3, "b");
}

static uint32_t
link_at(unsigned int row, unsigned int column)
{
	return grid_cell(&grid, row, column)->link;
}

/* Each part of a link on each of its rows opens all of it. */
static void
test_links(void)
{
	uint32_t id;

	add(ENTRY_HEARD, 0, "x http://a.bc/d and http://e");
	put(13, 3, "bc");
	expect_row(2, "http://a.bc/d");
	id = link_at(2, 0);
	CU_ASSERT_NOT_EQUAL_FATAL(id, 0);
	CU_ASSERT_STRING_EQUAL(grid_url(&grid, id), "http://a.bc/d");
	for (unsigned int column = 0; column < 13; column++)
		CU_ASSERT_EQUAL(link_at(2, column), id);
	CU_ASSERT_EQUAL(link_at(2, 13), 0);
	CU_ASSERT_EQUAL(style_at(2, 8), STYLE_LINK);
	CU_ASSERT_EQUAL(style_at(2, 9), STYLE_MATCH);
	CU_ASSERT_EQUAL(style_at(2, 10), STYLE_MATCH);
	CU_ASSERT_EQUAL(style_at(2, 11), STYLE_LINK);
	expect_row(3, "and http://e");
	CU_ASSERT_EQUAL(link_at(3, 0), 0);
	CU_ASSERT_STRING_EQUAL(grid_url(&grid, link_at(3, 4)), "http://e");
	CU_ASSERT_EQUAL(style_at(3, 0), STYLE_TEXT);
}

/* Nothing of the scrollback is a window of nothing, and there is nowhere to
 * scroll to. */
static void
test_empty(void)
{
	struct scroll_window w = { history, 40, 40, 3 };
	struct scroll scroll = { .held = false };

	history_free(history);
	history_init(history);
	put(40, 3, NULL);
	for (unsigned int row = 0; row <= 3; row++)
		expect_row(row, "");
	scroll_to_top(&scroll, &w);
	scroll_up(&scroll, &w, 1);
	scroll_down(&scroll, &w, 1);
	CU_ASSERT_FALSE(scroll.held);
}

void
messages_suite(void)
{
	CU_pSuite s = CU_add_suite("messages", open_history, close_history);

	CU_add_test(s, "widths", test_widths);
	CU_add_test(s, "what was heard", test_heard);
	CU_add_test(s, "kinds", test_kinds);
	CU_add_test(s, "notices", test_notice);
	CU_add_test(s, "rows", test_rows);
	CU_add_test(s, "days", test_day);
	CU_add_test(s, "what is too wide", test_too_wide);
	CU_add_test(s, "links", test_links);
	CU_add_test(s, "nothing", test_empty);
}
