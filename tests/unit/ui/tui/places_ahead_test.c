/*
 * What is typed for one room never gets to another: lines that wait, pastes,
 * questions and bursts are of the pane in which they were typed
 * (ui/tui/waiting.c, turn.c).
 */
#include "tests/unit/ui/tui/places.h"

#include "ui/say.h"

#include <CUnit/CUnit.h>

#include <string.h>

void places_ahead_suite(void);

/* Each line, and each key that turns, comes in a read of its own. */
static void
type(struct places *p, const char *keys)
{
	size_t n;

	for (; *keys != '\0'; keys += n) {
		n = *keys == '\033' ? 2 : strcspn(keys, "\r\033");
		n += keys[n] == '\r' && *keys != '\033';
		tui_keys(p->desk.f.ui, keys, n);
		places_pass(p, 2 * BURST_TIME);
	}
}

/* The first room takes no more texts, and one waits in its input line. */
static void
fill(struct places *p)
{
	struct ipc_message_in in;

	places_open(p, 80, 24);
	for (int i = 0; i < FIXTURE_WAITING; i++)
		type(p, "x\r");
	CU_ASSERT_FALSE(ui_takes_lines(p->first));
	type(p, "waits\r");
	CU_ASSERT_TRUE(p->first->pane->ahead.waiting);
	while (fixture_next(&p->desk.f, &in) != IPC_NONE)
		;
}

/* cryptod has sent all that it was told so far. */
static void
make_room(struct places *p)
{
	struct ipc_message_in in;

	for (uint64_t seq = 1; seq <= FIXTURE_WAITING; seq++) {
		CU_ASSERT_EQUAL(fixture_tell_sent(&p->desk.f, seq, 0), 0);
		places_pass(p, 0);
		/* What comes after these is the test's. */
		if (seq < FIXTURE_WAITING - SAID_UNSENT_MAX + 1)
			while (fixture_next(&p->desk.f, &in) != IPC_NONE)
				;
	}
}

/* All that the first room was told to say behind the lines that filled it. */
static void
expect_first(struct places *p, const char *texts)
{
	struct ipc_message_in in;
	struct buf said = { 0 };
	const struct ipc_say *say;

	while (fixture_next(&p->desk.f, &in) != IPC_NONE) {
		say = in.body;
		if (in.type != IPC_SAY || say->seq <= FIXTURE_WAITING)
			continue;
		buf_puts(&said, "/");
		buf_put(&said, (const char *)in.tail + say->nick_len,
		    in.tail_len - say->nick_len);
	}
	buf_put(&said, "", 1);
	CU_ASSERT_STRING_EQUAL(said.bytes, texts);
	buf_free(&said);
}

/* The line that waits goes to its own room, whichever is shown; so do the lines
 * behind it, up to where the user turned away. */
static void
test_waits(void)
{
	struct places p;

	fill(&p);
	type(&p, "behind\rand a draft");
	type(&p, "\0332here\r");
	places_expect_said(&p, p.other, "/here");
	make_room(&p);
	places_expect_said(&p, p.other, "");
	expect_first(&p, "/waits/behind");
	places_expect_typed(&p, "");
	type(&p, "\0331");
	places_expect_typed(&p, "and a draft");
	places_close(&p);
}

/* A command, a paste or another key behind it waits until it is seen. */
static void
test_stands_still(void)
{
	static const char *const keys[] = { "/quit\r", "\t", "\022",
		"\033[200~one\rtwo\033[201~" };
	struct places p;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		fill(&p);
		type(&p, "one\r");
		tui_keys(p.desk.f.ui, keys[i], strlen(keys[i]));
		places_pass(&p, 2 * BURST_PASTE_TIME);
		type(&p, "two\r\0332");
		make_room(&p);
		expect_first(&p, "/waits/one");
		CU_ASSERT_EQUAL(p.desk.f.ui->phase, UI_RUNNING);
		CU_ASSERT_EQUAL(p.other->pane->question.kind, QUESTION_NONE);
		CU_ASSERT_FALSE(p.other->pane->search.active);
		CU_ASSERT_TRUE(p.first->pane->ahead.len > 0);
		places_expect_said(&p, p.other, "");
		places_close(&p);
	}
}

/* What was typed behind a command that turns is for the room that it turns to;
 * what was typed before it is not. */
static void
test_moves(void)
{
	struct places p;

	fill(&p);
	type(&p, "before\r/room 2\rfor kitchen\r/room 1\rbehind\r");
	make_room(&p);
	expect_first(&p, "/waits/before/behind");
	places_expect_said(&p, p.other, "/for kitchen");
	CU_ASSERT_TRUE(places_is_shown(&p, p.first));
	CU_ASSERT_EQUAL(p.first->pane->ahead.len, 0);
	places_close(&p);
}

/* Behind what waits there, if anything does. */
static void
test_moves_behind(void)
{
	struct ui *ui;
	struct places p;

	fill(&p);
	ui = p.desk.f.ui;
	type(&p, "/room 2\rmoved\r\0332");
	p.other->pane->ahead.waiting = true;
	editor_insert(&p.other->pane->editor, "here", 4);
	type(&p,
	    "\033"
	    "1");
	make_room(&p);
	expect_first(&p, "/waits");
	places_expect_said(&p, p.other, "/here/moved");
	CU_ASSERT_PTR_EQUAL(ui->front, p.other);
	places_close(&p);
}

