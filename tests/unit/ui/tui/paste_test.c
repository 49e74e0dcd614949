/*
 * The question about a paste (ui/tui/paste.c): how it is divided into messages,
 * what is said of its size, which keys are offered, and what comes to it while
 * it stands. burst_test.c has what makes a paste of what was read.
 */
#include "tests/unit/ui/tui/desk.h"

#include "ui/say.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void paste_suite(void);

static void
open_room(struct desk *s)
{
	desk_open(s, 80, 24);
	desk_meet_bob(s);
	desk_type(s, "\005"); /* now figures were asked for */
	desk_drain(s);
}

/* What it is like to paste text of any length, and to wait until it is over. */
static void
paste(struct desk *s, const char *text)
{
	struct key_event event = { .kind = KEY_PASTE,
		.bytes = text,
		.len = strlen(text) };

	tui_key(s->f.ui, &event);
	desk_show(s);
}

/* So many times the letter, and the end behind it; valid until the next. */
static char *
text_of(size_t count, char letter, const char *end)
{
	static char text[KEYS_PASTE_MAX + 64];

	memset(text, letter, count);
	snprintf(text + count, sizeof(text) - count, "%s", end);
	return text;
}

static void
expect_asked(struct desk *s, const char *text)
{
	if (strcmp(s->f.ui->tui->shown->question.text, text) != 0)
		fprintf(stderr, "\n  asked %s\n",
		    s->f.ui->tui->shown->question.text);
	CU_ASSERT_STRING_EQUAL(s->f.ui->tui->shown->question.text, text);
}

static void
expect_no_question(struct desk *s)
{
	CU_ASSERT_EQUAL(s->f.ui->tui->shown->question.kind, QUESTION_NONE);
}

/* As much as a message holds is one message; a byte more makes two. */
static void
test_one_message(void)
{
	struct desk s;
	char *text;

	open_room(&s);
	text = text_of(TEXT_MAX - 2, 'x', "\ny");
	paste(&s, text);
	expect_asked(&s,
	    "Send 2 lines, 16384 bytes? y sends, e edits, n drops");
	desk_type(&s, "y");
	fixture_expect_say(&s.f, 1, text);
	fixture_expect_next(&s.f, IPC_NONE);
	text = text_of(TEXT_MAX - 2, 'x', "\nyz");
	paste(&s, text);
	expect_asked(&s,
	    "Send 2 lines, 16385 bytes, as 2 messages? y sends, n drops");
	desk_type(&s, "y");
	text[TEXT_MAX - 2] = '\0';
	fixture_expect_say(&s.f, 2, text);
	fixture_expect_say(&s.f, 3, "yz");
	fixture_expect_next(&s.f, IPC_NONE);
	desk_close(&s);
}

/* It is divided at the last end of a line that has room, which is in neither
 * part; where there is none, between two characters. The first part has so many
 * bytes, and the second begins there. */
static void
check_parts(const char *text, size_t first, size_t second)
{
	struct desk s;
	char *part = strndup(text, first);

	open_room(&s);
	paste(&s, text);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(s.f.ui->tui->shown->question.text, ", as 2 messages? "));
	desk_type(&s, "y");
	fixture_expect_say(&s.f, 1, part);
	fixture_expect_say(&s.f, 2, text + second);
	fixture_expect_next(&s.f, IPC_NONE);
	free(part);
	desk_close(&s);
}

static void
test_parts(void)
{
	char *text = text_of(TEXT_MAX + 10, 'x', "");

	check_parts(text, TEXT_MAX, TEXT_MAX);
	text[100] = text[200] = '\n';
	check_parts(text, 200, 201);
	text[TEXT_MAX - 1] = '\n';
	check_parts(text, TEXT_MAX - 1, TEXT_MAX);
	text[TEXT_MAX] = '\n';
	check_parts(text, TEXT_MAX - 1, TEXT_MAX);
	text[TEXT_MAX - 1] = 'x';
	text[100] = text[200] = 'x';
	check_parts(text, TEXT_MAX, TEXT_MAX + 1);
	/* An empty line at the start is no part. */
	text = text_of(TEXT_MAX + 10, 'x', "");
	text[0] = '\n';
	check_parts(text, TEXT_MAX, TEXT_MAX);
	/* Within a character. */
	text = text_of(TEXT_MAX - 2, 'x', "猫 and more");
	check_parts(text, TEXT_MAX - 2, TEXT_MAX - 2);
	text = text_of(TEXT_MAX - 3, 'x', "猫 and more");
	check_parts(text, TEXT_MAX, TEXT_MAX);
}

