/*
 * What is told of what had not gone out when we leave (ui/leave.c): each line,
 * up to a bound, and then how many more. end_test.c has the phases.
 */
#include "ui/leave.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <string.h>

void leave_suite(void);

#define E	     "12:34:56 ! "
#define NO_BOOTNODE  "not sent, because there is no connection to a bootnode: "
#define TOLD_TO_QUIT "not sent, because gochat was told to quit first: "
#define NAMED	     64

/* So many texts wait, and ui leaves: the error of each of them, and these. */
static void
expect_lines(bool joined, unsigned int texts, const char *why, const char *last)
{
	const char *out;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	if (joined) /* as many more are with cryptod, which is told to end */
		fixture_tell_bootnode(&f, BOOT_JOINED);
	for (unsigned int i = 0; joined && i < SAID_UNSENT_MAX; i++)
		fixture_type(&f, "x\n");
	for (unsigned int i = 0; i < texts; i++)
		fixture_type(&f, "one of many\n");
	fixture_output(&f);
	ui_quit(f.ui);
	out = fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_count(out, why),
	    texts < NAMED ? texts : NAMED + (last != NULL));
	CU_ASSERT_EQUAL(fixture_count(out, "\"one of many\"\n"),
	    texts < NAMED ? texts : NAMED);
	if (last != NULL)
		CU_ASSERT_PTR_NOT_NULL(strstr(out, last));
	CU_ASSERT_EQUAL(f.ui->outcome.not_sent, texts > 0);
	fixture_close(&f);
}

static void
test_bound(void)
{
	expect_lines(false, 0, NO_BOOTNODE, NULL);
	expect_lines(false, 1, NO_BOOTNODE, NULL);
	expect_lines(false, NAMED, NO_BOOTNODE, NULL);
	expect_lines(false, NAMED + 1, NO_BOOTNODE,
	    E NO_BOOTNODE "1 more lines\n");
	expect_lines(true, 1, TOLD_TO_QUIT, NULL);
	expect_lines(true, NAMED, TOLD_TO_QUIT, NULL);
	expect_lines(true, NAMED + 2, TOLD_TO_QUIT,
	    E TOLD_TO_QUIT "2 more lines\n");
}

/* Of an input that was not read to its end it is not known how much it was. */
static void
test_unread(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_output(&f);
	f.ui->phase = UI_DRAINING;
	ui_quit(f.ui);
	fixture_expect(&f, E TOLD_TO_QUIT "the rest of the input\n");
	CU_ASSERT_TRUE(f.ui->outcome.not_sent);
	fixture_close(&f);
	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	f.ui->phase = UI_DRAINING;
	f.ui->in.ended = true;
	ui_quit(f.ui);
	fixture_expect(&f, "");
	CU_ASSERT_FALSE(f.ui->outcome.not_sent);
	fixture_close(&f);
}

/* There is nobody to say goodbye. */
static void
test_without_cryptod(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	ipc_close(&f.room->cryptod);
	ui_quit(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	CU_ASSERT_EQUAL(f.ui->deadline, f.ui->now + UI_FLUSH_TIME);
	fixture_expect(&f, "12:34:56 * bye\n");
	/* What comes later changes nothing. */
	ui_quit(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	fixture_expect(&f, "");
	fixture_close(&f);
}

/* It dies instead of saying so. */
static void
test_cryptod_dies(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	f.room->was_ready = true;
	ui_quit(f.ui);
	fixture_expect_next(&f, IPC_QUIT);
	CU_ASSERT_EQUAL(f.ui->deadline, f.ui->now + UI_GOODBYE_TIME);
	ui_cryptod_gone(f.room);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	fixture_expect(&f, "12:34:56 * bye\n");
	ui_cryptod_gone(f.room);
	fixture_expect(&f, "");
	fixture_close(&f);
}

void
leave_suite(void)
{
	CU_pSuite s = CU_add_suite("leave", NULL, NULL);

	CU_add_test(s, "lines, up to a bound", test_bound);
	CU_add_test(s, "an input that was not read", test_unread);
	CU_add_test(s, "no cryptod", test_without_cryptod);
	CU_add_test(s, "cryptod dies meanwhile", test_cryptod_dies);
}
