/*
 * The slash commands: what a line means, whom a name means, the answers byte
 * for byte, and that nothing meant as a command is ever said. All in the plain
 * view; where the tui differs, in a view like it.
 */
#include "tests/unit/ui/fixture.h"

#include "ui/command.h"
#include "ui/format.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void command_suite(void);

#define T "12:34:56 * "
#define E "12:34:56 ! "

/* A room that lets us say things, with two peers and one not known yet. */
static void
open_room(struct fixture *f)
{
	fixture_open(f, MODE_CLIENT, UI_PLAIN);
	f->ui->terminal = true; /* no numbers of lines */
	fixture_tell_bootnode(f, BOOT_JOINED);
	fixture_tell_ready(f);
	CU_ASSERT_EQUAL(fixture_tell_peer(f, 1, PEER_CONNECTED, "bob"), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(f, 2, PEER_CONNECTED, "anna b"), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(f, 3, PEER_CONNECTING, NULL), 0);
	fixture_output(f);
}

static void
expect_said(struct fixture *f, uint64_t seq, const char *text)
{
	ui_work(f->ui);
	fixture_expect_say(f, seq, text);
	fixture_expect(f, "");
}

static void
expect_error(struct fixture *f, const char *line, const char *error)
{
	char expected[512];

	fixture_command(f, line);
	ui_work(f->ui);
	snprintf(expected, sizeof(expected), E "%s\n", error);
	fixture_expect(f, expected);
	fixture_expect_next(f, IPC_NONE);
}

/* What is said, and what is a command whatever blanks are around it. */
static void
test_lines(void)
{
	struct fixture f;

	open_room(&f);
	fixture_command(&f, "hello");
	expect_said(&f, 1, "hello");
	fixture_command(&f, "  as it is /status ");
	expect_said(&f, 2, "  as it is /status ");
	fixture_command(&f, "//status ");
	expect_said(&f, 3, "/status ");
	fixture_command(&f, " //status");
	expect_said(&f, 4, "/status");
	fixture_command(&f, "//");
	expect_said(&f, 5, "/");
	fixture_command(&f, "/say /status ");
	expect_said(&f, 6, "/status");
	fixture_command(&f, "");
	fixture_command(&f, " \t ");
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_NONE);
	fixture_expect(&f, "");
	fixture_command(&f, "\t /status \r");
	fixture_expect_next(&f, IPC_STATUS_ASK);
	fixture_command(&f, " /quit ");
	fixture_expect_next(&f, IPC_QUIT);
	fixture_close(&f);
}

static void
test_unknown(void)
{
	struct fixture f;

	open_room(&f);
	expect_error(&f, "/hlep",
	    "unknown command /hlep; did you mean /help? Not sent");
	expect_error(&f, "/HLEP",
	    "unknown command /HLEP; did you mean /help? Not sent");
	expect_error(&f, "/statsu please",
	    "unknown command /statsu; did you mean /status? Not sent");
	expect_error(&f, "/q",
	    "unknown command /q; did you mean /quit? Not sent");
	expect_error(&f, "/m bob hi",
	    "unknown command /m; did you mean /me or /msg? Not sent");
	expect_error(&f, "/Search me",
	    "/Search is a command of the tui, the full screen; not sent");
	expect_error(&f, "/clear",
	    "/clear is a command of the tui, the full screen; not sent");
	expect_error(&f, "/dance",
	    "unknown command /dance; not sent, see /help");
	expect_error(&f, "/", "unknown command /; not sent, see /help");
	expect_error(&f, "/ help", "unknown command /; not sent, see /help");
	expect_error(&f, "/x", "unknown command /x; not sent, see /help");
	/* Shown, not obeyed; and not all of it. */
	expect_error(&f, "/\x1b[31m",
	    "unknown command /␛[31m; not sent, see "
	    "/help");
	expect_error(&f, "/usr/share/doc/a/path/that/goes/on/and/on/and/on/and",
	    "unknown command /usr/share/doc/a/path/that/goes/on/and/on/and…; "
	    "not sent, see /help");
	/* Those of the tui are not here, and not thought of. */
	expect_error(&f, "/search x",
	    "/search is a command of the tui, the full screen; not sent");
	fixture_close(&f);
}