/* One line goes to where the cursor is; if it has no room there, it is asked
 * about, as one. */
static void
test_one_line(void)
{
	struct desk s;

	open_room(&s);
	desk_type(&s, "before after\002\002\002\002\002");
	paste(&s, "and\n\n");
	fixture_expect_typed(&s.f, "before andafter");
	expect_no_question(&s);
	paste(&s, "\n\n");
	paste(&s, "");
	fixture_expect_typed(&s.f, "before andafter");
	expect_no_question(&s);
	desk_type(&s, "\003");
	paste(&s, text_of(TEXT_MAX + 1, 'x', "\n"));
	expect_asked(&s,
	    "Send 1 line, 16385 bytes, as 2 messages? y sends, n drops");
	CU_ASSERT_STRING_EQUAL(s.f.ui->tui->shown->question.brief,
	    "y sends, n drops: 1 line");
	desk_close(&s);
}

/* A single line that was cut is asked about, too. */
static void
test_cut_line(void)
{
	struct key_event event = { .kind = KEY_PASTE,
		.bytes = "one",
		.len = 3,
		.cut = 7 };
	struct desk s;

	open_room(&s);
	tui_key(s.f.ui, &event);
	expect_asked(&s,
	    "Send 1 line, 3 bytes? 7 bytes after that, from line 1 on, are "
	    "cut off. y sends, n drops");
	fixture_expect_typed(&s.f, "");
	desk_close(&s);
}

/* It can be edited if it has room behind what was typed, to the byte. */
static void
test_editable(void)
{
	struct desk s;
	size_t len;

	open_room(&s);
	desk_type(&s, "12345");
	paste(&s, text_of(TEXT_MAX - 7, 'x', "\ny"));
	CU_ASSERT_TRUE(s.f.ui->tui->shown->question.editable);
	desk_type(&s, "e");
	editor_text(&s.f.room->pane->editor, &len);
	CU_ASSERT_EQUAL(len, TEXT_MAX);
	expect_no_question(&s);
	desk_type(&s, "\003");
	desk_type(&s, "123456");
	paste(&s, text_of(TEXT_MAX - 7, 'x', "\ny"));
	expect_asked(&s, "Send 2 lines, 16379 bytes? y sends, n drops");
	desk_type(&s, "e");
	fixture_expect_typed(&s.f, "123456");
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_PASTE);
	desk_close(&s);
}

/* Only what is offered answers; in capitals, too. */
static void
test_keys(void)
{
	struct desk s;

	open_room(&s);
	paste(&s, "one\ntwo");
	desk_type(&s, "s");
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_PASTE);
	desk_type(&s, "Y");
	fixture_expect_say(&s.f, 1, "one\ntwo");
	expect_no_question(&s);
	paste(&s, "one\n/two");
	expect_asked(&s,
	    "Send 2 lines, 8 bytes? Line 2 begins like a command. s says all, "
	    "e edits, n drops");
	CU_ASSERT_STRING_EQUAL(s.f.ui->tui->shown->question.brief,
	    "s says, e edits, n drops: line 2 like a command");
	desk_type(&s, "y");
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_PASTE);
	fixture_expect_next(&s.f, IPC_NONE);
	desk_type(&s, "S");
	fixture_expect_say(&s.f, 2, "one\n/two");
	expect_no_question(&s);
	desk_close(&s);
}

