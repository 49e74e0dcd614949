/*
 * What each key does (ui/tui/action.c), where it means something else from time
 * to time: in a search, on a full line, on an empty one, on a small screen.
 */
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void action_suite(void);

#define CTRL_R	  "\022"
#define CTRL_S	  "\023"
#define PAGE_UP	  "\033[5~"
#define LINE_UP	  "\033[1;2A"
#define ALT_ENTER "\033\r"

static void
open_read(struct desk *s, unsigned int rows)
{
	char text[32];

	desk_open(s, 80, rows);
	desk_meet_bob(s);
	for (unsigned int n = 0; n < 30; n++) {
		snprintf(text, sizeof(text), "line %u.", n);
		desk_hear(s, n + 1, 0, text, strlen(text));
	}
	desk_show(s);
}

static void
expect_hint(const struct desk *s, const char *hint)
{
	const char *got = s->f.ui->tui->hint;

	CU_ASSERT_STRING_EQUAL(got != NULL ? got : "", hint);
}

/* A page is all rows but one, and one where there is but one. */
static void
test_pages(void)
{
	struct desk s;

	open_read(&s, 5);
	desk_type(&s, PAGE_UP);
	CU_ASSERT(desk_row_with(&s, "line 28.") == 2);
	desk_close(&s);
	open_read(&s, 4);
	desk_type(&s, PAGE_UP);
	CU_ASSERT(desk_row_with(&s, "line 28.") == 1);
	desk_type(&s, PAGE_UP);
	CU_ASSERT(desk_row_with(&s, "line 27.") == 1);
	desk_close(&s);
}

/* --- What is looked for --------------------------------------------------- */

static void
expect_what(struct desk *s, const char *keys, const char *what)
{
	desk_type(s, keys);
	CU_ASSERT_STRING_EQUAL(s->f.room->pane->search.what, what);
	CU_ASSERT_TRUE(s->f.room->pane->search.active);
	CU_ASSERT_TRUE(s->f.room->pane->search.typing);
}

/* The few keys that it needs, by whole characters; others do nothing. */
static void
test_search_line(void)
{
	struct desk s;

	open_read(&s, 24);
	expect_what(&s, CTRL_R, "");
	expect_what(&s, "\177", "");
	expect_what(&s, "a", "a");
	expect_what(&s, " ü猫", "a ü猫");
	expect_what(&s, "\177", "a ü");
	expect_what(&s, "\b", "a ");
	expect_what(&s, "\001\013\t\033f", "a ");
	expect_what(&s, "\025", "");
	expect_what(&s, "line 7.", "line 7.");
	CU_ASSERT(desk_row_with(&s, "line 7.") > 0);
	/* Scrolling is none of them, and does not end it. */
	expect_what(&s, LINE_UP, "line 7.");
	desk_close(&s);
}

/* As long as it may be, and cut between two characters. */
static void
test_search_long(void)
{
	static char text[SEARCH_MAX + 2];
	struct desk s;

	open_read(&s, 24);
	memset(text, 'x', SEARCH_MAX - 2);
	desk_type(&s, CTRL_R);
	desk_type(&s, text);
	CU_ASSERT_EQUAL(strlen(s.f.room->pane->search.what), SEARCH_MAX - 2);
	desk_type(&s, "ü");
	CU_ASSERT_EQUAL(strlen(s.f.room->pane->search.what), SEARCH_MAX - 2);
	desk_type(&s, "y");
	CU_ASSERT_EQUAL(strlen(s.f.room->pane->search.what), SEARCH_MAX - 1);
	desk_type(&s, "z");
	CU_ASSERT_EQUAL(strlen(s.f.room->pane->search.what), SEARCH_MAX - 1);
	CU_ASSERT_EQUAL(s.f.room->pane->search.what[SEARCH_MAX - 2], 'y');
	/* What stands behind it in memory is no part of it. */
	memset(text, 'x', sizeof(text));
	text[SEARCH_MAX - 1] = '\x80';
	tui_search(s.f.ui, text, SEARCH_MAX - 1);
	CU_ASSERT_EQUAL(strlen(s.f.room->pane->search.what), SEARCH_MAX - 1);
	desk_close(&s);
}

