/*
 * The questions whether a key was found right and whether to end a bootnode
 * (ui/tui/question.c): which keys and words answer them, and what is left when
 * they are over. paste_test.c has the third one.
 */
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void question_suite(void);

/* What was typed before is put aside, and bob's number is asked about. */
static void
ask(struct desk *s)
{
	question_verify(s->f.ui->tui->shown,
	    model_peer(&s->f.room->model, 0x1001));
	desk_show(s);
}

static void
open_room(struct desk *s)
{
	desk_open(s, 100, 24);
	desk_meet_bob(s);
	s->f.ui->tui->ask_at = CLOCK_NEVER;
	fixture_keep_drafts(&s->f);
	desk_show(s);
	desk_drain(s);
}

static void
expect_hint(struct desk *s, const char *hint)
{
	CU_ASSERT_STRING_EQUAL(vt_row(&s->vt, 22), hint);
	CU_ASSERT_EQUAL(s->f.ui->tui->shown->question.kind, QUESTION_NONE);
}

/* A word, what is said of it, and what stays in the line behind the draft. */
static void
test_words(void)
{
	static const struct {
		const char *word;
		const char *hint;
		const char *line;
	} words[] = {
		{ "no", " nothing was marked", "draft" },
		{ "NO!", " nothing was marked", "draft" },
		{ "n", " nothing was marked", "draft" },
		{ "", " nothing was marked", "draft" },
		{ "  ", " nothing was marked", "draft  " },
		{ "y", " nothing was marked: type the whole word yes",
		    "draft" },
		{ " Y", " nothing was marked: type the whole word yes",
		    "draft" },
		{ "yess", " nothing was marked; Enter sends the line",
		    "draftyess" },
		{ " x", " nothing was marked; Enter sends the line",
		    "draft x" },
	};
	struct desk s;

	open_room(&s);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		desk_type(&s, "\003");
		s.f.ui->tui->leave_until = 0;
		desk_type(&s, "draft");
		ask(&s);
		fixture_expect_typed(&s.f, "");
		desk_type(&s, words[i].word);
		desk_type(&s, "\r");
		expect_hint(&s, words[i].hint);
		fixture_expect_typed(&s.f, words[i].line);
		fixture_expect_next(&s.f, IPC_NONE);
	}
	desk_close(&s);
}

static void
test_yes(void)
{
	struct ipc_message_in in;
	struct desk s;

	open_room(&s);
	ask(&s);
	desk_type(&s, "Yes.\r");
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_NONE);
	CU_ASSERT_EQUAL(fixture_next(&s.f, &in), IPC_SET_VERIFIED);
	fixture_expect_typed(&s.f, "");
	/* The name of whose number it is, in quotes if it has spaces. */
	CU_ASSERT_EQUAL(fixture_tell_peer(&s.f, 1, PEER_CONNECTED, "bob b"), 0);
	ask(&s);
	CU_ASSERT_STRING_EQUAL(s.f.ui->tui->shown->question.text,
	    "Does \"bob b\" read out the same number? Type yes or no.");
	desk_resize(&s, 30, 3);
	CU_ASSERT(desk_row_with(&s, "The same number there?") >= 0);
	desk_close(&s);
}

/* Whoever left meanwhile is not marked. */
static void
test_left(void)
{
	struct desk s;

	open_room(&s);
	ask(&s);
	CU_ASSERT_EQUAL(fixture_tell_peer(&s.f, 1, PEER_LEFT, "bob"), 0);
	desk_type(&s, "yes\r");
	CU_ASSERT(
	    desk_row_with(&s, "that peer has left; nothing was marked") > 0);
	fixture_expect_next(&s.f, IPC_NONE);
	fixture_expect_typed(&s.f, "");
	desk_close(&s);
}

/* One question at a time. */
static void
test_one(void)
{
	struct desk s;

	open_room(&s);
	desk_type(&s, "\033[200~one\ntwo\033[201~");
	ask(&s);
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_PASTE);
	desk_close(&s);
}

/* The keys that give it up; the draft is back, with what was typed. */
static void
test_given_up(void)
{
	static const char *const keys[] = { "\033", "\003", "\007" };
	struct desk s;

	open_room(&s);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		desk_type(&s, "\003");
		s.f.ui->tui->leave_until = 0;
		desk_type(&s, "draft ");
		buf_puts(&s.f.room->comparing, "bob");
		ask(&s);
		desk_type(&s, "ye");
		desk_type(&s, keys[i]);
		s.f.ui->now += KEYS_ESCAPE_TIME;
		desk_show(&s);
		expect_hint(&s, " nothing was marked");
		fixture_expect_typed(&s.f, "draft ye");
		/* What was compared is, no more. */
		CU_ASSERT_EQUAL(s.f.room->comparing.len, 0);
	}
	/* Ctrl-D deletes while there is something to delete. */
	ask(&s);
	desk_type(&s, "ab\001\004");
	fixture_expect_typed(&s.f, "b");
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_VERIFY);
	desk_type(&s, "\004");
	desk_type(&s, "\004");
	expect_hint(&s, " nothing was marked");
	desk_close(&s);
}

/* An answer is edited as any line is: with Tab and Meta-Enter, too. Keys that
 * mean something else elsewhere mean nothing here. */
static void
test_edited(void)
{
	struct desk s;

	open_room(&s);
	ask(&s);
	desk_type(&s, "b\t");
	fixture_expect_typed(&s.f, "bob: ");
	desk_type(&s, "\033\r");
	fixture_expect_typed(&s.f, "bob: \n");
	desk_type(&s, "\022\023");
	CU_ASSERT_FALSE(s.f.room->pane->search.active);
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_VERIFY);
	desk_close(&s);
}

/* Draft and answer are too long together: what was typed last stays. */
static void
test_too_long(void)
{
	static char line[TEXT_MAX];
	struct desk s;

	memset(line, 'x', sizeof(line));
	open_room(&s);
	editor_set(&s.f.room->pane->editor, line, TEXT_MAX - 1, 0);
	ask(&s);
	desk_type(&s, "ab");
	desk_type(&s, "\r");
	fixture_expect_typed(&s.f, "ab");
	desk_close(&s);
}

static void
expect_end(uint64_t sessions, uint64_t rooms, const char *text)
{
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_TUI);
	f.room->stats.sessions = sessions;
	f.room->stats.rooms = rooms;
	question_leave(f.ui);
	CU_ASSERT_STRING_EQUAL(f.ui->tui->shown->question.text, text);
	CU_ASSERT_EQUAL(f.ui->tui->shown->question.kind, QUESTION_END);
	fixture_close(&f);
}

static void
test_end_of_bootnode(void)
{
	expect_end(1, 1,
	    "End the bootnode? It has 1 session in 1 room. y ends it, any "
	    "other key does not");
	expect_end(2, 1,
	    "End the bootnode? It has 2 sessions in 1 room. y ends it, any "
	    "other key does not");
	expect_end(0, 0,
	    "End the bootnode? It has 0 sessions in 0 rooms. y ends it, any "
	    "other key does not");
}

void
question_suite(void)
{
	CU_pSuite s = CU_add_suite("question", NULL, NULL);

	CU_add_test(s, "words that are no yes", test_words);
	CU_add_test(s, "yes", test_yes);
	CU_add_test(s, "whoever left", test_left);
	CU_add_test(s, "one at a time", test_one);
	CU_add_test(s, "given up", test_given_up);
	CU_add_test(s, "edited", test_edited);
	CU_add_test(s, "too long together", test_too_long);
	CU_add_test(s, "the end of a bootnode", test_end_of_bootnode);
}
