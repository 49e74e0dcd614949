/*
 * Whole calls of the options: flags as such, options that are not set, and
 * options that depend on each other.
 */
#include <CUnit/CUnit.h>

#include "tests/unit/launcher/options_trial.h"

void options_calls_suite(void);

#define UNKNOWN	 ": unknown flag"
#define AFTER_IT "--room: expected a value after it: " BYTES
#define NOT_ONLY ": only: a bootnode expects auto or never"
#define KEY                                \
	"000102030405060708090a0b0c0d0e0f" \
	"101112131415161718191a1b1c1d1e1f"
#define NO_FLEET ": expected --fleet or FLEET, too"
#define NO_VALUE "--passphrase: expected no value"

static void
test_default_port(void)
{
	struct trial t = { .flags = { "gochat", "--room=r" },
		.env = { "BOOTNODE_UDP_PORT=7", "BOOTNODE=a" } };

	trial_check_text("port of a client's bootnode", trial_run(&t), "");
	CU_ASSERT_EQUAL(t.o.bootnode.at[0].port, 7);
	t.flags[1] = "--mode=bootnode";
	trial_check_text("port of a bootnode", trial_run(&t), "");
	CU_ASSERT_EQUAL(t.o.listen.at[0].port, 7);
	t.env[1] = "LISTEN=[::1]:8";
	trial_check_text("its own port", trial_run(&t), "");
	CU_ASSERT_EQUAL(t.o.listen.at[0].port, 8);
	CU_ASSERT_EQUAL(t.o.listen.count, 1);
	t.env[1] = "LISTEN=[::1]:8 127.0.0.1";
	trial_check_text("two", trial_run(&t), "");
	CU_ASSERT_EQUAL(t.o.listen.count, 2);
	CU_ASSERT_STRING_EQUAL(t.o.listen.at[1].host, "127.0.0.1");
	CU_ASSERT_EQUAL(t.o.listen.at[1].port, 7);
}

/* Whoever loses a bootnode of a fleet notices sooner. */
static void
test_fleet_heartbeat(void)
{
	struct trial t = { .flags = { "gochat", "--mode=bootnode" } };

	trial_check_text("no fleet", trial_run(&t), "");
	CU_ASSERT_EQUAL(t.o.heartbeat_interval, 10);
	t.flags[2] = "--fleet=unix:/x";
	trial_check_text("a fleet", trial_run(&t), "");
	CU_ASSERT_EQUAL(t.o.heartbeat_interval, 5);
	t.env[0] = "HEARTBEAT_INTERVAL=7";
	trial_check_text("another interval", trial_run(&t), "");
	CU_ASSERT_EQUAL(t.o.heartbeat_interval, 7);
}

static void
test_empty_is_not_set(void)
{
	struct trial t = { .flags = { "gochat" },
		.env = { "ROOM=", "NICK=", "BOOTNODE=b", "UI=" },
		.dotenv = "ROOM=r\nUI=json\nNICK=''\n" };

	trial_check_text("empty", trial_run(&t), "");
	CU_ASSERT_STRING_EQUAL(t.o.room, "r");
	CU_ASSERT_EQUAL(t.o.ui, UI_JSON);
	CU_ASSERT_EQUAL(t.o.origin[OPT_NICK].source, SOURCE_DEFAULT);
	CU_ASSERT(t.o.nick[0] != '\0');
}

#define NO_TUI                                                              \
	": \"tui\": expected a terminal at standard input and output, and " \
	"its name in TERM"