/* The keys that give up anything give this up. */
static void
test_given_up(void)
{
	static const char *const keys[] = { "n", "N", "\003", "\004", "\007",
		"\033" };
	struct desk s;

	open_room(&s);
	desk_type(&s, "draft");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		paste(&s, "one\ntwo");
		CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind,
		    QUESTION_PASTE);
		desk_type(&s, keys[i]);
		s.f.ui->now += KEYS_ESCAPE_TIME;
		desk_show(&s);
		expect_no_question(&s);
		fixture_expect_typed(&s.f, "draft");
	}
	desk_close(&s);
}

static void
type_after(struct desk *s, uint64_t time, const char *key)
{
	s->f.ui->now += time;
	tui_keys(s->f.ui, key, strlen(key));
}

/* Behind a letter that answers nothing, a second has to pass without a key;
 * arrows are no letters. */
static void
test_word(void)
{
	struct desk s;

	open_room(&s);
	paste(&s, "one\ntwo");
	type_after(&s, USEC_PER_SEC, "x");
	type_after(&s, USEC_PER_SEC - 1, "n");
	type_after(&s, USEC_PER_SEC - 1, "y");
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_PASTE);
	type_after(&s, USEC_PER_SEC, "\033[A");
	type_after(&s, 10 * BURST_TIME, "n");
	expect_no_question(&s);
	paste(&s, "one\ntwo");
	type_after(&s, USEC_PER_SEC, " ");
	type_after(&s, USEC_PER_SEC - 1, "n");
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_PASTE);
	type_after(&s, USEC_PER_SEC, "n");
	expect_no_question(&s);
	desk_close(&s);
}

/* What is pasted while it stands begins a line of its own, but an empty one
 * adds none. */
static void
test_more(void)
{
	struct desk s;

	open_room(&s);
	paste(&s, "one\ntwo");
	paste(&s, "");
	expect_asked(&s, "Send 2 lines, 7 bytes? y sends, e edits, n drops");
	paste(&s, "three");
	paste(&s, "four");
	expect_asked(&s, "Send 4 lines, 18 bytes? y sends, e edits, n drops");
	desk_type(&s, "y");
	fixture_expect_say(&s.f, 1, "one\ntwo\nthree\nfour");
	desk_close(&s);
}

/* However it comes, no more is kept than a paste may hold; the rest is counted,
 * and no character is cut in two. */
static void
test_no_more_room(void)
{
	struct key_event more = { .kind = KEY_PASTE,
		.bytes = "猫3456",
		.len = 7,
		.cut = 5 };
	struct desk s;
	const struct question *q;

	open_room(&s);
	q = &s.f.ui->tui->shown->question;
	paste(&s, text_of(KEYS_PASTE_MAX - 5, 'x', "\ny"));
	CU_ASSERT_EQUAL(q->len, KEYS_PASTE_MAX - 3);
	CU_ASSERT_EQUAL(q->cut, 0);
	tui_key(s.f.ui, &more); /* behind a line feed: two bytes of three */
	CU_ASSERT_EQUAL(q->len, KEYS_PASTE_MAX - 2);
	CU_ASSERT_EQUAL(q->cut, 7 + 5);
	paste(&s, "a");
	paste(&s, "b");
	CU_ASSERT_EQUAL(q->len, KEYS_PASTE_MAX - 2);
	CU_ASSERT_EQUAL(q->cut, 7 + 5 + 2 + 2);
	desk_close(&s);
}

/* What was typed in the moment before is the start of a paste without brackets,
 * and pushes out as much at its end: so much is missing. */
static void
test_typed_before(void)
{
	struct key_event event = { .kind = KEY_PASTE,
		.len = KEYS_PASTE_MAX,
		.cut = 5,
		.bare = true,
		.follows = true };
	struct desk s;

	open_room(&s);
	desk_type(&s, "one ");
	event.bytes = text_of(KEYS_PASTE_MAX - 1, 'x', "\n");
	((char *)event.bytes)[100] = '\n';
	tui_key(s.f.ui, &event);
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.len, KEYS_PASTE_MAX);
	CU_ASSERT_NSTRING_EQUAL(s.f.ui->tui->shown->question.paste, "one xxx",
	    7);
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.cut, 4 + 5);
	fixture_expect_typed(&s.f, "");
	desk_type(&s, "n");
	fixture_expect_typed(&s.f, "one ");
	desk_close(&s);
}

