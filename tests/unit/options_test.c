/*
 * The options: every one by every source, every edge of every range, the
 * texts of errors, .env, --help. What DESIGN.md section 8 promises is typed in
 * here again, so that a slip in the table shows.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "launcher/options.h"

void options_suite(void);

#define KEY_A	 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY_B	 "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
#define KEY_C	 "0000000000000000000000000000000000000000000000000000000000000001"
#define KEY_0	 "0000000000000000000000000000000000000000000000000000000000000000"
#define E4	 "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"
#define ARGS_MAX 16

struct trial {
	const char *flags[ARGS_MAX];
	const char *env[ARGS_MAX];
	const char *dotenv; /* text of .env; NULL: there is none */
	int result;
	struct options o;
	char err[512];
};

/* Add to a list that ends with NULL. */
static void
add(const char *list[ARGS_MAX], const char *text)
{
	size_t n = 0;

	while (list[n] != NULL)
		n++;
	CU_ASSERT_FATAL(n < ARGS_MAX - 1);
	list[n] = text;
}

/* Run a trial, with .env in a folder of its own. Returns the error, or "". */
static const char *
run(struct trial *t)
{
	char folder[256], *tmp = getenv("TMPDIR");
	int argc = 0, dirfd, fd;

	(void)snprintf(folder, sizeof(folder), "%s/gochat-test.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	dirfd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->dotenv != NULL) {
		fd = openat(dirfd, ".env", O_WRONLY | O_CREAT, 0600);
		CU_ASSERT_FATAL(dprintf(fd, "%s", t->dotenv) >= 0);
		(void)close(fd);
	}
	while (t->flags[argc] != NULL)
		argc++;
	t->err[0] = '\0';
	t->result = options_parse(&t->o, argc, (char *const *)t->flags,
	    (char *const *)t->env, dirfd, t->err, sizeof(t->err));
	CU_ASSERT_EQUAL(t->result == -1, t->err[0] != '\0');
	(void)unlinkat(dirfd, ".env", 0);
	(void)close(dirfd);
	CU_ASSERT(rmdir(folder) == 0);
	return t->err;
}

/* Compare, and say on failure which case it was. */
static void
check_text(const char *which, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		(void)fprintf(stderr, "\n%s:\n  got  <%s>\n  want <%s>\n",
		    which, got, want);
	CU_ASSERT_STRING_EQUAL(got, want);
}

/* ---- Every option by every source ---- */

static const struct option_spec specs[] = { OPTIONS_TABLE(OPTION_ROW) };

/* The value of a field, as a user would write it. */
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
	case KIND_HOST:
		(void)endpoint_format(field, buf);
		break;
	case KIND_LISTEN:
		(void)endpoint_format(((const struct listen *)field)->at, buf);
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

/* Values by enum option_source, the default first; NULL: it has none. */
/* clang-format off */
#define ROW(id, flag, ...) { OPT_##id, #id, flag, { __VA_ARGS__ } }
/* clang-format on */
static const struct source_case {
	enum option_id id;
	const char *variable, *flag, *value[4];
} source_cases[] = {
	ROW(MODE, "mode", "client", "bootnode", "client", "bootnode"),
	ROW(BOOTNODE, "bootnode", NULL, "a:9595", "10.0.0.1:1", "[fc00::1]:2"),
	ROW(BOOTNODE_UDP_PORT, NULL, "9595", "1000", "2000", NULL),
	ROW(ROOM, "room", NULL, "one", "two", "three"),
	ROW(LOCAL_UDP_PORT, "port", "4545", "0", "4545", "2"),
	ROW(LISTEN, "listen", "0.0.0.0:9595", "127.0.0.1:1", "[::]:5",
	    "1.1.1.1:0"),
	ROW(HEARTBEAT_INTERVAL, "heartbeat-interval", "10", "1", "2", "3"),
	ROW(PEER_TIMEOUT, "peer-timeout", "15", "11", "12", "13"),
	ROW(NICK, "nick", NULL, "ann", "bob", "cy"),
	ROW(UI, "ui", "plain", "json", "plain", "json"),
	ROW(PASSPHRASE_FILE, "passphrase-file", "", "x", "y", "z"),
	{ OPT_PASSPHRASE, NULL, "passphrase", { "0", NULL, NULL, "1" } },
	ROW(BOOTNODE_KEY, "bootnode-key", KEY_0, KEY_A, KEY_B, KEY_C),
	ROW(RELAY, "relay", "auto", "never", "only", "auto"),
	ROW(RELAY_RATE, "relay-rate", "128", "3", "4", "5"),
	ROW(MAX_PEERS, "max-peers", "256", "3", "4", "5"),
	ROW(MAX_SESSIONS_PER_ADDRESS, "max-sessions-per-address", "64", "3",
	    "4", "5"),
	ROW(STATE_DIR, "state-dir", "", "x", "y", "z"),
	ROW(LOG_LEVEL, "log-level", "info", "error", "warn", "debug"),
	ROW(LOG_FILE, "log-file", "", "x", "y", "z"),
};
#define SOURCE_CASES (sizeof(source_cases) / sizeof(*source_cases))

