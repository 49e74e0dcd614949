/*
 * The output of the plain view (json_test.c has the other), and its receipts:
 * when they are sent, and what is not read without them.
 */
#include "ui/say.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <string.h>
#include <unistd.h>

void ui_output_suite(void);

static void
test_plain_output(void)
{
	static const char forged[] = "one\n12:34:56 <carol> forged\x1b[1m";
	struct ipc_message m = { .handle = 0x1001, .seq = 1 };
	struct ipc_undelivered u = { .seq = 1, .reason = UNDELIVERED_LEFT };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	fixture_expect(&f,
	    "12:34:56 * you are alice in room r\"om (no passphrase), UDP port "
	    "4545\n"
	    "12:34:56 * your fingerprint is 0000 0000 0000 0000 0000 0000 0000 "
	    "0000 0000 0000\n");
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTING, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_FAILED, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, forged,
			    sizeof(forged) - 1),
	    0);
	fixture_expect(&f,
	    "12:34:56 * peer 01ee0000 is connecting\n"
	    "12:34:56 * peer 01ee0000 cannot be reached (no direct path, "
	    "and the bootnode does not relay); still trying\n"
	    "12:34:56 * bob is here (direct, 12.3 ms)\n"
	    "12:34:56 <bob> one\n"
	    "         | 12:34:56 <carol> forged␛[1m\n");
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_output(&f);
	fixture_type(&f, "to bob\nto nobody\n");
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 2, 0), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_LEFT, NULL), 0);
	u.id.bytes[0] = 1;
	u.id.bytes[1] = 0xee;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_UNDELIVERED, &u, NULL, 0), 0);
	fixture_expect(&f,
	    "12:34:56 ! nobody is here: not sent to anyone: \"to nobody\""
	    "\n12:34:56 * bob left (its path is dead)\n"
	    "12:34:56 ! not delivered to bob (left): \"to bob\"\n");
	fixture_close(&f);
}

static void
test_plain_bootnode(void)
{
	struct ipc_member m = { .what = MEMBER_JOINED, .room = { 0xab } };
	struct ipc_stats stats = { .sessions = 1, .heartbeats = 5 };
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MEMBER_SHOW, &m, NULL, 0), 0);
	fixture_expect(&f, "12:34:56 peer 00000000 joined room ab000000\n");
	m.what = MEMBER_LEFT;
	m.reason = LEAVE_TIMEOUT;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MEMBER_SHOW, &m, NULL, 0), 0);
	fixture_expect(&f,
	    "12:34:56 peer 00000000 left room ab000000 (timeout)\n");
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_STATS_SHOW, &stats, NULL, 0), 0);
	fixture_expect(&f,
	    "12:34:56 * 1 sessions in 0 rooms; 0 joins, 0 rejected, 0 "
	    "dropped\n");
	/* Heartbeats alone are never news. */
	f.ui->now += 3600 * USEC_PER_SEC;
	stats.heartbeats++;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_STATS_SHOW, &stats, NULL, 0), 0);
	fixture_expect(&f, "");
	/* Joins are news, but not again within a minute. */
	for (int i = 0; i < 119; i++) {
		stats.joins++;
		CU_ASSERT_EQUAL(fixture_tell(&f, IPC_STATS_SHOW, &stats, NULL,
				    0),
		    0);
		f.ui->now += USEC_PER_SEC;
	}
	fixture_expect(&f,
	    "12:34:56 * 1 sessions in 0 rooms; 1 joins, 0 rejected, 0 "
	    "dropped\n"
	    "12:34:56 * 1 sessions in 0 rooms; 61 joins, 0 rejected, 0 "
	    "dropped\n");
	fixture_type(&f, "hello\n");
	fixture_expect(&f,
	    "12:34:56 ! line 1: unknown command hello; did you mean help? The "
	    "commands are help, status, rooms, sessions, fleet, kick, drain, deny, "
	    "reload, quit\n");
	/* A bootnode goes on without an operator. */
	fixture_end_input(&f);
	CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
	fixture_expect_next(&f, IPC_NONE);
	fixture_close(&f);
}

static void
test_receipts(void)
{
	struct ipc_message m = { .handle = 0x1001, .seq = 7 };
	char text[OUTPUT_PIECE];
	struct ipc_message_in in;
	const struct ipc_receipt *r;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	fixture_output(&f);
	memset(text, 'x', sizeof(text));
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, text, sizeof(text)),
	    0);
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(output_write(&f.ui->out, f.out[1]), 0);
	CU_ASSERT(output_pending(&f.ui->out));
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_NONE); /* part of it is not written yet */
	CU_ASSERT_EQUAL(output_write(&f.ui->out, f.out[1]), 0);
	CU_ASSERT(!output_pending(&f.ui->out));
	ui_work(f.ui);
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_RECEIPT);
	r = in.body;
	CU_ASSERT_EQUAL(r->handle, 0x1001);
	CU_ASSERT_EQUAL(r->seq, 7);
	fixture_expect_next(&f, IPC_NONE);
	fixture_close(&f);
}

/* An output that nobody reads stops the reading from cryptod, and nothing
 * else. */
static void
test_back_pressure(void)
{
	static char text[TEXT_MAX];
	struct ipc_message m = { .handle = 0x1001 };
	struct fixture f;
	int messages = 0;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	memset(text, 'x', sizeof(text));
	while (ui_reads_cryptod(f.room) && messages < 1000) {
		m.seq = (uint64_t)++messages;
		CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, text,
				    sizeof(text)),
		    0);
	}
	CU_ASSERT_EQUAL(messages, OUTPUT_MARK / TEXT_MAX);
	CU_ASSERT(!ui_takes_lines(f.room));
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_NONE);
	while (output_write(&f.ui->out, f.out[1]) == 0 &&
	    read(f.out[0], text, sizeof(text)) > 0)
		ui_work(f.ui);
	for (; messages > 0; messages--)
		fixture_expect_next(&f, IPC_RECEIPT);
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT(ui_reads_cryptod(f.room));
	fixture_close(&f);
}

/* So do many short texts: the number of receipts has a bound. */
static void
test_receipts_bounded(void)
{
	struct ipc_message m = { .handle = 0x1001 };
	struct fixture f;
	int messages = 0;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTED, "b"), 0);
	while (ui_reads_cryptod(f.room) && messages <= UI_RECEIPTS_MAX) {
		m.seq = (uint64_t)++messages;
		CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	}
	CU_ASSERT_EQUAL(messages, UI_RECEIPTS_MAX);
	fixture_close(&f);
}

void
ui_output_suite(void)
{
	CU_pSuite s = CU_add_suite("ui output", NULL, NULL);

	CU_add_test(s, "plain output", test_plain_output);
	CU_add_test(s, "plain bootnode", test_plain_bootnode);
	CU_add_test(s, "receipts", test_receipts);
	CU_add_test(s, "back-pressure", test_back_pressure);
	CU_add_test(s, "receipts are bounded", test_receipts_bounded);
}
