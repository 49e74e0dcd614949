/*
 * What was read as keys or as a paste (ui/tui/reading.c), at the edges between
 * the two: how soon something came, behind what, and what was being asked.
 */
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <string.h>

void reading_suite(void);

static void
open_room(struct desk *s)
{
	desk_open(s, 80, 24);
	desk_meet_bob(s);
	s->f.ui->tui->ask_at = CLOCK_NEVER;
	fixture_keep_drafts(&s->f);
	desk_show(s);
	desk_drain(s);
}

/* Lets a burst end, if it is time. */
static void
pass(struct desk *s, uint64_t usec)
{
	s->f.ui->now += usec;
	ui_work(s->f.ui);
	fixture_output(&s->f);
}

/* One read, after so long. */
static void
read_after(struct desk *s, uint64_t usec, const char *bytes)
{
	pass(s, usec);
	tui_keys(s->f.ui, bytes, strlen(bytes));
	pass(s, 0);
}

static void
expect_nothing_said(struct desk *s)
{
	fixture_expect_next(&s->f, IPC_NONE);
}

/* An Enter that comes soon behind a character may be pasted: it waits for what
 * follows. One that comes later is pressed. */
static void
test_enter(void)
{
	struct desk s;

	open_room(&s);
	read_after(&s, 0, "a");
	read_after(&s, BURST_TIME - 1, "\r");
	expect_nothing_said(&s);
	pass(&s, BURST_TIME - 1);
	expect_nothing_said(&s);
	pass(&s, 1);
	fixture_expect_say(&s.f, 1, "a");
	read_after(&s, USEC_PER_SEC, "b");
	read_after(&s, BURST_TIME, "\r");
	fixture_expect_say(&s.f, 2, "b");
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_NONE);
	desk_close(&s);
}

/* A key between them was pressed, and so was the Enter behind it. */
static void
test_enter_behind_key(void)
{
	struct desk s;

	open_room(&s);
	read_after(&s, 0, "a");
	read_after(&s, 1, "\033[D\r");
	fixture_expect_say(&s.f, 1, "a");
	CU_ASSERT_EQUAL(s.f.ui->tui->burst.len, 0);
	desk_close(&s);
}

/* Two characters at once wait, a third as well; they are keys then. */
static void
test_characters(void)
{
	struct desk s;

	open_room(&s);
	read_after(&s, 0, "ab");
	fixture_expect_typed(&s.f, "");
	read_after(&s, BURST_TIME - 1, "c");
	fixture_expect_typed(&s.f, "");
	pass(&s, BURST_TIME);
	fixture_expect_typed(&s.f, "abc");
	/* What comes when they are over is judged alone. */
	read_after(&s, 0, "de");
	read_after(&s, BURST_TIME, "f");
	fixture_expect_typed(&s.f, "abcdef");
	/* A key ends them. */
	read_after(&s, USEC_PER_SEC, "gh\033[D");
	fixture_expect_typed(&s.f, "abcdefgh");
	CU_ASSERT_EQUAL(editor_cursor(&s.f.room->pane->editor), 7);
	desk_close(&s);
}

/* What was typed just before is the start of a paste, and comes back if that is
 * dropped; what was typed earlier is another's. */
static void
test_follows(void)
{
	struct desk s;

	open_room(&s);
	read_after(&s, 0, "a");
	read_after(&s, BURST_TIME - 1, "\rb");
	pass(&s, BURST_TIME);
	CU_ASSERT_STRING_EQUAL(s.f.ui->tui->shown->question.paste, "a\nb");
	fixture_expect_typed(&s.f, "");
	read_after(&s, USEC_PER_SEC, "n");
	fixture_expect_typed(&s.f, "a");
	/* The Enter is pressed, and what follows it is pasted. */
	read_after(&s, USEC_PER_SEC, "\rb\rc");
	fixture_expect_say(&s.f, 1, "a");
	expect_nothing_said(&s);
	pass(&s, BURST_TIME);
	CU_ASSERT_STRING_EQUAL(s.f.ui->tui->shown->question.paste, "b\nc");
	read_after(&s, USEC_PER_SEC, "n");
	fixture_expect_typed(&s.f, "");
	desk_close(&s);
}

/* The answer to a question is typed, up to the end of its line; what follows is
 * pasted. */
