/*
 * The output of the json view (ui/json/json.c): every event of the contract
 * (ui/json/README.md) byte for byte, and what is escaped.
 */
#include "tests/unit/ui/fixture.h"

#include "ui/say.h"
#include "ui/text.h"

#include "common/utf8.h"

#include <CUnit/CUnit.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

void json_suite(void);

#define TIME_ALONE "\"time\":\"" FIXTURE_UTC "\""
#define TIME	   TIME_ALONE ",\"room\":\"r\\\"om\""
#define ID	   "000102030405060708090a0b0c0d0e0f"
#define KEY                                \
	"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff" \
	"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
#define PRINT "ab12 cd34 ab12 cd34 ab12 cd34 ab12 cd34 ab12 cd34"
#define PEER  "\"id\":\"" ID "\",\"nick\":\"bob\""
#define FULL  PEER ",\"fingerprint\":\"" PRINT "\""

static const struct addr address = {
	.ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 },
	.port = 4545,
};

static void
tell(struct fixture *f, enum ipc_type type, const void *body, const void *tail,
    size_t len)
{
	CU_ASSERT_EQUAL(fixture_tell(f, type, body, tail, len), 0);
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
	if (state == PEER_LEFT)
		s.left = LEFT_SILENT;
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

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	for (int i = 0; i < FINGERPRINT_LEN; i++)
		ready.fingerprint[i] =
		    (const uint8_t[]){ 0xab, 0x12, 0xcd, 0x34 }[i % 4];
	tell(&f, IPC_CLIENT_READY, &ready, "alice", 5);
	fixture_expect(&f,
	    "{\"event\":\"ready\"," TIME ",\"nick\":\"alice\","
	    "\"fingerprint\":\"" PRINT "\","
	    "\"port\":4545}\n");
	fixture_close(&f);
}

static void
check_bootnode(struct fixture *f, enum boot_status status,
    enum boot_refusal refusal, const char *expected)
{
	struct ipc_bootnode b = {
		.status = (uint8_t)status,
		.refusal = (uint8_t)refusal,
		.joined = status == BOOT_JOINED || status == BOOT_REJOINED,
		.addr = address,
	};

	for (int i = 0; i < X25519_LEN; i++)
		b.key[i] = (uint8_t)(0xf0 | i);
	tell(f, IPC_BOOTNODE, &b, NULL, 0);
	fixture_expect(f, expected);
}

static void
check_narrow(struct fixture *f, uint16_t mtu, const char *expected)
{
	struct ipc_bootnode b = {
		.status = BOOT_UNREACHABLE,
		.mtu = mtu,
		.addr = address,
	};

	tell(f, IPC_BOOTNODE, &b, NULL, 0);
	fixture_expect(f, expected);
}

#define BOOTNODE(state)                                       \
	"{\"event\":\"bootnode\"," TIME ",\"state\":\"" state \
	"\",\"address\":\"192.0.2.1:4545\",\"key\":\"" KEY "\"}\n"
#define ERROR(text) "{\"event\":\"error\"," TIME ",\"text\":\"" text "\"}\n"

static void
test_bootnode(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	check_bootnode(&f, BOOT_UNREACHABLE, REFUSAL_NONE,
	    ERROR("bootnode 192.0.2.1:4545 does not answer; still trying; if "
		  "it is private, an invite or --access-key-file has to give "
		  "its access key"));
	check_narrow(&f, 1200,
	    ERROR("the link to bootnode 192.0.2.1:4545 takes packets of at "
		  "most 1200 bytes, and 1228 are needed; raise its MTU, or use "
		  "another link; still trying"));
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
		      "room is full, by the --max-peers of its operator; try "
		      "again when somebody has left"));
	check_bootnode(&f, BOOT_REFUSED, REFUSAL_ADDRESS_FULL,
	    BOOTNODE("refused")
		ERROR("bootnode 192.0.2.1:4545 refused: it has too many "
		      "clients from your address, by the "
		      "--max-sessions-per-address of its operator, who may "
		      "raise it; else end some of them"));
	fixture_close(&f);
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
		FULL
		",\"verified\":false,\"path\":\"direct\",\"address\":\"192.0.2.1:4545\","
		"\"rtt_ms\":12.345}\n",
		FULL
		",\"verified\":false,\"path\":\"direct\",\"address\":\"192.0.2.1:4545\","
		"\"rtt_ms\":12.345}\n",
		"\"id\":\"" ID
		"\",\"reason\":\"no direct path, and our --relay is never\"}\n",
		PEER ",\"reason\":\"silent\"}\n",
	};
	char expected[512];
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	for (int state = 0; state < PEER_STATE_COUNT; state++) {
		tell_peer(&f, (enum peer_state)state);
		snprintf(expected, sizeof(expected), "%s%s", starts[state],
		    rests[state]);
		fixture_expect(&f, expected);
	}
	/* A peer that left before it was connected has no name. */
	tell_peer(&f, PEER_CONNECTING);
	fixture_output(&f);
	tell_peer(&f, PEER_LEFT);
	fixture_expect(&f,
	    "{\"event\":\"peer\"," TIME ",\"state\":\"left\","
	    "\"id\":\"" ID "\",\"reason\":\"silent\"}\n");
	fixture_close(&f);
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

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s.state = i == 0 ? PEER_CONNECTED : PEER_PATH;
		s.rtt_us = cases[i].us;
		tell(&f, IPC_PEER, &s, "bob", 3);
		CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f), cases[i].ms));
	}
	fixture_close(&f);
}

