/*
 * Text that comes faster than anybody types. The tui asks about lines pasted on
 * a terminal that does not put pastes in brackets, and not about typed keys,
 * however they are delayed on their way.
 */
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void burst_suite(void);

static void
open_room(struct desk *s)
{
	desk_open(s, 80, 24);
	desk_meet_bob(s);
	desk_type(s, "\005"); /* so the figures were asked for */
	desk_drain(s);
}

/* Reads come with so many bytes each, so long after each other. */
static void
read_in_parts(struct desk *s, const char *text, size_t part, uint64_t usec)
{
	size_t len = strlen(text), n;

	for (size_t at = 0; at < len; at += n) {
		n = len - at < part ? len - at : part;
		tui_keys(s->f.ui, text + at, n);
		s->f.ui->now += usec;
		ui_work(s->f.ui);
		fixture_output(&s->f);
	}
	tui_resized(s->f.ui); /* the terminal has not seen these frames */
	desk_show(s);
}

#define TWELVE                                                        \
	"one\rtwo\rthree\rfour\rfive\rsix\rseven\reight\rnine\rten\r" \
	"eleven\rtwelve\r"
#define TWELVE_SAID                                                   \
	"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n" \
	"eleven\ntwelve"

/* The paste is cut on its way, down to single bytes: nothing is said before the
 * answer, and then all of it as one message. */
static void
test_pasted(void)
{
	static const size_t parts[] = { 4096, 64, 7, 2, 1 };
	struct desk s;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		open_room(&s);
		read_in_parts(&s, TWELVE, parts[i], USEC_PER_MSEC);
		fixture_expect_next(&s.f, IPC_NONE);
		CU_ASSERT(desk_row_with(&s, "Send 12 lines, 62 bytes? y") > 0);
		desk_type(&s, "y");
		fixture_expect_say(&s.f, 1, TWELVE_SAID);
		fixture_expect_next(&s.f, IPC_NONE);
		fixture_expect_typed(&s.f, "");
		desk_close(&s);
	}
}

/* A line may have any end, and the last one none. */
static void
test_ends(void)
{
	static const char *const texts[] = { "one\rtwo", "one\ntwo",
		"one\r\ntwo\r\n" };
	struct desk s;

	open_room(&s);
	for (uint64_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		desk_type(&s, texts[i]);
		fixture_expect_next(&s.f, IPC_NONE);
		desk_type(&s, "y");
		fixture_expect_say(&s.f, i + 1, "one\ntwo");
	}
	desk_close(&s);
}

/* Keys that are late come together: a line and its Enter, arrows, Enter and the
 * start of the next line. */
static void
test_typed(void)
{
	struct desk s;

	open_room(&s);
	desk_type(&s, "hello\r");
	fixture_expect_say(&s.f, 1, "hello");
	desk_type(&s, "more");
	desk_type(&s, "\rthen");
	fixture_expect_say(&s.f, 2, "more");
	fixture_expect_typed(&s.f, "then");
	desk_type(&s, "\025\033[A\r\033[A\033[A\r");
	fixture_expect_say(&s.f, 3, "more");
	fixture_expect_say(&s.f, 4, "hello");
	desk_type(&s, "two\033\rlines\r");
	fixture_expect_say(&s.f, 5, "two\nlines");
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_NONE);
	/* Lines that come one after the other are lines, however many. */
	read_in_parts(&s, "a\rb\rc\rd\re\rf\r", 2, 2 * BURST_TIME);
	for (uint64_t i = 0; i < 6; i++)
		fixture_expect_say(&s.f, 6 + i,
		    (char[]){ (char)('a' + i), '\0' });
	/* A single key is taken at once. */
	tui_keys(s.f.ui, "x", 1);
	fixture_expect_typed(&s.f, "x");
	tui_keys(s.f.ui, "y", 1);
	fixture_expect_typed(&s.f, "xy");
	desk_close(&s);
}

/* The rest of a paste that comes later belongs to it, and its letters answer
 * nothing. */
