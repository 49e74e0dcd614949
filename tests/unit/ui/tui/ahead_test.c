/*
 * Lines typed ahead, in the tui: each stays a line, however fast it comes and
 * however long there is no room for it. input_test.c has the other views.
 */
#include "ui/tui/tui.h"

#include "ui/say.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void ahead_suite(void);

#define LINES 3000

/* Opens a tui that does not ask cryptod for figures, nor tell it what is being
 * typed. */
static void
open_tui(struct fixture *f)
{
	fixture_open(f, MODE_CLIENT, UI_TUI);
	f->ui->tui->ask_at = CLOCK_NEVER;
	fixture_keep_drafts(f);
}

/* Each line comes in a read of its own: together they would be a paste. */
static void
type(struct fixture *f, const char *keys)
{
	size_t n;

	for (; *keys != '\0'; keys += n) {
		n = strcspn(keys, "\r\n");
		n += keys[n] != '\0';
		tui_keys(f->ui, keys, n);
		f->ui->now += 2 * BURST_TIME;
		ui_work(f->ui);
		fixture_output(f);
	}
}

/* Checks the next SAY, and answers it at once. */
static void
expect_said(struct fixture *f, uint64_t seq, const char *text)
{
	fixture_expect_say(f, seq, text);
	CU_ASSERT_EQUAL(fixture_tell_sent(f, seq, 0), 0);
	ui_work(f->ui);
	fixture_output(f);
}

/* Says as much as can wait for a bootnode; the line after it waits, too. */
static void
fill(struct fixture *f)
{
	open_tui(f);
	for (int i = 0; i < FIXTURE_WAITING; i++)
		type(f, "x\r");
	CU_ASSERT_FALSE(f->ui->tui->shown->ahead.waiting);
	CU_ASSERT_FALSE(ui_takes_lines(f->room));
	type(f, "waits\r");
	CU_ASSERT_TRUE(f->ui->tui->shown->ahead.waiting);
}

static void
join(struct fixture *f)
{
	fixture_tell_bootnode(f, BOOT_JOINED);
	fixture_output(f);
}

static void
take_filling(struct fixture *f)
{
	for (uint64_t seq = 1; seq <= FIXTURE_WAITING; seq++)
		expect_said(f, seq, "x");
}

/* Many more lines come than are held. */
static void
test_lines(void)
{
	char line[32];
	struct fixture f;

	open_tui(&f);
	for (int i = 1; i <= LINES; i++) {
		CU_ASSERT_TRUE(ui_reads_input(f.ui));
		snprintf(line, sizeof(line), "line %d%c", i,
		    i % 2 == 0 ? '\r' : '\n');
		type(&f, line);
	}
	join(&f);
	for (int i = 1; i <= LINES; i++) {
		snprintf(line, sizeof(line), "line %d", i);
		expect_said(&f, (uint64_t)i, line);
	}
	CU_ASSERT_EQUAL(said_open(&f.room->said), 0);
	CU_ASSERT_FALSE(f.ui->tui->shown->ahead.waiting);
	fixture_expect_typed(&f, "");
	fixture_close(&f);
}

/* Pasted lines wait, too, and when it is their turn the tui asks about them:
 * keys typed behind them are no answer. */
static void
test_paste(void)
{
	static const char *const pastes[] = { "one\rtwo\r",
		"\033[200~one\rtwo\033[201~" };
	struct fixture f;

	for (size_t i = 0; i < 2; i++) {
		fill(&f);
		tui_keys(f.ui, pastes[i], strlen(pastes[i]));
		f.ui->now += 2 * BURST_PASTE_TIME;
		ui_work(f.ui);
		type(&f, "yes to it\r");
		CU_ASSERT_EQUAL(f.ui->tui->shown->question.kind, QUESTION_NONE);
		join(&f);
		take_filling(&f);
		expect_said(&f, FIXTURE_WAITING + 1, "waits");
		CU_ASSERT_EQUAL(f.ui->tui->shown->question.kind,
		    QUESTION_PASTE);
		fixture_expect_next(&f, IPC_NONE);
		type(&f, "y");
		expect_said(&f, FIXTURE_WAITING + 2, "one\ntwo");
		expect_said(&f, FIXTURE_WAITING + 3, "yes to it");
		fixture_expect_typed(&f, "");
		fixture_close(&f);
	}
}

/* Lines that wait keep their order, whatever they are; the last one is not
 * entered. */
static void
test_order(void)
{
	struct fixture f;

	fill(&f);
	type(&f, "\r/me waves\r  //slash\r\033[200~pasted\033[201~");
	f.ui->now += BURST_PASTE_TIME;
	ui_work(f.ui);
	type(&f,
	    " it\rgr\303\274\303\237e\001I say: \r"
	    "/quite\r/help me\rdraft");
	CU_ASSERT_EQUAL(f.ui->tui->shown->ahead.lines, 7);
	join(&f);
	take_filling(&f);
	expect_said(&f, FIXTURE_WAITING + 1, "waits");
	expect_said(&f, FIXTURE_WAITING + 2, "waves");
	expect_said(&f, FIXTURE_WAITING + 3, "/slash");
	expect_said(&f, FIXTURE_WAITING + 4, "pasted it");
	expect_said(&f, FIXTURE_WAITING + 5, "I say: gr\303\274\303\237e");
	fixture_expect_next(&f, IPC_NONE);
	fixture_expect_typed(&f, "draft");
	CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
	fixture_close(&f);
}

/* A command that was typed after lines is obeyed after them. */
static void
test_quit(void)
{
	struct fixture f;

	fill(&f);
	type(&f, "/quit\rnot any more\r");
	CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
	join(&f);
	for (uint64_t seq = 1; f.ui->phase == UI_RUNNING; seq++)
		expect_said(&f, seq, seq <= FIXTURE_WAITING ? "x" : "waits");
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	fixture_close(&f);
}