static void
test_arguments(void)
{
	struct fixture f;

	open_room(&f);
	expect_error(&f, "/quit now", "/quit takes no argument");
	CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
	expect_error(&f, "/status -v", "/status takes no argument");
	expect_error(&f, "/me", "usage: /me TEXT");
	expect_error(&f, "/me  ", "usage: /me TEXT");
	expect_error(&f, "/msg", "usage: /msg NAME TEXT");
	expect_error(&f, "/msg bob", "no text to send: /msg NAME TEXT");
	expect_error(&f, "/msg bob ", "no text to send: /msg NAME TEXT");
	expect_error(&f, "/nick", "usage: /nick NAME");
	expect_error(&f, "/verify bob maybe",
	    "expected yes or no after the name: /verify NAME [yes|no]");
	fixture_close(&f);
}

/* Nobody but the one who was named may be meant. */
static void
test_names(void)
{
	struct fixture f;

	open_room(&f);
	expect_error(&f, "/msg alice hi",
	    "alice is you: /msg is for somebody else");
	expect_error(&f, "/verify alice",
	    "alice is you: /verify is for somebody else");
	expect_error(&f, "/msg carol hi",
	    "nobody is called carol. Here: \"anna b\", bob, "
	    "03ee0000");
	expect_error(&f, "/msg anna b hi",
	    "nobody is called anna. Here: \"anna b\", bob, "
	    "03ee0000");
	expect_error(&f, "/msg Bob hi",
	    "nobody is called Bob. Here: \"anna b\", bob, 03ee0000");
	expect_error(&f, "/msg \"anna b hi",
	    "the name has no closing quote: /msg NAME TEXT");
	expect_error(&f, "/msg \"anna b\"hi",
	    "the name has no closing quote: /msg NAME TEXT");
	/* However it is typed: a name is shown in its normal form. */
	fixture_command(&f, "/nick Zoe\u0308");
	fixture_expect_next(&f, IPC_NICK);
	fixture_output(&f);
	expect_error(&f, "/msg Zoe\u0308 hi",
	    "Zoë is you: /msg is for somebody else");
	expect_error(&f, "/verify \"Zoe\u0308 \"",
	    "Zoë is you: /verify is for somebody else");
	expect_error(&f, "/msg \"anna\u00a0 b\"",
	    "no text to send: /msg NAME TEXT");
	/* Named, but with nothing to say. */
	expect_error(&f, "/msg \"anna b\"", "no text to send: /msg NAME TEXT");
	expect_error(&f, "/msg 01ee0000", "no text to send: /msg NAME TEXT");
	expect_error(&f, "/msg 03ee0000", "no text to send: /msg NAME TEXT");
	expect_error(&f, "/msg 01ee00 x",
	    "nobody is called 01ee00. Here: \"anna b\", bob, "
	    "03ee0000");
	/* Who takes the digits of another's id for a name is not that one. */
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 4, PEER_CONNECTED, "01ee0000"),
	    0);
	fixture_output(&f);
	expect_error(&f, "/msg 01ee0000 x",
	    "more than one is called 01ee0000. Here: 01ee0000, "
	    "\"anna b\", bob, 03ee0000");
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 2, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 3, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 4, PEER_LEFT, NULL), 0);
	fixture_output(&f);
	expect_error(&f, "/msg bob hi", "nobody else is here");
	fixture_close(&f);
}

static void
check_quote(const char *name, const char *quoted)
{
	struct buf b = { 0 };

	format_argument(&b, name);
	buf_put(&b, "", 1);
	CU_ASSERT_STRING_EQUAL(b.bytes, quoted);
	buf_free(&b);
}

/* A name that was quoted is found again, whatever it is made of. */
static void
test_quotes(void)
{
	struct buf line = { 0 };
	struct fixture f;

	check_quote("anna", "anna");
	check_quote("anna b", "\"anna b\"");
	check_quote("\"", "\"\\\"\"");
	check_quote("a\\b", "\"a\\\\b\"");
	open_room(&f);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 4, PEER_CONNECTED, "\"a\" \\b"),
	    0);
	fixture_output(&f);
	buf_puts(&line, "/msg ");
	format_argument(&line, "\"a\" \\b");
	buf_put(&line, "", 1);
	expect_error(&f, line.bytes, "no text to send: /msg NAME TEXT");
	buf_free(&line);
	fixture_close(&f);
}