static void
test_late_rest(void)
{
	struct desk s;

	open_room(&s);
	desk_type(&s, "before ");
	desk_type(&s, "one\rtwo\r");
	CU_ASSERT(desk_row_with(&s, "Send 2 lines") > 0);
	desk_type(&s, "yes\rno");
	CU_ASSERT(desk_row_with(&s, "Send 4 lines, 14 bytes") > 0);
	fixture_expect_next(&s.f, IPC_NONE);
	desk_type(&s, "n");
	fixture_expect_typed(&s.f, "before ");
	desk_type(&s, "one\rtwo");
	desk_type(&s, "e");
	fixture_expect_typed(&s.f, "before one\ntwo");
	/* It comes byte by byte: the text typed just before comes back. */
	desk_type(&s, "\025");
	read_in_parts(&s, "one\rtwo", 1, USEC_PER_MSEC);
	CU_ASSERT(desk_row_with(&s, "Send 2 lines") > 0);
	desk_type(&s, "\003");
	fixture_expect_typed(&s.f, "one");
	fixture_expect_next(&s.f, IPC_NONE);
	desk_close(&s);
}

/* A pasted line that begins like a command is not obeyed, and y does not say
 * it, either. */
static void
test_commands(void)
{
	struct desk s;

	open_room(&s);
	desk_type(&s, "hello\r/quit\r");
	CU_ASSERT_EQUAL(s.f.ui->phase, UI_RUNNING);
	CU_ASSERT(desk_row_with(&s, "Line 2 begins like a command") > 0);
	desk_type(&s, "y");
	fixture_expect_next(&s.f, IPC_NONE);
	desk_type(&s, "n");
	desk_type(&s, "/quit\r");
	CU_ASSERT_EQUAL(s.f.ui->phase, UI_QUITTING);
	desk_close(&s);
}

/* Keys and a paste in brackets are late, and so together, however they are cut
 * on their way. The keys before the paste are keys; those behind it may have
 * been part of it. */
static void
test_brackets(void)
{
	static const size_t parts[] = { 4096, 11, 7, 2, 1 };
	struct desk s;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		open_room(&s);
		read_in_parts(&s, "ab\033[200~one\ntwo\033[201~c\033[D",
		    parts[i], USEC_PER_MSEC);
		fixture_expect_next(&s.f, IPC_NONE);
		CU_ASSERT(desk_row_with(&s, "Send 2 lines, 10 bytes? y") > 0);
		CU_ASSERT_STRING_EQUAL(s.f.ui->tui->shown->question.paste,
		    "one\ntwoc[D");
		desk_type(&s, "n");
		fixture_expect_typed(&s.f, "ab");
		desk_close(&s);
	}
}

/* So are arrows: no typed line is said with their bytes in it. */
static void
test_arrows(void)
{
	struct desk s;

	open_room(&s);
	desk_type(&s, "hi\r\033[Ax\r\033OA\033by\r");
	fixture_expect_say(&s.f, 1, "hi");
	fixture_expect_say(&s.f, 2, "hix");
	fixture_expect_say(&s.f, 3, "yhix");
	fixture_expect_next(&s.f, IPC_NONE);
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_NONE);
	/* The read ends within a sequence. */
	tui_keys(s.f.ui, "lo\r\033", 4);
	tui_keys(s.f.ui, "[Ax\r", 4);
	desk_show(&s);
	fixture_expect_say(&s.f, 4, "lo");
	fixture_expect_say(&s.f, 5, "lox");
	fixture_expect_typed(&s.f, "");
	desk_close(&s);
}

/* Nobody has seen the question yet: keys that came with it are no answer, and
 * none is lost. */