/* Counts the messages of all peers and tests. */
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
	    "{\"event\":\"message\"," TIME "," PEER ",\"text\":\"%s\"}\n",
	    as_json);
	fixture_expect(f, expected);
}

static void
test_message(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	tell_peer(&f, PEER_CONNECTED);
	fixture_output(&f);
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
	/* These are unassigned, and private. */
	check_message(&f, "\u2065\U000e0002\ue000",
	    "\\u2065\\udb40\\udc02\\ue000");
	fixture_close(&f);
}

static void
test_deliveries(void)
{
	struct ipc_sent sent = { .seq = 1, .peers = 2 };
	struct peer_id ids[2];
	struct ipc_delivered d = { .seq = 1 };
	struct ipc_undelivered u = { .seq = 1, .reason = UNDELIVERED_NO_PATH };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	ids[0] = d.id = peer_state(PEER_LEFT).id;
	ids[1] = u.id = ids[0];
	f.room->model.joined = true;
	ui_say(f.room, "x", 1);
	ui_work(f.ui);
	tell(&f, IPC_SENT, &sent, ids, sizeof(ids));
	fixture_expect(&f,
	    "{\"event\":\"sent\"," TIME ",\"seq\":1,"
	    "\"peers\":2}\n");
	tell(&f, IPC_DELIVERED, &d, NULL, 0);
	fixture_expect(&f,
	    "{\"event\":\"delivered\"," TIME ",\"seq\":1,"
	    "\"id\":\"" ID "\"}\n");
	tell(&f, IPC_UNDELIVERED, &u, NULL, 0);
	fixture_expect(&f,
	    "{\"event\":\"undelivered\"," TIME ",\"seq\":1,"
	    "\"id\":\"" ID "\",\"reason\":\"no path\"}\n");
	fixture_close(&f);
}

/* A text is reported again once it is known for how many it is. */
static void
test_sent_open(void)
{
	struct ipc_sent sent = { .seq = 1, .open = 1 };
	struct ipc_sent_also also = { .id = peer_state(PEER_LEFT).id };
	struct ipc_sent_all all = { .seq = 1 };
	struct ipc_delivered d = { .seq = 1, .id = also.id };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	f.room->model.joined = true;
	ui_say(f.room, "x", 1);
	ui_work(f.ui);
	tell(&f, IPC_SENT, &sent, NULL, 0);
	fixture_expect(&f,
	    "{\"event\":\"sent\"," TIME ",\"seq\":1,"
	    "\"peers\":0,\"open\":true}\n");
	tell(&f, IPC_SENT_ALSO, &also, NULL, 0);
	fixture_expect(&f, "");
	tell(&f, IPC_DELIVERED, &d, NULL, 0);
	fixture_expect(&f,
	    "{\"event\":\"delivered\"," TIME ",\"seq\":1,"
	    "\"id\":\"" ID "\"}\n");
	CU_ASSERT_EQUAL(said_open(&f.room->said), 1);
	tell(&f, IPC_SENT_ALL, &all, NULL, 0);
	fixture_expect(&f,
	    "{\"event\":\"sent\"," TIME ",\"seq\":1,"
	    "\"peers\":1}\n");
	CU_ASSERT_EQUAL(said_open(&f.room->said), 0);
	fixture_close(&f);
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
	struct ipc_stats stats = {
		.uptime_ms = 3661007,
		.sessions = 2,
		.rooms = 1,
		.joins = 3,
		.heartbeats = 4,
		.rejected = 5,
		.rejections = { 2, 0, 0, 3 },
		.dropped = 190,
		.crowded = 11,
		.redirects = 12,
		.fleet_nodes = 13,
		.fleet_lease_ms = 14015,
		.received = 7,
		.sent = 8,
		.relayed = 9,
		.relayed_bytes = 10,
		.sources_ms = 45000,
		.source_count = 2,
		.sources = {
		    { { { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 } }, 7, 6 },
		    { { { 0x20, 1, 0xd, 0xb8, 0, 1, 0, 2 } }, 5, 0 },
		},
	};
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_JSON);
	for (int i = 0; i < X25519_LEN; i++)
		ready.key[i] = (uint8_t)(0xf0 | i);
	tell(&f, IPC_BOOTNODE_READY, &ready, NULL, 0);
	fixture_expect(&f,
	    "{\"event\":\"listening\"," TIME_ALONE
	    ",\"address\":\"192.0.2.1:4545\",\"key\":\"" KEY "\"}\n");
	tell(&f, IPC_MEMBER_SHOW, &m, NULL, 0);
	fixture_expect(&f,
	    "{\"event\":\"joined\"," TIME_ALONE ",\"peer\":\"" ID
	    "\",\"room\":\"deadbeef\"}\n");
	m.what = MEMBER_LEFT;
	m.reason = LEAVE_TIMEOUT;
	tell(&f, IPC_MEMBER_SHOW, &m, NULL, 0);
	fixture_expect(&f,
	    "{\"event\":\"left\"," TIME_ALONE ",\"peer\":\"" ID
	    "\",\"room\":\"deadbeef\",\"reason\":\"timeout\"}\n");
	m.reason = LEAVE_GRACEFUL;
	tell(&f, IPC_MEMBER_SHOW, &m, NULL, 0);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(fixture_output(&f), "\"reason\":\"leave\"}"));
