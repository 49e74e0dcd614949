/*
 * Lines that have to wait for their turn (ui/turns.c), whatever is full: a line
 * that leaves or asks is obeyed, the end of input ends ui, and the rest keeps
 * its order.
 */
#include "ui/tui/tui.h"

#include "ui/phase.h"
#include "ui/say.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void turns_suite(void);

/* Fills a room in which nobody keeps up: cryptod takes texts, and reports none
 * as sent. */
static void
fill(struct fixture *f, enum ui_kind kind)
{
	struct ipc_message_in in;

	fixture_open(f, MODE_CLIENT, kind);
	fixture_tell_ready(f);
	fixture_tell_bootnode(f, BOOT_JOINED);
	for (int i = 0; i < FIXTURE_WAITING; i++)
		fixture_type(f,
		    kind == UI_JSON ? "{\"cmd\":\"say\",\"text\":\"x\"}\n"
				    : "x\n");
	CU_ASSERT_FALSE(ui_takes_lines(f->room));
	for (int i = 0; i < SAID_UNSENT_MAX; i++)
		CU_ASSERT_EQUAL(fixture_next(f, &in), IPC_SAY);
	fixture_output(f);
}

static void
pass(struct fixture *f, uint64_t time)
{
	f->ui->now += time;
	ui_work(f->ui);
}

static void
test_asks_and_quits(void)
{
	struct fixture f;

	fill(&f, UI_PLAIN);
	fixture_type(&f, "later\n/status\n/nick al\n/quit now\n");
	CU_ASSERT_EQUAL(turns_deadline(f.ui), f.ui->now + TURNS_PATIENCE);
	pass(&f, TURNS_PATIENCE - 1);
	fixture_expect(&f, "");
	fixture_expect_next(&f, IPC_NONE);
	pass(&f, 1);
	/* The error names its own line, and lines that only wait are not
	 * obeyed. */
	fixture_expect(&f,
	    "12:34:56 ! the others in the room cannot keep up: what you send "
	    "now waits, but quit and status are carried out at once\n"
	    "12:34:56 ! line 1060: /quit takes no argument\n");
	fixture_expect_next(&f, IPC_STATUS_ASK);
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(turns_deadline(f.ui), CLOCK_NEVER);
	fixture_type(&f, "/quit\n");
	fixture_expect_next(&f, IPC_QUIT);
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "! not sent, because gochat was told to quit first: 962 more "
	    "lines\n"));
	fixture_close(&f);
}

/* Why they wait: who is to do something first. */
static void
expect_why(struct fixture *f, const char *why)
{
	fixture_type(f, "waits\n");
	pass(f, 0);
	fixture_output(f);
	pass(f, TURNS_PATIENCE);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(f), why));
	/* Once, however long it lasts. */
	pass(f, TURNS_PATIENCE);
	fixture_expect(f, "");
}

static void
test_why(void)
{
	struct ipc_message_in in;
	struct fixture f;

	fill(&f, UI_PLAIN);
	f.room->model.joined = false;
	expect_why(&f,
	    "! there is no connection to a bootnode: what you send now waits, ");
	fixture_close(&f);
	fill(&f, UI_PLAIN);
	ipc_close(&f.room->cryptod);
	expect_why(&f,
	    "! the process with the keys is being restarted: what you send now "
	    "waits, ");
	fixture_close(&f);
	/* Again, if it was over in between. */
	fill(&f, UI_PLAIN);
	expect_why(&f, "! the others in the room cannot keep up: ");
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 0), 0);
	pass(&f, 0);
	pass(&f, 0);
	CU_ASSERT_FALSE(turns_wait(f.ui));
	while (fixture_next(&f, &in) == IPC_SAY)
		;
	expect_why(&f, "! the others in the room cannot keep up: ");
	fixture_close(&f);
}

static unsigned int looks;

static enum turn
note_look(const struct room *room, const char *line, size_t len)
{
	(void)room;
	(void)line;
	(void)len;
	looks++;
	return TURN_ITS_OWN;
}

/* However long a line waits, and however many do: whether it need not is found
 * out once. */
static void
test_looked_at_once(void)
{
	struct view view = view_plain;
	struct fixture f;

	fill(&f, UI_PLAIN);
	view.turn = note_look;
	f.ui->view = &view;
	looks = 0;
	fixture_type(&f, "one\ntwo\n");
	pass(&f, 0);
	CU_ASSERT_EQUAL(looks, 0);
	for (int i = 0; i < 3; i++)
		pass(&f, TURNS_PATIENCE);
	CU_ASSERT_EQUAL(looks, 2);
	fixture_close(&f);
}

/* Somebody keeps up again before that: all lines are taken in order, quit among
 * them. */