static void
test_behind_sequence(void)
{
	struct desk s;

	open_room(&s);
	desk_type(&s, "one\rtwo\033[Ay");
	CU_ASSERT(desk_row_with(&s, "Send 2 lines, 8 bytes") > 0);
	fixture_expect_next(&s.f, IPC_NONE);
	desk_type(&s, "\r\033[200~three\nfour\033[201~n");
	CU_ASSERT(desk_row_with(&s, "Send 3 lines, 19 bytes") > 0);
	desk_type(&s, "y");
	fixture_expect_say(&s.f, 1, "one\ntwoythree\nfourn");
	fixture_expect_next(&s.f, IPC_NONE);
	desk_close(&s);
}

/* A pasted text contains the end of the brackets, and a terminal lets it
 * through. The text behind it is like the rest: it is said, obeyed or an answer
 * only once the user has agreed. */
static void
test_end_in_paste(void)
{
	static const size_t parts[] = { 4096, 40, 20, 2, 1 };
	struct desk s;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		open_room(&s);
		read_in_parts(&s,
		    "\033[200~harmless \033[201~\r/quit\ry\033[A\r\033[201~",
		    parts[i], 2 * BURST_TIME);
		fixture_output(&s.f);
		CU_ASSERT_EQUAL(s.f.ui->phase, UI_RUNNING);
		fixture_expect_next(&s.f, IPC_NONE);
		desk_show(&s);
		CU_ASSERT(
		    desk_row_with(&s, "Line 2 begins like a command") > 0);
		CU_ASSERT_STRING_EQUAL(s.f.ui->tui->shown->question.paste,
		    "harmless \n/quit\ny[A");
		desk_type(&s, "s");
		fixture_expect_say(&s.f, 1, "harmless \n/quit\ny[A");
		desk_close(&s);
	}
}

/* A single line goes into the input line; an Enter behind it that was pasted
 * does not say it. The same holds for a search. */
static void
test_enter_in_paste(void)
{
	struct desk s;

	open_room(&s);
	desk_type(&s, "\033[200~/quit\033[201~\r\033[201~\033[I");
	CU_ASSERT_EQUAL(s.f.ui->phase, UI_RUNNING);
	fixture_expect_typed(&s.f, "/quit");
	desk_type(&s, "\025\022");
	desk_type(&s, "\033[200~x\033[201~\r/quit\r\033[201~");
	CU_ASSERT_EQUAL(s.f.ui->phase, UI_RUNNING);
	CU_ASSERT_TRUE(s.f.room->pane->search.typing);
	desk_close(&s);
}

/* A user who types a word has not seen the question: none of its letters is an
 * answer. */
static void
test_word(void)
{
	struct desk s;

	open_room(&s);
	desk_paste(&s, "one\ntwo");
	for (const char *c = "hello, yes\r"; *c != '\0'; c++)
		desk_type(&s, (char[]){ *c, '\0' });
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_PASTE);
	fixture_expect_next(&s.f, IPC_NONE);
	fixture_expect_typed(&s.f, "");
	s.f.ui->now += USEC_PER_SEC;
	desk_type(&s, "e");
	fixture_expect_typed(&s.f, "one\ntwo");
	desk_close(&s);
}

/* A second paste is added to the first one, about which the tui asks; and
 * letters that come in a burst are no answer. */
static void
test_two_pastes(void)
{
	struct desk s;

	open_room(&s);
	desk_paste(&s, "one\ntwo\n");
	CU_ASSERT(desk_row_with(&s, "Send 2 lines") > 0);
	desk_paste(&s, "three");
	CU_ASSERT(desk_row_with(&s, "Send 3 lines, 13 bytes") > 0);
	desk_paste(&s, "four\nfive");
	desk_type(&s, "yes, no");
	CU_ASSERT(desk_row_with(&s, "Send 5 lines, 30 bytes") > 0);
	fixture_expect_next(&s.f, IPC_NONE);
	desk_type(&s, "y");
	fixture_expect_say(&s.f, 1, "one\ntwo\nthree\nfour\nfiveyes, no");
	fixture_expect_typed(&s.f, "");
	desk_close(&s);
}

