/*
 * The options one by one: every one from every source, every edge of every
 * range, --help. The promises of docs/options.md are typed in here again, so
 * that a slip in the table shows. Whole calls are in options_calls_test.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "tests/unit/launcher/options_trial.h"

void options_suite(void);

#define KEY_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
#define KEY_C "0000000000000000000000000000000000000000000000000000000000000001"
#define KEY_0 "0000000000000000000000000000000000000000000000000000000000000000"
#define E4    "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"

/* ---- Every option by every source ---- */

static const struct option_spec specs[] = { OPTIONS_TABLE(OPTION_ROW) };

/* Writes the value of a field, as a user would. */
static void
field_text(const struct options *o, enum option_id id, char *buf, size_t len)
{
	const void *field = (const char *)o + specs[id].offset;
	const char *word = specs[id].choices;

	switch (specs[id].kind) {
	case KIND_CHOICE:
		for (unsigned int i = *(const unsigned int *)field; i > 0; i--)
			word = strchr(word, '|') + 1;
		(void)snprintf(buf, len, "%.*s", (int)strcspn(word, "|"), word);
		break;
	case KIND_NUMBER:
		(void)snprintf(buf, len, "%u", *(const unsigned int *)field);
		break;
	case KIND_HOSTS:
		(void)endpoints_format(field, buf);
		break;
	case KIND_LISTEN:
		(void)endpoint_format(((const struct listen *)field)->at, buf);
		break;
	case KIND_ENGINE:
		(void)engine_url_format(field, buf);
		break;
	case KIND_ADDRESSES:
		(void)fleet_addresses_format(field, buf);
		break;
	case KIND_KEY:
		for (size_t i = 0; i < 32; i++)
			(void)snprintf(buf + 2 * i, len - 2 * i, "%02x",
			    ((const uint8_t *)field)[i]);
		break;
	case KIND_SWITCH:
		(void)snprintf(buf, len, "%d", *(const bool *)field);
		break;
	default:
		(void)snprintf(buf, len, "%s", (const char *)field);
	}
}

/* Values by enum option_source, the default first; NULL: no value. */
/* clang-format off */
#define ROW(id, flag, ...) { OPT_##id, #id, flag, { __VA_ARGS__ } }
/* clang-format on */
static const struct source_case {
	enum option_id id;
	const char *variable, *flag, *value[4];
} source_cases[] = {
	ROW(MODE, "mode", "client", "bootnode", "client", "bootnode"),
	ROW(BOOTNODE, "bootnode", NULL, "a:9595", "10.0.0.1:1,b:9595",
	    "[fc00::1]:2"),
	ROW(BOOTNODE_UDP_PORT, NULL, "9595", "1000", "2000", NULL),
	ROW(ROOM, "room", NULL, "one", "two", "three"),
	ROW(LOCAL_UDP_PORT, "port", "4545", "0", "4545", "2"),
	ROW(LISTEN, "listen", "0.0.0.0:9595", "127.0.0.1:1", "[::]:5",
	    "1.1.1.1:0"),
	ROW(HEARTBEAT_INTERVAL, "heartbeat-interval", "10", "1", "2", "3"),
	ROW(PEER_TIMEOUT, "peer-timeout", "15", "11", "12", "13"),
	ROW(NICK, "nick", NULL, "ann", "bob", "cy"),
	ROW(UI, "ui", "plain", "json", "plain", "json"),
	ROW(NOTIFY, "notify", "bell", "off", "osc9", "bell"),
	ROW(NOTIFY_FOR, "notify-for", "mentions", "all", "mentions", "all"),
	ROW(MOUSE, "mouse", "on", "off", "on", "off"),
	ROW(PASSPHRASE_FILE, "passphrase-file", "", "x", "y", "z"),
	{ OPT_PASSPHRASE, NULL, "passphrase", { "0", NULL, NULL, "1" } },
	{ OPT_REMEMBER, NULL, "remember", { "0", NULL, NULL, "1" } },
	ROW(INVITE_FILE, "invite-file", "", "x", "y", "z"),
	{ OPT_INVITE, NULL, "invite", { "", NULL, NULL, "-" } },
	{ OPT_NEW_ROOM, NULL, "new-room", { "", NULL, NULL, "four" } },
	ROW(BOOTNODE_KEY, "bootnode-key", KEY_0, KEY_A, KEY_B, KEY_C),
	ROW(ACCESS_KEY_FILE, "access-key-file", "", "x", "y", "z"),
	ROW(IDENTITY, "identity", "", "a", "b", "c"),
	ROW(RELAY, "relay", "auto", "never", "only", "auto"),
	ROW(RELAY_RATE, "relay-rate", "128", "3", "4", "5"),
	ROW(MAX_SESSIONS, "max-sessions", "65000", "3", "4", "5"),
	ROW(MAX_PEERS, "max-peers", "256", "3", "4", "5"),
	ROW(MAX_SESSIONS_PER_ADDRESS, "max-sessions-per-address", "64", "3",
	    "4", "5"),
	ROW(RELAY_RATE_PER_ADDRESS, "relay-rate-per-address", "0", "300", "400",
	    "500"),
	ROW(JOIN_RATE, "join-rate", "0", "3", "4", "5"),
	ROW(DENY_FILE, "deny-file", "", "x", "y", "z"),
	ROW(LIFT_FILE, "lift-file", "", "x", "y", "z"),
	ROW(STATE_DIR, "state-dir", "", "x", "y", "z"),
	ROW(LOG_LEVEL, "log-level", "info", "error", "warn", "debug"),
	ROW(LOG_FILE, "log-file", "", "x", "y", "z"),
	ROW(LOG_ADDRESSES, "log-addresses", "yes", "no", "yes", "no"),
	ROW(METRICS_SOCKET, "metrics-socket", "", "x", "y", "z"),
	ROW(CONTROL_SOCKET, "control-socket", "", "x", "y", "z"),
	ROW(CONTROL_SOCKET_MODE, "control-socket-mode", "0600", "0660", "0600",
	    "0660"),
	ROW(FLEET, "fleet", "", "redis://a:6379", "unix:/x",
	    "rediss://[::1]:5/7"),
	ROW(FLEET_AUTH_FILE, "fleet-auth-file", "", "x", "y", "z"),
	ROW(FLEET_CA_FILE, "fleet-ca-file",
	    "/etc/ssl/certs/ca-certificates.crt", "x", "y", "z"),
	ROW(FLEET_ADDRESS, "fleet-address", "", "10.0.0.1:0",
	    "10.0.0.1:5,[fc00::1]:6", "10.0.0.2:1"),
};
#define SOURCE_CASES (sizeof(source_cases) / sizeof(*source_cases))