static void
test_moves(void)
{
	struct ipc_message_in in;
	struct fixture f;
	uint64_t seq = 0;

	fill(&f, UI_PLAIN);
	for (int i = 0; i < 10; i++)
		fixture_type(&f, "one\n");
	fixture_type(&f, "/quit\n");
	for (int i = 0; i <= 10; i++) {
		CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
		CU_ASSERT_EQUAL(fixture_tell_sent(&f, ++seq, 0), 0);
		pass(&f, TURNS_PATIENCE - 1);
		CU_ASSERT_EQUAL(fixture_next(&f, &in), IPC_SAY);
		pass(&f, 0); /* now one is taken */
		fixture_output(&f);
	}
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	fixture_close(&f);
}

static void
test_json(void)
{
	struct fixture f;

	fill(&f, UI_JSON);
	fixture_type(&f,
	    "{\"cmd\":\"say\",\"text\":\"{\\\"cmd\\\":\\\"quit\\\"}\"}\n"
	    "no json\n"
	    "{\"cmd\":\"status\"}\n"
	    "{\"cmd\":\"status\"}\n");
	pass(&f, 0);
	pass(&f, TURNS_PATIENCE);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "the others in the room cannot keep up"));
	fixture_expect_next(&f, IPC_STATUS_ASK);
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(f.ui->turns.count, 2);
	fixture_type(&f, "{\"cmd\":\"quit\"}\n");
	fixture_expect_next(&f, IPC_QUIT);
	fixture_close(&f);
}

/* The time begins again whenever lines are taken. */
static void
test_end_of_input(void)
{
	struct fixture f;

	fill(&f, UI_PLAIN);
	fixture_type(&f, "one\ntwo\n");
	fixture_end_input(&f);
	CU_ASSERT_EQUAL(f.ui->phase, UI_DRAINING);
	pass(&f, UI_DRAIN_TIME - 1);
	CU_ASSERT_EQUAL(f.ui->phase, UI_DRAINING);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 0), 0);
	ui_work(f.ui);
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->turns.count, 1);
	pass(&f, UI_DRAIN_TIME - 1);
	CU_ASSERT_EQUAL(f.ui->phase, UI_DRAINING);
	pass(&f, 1);
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	fixture_close(&f);
}

/* Only so much is kept: then the pipe is full, until its writer closes it. */
static void
test_bound(void)
{
	static char line[TEXT_MAX + 2];
	struct fixture f;
	size_t count = 0;

	fill(&f, UI_PLAIN);
	memset(line, 'x', TEXT_MAX);
	line[TEXT_MAX] = '\n';
	for (; ui_reads_input(f.ui) && count < 100; count++)
		fixture_type(&f, line);
	CU_ASSERT(f.ui->turns.bytes > TURNS_BYTES_MAX &&
	    f.ui->turns.bytes < TURNS_BYTES_MAX + 2 * TEXT_MAX);
	fixture_output(&f);
	ui_drain(f.ui);
	pass(&f, UI_DRAIN_TIME);
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "! not sent, because gochat was told to quit first: the rest of "
	    "the input\n"));
	fixture_close(&f);
}

static const char full_text[] =
    "! 256 KiB of input are waiting, and gochat reads no more: to leave now, "
    "end the input or send SIGTERM\n";

/* More than that waits: the user is told once that ui cannot see a line that
 * leaves behind it, and that ui leaves when the writer is gone. */
static void
test_beyond(void)
{
	static char line[1002];
	struct fixture f;
	size_t count = 0;

	fill(&f, UI_PLAIN);
	memset(line, 'x', 1000);
	line[1000] = '\n';
	for (; ui_reads_input(f.ui) && count < 1000; count++)
		fixture_type(&f, line);
	CU_ASSERT(count * 1001 > TURNS_BYTES_MAX / 100 * 90);
	fixture_type(&f, "/quit\n");
	CU_ASSERT_PTR_NULL(strstr(fixture_output(&f), full_text));
	pass(&f, TURNS_PATIENCE);
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f), full_text), 1);
	for (int i = 0; i < 60; i++) {
		pass(&f, USEC_PER_SEC);
		fixture_read(&f);
		fixture_expect(&f, "");
	}
	CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
	fixture_expect_next(&f, IPC_NONE);
	ui_drain(f.ui); /* as streams.c does if the writer is gone */
	pass(&f, UI_DRAIN_TIME);
	fixture_expect_next(&f, IPC_QUIT);
	fixture_close(&f);
}

/* If there is room again, all lines have their turn. */
static void
test_beyond_moves(void)
{
	static char line[1002];
	struct ipc_message_in in;
	struct fixture f;
	uint64_t seq = 0;

	fill(&f, UI_PLAIN);
	memset(line, 'x', 1000);
	line[1000] = '\n';
	while (ui_reads_input(f.ui))
		fixture_type(&f, line);
	fixture_type(&f, "/quit\n");
	while (f.ui->phase == UI_RUNNING && seq < 2000) {
		CU_ASSERT_EQUAL(fixture_tell_sent(&f, ++seq, 0), 0);
		pass(&f, 1);
		fixture_read(&f);
		fixture_next(&f, &in);
		CU_ASSERT_PTR_NULL(strstr(fixture_output(&f), full_text));
	}
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	CU_ASSERT_EQUAL(f.ui->turns.count, 0);
	fixture_close(&f);
}

