/*
 * The slash commands: what a line means, the answers byte for byte, and that
 * nothing meant as a command is ever said. All in the plain view; where the tui
 * differs, in a view like it.
 */
#include "tests/unit/ui/talk.h"

#include "ui/command.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void command_suite(void);

#define T TALK_EVENT
#define E TALK_ERROR

/* Some lines are said, and others are commands, whatever blanks are around
 * them. */
static void
test_lines(void)
{
	struct fixture f;

	talk_open(&f);
	talk_expect_said(&f, "hello", 1, "hello");
	talk_expect_said(&f, "  as it is /status ", 2, "  as it is /status ");
	talk_expect_said(&f, "//status ", 3, "/status ");
	talk_expect_said(&f, " //status", 4, "/status");
	talk_expect_said(&f, "//", 5, "/");
	talk_expect_said(&f, "/say /status ", 6, "/status");
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

	talk_open(&f);
	talk_expect_error(&f, "/hlep",
	    "unknown command /hlep; did you mean /help? Not sent");
	talk_expect_error(&f, "/HLEP",
	    "unknown command /HLEP; did you mean /help? Not sent");
	talk_expect_error(&f, "/statsu please",
	    "unknown command /statsu; did you mean /status? Not sent");
	talk_expect_error(&f, "/q",
	    "unknown command /q; did you mean /quit? Not sent");
	talk_expect_error(&f, "/m bob hi",
	    "unknown command /m; did you mean /me or /msg? Not sent");
	talk_expect_error(&f, "/Search me",
	    "/Search is a command of the tui, the full screen; not sent");
	talk_expect_error(&f, "/clear",
	    "/clear is a command of the tui, the full screen; not sent");
	talk_expect_error(&f, "/dance",
	    "unknown command /dance; not sent, see /help");
	talk_expect_error(&f, "/", "unknown command /; not sent, see /help");
	talk_expect_error(&f, "/ help",
	    "unknown command /; not sent, see /help");
	talk_expect_error(&f, "/x", "unknown command /x; not sent, see /help");
	/* The nearest, of two that are near; and a word that is too long. */
	talk_expect_error(&f, "/pers",
	    "unknown command /pers; did you mean /peers? Not sent");
	talk_expect_error(&f, "/fingerprintxyz",
	    "unknown command /fingerprintxyz; not sent, see /help");
	talk_expect_error(&f, "/fingerprintersofallofthemandmore",
	    "unknown command /fingerprintersofallofthemandmore; not sent, see "
	    "/help");
	talk_expect_error(&f, "/fingerprints",
	    "unknown command /fingerprints; did you mean /fingerprint? Not "
	    "sent");
	/* The line is shown and not obeyed, and not all of it is shown. */
	talk_expect_error(&f, "/\x1b[31m",
	    "unknown command /␛[31m; not sent, see "
	    "/help");
	talk_expect_error(&f,
	    "/usr/share/doc/a/path/that/goes/on/and/on/and/on/and",
	    "unknown command /usr/share/doc/a/path/that/goes/on/and/on/and…; "
	    "not sent, see /help");
	/* Commands of the tui do not exist here, and are not suggested. */
	talk_expect_error(&f, "/search x",
	    "/search is a command of the tui, the full screen; not sent");
	fixture_close(&f);
}

static void
test_arguments(void)
{
	struct fixture f;

	talk_open(&f);
	talk_expect_error(&f, "/quit now", "/quit takes no argument");
	CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
	talk_expect_error(&f, "/status -v", "/status takes no argument");
	talk_expect_error(&f, "/me", "usage: /me TEXT");
	talk_expect_error(&f, "/me  ", "usage: /me TEXT");
	talk_expect_error(&f, "/msg", "usage: /msg NAME TEXT");
	talk_expect_error(&f, "/msg bob", "no text to send: /msg NAME TEXT");
	talk_expect_error(&f, "/msg bob ", "no text to send: /msg NAME TEXT");
	talk_expect_error(&f, "/nick", "usage: /nick NAME");
	talk_expect_error(&f, "/verify bob maybe",
	    "expected yes or no after the name: /verify NAME [yes|no]");
	fixture_close(&f);
}

