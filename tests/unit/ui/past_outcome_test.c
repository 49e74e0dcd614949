/*
 * The texts of a ui that died, while another one runs: if cryptod dies as well,
 * and at the end.
 */
#include "ui/leave.h"

#include "tests/unit/ui/recalled.h"

#include "common/child.h"

#include <CUnit/CUnit.h>

#include <string.h>

void past_outcome_suite(void);

/* Recalls one text that waits, one that has yet to reach one of two, one that
 * is open, and one about which all is known. */
static void
recall_four(struct fixture *f)
{
	struct ipc_recall waits = { .seq = 5 };
	struct ipc_recall under_way = { .seq = 6,
		.sent = 1,
		.peers = 2,
		.delivered = 1,
		.left = 1 };
	struct ipc_recall open = { .seq = 7,
		.sent = 1,
		.open = 1,
		.peers = 1,
		.delivered = 1 };
	struct ipc_recall settled = { .seq = 8, .sent = 1, .peers = 1 };

	CU_ASSERT_EQUAL(recalled_text(f, waits, "", "waits"), 0);
	CU_ASSERT_EQUAL(recalled_text(f, under_way, "", "is under way"), 0);
	CU_ASSERT_EQUAL(recalled_text(f, open, "", "is open"), 0);
	CU_ASSERT_EQUAL(recalled_text(f, settled, "", "is settled"), 0);
	CU_ASSERT_EQUAL(recalled_missed(f, 8, 1, "bob"), 0);
	recalled_end(f);
	fixture_output(f);
}

/* cryptod dies as well: the marks say that it is not known. */
static void
test_lost(void)
{
	const struct entry_mark *m;
	struct fixture f;

	recalled_begin(&f, UI_TUI);
	recall_four(&f);
	ui_cryptod_gone(f.room);
	m = &recalled_entry(&f, 1)->mark;
	CU_ASSERT(m->unknown && m->peers == 0);
	m = &recalled_entry(&f, 2)->mark;
	CU_ASSERT(m->unknown && m->peers == 2 && m->delivered == 1);
	m = &recalled_entry(&f, 3)->mark;
	CU_ASSERT(m->unknown && !m->open && m->peers == 1);
	CU_ASSERT_FALSE(recalled_entry(&f, 4)->mark.unknown);
	fixture_close(&f);
}

/* The user is told of how many that holds, once, and not that they come
 * again. */
static void
test_lost_plain(void)
{
	const char *out;
	struct fixture f;

	recalled_begin(&f, UI_PLAIN);
	recall_four(&f);
	ui_cryptod_gone(f.room);
	out = fixture_output(&f);
	CU_ASSERT_PTR_NOT_NULL(strstr(out,
	    "12:34:56 ! it is not known whether everybody received what you "
	    "said before ui was restarted, and it is not sent again: 3 of your "
	    "messages, the last is \"is open\"\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out,
	    "; when it is back, gochat sends again what you said since ui was "
	    "restarted and was not delivered\n"));
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), CHILD_UNDELIVERED);
	ui_cryptod_gone(f.room);
	CU_ASSERT_PTR_NULL(strstr(fixture_output(&f), "it is not known"));
	fixture_close(&f);
}

static void
test_lost_json(void)
{
	const char *out;
	struct fixture f;

	recalled_begin(&f, UI_JSON);
	recall_four(&f);
	ui_cryptod_gone(f.room);
	out = fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_count(out, "\"event\":\"sent\""), 3);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(out, "\"seq\":5,\"peers\":0,\"unknown\":true}"));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(out, "\"seq\":6,\"peers\":2,\"unknown\":true}"));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(out, "\"seq\":7,\"peers\":1,\"unknown\":true}"));
	fixture_close(&f);
}

