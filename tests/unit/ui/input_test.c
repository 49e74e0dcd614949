/*
 * Typed lines: in which order and when they are said, how many are held, and
 * which ones the plain view takes; json_input_test.c has the other view.
 */
#include "ui/say.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void ui_input_suite(void);

#define LINES (FIXTURE_WAITING + 100)

/* SAID_UNSENT_MAX texts go out at a time, in order: cryptod takes that many
 * before a bootnode has answered. */
static void
test_saying(void)
{
	char line[32];
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	for (int i = 1; i <= LINES; i++) {
		snprintf(line, sizeof(line), "line %d\n", i);
		fixture_type(&f, line);
	}
	CU_ASSERT_EQUAL(said_open(&f.room->said), FIXTURE_WAITING);
	CU_ASSERT_EQUAL(f.ui->turns.count, LINES - FIXTURE_WAITING);
	fixture_tell_bootnode(&f, BOOT_REFUSED);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	for (uint64_t seq = 1; seq <= LINES; seq++) {
		snprintf(line, sizeof(line), "line %d", (int)seq);
		fixture_expect_say(&f, seq, line);
		if (seq < SAID_UNSENT_MAX)
			continue;
		fixture_expect_next(&f, IPC_NONE);
		CU_ASSERT_EQUAL(fixture_tell_sent(&f, seq - SAID_UNSENT_MAX + 1,
				    1),
		    0);
		ui_work(f.ui);
		fixture_read(&f);
	}
	CU_ASSERT(ui_reads_input(f.ui));
	CU_ASSERT_EQUAL(said_open(&f.room->said), LINES);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 2, 1), 0);
	CU_ASSERT_EQUAL(said_open(&f.room->said), LINES - 1);
	CU_ASSERT_EQUAL(f.room->said.oldest, 1);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(f.room->said.oldest, 3);
	fixture_close(&f);
}

/* One read brings many lines, which are taken as there is room. */
static void
test_paste(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	for (int i = 1; i <= 2 * SAID_HELD_MAX; i++)
		CU_ASSERT_EQUAL(write(f.in[1], "paste\n", 6), 6);
	for (uint64_t seq = 1; seq <= 2 * SAID_HELD_MAX; seq++) {
		fixture_read(&f);
		fixture_expect_say(&f, seq, "paste");
		CU_ASSERT_EQUAL(fixture_tell_sent(&f, seq, 0), 0);
		ui_work(f.ui);
		fixture_output(&f);
	}
	CU_ASSERT_EQUAL(f.ui->in.line, 2 * SAID_HELD_MAX);
	CU_ASSERT(ui_reads_input(f.ui));
	fixture_close(&f);
}

/* Fewer long texts are held, and at the end not each is named. */
static void
test_held(void)
{
	static char line[TEXT_MAX + 2];
	unsigned int count = 0;
	struct ipc_message_in in;
	struct fixture f;
	const char *out;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	memset(line, 'x', TEXT_MAX);
	line[TEXT_MAX] = '\n';
	for (; ui_takes_lines(f.room) && count < FIXTURE_WAITING; count++) {
		fixture_type(&f, line);
		while (fixture_next(&f, &in) == IPC_SAY)
			;
	}
	CU_ASSERT_EQUAL(count, SAID_UNSENT_MAX + SAID_HELD_BYTES / TEXT_MAX);
	fixture_close(&f);

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	for (count = 0; count < 100; count++)
		fixture_type(&f, "one of many\n");
	fixture_type(&f, "/quit\n");
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	CU_ASSERT_EQUAL(f.room->said.held_count, 0);
	out = fixture_output(&f);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, ": 36 more lines\n"));
	for (count = 0; (out = strstr(out, "\"one of many\"")) != NULL; out++)
		count++;
	CU_ASSERT_EQUAL(count, 64);
	fixture_close(&f);
}

