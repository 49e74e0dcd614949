/*
 * Messages from cryptod (ui/dispatch.c): what ui knows after each, and what it
 * tells nobody. model_test.c has what cryptod may not say, and the tests of the
 * views what is shown.
 */
#include "tests/unit/ui/fixture.h"

#include "ui/leave.h"
#include "ui/tui/tui.h"

#include <CUnit/CUnit.h>

#include <string.h>

void dispatch_suite(void);

#define T	"12:34:56 * "
#define E	"12:34:56 ! "
#define PEER(n) (0x1000 | (n))

static void
tell(struct fixture *f, enum ipc_type type, const void *body)
{
	CU_ASSERT_EQUAL(fixture_tell(f, type, body, NULL, 0), 0);
}

static void
open_ready(struct fixture *f)
{
	fixture_open(f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(f);
	fixture_tell_peer(f, 1, PEER_CONNECTED, "bob");
	fixture_output(f);
}

static bool
says(struct fixture *f, const char *what)
{
	return strstr(fixture_output(f), what) != NULL;
}

/* --- Start ---------------------------------------------------------------- */

static int
tell_ready(struct fixture *f, uint16_t port, uint8_t key)
{
	struct ipc_client_ready ready = { .port = port,
		.fingerprint = { key } };

	return fixture_tell(f, IPC_CLIENT_READY, &ready, "alice", 5);
}

/* Who we are is told once, and again if the next cryptod makes a difference. */
static void
test_ready(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_FALSE(f.room->was_ready);
	CU_ASSERT_EQUAL(tell_ready(&f, 4545, 1), 0);
	CU_ASSERT_TRUE(f.room->was_ready);
	CU_ASSERT_TRUE(says(&f, "you are alice"));
	CU_ASSERT_EQUAL(tell_ready(&f, 4545, 1), -1);
	ui_cryptod_gone(f.room);
	fixture_output(&f);
	CU_ASSERT_EQUAL(tell_ready(&f, 4545, 1), 0);
	fixture_expect(&f, "");
	ui_cryptod_gone(f.room);
	fixture_output(&f);
	CU_ASSERT_EQUAL(tell_ready(&f, 4546, 1), 0);
	CU_ASSERT_TRUE(says(&f, "UDP port 4546"));
	ui_cryptod_gone(f.room);
	fixture_output(&f);
	CU_ASSERT_EQUAL(tell_ready(&f, 4546, 2), 0);
	CU_ASSERT_TRUE(says(&f, "your fingerprint is 0200"));
	CU_ASSERT_FALSE(f.room->past.ready_due);
	fixture_close(&f);
}

/* After what a ui before this one showed. */
static void
test_ready_later(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	f.room->past.awaited = true;
	CU_ASSERT_EQUAL(tell_ready(&f, 4545, 1), 0);
	fixture_expect(&f, "");
	CU_ASSERT_TRUE(f.room->past.ready_due);
	fixture_close(&f);
}

/* A first cryptod that ends has said why; of others the user is told. */
static void
test_bootnode_mode(void)
{
	struct ipc_bootnode_ready ready = { .addr.port = 1 };
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	ui_cryptod_gone(f.room);
	fixture_expect(&f, "");
	tell(&f, IPC_BOOTNODE_READY, &ready);
	fixture_output(&f);
	ui_cryptod_gone(f.room);
	fixture_expect(&f,
	    E "the process with the keys ended; clients join again when it is "
	      "back\n");
	fixture_close(&f);
}

/* --- The bootnode --------------------------------------------------------- */

static void
tell_bootnode(struct fixture *f, enum boot_status status, bool settling)
{
	struct ipc_bootnode b = {
		.status = (uint8_t)status,
		.refusal = status == BOOT_REFUSED ? REFUSAL_BOOTNODE_FULL
						  : REFUSAL_NONE,
		.settling = settling,
		.joined = status == BOOT_JOINED || status == BOOT_REJOINED ||
		    status == BOOT_LOST,
	};

	tell(f, IPC_BOOTNODE, &b);
}

static void
expect_room(struct fixture *f, bool joined, bool settling, bool kept_out)
{
	CU_ASSERT_EQUAL(f->room->model.joined, joined);
	CU_ASSERT_EQUAL(f->room->model.settling, settling);
	CU_ASSERT_EQUAL(f->room->kept_out, kept_out);
}

/* The model notes whether anybody may be on the way back, and whether a
 * bootnode has admitted us or kept us out. */
static void
test_bootnode(void)
{
	struct ipc_empty nothing;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	expect_room(&f, false, true, false);
	tell_bootnode(&f, BOOT_JOINED, true);
	expect_room(&f, true, true, false);
	tell_bootnode(&f, BOOT_REJOINED, false);
	expect_room(&f, true, false, false);
	tell_bootnode(&f, BOOT_LOST, false);
	expect_room(&f, true, true, false);
	tell_bootnode(&f, BOOT_JOINED, false);
	expect_room(&f, true, false, false);
	tell_bootnode(&f, BOOT_REJOINED, true);
	expect_room(&f, true, true, false);
	tell(&f, IPC_SETTLED, &nothing);
	expect_room(&f, true, false, false);
	tell_bootnode(&f, BOOT_REFUSED, false);
	expect_room(&f, true, false, true);
	tell_bootnode(&f, BOOT_JOINED, false);
	expect_room(&f, true, false, true);
	fixture_close(&f);
	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	tell_bootnode(&f, BOOT_UNREACHABLE, false);
	expect_room(&f, false, true, true);
	fixture_close(&f);
}

/* In a pipe it is news until the end: no screen is in the way. */
static void
test_bootnode_at_end(void)
{
	struct fixture f;

	open_ready(&f);
	ui_quit(f.ui);
	fixture_output(&f);
	tell_bootnode(&f, BOOT_UNREACHABLE, false);
	fixture_expect(&f,
	    E "the address of the bootnode is not known yet; still trying\n");
	tell_bootnode(&f, BOOT_REFUSED, false);
	CU_ASSERT_TRUE(says(&f, E "bootnode [::]:0 refused: it is full"));
	fixture_close(&f);
}

/* On a screen that is about to go nobody would see them. */
static void
test_bootnode_on_screen(void)
{
	struct fixture f;
	uint64_t entries;

	fixture_open(&f, MODE_CLIENT, UI_TUI);
	fixture_tell_ready(&f);
	entries = f.room->pane->history.next;
	tell_bootnode(&f, BOOT_UNREACHABLE, false);
	CU_ASSERT_EQUAL(f.room->pane->history.next, entries + 1);
	ui_quit(f.ui);
	entries = f.room->pane->history.next;
	tell_bootnode(&f, BOOT_UNREACHABLE, false);
	CU_ASSERT_EQUAL(f.room->pane->history.next, entries);
	fixture_close(&f);
}

/* --- Peers ---------------------------------------------------------------- */

/* A name that is told again is no news, and a peer that comes back is. */
static void
test_peer(void)
{
	struct fixture f;

	open_ready(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	fixture_expect(&f, "");
	fixture_tell_peer(&f, 1, PEER_PATH, "bob");
	fixture_expect(&f, T "bob has another path (direct, 12.3 ms)\n");
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	fixture_expect(&f, "");
	fixture_tell_peer(&f, 1, PEER_CONNECTING, NULL);
	fixture_expect(&f, T "bob is connecting\n");
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "rob");
	fixture_expect(&f,
	    T "bob is now called rob\n" T "rob is here (direct, 12.3 ms)\n");
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	fixture_expect(&f, T "rob is now called bob\n");
	fixture_close(&f);
}

/* Whoever was here is known from then on, by their key and name; we, in another
 * place, are not somebody that we have met. */
static void
test_met(void)
{
	struct fixture f;

	open_ready(&f);
	fixture_tell_place(&f, 2, FIXTURE_OWN_KEY, PEER_CONNECTED, "zoe");
	fixture_tell_peer(&f, 1, PEER_LEFT, NULL);
	fixture_tell_place(&f, 2, FIXTURE_OWN_KEY, PEER_LEFT, NULL);
	fixture_output(&f);
	fixture_tell_peer(&f, 3, PEER_CONNECTED, "zoe");
	CU_ASSERT_FALSE(says(&f, "THE KEY OF"));
	fixture_tell_peer(&f, 4, PEER_CONNECTED, "bob");
	CU_ASSERT_TRUE(says(&f, E "THE KEY OF bob~ab04 IS NOT"));
	fixture_close(&f);
}

/* The same by a name that is told with a text alone. */
static void
test_met_by_text(void)
{
	struct ipc_message m = { .handle = PEER(1), .seq = 1 };
	struct fixture f;

	open_ready(&f);
	CU_ASSERT_EQUAL(fixture_tell_said(&f, &m, "rob", "x", 1), 0);
	fixture_tell_peer(&f, 1, PEER_LEFT, NULL);
	fixture_output(&f);
	fixture_tell_peer(&f, 4, PEER_CONNECTED, "rob");
	CU_ASSERT_TRUE(says(&f, E "THE KEY OF rob~ab04 IS NOT"));
	fixture_close(&f);
}

/* A text of somebody whose key is not known yet says nothing of a name. */
static void
test_text_without_key(void)
{
	struct ipc_message m = { .handle = PEER(2), .seq = 1 };
	struct fixture f;

	open_ready(&f);
	fixture_tell_peer(&f, 2, PEER_CONNECTING, NULL);
	fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_tell_said(&f, &m, "rob", "x", 1), 0);
	fixture_expect(&f,
	    "12:34:56 <peer-02ee0000000000000000000000000000> x\n");
	fixture_close(&f);
}

