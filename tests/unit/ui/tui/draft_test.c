/*
 * The line that is being typed, as cryptod is told it, and as the ui after this
 * one has it again (ui/tui/draft.c).
 */
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <string.h>

void draft_suite(void);

/* It was told what there was before, and asks for no figures. */
static void
open_room(struct desk *s)
{
	desk_open(s, 80, 24);
	s->f.ui->tui->ask_at = CLOCK_NEVER;
	s->f.room->past.awaited = false;
	ui_work(s->f.ui);
	desk_drain(s);
}

static void
type(struct desk *s, const char *keys)
{
	tui_keys(s->f.ui, keys, strlen(keys));
	s->f.ui->now += 2 * BURST_TIME;
	ui_work(s->f.ui);
	fixture_output(&s->f);
}

static void
pass(struct desk *s, uint64_t usec)
{
	s->f.ui->now += usec;
	ui_work(s->f.ui);
	fixture_output(&s->f);
}

static void
expect_told(struct desk *s, const char *text, uint32_t cursor)
{
	struct ipc_message_in in;
	const struct ipc_draft *d;

	CU_ASSERT_EQUAL_FATAL(fixture_next(&s->f, &in), IPC_DRAFT);
	d = in.body;
	CU_ASSERT_EQUAL(d->cursor, cursor);
	CU_ASSERT_EQUAL_FATAL(in.tail_len, strlen(text));
	CU_ASSERT(memcmp(in.tail, text, in.tail_len) == 0);
}

static void
expect_nothing(struct desk *s)
{
	fixture_expect_next(&s->f, IPC_NONE);
}

/* So long after the first change, with what has come until then; and no sooner
 * for the next one. */
static void
test_time(void)
{
	struct desk s;

	open_room(&s);
	CU_ASSERT_EQUAL(draft_deadline(s.f.ui), CLOCK_NEVER);
	type(&s, "a");
	CU_ASSERT_EQUAL(draft_deadline(s.f.ui), s.f.ui->now + DRAFT_TIME);
	CU_ASSERT(tui_deadline(s.f.ui) <= s.f.ui->now + DRAFT_TIME);
	type(&s, "b");
	pass(&s, DRAFT_TIME - 2 * BURST_TIME - 1);
	expect_nothing(&s);
	pass(&s, 1);
	expect_told(&s, "ab", 2);
	CU_ASSERT_EQUAL(draft_deadline(s.f.ui), CLOCK_NEVER);
	type(&s, "c");
	pass(&s, DRAFT_TIME - 1);
	expect_nothing(&s);
	pass(&s, 1);
	expect_told(&s, "abc", 3);
	pass(&s, 10 * DRAFT_TIME);
	expect_nothing(&s);
	desk_close(&s);
}

/* Where the cursor is belongs to it; and what is as it was told is no news. */
static void
test_changes(void)
{
	struct desk s;

	open_room(&s);
	type(&s, "ab");
	pass(&s, DRAFT_TIME);
	expect_told(&s, "ab", 2);
	type(&s, "\001");
	pass(&s, DRAFT_TIME);
	expect_told(&s, "ab", 0);
	type(&s, "\006\004c");
	pass(&s, DRAFT_TIME);
	expect_told(&s, "ac", 2);
	type(&s, "d");
	type(&s, "\177");
	CU_ASSERT_EQUAL(draft_deadline(s.f.ui), CLOCK_NEVER);
	pass(&s, DRAFT_TIME);
	expect_nothing(&s);
	desk_close(&s);
}

/* A line that was entered, or given up, is not kept: at once. */
static void
test_empty(void)
{
	struct desk s;

	open_room(&s);
	type(&s, "hello");
	pass(&s, DRAFT_TIME);
	expect_told(&s, "hello", 5);
	type(&s, "\003");
	expect_told(&s, "", 0);
	expect_nothing(&s);
	/* One that it never heard of is none. */
	type(&s, "x");
	type(&s, "\003");
	pass(&s, DRAFT_TIME);
	expect_nothing(&s);
	desk_close(&s);
}

/* Nothing is told before cryptod told what it had, nor at the end. */
static void
test_when_not(void)
{
	struct desk s;

	open_room(&s);
	s.f.room->past.awaited = true;
	type(&s, "a");
	pass(&s, DRAFT_TIME);
	expect_nothing(&s);
	s.f.room->past.awaited = false;
	pass(&s, 0);
	pass(&s, DRAFT_TIME);
	expect_told(&s, "a", 1);
	type(&s, "b");
	s.f.ui->phase = UI_DRAINING;
	pass(&s, DRAFT_TIME);
	expect_nothing(&s);
	s.f.ui->phase = UI_RUNNING;
	desk_close(&s);
}

/* Another cryptod has none: it is told all of it. */
static void
test_another_cryptod(void)
{
	struct desk s;
	int fd;

	open_room(&s);
	type(&s, "ab");
	pass(&s, DRAFT_TIME);
	expect_told(&s, "ab", 2);
	fd = s.f.room->cryptod.fd;
	s.f.room->cryptod.fd = -1;
	draft_work(s.f.ui);
	CU_ASSERT_EQUAL(draft_deadline(s.f.ui), CLOCK_NEVER);
	s.f.room->cryptod.fd = fd;
	draft_work(s.f.ui);
	pass(&s, DRAFT_TIME);
	expect_told(&s, "ab", 2);
	desk_close(&s);
}