static void
expect_flags(struct fixture *f, unsigned int flags, const char *text)
{
	struct ipc_message_in in;
	const struct ipc_say *say;

	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SAY);
	say = in.body;
	CU_ASSERT_EQUAL(say->flags, flags);
	CU_ASSERT(in.tail_len == say->nick_len + strlen(text) &&
	    memcmp(in.tail + say->nick_len, text, strlen(text)) == 0);
}

/* To the one peer, of this number, and nobody else. */
static void
expect_private(struct fixture *f, const char *line, uint8_t n, const char *text)
{
	struct peer_id id = { .bytes = { n, 0xee } };
	struct ipc_message_in in;

	fixture_command(f, line);
	ui_work(f->ui);
	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SAY_TO);
	CU_ASSERT(
	    in.tail_len == sizeof(id) && memcmp(in.tail, &id, sizeof(id)) == 0);
	expect_flags(f, TEXT_FLAG_PRIVATE, text);
	fixture_expect_next(f, IPC_NONE);
}

static void
tell_left(struct fixture *f, uint32_t n, enum left_reason why)
{
	struct ipc_peer_state s = { .handle = 0x1000 | n,
		.state = PEER_LEFT,
		.left = (uint8_t)why,
		.id.bytes = { (uint8_t)n, 0xee } };

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_PEER, &s, NULL, 0), 0);
}

static void
test_private(void)
{
	struct fixture f;

	open_room(&f);
	expect_private(&f, "/msg bob hi  there ", 1, "hi  there");
	fixture_expect(&f, T "to bob alone\n");
	expect_private(&f, "/msg \"anna b\" hi\nthere", 2, "hi\nthere");
	fixture_expect(&f, T "to \"anna b\" alone\n");
	expect_private(&f, " /msg\t01ee0000 /quit", 1, "/quit");
	expect_private(&f, "/msg \"bob\" hi", 1, "hi");
	expect_private(&f, "/MSG bob Hi", 1, "Hi");
	fixture_command(&f, "/Me waves");
	ui_work(f.ui);
	expect_flags(&f, TEXT_FLAG_ACTION, "waves");
	/* Who fell silent may be back: it waits for them. Of whoever left
	 * nobody expects that. */
	tell_left(&f, 1, LEFT_SILENT);
	tell_left(&f, 2, LEFT_GOODBYE);
	fixture_output(&f);
	expect_private(&f, "/msg bob still there?", 1, "still there?");
	fixture_expect(&f, T "to bob alone\n");
	expect_error(&f, "/msg \"anna b\" and you?",
	    "nobody is called anna b. Here: 03ee0000");
	expect_error(&f, "/verify bob", "nobody is called bob. Here: 03ee0000");
	fixture_expect_next(&f, IPC_NONE);
	fixture_close(&f);
}

static void
test_nick(void)
{
	struct ipc_message_in in;
	struct fixture f;

	open_room(&f);
	fixture_command(&f, "/nick  anne of  kleve ");
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_NICK);
	CU_ASSERT(
	    in.tail_len == 13 && memcmp(in.tail, "anne of kleve", 13) == 0);
	fixture_expect(&f, T "you are now called anne of kleve\n");
	fixture_command(&f, "/nick <anne>");
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f), E "this cannot be"));
	fixture_close(&f);
}

static void
expect_verified(struct fixture *f, const char *line, uint32_t n, bool verified)
{
	const struct ipc_verified *v;
	struct ipc_message_in in;

	fixture_command(f, line);
	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SET_VERIFIED);
	v = in.body;
	CU_ASSERT_EQUAL(v->handle, 0x1000 | n);
	CU_ASSERT_EQUAL(v->verified, verified);
}

static void
test_verify(void)
{
	struct ipc_message_in in;
	struct fixture f;

	open_room(&f);
	fixture_command(&f, "/verify bob");
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_SAFETY_ASK);
	CU_ASSERT_EQUAL(((const struct ipc_peer *)in.body)->handle, 0x1001);
	expect_verified(&f, "/verify \"anna b\" yes", 2, true);
	expect_verified(&f, "/verify bob NO", 1, false);
	fixture_command(&f, "/verify 03ee0000 yes"); /* nobody knows its key */
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(strncmp(fixture_output(&f), E, strlen(E)), 0);
	fixture_close(&f);
}

