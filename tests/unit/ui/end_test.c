/*
 * The end of the ui: by the user, by the end of its input, by the loss of its
 * output; what it waits for, and how long.
 */
#include "ui/tui/tui.h"

#include "ui/leave.h"
#include "ui/say.h"

#include "common/child.h"
#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

void ui_end_suite(void);

static void
test_quit(void)
{
	struct ipc_empty nothing;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_type(&f, "held\n/quit\nmore\n");
	fixture_expect_say(&f, 1, "held");
	fixture_expect_next(&f, IPC_QUIT);
	fixture_expect(&f,
	    "12:34:56 * your text waits for a connection to a bootnode\n"
	    "12:34:56 ! not sent, because there is no connection to a "
	    "bootnode: "
	    "\"held\"\n");
	CU_ASSERT(!ui_reads_input(f.ui));
	ui_quit(f.ui);
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_GOODBYE, &nothing, NULL, 0), 0);
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	CU_ASSERT(!ui_reads_cryptod(f.room));
	fixture_expect(&f, "12:34:56 * bye\n");
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_DONE);
	fixture_close(&f);
}

/* ui was restarted while the bootnode was away: cryptod had the texts, and sent
 * them. */
static void
test_quit_joined_before(void)
{
	struct ipc_bootnode lost = { .status = BOOT_LOST, .joined = 1 };
	struct ipc_empty nothing;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_BOOTNODE, &lost, NULL, 0), 0);
	fixture_output(&f);
	fixture_type(&f, "said\n");
	fixture_expect(&f, "");
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 1), 0);
	ui_quit(f.ui);
	fixture_expect(&f, "");
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_GOODBYE, &nothing, NULL, 0), 0);
	fixture_expect(&f,
	    "12:34:56 ! it is not known whether everybody received your last "
	    "1 message\n12:34:56 * bye\n");
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), CHILD_UNDELIVERED);
	fixture_close(&f);
}

static int
exit_code(struct fixture *f)
{
	struct ipc_empty nothing;

	ui_work(f->ui);
	CU_ASSERT_EQUAL(fixture_tell(f, IPC_GOODBYE, &nothing, NULL, 0), 0);
	ui_work(f->ui);
	fixture_output(f);
	return outcome_exit_code(f->ui);
}

/* No bootnode has admitted the client, and there may be texts or none: a script
 * needs the exit code. A person who types /quit knows it. */
static void
test_stayed_out(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_bootnode(&f, BOOT_REFUSED);
	fixture_end_input(&f);
	CU_ASSERT_EQUAL(exit_code(&f), CHILD_UNDELIVERED);
	fixture_close(&f);
	fixture_open(&f, MODE_CLIENT, UI_JSON);
	fixture_tell_bootnode(&f, BOOT_UNREACHABLE);
	fixture_end_input(&f);
	CU_ASSERT_EQUAL(exit_code(&f), CHILD_UNDELIVERED);
	fixture_close(&f);
	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_end_input(&f);
	CU_ASSERT_EQUAL(exit_code(&f), 0);
	fixture_close(&f);
	/* The input ended before anything was known. */
	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_end_input(&f);
	CU_ASSERT_EQUAL(exit_code(&f), 0);
	fixture_close(&f);
	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_bootnode(&f, BOOT_REFUSED);
	fixture_type(&f, "/quit\n");
	CU_ASSERT_EQUAL(exit_code(&f), 0);
	fixture_close(&f);
}

/* There is no GOODBYE, and nobody reads the output: ui ends all the same. */
static void
test_quit_deadlines(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	ui_quit(f.ui);
	f.ui->now += UI_GOODBYE_TIME - 1;
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	f.ui->now += 1;
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	f.ui->now += UI_FLUSH_TIME - 1;
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	f.ui->now += 1;
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_DONE);
	fixture_expect(&f,
	    "12:34:56 ! the other processes did not confirm the end\n"
	    "12:34:56 * bye\n");
	fixture_close(&f);
}

/* At the end of its input ui waits until everybody has the texts. */
static void
test_end_of_input(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_type(&f, "last words\n");
	fixture_end_input(&f);
	CU_ASSERT_EQUAL(f.ui->phase, UI_DRAINING);
	fixture_expect_say(&f, 1, "last words");
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 2), 0);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), 0);
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 2), 0);
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_QUIT);
	fixture_close(&f);
	/* Without a text there is no reason to wait. */
	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_end_input(&f);
	fixture_expect_next(&f, IPC_QUIT);
	fixture_close(&f);
}

/* Nor does it leave before what waits for somebody is said, or before it knows
 * what a ui before it had said. */