/* /join takes what was typed behind it for the passphrase, and then for an
 * answer, which it is not: no room gets any of it. */
static void
test_passphrase(void)
{
	struct places p;

	fill(&p);
	type(&p, "/join garden\rsecret\rbehind\r");
	make_room(&p);
	expect_first(&p, "/waits");
	CU_ASSERT_TRUE(hidden_is_asked(p.desk.f.ui));
	places_pass(&p, USEC_PER_SEC);
	type(&p, "no\r");
	CU_ASSERT_FALSE(hidden_is_asked(p.desk.f.ui));
	expect_first(&p, "");
	CU_ASSERT_EQUAL(p.desk.f.ui->asked[0].secret.len, strlen("secret"));
	places_expect_said(&p, p.other, "");
	places_close(&p);
}

/* Keys that were typed ahead do not turn: they are older than that room. */
static void
test_old_keys(void)
{
	struct places p;

	fill(&p);
	places_shut(&p);
	type(&p, "\020");
	p.other = fixture_open_room(&p.desk.f, 3, "kitchen", &p.cryptod);
	make_room(&p);
	CU_ASSERT_TRUE(places_is_shown(&p, p.first));
	places_expect_typed(&p, "waits");
	places_close(&p);
}

/* A question about a paste stays with the room for which it was pasted. */
static void
test_paste(void)
{
	struct places p;

	places_open(&p, 80, 24);
	desk_paste(&p.desk, "one\rtwo");
	CU_ASSERT_EQUAL(p.first->pane->question.kind, QUESTION_PASTE);
	type(&p, "\0332y\r");
	places_expect_said(&p, p.other, "/y");
	places_expect_said(&p, p.first, "");
	desk_paste(&p.desk, "three\rfour");
	type(&p, "n\0331");
	CU_ASSERT_EQUAL(p.other->pane->question.kind, QUESTION_NONE);
	type(&p, "y");
	places_expect_said(&p, p.first, "/one\ntwo");
	places_expect_said(&p, p.other, "");
	places_close(&p);
}

/* In one read: what is before the key is for the one room, and what is behind
 * it for the other. */
static void
test_one_read(void)
{
	struct places p;

	places_open(&p, 80, 24);
	desk_type(&p.desk, "before\0332behind");
	desk_show(&p.desk);
	places_expect_typed(&p, "behind");
	desk_type(&p.desk, "\0331");
	places_expect_typed(&p, "before");
	desk_type(&p.desk, "\025one\rtwo\0332");
	CU_ASSERT_EQUAL(p.first->pane->question.kind, QUESTION_PASTE);
	CU_ASSERT_EQUAL(p.other->pane->question.kind, QUESTION_NONE);
	CU_ASSERT_TRUE(places_is_shown(&p, p.other));
	places_close(&p);
}

/* What follows a paste in brackets too soon belongs to it, also a key that
 * turns. */
static void
test_behind_paste(void)
{
	struct places p;

	places_open(&p, 80, 24);
	desk_paste(&p.desk, "all\rof\033[201~\0332it\r");
	CU_ASSERT_TRUE(places_is_shown(&p, p.first));
	CU_ASSERT_EQUAL(p.first->pane->question.kind, QUESTION_PASTE);
	places_expect_said(&p, p.first, "");
	places_expect_said(&p, p.other, "");
	places_close(&p);
}

/* A safety number is asked about where it was asked for. */
static void
test_verify(void)
{
	struct ipc_safety safety = { .handle = 0x1001 };
	struct places p;

	places_open(&p, 80, 24);
	desk_meet_bob(&p.desk);
	type(&p, "/verify bob\r\0332");
	memset(safety.digits, '1', SAFETY_DIGITS);
	CU_ASSERT_EQUAL(fixture_tell(&p.desk.f, IPC_SAFETY, &safety, NULL, 0),
	    0);
	CU_ASSERT_EQUAL(p.first->pane->question.kind, QUESTION_VERIFY);
	type(&p, "yes\r");
	places_expect_said(&p, p.other, "/yes");
	places_expect_said(&p, p.first, "");
	CU_ASSERT_EQUAL(p.first->pane->question.kind, QUESTION_VERIFY);
	places_close(&p);
}

void
places_ahead_suite(void)
{
	CU_pSuite s = CU_add_suite("places_ahead", NULL, NULL);

	CU_add_test(s, "a line that waits", test_waits);
	CU_add_test(s, "keys that nobody sees", test_stands_still);
	CU_add_test(s, "behind a command that turns", test_moves);
	CU_add_test(s, "behind what waits there", test_moves_behind);
	CU_add_test(s, "behind /join", test_passphrase);
	CU_add_test(s, "keys older than a room", test_old_keys);
	CU_add_test(s, "a pasted text", test_paste);
	CU_add_test(s, "keys around one that turns", test_one_read);
	CU_add_test(s, "a key within a paste", test_behind_paste);
	CU_add_test(s, "a safety number", test_verify);
}
