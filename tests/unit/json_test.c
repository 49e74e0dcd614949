/*
 * The json view (ui/json.c): every event of the contract (DESIGN.md section
 * 9) byte for byte, what is escaped, and what is made of good and bad lines
 * of input.
 */
#include "ui/ui.h"

#include "ui/text.h"

#include "common/utf8.h"

#include <CUnit/CUnit.h>

#include <sys/socket.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void json_suite(void);

#define TIME "\"time\":\"2024-02-29T12:34:56.007Z\""
#define ID   "000102030405060708090a0b0c0d0e0f"
#define KEY                                \
	"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff" \
	"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
#define PRINT "ab12 cd34 ab12 cd34 ab12 cd34 ab12 cd34 ab12 cd34"
#define PEER  "\"id\":\"" ID "\",\"nick\":\"bob\""
#define FULL  PEER ",\"fingerprint\":\"" PRINT "\""

/* A ui in json and cryptod's end of its channel. */
struct fixture {
	struct ui *ui;
	struct ipc_channel cryptod;
};

static const struct addr address = {
	.ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 },
	.port = 4545,
};

static void
set_up(struct fixture *f, enum mode mode)
{
	struct ipc_config_ui config = {
		.first_seq = 1,
		.mode = (uint8_t)mode,
		.kind = UI_JSON,
		.nick_len = 5,
		.room_len = 4,
		.nick = "alice",
		.room = "r\"om",
	};
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	f->ui = calloc(1, sizeof(*f->ui));
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->ui);
	ui_init(f->ui, &config);
	ipc_open(&f->ui->cryptod, fds[0], ROLE_UI, ROLE_CRYPTOD);
	ipc_open(&f->cryptod, fds[1], ROLE_CRYPTOD, ROLE_UI);
	f->ui->wall_ms = 1709210096007;
}

static void
tear_down(struct fixture *f)
{
	ipc_close(&f->ui->cryptod);
	ipc_close(&f->cryptod);
	ui_free(f->ui);
	free(f->ui);
}

/* All that was put out since last asked, as a string. */
static const char *
take_output(struct fixture *f)
{
	static char text[400000];
	struct output *out = &f->ui->out;
	size_t len = out->buf.len - out->start;

	CU_ASSERT_FATAL(len < sizeof(text));
	if (len > 0)
		memcpy(text, out->buf.bytes + out->start, len);
	text[len] = '\0';
	out->start = out->buf.len = 0;
	return text;
}

static void
check_output(struct fixture *f, const char *expected)
{
	const char *got = take_output(f);

	if (strcmp(got, expected) != 0)
		fprintf(stderr, "\n  got      %s  expected %s", got, expected);
	CU_ASSERT_STRING_EQUAL(got, expected);
}

static void
tell(struct fixture *f, enum ipc_type type, const void *body, const void *tail,
    size_t len)
{
	struct ipc_message_in in = { type, body, tail, len, -1 };

	CU_ASSERT(ipc_check(&in));
	CU_ASSERT_EQUAL(ui_dispatch(f->ui, &in), 0);
}

static struct ipc_peer_state
peer_state(enum peer_state state)
{
	struct ipc_peer_state s = {
		.handle = 0x1001,
		.state = (uint8_t)state,
		.addr = address,
	};

	for (int i = 0; i < PEER_ID_LEN; i++)
		s.id.bytes[i] = (uint8_t)i;
	if (state == PEER_CONNECTED || state == PEER_PATH) {
		s.kind = PATH_DIRECT;
		s.rtt_us = 12345;
	}
	if (state == PEER_FAILED)
		s.failure = FAILURE_RELAY_NEVER;
	for (int i = 0; i < FINGERPRINT_LEN; i++)
		s.fingerprint[i] =
		    (const uint8_t[]){ 0xab, 0x12, 0xcd, 0x34 }[i % 4];
	return s;
}

static void
tell_peer(struct fixture *f, enum peer_state state)
{
	struct ipc_peer_state s = peer_state(state);
	bool named = state == PEER_CONNECTED || state == PEER_PATH;

	tell(f, IPC_PEER, &s, "bob", named ? 3 : 0);
}

static void
test_ready(void)
{
	struct ipc_client_ready ready = { .port = 4545 };
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	for (int i = 0; i < FINGERPRINT_LEN; i++)
		ready.fingerprint[i] =
		    (const uint8_t[]){ 0xab, 0x12, 0xcd, 0x34 }[i % 4];
	tell(&f, IPC_CLIENT_READY, &ready, NULL, 0);
	check_output(&f,
	    "{\"event\":\"ready\"," TIME ",\"nick\":\"alice\","
	    "\"fingerprint\":\"" PRINT "\",\"room\":\"r\\\"om\","
	    "\"port\":4545}\n");
	tear_down(&f);
}