/* A name that cannot be shown is known by what is shown instead. */
static void
test_known(void)
{
	struct ipc_known_peer k = { .fingerprint = { 0xab, 9 } };
	struct fixture f;

	open_ready(&f);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_KNOWN_PEER, &k, "a\x1b[2J", 5), 0);
	fixture_tell_peer(&f, 5, PEER_CONNECTED, "peer-ab09");
	CU_ASSERT_TRUE(says(&f, E "THE KEY OF peer-ab09~ab05 IS NOT"));
	fixture_close(&f);
}

/* The mark is kept for when the peer is gone. */
static void
test_verified(void)
{
	struct ipc_verified v = { .handle = PEER(1), .verified = 1 };
	struct fixture f;

	open_ready(&f);
	tell(&f, IPC_VERIFIED, &v);
	fixture_expect(&f, T "bob is marked as verified\n");
	v.handle = PEER(2); /* gone */
	tell(&f, IPC_VERIFIED, &v);
	fixture_expect(&f, "");
	fixture_tell_peer(&f, 1, PEER_LEFT, NULL);
	fixture_output(&f);
	fixture_tell_peer(&f, 4, PEER_CONNECTED, "bob");
	CU_ASSERT_TRUE(says(&f, E "known, and verified: ab01 cd00"));
	fixture_close(&f);
}

