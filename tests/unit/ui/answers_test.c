/*
 * Answers to commands (ui/answers.c): lines that are broken where they have to
 * be, who is listed, and where a table leaves something out. command_test.c and
 * status_test.c have whole answers.
 */
#include "ui/answers.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <string.h>

void answers_suite(void);

#define T "12:34:56 * "
#define NUMBERS_69                                                             \
	"1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 12" \
	"3"
#define ZEROS "0000 0000 0000 0000 0000 0000 0000 0000\n"

static void
open_ready(struct fixture *f)
{
	fixture_open(f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(f);
	fixture_output(f);
}

static void
come(struct fixture *f, uint32_t n, uint32_t key, const char *nick)
{
	CU_ASSERT_EQUAL(fixture_tell_place(f, n, key, PEER_CONNECTED, nick), 0);
	fixture_output(f);
}

static void
expect_wrapped(struct fixture *f, const char *text, const char *lines)
{
	answer_wrapped(f->room, text);
	fixture_expect(f, lines);
}

/* Broken at the last space that lets a line have 80 columns with its time. */
static void
test_wrapped(void)
{
	struct fixture f;

	open_ready(&f);
	expect_wrapped(&f, "x", T "x\n");
	expect_wrapped(&f, NUMBERS_69, T NUMBERS_69 "\n");
	expect_wrapped(&f, NUMBERS_69 " x", T NUMBERS_69 "\n" T "x\n");
	expect_wrapped(&f, NUMBERS_69 "4 x",
	    T "1234567890 1234567890 1234567890 1234567890 1234567890 "
	      "1234567890\n" T "1234 x\n");
	expect_wrapped(&f, NUMBERS_69 " " NUMBERS_69 " y",
	    T NUMBERS_69 "\n" T NUMBERS_69 "\n" T "y\n");
	fixture_close(&f);
}

static void
note_keys(struct ui *ui, const char *bytes, size_t len)
{
	(void)ui;
	(void)bytes;
	(void)len;
}

/* A screen is as wide as it is, and breaks lines itself. */
static void
test_wrapped_by_view(void)
{
	struct view view = view_plain;
	struct fixture f;

	open_ready(&f);
	view.keys = note_keys;
	f.ui->view = &view;
	expect_wrapped(&f, NUMBERS_69 " and more", T NUMBERS_69 " and more\n");
	fixture_close(&f);
}

/* Three names stand in a line, each in its column. */
static void
test_names(void)
{
	struct fixture f;

	open_ready(&f);
	fixture_command(&f, "/names");
	fixture_expect(&f, T "1 here, including you, alice\n");
	come(&f, 1, 1, "a");
	fixture_command(&f, "/names");
	fixture_expect(&f,
	    T "2 here, including you, alice\n" T "a                     \n");
	come(&f, 2, 2, "b");
	come(&f, 3, 3, "c");
	fixture_command(&f, "/names");
	fixture_expect(&f,
	    T "4 here, including you, alice\n" T
	      "a                      b                      "
	      "c                     \n");
	/* Another place is counted after the name, not among the people. */
	come(&f, 4, 3, "c");
	come(&f, 5, 5, "d");
	fixture_command(&f, "/names");
	fixture_expect(&f,
	    T "5 here, including you, alice\n" T
	      "a                      b                      "
	      "c ×2                  \n" T "d                     \n");
	fixture_close(&f);
}

/* Each place of a person has its lines, next to the other ones of that name. */
static void
test_peers(void)
{
	struct ipc_peer_state relayed = { .handle = 0x1003,
		.state = PEER_CONNECTED,
		.kind = PATH_RELAY,
		.verified = 1,
		.rtt_us = 1500,
		.id.bytes = { 3, 0xee },
		.addr = { { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 }, 9595 },
		.fingerprint = { 0xab, 3, 0xcd } };
	const char *out;
	struct fixture f;

	open_ready(&f);
	come(&f, 1, 1, "anna");
	come(&f, 2, 2, "bob");
	come(&f, 4, 1, "anna");
	come(&f, 5, 1, "annie");
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_PEER, &relayed, "carl", 4), 0);
	fixture_tell_peer(&f, 2, PEER_CONNECTING, NULL);
	fixture_output(&f);
	fixture_command(&f, "/peers");
	out = fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_count(out, T "anna  "), 2);
	CU_ASSERT_EQUAL(fixture_count(out, T "annie  "), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(out,
	    T "carl                 connected, relay, 1.5 ms, verified\n" T
	      "  at 192.0.2.1:9595\n" T "  ab03 cd00 " ZEROS));
	/* Without a path there is no address; the key is known from before. */
	CU_ASSERT_PTR_NOT_NULL(strstr(out,
	    T "bob                  connecting\n" T "  ab02 cd00 " ZEROS));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, T "you are alice, with the "));
	CU_ASSERT_PTR_NULL(strstr(out, "nobody else is here"));
	fixture_close(&f);
}