/* Begins a trial of one option, with the options that its mode needs. */
static void
begin(struct trial *t, enum option_id id, bool given)
{
	memset(t, 0, sizeof(*t));
	trial_add(t->flags, "gochat");
	if (specs[id].modes == FOR_BOOTNODE)
		trial_add(t->flags, "--mode=bootnode");
	if (given && (id == OPT_INVITE || id == OPT_INVITE_FILE))
		return; /* an invite says the rest */
	if (id == OPT_FLEET_AUTH_FILE || id == OPT_FLEET_CA_FILE ||
	    id == OPT_FLEET_ADDRESS)
		trial_add(t->env, "FLEET=rediss://some.example");
	if (id != OPT_BOOTNODE)
		trial_add(t->env, "BOOTNODE=some.example");
	if (id != OPT_ROOM)
		trial_add(t->env, "ROOM=some");
}

/* Tries one option, given by the sources in the set (bits of enum
 * option_source). */
static void
try_sources(const struct source_case *c, unsigned int set)
{
	enum option_source wins = SOURCE_DEFAULT;
	char dotenv[128], env[128], flag[128], text[512];
	struct trial t;

	begin(&t, c->id, set != 0);
	if ((set & 1 << SOURCE_DOTENV) != 0) {
		(void)snprintf(dotenv, sizeof(dotenv), "# one\n%s=%s\n",
		    c->variable, c->value[wins = SOURCE_DOTENV]);
		t.dotenv = dotenv;
	}
	if ((set & 1 << SOURCE_ENVIRONMENT) != 0) {
		(void)snprintf(env, sizeof(env), "%s=%s", c->variable,
		    c->value[wins = SOURCE_ENVIRONMENT]);
		trial_add(t.env, env);
	}
	if ((set & 1 << SOURCE_FLAG) != 0) {
		/* Uses both ways to write a flag: joined, unless it is the only
		 * source. */
		bool joined = set != 1 << SOURCE_FLAG;

		(void)snprintf(flag, sizeof(flag), "--%s%s%s", c->flag,
		    joined ? "=" : "", joined ? c->value[SOURCE_FLAG] : "");
		trial_add(t.flags, flag);
		if (!joined && specs[c->id].kind != KIND_SWITCH)
			trial_add(t.flags, c->value[SOURCE_FLAG]);
		wins = SOURCE_FLAG;
	}
	if (c->value[wins] == NULL)
		return;
	trial_check_text(specs[c->id].help, trial_run(&t), "");
	field_text(&t.o, c->id, text, sizeof(text));
	trial_check_text(specs[c->id].help, text, c->value[wins]);
	CU_ASSERT_EQUAL(t.o.origin[c->id].source, wins);
	CU_ASSERT_EQUAL(t.o.origin[c->id].line, wins == SOURCE_DOTENV ? 2 : 0);
	CU_ASSERT_EQUAL(t.o.local_udp_port_asked,
	    c->id == OPT_LOCAL_UDP_PORT && set != 0);
	CU_ASSERT_EQUAL(t.o.bootnode_key_given,
	    c->id == OPT_BOOTNODE_KEY && set != 0);
}