/* --- Texts ---------------------------------------------------------------- */

static unsigned int touched;

static void
note_touch(struct ui *ui)
{
	(void)ui;
	touched++;
}

/* One that comes again, since its receipt was lost, is shown once, and owed a
 * receipt each time: with the next frame of a screen. */
static void
test_message_again(void)
{
	struct ipc_message m = { .handle = PEER(1), .seq = 7 };
	struct view view = view_plain;
	struct fixture f;

	open_ready(&f);
	view.touch = note_touch;
	f.ui->view = &view;
	touched = 0;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	CU_ASSERT_EQUAL(touched, 0);
	fixture_expect(&f, "12:34:56 <bob> x\n");
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	CU_ASSERT_EQUAL(touched, 1);
	m.seq--;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	fixture_expect(&f, "");
	CU_ASSERT_EQUAL(f.room->receipt_count, 3);
	fixture_close(&f);
}

/* While we leave, a text that there is no room for gets no receipt, so that its
 * sender hears of it. */
static void
test_message_at_end(void)
{
	static char much[OUTPUT_MARK + 1];
	struct ipc_message m = { .handle = PEER(1), .seq = 1 };
	struct fixture f;

	open_ready(&f);
	ui_quit(f.ui);
	fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	fixture_expect(&f, "12:34:56 <bob> x\n");
	CU_ASSERT_EQUAL(f.room->receipt_count, 1);
	m.seq++;
	f.room->receipt_count = UI_RECEIPTS_MAX;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	fixture_expect(&f, "");
	CU_ASSERT_EQUAL(f.room->receipt_count, UI_RECEIPTS_MAX);
	f.room->receipt_count = 0;
	output_put(&f.ui->out, much, sizeof(much));
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	CU_ASSERT_EQUAL(f.room->receipt_count, 0);
	output_drop(&f.ui->out);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	fixture_expect(&f, "12:34:56 <bob> x\n");
	fixture_close(&f);
}

