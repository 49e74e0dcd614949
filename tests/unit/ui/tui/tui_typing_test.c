/*
 * Typing in the tui: the input line, searches, pastes, questions.
 */
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <string.h>

void tui_typing_suite(void);

/* The search looks for the typed text, whatever lies in memory behind it. */
static void
test_search_typed(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	for (int i = 0; i < 20; i++) {
		desk_type(&s, "\022日本語テキスト");
		CU_ASSERT_STRING_EQUAL(s.f.room->pane->search.what,
		    "日本語テキスト");
		desk_type(&s, "\025hello");
		CU_ASSERT_STRING_EQUAL(s.f.room->pane->search.what, "hello");
		desk_type(&s, "\007");
		CU_ASSERT_FALSE(s.f.room->pane->search.active);
	}
	desk_close(&s);
}

/* A search by /search ends with the first key of something else, which counts:
 * no part of a command is lost, so that the rest would be said as a text. */
static void
test_after_search(void)
{
	struct ipc_message_in in;
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_hear(&s, 1, 0, "needle one", 10);
	desk_hear(&s, 2, 0, "needle two", 10);
	desk_type(&s, "/search needle\r");
	CU_ASSERT(desk_row_with(&s, "found  Ctrl-R older") > 0);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 23), ">");
	desk_type(&s, "\022\022");
	CU_ASSERT(desk_row_with(&s, "nothing further") > 0);
	desk_drain(&s);
	desk_type(&s, "/msg bob secret\r");
	fixture_expect_next(&s.f, IPC_SAY_TO);
	fixture_expect_next(&s.f, IPC_SAY);
	fixture_expect_next(&s.f, IPC_NONE);
	desk_type(&s, "/search needle\r");
	desk_type(&s, "a message\r");
	CU_ASSERT_EQUAL(fixture_next(&s.f, &in), IPC_SAY);
	/* After Ctrl-R the search is typed, up to Enter. */
	desk_type(&s, "\022needle one\r");
	desk_type(&s, "and one more\r");
	fixture_expect_next(&s.f, IPC_SAY);
	fixture_expect_next(&s.f, IPC_NONE);
	/* These keys end the search and do nothing else. */
	desk_type(&s, "/search needle\r\033");
	s.f.ui->now += KEYS_ESCAPE_TIME;
	desk_show(&s);
	CU_ASSERT_FALSE(s.f.room->pane->search.active);
	desk_type(&s, "/search needle\r\r");
	CU_ASSERT_FALSE(s.f.room->pane->search.active);
	desk_close(&s);
}

/* A paste that begins like a command is not said by the key that says a
 * paste. */
static void
test_pasted_commands(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_type(&s, "\005");
	desk_drain(&s);
	desk_paste(&s, "/msg bob secret\nmore of it");
	CU_ASSERT(desk_row_with(&s, "Line 1 begins like a command") > 0);
	desk_type(&s, "y");
	fixture_expect_next(&s.f, IPC_NONE);
	desk_type(&s, "e");
	desk_type(&s, "\r");
	fixture_expect_next(&s.f, IPC_SAY_TO);
	fixture_expect_next(&s.f, IPC_SAY);
	desk_paste(&s, "see\n\u200b/etc/passwd");
	CU_ASSERT(desk_row_with(&s, "Line 2 begins like a command") > 0);
	desk_type(&s, "y");
	fixture_expect_next(&s.f, IPC_NONE);
	desk_type(&s, "e");
	desk_type(&s, "\r");
	CU_ASSERT(desk_row_with(&s, "line 2 of your text begins like a") > 0);
	fixture_expect_next(&s.f, IPC_NONE);
	desk_paste(&s, "see\n/etc/passwd");
	desk_type(&s, "s");
	fixture_expect_say(&s.f, 2, "see\n/etc/passwd");
	/* Enter alone says one line. */
	desk_paste(&s, "\u00a0/msg bob secret");
	desk_type(&s, "\r");
	fixture_expect_next(&s.f, IPC_SAY_TO);
	fixture_expect_next(&s.f, IPC_SAY);
	desk_close(&s);
}

/* The number that we have with bob arrives, after it was asked for. */
static void
show_number(struct desk *s)
{
	struct ipc_safety safety = { .handle = 0x1001 };

	memset(safety.digits, '1', SAFETY_DIGITS);
	CU_ASSERT_EQUAL(fixture_tell(&s->f, IPC_SAFETY, &safety, NULL, 0), 0);
	desk_show(s);
}

/* The answer is typed at the cursor, and edited like any line; another text is
 * neither said nor lost. */