static void
check_bootnode(struct fixture *f, enum boot_status status,
    enum boot_refusal refusal, const char *expected)
{
	struct ipc_bootnode b = {
		.status = (uint8_t)status,
		.refusal = (uint8_t)refusal,
		.addr = address,
	};

	for (int i = 0; i < X25519_LEN; i++)
		b.key[i] = (uint8_t)(0xf0 | i);
	tell(f, IPC_BOOTNODE, &b, NULL, 0);
	check_output(f, expected);
}

#define BOOTNODE(state)                                       \
	"{\"event\":\"bootnode\"," TIME ",\"state\":\"" state \
	"\",\"address\":\"192.0.2.1:4545\",\"key\":\"" KEY "\"}\n"
#define ERROR(text) "{\"event\":\"error\"," TIME ",\"text\":\"" text "\"}\n"

static void
test_bootnode(void)
{
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	check_bootnode(&f, BOOT_UNREACHABLE, REFUSAL_NONE,
	    ERROR("bootnode 192.0.2.1:4545 does not answer; still trying"));
	check_bootnode(&f, BOOT_JOINED, REFUSAL_NONE, BOOTNODE("joined"));
	check_bootnode(&f, BOOT_LOST, REFUSAL_NONE, BOOTNODE("lost"));
	check_bootnode(&f, BOOT_REJOINED, REFUSAL_NONE, BOOTNODE("rejoined"));
	check_bootnode(&f, BOOT_REFUSED, REFUSAL_KEY_CHANGED,
	    BOOTNODE("refused") ERROR(
		"bootnode 192.0.2.1:4545 refused: its "
		"key is not the one remembered in known_bootnodes; if the operator "
		"changed it, remove its line from that file"));
	check_bootnode(&f, BOOT_REFUSED, REFUSAL_ROOM_FULL,
	    BOOTNODE("refused")
		ERROR("bootnode 192.0.2.1:4545 refused: the "
		      "room is full; try again when somebody has left"));
	tear_down(&f);
}

static void
test_peer(void)
{
	static const char *const starts[PEER_STATE_COUNT] = {
		"{\"event\":\"peer\"," TIME ",\"state\":\"connecting\",",
		"{\"event\":\"peer\"," TIME ",\"state\":\"connected\",",
		"{\"event\":\"peer\"," TIME ",\"state\":\"path\",",
		"{\"event\":\"peer\"," TIME ",\"state\":\"failed\",",
		"{\"event\":\"peer\"," TIME ",\"state\":\"left\",",
	};
	static const char *const rests[PEER_STATE_COUNT] = {
		"\"id\":\"" ID "\"}\n",
		FULL ",\"path\":\"direct\",\"address\":\"192.0.2.1:4545\","
		     "\"rtt_ms\":12.345}\n",
		FULL ",\"path\":\"direct\",\"address\":\"192.0.2.1:4545\","
		     "\"rtt_ms\":12.345}\n",
		"\"id\":\"" ID "\",\"reason\":\"no direct path, and relay "
		"never\"}\n",
		PEER "}\n",
	};
	char expected[512];
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	for (int state = 0; state < PEER_STATE_COUNT; state++) {
		tell_peer(&f, (enum peer_state)state);
		snprintf(expected, sizeof(expected), "%s%s", starts[state],
		    rests[state]);
		check_output(&f, expected);
	}
	/* One that left before it was connected has no name. */
	tell_peer(&f, PEER_CONNECTING);
	take_output(&f);
	tell_peer(&f, PEER_LEFT);
	check_output(&f,
	    "{\"event\":\"peer\"," TIME ",\"state\":\"left\","
	    "\"id\":\"" ID "\"}\n");
	tear_down(&f);
}

static void
test_rtt(void)
{
	static const struct {
		uint32_t us;
		const char *ms;
	} cases[] = {
		{ 0, "\"rtt_ms\":0.0}" },
		{ 1, "\"rtt_ms\":0.001}" },
		{ 20000, "\"rtt_ms\":20.0}" },
		{ 99999, "\"rtt_ms\":99.999}" },
		{ UINT32_MAX, "\"rtt_ms\":4294967.295}" },
	};
	struct ipc_peer_state s = peer_state(PEER_CONNECTED);
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s.rtt_us = cases[i].us;
		tell(&f, IPC_PEER, &s, "bob", 3);
		CU_ASSERT_PTR_NOT_NULL(strstr(take_output(&f), cases[i].ms));
	}
	tear_down(&f);
}

