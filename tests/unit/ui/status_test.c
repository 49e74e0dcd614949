/*
 * /status: the question, the answer in plain byte for byte, and what a cryptod
 * may not say. json/status_test.c has the event. The clock is made up.
 */
#include "tests/unit/ui/fixture.h"

#include "ui/format.h"
#include "ui/say.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void ui_status_suite(void);

/* The zeros that the chains of these tests end with. */
#define CHAIN_GROUPS " 0000 0000 0000 0000 0000 0000\n"

static const struct addr boot = { { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 },
	9595 };
static const struct addr here = { { [10] = 0xff, [11] = 0xff, 203, 0, 113, 1 },
	4545 };

static int
tell(struct fixture *f, enum ipc_type type, const void *body, const char *nick)
{
	return fixture_tell(f, type, body, nick, strlen(nick));
}

/* Returns how often cryptod was asked since the last look. */
static unsigned int
questions(struct fixture *f)
{
	struct ipc_message_in in;
	unsigned int n = 0;

	for (; ipc_receive(&f->cryptod, &in) == IPC_GOT; n++)
		CU_ASSERT_EQUAL(in.type, IPC_STATUS_ASK);
	return n;
}

static void
ask(struct fixture *f)
{
	const char *line =
	    f->ui->view == &view_json ? "{\"cmd\":\"status\"}" : "/status";

	f->ui->view->line(f->room, line, strlen(line));
}

static void
tell_peer(struct fixture *f, peer_handle handle, enum peer_state state,
    const char *nick)
{
	struct ipc_peer_state s = {
		.handle = handle,
		.state = (uint8_t)state,
		.addr = here,
		.id.bytes = { (uint8_t)handle },
	};

	if (state == PEER_FAILED)
		s.failure = FAILURE_UNANSWERED;
	if (state == PEER_CONNECTED)
		s.kind = PATH_DIRECT;
	CU_ASSERT_EQUAL(tell(f, IPC_PEER, &s, nick), 0);
	fixture_output(f);
}

static const struct ipc_status_peer figures = {
	.net = { .handle = 0x1001, .rtt_us = 12345, .sent = 300, .lost = 7 },
	.session_age_ms = 3725123,
	.rekey_age_ms = 65001,
};

static struct ipc_status
joined(enum nat_mapping mapping)
{
	struct ipc_status s = {
		.net = { .mapping = (uint8_t)mapping,
		    .heard = 1,
		    .heard_age_ms = 2500,
		    .addr = boot,
		    .observed = here },
		.boot_status = BOOT_JOINED,
		.has_key = 1,
	};

	memset(s.key, 0xab, sizeof(s.key));
	return s;
}

#define BYTES_4	 "abababab"
#define BYTES_32 BYTES_4 BYTES_4 BYTES_4 BYTES_4 BYTES_4 BYTES_4 BYTES_4 BYTES_4