static void
test_end_of_input_waits(void)
{
	struct ipc_known_peer anna = { .fingerprint = { 0xab, 1, 0xcd } };
	struct ipc_empty nothing;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_KNOWN_PEER, &anna, "anna", 4), 0);
	fixture_type(&f, "/msg anna hello\n");
	fixture_end_input(&f);
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(f.ui->phase, UI_DRAINING);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SETTLED, &nothing, NULL, 0), 0);
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_QUIT);
	fixture_close(&f);
	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	f.room->past.awaited = true;
	fixture_end_input(&f);
	fixture_expect_next(&f, IPC_NONE);
	f.room->past.awaited = false;
	f.room->past.own_count = 1;
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_NONE);
	f.room->past.own_count = 0;
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_QUIT);
	fixture_close(&f);
}

/* --- What is read -------------------------------------------------------- */

static bool full;

static bool
is_full(const struct room *room)
{
	(void)room;
	return full;
}

/* In each phase: is the input read, and is cryptod? */
static void
test_reads(void)
{
	static const struct {
		enum ui_phase phase;
		bool input, cryptod;
	} cases[] = {
		{ UI_RUNNING, true, true },
		{ UI_DRAINING, true, true },
		{ UI_QUITTING, false, true },
		{ UI_FLUSHING, false, false },
		{ UI_DONE, false, false },
	};
	struct view view = view_plain;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f.ui->phase = cases[i].phase;
		CU_ASSERT_EQUAL(ui_reads_input(f.ui), cases[i].input);
		CU_ASSERT_EQUAL(ui_reads_cryptod(f.room), cases[i].cryptod);
	}
	/* A view may have no room for more. */
	f.ui->phase = UI_RUNNING;
	view.full = is_full;
	f.ui->view = &view;
	full = true;
	CU_ASSERT_FALSE(ui_reads_cryptod(f.room));
	full = false;
	CU_ASSERT_TRUE(ui_reads_cryptod(f.room));
	fixture_close(&f);
}

static void
take_keys(struct ui *ui, const char *bytes, size_t len)
{
	(void)ui;
	(void)bytes;
	(void)len;
}

static bool takes;

static bool
takes_keys(const struct ui *ui)
{
	(void)ui;
	return takes;
}

/* Keys are read while the view takes them, until the input or the user is
 * done. */
static void
test_reads_keys(void)
{
	struct view view = view_plain;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	view.keys = take_keys;
	view.takes_keys = takes_keys;
	f.ui->view = &view;
	takes = true;
	CU_ASSERT_TRUE(ui_reads_input(f.ui));
	takes = false;
	CU_ASSERT_FALSE(ui_reads_input(f.ui));
	takes = true;
	f.ui->phase = UI_DRAINING;
	CU_ASSERT_FALSE(ui_reads_input(f.ui));
	f.ui->phase = UI_RUNNING;
	f.ui->in.ended = true;
	CU_ASSERT_FALSE(ui_reads_input(f.ui));
	fixture_close(&f);
}

/* A minute after cryptod died those whom the next has not named have left. */
static void
test_return(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	ui_cryptod_gone(f.room);
	CU_ASSERT_EQUAL(ui_deadline(f.ui), f.ui->now + UI_RETURN_TIME);
	fixture_output(&f);
	f.ui->now += UI_RETURN_TIME - 1;
	ui_work(f.ui);
	fixture_expect(&f, "");
	f.ui->now++;
	ui_work(f.ui);
	fixture_expect(&f, "12:34:56 * bob left (it did not come back)\n");
	CU_ASSERT_EQUAL(ui_deadline(f.ui), CLOCK_NEVER);
	fixture_close(&f);
}

static void
test_end_of_input_deadline(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_type(&f, "one\ntwo\n");
	fixture_end_input(&f);
	f.ui->now += UI_DRAIN_TIME - 1;
	ui_work(f.ui);
	fixture_expect_say(&f, 1, "one");
	fixture_expect_say(&f, 2, "two");
	fixture_expect_next(&f, IPC_NONE);
	/* This is told once, however many texts are held. */
	fixture_expect(&f,
	    "12:34:56 * your text waits for a connection to a bootnode\n");
	f.ui->now += 1;
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_QUIT);
	fixture_expect(&f,
	    "12:34:56 ! not sent, because there is no connection to a "
	    "bootnode: \"one\"\n"
	    "12:34:56 ! not sent, because there is no connection to a "
	    "bootnode: \"two\"\n");
	fixture_close(&f);
}

/* Texts that nobody confirmed before GOODBYE are reported. */
static void
test_unconfirmed(void)
{
	struct ipc_empty nothing;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_output(&f);
	fixture_type(&f, "one\ntwo\n");
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 1), 0);
	ui_quit(f.ui);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_GOODBYE, &nothing, NULL, 0), 0);
	fixture_expect(&f,
	    "12:34:56 ! it is not known whether everybody received your last "
	    "2 messages\n12:34:56 * bye\n");
	fixture_close(&f);
}