static void
test_in_verify(void)
{
	struct desk s;

	open_room(&s);
	question_verify(s.f.ui->tui->shown,
	    model_peer(&s.f.room->model, 0x1001));
	read_after(&s, USEC_PER_SEC, "no\rone\rtwo");
	pass(&s, BURST_TIME);
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_PASTE);
	CU_ASSERT_STRING_EQUAL(s.f.ui->tui->shown->question.paste, "one\ntwo");
	expect_nothing_said(&s);
	desk_close(&s);
}

/* While a paste is asked about, a letter alone is an answer; one that comes
 * behind a sequence in the same read is not, nor is what comes in a burst. */
static void
test_asked(void)
{
	struct desk s;

	open_room(&s);
	desk_paste(&s, "one\ntwo");
	read_after(&s, USEC_PER_SEC, "\033[An");
	pass(&s, BURST_TIME);
	CU_ASSERT_STRING_EQUAL(s.f.ui->tui->shown->question.paste, "one\ntwon");
	read_after(&s, USEC_PER_SEC, "nn");
	pass(&s, BURST_TIME);
	CU_ASSERT_STRING_EQUAL(s.f.ui->tui->shown->question.paste,
	    "one\ntwonnn");
	/* Ctrl-C is no text: behind a sequence it is a key as ever. */
	read_after(&s, USEC_PER_SEC, "\033[A\003");
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_NONE);
	/* Without the question a letter behind a sequence is typed at once. */
	read_after(&s, USEC_PER_SEC, "\033[An");
	fixture_expect_typed(&s.f, "n");
	desk_close(&s);
}

/* A paste in brackets is over when nothing has come for its time, and may have
 * nothing in it. */
static void
test_brackets(void)
{
	struct desk s;

	open_room(&s);
	read_after(&s, 0, "\033[200~a\033[201~");
	pass(&s, BURST_PASTE_TIME - 1);
	fixture_expect_typed(&s.f, "");
	pass(&s, 1);
	fixture_expect_typed(&s.f, "a");
	read_after(&s, 0, "\033[200~\033[201~");
	CU_ASSERT_TRUE(s.f.ui->tui->burst.pasted);
	read_after(&s, BURST_PASTE_TIME - 1, "b");
	pass(&s, BURST_PASTE_TIME - 1);
	fixture_expect_typed(&s.f, "a");
	pass(&s, 1);
	fixture_expect_typed(&s.f, "ab");
	CU_ASSERT_FALSE(s.f.ui->tui->burst.pasted);
	CU_ASSERT_EQUAL(s.f.ui->tui->burst.len, 0);
	desk_close(&s);
}

/* Nothing of one paste counts for the next. */
static void
test_cut(void)
{
	static char text[KEYS_PASTE_MAX + 8];
	struct desk s;

	open_room(&s);
	memset(text, 'x', sizeof(text) - 1);
	text[1] = '\r';
	read_after(&s, 0, text);
	pass(&s, BURST_TIME);
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.cut, 7);
	CU_ASSERT_EQUAL(s.f.ui->tui->burst.cut, 0);
	read_after(&s, USEC_PER_SEC, "n");
	read_after(&s, USEC_PER_SEC, "a\rb");
	pass(&s, BURST_TIME);
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.cut, 0);
	CU_ASSERT_STRING_EQUAL(s.f.ui->tui->shown->question.paste, "a\nb");
	desk_close(&s);
}

/* On a bootnode keys are keys, however they come; and once it ends none is. */
static void
test_bootnode(void)
{
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_TUI);
	tui_keys(f.ui, "qn", 2);
	CU_ASSERT_EQUAL(f.ui->tui->shown->question.kind, QUESTION_NONE);
	tui_keys(f.ui, "qyq", 3);
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	CU_ASSERT_EQUAL(f.ui->tui->shown->question.kind, QUESTION_NONE);
	fixture_close(&f);
}

void
reading_suite(void)
{
	CU_pSuite s = CU_add_suite("reading", NULL, NULL);

	CU_add_test(s, "Enter", test_enter);
	CU_add_test(s, "Enter behind a key", test_enter_behind_key);
	CU_add_test(s, "characters", test_characters);
	CU_add_test(s, "what was typed before", test_follows);
	CU_add_test(s, "in a question", test_in_verify);
	CU_add_test(s, "in a question about a paste", test_asked);
	CU_add_test(s, "in brackets", test_brackets);
	CU_add_test(s, "what was cut", test_cut);
	CU_add_test(s, "on a bootnode", test_bootnode);
}