/* Messages, of all peers and tests. */
static uint64_t heard;

static void
hear(struct fixture *f, const char *text, size_t len)
{
	struct ipc_message m = { .handle = 0x1001, .seq = ++heard };

	tell(f, IPC_MESSAGE, &m, text, len);
}

static void
check_message(struct fixture *f, const char *text, const char *as_json)
{
	char expected[512];

	hear(f, text, strlen(text));
	snprintf(expected, sizeof(expected),
	    "{\"event\":\"message\"," TIME "," PEER
	    ",\"text\":\"%s\",\"room\":\"r\\\"om\"}\n",
	    as_json);
	check_output(f, expected);
}

static void
test_message(void)
{
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	tell_peer(&f, PEER_CONNECTED);
	take_output(&f);
	check_message(&f, "hello", "hello");
	check_message(&f, "grüße 🐈 שלום", "grüße 🐈 שלום");
	check_message(&f, "a\"b\\c\n\td", "a\\\"b\\\\c\\n\\td");
	check_message(&f, "\x1b[2J\x07\x7f", "\\u001B[2J\\u0007\\u007f");
	check_message(&f,
	    "\xc2\x9b"
	    "2J",
	    "\\u009b2J");
	check_message(&f, "a\u2028b\u2029c", "a\\u2028b\\u2029c");
	check_message(&f, "a\u202eb\u2066c\u200bd\ufeff",
	    "a\\u202eb\\u2066c\\u200bd\\ufeff");
	check_message(&f, "\U000e0041\U000e007f\U0001d173",
	    "\\udb40\\udc41\\udb40\\udc7f\\ud834\\udd73");
	check_message(&f, "\u00ad\u3164\u2060", "\\u00ad\\u3164\\u2060");
	tear_down(&f);
}

static void
test_deliveries(void)
{
	struct ipc_sent sent = { .seq = 1, .peers = 2 };
	struct ipc_delivered d = { .seq = 1 };
	struct ipc_undelivered u = { .seq = 1, .reason = UNDELIVERED_NO_PATH };
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	d.id = u.id = peer_state(PEER_LEFT).id;
	f.ui->model.joined = true;
	ui_say(f.ui, "x", 1);
	ui_work(f.ui);
	tell(&f, IPC_SENT, &sent, NULL, 0);
	check_output(&f,
	    "{\"event\":\"sent\"," TIME ",\"seq\":1,"
	    "\"peers\":2}\n");
	tell(&f, IPC_DELIVERED, &d, NULL, 0);
	check_output(&f,
	    "{\"event\":\"delivered\"," TIME ",\"seq\":1,"
	    "\"id\":\"" ID "\"}\n");
	tell(&f, IPC_UNDELIVERED, &u, NULL, 0);
	check_output(&f,
	    "{\"event\":\"undelivered\"," TIME ",\"seq\":1,"
	    "\"id\":\"" ID "\",\"reason\":\"no path\"}\n");
	tear_down(&f);
}

static void
test_bootnode_mode(void)
{
	struct ipc_bootnode_ready ready = { .addr = address };
	struct ipc_member m = {
		.what = MEMBER_JOINED,
		.room = { 0xde, 0xad, 0xbe, 0xef },
		.id = peer_state(PEER_LEFT).id,
	};
	struct ipc_stats stats = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
		{ 11, 12, 13, 14, 15 } };
	struct fixture f;

	set_up(&f, MODE_BOOTNODE);
	for (int i = 0; i < X25519_LEN; i++)
		ready.key[i] = (uint8_t)(0xf0 | i);
	tell(&f, IPC_BOOTNODE_READY, &ready, NULL, 0);
	check_output(&f,
	    "{\"event\":\"listening\"," TIME
	    ",\"address\":\"192.0.2.1:4545\",\"key\":\"" KEY "\"}\n");
	tell(&f, IPC_MEMBER_SHOW, &m, NULL, 0);
	check_output(&f,
	    "{\"event\":\"joined\"," TIME ",\"peer\":\"" ID
	    "\",\"room\":\"deadbeef\"}\n");
	m.what = MEMBER_LEFT;
	m.reason = LEAVE_TIMEOUT;
	tell(&f, IPC_MEMBER_SHOW, &m, NULL, 0);
	check_output(&f,
	    "{\"event\":\"left\"," TIME ",\"peer\":\"" ID
	    "\",\"room\":\"deadbeef\",\"reason\":\"timeout\"}\n");
	m.reason = LEAVE_GRACEFUL;
	tell(&f, IPC_MEMBER_SHOW, &m, NULL, 0);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(take_output(&f), "\"reason\":\"leave\"}"));
	tell(&f, IPC_STATS_SHOW, &stats, NULL, 0);
	check_output(&f,
	    "{\"event\":\"stats\"," TIME ",\"sessions\":1,"
	    "\"rooms\":2,\"joins\":3,\"heartbeats\":4,\"rejected\":5,"
	    "\"dropped\":6,\"received\":7,\"sent\":8,\"relayed\":9,"
	    "\"relayed_bytes\":10,\"relay_dropped\":{\"malformed\":11,"
	    "\"refused\":12,\"forged\":13,\"nobody\":14,\"rate\":15}}\n");
	tear_down(&f);
}