static void
test_plain(void)
{
	struct ipc_status_peer f2 = figures;
	struct ipc_status s = joined(NAT_NONE);
	struct fixture f;
	const char *text;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	tell_peer(&f, 0x1001, PEER_CONNECTED, "bob");
	/* The name has 32 columns, of wide characters. */
	tell_peer(&f, 0x2002, PEER_CONNECTED,
	    "猫猫猫猫猫猫猫猫猫猫猫猫猫猫猫猫");
	tell_peer(&f, 0x3003, PEER_FAILED, "");
	ask(&f);
	CU_ASSERT_EQUAL(tell(&f, IPC_STATUS_PEER, &figures, ""), 0);
	f2.net =
	    (struct ipc_net_peer){ .handle = 0x2002, .sent = 1, .lost = 1 };
	f2.session_age_ms = f2.rekey_age_ms = 0;
	CU_ASSERT_EQUAL(tell(&f, IPC_STATUS_PEER, &f2, ""), 0);
	CU_ASSERT_EQUAL(tell(&f, IPC_STATUS, &s, ""), 0);
#define T "12:34:56 * "
	fixture_expect(&f,
	    T
	    "bootnode 192.0.2.1:9595: connected\n" T "key " BYTES_32 "\n" T
	    "it last answered 2 s ago\n" T
	    "NAT: none, you are seen as 203.0.113.1:4545\n" T
	    "The bootnode sees your own address: direct connections work, "
	    "unless a\n" T "firewall drops UDP to your port.\n" T
	    "peer                 path      round trip     loss  session    "
	    "rekey\n" T
	    "bob                  direct       12.3 ms    2.3 %    1h02m    "
	    "1m05s\n" T "  at 203.0.113.1:4545\n" T
	    "猫猫猫猫猫猫猫猫猫…  direct        0.0 ms  100.0 %      0 s      "
	    "0 s\n" T "  at 203.0.113.1:4545\n" T
	    "peer 03000000        failed\n");
	s.strangers = 2;
	s.texts = (struct ipc_texts){ 7, { 0xab, 0xcd, 0xef, 1 }, 0, 0 };
	f2.net.handle = 0x1001;
	f2.texts = (struct ipc_texts){ 12, { 0x1a, 0x2b, 3, 4 }, 2, 1 };
	strcpy(f.room->identity, "work");
	ask(&f);
	CU_ASSERT_EQUAL(tell(&f, IPC_STATUS_PEER, &f2, ""), 0);
	CU_ASSERT_EQUAL(tell(&f, IPC_STATUS, &s, ""), 0);
	text = fixture_output(&f);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(text, T "your identity: work\n" T "NAT:"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text,
	    T "you said up to 7\n" T "  chain abcd ef01" CHAIN_GROUPS));
	CU_ASSERT_PTR_NOT_NULL(strstr(text,
	    T "  said up to 12, 2 gaps, DOES NOT AGREE\n" T
	      "  chain 1a2b 0304" CHAIN_GROUPS));
	CU_ASSERT_PTR_NOT_NULL(strstr(text,
	    T "members whose card cannot be opened: 2; they know only the "
	      "room's tag"
	      "\n"));
	fixture_close(&f);
}

/* Every sentence fits into lines of 80 columns, and has all its words. */
static void
test_plain_sentences(void)
{
	struct fixture f;
	const char *text;

	for (int mapping = 0; mapping < NAT_MAPPING_COUNT; mapping++) {
		struct ipc_status s = joined((enum nat_mapping)mapping);

		fixture_open(&f, MODE_CLIENT, UI_PLAIN);
		ask(&f);
		CU_ASSERT_EQUAL(tell(&f, IPC_STATUS, &s, ""), 0);
		text = fixture_output(&f);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, "nobody else is here\n"));
		for (; *text != '\0'; text += strcspn(text, "\n") + 1) {
			CU_ASSERT(strcspn(text, "\n") <= 80);
			CU_ASSERT_EQUAL(strncmp(text, T, sizeof(T) - 1), 0);
			CU_ASSERT_NOT_EQUAL(text[sizeof(T) - 1], ' ');
		}
		fixture_close(&f);
	}
}

/* One question goes out at a time: more of them get the same answer. */
static void
test_questions(void)
{
	struct ipc_status s = joined(NAT_UNKNOWN);
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	for (int i = 0; i < 50; i++)
		ask(&f);
	CU_ASSERT_EQUAL(questions(&f), 1);
	CU_ASSERT_EQUAL(tell(&f, IPC_STATUS, &s, ""), 0);
	ask(&f);
	CU_ASSERT_EQUAL(questions(&f), 1);
	fixture_close(&f);
}

static void
test_refused(void)
{
	struct ipc_status_peer peer = figures;
	struct ipc_status s = joined(NAT_UNKNOWN);
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	tell_peer(&f, 0x1001, PEER_CONNECTED, "bob");
	tell_peer(&f, 0x2002, PEER_CONNECTING, "");
	/* Nobody has asked: nothing is shown, or kept for later. */
	CU_ASSERT_EQUAL(tell(&f, IPC_STATUS_PEER, &peer, ""), 0);
	CU_ASSERT_EQUAL(tell(&f, IPC_STATUS, &s, ""), 0);
	fixture_expect(&f, "");
	ask(&f);
	/* The peer does not exist, or has somebody else's place, or is not
	 * connected. */
	peer.net.handle = 0x1003;
	CU_ASSERT_EQUAL(tell(&f, IPC_STATUS_PEER, &peer, ""), -1);
	peer.net.handle = 0x2001;
	CU_ASSERT_EQUAL(tell(&f, IPC_STATUS_PEER, &peer, ""), -1);
	peer.net.handle = 0x2002;
	CU_ASSERT_EQUAL(tell(&f, IPC_STATUS_PEER, &peer, ""), -1);
	fixture_close(&f);
}