static void
find(struct desk *s)
{
	desk_type(s, "\003");
	s->f.ui->tui->leave_until = 0;
	desk_type(s, "/search line 7.\r");
	CU_ASSERT_TRUE(s->f.room->pane->search.active);
	CU_ASSERT_FALSE(s->f.room->pane->search.typing);
	CU_ASSERT(desk_row_with(s, "line 7.") > 0);
}

/* What was found by /search stays there after Enter, and the other keys that
 * end it go back; any key that types is typed. */
static void
test_found(void)
{
	static const char *const back[] = { "\033", "\003", "\004", "\007" };
	struct desk s;

	open_read(&s, 12);
	for (size_t i = 0; i < sizeof(back) / sizeof(back[0]); i++) {
		find(&s);
		desk_type(&s, back[i]);
		s.f.ui->now += KEYS_ESCAPE_TIME;
		desk_show(&s);
		CU_ASSERT_FALSE(s.f.room->pane->search.active);
		CU_ASSERT_EQUAL(desk_row_with(&s, "line 7."), -1);
		CU_ASSERT_EQUAL(s.f.ui->phase, UI_RUNNING);
	}
	find(&s);
	desk_type(&s, "\r");
	CU_ASSERT_FALSE(s.f.room->pane->search.active);
	CU_ASSERT(desk_row_with(&s, "line 7.") > 0);
	find(&s);
	desk_type(&s, "x");
	CU_ASSERT_FALSE(s.f.room->pane->search.active);
	CU_ASSERT(desk_row_with(&s, "line 7.") > 0);
	fixture_expect_typed(&s.f, "x");
	/* So is a paste; one into what is looked for is none. */
	find(&s);
	desk_paste(&s, "pasted");
	CU_ASSERT_FALSE(s.f.room->pane->search.active);
	CU_ASSERT(desk_row_with(&s, "line 7.") > 0);
	fixture_expect_typed(&s.f, "pasted");
	desk_type(&s, CTRL_R);
	desk_paste(&s, "more");
	CU_ASSERT_TRUE(s.f.room->pane->search.typing);
	CU_ASSERT_STRING_EQUAL(s.f.room->pane->search.what, "");
	fixture_expect_typed(&s.f, "pasted");
	desk_close(&s);
}

/* Ctrl-S alone, and Ctrl-G, are no text; Ctrl-G goes to the bottom. */
static void
test_nothing_to_find(void)
{
	struct desk s;

	open_read(&s, 12);
	desk_type(&s, CTRL_S);
	CU_ASSERT_FALSE(s.f.room->pane->search.active);
	fixture_expect_typed(&s.f, "");
	desk_type(&s, PAGE_UP);
	desk_type(&s, "\033");
	s.f.ui->now += KEYS_ESCAPE_TIME;
	desk_show(&s);
	CU_ASSERT_FALSE(s.f.room->pane->scroll.held);
	desk_close(&s);
}

/* --- The line ------------------------------------------------------------- */

#define FULL "a message has at most 16384 bytes"

/* What has no room is not typed, and a word says why until the next key. */
static void
test_full_line(void)
{
	static char line[TEXT_MAX];
	struct desk s;
	size_t len;

	memset(line, 'x', sizeof(line));
	open_read(&s, 12);
	editor_set(&s.f.room->pane->editor, line, TEXT_MAX - 1, 0);
	desk_type(&s, "y");
	expect_hint(&s, "");
	desk_type(&s, "z");
	expect_hint(&s, FULL);
	desk_type(&s, "\006");
	expect_hint(&s, "");
	desk_type(&s, ALT_ENTER);
	expect_hint(&s, FULL);
	editor_text(&s.f.room->pane->editor, &len);
	CU_ASSERT_EQUAL(len, TEXT_MAX);
	desk_close(&s);
}

