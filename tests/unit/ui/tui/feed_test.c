/*
 * News in the tui: which become lines, of which kind, and which ring.
 */
#include "common/log.h"
#include "common/log_channel.h"
#include "tests/unit/ipc_pair.h"
#include "tests/unit/ui/tui/desk.h"
#include "ui/leave.h"

#include <CUnit/CUnit.h>

#include <string.h>

void feed_suite(void);

/* The user looks at the terminal, or at another window. */
#define FOCUS_IN  "\033[I"
#define FOCUS_OUT "\033[O"

static void
open_wide(struct desk *s)
{
	desk_open(s, 200, 30);
	desk_meet_bob(s);
	desk_show(s);
}

/* Checks that a line with this text is shown, and the last line is of this
 * kind. */
static void
expect_line(struct desk *s, enum entry_kind kind, const char *text)
{
	const struct history *h = &s->f.room->pane->history;

	desk_show(s);
	if (desk_row_with(s, text) == -1)
		fprintf(stderr, "\n  no row with <%s>\n", text);
	CU_ASSERT_NOT_EQUAL(desk_row_with(s, text), -1);
	CU_ASSERT_EQUAL(history_entry(h, h->next - 1)->kind, kind);
}

static void
test_peers(void)
{
	const struct history *h;
	struct desk s;
	uint64_t lines;

	open_wide(&s);
	h = &s.f.room->pane->history;
	expect_line(&s, ENTRY_EVENT, "bob is here");
	/* The list alone shows who is connecting, and over which path. */
	lines = h->next;
	CU_ASSERT_EQUAL(fixture_tell_peer(&s.f, 2, PEER_CONNECTING, "carl"), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&s.f, 1, PEER_PATH, "bob"), 0);
	CU_ASSERT_EQUAL(h->next, lines);
	CU_ASSERT_EQUAL(fixture_tell_peer(&s.f, 2, PEER_FAILED, "carl"), 0);
	CU_ASSERT_EQUAL(h->next, lines + 1);
	expect_line(&s, ENTRY_ERROR, "cannot be reached");
	CU_ASSERT_EQUAL(fixture_tell_peer(&s.f, 1, PEER_CONNECTED, "bobby"), 0);
	expect_line(&s, ENTRY_EVENT, "bob is now called bobby");
	CU_ASSERT_EQUAL(fixture_tell_peer(&s.f, 1, PEER_LEFT, "bobby"), 0);
	expect_line(&s, ENTRY_EVENT, "bobby left");
	desk_close(&s);
}

static void
test_warnings(void)
{
	struct ipc_fork fork = { .handle = 0x1001, .seq = 3 };
	struct ipc_stranger stranger = { .id.bytes = { 6, 0xee } };
	struct ipc_peer_claim claim = { .handle = 0x1001,
		.id.bytes = { 1, 0xee },
		.fingerprint = { 0xde, 0xad } };
	struct ipc_message gap = { .handle = 0x1001, .seq = 9, .after_gap = 1 };
	struct ipc_verified v = { .handle = 0x1001, .verified = 1 };
	struct desk s;

	open_wide(&s);
	CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_FORK, &fork, NULL, 0), 0);
	expect_line(&s, ENTRY_ERROR,
	    "the texts of bob do not agree with what they said before");
	CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_STRANGER, &stranger, NULL, 0),
	    0);
	expect_line(&s, ENTRY_ERROR, "peer 06ee0000 is listed in the room and");
	CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_PEER_CLAIM, &claim, NULL, 0), 0);
	expect_line(&s, ENTRY_ERROR,
	    "somebody in the room pretends to be bob; gochat refused them");
	expect_line(&s, ENTRY_ERROR, "their key: dead 0000");
	CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_VERIFIED, &v, NULL, 0), 0);
	expect_line(&s, ENTRY_EVENT, "bob is marked as verified");
	CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_MESSAGE, &gap, "late", 4), 0);
	expect_line(&s, ENTRY_HEARD,
	    "before this, bob said something that has not reached you");
	desk_close(&s);
}

/* The warning about a known name with another key is the loudest of all. */
static void
test_key_changed(void)
{
	struct ipc_known_peer known = { .fingerprint = { 0xaa } };
	struct desk s;

	open_wide(&s);
	s.f.ui->tui->attention.how = NOTIFY_BELL;
	CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_KNOWN_PEER, &known, "anna", 4),
	    0);
	desk_type(&s, FOCUS_OUT);
	CU_ASSERT_EQUAL(fixture_tell_peer(&s.f, 2, PEER_CONNECTED, "anna"), 0);
	expect_line(&s, ENTRY_ALARM,
	    "THE KEY OF anna~ab02 IS NOT THE ONE KNOWN BY THIS NAME");
	CU_ASSERT_EQUAL(s.vt.bells, 1);
	desk_close(&s);
}

/* A peer says it while nobody looks; returns whether that rings. */
static bool
rings(struct desk *s, unsigned int flags, const char *text)
{
	static uint64_t seq;
	unsigned int before = s->vt.bells;

	s->f.ui->now += ATTENTION_REST;
	desk_hear(s, ++seq, flags, text, strlen(text));
	desk_show(s);
	return s->vt.bells != before;
}