/* Begin a trial of one option, with what else its mode needs. */
static void
begin(struct trial *t, enum option_id id)
{
	memset(t, 0, sizeof(*t));
	add(t->flags, "gochat");
	if (specs[id].modes == FOR_BOOTNODE)
		add(t->flags, "--mode=bootnode");
	if (id != OPT_BOOTNODE)
		add(t->env, "BOOTNODE=some.example");
	if (id != OPT_ROOM)
		add(t->env, "ROOM=some");
}

/* One option, given by the sources in the set (bits of enum option_source). */
static void
try_sources(const struct source_case *c, unsigned int set)
{
	enum option_source wins = SOURCE_DEFAULT;
	char dotenv[128], env[128], flag[128], text[512];
	struct trial t;

	begin(&t, c->id);
	if ((set & 1 << SOURCE_DOTENV) != 0) {
		(void)snprintf(dotenv, sizeof(dotenv), "# one\n%s=%s\n",
		    c->variable, c->value[wins = SOURCE_DOTENV]);
		t.dotenv = dotenv;
	}
	if ((set & 1 << SOURCE_ENVIRONMENT) != 0) {
		(void)snprintf(env, sizeof(env), "%s=%s", c->variable,
		    c->value[wins = SOURCE_ENVIRONMENT]);
		add(t.env, env);
	}
	if ((set & 1 << SOURCE_FLAG) != 0) {
		/* Both ways to write it: joined unless it stands alone. */
		bool joined = set != 1 << SOURCE_FLAG;

		(void)snprintf(flag, sizeof(flag), "--%s%s%s", c->flag,
		    joined ? "=" : "", joined ? c->value[SOURCE_FLAG] : "");
		add(t.flags, flag);
		if (!joined && c->variable != NULL)
			add(t.flags, c->value[SOURCE_FLAG]);
		wins = SOURCE_FLAG;
	}
	if (c->value[wins] == NULL)
		return;
	check_text(specs[c->id].help, run(&t), "");
	field_text(&t.o, c->id, text, sizeof(text));
	check_text(specs[c->id].help, text, c->value[wins]);
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

	CU_ASSERT_EQUAL(SOURCE_CASES, OPT_COUNT - 2); /* help and version */
	for (size_t i = 0; i < SOURCE_CASES; i++)
		for (unsigned int set = 0; set < 16; set += 2)
			if (((set & flag) == 0 || source_cases[i].flag) &&
			    ((set & ~flag) == 0 || source_cases[i].variable))
				try_sources(&source_cases[i], set);
}

static void
test_default_port(void)
{
	struct trial t = { .flags = { "gochat", "--room=r" },
		.env = { "BOOTNODE_UDP_PORT=7", "BOOTNODE=a" } };

	check_text("port of a client's bootnode", run(&t), "");
	CU_ASSERT_EQUAL(t.o.bootnode.port, 7);
	t.flags[1] = "--mode=bootnode";
	check_text("port of a bootnode", run(&t), "");
	CU_ASSERT_EQUAL(t.o.listen.at[0].port, 7);
	t.env[1] = "LISTEN=[::1]:8";
	check_text("its own port", run(&t), "");
	CU_ASSERT_EQUAL(t.o.listen.at[0].port, 8);
	CU_ASSERT_EQUAL(t.o.listen.count, 1);
	t.env[1] = "LISTEN=[::1]:8 127.0.0.1";
	check_text("two", run(&t), "");
	CU_ASSERT_EQUAL(t.o.listen.count, 2);
	CU_ASSERT_STRING_EQUAL(t.o.listen.at[1].host, "127.0.0.1");
	CU_ASSERT_EQUAL(t.o.listen.at[1].port, 7);
}

static void
test_empty_is_not_set(void)
{
	struct trial t = { .flags = { "gochat" },
		.env = { "ROOM=", "NICK=", "BOOTNODE=b", "UI=" },
		.dotenv = "ROOM=r\nUI=json\nNICK=''\n" };

	check_text("empty", run(&t), "");
	CU_ASSERT_STRING_EQUAL(t.o.room, "r");
	CU_ASSERT_EQUAL(t.o.ui, UI_JSON);
	CU_ASSERT_EQUAL(t.o.origin[OPT_NICK].source, SOURCE_DEFAULT);
	CU_ASSERT(t.o.nick[0] != '\0');
}