static void
test_nick(void)
{
	struct ipc_message_in in;
	struct fixture f;

	talk_open(&f);
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

#define THE_COMMANDS \
	"help, status, rooms, sessions, fleet, kick, drain, deny, reload, quit"

/* An operator has the commands of the control socket; a slash before them makes
 * no difference. There is nobody to say anything to. */
static void
test_bootnode(void)
{
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	f.ui->terminal = true;
	fixture_command(&f, "help");
	fixture_expect(&f,
	    T "/help [COMMAND]       lists the commands, or explains one\n" T
	      "/status               address, key, and all figures\n" T
	      "/rooms                the rooms, and how many are in each\n" T
	      "/sessions             who is here: peer, room, address\n" T
	      "/fleet                the nodes of the fleet, and how full they "
	      "are\n" T
	      "/kick PEER|ADDRESS    ends sessions; their clients may come "
	      "again\n" T
	      "/drain [SECONDS|off]  lets nobody in, then ends; off: goes "
	      "on\n" T
	      "/deny PREFIX          ends sessions from there, and lets nobody "
	      "in\n" T "/reload               reads the settings again\n" T
	      "/quit                 leaves\n");
	talk_expect_error(&f, "/peers",
	    "unknown command peers; the commands are " THE_COMMANDS);
	talk_expect_error(&f, "hello",
	    "unknown command hello; did you mean help? The commands "
	    "are " THE_COMMANDS);
	talk_expect_error(&f, "//hello world",
	    "unknown command /hello; the commands are " THE_COMMANDS);
	talk_expect_error(&f, "/clear",
	    "unknown command clear; the commands are " THE_COMMANDS);
	talk_expect_error(&f, "qiut",
	    "unknown command qiut; did you mean quit? The commands "
	    "are " THE_COMMANDS);
	talk_expect_error(&f, "rooms all", "/rooms takes no argument");
	talk_expect_error(&f, "kick", "usage: /kick PEER|ADDRESS");
	talk_expect_error(&f, "drain 1 2",
	    "\"drain\" takes a number of seconds, at most 86400, or off");
	fixture_command(&f, " ");
	fixture_expect(&f, "");
	CU_ASSERT_FALSE(command_says(f.room, "hello", 5));
	CU_ASSERT_EQUAL(command_turn(f.room, "quit", 4), TURN_FIRST);
	CU_ASSERT_EQUAL(command_turn(f.room, "/help", 5), TURN_ANY);
	CU_ASSERT_EQUAL(command_turn(f.room, "rooms", 5), TURN_ITS_OWN);
	fixture_command(&f, "QUIT");
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

	talk_open(&f);
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
	strcpy(f.room->identity, "work");
	fixture_command(&f, "/fingerprint");
	fixture_expect(&f,
	    T "you are alice, with the fingerprint of the identity work\n" T
	      "  " ZEROS " 0000 0000\n");
	f.room->identity[0] = '\0';
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

/* What each does, in any case of its letters. */
static void
test_actions(void)
{
	const struct ipc_say *say;
	struct ipc_message_in in;
	struct fixture f;

	talk_open(&f);
	fixture_command(&f, "/Me waves ");
	ui_work(f.ui);
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_SAY);
	say = in.body;
	CU_ASSERT_EQUAL(say->flags, TEXT_FLAG_ACTION);
	CU_ASSERT(in.tail_len == say->nick_len + strlen("waves") &&
	    memcmp(in.tail + say->nick_len, "waves", 5) == 0);
	fixture_command(&f, "/STATUS");
	fixture_expect_next(&f, IPC_STATUS_ASK);
	CU_ASSERT_TRUE(f.room->status_wanted);
	fixture_close(&f);
}

/* What only asks, and what leaves, need not wait behind what is said. */
static void
test_turns(void)
{
	static const struct {
		const char *line;
		enum turn turn;
		bool says;
	} cases[] = {
		{ "hello", TURN_ITS_OWN, true },
		{ "", TURN_ITS_OWN, true },
		{ "//quit", TURN_ITS_OWN, true },
		{ "\u2215quit", TURN_ITS_OWN, true },
		{ "/me waves", TURN_ITS_OWN, true },
		{ "/say x", TURN_ITS_OWN, true },
		{ "/msg bob x", TURN_ITS_OWN, true },
		{ "/nick carol", TURN_ITS_OWN, false },
		{ "/verify bob", TURN_ITS_OWN, false },
		{ "/dance", TURN_ITS_OWN, false },
		{ "/qui", TURN_ITS_OWN, false },
		{ "/help", TURN_ANY, false },
		{ "/peers", TURN_ANY, false },
		{ "/names", TURN_ANY, false },
		{ "/status", TURN_ANY, false },
		{ " /Fingerprint", TURN_ANY, false },
		{ "/quit", TURN_FIRST, false },
		{ "\t/QUIT now", TURN_FIRST, false },
	};
	struct fixture f;

	talk_open(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *line = cases[i].line;

		CU_ASSERT_EQUAL(command_turn(f.room, line, strlen(line)),
		    cases[i].turn);
		CU_ASSERT_EQUAL(command_says(f.room, line, strlen(line)),
		    cases[i].says);
	}
	fixture_close(&f);
}

/* After a ui that died a lone yes may answer what that one asked: until
 * something else is typed. */
static void
test_may_answer(void)
{
	static const char gone[] =
	    "not sent: ui was restarted, and what it asked is gone; /verify "
	    "NAME asks again, /say yes sends it";
	struct fixture f;

	talk_open(&f);
	f.room->may_answer = true;
	talk_expect_error(&f, "yes", gone);
	fixture_command(&f, " ");
	talk_expect_error(&f, "no", gone);
	talk_expect_said(&f, "hello", 1, "hello");
	talk_expect_said(&f, "yes", 2, "yes");
	f.room->may_answer = true;
	fixture_command(&f, "/fingerprint");
	fixture_output(&f);
	talk_expect_said(&f, "yes", 3, "yes");
	f.room->past.awaited = true;
	talk_expect_error(&f, "yes", gone);
	fixture_close(&f);
}

/* A view with a scrollback has two more commands. */
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

	talk_open(&f);
	view.search = note_search;
	view.clear = note_clear;
	f.ui->view = &view;
	fixture_command(&f, "/search two words ");
	CU_ASSERT_STRING_EQUAL(searched, "two words");
	fixture_command(&f, "/clear");
	CU_ASSERT_EQUAL(cleared, 1);
	talk_expect_error(&f, "/search", "usage: /search TEXT");
	talk_expect_error(&f, "/claer",
	    "unknown command /claer; did you mean /clear? Not sent");
	while (command_next(f.room, &at) != NULL)
		count++;
	CU_ASSERT_EQUAL(count, 21);
	fixture_close(&f);
}

/* Through a pipe, errors name the number of their line. */
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
	CU_add_test(s, "actions", test_actions);
	CU_add_test(s, "turns", test_turns);
	CU_add_test(s, "a yes after a restart", test_may_answer);
	CU_add_test(s, "nick", test_nick);
	CU_add_test(s, "bootnode", test_bootnode);
	CU_add_test(s, "peers and fingerprint", test_peers);
	CU_add_test(s, "commands of a scrollback", test_scrollback);
	CU_add_test(s, "numbers of lines", test_line_numbers);
}