static void
test_every_source(void)
{
	const unsigned int flag = 1U << SOURCE_FLAG;

	/* All but those that end at once. */
	CU_ASSERT_EQUAL(SOURCE_CASES, OPT_COUNT - 4);
	for (size_t i = 0; i < SOURCE_CASES; i++)
		for (unsigned int set = 0; set < 16; set += 2)
			if (((set & flag) == 0 || source_cases[i].flag) &&
			    ((set & ~flag) == 0 || source_cases[i].variable))
				try_sources(&source_cases[i], set);
}

/* The places of a variable, the strongest first. */
static const struct place {
	enum option_source source;
	const char *prefix;
} places[] = {
	{ SOURCE_ENVIRONMENT, "GOCHAT_" },
	{ SOURCE_DOTENV, "GOCHAT_" },
	{ SOURCE_ENVIRONMENT, "" },
	{ SOURCE_DOTENV, "" },
};
#define PLACES (sizeof(places) / sizeof(*places))

/* A variable is in this place and all after it, each time with another
 * value. */
static void
try_places(const struct source_case *c, size_t from)
{
	char dotenv[256] = "", env[2][128], text[512];
	const char *value;
	size_t n = 0;
	struct trial t;

	begin(&t, c->id, true);
	for (size_t i = from; i < PLACES; i++) {
		value =
		    c->value[i == from ? SOURCE_DOTENV : SOURCE_ENVIRONMENT];
		if (places[i].source == SOURCE_ENVIRONMENT) {
			(void)snprintf(env[n], sizeof(env[n]), "%s%s=%s",
			    places[i].prefix, c->variable, value);
			trial_add(t.env, env[n++]);
		} else {
			(void)snprintf(dotenv + strlen(dotenv), 128,
			    "%s%s=%s\n", places[i].prefix, c->variable, value);
			t.dotenv = dotenv;
		}
	}
	trial_check_text(c->variable, trial_run(&t), "");
	field_text(&t.o, c->id, text, sizeof(text));
	trial_check_text(c->variable, text, c->value[SOURCE_DOTENV]);
	CU_ASSERT_EQUAL(t.o.origin[c->id].source, places[from].source);
	CU_ASSERT_EQUAL(t.o.origin[c->id].prefixed, *places[from].prefix != 0);
}

static void
test_every_place(void)
{
	for (size_t i = 0; i < SOURCE_CASES; i++)
		for (size_t from = 0; from < PLACES; from++)
			if (source_cases[i].variable != NULL)
				try_places(&source_cases[i], from);
}

/* ---- Values ---- */

#define COLUMNS                                                              \
	"1 to 32 columns and at most 128 bytes of visible characters, none " \
	"of which looks like < or >"
#define EXPECTED "; expected "
#define DIGITS	 "64 hexadecimal digits"
#define IDENTITY "1 to 32 of A-Z, a-z, 0-9, - and _"
#define PATH	 "a path of 1 to 4095 bytes"
#define ENGINE                                                    \
	"redis://HOST[:PORT][/DB], rediss://HOST[:PORT][/DB] or " \
	"unix:/PATH"
#define ADDRESSES "numeric addresses with commas: v4, v4:port or [v6]:port"
#define NO_PASSWORD                                                          \
	"it has a user or a password, which others could see: they go into " \
	"the file of --fleet-auth-file" EXPECTED ENGINE