/* ---- Values ---- */

#define BYTES	 "1 to 256 bytes of UTF-8"
#define COLUMNS	 "1 to 32 columns of UTF-8 without control characters"
#define HOST	 "host, host:port or [v6]:port"
#define ADDRESS	 "one or two numeric addresses: v4, v4:port or [v6]:port"
#define DIGITS	 "64 hexadecimal digits"
#define UNKNOWN	 ": unknown flag"
#define AFTER_IT "--room: expected a value after it: " BYTES
#define NOT_ONLY ": only: a bootnode expects auto or never"
#define NO_VALUE "--passphrase: expected no value"
#define PATH	 "a path of 1 to 4095 bytes"

/*
 * Give an option a value by its flag, if it has one. want is what the error
 * must expect, NULL if there is none; shown is the value there if it differs.
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
	begin(&t, id);
	if (id != OPT_HEARTBEAT_INTERVAL)
		add(t.env, "HEARTBEAT_INTERVAL=1");
	if (id != OPT_PEER_TIMEOUT)
		add(t.env, "PEER_TIMEOUT=36000");
	(void)snprintf(name, sizeof(name), c->flag ? "--%s" : "%s",
	    c->flag ? c->flag : c->variable);
	(void)snprintf(text, sizeof(text), "%s=%s", name, value);
	add(c->flag ? t.flags : t.env, text);
	if (want != NULL)
		(void)snprintf(err, sizeof(err), "%s%s: \"%s\": expected %s",
		    name, c->flag ? "" : " in the environment",
		    shown != NULL ? shown : value, want);
	check_text(text, run(&t), err);
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
		{ OPT_MAX_PEERS, 2, 4096 },
		{ OPT_MAX_SESSIONS_PER_ADDRESS, 1, 65535 },
	};
	static const char *const never[] = { "abc", "-1", "+5", " 5", "5 ",
		"0x5", "5s", "5.0", "1e1", "4294967297",
		"99999999999999999999999999999999" };
	char want[64], value[16];

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		/* Below 0 comes 4294967295, which is wrong as well. */
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
	{ OPT_MODE, "Client", NULL, "one of client|bootnode" },
	{ OPT_UI, "tui", NULL, "one of plain|json" },
	{ OPT_UI, "plai", NULL, "one of plain|json" },
	{ OPT_RELAY, "x", NULL, "one of auto|never|only" },
	{ OPT_LOG_LEVEL, "", NULL, "one of error|warn|info|debug" },
	{ OPT_ROOM, "", NULL, BYTES },
	{ OPT_ROOM, "\xc3\xa9\n\x1b\xf0\x9f\x98\x80", NULL, NULL },
	{ OPT_ROOM, "a\xff", "a\\xff", BYTES },
	{ OPT_ROOM, "\xc0\x80", "\\xc0\\x80", BYTES },
	{ OPT_ROOM, "\xed\xa0\x80", "\\xed\\xa0\\x80", BYTES },
	{ OPT_ROOM, "\xc3", "\\xc3", BYTES },
	{ OPT_NICK, "", NULL, COLUMNS },
	{ OPT_NICK, "12345678901234567890123456789012", NULL, NULL },
	{ OPT_NICK, "123456789012345678901234567890123", NULL, COLUMNS },
	{ OPT_NICK, E4 E4 E4 E4 E4 E4 E4 E4, NULL, NULL },
	{ OPT_NICK, "a\x1b[1m", "a\\x1b[1m", COLUMNS },
	{ OPT_NICK, "\x7f", "\\x7f", COLUMNS },
	{ OPT_NICK, "\xc2\x85", "\\xc2\\x85", COLUMNS },
	{ OPT_NICK, "\"\xff", "\\x22\\xff", COLUMNS },
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
};

/* A value of one byte too many, then one byte less. */
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

static void
test_values(void)
{
	for (size_t i = 0; i < sizeof(value_cases) / sizeof(*value_cases); i++)
		try_value(value_cases[i].id, value_cases[i].value,
		    value_cases[i].shown, value_cases[i].want);
	try_length(OPT_ROOM, 256, BYTES);
	try_length(OPT_LOG_FILE, 4095, PATH);
}

/* ---- Flags as such, and options that depend on each other ---- */