/* A paste in brackets keeps its end behind more keys than a burst holds. */
static void
test_large_in_brackets(void)
{
	static char text[KEYS_PASTE_MAX + 100];
	struct desk s;

	open_room(&s);
	memset(text, 'x', sizeof(text) - 1);
	text[100] = '\n';
	memcpy(text, "a\033[200~", 7);
	memcpy(text + sizeof(text) - 8, "\033[201~z", 7);
	read_in_parts(&s, text, 4096, USEC_PER_MSEC);
	CU_ASSERT(desk_row_with(&s, "Send 2 lines, 262144 bytes") > 0);
	CU_ASSERT_FALSE(s.f.ui->tui->keys.pasting);
	desk_type(&s, "n");
	fixture_expect_typed(&s.f, "a");
	desk_close(&s);
}

/* Keys in a search are typed, until it ends. */
static void
test_in_search(void)
{
	struct desk s;

	open_room(&s);
	desk_type(&s, "\022");
	desk_type(&s, "needle\rhello\r");
	fixture_expect_say(&s.f, 1, "hello");
	desk_type(&s, "\022");
	desk_type(&s, "needle\rone\rtwo\r");
	fixture_expect_next(&s.f, IPC_NONE);
	CU_ASSERT(desk_row_with(&s, "Send 2 lines") > 0);
	desk_close(&s);
}

/* There is more than a paste holds: any terminal shows how much and where it
 * was cut, and no choice that is not possible. */
static void
test_large(void)
{
	static char text[KEYS_PASTE_MAX + 5001];
	struct desk s;

	memset(text, 'x', sizeof(text) - 1);
	for (size_t i = 63; i < sizeof(text) - 1; i += 64)
		text[i] = '\r';
	open_room(&s);
	read_in_parts(&s, text, 4096, USEC_PER_MSEC);
	CU_ASSERT(desk_row_with(&s,
		      "Send 4096 lines, 262143 bytes, as 16 messages? 5000 "
		      "bytes after that, from line") > 0);
	CU_ASSERT(
	    desk_row_with(&s, "4096 on, are cut off. y sends, n drops") > 0);
	desk_resize(&s, 40, 12);
	CU_ASSERT(
	    desk_row_with(&s, "Send 4096 lines, 262143 bytes, as 16") > 0);
	CU_ASSERT(
	    desk_row_with(&s, "line 4096 on, are cut off. y sends, n") > 0);
	CU_ASSERT(desk_row_with(&s, "drops") > 0);
	desk_resize(&s, 20, 5);
	CU_ASSERT(desk_row_with(&s, "y sends, n drops:") >= 0);
	CU_ASSERT(desk_row_with(&s, "4096 lines, 5000") > 0);
	CU_ASSERT(desk_row_with(&s, "bytes cut after") > 0);
	desk_type(&s, "e");
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_PASTE);
	desk_type(&s, "n");
	CU_ASSERT_EQUAL(s.f.ui->tui->shown->question.kind, QUESTION_NONE);
	fixture_expect_typed(&s.f, "");
	desk_close(&s);
}

void
burst_suite(void)
{
	CU_pSuite s = CU_add_suite("burst", NULL, NULL);

	CU_add_test(s, "pasted lines", test_pasted);
	CU_add_test(s, "ends of lines", test_ends);
	CU_add_test(s, "typed lines", test_typed);
	CU_add_test(s, "a rest that is late", test_late_rest);
	CU_add_test(s, "commands", test_commands);
	CU_add_test(s, "before a paste in brackets", test_brackets);
	CU_add_test(s, "an end that was pasted", test_end_in_paste);
	CU_add_test(s, "an Enter that was pasted", test_enter_in_paste);
	CU_add_test(s, "two pastes", test_two_pastes);
	CU_add_test(s, "a word is no answer", test_word);
	CU_add_test(s, "between arrows", test_arrows);
	CU_add_test(s, "behind a sequence", test_behind_sequence);
	CU_add_test(s, "before a large paste", test_large_in_brackets);
	CU_add_test(s, "in a search", test_in_search);
	CU_add_test(s, "more than a paste holds", test_large);
}