static void
test_bootnode(void)
{
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	f.ui->terminal = true;
	fixture_command(&f, "/help");
	fixture_expect(&f,
	    T "/help [COMMAND]       lists the commands, or explains one\n" T
	      "/status               how the connections are\n" T
	      "/quit                 leaves\n");
	expect_error(&f, "/peers",
	    "unknown command /peers; not sent, see "
	    "/help");
	expect_error(&f, "hello", "a bootnode does not chat; not sent");
	expect_error(&f, "//hello", "a bootnode does not chat; not sent");
	fixture_command(&f, "/quit");
	fixture_expect_next(&f, IPC_QUIT);
	fixture_close(&f);
}

#define ZEROS "0000 0000 0000 0000 0000 0000 0000 0000"
#define OWN \
	T "you are alice, with the fingerprint\n" T "  " ZEROS " 0000 0000\n"

static void
test_peers(void)
{
	struct fixture f;

	open_room(&f);
	fixture_command(&f, "/peers");
	fixture_expect(&f,
	    T
	    "\"anna b\"             connected, direct, 12.3 ms, not verified\n" T
	    "  at [::]:0\n" T "  ab02 cd00 " ZEROS "\n" T
	    "bob                  connected, direct, 12.3 ms, not verified\n" T
	    "  at [::]:0\n" T "  ab01 cd00 " ZEROS "\n" T
	    "peer 03ee0000        connecting\n" OWN);
	fixture_command(&f, "/fingerprint");
	fixture_expect(&f, OWN);
	fixture_tell_place(&f, 4, 1, PEER_CONNECTED, "bob");
	fixture_tell_peer(&f, 5, PEER_CONNECTED,
	    "a name of thirty two columns 123");
	fixture_output(&f);
	fixture_command(&f, "/names");
	fixture_expect(&f,
	    T "4 here, including you, alice\n" T
	      "\"a name of thirty two\u2026 \"anna b\"               bob "
	      "\u00d72                \n" T "peer 03ee0000         \n");
	fixture_close(&f);
	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_command(&f, "/peers");
	fixture_expect(&f,
	    T "nobody else is here\n" T
	      "you are alice; your key is not known yet\n");
	fixture_close(&f);
}

/* A view with a scrollback has two commands more. */
static char searched[32];
static unsigned int cleared;

static void
note_search(struct ui *ui, const char *text, size_t len)
{
	(void)ui;
	snprintf(searched, sizeof(searched), "%.*s", (int)len, text);
}

static void
note_clear(struct ui *ui)
{
	(void)ui;
	cleared++;
}

static void
test_scrollback(void)
{
	struct view view = view_plain;
	struct fixture f;
	size_t at = 0, count = 0;

	open_room(&f);
	view.search = note_search;
	view.clear = note_clear;
	f.ui->view = &view;
	fixture_command(&f, "/search two words ");
	CU_ASSERT_STRING_EQUAL(searched, "two words");
	fixture_command(&f, "/clear");
	CU_ASSERT_EQUAL(cleared, 1);
	expect_error(&f, "/search", "usage: /search TEXT");
	expect_error(&f, "/claer",
	    "unknown command /claer; did you mean /clear? Not sent");
	while (command_next(f.ui, &at) != NULL)
		count++;
	CU_ASSERT_EQUAL(count, 13);
	fixture_close(&f);
}

/* Through a pipe the line's number tells which one was meant. */
static void
test_line_numbers(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_type(&f, "/fingerprint\n/dance\n");
	fixture_expect(&f,
	    T "you are alice; your key is not known yet\n" E
	      "line 2: unknown command /dance; not sent, see /help\n");
	fixture_close(&f);
}

void
command_suite(void)
{
	CU_pSuite s = CU_add_suite("command", NULL, NULL);

	CU_add_test(s, "what a line means", test_lines);
	CU_add_test(s, "unknown commands", test_unknown);
	CU_add_test(s, "arguments", test_arguments);
	CU_add_test(s, "names", test_names);
	CU_add_test(s, "quotes", test_quotes);
	CU_add_test(s, "private texts and actions", test_private);
	CU_add_test(s, "nick", test_nick);
	CU_add_test(s, "verify", test_verify);
	CU_add_test(s, "bootnode", test_bootnode);
	CU_add_test(s, "peers and fingerprint", test_peers);
	CU_add_test(s, "commands of a scrollback", test_scrollback);
	CU_add_test(s, "numbers of lines", test_line_numbers);
}
