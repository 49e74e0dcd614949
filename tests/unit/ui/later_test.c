/*
 * Private texts to people who are not here yet (ui/later.c).
 */
#include "ui/leave.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <string.h>

void later_suite(void);

#define T "12:34:56 * "
#define E "12:34:56 ! "
#define WAITS                                                             \
	" is not here, and may be on the way back: your message goes to " \
	"them if they come, or gochat tells you that they did not\n"

static void
know(struct fixture *f, uint8_t key, const char *nick, bool verified)
{
	struct ipc_known_peer k = { .verified = verified,
		.fingerprint = { 0xab, key, 0xcd } };

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_KNOWN_PEER, &k, nick, strlen(nick)),
	    0);
}

/* The user starts while the bootnode is away, and has met anna and bert. */
static void
set_up(struct fixture *f)
{
	fixture_open(f, MODE_CLIENT, UI_PLAIN);
	f->ui->terminal = true; /* errors have no line numbers */
	know(f, 1, "anna", false);
	know(f, 2, "bert b", false);
	know(f, 8, "Zoë", false);
	fixture_tell_ready(f);
	fixture_output(f);
}

/* The bootnode admits us; others may be on the way back, or not. */
static void
join(struct fixture *f, bool settling)
{
	struct ipc_bootnode b = {
		.status = BOOT_JOINED,
		.settling = settling,
		.joined = 1,
	};

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_BOOTNODE, &b, NULL, 0), 0);
	ui_work(f->ui);
	fixture_output(f);
}

static void
settle(struct fixture *f)
{
	struct ipc_empty nothing;

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_SETTLED, &nothing, NULL, 0), 0);
	ui_work(f->ui);
}

/* The text goes to this peer alone. */
static void
expect_private(struct fixture *f, uint8_t n, const char *text)
{
	struct ipc_message_in in;
	size_t nick;

	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SAY_TO);
	CU_ASSERT(in.tail_len == PEER_ID_LEN && in.tail[0] == n);
	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SAY);
	nick = ((const struct ipc_say *)in.body)->nick_len;
	CU_ASSERT(in.tail_len - nick == strlen(text) &&
	    memcmp(in.tail + nick, text, in.tail_len - nick) == 0);
}

static void
test_comes_back(void)
{
	struct fixture f;

	set_up(&f);
	fixture_type(&f, "/msg anna one\n/msg \"bert b\" two\n");
	fixture_expect(&f, T "anna" WAITS T "bert b" WAITS);
	join(&f, true);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "anna");
	fixture_tell_peer(&f, 2, PEER_CONNECTING, NULL);
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_NONE);
	fixture_output(&f);
	/* A peer that has come at last must tell its name first. */
	settle(&f);
	fixture_expect_next(&f, IPC_NONE);
	fixture_tell_peer(&f, 2, PEER_CONNECTED, "bert b");
	fixture_output(&f);
	ui_work(f.ui);
	fixture_expect(&f, T "to anna alone\n" T "to \"bert b\" alone\n");
	expect_private(&f, 1, "one");
	expect_private(&f, 2, "two");
	fixture_expect_next(&f, IPC_NONE);
	/* From now on a name that nobody has is an error at once. */
	fixture_type(&f, "/msg carl three\n");
	fixture_expect(&f, E "nobody is called carl. Here: anna, \"bert b\"\n");
	fixture_close(&f);
}

static void
test_not_back(void)
{
	struct fixture f;

	set_up(&f);
	fixture_type(&f, "/msg anna secret\n/msg anna\n");
	fixture_expect(&f, T "anna" WAITS E "nobody else is here\n");
	join(&f, true);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bert");
	fixture_output(&f);
	settle(&f);
	fixture_expect(&f,
	    E "not sent to anna, because nobody here has this name: "
	      "\"secret\"\n");
	CU_ASSERT_TRUE(f.ui->outcome.not_sent);
	fixture_expect_next(&f, IPC_NONE);
	fixture_close(&f);
}

/* The bootnode has run for long: it is known at once who is there. */
static void
test_settled(void)
{
	struct fixture f;

	set_up(&f);
	fixture_type(&f, "/msg anna secret\n");
	fixture_output(&f);
	join(&f, false);
	fixture_expect_next(&f, IPC_NONE);
	fixture_type(&f, "/msg bert hi\n");
	fixture_expect(&f, E "nobody else is here\n");
	CU_ASSERT_EQUAL(f.room->later.count, 0);
	fixture_close(&f);
}