static const struct ipc_stats bootnode = {
	.uptime_ms = 93784000,
	.sessions = 12,
	.rooms = 3,
	.joins = 45,
	.rejected = 2,
	.rejections = { [REJECTION_ROOM_FULL] = 2 },
	.heartbeats = 123456,
	.received = 234567,
	.sent = 234000,
	.relayed = 1000,
	.relayed_bytes = 1300000,
	.dropped = 99,
	.crowded = 3,
	.drops = { [DROP_COOKIE] = 9, [DROP_RELAY_RATE] = 90 },
	.sources_ms = 40000,
	.source_count = 2,
	.sources = {
	    { { { [10] = 0xff, [11] = 0xff, 203, 0, 113, 7 } }, 4812, 0 },
	    { { { 0x20, 1, 0xd, 0xb8, 0xff, 0xff, 0xff, 0xff } }, 52, 49 },
	},
};

/* An operator who asks gets all figures, news or not. */
static void
test_bootnode(void)
{
	struct ipc_stats answer = bootnode;
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	CU_ASSERT_EQUAL(tell(&f, IPC_STATS_SHOW, &bootnode, ""), 0);
	fixture_expect(&f,
	    T "12 sessions in 3 rooms; 45 joins, 2 rejected, 99 dropped\n");
	CU_ASSERT_EQUAL(tell(&f, IPC_STATS_SHOW, &bootnode, ""), 0);
	fixture_expect(&f, "");
	ask(&f);
	CU_ASSERT_FALSE(ui_takes_lines(f.room));
	CU_ASSERT_EQUAL(questions(&f), 1);
	/* Figures that were on their way already are no answer. */
	CU_ASSERT_EQUAL(tell(&f, IPC_STATS_SHOW, &bootnode, ""), 0);
	fixture_expect(&f, "");
	answer.asked = 1;
	CU_ASSERT_EQUAL(tell(&f, IPC_STATS_SHOW, &answer, ""), 0);
	CU_ASSERT_TRUE(ui_takes_lines(f.room));
	fixture_expect(&f,
	    T "up 1d02h, 12 sessions in 3 rooms\n" T
	      "joins                        45    joins rejected"
	      "                2\n" T
	      "heartbeats               123456    received      "
	      "           234567\n" T
	      "sent                     234000    relayed       "
	      "             1000\n" T
	      "bytes relayed           1300000    dropped       "
	      "               99\n" T "crowded                       3\n" T
	      "  room_full                   2    the room had no place "
	      "left\n" T
	      "  cookie                      9    a wrong or expired "
	      "cookie\n" T
	      "  relay_rate                 90    a RELAY over the rate "
	      "limit\n" T "recent top sources                     received/s"
	      "        dropped/s\n" T
	      "  203.0.113.7                               120.3"
	      "              0.0\n" T
	      "  2001:db8:ffff:ffff::/64                     1.3"
	      "              1.2\n");
	/* Nobody has asked: the answer is for an earlier ui. */
	CU_ASSERT_EQUAL(tell(&f, IPC_STATS_SHOW, &answer, ""), 0);
	fixture_expect(&f, "");
	fixture_close(&f);
}

