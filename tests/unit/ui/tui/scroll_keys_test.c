/*
 * Keys of the tui that type nothing: they scroll, paint again, or suspend the
 * program; and the screen that comes back after that.
 */
#include "common/terminal_modes.h"
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void scroll_keys_suite(void);

#define PAGE_UP	   "\033[5~"
#define PAGE_DOWN  "\033[6~"
#define LINE_UP	   "\033[1;2A"
#define LINE_DOWN  "\033[1;2B"
#define TOP	   "\033<"
#define BOTTOM	   "\033>"
#define WHEEL_UP   "\033[<64;1;1M"
#define WHEEL_DOWN "\033[<65;1;1M"
#define CTRL_G	   "\007"
#define CTRL_L	   "\014"
#define CTRL_Z	   "\032"

#define LINES 60
#define PAGE  9 /* of 12 rows: without the bars and the input line */

static void
open_read(struct desk *s)
{
	char text[32];

	desk_open(s, 80, PAGE + 3);
	desk_meet_bob(s);
	for (unsigned int n = 0; n < LINES; n++) {
		snprintf(text, sizeof(text), "line %u.", n);
		desk_hear(s, n + 1, 0, text, strlen(text));
	}
	desk_show(s);
}

/* Returns the number of the line in the last row, or -1 if it is another
 * one. */
static int
last_line(struct desk *s)
{
	const char *at = strstr(vt_row(&s->vt, PAGE), "line ");

	return at != NULL ? atoi(at + 5) : -1;
}

static void
expect_last(struct desk *s, const char *keys, int line)
{
	desk_type(s, keys);
	CU_ASSERT_EQUAL(last_line(s), line);
}

static void
test_scroll(void)
{
	const int end = LINES - 1, page = PAGE - 1;
	struct desk s;

	open_read(&s);
	CU_ASSERT_EQUAL(last_line(&s), end);
	/* A row of the page before stays, for reading on. */
	expect_last(&s, PAGE_UP, end - page);
	expect_last(&s, LINE_UP, end - page - 1);
	expect_last(&s, WHEEL_UP, end - page - 1 - TUI_WHEEL_ROWS);
	expect_last(&s, LINE_DOWN, end - page - TUI_WHEEL_ROWS);
	expect_last(&s, WHEEL_DOWN, end - page);
	CU_ASSERT(desk_row_with(&s, "↓") > PAGE);
	expect_last(&s, PAGE_DOWN, end);
	CU_ASSERT_EQUAL(desk_row_with(&s, "scrolled up"), -1);
	desk_type(&s, TOP);
	CU_ASSERT(desk_row_with(&s, "line 0.") > 0);
	expect_last(&s, BOTTOM, end);
	/* Ctrl-G comes back from anywhere. */
	desk_type(&s, TOP);
	expect_last(&s, CTRL_G, end);
	desk_close(&s);
}

/* New lines do not move the older ones that the user reads. */
static void
test_held(void)
{
	struct desk s;

	open_read(&s);
	expect_last(&s, PAGE_UP PAGE_UP, LINES - 1 - 2 * (PAGE - 1));
	desk_hear(&s, LINES + 1, 0, "news", 4);
	desk_show(&s);
	CU_ASSERT_EQUAL(last_line(&s), LINES - 1 - 2 * (PAGE - 1));
	CU_ASSERT(desk_row_with(&s, "new below (PgDn)") > PAGE);
	/* Typing does not scroll, either; but a line that is said is seen. */
	expect_last(&s, "ok", LINES - 1 - 2 * (PAGE - 1));
	desk_type(&s, "\r");
	CU_ASSERT(desk_row_with(&s, "<alice> │ ok") > 0);
	CU_ASSERT(desk_row_with(&s, "│ news") > 0);
	desk_close(&s);
}

/* Returns the row of the line that was found; -1 if it is not shown. */
static int
found(struct desk *s, unsigned int line)
{
	char text[32];

	snprintf(text, sizeof(text), "line %u.", line);
	return desk_row_with(s, text);
}

/* Ctrl-R goes to older lines, Ctrl-S back to newer ones; Enter stays there, and
 * Escape returns to the place before. */