/* --- /status -------------------------------------------------------------- */

static const char *
status(struct fixture *f, const struct ipc_status *s)
{
	fixture_command(f, "/status");
	CU_ASSERT_EQUAL(fixture_tell(f, IPC_STATUS, s, NULL, 0), 0);
	return fixture_output(f);
}

/* Of a bootnode that nothing is known of nothing is made up. */
static void
test_no_bootnode(void)
{
	struct ipc_status s = { .boot_status = BOOT_UNREACHABLE };
	struct fixture f;

	open_ready(&f);
	CU_ASSERT_STRING_EQUAL(status(&f, &s),
	    T "bootnode without an address: unreachable\n" T "NAT: unknown\n" T
	      "No bootnode reports at the moment which address it sees, so "
	      "nothing\n" T "is known about a NAT.\n" T
	      "nobody else is here\n");
	fixture_close(&f);
}

/* What was said to all is listed if there was anything, or if anything of it
 * is missing. */
static void
test_texts(void)
{
	struct ipc_status s = { .boot_status = BOOT_LOST };
	struct fixture f;

	open_ready(&f);
	CU_ASSERT_PTR_NULL(strstr(status(&f, &s), "said up to"));
	s.texts.last = 1;
	CU_ASSERT_PTR_NOT_NULL(strstr(status(&f, &s),
	    T "you said up to 1\n" T "  chain 0000 0000 0000 0000 0000 "));
	s.texts.gaps = 1;
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(status(&f, &s), T "you said up to 1, 1 gap\n"));
	s.texts.last = 0;
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(status(&f, &s), T "you said up to 0, 1 gap\n"));
	s.texts.gaps = 2;
	s.texts.forks = 1;
	CU_ASSERT_PTR_NOT_NULL(strstr(status(&f, &s),
	    T "you said up to 0, 2 gaps, DOES NOT AGREE\n"));
	fixture_close(&f);
}

/* The line above the table is there if the table is; members that nobody knows
 * are told of if there are any. */
static void
test_table(void)
{
	struct ipc_status s = { .boot_status = BOOT_LOST };
	const char *out;
	struct fixture f;

	open_ready(&f);
	CU_ASSERT_PTR_NULL(strstr(status(&f, &s), "cannot be opened"));
	s.strangers = 1;
	fixture_tell_peer(&f, 1, PEER_CONNECTING, NULL);
	fixture_output(&f);
	out = status(&f, &s);
	CU_ASSERT_PTR_NOT_NULL(strstr(out,
	    T "peer                 path      round trip     loss  session    "
	      "rekey\n" T "peer 01ee0000        connecting\n" T
	      "members whose card cannot be opened: 1; they know only the "
	      "room's tag\n"));
	CU_ASSERT_PTR_NULL(strstr(out, "nobody else is here"));
	fixture_close(&f);
}

void
answers_suite(void)
{
	CU_pSuite s = CU_add_suite("answers", NULL, NULL);

	CU_add_test(s, "sentences", test_wrapped);
	CU_add_test(s, "sentences on a screen", test_wrapped_by_view);
	CU_add_test(s, "/names", test_names);
	CU_add_test(s, "/peers", test_peers);
	CU_add_test(s, "/status without a bootnode", test_no_bootnode);
	CU_add_test(s, "/status of texts", test_texts);
	CU_add_test(s, "/status of peers", test_table);
}