static void
test_verify(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_type(&s, "/verify bob\r");
	desk_type(&s, "hello, ");
	desk_type(&s, "y");
	desk_drain(&s);
	show_number(&s);
	CU_ASSERT(desk_row_with(&s, "Does bob read out the same") > 0);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 23), "yes/no>");
	desk_type(&s, "bix\177t");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 23), "yes/no> bit");
	CU_ASSERT_EQUAL(s.f.ui->tui->painter.shown.cursor_row, 23);
	CU_ASSERT_EQUAL(s.f.ui->tui->painter.shown.cursor_column, 11);
	desk_type(&s, "\r");
	CU_ASSERT(desk_row_with(&s, "nothing was marked") > 0);
	fixture_expect_typed(&s.f, "hello, ybit");
	fixture_expect_next(&s.f, IPC_NONE);
	desk_type(&s, "\r");
	fixture_expect_say(&s.f, 1, "hello, ybit");
	/* A letter marks nothing, and is not kept to be said. */
	desk_type(&s, "/verify bob\r");
	desk_type(&s, "draft");
	desk_drain(&s);
	show_number(&s);
	desk_type(&s, "Y\r");
	CU_ASSERT(desk_row_with(&s, "the whole word yes") > 0);
	fixture_expect_typed(&s.f, "draft");
	desk_type(&s, "\025/verify bob\r");
	desk_drain(&s);
	show_number(&s);
	desk_type(&s, "maybe\033");
	s.f.ui->now += KEYS_ESCAPE_TIME;
	desk_show(&s);
	fixture_expect_typed(&s.f, "maybe");
	fixture_expect_next(&s.f, IPC_NONE);
	desk_type(&s, "\025/verify bob\r");
	desk_type(&s, "draft");
	desk_drain(&s);
	show_number(&s);
	desk_type(&s, " YES\r");
	fixture_expect_next(&s.f, IPC_SET_VERIFIED);
	fixture_expect_typed(&s.f, "draft");
	desk_close(&s);
}

/* A yes that comes before the number is not said to the room. */
static void
test_early_yes(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_type(&s, "/verify bob\r");
	desk_drain(&s);
	desk_type(&s, "yes\r");
	CU_ASSERT(desk_row_with(&s, "not sent, because you are") > 0);
	fixture_expect_next(&s.f, IPC_NONE);
	show_number(&s);
	desk_type(&s, "no\r");
	desk_type(&s, "yes\r");
	fixture_expect_say(&s.f, 1, "yes");
	desk_close(&s);
}

/* Either key leaves, pressed twice with nothing in between, and the bar says
 * the same for both. */
static void
test_leave(void)
{
	static const char *const pairs[] = { "\003\003", "\004\004", "\003\004",
		"\004\003" };
	char key[2] = "";
	struct desk s;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		desk_open(&s, 80, 24);
		key[0] = pairs[i][0];
		desk_type(&s, key);
		CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 22),
		    " press it again to leave, or type /quit");
		CU_ASSERT_EQUAL(s.f.ui->phase, UI_RUNNING);
		s.f.ui->now += TUI_LEAVE_TIME;
		desk_type(&s, key);
		CU_ASSERT_EQUAL(s.f.ui->phase, UI_RUNNING);
		key[0] = pairs[i][1];
		desk_type(&s, key);
		CU_ASSERT_EQUAL(s.f.ui->phase, UI_QUITTING);
		desk_close(&s);
	}
}

/* Presses keys of a bootnode's operator, and checks whether they end it. */
static void
expect_end(const char *keys, bool ends)
{
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_TUI);
	for (; *keys != '\0'; keys++) {
		CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
		tui_keys(f.ui, keys, 1);
	}
	CU_ASSERT_EQUAL(f.ui->phase, ends ? UI_QUITTING : UI_RUNNING);
	fixture_close(&f);
}

static void
test_end_of_bootnode(void)
{
	expect_end("q", false);
	expect_end("\003", false);
	expect_end("\004", false);
	expect_end("y", false);
	expect_end("qq", false);
	expect_end("qn", false);
	expect_end("qny", false);
	expect_end("qy", true);
	expect_end("Qxqy", true);
	expect_end("\003\003", true);
	expect_end("\004\003", true);
}

static void
test_limit_of_line(void)
{
	static char line[TEXT_MAX + 2];
	struct desk s;
	size_t len;

	desk_open(&s, 80, 24);
	memset(line, 'x', TEXT_MAX);
	CU_ASSERT(
	    editor_set(&s.f.room->pane->editor, line, TEXT_MAX, TEXT_MAX));
	desk_type(&s, "y");
	editor_text(&s.f.room->pane->editor, &len);
	CU_ASSERT_EQUAL(len, TEXT_MAX);
	CU_ASSERT(desk_row_with(&s, "at most 16384 bytes") >= 0 ||
	    desk_row_with(&s, "0 bytes left") >= 0);
	desk_close(&s);
}

void
tui_typing_suite(void)
{
	CU_pSuite s = CU_add_suite("tui_typing", NULL, NULL);

	CU_add_test(s, "typing in a search", test_search_typed);
	CU_add_test(s, "typing after a search", test_after_search);
	CU_add_test(s, "pasted commands", test_pasted_commands);
	CU_add_test(s, "the question of /verify", test_verify);
	CU_add_test(s, "a yes before the question", test_early_yes);
	CU_add_test(s, "leaving", test_leave);
	CU_add_test(s, "the end of a bootnode", test_end_of_bootnode);
	CU_add_test(s, "the longest line", test_limit_of_line);
}
