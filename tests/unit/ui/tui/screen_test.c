/*
 * Who gets which part of a client's screen (ui/tui/screen.c), and how the list
 * of people fits into its own (peerlist.c).
 */
#include "ui/tui/screen.h"

#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void screen_suite(void);

static void
expect_areas(struct desk *s, unsigned int columns, unsigned int rows,
    struct screen_areas want)
{
	const struct inputline input = inputline_now(s->f.ui);
	struct screen_areas a = screen_areas(s->f.ui, columns, rows, &input);

	CU_ASSERT_EQUAL(a.top, want.top);
	CU_ASSERT_EQUAL(a.message_rows, want.message_rows);
	CU_ASSERT_EQUAL(a.message_columns, want.message_columns);
	CU_ASSERT_EQUAL(a.list_columns, want.list_columns);
	CU_ASSERT_EQUAL(a.status, want.status);
	CU_ASSERT_EQUAL(a.input_rows, want.input_rows);
}

/* In this order: the top bar, rows of messages, columns of rooms, of messages
 * and of people, the status line, the input line. */
static void
test_rows(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	expect_areas(&s, 80, 24,
	    (struct screen_areas){ 1, 21, 0, 80, 0, 1, 1 });
	expect_areas(&s, 80, 4, (struct screen_areas){ 1, 1, 0, 80, 0, 1, 1 });
	expect_areas(&s, 80, 3, (struct screen_areas){ 0, 1, 0, 80, 0, 1, 1 });
	expect_areas(&s, 80, 2, (struct screen_areas){ 0, 1, 0, 80, 0, 0, 1 });
	expect_areas(&s, 80, 1, (struct screen_areas){ 0, 1, 0, 80, 0, 0, 1 });
	desk_close(&s);
}

/* On a screen of one row there is no input line, and the cursor is on it. */
static void
test_one_row(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_hear(&s, 1, 0, "hello", 5);
	desk_type(&s, "typed");
	desk_resize(&s, 80, 2);
	CU_ASSERT_EQUAL(desk_row_with(&s, "> typed"), 1);
	CU_ASSERT_EQUAL(s.f.ui->tui->painter.shown.cursor_row, 1);
	desk_resize(&s, 80, 1);
	CU_ASSERT_EQUAL(desk_row_with(&s, "hello"), 0);
	CU_ASSERT_EQUAL(s.f.ui->tui->painter.shown.cursor_row, 0);
	desk_close(&s);
}

/* The list is there from 60 columns on, if anybody else is. */
static void
test_list(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	expect_areas(&s, 200, 24,
	    (struct screen_areas){ 1, 21, 0, 200, 0, 1, 1 });
	CU_ASSERT_EQUAL(fixture_tell_peer(&s.f, 1, PEER_CONNECTING, NULL), 0);
	expect_areas(&s, 200, 24,
	    (struct screen_areas){ 1, 21, 0, 172, 28, 1, 1 });
	expect_areas(&s, 100, 24,
	    (struct screen_areas){ 1, 21, 0, 72, 28, 1, 1 });
	expect_areas(&s, 99, 24,
	    (struct screen_areas){ 1, 21, 0, 79, 20, 1, 1 });
	expect_areas(&s, 60, 24,
	    (struct screen_areas){ 1, 21, 0, 40, 20, 1, 1 });
	expect_areas(&s, 59, 24,
	    (struct screen_areas){ 1, 21, 0, 59, 0, 1, 1 });
	CU_ASSERT_EQUAL(fixture_tell_peer(&s.f, 1, PEER_LEFT, "bob"), 0);
	expect_areas(&s, 100, 24,
	    (struct screen_areas){ 1, 21, 0, 100, 0, 1, 1 });
	desk_close(&s);
}

/* A long line has up to a quarter of the rows. */
static void
test_input(void)
{
	static char line[TEXT_MAX];
	struct desk s;

	desk_open(&s, 80, 24);
	memset(line, 'x', sizeof(line));
	editor_set(&s.f.room->pane->editor, line, 78 * 3 - 1, 0);
	expect_areas(&s, 80, 24,
	    (struct screen_areas){ 1, 19, 0, 80, 0, 1, 3 });
	expect_areas(&s, 80, 12, (struct screen_areas){ 1, 7, 0, 80, 0, 1, 3 });
	expect_areas(&s, 80, 11, (struct screen_areas){ 1, 7, 0, 80, 0, 1, 2 });
	expect_areas(&s, 80, 7, (struct screen_areas){ 1, 4, 0, 80, 0, 1, 1 });
	desk_close(&s);
}

