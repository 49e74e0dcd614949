/*
 * What ui does each time round its loop (ui/ui.c), when it has to at the
 * latest, and what is over when cryptod dies. end_test.c has the phases.
 */
#include "tests/unit/ui/fixture.h"

#include "ui/leave.h"

#include <CUnit/CUnit.h>

#include <string.h>

void ui_work_suite(void);

static struct view view;
static char calls[32];

static void
note_typed(struct ui *ui)
{
	(void)ui;
	strcat(calls, "typed ");
}

static void
note_work(struct ui *ui)
{
	(void)ui;
	strcat(calls, "work ");
}

static uint64_t
deadline(const struct ui *ui)
{
	return ui->now + 1;
}

static void
open_view(struct fixture *f)
{
	fixture_open(f, MODE_CLIENT, UI_PLAIN);
	view = view_plain;
	f->ui->view = &view;
	calls[0] = '\0';
}

/* A view that has something to do is asked each time. */
static void
test_view(void)
{
	struct fixture f;

	open_view(&f);
	ui_work(f.ui);
	view.typed = note_typed;
	view.work = note_work;
	ui_work(f.ui);
	CU_ASSERT_STRING_EQUAL(calls, "typed work ");
	fixture_close(&f);
}

/* The nearest of all that has a time. */
static void
test_deadline(void)
{
	const uint8_t key[FINGERPRINT_LEN] = { 1 };
	struct fixture f;
	uint64_t now;

	open_view(&f);
	now = f.ui->now;
	CU_ASSERT_EQUAL(ui_deadline(f.ui), CLOCK_NEVER);
	for (int i = 0; i < 4; i++)
		fold_shows(&f.room->folds, FOLD_KEY, key, key, "bob", now);
	CU_ASSERT_EQUAL(ui_deadline(f.ui), now + FOLD_TIME);
	f.ui->deadline = now + 5 * USEC_PER_SEC;
	CU_ASSERT_EQUAL(ui_deadline(f.ui), now + 5 * USEC_PER_SEC);
	f.room->return_by = now + 4 * USEC_PER_SEC;
	CU_ASSERT_EQUAL(ui_deadline(f.ui), now + 4 * USEC_PER_SEC);
	f.ui->turns.since = now;
	CU_ASSERT_EQUAL(ui_deadline(f.ui), now + TURNS_PATIENCE);
	f.room->missed[3].more = 1;
	f.room->missed[3].tell_at = now + 2;
	CU_ASSERT_EQUAL(ui_deadline(f.ui), now + 2);
	view.deadline = deadline;
	CU_ASSERT_EQUAL(ui_deadline(f.ui), now + 1);
	f.room->missed[3].more = 0;
	fixture_close(&f);
}

/* The output is written to its end before the process is. */
static void
test_flushing(void)
{
	struct fixture f;

	open_view(&f);
	ui_quit(f.ui);
	ui_goodbye(f.room);
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	fixture_expect(&f, "12:34:56 * bye\n");
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_DONE);
	ui_cryptod_gone(f.room);
	fixture_expect(&f, "");
	CU_ASSERT_EQUAL(f.ui->phase, UI_DONE);
	fixture_close(&f);
}

/* What was asked of it is not answered, and what was shown comes again. */
static void
test_cryptod_gone(void)
{
	struct ipc_message m = { .handle = 0x1001, .seq = 1 };
	struct fixture f;

	open_view(&f);
	fixture_tell_ready(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	fixture_command(&f, "/status");
	CU_ASSERT_EQUAL(f.room->receipt_count, 1);
	CU_ASSERT_TRUE(f.room->status_asked);
	fixture_output(&f);
	ui_cryptod_gone(f.room);
	CU_ASSERT_EQUAL(f.room->receipt_count, 0);
	CU_ASSERT_FALSE(f.room->status_asked || f.room->status_wanted);
	fixture_expect(&f,
	    "12:34:56 ! the process with the keys ended; when it is back, "
	    "gochat sends again what was not delivered\n"
	    "12:34:56 * bob is connecting\n");
	fixture_close(&f);
}

/* Nobody reads the output: it is dropped, with its receipts, and we leave. */
static void
test_output_gone(void)
{
	struct ipc_message m = { .handle = 0x1001, .seq = 1 };
	struct fixture f;

	open_view(&f);
	fixture_tell_ready(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	ui_output_gone(f.ui);
	CU_ASSERT_EQUAL(f.room->receipt_count, 0);
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	fixture_expect(&f, "");
	fixture_close(&f);
}

void
ui_work_suite(void)
{
	CU_pSuite s = CU_add_suite("ui_work", NULL, NULL);

	CU_add_test(s, "the view", test_view);
	CU_add_test(s, "deadlines", test_deadline);
	CU_add_test(s, "the rest of the output", test_flushing);
	CU_add_test(s, "cryptod is gone", test_cryptod_gone);
	CU_add_test(s, "the output is gone", test_output_gone);
}