static void
test_rings(void)
{
	struct desk s;

	open_wide(&s);
	s.f.ui->tui->attention.how = NOTIFY_BELL;
	s.f.ui->tui->attention.what = NOTIFY_MENTIONS;
	desk_type(&s, FOCUS_OUT);
	CU_ASSERT_FALSE(rings(&s, 0, "nothing for you"));
	CU_ASSERT_TRUE(rings(&s, 0, "Alice: look"));
	CU_ASSERT_TRUE(rings(&s, TEXT_FLAG_PRIVATE, "psst"));
	CU_ASSERT_FALSE(rings(&s, 0, "malice"));
	s.f.ui->tui->attention.what = NOTIFY_ALL;
	CU_ASSERT_TRUE(rings(&s, 0, "for all"));
	desk_type(&s, FOCUS_IN);
	CU_ASSERT_FALSE(rings(&s, TEXT_FLAG_PRIVATE, "you see it"));
	desk_close(&s);
}

/* A line was said and sent to bob; then it leaves the screen. */
static void
say_and_forget(struct desk *s)
{
	open_wide(s);
	desk_type(s, "hello bob\r");
	CU_ASSERT_EQUAL(fixture_tell_sent(&s->f, 1, 1), 0);
	desk_show(s);
	history_free(&s->f.room->pane->history);
	history_init(&s->f.room->pane->history);
}

/* If the message is there its mark says it, otherwise a line. */
static void
test_undelivered(void)
{
	struct desk s;
	uint64_t lines;

	open_wide(&s);
	desk_type(&s, "hello bob\r");
	CU_ASSERT_EQUAL(fixture_tell_sent(&s.f, 1, 1), 0);
	lines = s.f.room->pane->history.next;
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&s.f, 1, 1), 0);
	CU_ASSERT_EQUAL(s.f.room->pane->history.next, lines);
	desk_show(&s);
	CU_ASSERT(desk_row_with(&s, "│ not delivered to bob (no path)") > 0);
	desk_close(&s);

	say_and_forget(&s);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&s.f, 1, 1), 0);
	expect_line(&s, ENTRY_ERROR, ": \"hello bob\"");
	desk_close(&s);
}

/* The list asks for figures all the time: only /status is answered in lines. */
static void
test_status(void)
{
	struct ipc_status status = { .boot_status = BOOT_JOINED };
	struct desk s;
	uint64_t lines;

	open_wide(&s);
	desk_type(&s, "x");
	lines = s.f.room->pane->history.next;
	CU_ASSERT_TRUE(s.f.room->status_asked);
	CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_STATUS, &status, NULL, 0), 0);
	CU_ASSERT_EQUAL(s.f.room->pane->history.next, lines);
	desk_type(&s, "\010/status\r");
	CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_STATUS, &status, NULL, 0), 0);
	expect_line(&s, ENTRY_NOTICE,
	    " bootnode without an address: connected");
	CU_ASSERT_NOT_EQUAL(desk_row_with(&s, " NAT: unknown"), -1);
	desk_close(&s);
}

/* People who come and go all the time are told of once in a while, as news or
 * as a warning; paths are only in the list. */
static void
test_folded(void)
{
	struct buf text = { 0 };
	struct desk s;
	uint64_t lines;

	open_wide(&s);
	buf_puts(&text, "it goes on");
	s.f.ui->view->folded(s.f.room, FOLD_PRESENCE, &text);
	expect_line(&s, ENTRY_EVENT, "│ it goes on");
	s.f.ui->view->folded(s.f.room, FOLD_KEY, &text);
	expect_line(&s, ENTRY_ERROR, "│ it goes on");
	lines = s.f.room->pane->history.next;
	s.f.ui->view->folded(s.f.room, FOLD_PATH, &text);
	CU_ASSERT_EQUAL(s.f.room->pane->history.next, lines);
	buf_free(&text);
	desk_close(&s);
}

/* The launcher repeats what is told when the screen goes. */
static void
test_farewell(void)
{
	static const char told[] = "in 1 cases it is not known whether";
	struct ipc_channel ui, launcher;
	struct ipc_message_in in = { .tail = NULL };
	struct desk s;

	ipc_pair(&ui, ROLE_UI, &launcher, ROLE_LAUNCHER);
	open_wide(&s);
	desk_type(&s, "hello bob\r");
	CU_ASSERT_EQUAL(fixture_tell_sent(&s.f, 1, 1), 0);
	ui_quit(s.f.ui);
	log_to_channel(&ui);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&s.f, 1, 1), 0);
	CU_ASSERT_EQUAL(ipc_receive(&launcher, &in), IPC_EMPTY);
	s.f.ui->view->bye(s.f.ui);
	CU_ASSERT_EQUAL(ipc_receive(&launcher, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_FAREWELL);
	CU_ASSERT_PTR_NOT_NULL(
	    memmem(in.tail, in.tail_len, told, strlen(told)));
	log_to_channel(NULL);
	log_to_function(NULL);
	desk_close(&s);
	ipc_close(&ui);
	ipc_close(&launcher);
}

void
feed_suite(void)
{
	CU_pSuite suite = CU_add_suite("feed", NULL, NULL);

	CU_add_test(suite, "who comes, leaves or fails", test_peers);
	CU_add_test(suite, "warnings", test_warnings);
	CU_add_test(suite, "another key", test_key_changed);
	CU_add_test(suite, "what rings", test_rings);
	CU_add_test(suite, "not delivered", test_undelivered);
	CU_add_test(suite, "status, asked for or not", test_status);
	CU_add_test(suite, "what is folded", test_folded);
	CU_add_test(suite, "told when the screen is gone", test_farewell);
}