/* A question takes rows of the messages, then that of the top bar, and leaves
 * one. Its text is four rows of 20 columns, or two in brief. */
static void
test_question(void)
{
	struct question *q;
	struct desk s;

	desk_open(&s, 80, 24);
	q = &s.f.ui->tui->shown->question;
	q->kind = QUESTION_END;
	snprintf(q->text, sizeof(q->text), "%s",
	    "a question of four rows that has not a word too few");
	snprintf(q->brief, sizeof(q->brief), "a question of two rows");
	expect_areas(&s, 20, 24,
	    (struct screen_areas){ 1, 19, 0, 20, 0, 3, 1 });
	expect_areas(&s, 20, 6, (struct screen_areas){ 1, 1, 0, 20, 0, 3, 1 });
	expect_areas(&s, 20, 5, (struct screen_areas){ 0, 1, 0, 20, 0, 3, 1 });
	expect_areas(&s, 20, 4, (struct screen_areas){ 0, 1, 0, 20, 0, 2, 1 });
	expect_areas(&s, 20, 3, (struct screen_areas){ 0, 1, 0, 20, 0, 1, 1 });
	expect_areas(&s, 20, 2, (struct screen_areas){ 0, 1, 0, 20, 0, 0, 1 });
	desk_close(&s);
}

/* --- The list ------------------------------------------------------------- */

static struct peer *
peer_of(struct desk *s, uint32_t n)
{
	return (struct peer *)model_peer(&s->f.room->model, 0x1000 | n);
}

static void
open_room(struct desk *s)
{
	desk_open(s, 100, 24);
	desk_meet_bob(s);
	desk_show(s);
}

static void
expect_list(struct desk *s, const char *row)
{
	tui_touch(s->f.ui);
	desk_show(s);
	if (desk_row_with(s, row) == -1)
		fprintf(stderr, "\n  no <%s> in <%s>\n", row,
		    vt_row(&s->vt, 1));
	CU_ASSERT_EQUAL(desk_row_with(s, row), 1);
}

/* The time that a packet takes there and back, in five columns. */
static void
test_round_trips(void)
{
	static const struct {
		uint32_t usec;
		const char *row;
	} times[] = { { 40, "│ bob          direct  0.0ms" },
		{ 9940, "│ bob          direct  9.9ms" },
		{ 10000, "│ bob          direct   10ms" },
		{ 999499, "│ bob          direct  999ms" },
		{ 1000000, "│ bob          direct   1.0s" },
		{ 12300000, "│ bob          direct  12.3s" } };
	struct desk s;

	open_room(&s);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		peer_of(&s, 1)->rtt_us = times[i].usec;
		expect_list(&s, times[i].row);
	}
	desk_close(&s);
}

/* What kind of path it is, in short where there is less room. */
static void
test_paths(void)
{
	struct desk s;

	open_room(&s);
	CU_ASSERT_EQUAL(desk_style(&s, "direct"), STYLE_DIRECT);
	peer_of(&s, 1)->kind = PATH_LAN;
	expect_list(&s, "│ bob          lan      12ms");
	CU_ASSERT_EQUAL(desk_style(&s, "lan "), STYLE_LAN);
	peer_of(&s, 1)->kind = PATH_RELAY;
	expect_list(&s, "│ bob          relay    12ms");
	CU_ASSERT_EQUAL(desk_style(&s, "relay "), STYLE_RELAY);
	desk_resize(&s, 99, 24);
	expect_list(&s, "│ bob       relay");
	peer_of(&s, 1)->state = PEER_FAILED;
	expect_list(&s, "│ bob       no path");
	CU_ASSERT_EQUAL(desk_style(&s, "no path"), STYLE_ERROR);
	CU_ASSERT_EQUAL(desk_style(&s, "bob       no path"), STYLE_ABSENT);
	peer_of(&s, 1)->state = PEER_CONNECTING;
	expect_list(&s, "│ bob       connects");
	CU_ASSERT_EQUAL(desk_style(&s, "connects"), STYLE_ABSENT);
	desk_resize(&s, 100, 24);
	expect_list(&s, "│ bob          connecting");
	desk_close(&s);
}

/* Whose key was compared has a mark; a name that is cut ends in digits of its
 * key, and leaves a blank before the path. */