/* Lines fit, however large the figures are and whoever sends. */
static void
test_bootnode_columns(void)
{
	const uint64_t most = 9999999999999;
	struct ipc_stats s = {
		.asked = 1,
		.uptime_ms = most,
		.sessions = SESSIONS_MAX,
		.rooms = SESSIONS_MAX,
		.joins = most,
		.rejected = most,
		.heartbeats = most,
		.received = most,
		.sent = most,
		.relayed = most,
		.relayed_bytes = most,
		.sources_ms = 1000,
		.source_count = SOURCES_MAX,
	};
	struct fixture f;
	const char *text;
	size_t lines = 0;

	for (size_t i = 0; i < DROP_COUNT; i++)
		s.dropped += s.drops[i] = most;
	s.rejected = 0;
	for (size_t i = 0; i < REJECTION_COUNT; i++)
		s.rejected += s.rejections[i] = most;
	for (size_t i = 0; i < SOURCES_MAX; i++) {
		memset(s.sources[i].block.ip, 0xfd, 8);
		s.sources[i].received = s.sources[i].dropped = most;
	}
	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	ask(&f);
	CU_ASSERT_EQUAL(tell(&f, IPC_STATS_SHOW, &s, ""), 0);
	for (text = fixture_output(&f); *text != '\0'; lines++) {
		CU_ASSERT(strcspn(text, "\n") <= 80);
		text += strcspn(text, "\n") + 1;
	}
	CU_ASSERT_EQUAL(lines, 7 + REJECTION_COUNT + DROP_COUNT + SOURCES_MAX);
	fixture_close(&f);
}

static struct ipc_stats before;

static void
remember_before(struct room *room, const struct ipc_stats *s, bool asked)
{
	(void)s;
	(void)asked;
	before = room->stats;
}

/* A view makes rates from two answers of the same netd. */
static void
test_bootnode_rates(void)
{
	struct ipc_stats s = bootnode;
	struct view view = view_plain;
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	view.stats = remember_before;
	f.ui->view = &view;
	CU_ASSERT_EQUAL(tell(&f, IPC_STATS_SHOW, &s, ""), 0);
	CU_ASSERT(before.uptime_ms == 0 && before.heartbeats == 0);
	s.uptime_ms += 1000;
	s.heartbeats += 7;
	CU_ASSERT_EQUAL(tell(&f, IPC_STATS_SHOW, &s, ""), 0);
	CU_ASSERT_EQUAL(before.uptime_ms, bootnode.uptime_ms);
	CU_ASSERT_EQUAL(before.heartbeats, bootnode.heartbeats);
	CU_ASSERT_EQUAL(f.room->stats.heartbeats, s.heartbeats);
	/* Another netd has counted from zero. */
	s.uptime_ms = 1000;
	s.heartbeats = 1;
	CU_ASSERT_EQUAL(tell(&f, IPC_STATS_SHOW, &s, ""), 0);
	CU_ASSERT(before.uptime_ms == 0 && before.heartbeats == 0);
	fixture_close(&f);
}
#undef T

static void
test_formats(void)
{
	static const struct {
		uint64_t seconds;
		const char *text;
	} ages[] = { { 0, "0 s" }, { 59, "59 s" }, { 60, "1m00s" },
		{ 3599, "59m59s" }, { 3600, "1h00m" }, { 86399, "23h59m" },
		{ 86400, "1d00h" }, { 100 * 86400 + 3600, "100d01h" } };
	char age[FORMAT_AGE_MAX];

	for (size_t i = 0; i < sizeof(ages) / sizeof(ages[0]); i++)
		CU_ASSERT_STRING_EQUAL(format_age(age,
					   ages[i].seconds * 1000 + 999),
		    ages[i].text);
	format_age(age, UINT64_MAX);
}

void
ui_status_suite(void)
{
	CU_pSuite suite = CU_add_suite("ui_status", NULL, NULL);

	CU_add_test(suite, "plain", test_plain);
	CU_add_test(suite, "plain, sentences", test_plain_sentences);
	CU_add_test(suite, "questions", test_questions);
	CU_add_test(suite, "refused", test_refused);
	CU_add_test(suite, "bootnode", test_bootnode);
	CU_add_test(suite, "bootnode, columns", test_bootnode_columns);
	CU_add_test(suite, "bootnode, rates", test_bootnode_rates);
	CU_add_test(suite, "formats", test_formats);
}
