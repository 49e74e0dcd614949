/*
 * The status of a client for programs, and what they are told of the texts of a
 * ui that died (ui/json/json.c): each event byte for byte, and what is left out
 * where nothing is known.
 */
#include "tests/unit/ui/recalled.h"

#include "ui/format.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void json_status_suite(void);

#define EVENT(of)                                       \
	"{\"event\":\"" of "\",\"time\":\"" FIXTURE_UTC \
	"\",\"room\":\"r\\\"om\","
#define SAID_AT	   "\"said\":\"2024-02-29T12:33:56.007Z\","
#define BYTES_4	   "abababab"
#define BYTES_32   BYTES_4 BYTES_4 BYTES_4 BYTES_4 BYTES_4 BYTES_4 BYTES_4 BYTES_4
#define ZEROS_14   "0000000000000000000000000000"
#define CHAIN_REST "000000000000000000000000"

static void
tell(struct fixture *f, enum ipc_type type, const void *body)
{
	CU_ASSERT_EQUAL(fixture_tell(f, type, body, NULL, 0), 0);
}

static void
ask(struct fixture *f)
{
	static const char line[] = "{\"cmd\":\"status\"}";

	f->ui->view->line(f->room, line, strlen(line));
	fixture_expect_next(f, IPC_STATUS_ASK);
	fixture_output(f);
}

static struct ipc_status
joined(void)
{
	struct ipc_status s = {
		.net = { .mapping = NAT_INDEPENDENT,
		    .heard = 1,
		    .heard_age_ms = 2500,
		    .addr = { { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 },
			9595 },
		    .observed = { { [10] = 0xff, [11] = 0xff, 203, 0, 113, 1 },
			4545 } },
		.boot_status = BOOT_JOINED,
		.has_key = 1,
		.texts = { 1ULL << 32 | 7, { 0xff }, 0, 0 },
	};

	memset(s.key, 0xab, sizeof(s.key));
	return s;
}

static void
test_status(void)
{
	struct ipc_status s = joined();
	struct ipc_status_peer peer = {
		.net = { .handle = 0x1001,
		    .rtt_us = 12345,
		    .sent = 300,
		    .lost = 7 },
		.session_age_ms = 3725123,
		.rekey_age_ms = 65001,
		.texts = { 12, { 0x1a, 0x2b, 3, 4 }, 2, 1 },
	};
	struct fixture f;
	char expected[2048];

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	fixture_tell_peer(&f, 2, PEER_CONNECTING, NULL);
	fixture_tell_peer(&f, 3, PEER_CONNECTING, NULL);
	fixture_tell_peer(&f, 3, PEER_LEFT, NULL);
	ask(&f);
	tell(&f, IPC_STATUS_PEER, &peer);
	fixture_expect(&f, "");
	tell(&f, IPC_STATUS, &s);
	snprintf(expected, sizeof(expected),
	    EVENT(
		"status") "\"bootnode\":{\"state\":\"joined\",\"address\":"
			  "\"192.0.2.1:9595\",\"key\":\"" BYTES_32
			  "\",\"heartbeat_age_s\":2.5},"
			  "\"nat\":{\"mapping\":\"endpoint-independent\","
			  "\"address\":\"203.0.113.1:4545\",\"meaning\":\"%s\"},"
			  "\"peers\":[{\"id\":\"01ee" ZEROS_14
			  "\",\"nick\":\"bob\","
			  "\"state\":\"connected\",\"path\":\"direct\","
			  "\"address\":\"[::]:0\",\"rtt_ms\":12.345,"
			  "\"loss\":0.023,\"session_age_s\":3725.123,"
			  "\"rekey_age_s\":65.001,\"texts\":{\"seq\":12,"
			  "\"chain\":\"1a2b0304" CHAIN_REST
			  "\",\"gaps\":2,\"forks\":1}},"
			  "{\"id\":\"02ee" ZEROS_14
			  "\",\"state\":\"connecting\"}],"
			  "\"strangers\":0,\"texts\":{\"seq\":4294967303,"
			  "\"chain\":\"ff000000" CHAIN_REST "\"}}\n",
	    format_nat_meaning(&s.net));
	fixture_expect(&f, expected);
	fixture_close(&f);
}

