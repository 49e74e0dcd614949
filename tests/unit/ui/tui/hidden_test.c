/*
 * The passphrase that is typed for a room (ui/tui/hidden.c): nothing of it is
 * shown or kept, and no letter of it, nor of anything else, gets where it does
 * not belong.
 */
#include "tests/unit/ui/tui/places.h"

#include "ui/command.h"
#include "ui/rooms.h"

#include "common/invite.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void hidden_suite(void);

#define SECRET "correct horse"

static void
type(struct places *p, const char *keys)
{
	desk_type(&p->desk, keys);
	places_pass(p, 2 * BURST_TIME);
}

static struct hidden *
hidden(const struct places *p)
{
	return &p->desk.f.ui->tui->hidden;
}

/* The passphrase of garden is asked for. */
static void
open_asked(struct places *p, unsigned int columns, unsigned int rows)
{
	places_open(p, columns, rows);
	type(p, "/join garden at b.example:99\r");
	CU_ASSERT_TRUE(hidden_is_asked(p->desk.f.ui));
}

/* The room is not to be remembered: that question is the last. */
static void
decline(struct places *p)
{
	CU_ASSERT_EQUAL(hidden(p)->question.kind, QUESTION_REMEMBER);
	places_pass(p, USEC_PER_SEC);
	type(p, "\r");
}

/* Asserts that garden is asked for with that secret, NULL: without, and nothing
 * is said anywhere. */
static void
expect_open(struct places *p, const char *secret)
{
	const struct ipc_room_open *open;
	const struct rooms_asked *a;
	struct ipc_message_in in;

	decline(p);
	CU_ASSERT_FALSE(hidden_is_asked(p->desk.f.ui));
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&p->desk.f.launcher, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_ROOM_OPEN);
	open = in.body;
	a = &p->desk.f.ui->asked[0];
	CU_ASSERT_EQUAL(open->secret,
	    secret != NULL ? SECRET_PASSPHRASE : SECRET_NONE);
	if (secret != NULL)
		CU_ASSERT(a->secret.len == strlen(secret) &&
		    memcmp(a->secret.bytes, secret, a->secret.len) == 0);
	places_expect_said(p, p->first, "");
	places_expect_said(p, p->other, "");
	places_expect_typed(p, "");
}

/* Asserts that no room is asked for. */
static void
expect_none(struct places *p)
{
	struct ipc_message_in in;

	CU_ASSERT_EQUAL(ipc_receive(&p->desk.f.launcher, &in), IPC_EMPTY);
	places_expect_said(p, p->first, "");
	places_expect_said(p, p->other, "");
}

static bool
holds(const void *where, size_t size, const char *what)
{
	return memmem(where, size, what, strlen(what)) != NULL;
}

/* It is not on the screen, nor is how long it is. */
static void
test_not_shown(void)
{
	struct places p;

	open_asked(&p, 80, 24);
	CU_ASSERT(desk_row_with(&p.desk,
		      "Passphrase for garden at b.example:99?") > 0);
	CU_ASSERT_STRING_EQUAL(vt_row(&p.desk.vt, 23), "passphrase>");
	type(&p, SECRET);
	CU_ASSERT_EQUAL(desk_row_with(&p.desk, "horse"), -1);
	CU_ASSERT_STRING_EQUAL(vt_row(&p.desk.vt, 23), "passphrase>");
	CU_ASSERT_EQUAL(p.desk.f.ui->tui->painter.shown.cursor_column, 12);
	type(&p, "\r");
	expect_open(&p, SECRET);
	CU_ASSERT_EQUAL(desk_row_with(&p.desk, "passphrase>"), -1);
	CU_ASSERT_EQUAL(desk_row_with(&p.desk, "Passphrase for"), -1);
	places_close(&p);
}

/* Nothing of it is left, whether it was typed or pasted, given or cancelled. */
static void
test_wiped(void)
{
	static const char *const typed[] = { SECRET "\r", SECRET "\003",
		"\033[200~" SECRET "\033[201~", "gr\303\274n " SECRET "\003" };
	struct tui *t;
	struct places p;

	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		open_asked(&p, 80, 24);
		t = p.desk.f.ui->tui;
		type(&p, typed[i]);
		places_pass(&p, BURST_PASTE_TIME);
		if (hidden(&p)->question.kind == QUESTION_SECRET)
			type(&p, "\r");
		if (hidden_is_asked(p.desk.f.ui))
			decline(&p);
		CU_ASSERT_FALSE(hidden_is_asked(p.desk.f.ui));
		CU_ASSERT_FALSE(holds(t, sizeof(*t), "horse"));
		CU_ASSERT_FALSE(holds(t->shown, sizeof(*t->shown), "horse"));
		places_pass(&p, USEC_PER_SEC);
		type(&p, "\033[A");
		places_expect_typed(&p, "/join garden at b.example:99");
		type(&p, "\003\031");
		places_expect_typed(&p, "");
		places_close(&p);
	}
}