/* A command that says nothing needs no room. */
static void
test_command(void)
{
	struct fixture f;

	open_tui(&f);
	for (int i = 0; i < FIXTURE_WAITING; i++)
		type(&f, "x\r");
	type(&f, "/help\r");
	CU_ASSERT_FALSE(f.ui->tui->shown->ahead.waiting);
	fixture_expect_typed(&f, "");
	type(&f, "/me waves\r");
	CU_ASSERT_TRUE(f.ui->tui->shown->ahead.waiting);
	fixture_expect_typed(&f, "/me waves");
	type(&f, "\003");
	type(&f, "\003/quit\r");
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	fixture_close(&f);
}

/* Ctrl-C gives the line back, and drops those that came after it. */
static void
test_taken_back(void)
{
	struct fixture f;

	fill(&f);
	type(&f, "dropped\r");
	type(&f, "\003");
	CU_ASSERT_FALSE(f.ui->tui->shown->ahead.waiting);
	type(&f, " no more");
	fixture_expect_typed(&f, "waits no more");
	join(&f);
	take_filling(&f);
	fixture_expect_next(&f, IPC_NONE);
	fixture_expect_typed(&f, "waits no more");
	fixture_close(&f);
}

static void
expect_hint(const struct fixture *f, const char *hint)
{
	const char *got = f->ui->tui->hint;

	CU_ASSERT_STRING_EQUAL(got != NULL ? got : "", hint);
}

#define WAITS \
	"cannot send yet: this waits, and what you type; Ctrl-C takes it back"

/* The user is told that it waits; what only looks at the screen does not. */
static void
test_meanwhile(void)
{
	struct fixture f;

	fill(&f);
	expect_hint(&f, WAITS);
	type(&f, "\033[5~");
	CU_ASSERT_TRUE(f.room->pane->scroll.held);
	expect_hint(&f, WAITS);
	type(&f, "\033[6~");
	CU_ASSERT_FALSE(f.room->pane->scroll.held);
	type(&f, "\032");
	CU_ASSERT_TRUE(f.ui->stop_wanted);
	f.ui->tui->painter.valid = true;
	tui_keys(f.ui, "\014", 1);
	CU_ASSERT_FALSE(f.ui->tui->painter.valid);
	CU_ASSERT_EQUAL(f.ui->tui->shown->ahead.len, 0);
	/* Nothing was typed after it: nothing is dropped. */
	type(&f, "\003");
	expect_hint(&f, "");
	fixture_expect_typed(&f, "waits");
	type(&f, "\r");
	type(&f, "a");
	expect_hint(&f, WAITS);
	type(&f, "\003");
	expect_hint(&f, "what you typed after this is dropped");
	fixture_close(&f);
}

/* Once its turn has come, it is over with the hint. */
static void
test_hint_goes(void)
{
	struct fixture f;

	fill(&f);
	join(&f);
	take_filling(&f);
	expect_said(&f, FIXTURE_WAITING + 1, "waits");
	expect_hint(&f, "");
	CU_ASSERT_FALSE(tui_waits(f.ui));
	fixture_close(&f);
}

/* While nothing moves, what asks or leaves is obeyed, and only that: not what
 * would be said, nor what is no UTF-8. */
static void
test_out_of_turn(void)
{
	struct fixture f;

	fill(&f);
	type(&f, "text\r/help me\r/status\rmore\r");
	f.ui->now = f.ui->turns.since + TURNS_PATIENCE - 1;
	tui_ahead(f.ui);
	CU_ASSERT_EQUAL(f.ui->tui->shown->ahead.lines, 4);
	f.ui->now++;
	tui_ahead(f.ui);
	CU_ASSERT_EQUAL(f.ui->tui->shown->ahead.lines, 2);
	CU_ASSERT_TRUE(f.ui->tui->shown->ahead.waiting);
	fixture_expect_typed(&f, "waits");
	type(&f, "/quit\r");
	tui_ahead(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	fixture_close(&f);
}

/* At the bound nothing more is read; in the end the user is told. */
static void
test_bound(void)
{
	struct fixture f;
	unsigned int lines = 0;

	fill(&f);
	for (; ui_reads_input(f.ui) && lines < 100000; lines += 10)
		type(&f, "1\r2\r3\r4\r5\r6\r7\r8\r9\r0\r");
	CU_ASSERT_FALSE(ui_reads_input(f.ui));
	CU_ASSERT_EQUAL(f.ui->tui->shown->ahead.lines, lines);
	CU_ASSERT(f.ui->tui->shown->ahead.len < AHEAD_BYTES_MAX + 4096);
	type(&f, "\003");
	CU_ASSERT_TRUE(ui_reads_input(f.ui));
	CU_ASSERT_EQUAL(f.ui->tui->shown->ahead.size, 0);
	fixture_close(&f);
}

void
ahead_suite(void)
{
	CU_pSuite s = CU_add_suite("typed ahead", NULL, NULL);

	CU_add_test(s, "many lines", test_lines);
	CU_add_test(s, "pasted lines", test_paste);
	CU_add_test(s, "in order, whatever it is", test_order);
	CU_add_test(s, "/quit among them", test_quit);
	CU_add_test(s, "commands", test_command);
	CU_add_test(s, "taken back", test_taken_back);
	CU_add_test(s, "what does not wait", test_meanwhile);
	CU_add_test(s, "its turn has come", test_hint_goes);
	CU_add_test(s, "out of turn", test_out_of_turn);
	CU_add_test(s, "bound", test_bound);
}