/*
 * Gives an option a value by its flag, if it has one. want is what the error
 * must expect, after what is wrong with "it" if it says so, or NULL for no
 * error; shown is the value in the error if it differs.
 */
static void
try_value(enum option_id id, const char *value, const char *shown,
    const char *want)
{
	const struct source_case *c = source_cases;
	char text[8192], err[512] = "", name[64];
	struct trial t;

	while (c->id != id)
		c++;
	begin(&t, id, false);
	if (id != OPT_HEARTBEAT_INTERVAL)
		trial_add(t.env, "HEARTBEAT_INTERVAL=1");
	if (id != OPT_PEER_TIMEOUT)
		trial_add(t.env, "PEER_TIMEOUT=36000");
	(void)snprintf(name, sizeof(name), c->flag ? "--%s" : "%s",
	    c->flag ? c->flag : c->variable);
	(void)snprintf(text, sizeof(text), "%s=%s", name, value);
	trial_add(c->flag ? t.flags : t.env, text);
	if (want != NULL)
		(void)snprintf(err, sizeof(err), "%s%s: \"%s\": %s%s%s%s", name,
		    c->flag ? "" : " in the environment",
		    shown != NULL ? shown : value,
		    strstr(want, EXPECTED) != NULL ? "" : "expected ", want,
		    c->flag ? "" : ANOTHERS "GOCHAT_", c->flag ? "" : name);
	trial_check_text(text, trial_run(&t), err);
}

static void
test_number_ranges(void)
{
	static const struct {
		enum option_id id;
		unsigned int min, max;
	} ranges[] = {
		{ OPT_BOOTNODE_UDP_PORT, 1, 65535 },
		{ OPT_LOCAL_UDP_PORT, 0, 65535 },
		{ OPT_HEARTBEAT_INTERVAL, 1, 3600 },
		{ OPT_PEER_TIMEOUT, 2, 36000 },
		{ OPT_RELAY_RATE, 1, 1048576 },
		{ OPT_MAX_SESSIONS, 1, 4000000 },
		{ OPT_MAX_PEERS, 2, 4096 },
		{ OPT_MAX_SESSIONS_PER_ADDRESS, 1, 65535 },
		{ OPT_JOIN_RATE, 1, 1000000 },
	};
	static const char *const never[] = { "abc", "-1", "+5", " 5", "5 ",
		"0x5", "5s", "5.0", "1e1", "4294967297",
		"99999999999999999999999999999999" };
	char want[64], value[16];

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		/* 4294967295 comes before 0, and is wrong as well. */
		unsigned int edges[] = { ranges[i].min, ranges[i].max,
			ranges[i].max + 1, ranges[i].min - 1 };

		(void)snprintf(want, sizeof(want), "a number from %u to %u",
		    ranges[i].min, ranges[i].max);
		for (size_t n = 0; n < 4; n++) {
			(void)snprintf(value, sizeof(value), "%u", edges[n]);
			try_value(ranges[i].id, value, NULL,
			    n < 2 ? NULL : want);
		}
		for (size_t n = 0; n < sizeof(never) / sizeof(*never); n++)
			try_value(ranges[i].id, never[n], NULL, want);
	}
}

