/*
 * The plain view (ui/plain.c): what stands before a line, and that no text of
 * a peer can look like a line of ours. output_test.c and trust_test.c have
 * more of its lines.
 */
#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <string.h>

void plain_suite(void);

#define T	"12:34:56 * "
#define E	"12:34:56 ! "
#define KEY	"ab000000000000000000000000000000000000000000000000000000000000cd"
#define BOOT	"192.0.2.1:9595"
#define EXCERPT "\"to them\""

static void
open_ready(struct fixture *f)
{
	fixture_open(f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(f);
	fixture_tell_peer(f, 1, PEER_CONNECTED, "bob");
	fixture_output(f);
}

static struct ipc_bootnode
bootnode(enum boot_status status)
{
	return (struct ipc_bootnode){
		.status = (uint8_t)status,
		.joined = status != BOOT_UNREACHABLE && status != BOOT_REFUSED,
		.addr = { { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 }, 9595 },
		.key = { 0xab, [X25519_LEN - 1] = 0xcd },
	};
}

static void
expect_bootnode(struct ipc_bootnode b, const char *lines)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_BOOTNODE, &b, NULL, 0), 0);
	fixture_expect(&f, lines);
	fixture_close(&f);
}

/* A user who compares keys finds the bootnode's key in each line about a
 * bootnode that has proven it. */
static void
test_bootnode(void)
{
	struct ipc_bootnode b;

	expect_bootnode(bootnode(BOOT_JOINED),
	    T "connected to bootnode " BOOT "\n" T "key " KEY "\n");
	expect_bootnode(bootnode(BOOT_REJOINED),
	    T "connected to bootnode " BOOT " again\n" T "key " KEY "\n");
	expect_bootnode(bootnode(BOOT_LOST),
	    T "lost the connection to bootnode " BOOT
	      "; conversations go on without it\n");
	b = bootnode(BOOT_REFUSED);
	b.refusal = REFUSAL_BOOTNODE_FULL;
	expect_bootnode(b,
	    T "the bootnode has the key " KEY "\n" E "bootnode " BOOT
	      " refused: it is full; try again later or use another "
	      "bootnode\n");
	b = bootnode(BOOT_UNREACHABLE);
	expect_bootnode(b,
	    E "bootnode " BOOT " does not answer; still trying; if it is "
	      "private, an invite or --access-key-file has to give its access "
	      "key\n");
	b.access = 1;
	expect_bootnode(b,
	    E "bootnode " BOOT " does not answer; still trying; if it is "
	      "private, it may not know our access key any more\n");
	b.mtu = 1000;
	expect_bootnode(b,
	    E "the link to bootnode " BOOT " takes packets of at most 1000 "
	      "bytes, and 1228 are needed; raise its MTU, or use another "
	      "link; still trying\n");
	b.mtu = 0;
	b.addr.port = 0;
	expect_bootnode(b,
	    E "the address of the bootnode is not known yet; still trying\n");
}

/* However many lines a text has, only the first begins with a time. */
static void
test_lines(void)
{
	static const char text[] = "one\n\n12:34:56 * bob left\r\n\ttwo\x1b[1m";
	struct ipc_message m = { .handle = 0x1001,
		.flags = TEXT_FLAG_PRIVATE | TEXT_FLAG_ACTION,
		.seq = 1 };
	struct fixture f;

	open_ready(&f);
	fixture_tell(&f, IPC_MESSAGE, &m, text, sizeof(text) - 1);
	fixture_expect(&f,
	    "12:34:56 (to you alone) -<bob>- one\n"
	    "         | \n"
	    "         | 12:34:56 * bob left␍\n"
	    "         |  two␛[1m\n");
	fixture_close(&f);
}

/* An error may quote anything, and stays one line. */
static void
test_error(void)
{
	struct fixture f;

	open_ready(&f);
	f.ui->view->error(f.room, "no such file: a\nb\x1b[1m\xff");
	fixture_expect(&f, E "no such file: a␊b␛[1m\ufffd\n");
	f.ui->view->bye(f.ui);
	fixture_expect(&f, T "bye\n");
	fixture_close(&f);
}