/* An operator's keys are no line. */
static void
test_bootnode(void)
{
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_TUI);
	f.room->past.awaited = false;
	editor_insert(&f.room->pane->editor, "a", 1);
	f.ui->now += DRAFT_TIME;
	draft_work(f.ui);
	CU_ASSERT_EQUAL(draft_deadline(f.ui), CLOCK_NEVER);
	fixture_expect_next(&f, IPC_NONE);
	fixture_close(&f);
}

static void
give(struct desk *s, const char *text, size_t cursor)
{
	tui_draft(s->f.room, text, strlen(text), cursor);
}

/* It comes back with its cursor, and with what was typed since where that is;
 * if both have no room, with that alone. */
static void
test_taken_over(void)
{
	static char line[TEXT_MAX];
	struct desk s;

	open_room(&s);
	give(&s, "hello", 4);
	CU_ASSERT_TRUE(s.f.ui->tui->changed);
	fixture_expect_typed(&s.f, "hello");
	CU_ASSERT_EQUAL(editor_cursor(&s.f.room->pane->editor), 4);
	type(&s, "\003xy");
	give(&s, "ab", 1);
	fixture_expect_typed(&s.f, "axyb");
	CU_ASSERT_EQUAL(editor_cursor(&s.f.room->pane->editor), 3);
	type(&s, "\003xy");
	memset(line, 'z', sizeof(line));
	tui_draft(s.f.room, line, sizeof(line), 0);
	fixture_expect_typed(&s.f, "xy");
	CU_ASSERT_EQUAL(editor_cursor(&s.f.room->pane->editor), 2);
	desk_close(&s);
}

/* ui was restarted while a line was being typed: its end is said with its
 * start, and what was typed behind Enter comes behind it. */
static void
test_awaited(void)
{
	struct desk s;

	open_room(&s);
	s.f.room->past.awaited = true;
	type(&s, "world");
	type(&s, "\r");
	type(&s, "more");
	expect_nothing(&s);
	give(&s, "hello ", 6);
	pass(&s, 0);
	expect_nothing(&s); /* there may be an error to be told first */
	past_over(s.f.room);
	pass(&s, 0);
	fixture_expect_say(&s.f, 1, "hello world");
	fixture_expect_typed(&s.f, "more");
	desk_close(&s);
}

/* All of it may have been typed before. */
static void
test_awaited_whole(void)
{
	struct desk s;

	open_room(&s);
	s.f.room->past.awaited = true;
	type(&s, "\r");
	give(&s, "hello", 5);
	past_over(s.f.room);
	pass(&s, 0);
	fixture_expect_say(&s.f, 1, "hello");
	fixture_expect_typed(&s.f, "");
	desk_close(&s);
}

/* A cryptod that tells nothing holds nobody up for long, and only once. */
static void
test_not_told(void)
{
	struct desk s;

	open_room(&s);
	s.f.room->past.awaited = true;
	type(&s, "one");
	s.f.ui->now += 10 * DRAFT_PATIENCE;
	tui_keys(s.f.ui, "\r", 1);
	ui_work(s.f.ui);
	CU_ASSERT_EQUAL(draft_deadline(s.f.ui), s.f.ui->now + DRAFT_PATIENCE);
	pass(&s, DRAFT_PATIENCE - 1);
	expect_nothing(&s);
	pass(&s, 1);
	fixture_expect_say(&s.f, 1, "one");
	CU_ASSERT_EQUAL(draft_deadline(s.f.ui), CLOCK_NEVER);
	type(&s, "two");
	type(&s, "\r");
	fixture_expect_say(&s.f, 2, "two");
	desk_close(&s);
}

/* An invite is a secret of another room: this room's cryptod does not get it,
 * and no key brings it back. */
static void
test_secret(void)
{
	struct desk s;

	open_room(&s);
	type(&s, "/JOIN  gochat://x#secret");
	pass(&s, DRAFT_TIME);
	expect_nothing(&s);
	type(&s, "\r");
	fixture_expect_typed(&s.f, "");
	type(&s, "\033[A");
	fixture_expect_typed(&s.f, "");
	expect_nothing(&s);
	/* A line that was told before is taken back, wherever the cursor is. */
	type(&s, "/join ");
	pass(&s, DRAFT_TIME);
	expect_told(&s, "/join ", 6);
	type(&s, "gochat://x#secret");
	pass(&s, DRAFT_TIME);
	expect_told(&s, "", 0);
	type(&s, "\003");
	/* Only /join is about a room. */
	type(&s, "/me gochat://x");
	pass(&s, DRAFT_TIME);
	expect_told(&s, "/me gochat://x", 14);
	desk_close(&s);
}

void
draft_suite(void)
{
	CU_pSuite s = CU_add_suite("draft", NULL, NULL);

	CU_add_test(s, "when it is told", test_time);
	CU_add_test(s, "what is news", test_changes);
	CU_add_test(s, "an empty line", test_empty);
	CU_add_test(s, "when it is not told", test_when_not);
	CU_add_test(s, "another cryptod", test_another_cryptod);
	CU_add_test(s, "on a bootnode", test_bootnode);
	CU_add_test(s, "taken over", test_taken_over);
	CU_add_test(s, "Enter before it is there", test_awaited);
	CU_add_test(s, "Enter behind all of it", test_awaited_whole);
	CU_add_test(s, "one that does not come", test_not_told);
	CU_add_test(s, "a secret", test_secret);
}