/* Every code point once: nothing invisible comes out raw, and whoever reads
 * the line gets the text back. */
static void
test_all_code_points(void)
{
	char text[4 * 256], *at;
	const char *line, *got;
	struct fixture f;
	json_t *event;
	bool raw = false;
	uint32_t c;
	size_t n;

	set_up(&f, MODE_CLIENT);
	tell_peer(&f, PEER_CONNECTED);
	take_output(&f);
	for (uint32_t base = 0; base < 0x110000; base += 256) {
		at = text;
		for (c = base; c < base + 256; c++)
			if (c > 0 && (c < 0xd800 || c > 0xdfff))
				at += utf8_encode(at, c);
		if (at == text)
			continue;
		hear(&f, text, (size_t)(at - text));
		f.ui->receipt_count = 0;
		line = take_output(&f);
		for (size_t i = 0; line[i] != '\n'; i += n) {
			n = utf8_decode(line + i, 4, &c);
			raw |= n == 0 || text_is_invisible(c);
			n += n == 0;
		}
		event = json_loads(line, 0, NULL);
		got = json_string_value(json_object_get(event, "text"));
		CU_ASSERT(got != NULL && strlen(got) == (size_t)(at - text) &&
		    memcmp(got, text, strlen(got)) == 0);
		json_decref(event);
	}
	CU_ASSERT(!raw);
	tear_down(&f);
}

/* Gives input to the ui as if it had been read. */
static void
feed(struct fixture *f, const char *bytes, size_t len)
{
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	while (len > 0) {
		size_t n = len < 4096 ? len : 4096;

		CU_ASSERT_EQUAL(write(fds[1], bytes, n), (ssize_t)n);
		CU_ASSERT_EQUAL(input_read(&f->ui->in, fds[0]), 0);
		ui_work(f->ui);
		bytes += n;
		len -= n;
	}
	close(fds[0]);
	close(fds[1]);
}