/* --- Questions, and the end ----------------------------------------------- */

/* An answer is shown once, and its figures are not kept for the next. */
static void
test_status(void)
{
	struct ipc_status_peer peer = { .net.handle = PEER(1) };
	struct ipc_status s = { .boot_status = BOOT_LOST };
	struct fixture f;

	open_ready(&f);
	fixture_command(&f, "/status");
	CU_ASSERT_TRUE(f.room->status_asked && f.room->status_wanted);
	tell(&f, IPC_STATUS_PEER, &peer);
	tell(&f, IPC_STATUS, &s);
	CU_ASSERT_TRUE(says(&f,
	    T "bootnode without an address: connection "
	      "lost\n"));
	CU_ASSERT_FALSE(f.room->status_asked || f.room->status_wanted);
	CU_ASSERT_EQUAL(model_peer(&f.room->model, PEER(1))->figures.net.handle,
	    0);
	tell(&f, IPC_STATUS, &s);
	fixture_expect(&f, "");
	fixture_close(&f);
}

/* Also if it was one before us that has asked for it. */
static void
test_goodbye(void)
{
	struct ipc_empty nothing;
	struct fixture f;

	open_ready(&f);
	tell(&f, IPC_GOODBYE, &nothing);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	fixture_expect(&f, T "bye\n");
	fixture_close(&f);
}

void
dispatch_suite(void)
{
	CU_pSuite s = CU_add_suite("dispatch", NULL, NULL);

	CU_add_test(s, "ready", test_ready);
	CU_add_test(s, "ready, after what was before", test_ready_later);
	CU_add_test(s, "a bootnode is ready", test_bootnode_mode);
	CU_add_test(s, "the bootnode", test_bootnode);
	CU_add_test(s, "the bootnode, at the end", test_bootnode_at_end);
	CU_add_test(s, "the bootnode, on a screen", test_bootnode_on_screen);
	CU_add_test(s, "what is news of a peer", test_peer);
	CU_add_test(s, "who was met", test_met);
	CU_add_test(s, "who was met by a text", test_met_by_text);
	CU_add_test(s, "a text without a key", test_text_without_key);
	CU_add_test(s, "who was met before", test_known);
	CU_add_test(s, "who is verified", test_verified);
	CU_add_test(s, "a text again", test_message_again);
	CU_add_test(s, "a text at the end", test_message_at_end);
	CU_add_test(s, "a status", test_status);
	CU_add_test(s, "goodbye", test_goodbye);
}