#define STATS                                                              \
	"{\"event\":\"stats\"," TIME_ALONE ",\"uptime_s\":3661.007,"       \
	"\"sessions\":2,\"rooms\":1,\"joins\":3,\"rejected\":5,"           \
	"\"heartbeats\":4,\"received\":7,\"sent\":8,\"relayed\":9,"        \
	"\"relayed_bytes\":10,\"dropped\":190,\"crowded\":11,"             \
	"\"redirects\":12,\"fleet_nodes\":13,\"fleet_foreign\":0,"         \
	"\"fleet_moved\":0,\"fleet_lease_s\":14.015,"                      \
	"\"fleet_engine_us\":0,\"fleet_failures\":0,"                      \
	"\"relay_dropped\":{\"malformed\":14,\"refused\":15,"              \
	"\"forged\":16,\"nobody\":17,\"rate\":18,\"address\":19},"         \
	"\"drops\":{\"malformed\":1,\"unexpected\":2,\"denied\":3,"        \
	"\"cookie\":4,\"session\":5,\"forged\":6,"                         \
	"\"replayed\":7,\"join\":8,\"limit\":9,"                           \
	"\"join_rate\":10,\"busy\":11,\"rate\":12,\"access\":13,"          \
	"\"relay_malformed\":14,\"relay_refused\":15,\"relay_forged\":16," \
	"\"relay_nobody\":17,\"relay_rate\":18,\"relay_address\":19},"     \
	"\"rejections\":{\"room_full\":2,\"address_full\":0,"              \
	"\"bootnode_full\":0,\"draining\":3}"
	for (unsigned int i = 0; i < DROP_COUNT; i++)
		stats.drops[i] = i + 1;
	tell(&f, IPC_STATS_SHOW, &stats, NULL, 0);
	fixture_expect(&f, STATS "}\n");
	/* An answer to a question has the sources, and is that of the control
	 * socket. */
	fixture_type(&f, "{\"cmd\":\"status\"}\n");
	tell(&f, IPC_STATS_SHOW, &stats, NULL, 0);
	fixture_expect(&f, STATS "}\n");
	stats.asked = 1;
	tell(&f, IPC_STATS_SHOW, &stats, NULL, 0);
	fixture_expect(&f,
	    "{\"event\":\"listening\"," TIME_ALONE
	    ",\"address\":\"192.0.2.1:4545\",\"key\":\"" KEY "\"}\n" STATS
	    ",\"sources\":[{\"address\":\"192.0.2.1\",\"received\":7,"
	    "\"dropped\":6},{\"address\":\"2001:db8:1:2::/64\","
	    "\"received\":5,\"dropped\":0}],\"sources_s\":45.0}\n"
	    "{\"event\":\"end\"," TIME_ALONE ",\"count\":0}\n");
#undef STATS
	fixture_close(&f);
}

/* Every code point comes once: nothing invisible is written raw, and a reader
 * of the line gets the text back. */
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

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	tell_peer(&f, PEER_CONNECTED);
	fixture_output(&f);
	for (uint32_t base = 0; base < 0x110000; base += 256) {
		at = text;
		for (c = base; c < base + 256; c++)
			if (c > 0 && (c < 0xd800 || c > 0xdfff))
				at += utf8_encode(at, c);
		if (at == text)
			continue;
		hear(&f, text, (size_t)(at - text));
		f.room->receipt_count = 0;
		line = fixture_output(&f);
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
	fixture_close(&f);
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
	CU_add_test(s, "sent, while others may come", test_sent_open);
	CU_add_test(s, "bootnode mode", test_bootnode_mode);
	CU_add_test(s, "every code point", test_all_code_points);
}