/* It is not told as the line that is being typed, which is still there. */
static void
test_other_line(void)
{
	struct places p;

	places_open(&p, 80, 24);
	type(&p, "half");
	places_pass(&p, 2 * DRAFT_TIME);
	places_expect_draft(&p, p.first, "half");
	tui_ask_secret(p.desk.f.ui, "garden", "b.example");
	places_pass(&p, 2 * USEC_PER_SEC);
	type(&p, SECRET);
	places_pass(&p, 2 * DRAFT_TIME);
	places_expect_draft(&p, p.first, NULL);
	type(&p, "\033");
	places_pass(&p, KEYS_ESCAPE_TIME);
	CU_ASSERT_FALSE(hidden_is_asked(p.desk.f.ui));
	places_expect_typed(&p, "half");
	places_close(&p);
}

/* Backspace and Ctrl-U work; other keys change nothing. */
static void
test_keys(void)
{
	struct places p;

	open_asked(&p, 80, 24);
	type(&p, "a\303\274\177\177\177x");
	type(&p, "\025" SECRET "\303\274\010");
	type(&p, "\001\t\033[A\033[D\033b\027\004\033[3~\031");
	type(&p, "\r");
	expect_open(&p, SECRET);
	places_close(&p);
}

/* Enter alone means that there is none; these mean that there is no room. */
static void
test_ends(void)
{
	static const char *const cancel[] = { "\003", "\007", "\033" };
	struct places p;

	open_asked(&p, 80, 24);
	type(&p, "\r");
	expect_open(&p, NULL);
	places_close(&p);
	for (size_t i = 0; i < 3; i++) {
		open_asked(&p, 80, 24);
		type(&p, SECRET);
		type(&p, cancel[i]);
		places_pass(&p, KEYS_ESCAPE_TIME);
		desk_show(&p.desk);
		CU_ASSERT_FALSE(hidden_is_asked(p.desk.f.ui));
		CU_ASSERT(desk_row_with(&p.desk, "was not joined") > 0);
		CU_ASSERT_EQUAL(p.desk.f.ui->phase, UI_RUNNING);
		expect_none(&p);
		type(&p, "a text\r");
		places_expect_said(&p, p.first, "/a text");
		places_close(&p);
	}
}

/* A pasted line is taken; of several none is, in brackets or without. */
static void
test_pastes(void)
{
	static const char *const lines[] = { "\033[200~one\rtwo\033[201~",
		"one\rtwo", "one\rtwo\r" };
	struct places p;

	open_asked(&p, 80, 24);
	desk_paste(&p.desk, SECRET "\r");
	CU_ASSERT_TRUE(hidden_is_asked(p.desk.f.ui));
	places_pass(&p, BURST_PASTE_TIME);
	type(&p, "\r");
	expect_open(&p, SECRET);
	places_close(&p);
	for (size_t i = 0; i < 3; i++) {
		open_asked(&p, 80, 24);
		type(&p, lines[i]);
		places_pass(&p, 2 * BURST_PASTE_TIME);
		desk_show(&p.desk);
		CU_ASSERT_TRUE(hidden_is_asked(p.desk.f.ui));
		CU_ASSERT_EQUAL(hidden(&p)->len, 0);
		CU_ASSERT(desk_row_with(&p.desk, "is one line") > 0);
		expect_none(&p);
		places_close(&p);
	}
}

/* A line that comes behind it at once is not said; one that is typed is. */
static void
test_behind(void)
{
	struct places p;

	open_asked(&p, 80, 24);
	tui_keys(p.desk.f.ui, SECRET "\r", sizeof(SECRET));
	places_pass(&p, 2 * BURST_TIME);
	tui_keys(p.desk.f.ui, "battery\r", 8);
	places_pass(&p, 2 * BURST_TIME);
	expect_open(&p, SECRET);
	places_pass(&p, USEC_PER_SEC);
	type(&p, "a text\r");
	places_expect_said(&p, p.first, "/a text");
	places_close(&p);
}