static void
test_names(void)
{
	struct desk s;

	open_room(&s);
	CU_ASSERT_EQUAL(desk_style(&s, "│ bob"), STYLE_RULE);
	CU_ASSERT(desk_style(&s, "bob          direct") >= STYLE_NICK_0);
	peer_of(&s, 1)->verified = true;
	expect_list(&s, "│✓bob          direct");
	CU_ASSERT_EQUAL(desk_style(&s, "✓bob"), STYLE_VERIFIED);
	CU_ASSERT_EQUAL(fixture_tell_peer(&s.f, 1, PEER_CONNECTED,
			    "twelve digit"),
	    0);
	expect_list(&s, "│ twelve digit direct");
	CU_ASSERT_EQUAL(fixture_tell_peer(&s.f, 1, PEER_CONNECTED,
			    "thirteen dig."),
	    0);
	expect_list(&s, "│ thirte…~ab01 direct");
	desk_close(&s);
}

/* In how many places somebody is: with a blank before it if there is room for
 * that and all of the name. */
static void
test_places(void)
{
	struct desk s;

	open_room(&s);
	for (uint32_t n = 2; n <= 3; n++)
		CU_ASSERT_EQUAL(fixture_tell_place(&s.f, n, 1, PEER_CONNECTED,
				    "bob"),
		    0);
	expect_list(&s, "│ bob ×3       direct");
	CU_ASSERT_EQUAL(desk_style(&s, "×3"), STYLE_ABSENT);
	for (uint32_t n = 1; n <= 3; n++)
		CU_ASSERT_EQUAL(fixture_tell_place(&s.f, n, 1, PEER_CONNECTED,
				    "nine sign"),
		    0);
	expect_list(&s, "│ nine sign ×3 direct");
	for (uint32_t n = 1; n <= 3; n++)
		CU_ASSERT_EQUAL(fixture_tell_place(&s.f, n, 1, PEER_CONNECTED,
				    "ten signs!"),
		    0);
	expect_list(&s, "│ ten signs!×3 direct");
	desk_close(&s);
}

/* The user's own other places: by < and >, which nobody's name has. */
static void
test_own(void)
{
	struct desk s;

	desk_open(&s, 100, 24);
	CU_ASSERT_EQUAL(fixture_tell_place(&s.f, 14, FIXTURE_OWN_KEY,
			    PEER_CONNECTED, "alice"),
	    0);
	expect_list(&s, "│ <you>        direct");
	CU_ASSERT_EQUAL(desk_style(&s, "<you>"), STYLE_OWN);
	CU_ASSERT_EQUAL(desk_style(&s, "│ <you>"), STYLE_RULE);
	peer_of(&s, 14)->verified = true;
	expect_list(&s, "│ <you>        direct");
	desk_close(&s);
}

/* As many as there are rows; of more the last row says how many. */
static void
test_many(void)
{
	struct desk s;
	char nick[16];

	desk_open(&s, 100, 8);
	for (uint32_t n = 1; n <= 6; n++) {
		snprintf(nick, sizeof(nick), "member%u", n);
		CU_ASSERT_EQUAL(fixture_tell_peer(&s.f, n, PEER_CONNECTED,
				    nick),
		    0);
		desk_show(&s);
		CU_ASSERT_EQUAL(desk_row_with(&s, "│ member5      direct") == 5,
		    n == 5);
	}
	CU_ASSERT_EQUAL(desk_row_with(&s, "│ member4      direct"), 4);
	CU_ASSERT_EQUAL(desk_row_with(&s, "│ 2 more: /names"), 5);
	CU_ASSERT_EQUAL(desk_style(&s, "2 more"), STYLE_ABSENT);
	desk_close(&s);
}

void
screen_suite(void)
{
	CU_pSuite s = CU_add_suite("screen", NULL, NULL);

	CU_add_test(s, "rows", test_rows);
	CU_add_test(s, "one row", test_one_row);
	CU_add_test(s, "columns of the list", test_list);
	CU_add_test(s, "a long line", test_input);
	CU_add_test(s, "a question", test_question);
	CU_add_test(s, "round trip times", test_round_trips);
	CU_add_test(s, "paths", test_paths);
	CU_add_test(s, "names", test_names);
	CU_add_test(s, "places", test_places);
	CU_add_test(s, "the user's places", test_own);
	CU_add_test(s, "more than there are rows", test_many);
}