/* The tui is the default where it works, and an error elsewhere. */
static void
test_choice_of_ui(void)
{
	static const struct {
		const char *term, *asked, *dotenv;
		bool terminal;
		enum ui_kind ui;
		const char *want;
	} cases[] = {
		{ "TERM=xterm", NULL, NULL, true, UI_TUI, "" },
		{ "TERM=xterm", NULL, NULL, false, UI_PLAIN, "" },
		{ "TERM=dumb", NULL, NULL, true, UI_PLAIN, "" },
		{ "TERM=", NULL, NULL, true, UI_PLAIN, "" },
		{ "TERMS=xterm", NULL, NULL, true, UI_PLAIN, "" },
		{ "TERM=xterm", "--ui=plain", NULL, true, UI_PLAIN, "" },
		{ "TERM=xterm", "--ui=json", "UI=tui\n", true, UI_JSON, "" },
		{ "TERM=xterm", "--ui=tui", NULL, true, UI_TUI, "" },
		{ "TERM=xterm", NULL, "UI=tui\n", true, UI_TUI, "" },
		{ "TERM=xterm", "--ui=tui", NULL, false, 0, "--ui" NO_TUI },
		{ "TERM=dumb", "UI=tui", NULL, true, 0,
		    "UI in the environment" NO_TUI ANOTHERS
		    "--ui or GOCHAT_UI" },
		{ "TERM=", NULL, "\nUI=tui\n", true, 0,
		    "UI in .env line 2" NO_TUI },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (enum mode mode = 0; mode <= MODE_BOOTNODE; mode++) {
			const char *asked = cases[i].asked;
			struct trial t = { .flags = { "gochat" },
				.env = { "ROOM=r", "BOOTNODE=b",
				    cases[i].term },
				.dotenv = cases[i].dotenv,
				.terminal = cases[i].terminal };

			if (asked != NULL)
				trial_add(*asked == '-' ? t.flags : t.env,
				    asked);
			if (mode == MODE_BOOTNODE)
				trial_add(t.env, "MODE=bootnode");
			trial_check_text(cases[i].want, trial_run(&t),
			    cases[i].want);
			if (t.result == 0)
				CU_ASSERT_EQUAL(t.o.ui, cases[i].ui);
		}
}

#define ONE_ROOM                                                               \
	": expected one --room only, as it would be the passphrase of one of " \
	"them; /join asks for that of another room"

/* An argument that begins with a capital is a variable in the environment. */
static const struct {
	const char *args[5], *dotenv, *want;
} call_cases[] = {
	{ { "--bogus=secret" }, NULL, "\"--bogus\"" UNKNOWN },
	{ { "--" }, NULL, "\"--\"" UNKNOWN },
	{ { "-p" }, NULL, "\"-p\"" UNKNOWN },
	{ { "--bootnod=x" }, NULL,
	    "\"--bootnod\"" UNKNOWN "; did you mean --bootnode?" },
	{ { "--roo", "x" }, NULL,
	    "\"--roo\"" UNKNOWN "; did you mean --room?" },
	{ { "x\n" }, NULL, "\"x\\x0a\": expected a flag" },
	{ { "" }, NULL, "\"\": expected a flag" },
	{ { " gochat://a/r#secret" }, NULL,
	    "\" gochat:...\": expected a flag" },
	{ { "--gochat://a/r#secret" }, NULL, "\"--gochat:...\": unknown flag" },
	{ { "--passphrase", "secret" }, NULL, NO_VALUE },
	{ { "--passphrase=secret" }, NULL, NO_VALUE },
	{ { "--room" }, NULL, AFTER_IT },
	{ { "--room", "--ui" }, NULL, AFTER_IT },
	{ { "--room=--ui", "BOOTNODE=b" }, NULL, "" },
	{ { "--room=a=b", "BOOTNODE=b" }, NULL, "" },
	{ { "--room=a", "--room", "a" }, NULL, "--room: \"a\": given twice" },
	{ { "--room=b", "--room", "caf\xc3\xa9", "--room=cafe\xcc\x81" }, NULL,
	    "--room: \"caf\\xc3\\xa9\": given twice" },
	{ { "--room=a", "--room", "b ", "BOOTNODE=b" }, NULL,
	    "--room: \"b \": it ends with a blank; expected " BYTES },
	{ { "--room=a", "--room=b", "--passphrase", "BOOTNODE=b" }, NULL,
	    "--passphrase" ONE_ROOM },
	{ { "--room=a", "--room=b", "BOOTNODE=b" }, "PASSPHRASE_FILE=x",
	    "PASSPHRASE_FILE in .env line 1" ONE_ROOM },
	{ { "--room=a", "--room=b", "--invite=-" }, NULL,
	    "--invite: expected alone, but --room is given too" },
	{ { "ROOMS=x" }, NULL,
	    "--bootnode or BOOTNODE: not given: expected " HOST
	    "; --room or ROOM: not given: expected " BYTES
	    "; an invite takes the place of both: --invite-file FILE or "
	    "--invite -" },
	{ { "-hV" }, NULL, "\"-hV\"" UNKNOWN },
	{ { "--room=a", "ROOMS=x" }, "BOOTS=x\n",
	    "--bootnode or BOOTNODE: not given: expected " HOST },
	{ { "BOOTNODE=b" }, NULL,
	    "--room or ROOM: not given: expected " BYTES },
	{ { "--mode=bootnode", "--room=a" }, NULL,
	    "--room: expected in mode client only" },
	{ { "--mode=check", "BOOTNODE=b", "ROOM=r", "UI=tui", "LISTEN=x" },
	    NULL, "" },
	{ { "--mode=check", "--bootnode=b", "--state-dir=s" }, NULL,
	    "--state-dir: expected in mode client or bootnode only" },
	{ { "--mode=check", "ROOM=r" }, NULL,
	    "--bootnode or BOOTNODE: not given: expected " HOST },
	{ { "--mode=check", "BOOTNODE=b", "--ui=tui" }, NULL,
	    "--ui: \"tui\": expected plain or json in mode check" },
	{ { "--listen=::", "ROOM=r" }, "BOOTNODE=b",
	    "--listen: expected in mode bootnode only" },
	{ { "MODE=bootnode", "--listen=::", "--listen", "::1" }, NULL, "" },
	{ { "MODE=bootnode", "--listen=::", "--listen=::1", "--listen=::2" },
	    NULL, "--listen: given more than twice" },
	{ { "MODE=bootnode", "--listen=[::]:1,[::]:2", "--listen=[::]:3" },
	    NULL, "--listen: \"[::]:3\": expected " ADDRESS },
	{ { "MODE=bootnode", "LISTEN=1.1.1.1:9595 1.1.1.1" }, NULL,
	    "LISTEN in the environment: \"1.1.1.1:9595\": expected two "
	    "different addresses" ANOTHERS "--listen or GOCHAT_LISTEN" },
	{ { "MODE=production", "BOOTNODE=b", "ROOM=r" }, NULL,
	    "MODE in the environment: \"production\": expected one of "
	    "client|bootnode|check" ANOTHERS "--mode or GOCHAT_MODE" },
	{ { "MODE=production", "GOCHAT_MODE=client", "BOOTNODE=b", "ROOM=r" },
	    NULL, "" },
	{ { "LOG_LEVEL=trace", "UI=qt", "BOOTNODE=b", "ROOM=r" },
	    "GOCHAT_LOG_LEVEL=info\nGOCHAT_UI=plain\n", "" },
	{ { "GOCHAT_MODE=x" }, NULL,
	    "GOCHAT_MODE in the environment: \"x\": expected one of "
	    "client|bootnode|check" },
	{ { "--room=r" }, "GOCHAT_MODE=x",
	    "GOCHAT_MODE in .env line 1: \"x\": expected one of "
	    "client|bootnode|check" },
	{ { "--max-peers=5", "MODE=bootnode" }, NULL, "" },
	{ { "MODE=bootnode", "ROOM=\xff" }, "NICK='\t'", "" },
	{ { "--mode=bootnode", "--relay=only" }, NULL, "--relay" NOT_ONLY },
	{ { "RELAY=only" }, "\nMODE=bootnode",
	    "RELAY in the environment" NOT_ONLY ANOTHERS
	    "--relay or GOCHAT_RELAY" },
	{ { "MODE=bootnode" }, "\n\nMAX_PEERS=x\n",
	    "MAX_PEERS in .env line 3: \"x\": expected a number from 2 to "
	    "4096" },
	{ { "MODE=bootnode", "--fleet-address=10.0.0.1" }, NULL,
	    "--fleet-address" NO_FLEET },
	{ { "MODE=bootnode" }, "FLEET_AUTH_FILE=x",
	    "FLEET_AUTH_FILE in .env line 1" NO_FLEET },
	{ { "MODE=bootnode", "--fleet=redis://a", "--fleet-ca-file=x" }, NULL,
	    "--fleet-ca-file: expected --fleet or FLEET with rediss://, as "
	    "another connection is not encrypted" },
	{ { "ROOM=r", "BOOTNODE=b", "--fleet=redis://a" }, NULL,
	    "--fleet: expected in mode bootnode only" },
	{ { "ROOM=r", "BOOTNODE=b", "FLEET=redis://a", "FLEET_CA_FILE=x" },
	    NULL, "" },
	{ { "MODE=bootnode", "--fleet=redis://a", "PEER_TIMEOUT=5" }, NULL,
	    "PEER_TIMEOUT in the environment: \"5\": expected more than "
	    "--heartbeat-interval by default, \"5\"" ANOTHERS
	    "--peer-timeout or GOCHAT_PEER_TIMEOUT" },
	{ { "MODE=bootnode", "--heartbeat-interval=15" }, NULL,
	    "--peer-timeout by default: \"15\": expected more than "
	    "--heartbeat-interval, \"15\"" },
	{ { "MODE=bootnode", "HEARTBEAT_INTERVAL=20" }, "PEER_TIMEOUT=19",
	    "PEER_TIMEOUT in .env line 1: \"19\": expected more than "
	    "HEARTBEAT_INTERVAL in the environment, \"20\"" },
	{ { "--passphrase", "--passphrase-file=x", "ROOM=r", "BOOTNODE=b" },
	    NULL,
	    "--passphrase: expected alone, but --passphrase-file is given too" },
	{ { "--passphrase", "ROOM=r", "BOOTNODE=b", "PASSPHRASE_FILE=x" }, NULL,
	    "" },
	{ { "--invite=-" }, NULL, "" },
	{ { "gochat://anything" }, NULL, "" },
	{ { "gochat://anything", "--invite=-" }, NULL,
	    "--invite: given twice" },
	{ { "--invite=-", "gochat://anything" }, NULL,
	    "--invite: given twice" },
	{ { "--invite-file=x", "ROOM=r", "BOOTNODE=b", "PASSPHRASE_FILE=y" },
	    NULL, "" },
	{ { "--invite-file=x", "--room=r" }, NULL,
	    "--invite-file: expected alone, but --room is given too" },
	{ { "--invite-file=x", "--passphrase" }, NULL,
	    "--invite-file: expected alone, but --passphrase is given too" },
	{ { "--invite=-", "--invite-file=x" }, NULL,
	    "--invite: expected alone, but --invite-file is given too" },
	{ { "--new-room=x", "--bootnode=b", "ROOM=y" }, NULL, "" },
	{ { "--room=x", "--bootnode=b,,c" }, NULL,
	    "--bootnode: \"b,,c\": entry 2 is empty; expected " HOST },
	{ { "--room=x" }, "BOOTNODE=b,c,B:9595\n",
	    "BOOTNODE in .env line 1: \"b,c,B:9595\": entry 3, B:9595, is "
	    "there twice; expected " HOST },
	{ { "--room=x", "BOOTNODE=b,c d" }, NULL,
	    "BOOTNODE in the environment: \"b,c d\": entry 2, c?d, is no "
	    "host; expected " HOST "; if it is another program's, use "
	    "--bootnode or GOCHAT_BOOTNODE" },
	{ { "--room=x", "--bootnode=a,b,c,d,e,f,g,h,i" }, NULL,
	    "--bootnode: \"a,b,c,d,e,f,g,h,i\": entry 9, i, is one too many: "
	    "at most 8 bootnodes can be named; expected " HOST },
	{ { "--new-room=x", "--bootnode=b", "--room=y" }, NULL,
	    "--new-room: expected alone, but --room is given too" },
	{ { "--new-room=x" }, NULL,
	    "--bootnode or BOOTNODE: not given: expected " HOST },
	{ { "--room=r", "BOOTNODE=b" }, "ROOM=x\nnonsense\n",
	    ".env line 2: expected NAME=value" },
};

static void
test_calls(void)
{
	for (size_t i = 0; i < sizeof(call_cases) / sizeof(*call_cases); i++) {
		const char *want = call_cases[i].want;
		struct trial t = { .flags = { "gochat" },
			.dotenv = call_cases[i].dotenv };

		for (const char *const *a = call_cases[i].args; *a; a++)
			trial_add(**a >= 'A' && **a <= 'Z' ? t.env : t.flags,
			    *a);
		trial_check_text(want, trial_run(&t), want);
		CU_ASSERT_EQUAL(t.result == OPTIONS_NOTHING,
		    strstr(want, "BOOTNODE: not") && strstr(want, "ROOM: not"));
		/* A flag is stronger than a variable of the other name, too. */
		CU_ASSERT(t.result == -1 || !t.o.passphrase_ask ||
		    t.o.passphrase_file[0] == '\0');
	}
}

/* Who has a bootnode among the variables may mean the rooms that are
 * remembered; who types one means a room there. */
static void
test_no_room(void)
{
	static const struct {
		const char *flag, *variable, *dotenv;
		int result;
	} cases[] = {
		{ NULL, "BOOTNODE=b", NULL, OPTIONS_NO_ROOM },
		{ NULL, NULL, "BOOTNODE=b\n", OPTIONS_NO_ROOM },
		{ "--nick=x", NULL, "BOOTNODE=b\n", OPTIONS_NO_ROOM },
		{ "--bootnode=b", NULL, NULL, -1 },
		{ "--bootnode=b", "BOOTNODE=c", NULL, -1 },
		{ NULL, "ROOM=r", NULL, -1 },
		{ NULL, "BOOTNODE=b", "ROOM=r\n", 0 },
		{ NULL, NULL, NULL, OPTIONS_NOTHING },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct trial t = { .flags = { "gochat", cases[i].flag },
			.env = { cases[i].variable },
			.dotenv = cases[i].dotenv };

		(void)trial_run(&t);
		CU_ASSERT_EQUAL(t.result, cases[i].result);
	}
}

/* These end the reading at once: not even .env counts. */
static void
test_help_and_version(void)
{
	static const struct {
		const char *flag;
		int result;
	} cases[] = { { "--help", OPTIONS_HELP }, { "-h", OPTIONS_HELP },
		{ "--version", OPTIONS_VERSION }, { "-V", OPTIONS_VERSION } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct trial t = { .flags = { "gochat", cases[i].flag },
			.dotenv = "?" };

		(void)trial_run(&t);
		CU_ASSERT_EQUAL(t.result, cases[i].result);
	}
}

/* The first of several rooms is the one that others go without; each has the
 * form in which it is used. */
static void
test_rooms(void)
{
	struct trial t = { .flags = { "gochat", "--bootnode=b", "--room=a",
			       "--room", "cafe\xcc\x81", "--room=c" },
		.env = { "ROOM=x" } };
	struct trial many = { .flags = { "gochat", "--bootnode=b", NULL } };
	static char flags[ROOMS_MAX + 1][24];

	trial_check_text("rooms", trial_run(&t), "");
	CU_ASSERT_STRING_EQUAL(t.o.room, "a");
	CU_ASSERT_EQUAL(t.o.more_room_count, 2);
	CU_ASSERT_STRING_EQUAL(t.o.more_rooms[0], "caf\xc3\xa9");
	CU_ASSERT_STRING_EQUAL(t.o.more_rooms[1], "c");
	for (int i = 0; i <= ROOMS_MAX; i++) {
		(void)snprintf(flags[i], sizeof(flags[i]), "--room=%d", i);
		many.flags[2 + i] = flags[i];
		if (i == ROOMS_MAX - 1) {
			trial_check_text("many", trial_run(&many), "");
			CU_ASSERT_EQUAL(many.o.more_room_count, ROOMS_MAX - 1);
		}
	}
	trial_check_text("too many", trial_run(&many),
	    "--room: given more than 16 times");
}

/* What counts of an invite and of what it says, too: the fields of what does
 * not are empty. */
static void
test_ways_in(void)
{
	struct trial t = { .flags = { "gochat", "--invite-file=x" },
		.env = { "ROOM=r", "BOOTNODE=b", "BOOTNODE_KEY=" KEY } };

	trial_check_text("an invite", trial_run(&t), "");
	CU_ASSERT_STRING_EQUAL(t.o.invite_file, "x");
	CU_ASSERT(t.o.room[0] == '\0' && t.o.bootnode.count == 0);
	CU_ASSERT_FALSE(t.o.bootnode_key_given);
	t = (struct trial){ .flags = { "gochat", "GOCHAT://anything" } };
	trial_check_text("an invite in capitals", trial_run(&t), "");
	CU_ASSERT_STRING_EQUAL(t.o.invite, "GOCHAT://anything");
	t = (struct trial){ .flags = { "gochat", "--room=r", "--bootnode=b" },
		.env = { "INVITE_FILE=x" } };
	trial_check_text("flags", trial_run(&t), "");
	CU_ASSERT_STRING_EQUAL(t.o.room, "r");
	CU_ASSERT_EQUAL(t.o.invite_file[0], '\0');
	t = (struct trial){ .flags = { "gochat", "--new-room=n" },
		.env = { "ROOM=r", "BOOTNODE=b", "PASSPHRASE_FILE=p" } };
	trial_check_text("a new room", trial_run(&t), "");
	CU_ASSERT_STRING_EQUAL(t.o.room, "n");
	CU_ASSERT_STRING_EQUAL(t.o.new_room, "n");
	CU_ASSERT_EQUAL(t.o.passphrase_file[0], '\0');
}

/* What an invite says is checked like an option, and then counts. */
static void
test_invited(void)
{
	struct trial t = { .flags = { "gochat", "--invite=-" } };
	struct invitation invitation = { "b.example", "r", { 9 }, false };
	char err[512] = "";

	trial_check_text("an invite", trial_run(&t), "");
	CU_ASSERT_EQUAL(options_invited(&t.o, &invitation, err, sizeof(err)),
	    0);
	CU_ASSERT_STRING_EQUAL(t.o.bootnode.at[0].host, "b.example");
	CU_ASSERT_EQUAL(t.o.bootnode.at[0].port, 9595);
	CU_ASSERT_STRING_EQUAL(t.o.room, "r");
	CU_ASSERT(t.o.bootnode_key_given && t.o.bootnode_key[0] == 9);
	invitation.bootnode[1] = ':';
	CU_ASSERT_EQUAL(options_invited(&t.o, &invitation, err, sizeof(err)),
	    -1);
	CU_ASSERT_STRING_EQUAL(err,
	    "the invite's bootnode, \"b:example\": expected " HOST);
	invitation.bootnode[1] = '.';
	invitation.room[0] = ' ';
	CU_ASSERT_EQUAL(options_invited(&t.o, &invitation, err, sizeof(err)),
	    -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "the invite's room, \" \": "));
}

void
options_calls_suite(void)
{
	CU_pSuite suite = CU_add_suite("options, whole calls", NULL, NULL);

	CU_add_test(suite, "default port", test_default_port);
	CU_add_test(suite, "heartbeats in a fleet", test_fleet_heartbeat);
	CU_add_test(suite, "empty is not set", test_empty_is_not_set);
	CU_add_test(suite, "choice of the interface", test_choice_of_ui);
	CU_add_test(suite, "whole calls", test_calls);
	CU_add_test(suite, "a bootnode without a room", test_no_room);
	CU_add_test(suite, "help and version", test_help_and_version);
	CU_add_test(suite, "options: several rooms", test_rooms);
	CU_add_test(suite, "ways into a room", test_ways_in);
	CU_add_test(suite, "an invite", test_invited);
}