/* What is being typed when it is asked for is no part of it. */
static void
test_asked_within(void)
{
	struct places p;

	places_open(&p, 80, 24);
	type(&p, "half a ");
	tui_ask_secret(p.desk.f.ui, "garden", "b.example");
	type(&p, "line\r");
	CU_ASSERT_TRUE(hidden_is_asked(p.desk.f.ui));
	CU_ASSERT_EQUAL(hidden(&p)->len, 0);
	CU_ASSERT(desk_row_with(&p.desk, "pause for a second") > 0);
	places_pass(&p, 2 * USEC_PER_SEC);
	type(&p, SECRET);
	CU_ASSERT_EQUAL(hidden(&p)->len, strlen(SECRET));
	places_expect_said(&p, p.first, "");
	places_close(&p);
}

/* Nothing turns to another pane meanwhile: the rest would be a text there. */
static void
test_stays(void)
{
	struct places p;

	open_asked(&p, 80, 24);
	type(&p, "correct ");
	type(&p, "\0332");
	CU_ASSERT_TRUE(places_is_shown(&p, p.first));
	p.desk.f.ui->front = p.other;
	tui_turned(p.other);
	CU_ASSERT_TRUE(places_is_shown(&p, p.first));
	type(&p, "horse\r");
	expect_open(&p, SECRET);
	places_close(&p);
}

/* Not even if the room in front goes: it is asked for on. */
static void
test_room_gone(void)
{
	struct places p;

	places_open(&p, 80, 24);
	type(&p, "\0332/join garden\r");
	type(&p, "correct ");
	places_shut(&p);
	CU_ASSERT_TRUE(hidden_is_asked(p.desk.f.ui));
	type(&p, "battery\r");
	CU_ASSERT_TRUE(hidden_is_asked(p.desk.f.ui));
	places_expect_said(&p, p.first, "");
	places_pass(&p, 2 * USEC_PER_SEC);
	type(&p, "horse\r");
	expect_open(&p, SECRET);
	places_close(&p);
}

/* One that is too long is not cut. */
static void
test_long(void)
{
	char text[PASSPHRASE_MAX + 2];
	struct places p;

	open_asked(&p, 80, 24);
	memset(text, 'x', sizeof(text));
	text[PASSPHRASE_MAX] = '\0';
	type(&p, text);
	CU_ASSERT_EQUAL(hidden(&p)->len, PASSPHRASE_MAX);
	type(&p, "y");
	CU_ASSERT_EQUAL(hidden(&p)->len, PASSPHRASE_MAX);
	CU_ASSERT(desk_row_with(&p.desk, "at most 1024 bytes") > 0);
	type(&p, "\177y\r");
	text[PASSPHRASE_MAX - 1] = 'y';
	expect_open(&p, text);
	places_close(&p);
}

/* The name may hold anything, and the screen be small: what is asked for, and
 * what Enter alone means, is there on any. */
static void
test_name(void)
{
	struct places p;

	places_open(&p, 80, 24);
	tui_ask_secret(p.desk.f.ui, "a\033[31m\nb", "b.example");
	desk_show(&p.desk);
	CU_ASSERT(
	    desk_row_with(&p.desk, "Passphrase for a␛[31m… at b.example?") > 0);
	tui_ask_secret(p.desk.f.ui, "a garden that has a long name",
	    "a.bootnode.with.a.long.name.example:9595");
	for (unsigned int columns = 20; columns < 80; columns += 10) {
		desk_resize(&p.desk, columns, 5);
		CU_ASSERT(desk_row_with(&p.desk, "passphrase>") > 0);
		CU_ASSERT(desk_row_with(&p.desk, "a garden") >= 0);
		CU_ASSERT(desk_row_with(&p.desk, "a.boot") >= 0);
		CU_ASSERT(desk_row_with(&p.desk, "none") > 0);
	}
	places_close(&p);
}

/* Whether to remember the room: a word, and Enter; anything else is no answer,
 * and Escape means no. It is typed where it can be read. */