/* Nobody reads the output: a line that leaves works, GOODBYE comes, and
 * questions do not make the output longer. */
static void
test_output_full(void)
{
	static char text[TEXT_MAX];
	struct ipc_message m = { .handle = 0x1001 };
	struct ipc_empty nothing;
	struct fixture f;
	size_t pending;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	memset(text, 'x', sizeof(text));
	while (!output_full(&f.ui->out)) {
		m.seq++;
		CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, text,
				    sizeof(text)),
		    0);
	}
	CU_ASSERT(!ui_reads_cryptod(f.room));
	pending = f.ui->out.put;
	fixture_type(&f, "/help\nhello\n");
	pass(&f, TURNS_PATIENCE);
	CU_ASSERT_EQUAL(f.ui->out.put, pending);
	CU_ASSERT_EQUAL(f.ui->turns.count, 2);
	fixture_type(&f, "/quit\n");
	fixture_expect_next(&f, IPC_QUIT);
	CU_ASSERT(ui_reads_cryptod(f.room));
	pending = f.ui->out.put;
	m.seq++;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "y", 1), 0);
	CU_ASSERT_EQUAL(f.ui->out.put, pending);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_GOODBYE, &nothing, NULL, 0), 0);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	pass(&f, UI_FLUSH_TIME);
	CU_ASSERT_EQUAL(f.ui->phase, UI_DONE);
	fixture_close(&f);
}

/* Types the keys: they come alone, and not as a paste. */
static void
type(struct fixture *f, const char *keys)
{
	tui_keys(f->ui, keys, strlen(keys));
	pass(f, 2 * BURST_TIME);
	fixture_output(f);
}

/* In the tui the line that waits is the one that was typed; not a text that
 * other keys put there, nor a line that is not entered yet. */
static void
test_tui(void)
{
	static const char *const lines[] = { "waits\r", "too\r", "/quitt\177\r",
		"/status\r", "/quit" };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_TUI);
	f.ui->tui->ask_at = CLOCK_NEVER;
	f.room->past.awaited =
	    true; /* cryptod is not told what is being typed */
	for (int i = 0; i < FIXTURE_WAITING; i++)
		type(&f, "x\r");
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		type(&f, lines[i]);
	CU_ASSERT_TRUE(f.ui->tui->shown->ahead.waiting);
	for (uint64_t seq = 1; seq <= SAID_UNSENT_MAX; seq++)
		fixture_expect_say(&f, seq, "x");
	pass(&f, 0);
	fixture_output(&f);
	pass(&f, TURNS_PATIENCE);
	fixture_output(&f);
	pass(&f, USEC_PER_SEC);
	fixture_expect_next(&f, IPC_STATUS_ASK);
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(f.ui->tui->shown->ahead.lines, 2);
	CU_ASSERT_TRUE(f.ui->turns.told);
	tui_keys(f.ui, "\r", 1);
	pass(&f, 1);
	fixture_expect_next(&f, IPC_QUIT);
	fixture_close(&f);
}

/* So much was typed that the terminal keeps the rest. */
static void
test_tui_beyond(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_TUI);
	f.ui->tui->ask_at = CLOCK_NEVER;
	for (int i = 0; i < FIXTURE_WAITING; i++)
		type(&f, "x\r");
	type(&f, "waits\r");
	while (ui_reads_input(f.ui))
		type(&f, "typed on and on");
	pass(&f, TURNS_PATIENCE);
	CU_ASSERT_TRUE(f.ui->turns.full_told);
	CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
	fixture_close(&f);
}

void
turns_suite(void)
{
	CU_pSuite s = CU_add_suite("turns", NULL, NULL);

	CU_add_test(s, "asking and leaving", test_asks_and_quits);
	CU_add_test(s, "why they wait", test_why);
	CU_add_test(s, "looked at once", test_looked_at_once);
	CU_add_test(s, "as long as it moves", test_moves);
	CU_add_test(s, "in json", test_json);
	CU_add_test(s, "end of input", test_end_of_input);
	CU_add_test(s, "a full pipe", test_bound);
	CU_add_test(s, "quit behind a full pipe", test_beyond);
	CU_add_test(s, "quit behind a full pipe that moves", test_beyond_moves);
	CU_add_test(s, "a full output", test_output_full);
	CU_add_test(s, "in the tui", test_tui);
	CU_add_test(s, "a full terminal", test_tui_beyond);
}