/* Errors show bytes that are not printable as escapes. */
static const struct {
	enum option_id id;
	const char *value, *shown, *want;
} value_cases[] = {
	{ OPT_MODE, "Client", NULL, "one of client|bootnode|check" },
	{ OPT_UI, "plai", NULL, "one of plain|json|tui" },
	{ OPT_UI, "TUI", NULL, "one of plain|json|tui" },
	{ OPT_RELAY, "x", NULL, "one of auto|never|only" },
	{ OPT_LOG_LEVEL, "", NULL, "one of error|warn|info|debug" },
	{ OPT_ROOM, "", NULL, "it is empty" EXPECTED BYTES },
	{ OPT_ROOM, "\xc3\xa9 \xf0\x9f\x98\x80", NULL, NULL },
	{ OPT_ROOM, "a\xff", "a\\xff", "it is not UTF-8" EXPECTED BYTES },
	{ OPT_ROOM, " a", NULL, "it begins with a blank" EXPECTED BYTES },
	{ OPT_ROOM, "GoChat://a.example/r?key=1#secret", "GoChat:...",
	    "it is an invite: give it with --invite-file FILE or --invite "
	    "-" EXPECTED BYTES },
	{ OPT_ROOM, "gochat:/", "gochat:...", NULL },
	{ OPT_ROOM, "a\xc2\xa0", "a\\xc2\\xa0",
	    "it ends with a blank" EXPECTED BYTES },
	{ OPT_ROOM, "a\x1b[1m", "a\\x1b[1m",
	    "it contains a control character, U+001B" EXPECTED BYTES },
	{ OPT_ROOM,
	    "\xef\xbb\xbf"
	    "a",
	    "\\xef\\xbb\\xbfa",
	    "it contains a character that is invisible, unassigned or "
	    "otherwise not allowed by RFC 8264, U+FEFF" EXPECTED BYTES },
	{ OPT_NICK, "", NULL, COLUMNS },
	{ OPT_NICK, "12345678901234567890123456789012", NULL, NULL },
	{ OPT_NICK, "123456789012345678901234567890123", NULL, COLUMNS },
	{ OPT_NICK, E4 E4 E4 E4, NULL, NULL },
	{ OPT_NICK, "joe<x", NULL, COLUMNS },
	{ OPT_NICK, "joe\u203a", "joe\\xe2\\x80\\xba", COLUMNS },
	{ OPT_NICK, "joe\u200b", "joe\\xe2\\x80\\x8b", COLUMNS },
	{ OPT_NICK, "\u3000 ", "\\xe3\\x80\\x80 ", COLUMNS },
	{ OPT_NICK, "a\x1b[1m", "a\\x1b[1m", COLUMNS },
	{ OPT_NICK, "\x7f", "\\x7f", COLUMNS },
	{ OPT_NICK, "\xc2\x85", "\\xc2\\x85", COLUMNS },
	{ OPT_NICK, "\"\xff", "\\x22\\xff", COLUMNS },
	{ OPT_IDENTITY, "work-2_B", NULL, NULL },
	{ OPT_IDENTITY, "12345678901234567890123456789012", NULL, NULL },
	{ OPT_IDENTITY, "123456789012345678901234567890123", NULL, IDENTITY },
	{ OPT_IDENTITY, "", NULL, IDENTITY },
	{ OPT_IDENTITY, "..", NULL, IDENTITY },
	{ OPT_IDENTITY, "a/b", NULL, IDENTITY },
	{ OPT_IDENTITY, "a.new", NULL, IDENTITY },
	{ OPT_IDENTITY, "a b", NULL, IDENTITY },
	/* An invite in the wrong place has a secret. */
	{ OPT_IDENTITY, "gochat://a.example/r?key=1#secret", "gochat:...",
	    IDENTITY },
	{ OPT_IDENTITY, "'GoChat:/a.example/r#secret", "'GoChat:...",
	    IDENTITY },
	{ OPT_IDENTITY, "gochat:", NULL, IDENTITY },
	{ OPT_INVITE, "", NULL, "gochat://... or -" },
	{ OPT_IDENTITY, "caf\u00e9", "caf\\xc3\\xa9", IDENTITY },
	{ OPT_BOOTNODE_KEY, "abcd", NULL, DIGITS },
	{ OPT_BOOTNODE, "a:0", NULL, HOST },
	{ OPT_BOOTNODE, "a:65535", NULL, NULL },
	{ OPT_BOOTNODE, "a:65536", NULL, HOST },
	{ OPT_BOOTNODE, "[::1]:1:", NULL, HOST },
	{ OPT_LISTEN, "localhost", NULL, ADDRESS },
	{ OPT_LISTEN, "1.2.3.4:99999", NULL, ADDRESS },
	{ OPT_LISTEN, "1.2.3.4,localhost", NULL, ADDRESS },
	{ OPT_LISTEN, "1.2.3.4 , [::1]:5 ", NULL, NULL },
	{ OPT_LISTEN, "1.2.3.4  1.2.3.5", NULL, NULL },
	{ OPT_LISTEN, "1.2.3.4:0,1.2.3.4:0", NULL, NULL },
	{ OPT_LISTEN, "1.2.3.4:1,1.2.3.4:2,1.2.3.4:3", NULL, ADDRESS },
	{ OPT_LISTEN, "1.2.3.4,,1.2.3.5", NULL, ADDRESS },
	{ OPT_LISTEN, ",1.2.3.4", NULL, ADDRESS },
	{ OPT_STATE_DIR, "", NULL, PATH },
	{ OPT_FLEET, "", NULL, ENGINE },
	{ OPT_FLEET, "redis.example", NULL, ENGINE },
	{ OPT_FLEET, "redis://", NULL, ENGINE },
	{ OPT_FLEET, "redis://a:0", NULL, ENGINE },
	{ OPT_FLEET, "redis://a/", NULL, NULL },
	{ OPT_FLEET, "REDISS://a/9999", NULL, NULL },
	{ OPT_FLEET, "redis://a/10000", NULL, ENGINE },
	{ OPT_FLEET, "redis://a/1/2", NULL, ENGINE },
	{ OPT_FLEET, "redis://a/-1", NULL, ENGINE },
	{ OPT_FLEET, "unix:x", NULL, ENGINE },
	{ OPT_FLEET, "unix:/", NULL, ENGINE },
	/* A password is not repeated, wherever it stands. */
	{ OPT_FLEET, "redis://user:secret@a", "redis://...", NO_PASSWORD },
	{ OPT_FLEET, "rediss://:secret@a/1", "rediss://...", NO_PASSWORD },
	{ OPT_IDENTITY, "redis://user:secret@a", "redis://...", IDENTITY },
	{ OPT_FLEET_ADDRESS, "", NULL, ADDRESSES },
	{ OPT_FLEET_ADDRESS, "a.example", NULL, ADDRESSES },
	{ OPT_FLEET_ADDRESS, "10.0.0.1,", NULL, ADDRESSES },
	{ OPT_FLEET_ADDRESS, "10.0.0.1:1,10.0.0.1:2,[fc00::1]:1,fc00::2", NULL,
	    NULL },
	{ OPT_FLEET_ADDRESS, "10.0.0.1,10.0.0.2,10.0.0.3", NULL,
	    "there are more than 2 of IPv4" EXPECTED ADDRESSES },
	{ OPT_FLEET_ADDRESS, "0.0.0.0", NULL,
	    "no client can reach an address like 0.0.0.0" EXPECTED ADDRESSES },
	{ OPT_FLEET_ADDRESS, "ff02::1", NULL,
	    "no client can reach an address like ff02::1" EXPECTED ADDRESSES },
};