static void
test_search(void)
{
	struct desk s;

	open_read(&s);
	desk_type(&s, "\0222.");
	CU_ASSERT(found(&s, 52) > 0);
	desk_type(&s, "\022\022");
	CU_ASSERT(found(&s, 32) > 0);
	CU_ASSERT_EQUAL(found(&s, 52), -1);
	desk_type(&s, "\023");
	CU_ASSERT(found(&s, 42) > 0);
	CU_ASSERT_EQUAL(found(&s, 32), -1);
	desk_type(&s, "\r");
	CU_ASSERT(found(&s, 42) > 0);
	CU_ASSERT_EQUAL(desk_row_with(&s, "Ctrl-S newer"), -1);
	desk_type(&s, BOTTOM "\0222." CTRL_G);
	CU_ASSERT_EQUAL(last_line(&s), LINES - 1);
	desk_close(&s);
}

/* Another program has written on the screen: after Ctrl-L it is whole again. */
static void
test_paint_again(void)
{
	static const char rubbish[] = "\033[5;1Hwall: going down\033[0m";
	struct desk s;

	open_read(&s);
	vt_write(&s.vt, rubbish, sizeof(rubbish) - 1);
	CU_ASSERT(desk_row_with(&s, "going down") > 0);
	desk_type(&s, CTRL_L);
	CU_ASSERT_EQUAL(desk_row_with(&s, "going down"), -1);
	desk_close(&s);
}

/* While the tui is suspended nothing is painted; then the terminal gets what it
 * got at the start, and all of the screen. */
static void
test_stop(void)
{
	struct desk s;
	const char *out;

	open_read(&s);
	CU_ASSERT_FALSE(s.f.ui->stop_wanted);
	desk_type(&s, CTRL_Z);
	CU_ASSERT_TRUE(s.f.ui->stop_wanted);
	s.f.ui->tui->mouse = false;
	tui_suspend(s.f.ui);
	desk_hear(&s, LINES + 1, 0, "meanwhile", 9);
	s.f.ui->now += USEC_PER_SEC;
	ui_work(s.f.ui);
	CU_ASSERT_STRING_EQUAL(fixture_output(&s.f), "");
	tui_resume(s.f.ui);
	s.f.ui->now += USEC_PER_SEC;
	out = fixture_output(&s.f);
	CU_ASSERT_EQUAL(strncmp(out, TERMINAL_ON, strlen(TERMINAL_ON)), 0);
	/* With --mouse off the mouse is the terminal's. */
	CU_ASSERT_STRING_EQUAL(out + strlen(TERMINAL_ON), "\033[?1000l");
	desk_show(&s);
	CU_ASSERT(desk_row_with(&s, "meanwhile") > 0);
	s.f.ui->tui->mouse = true;
	tui_suspend(s.f.ui);
	tui_resume(s.f.ui);
	CU_ASSERT_STRING_EQUAL(fixture_output(&s.f), TERMINAL_ON);
	desk_close(&s);
}

/* Lets time pass; returns how often figures were asked for, and answers
 * each. */
static unsigned int
asked_within(struct desk *s, uint64_t time)
{
	struct ipc_message_in in;
	unsigned int count = 0;

	s->f.ui->now += time;
	ui_work(s->f.ui);
	fixture_output(&s->f);
	while (fixture_next(&s->f, &in) != IPC_NONE)
		count += in.type == IPC_STATUS_ASK;
	s->f.room->status_asked = false;
	return count;
}

/* Figures are asked for while somebody may look at them. */
static void
test_figures_asked(void)
{
	struct desk s;

	open_read(&s);
	CU_ASSERT_EQUAL(asked_within(&s, TUI_ASK_WITHIN), 0);
	desk_type(&s, LINE_UP);
	CU_ASSERT_EQUAL(asked_within(&s, 1), 1);
	CU_ASSERT_EQUAL(asked_within(&s, TUI_ASK_TIME / 2), 0);
	CU_ASSERT_EQUAL(tui_deadline(s.f.ui), s.f.ui->tui->ask_at);
	CU_ASSERT_EQUAL(asked_within(&s, TUI_ASK_TIME / 2 + 1), 1);
	CU_ASSERT_EQUAL(asked_within(&s, TUI_ASK_WITHIN), 0);
	desk_close(&s);
}

void
scroll_keys_suite(void)
{
	CU_pSuite suite = CU_add_suite("scroll_keys", NULL, NULL);

	CU_add_test(suite, "scrolling", test_scroll);
	CU_add_test(suite, "reading while others write", test_held);
	CU_add_test(suite, "searching up and down", test_search);
	CU_add_test(suite, "painted again", test_paint_again);
	CU_add_test(suite, "stopped and continued", test_stop);
	CU_add_test(suite, "figures for who looks", test_figures_asked);
}