static void
test_newline(void)
{
	struct desk s;

	open_read(&s, 12);
	desk_type(&s, "one");
	desk_type(&s, ALT_ENTER);
	desk_type(&s, "two");
	fixture_expect_typed(&s.f, "one\ntwo");
	CU_ASSERT(desk_row_with(&s, "> one⏎") > 0);
	CU_ASSERT(desk_row_with(&s, "  two") > 0);
	desk_close(&s);
}

/* Ctrl-D deletes while there is text, and Ctrl-C empties the line; to leave
 * takes either on an empty one, twice within its time. */
static void
test_leaving(void)
{
	struct desk s;

	open_read(&s, 12);
	desk_type(&s, "ab\001");
	desk_type(&s, "\004");
	fixture_expect_typed(&s.f, "b");
	desk_type(&s, "\003");
	fixture_expect_typed(&s.f, "");
	expect_hint(&s, "");
	CU_ASSERT_EQUAL(s.f.ui->tui->leave_until, 0);
	tui_keys(s.f.ui, "\003", 1);
	expect_hint(&s, "press it again to leave, or type /quit");
	s.f.ui->now += TUI_LEAVE_TIME;
	tui_keys(s.f.ui, "\003", 1);
	CU_ASSERT_EQUAL(s.f.ui->phase, UI_RUNNING);
	s.f.ui->now += TUI_LEAVE_TIME - 1;
	tui_keys(s.f.ui, "\003", 1);
	CU_ASSERT_EQUAL(s.f.ui->phase, UI_QUITTING);
	desk_close(&s);
}

/* An empty line is not said, but one sees the bottom. */
static void
test_empty_line(void)
{
	struct ipc_message_in in;
	struct desk s;

	open_read(&s, 12);
	desk_type(&s, PAGE_UP "\r");
	CU_ASSERT_FALSE(s.f.room->pane->scroll.held);
	while (fixture_next(&s.f, &in) != IPC_NONE)
		CU_ASSERT_NOT_EQUAL(in.type, IPC_SAY);
	desk_close(&s);
}

/* Focus is no key: what it says is kept, and no hint goes; nor is what means
 * nothing. */
static void
test_no_key(void)
{
	struct desk s;

	open_read(&s, 12);
	tui_hint(s.f.ui, "a hint");
	s.f.ui->tui->attention.key_at = 7;
	s.f.ui->tui->changed = false;
	tui_keys(s.f.ui, "\033[99~", 5);
	CU_ASSERT_FALSE(s.f.ui->tui->changed);
	tui_keys(s.f.ui, "\033[I", 3);
	CU_ASSERT_TRUE(s.f.ui->tui->attention.focused);
	tui_keys(s.f.ui, "\033[O", 3);
	CU_ASSERT_FALSE(s.f.ui->tui->attention.focused);
	CU_ASSERT_TRUE(s.f.ui->tui->changed);
	expect_hint(&s, "a hint");
	CU_ASSERT_EQUAL(s.f.ui->tui->attention.key_at, 7);
	tui_keys(s.f.ui, "x", 1);
	expect_hint(&s, "");
	CU_ASSERT_EQUAL(s.f.ui->tui->attention.key_at, s.f.ui->now);
	desk_close(&s);
}

void
action_suite(void)
{
	CU_pSuite s = CU_add_suite("action", NULL, NULL);

	CU_add_test(s, "pages", test_pages);
	CU_add_test(s, "typing what to look for", test_search_line);
	CU_add_test(s, "looking for much", test_search_long);
	CU_add_test(s, "what was found", test_found);
	CU_add_test(s, "nothing to find", test_nothing_to_find);
	CU_add_test(s, "a full line", test_full_line);
	CU_add_test(s, "a line feed", test_newline);
	CU_add_test(s, "leaving", test_leaving);
	CU_add_test(s, "an empty line", test_empty_line);
	CU_add_test(s, "no key", test_no_key);
}