/* Another question goes, and what was typed before it and in it is there. */
static void
test_in_verify(void)
{
	const struct peer *p;
	struct desk s;

	open_room(&s);
	desk_type(&s, "draft ");
	p = model_peer(&s.f.room->model, 0x1001);
	question_verify(s.f.ui->tui->shown, p);
	desk_type(&s, "ye");
	paste(&s, "s");
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_VERIFY);
	fixture_expect_typed(&s.f, "yes");
	paste(&s, "one\ntwo");
	expect_asked(&s, "Send 2 lines, 7 bytes? y sends, e edits, n drops");
	fixture_expect_typed(&s.f, "draft yes");
	desk_type(&s, "e");
	fixture_expect_typed(&s.f, "draft yesone\ntwo");
	fixture_expect_next(&s.f, IPC_NONE);
	desk_close(&s);
}

/* As much as can wait does; of the rest it is said how much is not sent. */
static void
test_too_much_waits(void)
{
	struct fixture f;
	struct history *h;
	char *text = text_of(TEXT_MAX + 10, 'x', "");
	struct key_event event = { .kind = KEY_PASTE,
		.bytes = text,
		.len = TEXT_MAX + 10 };

	fixture_open(&f, MODE_CLIENT, UI_TUI);
	for (int i = 0; i < SAID_HELD_MAX - 1; i++)
		ui_say(f.room, "x", 1);
	text[TEXT_MAX - 5] = '\n';
	tui_key(f.ui, &event);
	tui_keys(f.ui, "y", 1);
	CU_ASSERT_EQUAL(f.ui->tui->shown->question.kind, QUESTION_NONE);
	h = &f.room->pane->history;
	CU_ASSERT_STRING_EQUAL(history_entry(h, h->next - 1)->text,
	    "too much is waiting to be sent: the last 14 bytes of what you "
	    "pasted are not sent");
	fixture_close(&f);
}

/* An operator has nobody to say it to. */
static void
test_bootnode(void)
{
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_TUI);
	tui_keys(f.ui, "\033[200~one\ny\033[201~", 17);
	f.ui->now += BURST_PASTE_TIME;
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->tui->shown->question.kind, QUESTION_NONE);
	CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
	fixture_close(&f);
}

/* An invite that a screen wrapped is one line again, and nobody is asked
 * whether to say it. */
static void
test_invite(void)
{
	struct desk s;

	open_room(&s);
	desk_type(&s, "/join ");
	paste(&s, "gochat://a:1/room?key=00\n   11#sec\nret\n");
	expect_no_question(&s);
	fixture_expect_typed(&s.f, "/join gochat://a:1/room?key=0011#secret");
	desk_type(&s, "\003");
	paste(&s, "look: gochat://a:1\nb");
	expect_asked(&s, "Send 2 lines, 20 bytes? y sends, e edits, n drops");
	desk_close(&s);
}

void
paste_suite(void)
{
	CU_pSuite s = CU_add_suite("paste", NULL, NULL);

	CU_add_test(s, "one message", test_one_message);
	CU_add_test(s, "several messages", test_parts);
	CU_add_test(s, "one line", test_one_line);
	CU_add_test(s, "one line that was cut", test_cut_line);
	CU_add_test(s, "what can be edited", test_editable);
	CU_add_test(s, "the keys that are offered", test_keys);
	CU_add_test(s, "given up", test_given_up);
	CU_add_test(s, "a word", test_word);
	CU_add_test(s, "more comes", test_more);
	CU_add_test(s, "more than there is room for", test_no_more_room);
	CU_add_test(s, "what was typed before", test_typed_before);
	CU_add_test(s, "in another question", test_in_verify);
	CU_add_test(s, "too much waits", test_too_much_waits);
	CU_add_test(s, "on a bootnode", test_bootnode);
	CU_add_test(s, "an invite", test_invite);
}
