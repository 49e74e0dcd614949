/*
 * The bars of a client's screen: what they show, and what they leave out first
 * where there is no room for all.
 */
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <string.h>

void bars_suite(void);

static void
expect_top(struct desk *s, unsigned int columns, const char *text)
{
	desk_resize(s, columns, 24);
	CU_ASSERT_STRING_EQUAL(vt_row(&s->vt, 0), text);
}

/* The fingerprint goes first, the number of people last; the room stays. */
static void
test_narrow(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	expect_top(&s, 55,
	    " r\"om · alice · 0000 0000 · bootnode connected · 2 here");
	expect_top(&s, 54, " r\"om · alice · bootnode connected · 2 here");
	expect_top(&s, 43, " r\"om · alice · bootnode connected · 2 here");
	expect_top(&s, 42, " r\"om · alice · 2 here");
	expect_top(&s, 22, " r\"om · alice · 2 here");
	expect_top(&s, 21, " r\"om · 2 here");
	expect_top(&s, 13, " r\"om");
	desk_close(&s);
}

/* The bars show that there is no bootnode, or that it does not answer any
 * more. */
static void
test_bootnode(void)
{
	struct desk s;

	fixture_open(&s.f, MODE_CLIENT, UI_TUI);
	vt_open(&s.vt, 80, 24);
	expect_top(&s, 80, " r\"om · alice · no bootnode yet · 1 here");
	fixture_tell_bootnode(&s.f, BOOT_LOST);
	expect_top(&s, 80,
	    " r\"om · alice · bootnode connection lost · 1 here");
	desk_close(&s);
}

static void
test_hints(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 22),
	    " /help for commands   PgUp scrolls   Tab completes   Ctrl-R "
	    "searches");
	desk_resize(&s, 35, 24);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 22),
	    " /help for commands   PgUp scrolls");
	desk_resize(&s, 33, 24);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 22), " /help for commands");
	desk_close(&s);
}

/* Near the end of a line the bar says how much room there is. */
static void
test_limit(void)
{
	static char line[TEXT_MAX];
	struct desk s;

	memset(line, 'x', sizeof(line));
	desk_open(&s, 80, 24);
	CU_ASSERT(editor_set(&s.f.room->pane->editor, line, TEXT_MAX - 513,
	    TEXT_MAX - 513));
	desk_type(&s, "x");
	CU_ASSERT_EQUAL(desk_row_with(&s, "bytes left"), -1);
	desk_type(&s, "x");
	CU_ASSERT_NOT_EQUAL(desk_row_with(&s, " 511 bytes left of 16384"), -1);
	desk_close(&s);
}

/* The bar says what a search has found, and how to end it. */
static void
test_search(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_hear(&s, 1, 0, "a needle", 8);
	desk_show(&s);
	desk_type(&s, "\022");
	CU_ASSERT_NOT_EQUAL(desk_row_with(&s, " type what to look for  Ctrl-R"),
	    -1);
	desk_type(&s, "needle");
	CU_ASSERT_NOT_EQUAL(desk_row_with(&s, " found  Ctrl-R older"), -1);
	desk_type(&s, "\022");
	CU_ASSERT_NOT_EQUAL(desk_row_with(&s, " nothing further  Ctrl-R"), -1);
	desk_type(&s, "s of old");
	CU_ASSERT_NOT_EQUAL(desk_row_with(&s, " not found  Ctrl-R older"), -1);
	desk_resize(&s, 40, 10);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 8),
	    " not found  Ctrl-R older  Ctrl-S newer");
	desk_close(&s);
}

/* What is wider than the bar is cut, and shows that it is. */
static void
test_cut(void)
{
	struct desk s;

	desk_open(&s, 40, 10);
	tui_hint(s.f.ui, "press it again to leave, or type /quit!");
	desk_show(&s);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 8),
	    " press it again to leave, or type /quit!");
	desk_resize(&s, 39, 10);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 8),
	    " press it again to leave, or type /qui…");
	desk_close(&s);
}

void
bars_suite(void)
{
	CU_pSuite suite = CU_add_suite("bars", NULL, NULL);

	CU_add_test(suite, "the top, ever narrower", test_narrow);
	CU_add_test(suite, "before there is a bootnode", test_bootnode);
	CU_add_test(suite, "hints as far as there is room", test_hints);
	CU_add_test(suite, "near the end of a line", test_limit);
	CU_add_test(suite, "a hint that is too wide", test_cut);
	CU_add_test(suite, "searching", test_search);
}