static void
test_output_gone(void)
{
	struct ipc_message m = { .handle = 0x1001, .seq = 1 };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	ui_output_gone(f.ui);
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_QUIT); /* without a receipt */
	m.seq = 2;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT(!output_pending(&f.ui->out));
	fixture_close(&f);
}

/* --- The exit code -------------------------------------------------------- */

/* Says one text to two peers, the first of which has it. */
static void
open_said(struct fixture *f, enum ui_kind kind)
{
	fixture_open(f, MODE_CLIENT, kind);
	fixture_tell_bootnode(f, BOOT_JOINED);
	CU_ASSERT_EQUAL(outcome_exit_code(f->ui), 0);
	ui_say(f->room, "hello", 5);
	ui_work(f->ui);
	CU_ASSERT_EQUAL(fixture_tell_sent(f, 1, 2), 0);
	CU_ASSERT_EQUAL(fixture_tell_delivered(f, 1, 1), 0);
	CU_ASSERT_EQUAL(outcome_exit_code(f->ui), 0);
}

static void
test_outcome(void)
{
	struct ipc_delivered late = { .seq = 1, .id.bytes = { 2, 0xee } };
	struct ipc_empty nothing;
	struct fixture f;

	open_said(&f, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 1, 2), 0);
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), CHILD_UNDELIVERED);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_DELIVERED_LATE, &late, NULL, 0),
	    0);
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), 0);
	fixture_close(&f);
	/* A user who leaves early does not know. */
	open_said(&f, UI_JSON);
	ui_quit(f.ui);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_GOODBYE, &nothing, NULL, 0), 0);
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), CHILD_UNDELIVERED);
	fixture_close(&f);
	/* A user who looks at a screen has seen it. */
	open_said(&f, UI_TUI);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 1, 2), 0);
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), 0);
	fixture_close(&f);
}

static void
test_outcome_of_lines(void)
{
	static const char *const wrong[] = { "/mgs bob hello\n", "\xff\n" };
	struct fixture f;

	for (size_t i = 0; i < 2; i++) {
		fixture_open(&f, MODE_CLIENT, UI_PLAIN);
		f.ui->terminal = true; /* a person who types sees the error */
		fixture_type(&f, wrong[i]);
		CU_ASSERT_EQUAL(outcome_exit_code(f.ui), 0);
		f.ui->terminal = false;
		fixture_type(&f, wrong[i]);
		CU_ASSERT_EQUAL(outcome_exit_code(f.ui), CHILD_UNDELIVERED);
		fixture_close(&f);
	}
	/* One text was not sent, for want of a bootnode; another went to
	 * nobody. */
	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_type(&f, "hello\n/quit\n");
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), CHILD_UNDELIVERED);
	fixture_close(&f);
	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_type(&f, "hello\n");
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 0), 0);
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), CHILD_UNDELIVERED);
	fixture_close(&f);
}

/* In the tui the message's mark takes the report back. */
static void
test_mark_taken_back(void)
{
	struct ipc_delivered late = { .seq = 1, .id.bytes = { 2, 0xee } };
	const struct entry *e;
	struct fixture f;

	open_said(&f, UI_TUI);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 1, 2), 0);
	e = history_own(&f.room->pane->history, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT(e->mark.delivered == 1 && e->mark.undelivered == 1);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_DELIVERED_LATE, &late, NULL, 0),
	    0);
	CU_ASSERT(e->mark.delivered == 2 && e->mark.undelivered == 0);
	/* If the message is gone, a line does. */
	history_free(&f.room->pane->history);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_DELIVERED_LATE, &late, NULL, 0),
	    0);
	CU_ASSERT_FALSE(history_empty(&f.room->pane->history));
	fixture_close(&f);
}

void
ui_end_suite(void)
{
	CU_pSuite s = CU_add_suite("ui end", NULL, NULL);

	CU_add_test(s, "quit", test_quit);
	CU_add_test(s, "no bootnode admitted us", test_stayed_out);
	CU_add_test(s, "quit, joined before", test_quit_joined_before);
	CU_add_test(s, "quit without an answer", test_quit_deadlines);
	CU_add_test(s, "end of input", test_end_of_input);
	CU_add_test(s, "end of input, and more", test_end_of_input_waits);
	CU_add_test(s, "what is read", test_reads);
	CU_add_test(s, "when keys are read", test_reads_keys);
	CU_add_test(s, "who does not come back", test_return);
	CU_add_test(s, "end of input, deadline", test_end_of_input_deadline);
	CU_add_test(s, "unconfirmed at the end", test_unconfirmed);
	CU_add_test(s, "output gone", test_output_gone);
	CU_add_test(s, "exit code", test_outcome);
	CU_add_test(s, "exit code, of lines", test_outcome_of_lines);
	CU_add_test(s, "a mark that is taken back", test_mark_taken_back);
}