/* Tries a value of one byte too many, then of one byte less. */
static void
try_length(enum option_id id, size_t max, const char *want)
{
	char value[4097], shown[64];

	memset(value, 'x', sizeof(value));
	value[max + 1] = '\0';
	(void)snprintf(shown, sizeof(shown), "%.55s...", value);
	try_value(id, value, shown, want);
	value[max] = '\0';
	try_value(id, value, NULL, NULL);
}

/* The name of a room is stored in its one form. */
static void
test_room_form(void)
{
	struct trial t = { .flags = { "gochat" },
		.env = { "BOOTNODE=b" },
		.dotenv = "ROOM=caf\u00e9 1\n" };

	trial_check_text("composed", trial_run(&t), "");
	CU_ASSERT_STRING_EQUAL(t.o.room, "caf\u00e9 1");
	t.env[1] = "ROOM=cafe\u0301\u30001";
	trial_check_text("decomposed", trial_run(&t), "");
	CU_ASSERT_STRING_EQUAL(t.o.room, "caf\u00e9 1");
}

static void
test_nick_form(void)
{
	struct trial t = { .flags = { "gochat" },
		.env = { "BOOTNODE=b", "ROOM=r", "NICK= \uff2aoe  x\u3000" } };

	trial_check_text("a nickname", trial_run(&t), "");
	CU_ASSERT_STRING_EQUAL(t.o.nick, "Joe x");
}

static void
test_values(void)
{
	for (size_t i = 0; i < sizeof(value_cases) / sizeof(*value_cases); i++)
		try_value(value_cases[i].id, value_cases[i].value,
		    value_cases[i].shown, value_cases[i].want);
	try_length(OPT_ROOM, 256, "it is too long" EXPECTED BYTES);
	try_length(OPT_LOG_FILE, 4095, PATH);
}

void
options_suite(void)
{
	CU_pSuite suite = CU_add_suite("options", NULL, NULL);

	CU_add_test(suite, "every source, by precedence", test_every_source);
	CU_add_test(suite, "every place of a variable", test_every_place);
	CU_add_test(suite, "edges of numbers", test_number_ranges);
	CU_add_test(suite, "other values", test_values);
	CU_add_test(suite, "one form of a room's name", test_room_form);
	CU_add_test(suite, "one form of a nickname", test_nick_form);
}