/* What arrived is no news; what did not is, and that it did after all. */
static void
test_deliveries(void)
{
	struct ipc_delivered d = { .seq = 1, .id.bytes = { 1, 0xee } };
	struct fixture f;

	open_ready(&f);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_type(&f, "to them\nto them\n");
	fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 2), 0);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 2), 0);
	fixture_expect(&f, "");
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 1, 1), 0);
	fixture_expect(&f, E "not delivered to bob (no path): " EXCERPT "\n");
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_DELIVERED_LATE, &d, NULL, 0), 0);
	fixture_expect(&f, T "delivered after all to bob: " EXCERPT "\n");
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 2, 0), 0);
	fixture_expect(&f,
	    E "nobody is here: not sent to anyone: " EXCERPT "\n");
	fixture_close(&f);
}

/* Sent to nobody is final only if nobody can come any more. */
static void
test_sent_open(void)
{
	struct ipc_sent sent = { .seq = 1, .open = 1 };
	struct ipc_sent_all all = { .seq = 1 };
	struct fixture f;

	open_ready(&f);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_type(&f, "to them\n");
	fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SENT, &sent, NULL, 0), 0);
	fixture_expect(&f, "");
	CU_ASSERT_FALSE(f.ui->outcome.to_nobody);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SENT_ALL, &all, NULL, 0), 0);
	fixture_expect(&f,
	    E "nobody is here: not sent to anyone: " EXCERPT "\n");
	CU_ASSERT_TRUE(f.ui->outcome.to_nobody);
	fixture_close(&f);
}

/* What has to be typed then names the peer as /verify takes it. */
static void
test_safety(void)
{
	struct ipc_safety s = { .handle = 0x1002,
		.verified = 1,
		.own = { 0xaa },
		.fingerprint = { 0xbb } };
	struct fixture f;

	for (size_t i = 0; i < SAFETY_DIGITS; i++)
		s.digits[i] = (char)('0' + i / 6);
	open_ready(&f);
	fixture_tell_peer(&f, 2, PEER_CONNECTED, "anna \"b");
	fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SAFETY, &s, NULL, 0), 0);
	fixture_expect(&f,
	    T "your fingerprint:\n" T
	      "  aa00 0000 0000 0000 0000 0000 0000 0000 0000 0000\n" T
	      "that of \"anna \\\"b\", verified:\n" T
	      "  bb00 0000 0000 0000 0000 0000 0000 0000 0000 0000\n" T
	      "the safety number, the same for both of you:\n" T
	      "  00000 01111 11222 22233 33334 44444\n" T
	      "  55555 56666 66777 77788 88889 99999\n" T
	      "if your friend has the same number, type this line:\n" T
	      "  /verify \"anna \\\"b\" yes\n");
	s.handle = 0x1001;
	s.verified = 0;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SAFETY, &s, NULL, 0), 0);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(fixture_output(&f), T "that of bob, not verified:\n"));
	/* The peer is gone before the answer comes. */
	s.handle = 0x1003;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SAFETY, &s, NULL, 0), 0);
	fixture_expect(&f, "");
	fixture_close(&f);
}

/* Once, for the first text: why nobody answers. */
static void
test_waits(void)
{
	struct fixture f;

	open_ready(&f);
	f.ui->terminal = true;
	fixture_type(&f, "/dance\n");
	fixture_expect(&f, E "unknown command /dance; not sent, see /help\n");
	fixture_type(&f, "one\n");
	fixture_expect(&f,
	    T "your text waits for a connection to a bootnode\n");
	fixture_type(&f, "two\n");
	fixture_expect(&f, "");
	fixture_close(&f);
	open_ready(&f);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_output(&f);
	fixture_type(&f, "one\n");
	fixture_expect(&f, "");
	fixture_close(&f);
}

/* What a bootnode listens on and who comes has no mark: a log reads so. */
static void
test_listening(void)
{
	struct ipc_bootnode_ready ready = { .addr = { .port = 9595 },
		.key = { 0xab, [X25519_LEN - 1] = 0xcd } };
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_BOOTNODE_READY, &ready, NULL, 0),
	    0);
	fixture_expect(&f,
	    "12:34:56 listening on [::]:9595\n"
	    "12:34:56 key " KEY "\n");
	fixture_close(&f);
}

void
plain_suite(void)
{
	CU_pSuite s = CU_add_suite("plain", NULL, NULL);

	CU_add_test(s, "the bootnode", test_bootnode);
	CU_add_test(s, "lines of a text", test_lines);
	CU_add_test(s, "errors and the end", test_error);
	CU_add_test(s, "deliveries", test_deliveries);
	CU_add_test(s, "sent, and open", test_sent_open);
	CU_add_test(s, "a safety number", test_safety);
	CU_add_test(s, "a text that waits", test_waits);
	CU_add_test(s, "a bootnode listens", test_listening);
}