/* Nothing is known: nothing is made up. */
static void
test_nothing(void)
{
	struct ipc_status s = { .boot_status = BOOT_UNREACHABLE,
		.strangers = 3 };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	ask(&f);
	tell(&f, IPC_STATUS, &s);
	fixture_expect(&f,
	    EVENT(
		"status") "\"bootnode\":{\"state\":\"unreachable\"},"
			  "\"nat\":{\"mapping\":\"unknown\",\"meaning\":\"No bootnode reports "
			  "at the moment which address it sees, so nothing is known about a NAT.\"},"
			  "\"peers\":[],\"strangers\":3}\n");
	/* Texts of which none has come, but some are missing. */
	s.texts.gaps = 1;
	ask(&f);
	tell(&f, IPC_STATUS, &s);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "\"texts\":{\"seq\":0,\"chain\":\"00000000" CHAIN_REST "\"}}\n"));
	fixture_close(&f);
}

/* --- Of a ui that died ---------------------------------------------------- */

/* Ours, with what is known of each; other people's texts were written. */
static void
test_recalled(void)
{
	struct ipc_recall theirs = { .id.bytes = { 1, 0xee },
		.fingerprint = { 0xab, 1, 0xcd } };
	struct ipc_recall waits = { .seq = 5 };
	struct ipc_recall open = { .seq = 6,
		.sent = 1,
		.open = 1,
		.peers = 3,
		.delivered = 2,
		.left = 1 };
	struct ipc_recall over = { .seq = 7,
		.sent = 1,
		.peers = 9,
		.delivered = 1,
		.others = 7 };
	struct fixture f;

	recalled_begin(&f, UI_JSON);
	CU_ASSERT_EQUAL(recalled_text(&f, theirs, "bob", "hello"), 0);
	fixture_expect(&f, "");
	CU_ASSERT_EQUAL(recalled_text(&f, waits, "", "a \"b\""), 0);
	fixture_expect(&f,
	    EVENT("recalled") "\"seq\":5," SAID_AT
			      "\"sent\":false,\"peers\":0,\"delivered\":0,"
			      "\"text\":\"a \\\"b\\\"\"}\n");
	CU_ASSERT_EQUAL(recalled_text(&f, open, "", "b"), 0);
	fixture_expect(&f,
	    EVENT(
		"recalled") "\"seq\":6," SAID_AT
			    "\"sent\":true,\"peers\":3,\"open\":true,\"delivered\":2,"
			    "\"text\":\"b\"}\n");
	CU_ASSERT_EQUAL(recalled_text(&f, over, "", "c"), 0);
	CU_ASSERT_EQUAL(recalled_missed(&f, 7, 1, "bob"), 0);
	fixture_expect(&f,
	    EVENT(
		"recalled") "\"seq\":7," SAID_AT
			    "\"sent\":true,\"peers\":9,\"delivered\":1,\"others\":7,"
			    "\"text\":\"c\"}\n" EVENT(
				"undelivered") "\"seq\":7,"
					       "\"id\":\"01ee" ZEROS_14
					       "\",\"reason\":\"left\"}\n");
	/* Who knew more of them has died, too. */
	recalled_end(&f);
	fixture_output(&f);
	ui_cryptod_gone(f.room);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    EVENT("sent") "\"seq\":6,\"peers\":3,\"unknown\":true}\n"));
	fixture_close(&f);
}

static void
test_bye(void)
{
	struct ipc_empty nothing;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	tell(&f, IPC_GOODBYE, &nothing);
	fixture_expect(&f,
	    "{\"event\":\"bye\",\"time\":\"" FIXTURE_UTC "\"}\n");
	fixture_close(&f);
}

void
json_status_suite(void)
{
	CU_pSuite s = CU_add_suite("json_status", NULL, NULL);

	CU_add_test(s, "a status", test_status);
	CU_add_test(s, "a status of nothing", test_nothing);
	CU_add_test(s, "texts of another ui", test_recalled);
	CU_add_test(s, "bye", test_bye);
}