/* The number of messages that nobody confirms has a bound, too. */
static void
test_window(void)
{
	uint64_t seq = 0;
	struct ipc_message_in in;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	while (f.room->said.held_count == 0 && seq < 2 * SAID_WINDOW) {
		fixture_type(&f, "x\n");
		while (fixture_next(&f, &in) == IPC_SAY)
			CU_ASSERT_EQUAL(fixture_tell_sent(&f, ++seq, 1), 0);
	}
	CU_ASSERT_EQUAL(seq, SAID_WINDOW);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), 0);
	ui_work(f.ui);
	fixture_expect_say(&f, SAID_WINDOW + 1, "x");
	fixture_close(&f);
}

/* A peer that cannot be reached is reported, but does not count. */
static void
test_failed_peer(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 2, PEER_FAILED, NULL), 0);
	fixture_type(&f, "hello\n");
	fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 1, 2), -1);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 1, 2), 0);
	CU_ASSERT_EQUAL(said_open(&f.room->said), 1);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 2, 2), -1);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(said_open(&f.room->said), 0);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 1, 1), -1);
	fixture_expect(&f,
	    "12:34:56 ! not delivered to peer 02ee0000 "
	    "(no path): \"hello\"\n");
	fixture_close(&f);
}

static void
test_plain_input(void)
{
	struct fixture f;
	char *line = malloc(TEXT_MAX + 3);

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_output(&f);
	fixture_type(&f, "\n//slash\n  as is \r\n/dance now\na\xff\n");
	fixture_expect_say(&f, 1, "/slash");
	fixture_expect_say(&f, 2, "  as is ");
	fixture_expect(&f,
	    "12:34:56 ! line 4: unknown command /dance; not sent, see "
	    "/help\n"
	    "12:34:56 ! line 5: the text is not valid UTF-8; not sent\n");
	memset(line, 'x', TEXT_MAX + 1);
	strcpy(line + TEXT_MAX + 1, "\n");
	fixture_type(&f, line);
	fixture_expect(&f,
	    "12:34:56 ! line 6: the line is longer than 16384 bytes, "
	    "which is the limit; not sent\n");
	strcpy(line + TEXT_MAX, "\n");
	fixture_type(&f, line);
	line[TEXT_MAX] = '\0';
	fixture_expect_say(&f, 3, line);
	fixture_type(&f, "no line feed");
	fixture_expect_next(&f, IPC_NONE);
	fixture_end_input(&f);
	fixture_expect_say(&f, 4, "no line feed");
	fixture_expect_next(&f, IPC_NONE);
	fixture_expect(&f, "");
	free(line);
	fixture_close(&f);
}

/* A terminal cuts a line at 4095 bytes, and nobody is to get half of it; a pipe
 * does not. */
static void
test_terminal(void)
{
	char line[4097];
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	f.ui->terminal = true;
	fixture_output(&f);
	memset(line, 'x', sizeof(line));
	strcpy(line + 4095, "\n");
	fixture_type(&f, line);
	fixture_expect_next(&f, IPC_NONE);
	fixture_expect(&f,
	    "12:34:56 ! a terminal passes on at most 4095 bytes of a line, so "
	    "this one was cut; not sent: send it in parts, or through a "
	    "pipe\n");
	strcpy(line + 4094, "\n");
	fixture_type(&f, line);
	line[4094] = '\0';
	fixture_expect_say(&f, 1, line);
	memcpy(line + 4094, "x\n", 3);
	f.ui->terminal = false;
	fixture_type(&f, line);
	line[4095] = '\0';
	fixture_expect_say(&f, 2, line);
	fixture_expect(&f, "");
	fixture_close(&f);
}

void
ui_input_suite(void)
{
	CU_pSuite s = CU_add_suite("ui input", NULL, NULL);

	CU_add_test(s, "saying", test_saying);
	CU_add_test(s, "a paste of many lines", test_paste);
	CU_add_test(s, "lines held", test_held);
	CU_add_test(s, "window of messages", test_window);
	CU_add_test(s, "a peer that failed", test_failed_peer);
	CU_add_test(s, "plain input", test_plain_input);
	CU_add_test(s, "lines of a terminal", test_terminal);
}