static void
test_quit(void)
{
	struct fixture f;

	set_up(&f);
	fixture_type(&f, "/msg anna secret\n");
	fixture_output(&f);
	ui_quit(f.ui);
	fixture_expect(&f,
	    E "not sent to anna, because there is no connection to a "
	      "bootnode: \"secret\"\n");
	fixture_close(&f);
}

static void
test_bound(void)
{
	struct fixture f;

	set_up(&f);
	for (int i = 0; i < LATER_MAX; i++)
		fixture_type(&f, "/msg anna secret\n");
	fixture_output(&f);
	fixture_type(&f, "/msg anna one more\n");
	fixture_expect(&f,
	    E "16 private messages are already waiting for people; not sent\n");
	fixture_close(&f);
}

/* Anybody could take a name that nobody was met by. */
static void
test_never_met(void)
{
	struct fixture f;

	set_up(&f);
	/* ui may not have been told yet whom we have met. */
	fixture_type(&f, "/msg zed the secret\n/msg anna for her\n");
	fixture_expect(&f, T "zed" WAITS T "anna" WAITS);
	fixture_tell_bootnode(&f, BOOT_UNREACHABLE);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    E "not sent to zed, because you have never met anybody with "
	      "this name, and anybody could take it: \"the secret\"\n"));
	CU_ASSERT_EQUAL(f.room->later.count, 1);
	CU_ASSERT_TRUE(f.ui->outcome.not_sent);
	fixture_type(&f, "/msg zed the secret\n");
	fixture_expect(&f,
	    E "you have never met anybody called zed, and anybody could "
	      "take that name; not sent\n");
	join(&f, true);
	fixture_tell_peer(&f, 3, PEER_CONNECTED, "zed");
	settle(&f);
	CU_ASSERT_EQUAL(f.room->later.count, 0); /* anna is not here */
	fixture_expect_next(&f, IPC_NONE);
	/* A private text goes to a person who is here. */
	fixture_type(&f, "/msg zed hello\n");
	expect_private(&f, 3, "hello");
	fixture_close(&f);
}

/* Two were met by one name: the text is for the one that was verified, or else
 * for the first. Nobody with another key gets it, whatever their name. */
static void
test_other_key(void)
{
	struct fixture f;

	set_up(&f);
	know(&f, 4, "anna", true);
	fixture_type(&f, "/msg anna one\n/msg \"bert b\" two\n");
	join(&f, true);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "anna");
	fixture_tell_peer(&f, 3, PEER_CONNECTED, "bert b");
	fixture_output(&f);
	settle(&f);
	fixture_expect_next(&f, IPC_NONE);
	fixture_expect(&f,
	    E "not sent to anna, because nobody here has this name: \"one\"\n" E
	      "not sent to bert b, because nobody here has this name: "
	      "\"two\"\n");
	fixture_close(&f);
}

/* The names that are shown do not decide alone: a key whose owner was verified
 * meanwhile takes the name, but not the text that was for another. */
static void
test_name_passes_on(void)
{
	struct ipc_verified v = { .handle = 0x1003, .verified = true };
	struct fixture f;

	set_up(&f);
	fixture_type(&f, "/msg anna one\n");
	join(&f, true);
	fixture_tell_peer(&f, 3, PEER_CONNECTED, "anna");
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_VERIFIED, &v, NULL, 0), 0);
	fixture_output(&f);
	settle(&f);
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_TRUE(f.ui->outcome.not_sent);
	fixture_close(&f);
}

/* Some keyboards type names in this form, and with such spaces. */
static void
test_decomposed(void)
{
	struct fixture f;

	set_up(&f);
	fixture_type(&f, "/msg Zoe\u0308 one\n/msg \"bert\u00a0 b\" two\n");
	fixture_expect(&f, T "Zoë" WAITS T "bert b" WAITS);
	join(&f, true);
	fixture_tell_peer(&f, 8, PEER_CONNECTED, "Zoë");
	fixture_tell_peer(&f, 2, PEER_CONNECTED, "bert b");
	settle(&f);
	expect_private(&f, 8, "one");
	expect_private(&f, 2, "two");
	fixture_close(&f);
}

void
later_suite(void)
{
	CU_pSuite s = CU_add_suite("ui later", NULL, NULL);

	CU_add_test(s, "who comes back", test_comes_back);
	CU_add_test(s, "who does not", test_not_back);
	CU_add_test(s, "nothing to wait for", test_settled);
	CU_add_test(s, "a name never met", test_never_met);
	CU_add_test(s, "another key", test_other_key);
	CU_add_test(s, "a name that passes on", test_name_passes_on);
	CU_add_test(s, "decomposed names", test_decomposed);
	CU_add_test(s, "quit", test_quit);
	CU_add_test(s, "bound", test_bound);
}