/* What begins with a capital is a variable in the environment. */
static const struct {
	const char *args[5], *dotenv, *want;
} call_cases[] = {
	{ { "--bogus=secret" }, NULL, "\"--bogus\"" UNKNOWN },
	{ { "--" }, NULL, "\"--\"" UNKNOWN },
	{ { "-p" }, NULL, "\"-p\"" UNKNOWN },
	{ { "--roo", "x" }, NULL, "\"--roo\"" UNKNOWN },
	{ { "x\n" }, NULL, "\"x\\x0a\": expected a flag" },
	{ { "" }, NULL, "\"\": expected a flag" },
	{ { "--passphrase", "secret" }, NULL, NO_VALUE },
	{ { "--passphrase=secret" }, NULL, NO_VALUE },
	{ { "--room" }, NULL, AFTER_IT },
	{ { "--room", "--ui" }, NULL, AFTER_IT },
	{ { "--room=--ui", "BOOTNODE=b" }, NULL, "" },
	{ { "--room=a=b", "BOOTNODE=b" }, NULL, "" },
	{ { "--room=a", "--room", "a" }, NULL, "--room: given twice" },
	{ { "--room=a", "ROOMS=x" }, "BOOTNODES=x\n",
	    "--bootnode or BOOTNODE: not given: expected " HOST },
	{ { "BOOTNODE=b" }, NULL,
	    "--room or ROOM: not given: expected " BYTES },
	{ { "--mode=bootnode", "--room=a" }, NULL,
	    "--room: expected in mode client only" },
	{ { "--listen=::", "ROOM=r" }, "BOOTNODE=b",
	    "--listen: expected in mode bootnode only" },
	{ { "MODE=bootnode", "--listen=::", "--listen", "::1" }, NULL, "" },
	{ { "MODE=bootnode", "--listen=::", "--listen=::1", "--listen=::2" },
	    NULL, "--listen: given more than twice" },
	{ { "MODE=bootnode", "--listen=[::]:1,[::]:2", "--listen=[::]:3" },
	    NULL, "--listen: \"[::]:3\": expected " ADDRESS },
	{ { "MODE=bootnode", "LISTEN=1.1.1.1:9595 1.1.1.1" }, NULL,
	    "LISTEN in the environment: \"1.1.1.1:9595\": expected two "
	    "different addresses" },
	{ { "--max-peers=5", "MODE=bootnode" }, NULL, "" },
	{ { "MODE=bootnode", "ROOM=\xff" }, "NICK='\t'", "" },
	{ { "--mode=bootnode", "--relay=only" }, NULL, "--relay" NOT_ONLY },
	{ { "RELAY=only" }, "\nMODE=bootnode",
	    "RELAY in the environment" NOT_ONLY },
	{ { "MODE=bootnode" }, "\n\nMAX_PEERS=x\n",
	    "MAX_PEERS in .env line 3: \"x\": expected a number from 2 to "
	    "4096" },
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
			add(**a >= 'A' && **a <= 'Z' ? t.env : t.flags, *a);
		check_text(want, run(&t), want);
		/* A flag is stronger than a variable of the other name too. */
		CU_ASSERT(t.result == -1 || !t.o.passphrase_ask ||
		    t.o.passphrase_file[0] == '\0');
	}
}

static void
test_help(void)
{
	struct trial t = { .flags = { "gochat", "--help" }, .dotenv = "?" };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)run(&t);
	CU_ASSERT_EQUAL(t.result, OPTIONS_HELP);
	t.flags[1] = "--version";
	(void)run(&t);
	CU_ASSERT_EQUAL(t.result, OPTIONS_VERSION);

	options_help(out);
	(void)fclose(out);
	for (size_t i = 0; i < SOURCE_CASES; i++) {
		const struct source_case *c = &source_cases[i];
		char flag[64];

		(void)snprintf(flag, sizeof(flag), "\n  --%s ",
		    c->flag ? c->flag : "");
		CU_ASSERT(c->flag == NULL || strstr(text, flag));
		CU_ASSERT(c->variable == NULL || strstr(text, c->variable));
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "default 4545"));
	for (char *l = strtok(text, "\n"); l; l = strtok(NULL, "\n"))
		CU_ASSERT(strlen(l) <= 80);
	free(text);
}

void
options_suite(void)
{
	CU_pSuite suite = CU_add_suite("options", NULL, NULL);

	CU_add_test(suite, "every source, by precedence", test_every_source);
	CU_add_test(suite, "default port", test_default_port);
	CU_add_test(suite, "empty is not set", test_empty_is_not_set);
	CU_add_test(suite, "edges of numbers", test_number_ranges);
	CU_add_test(suite, "other values", test_values);
	CU_add_test(suite, "whole calls", test_calls);
	CU_add_test(suite, "help", test_help);
}