static void
check_error(struct fixture *f, const char *line, const char *part)
{
	const char *got;

	feed(f, line, strlen(line));
	feed(f, "\n", 1);
	got = take_output(f);
	if (strstr(got, part) == NULL)
		fprintf(stderr, "\n  %.60s gave %s  without %s\n", line, got,
		    part);
	CU_ASSERT_PTR_NOT_NULL(strstr(got, "{\"event\":\"error\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(got, part));
	CU_ASSERT_PTR_EQUAL(strchr(got, '\n') + 1, got + strlen(got));
	CU_ASSERT_EQUAL(f->ui->said.held_count, 0);
	CU_ASSERT_EQUAL(f->ui->phase, UI_RUNNING);
}

static void
test_bad_lines(void)
{
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	check_error(&f, "hello", "line 1: not JSON: ");
	check_error(&f, "", "line 2: not JSON");
	check_error(&f, "{\"cmd\":\"say\",\"text\":\"cut", "line 3: not JSON");
	check_error(&f, "[]", "line 4: not a JSON object");
	check_error(&f, "42", "line 5: not");
	check_error(&f, "{}", "line 6: no \\\"cmd\\\"");
	check_error(&f, "{\"cmd\":5}", "line 7: no \\\"cmd\\\"");
	check_error(&f, "{\"cmd\":\"dance\"}",
	    "line 8: \\\"cmd\\\" is "
	    "\\\"dance\\\"");
	check_error(&f, "{\"cmd\":\"say\"}", "line 9: \\\"say\\\" needs");
	check_error(&f, "{\"cmd\":\"say\",\"text\":null}", "line 10: ");
	check_error(&f, "{\"cmd\":\"say\",\"text\":\"\"}",
	    "line 11: the text is empty");
	check_error(&f, "{\"cmd\":\"say\",\"text\":\"\xff\"}",
	    "line 12: it is not valid UTF-8");
	check_error(&f, "{\"cmd\":\"say\",\"text\":\"\\ud800\"}", "line 13: ");
	check_error(&f, "{\"cmd\":\"say\",\"text\":\"\\u0000\"}", "line 14: ");
	check_error(&f, "{\"cmd\":\"quit\"} {\"cmd\":\"quit\"}", "line 15: ");
	check_error(&f, "{\"cmd\":\"quit\",\"cmd\":\"say\"}", "line 16: ");
	/* Cut within a code point. */
	check_error(&f, "{\"cmd\":\"yüüüüüüüüüüüüüüüüüüüüüüüüüüüü\"}",
	    "line 17: ");
	tear_down(&f);
}

static void
test_nul_byte(void)
{
	static const char line[] = "{\"cmd\":\"say\",\"text\":\"a\0b\"}\n";
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	feed(&f, line, sizeof(line) - 1);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(take_output(&f), "line 1: it holds a NUL byte"));
	CU_ASSERT_EQUAL(f.ui->said.held_count, 0);
	tear_down(&f);
}

/* Says len bytes of one kind; returns how many lines are held then. */
static size_t
say_long(struct fixture *f, const char *piece, size_t count)
{
	struct buf line = { 0 };

	buf_puts(&line, "{\"cmd\":\"say\",\"text\":\"");
	for (size_t i = 0; i < count; i++)
		buf_puts(&line, piece);
	buf_puts(&line, "\"}\n");
	feed(f, line.bytes, line.len);
	buf_free(&line);
	return f->ui->said.held_count;
}

static void
test_limits(void)
{
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	CU_ASSERT_EQUAL(say_long(&f, "x", TEXT_MAX), 1);
	CU_ASSERT_EQUAL(say_long(&f, "\\u0041", TEXT_MAX), 2);
	check_output(&f, "");
	CU_ASSERT_EQUAL(say_long(&f, "x", TEXT_MAX + 1), 2);
	check_output(&f,
	    ERROR("line 3: a text of 16385 bytes is over the "
		  "limit of 16384; not sent"));
	CU_ASSERT_EQUAL(say_long(&f, "x", 300000), 2);
	check_output(&f,
	    ERROR("line 4: it is longer than 99328 bytes, the "
		  "limit for a line; not sent"));
	CU_ASSERT_EQUAL(say_long(&f, "x", 1), 3);
	check_output(&f, "");
	CU_ASSERT_EQUAL(f.ui->said.held[0].len, TEXT_MAX);
	CU_ASSERT_EQUAL(f.ui->said.held[1].len, TEXT_MAX);
	tear_down(&f);
}

static void
test_commands(void)
{
	static const char says[] =
	    "{\"cmd\":\"say\",\"text\":\"a\\u202eb\"}\r\n"
	    " {\"text\":\"two\",\"cmd\":\"say\",\"more\":1} \n";
	static const char quit[] = "{\"cmd\":\"quit\"}\n";
	struct ipc_message_in in;
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	f.ui->model.joined = true;
	feed(&f, says, sizeof(says) - 1);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f.cryptod, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_SAY);
	CU_ASSERT_EQUAL(((const struct ipc_say *)in.body)->seq, 1);
	CU_ASSERT(in.tail_len == 5 && memcmp(in.tail, "a\u202eb", 5) == 0);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f.cryptod, &in), IPC_GOT);
	CU_ASSERT_EQUAL(((const struct ipc_say *)in.body)->seq, 2);
	CU_ASSERT(in.tail_len == 3 && memcmp(in.tail, "two", 3) == 0);
	feed(&f, quit, sizeof(quit) - 1);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f.cryptod, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_QUIT);
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	tear_down(&f);
}

void
json_suite(void)
{
	CU_pSuite s = CU_add_suite("json", NULL, NULL);

	CU_add_test(s, "ready", test_ready);
	CU_add_test(s, "bootnode", test_bootnode);
	CU_add_test(s, "peer", test_peer);
	CU_add_test(s, "round trips have 3 decimals", test_rtt);
	CU_add_test(s, "message and its escapes", test_message);
	CU_add_test(s, "sent, delivered, undelivered", test_deliveries);
	CU_add_test(s, "bootnode mode", test_bootnode_mode);
	CU_add_test(s, "every code point", test_all_code_points);
	CU_add_test(s, "bad lines", test_bad_lines);
	CU_add_test(s, "NUL byte", test_nul_byte);
	CU_add_test(s, "limits", test_limits);
	CU_add_test(s, "commands", test_commands);
}