/* Texts that were heard of since are known. */
static void
test_lost_nothing(void)
{
	struct ipc_sent_also also = { .after = 6, .id.bytes = { 3, 0xee } };
	struct ipc_sent_all all = { .seq = 7 };
	struct ipc_undelivered unreachable = { .seq = 5,
		.reason = UNDELIVERED_NO_PATH,
		.id.bytes = { 4, 0xee } };
	struct fixture f;

	recalled_begin(&f, UI_PLAIN);
	recall_four(&f);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 5, 2), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_UNDELIVERED, &unreachable, NULL,
			    0),
	    0);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 5, 1), 0);
	CU_ASSERT_EQUAL(f.room->past.own_count, 3);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 5, 2), 0);
	CU_ASSERT_EQUAL(f.room->past.own_count, 2);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 6, 2), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SENT_ALSO, &also, NULL, 0), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SENT_ALL, &all, NULL, 0), 0);
	CU_ASSERT_EQUAL(f.room->past.own_count, 1);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 7, 3), 0);
	fixture_output(&f);
	ui_cryptod_gone(f.room);
	fixture_expect(&f,
	    "12:34:56 ! the process with the keys ended; when it is back, "
	    "gochat sends again what was not delivered\n");
	fixture_close(&f);
}

static void
tell_goodbye(struct fixture *f)
{
	struct ipc_empty nothing;

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_GOODBYE, &nothing, NULL, 0), 0);
}

/* Texts that wait with cryptod are not sent if no bootnode ever admitted us:
 * they are named, also if we quit before we were told of them. */
static void
test_quit_waiting(void)
{
	struct ipc_recall first = { .seq = 5 }, second = { .seq = 6 };
	const char *out;
	struct fixture f;

	recalled_begin(&f, UI_PLAIN);
	CU_ASSERT_EQUAL(recalled_text(&f, first, "", "too early"), 0);
	ui_quit(f.ui);
	CU_ASSERT_EQUAL(recalled_text(&f, second, "", "and quit"), 0);
	recalled_end(&f);
	fixture_output(&f);
	tell_goodbye(&f);
	fixture_expect(&f,
	    "12:34:56 ! not sent, because there is no connection to a "
	    "bootnode: \"too early\"\n"
	    "12:34:56 ! not sent, because there is no connection to a "
	    "bootnode: \"and quit\"\n"
	    "12:34:56 * bye\n");
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), CHILD_UNDELIVERED);
	fixture_close(&f);
	/* The wait has an end. */
	recalled_begin(&f, UI_JSON);
	for (first.seq = 1; first.seq <= 100; first.seq++)
		CU_ASSERT_EQUAL(recalled_text(&f, first, "", "again"), 0);
	recalled_end(&f);
	ui_quit(f.ui);
	fixture_output(&f);
	tell_goodbye(&f);
	out = fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_count(out, "\\\"again\\\""), 64);
	CU_ASSERT_EQUAL(fixture_count(out, ": 36 more lines\""), 1);
	fixture_close(&f);
}

/* Texts not heard of by the end are reported. */
static void
test_quit_under_way(void)
{
	struct fixture f;

	recalled_begin(&f, UI_PLAIN);
	recall_four(&f);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	ui_quit(f.ui);
	fixture_output(&f);
	tell_goodbye(&f);
	fixture_expect(&f,
	    "12:34:56 ! it is not known whether everybody received your last "
	    "3 messages\n12:34:56 * bye\n");
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), CHILD_UNDELIVERED);
	fixture_close(&f);
}

/* At the end of its input ui waits for the texts of the one before, once it
 * knows of them. */
static void
test_end_of_input(void)
{
	struct ipc_recall under_way = { .seq = 6,
		.sent = 1,
		.peers = 1,
		.left = 1 };
	struct fixture f;

	recalled_begin(&f, UI_PLAIN);
	fixture_end_input(&f);
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(recalled_text(&f, under_way, "", "is under way"), 0);
	recalled_end(&f);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 6, 1), 0);
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_QUIT);
	fixture_close(&f);
	/* The wait does not last for ever. */
	recalled_begin(&f, UI_PLAIN);
	fixture_end_input(&f);
	f.ui->now += UI_DRAIN_TIME;
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_QUIT);
	fixture_close(&f);
}

void
past_outcome_suite(void)
{
	CU_pSuite s = CU_add_suite("past_outcome", NULL, NULL);

	CU_add_test(s, "lost with cryptod", test_lost);
	CU_add_test(s, "lost, in plain", test_lost_plain);
	CU_add_test(s, "lost, in json", test_lost_json);
	CU_add_test(s, "nothing lost", test_lost_nothing);
	CU_add_test(s, "quit while they wait", test_quit_waiting);
	CU_add_test(s, "quit while they are under way", test_quit_under_way);
	CU_add_test(s, "the end of input", test_end_of_input);
}