static void
test_remember(void)
{
	static const struct {
		const char *keys;
		bool remember;
	} cases[] = { { "y\r", true }, { "Yes\r", true }, { "  yes\r", true },
		{ "n\r", false }, { "no\r", false }, { "\r", false },
		{ "\003", false }, { "yesterday\ry\177no\r", false },
		{ "n\025y\r", true } };
	const struct ipc_room_open *open;
	struct ipc_message_in in;
	struct places p;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		open_asked(&p, 80, 24);
		type(&p, "\r");
		places_pass(&p, USEC_PER_SEC);
		desk_show(&p.desk);
		CU_ASSERT(desk_row_with(&p.desk, "Remember garden,") > 0);
		CU_ASSERT_STRING_EQUAL(vt_row(&p.desk.vt, 23), "yes/no>");
		for (const char *key = cases[i].keys; *key != '\0'; key++)
			type(&p, (char[]){ *key, '\0' });
		CU_ASSERT_FALSE(hidden_is_asked(p.desk.f.ui));
		CU_ASSERT_EQUAL_FATAL(ipc_receive(&p.desk.f.launcher, &in),
		    IPC_GOT);
		open = in.body;
		CU_ASSERT_EQUAL(open->remember, cases[i].remember);
		expect_none(&p);
		places_close(&p);
	}
	open_asked(&p, 20, 5);
	type(&p, "\r");
	places_pass(&p, USEC_PER_SEC);
	type(&p, "maybe");
	CU_ASSERT(desk_row_with(&p.desk, "Remember garden?") >= 0);
	CU_ASSERT(desk_row_with(&p.desk, "yes/no> maybe") > 0);
	type(&p, "\r");
	CU_ASSERT(desk_row_with(&p.desk, "type yes or no") >= 0);
	desk_paste(&p.desk, "yes");
	places_pass(&p, 2 * BURST_PASTE_TIME);
	CU_ASSERT_EQUAL(hidden(&p)->len, 0);
	places_close(&p);
}

/* An invite has its secret: only that is asked. Nothing is asked with
 * --remember. */
static void
test_invite(void)
{
	const struct invite invite = { .bootnode = "b.example:9595",
		.room = "garden",
		.secret = "0123456789abcde" };
	char line[INVITE_TEXT_MAX + 8] = "/join ";
	const struct ipc_room_open *open;
	struct ipc_message_in in;
	struct places p;

	invite_format(line + 6, &invite);
	strcat(line, "\r");
	places_open(&p, 80, 24);
	type(&p, line);
	CU_ASSERT_EQUAL(hidden(&p)->question.kind, QUESTION_REMEMBER);
	expect_none(&p);
	type(&p, "y\r");
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&p.desk.f.launcher, &in), IPC_GOT);
	open = in.body;
	CU_ASSERT_EQUAL(open->remember, 1);
	CU_ASSERT_EQUAL(open->secret, SECRET_INVITE);
	CU_ASSERT_EQUAL(open->pinned, 1);
	CU_ASSERT_EQUAL(p.desk.f.ui->asked[0].secret.len, INVITE_SECRET_LEN);
	CU_ASSERT_EQUAL(p.desk.f.ui->asking.secret.len, 0);
	p.desk.f.ui->config.remember = 1;
	type(&p, line);
	CU_ASSERT_FALSE(hidden_is_asked(p.desk.f.ui));
	CU_ASSERT_EQUAL(ipc_receive(&p.desk.f.launcher, &in), IPC_GOT);
	places_close(&p);
}

/* Scrolling and suspending work. */
static void
test_other_keys(void)
{
	struct places p;

	open_asked(&p, 40, 10);
	desk_meet_bob(&p.desk);
	for (uint64_t i = 1; i < 40; i++)
		desk_hear(&p.desk, i, 0, "line", 4);
	type(&p, "\033[5~");
	CU_ASSERT_TRUE(p.first->pane->scroll.held);
	type(&p, "\032");
	CU_ASSERT_TRUE(p.desk.f.ui->stop_wanted);
	CU_ASSERT_TRUE(hidden_is_asked(p.desk.f.ui));
	places_close(&p);
}

void
hidden_suite(void)
{
	CU_pSuite s = CU_add_suite("hidden", NULL, NULL);

	CU_add_test(s, "not shown", test_not_shown);
	CU_add_test(s, "wiped", test_wiped);
	CU_add_test(s, "the other line", test_other_line);
	CU_add_test(s, "keys", test_keys);
	CU_add_test(s, "ends", test_ends);
	CU_add_test(s, "pastes", test_pastes);
	CU_add_test(s, "lines behind it", test_behind);
	CU_add_test(s, "asked for within a line", test_asked_within);
	CU_add_test(s, "no other pane", test_stays);
	CU_add_test(s, "a room that goes", test_room_gone);
	CU_add_test(s, "one that is too long", test_long);
	CU_add_test(s, "names and small screens", test_name);
	CU_add_test(s, "remembered or not", test_remember);
	CU_add_test(s, "an invite", test_invite);
	CU_add_test(s, "other keys", test_other_keys);
}
