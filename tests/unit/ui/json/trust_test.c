/*
 * Names and keys for programs (ui/json/trust.c): whom a command means, what it
 * asks, and each event byte for byte.
 */
#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void json_trust_suite(void);

#define PEER(n)	 (0x1000 | (n))
#define ZEROS_14 "0000000000000000000000000000"
#define ID1	 "01ee" ZEROS_14
#define ID2	 "02ee" ZEROS_14
#define ID3	 "03ee" ZEROS_14
#define ID5	 "05ee" ZEROS_14
#define ID6	 "06ee" ZEROS_14
#define GROUPS	 "0000 0000 0000 0000 0000 0000 0000 0000"
#define EVENT(of)                                       \
	"{\"event\":\"" of "\",\"time\":\"" FIXTURE_UTC \
	"\",\"room\":\"r\\\"om\","
#define NOBODY(m)                                                      \
	"\\\"" m "\\\" is not the id of a peer that is here; nothing " \
	"done"

static void
open_ready(struct fixture *f)
{
	fixture_open(f, MODE_CLIENT, UI_JSON);
	fixture_tell_ready(f);
	fixture_tell_bootnode(f, BOOT_JOINED);
	f->ui->terminal = true; /* no numbers of lines */
	fixture_tell_peer(f, 1, PEER_CONNECTED, "bob");
	fixture_tell_peer(f, 2, PEER_CONNECTED, "carl");
	fixture_output(f);
}

static void
obey(struct fixture *f, const char *line)
{
	f->ui->view->line(f->room, line, strlen(line));
	ui_work(f->ui);
}

static void
expect_error(struct fixture *f, const char *line, const char *error)
{
	char expected[512];

	obey(f, line);
	snprintf(expected, sizeof(expected),
	    EVENT("error") "\"text\":\"%s\"}\n", error);
	fixture_expect(f, expected);
	fixture_expect_next(f, IPC_NONE);
}

/* --- Commands ------------------------------------------------------------- */

static void
test_nick(void)
{
	struct ipc_message_in in;
	struct fixture f;

	open_ready(&f);
	obey(&f, "{\"cmd\":\"nick\",\"nick\":\"anne\"}");
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_NICK);
	CU_ASSERT(in.tail_len == 4 && memcmp(in.tail, "anne", 4) == 0);
	fixture_expect(&f,
	    EVENT("nick") "\"nick\":\"anne\",\"before\":\"alice\"}\n");
	expect_error(&f, "{\"cmd\":\"nick\"}",
	    "\\\"nick\\\" needs \\\"nick\\\", a string");
	expect_error(&f, "{\"cmd\":\"nick\",\"nick\":5}",
	    "\\\"nick\\\" needs \\\"nick\\\", a string");
	fixture_close(&f);
}

static void
expect_marked(struct fixture *f, const char *line, bool verified)
{
	const struct ipc_verified *v;
	struct ipc_message_in in;

	obey(f, line);
	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SET_VERIFIED);
	v = in.body;
	CU_ASSERT_EQUAL(v->handle, PEER(2));
	CU_ASSERT_EQUAL(v->verified, verified);
	fixture_expect(f, "");
}

/* Without "verified" it is a question, and no other value is one. */
static void
test_verify(void)
{
	struct ipc_message_in in;
	struct fixture f;

	open_ready(&f);
	obey(&f, "{\"cmd\":\"verify\",\"id\":\"" ID1 "\"}");
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_SAFETY_ASK);
	CU_ASSERT_EQUAL(((const struct ipc_peer *)in.body)->handle, PEER(1));
	expect_marked(&f,
	    "{\"cmd\":\"verify\",\"id\":\"" ID2 "\",\"verified\":true}", true);
	expect_marked(&f,
	    "{\"cmd\":\"verify\",\"id\":\"" ID2 "\",\"verified\":false}",
	    false);
	expect_error(&f,
	    "{\"cmd\":\"verify\",\"id\":\"" ID2 "\",\"verified\":\"yes\"}",
	    "\\\"verified\\\" is not true or false");
	expect_error(&f,
	    "{\"cmd\":\"verify\",\"id\":\"" ID2 "\",\"verified\":null}",
	    "\\\"verified\\\" is not true or false");
	fixture_close(&f);
}

/* Who is not here, whole and exactly, is nobody. */
static void
test_ids(void)
{
	struct ipc_peer_state silent = { .handle = PEER(2),
		.state = PEER_LEFT,
		.left = LEFT_SILENT,
		.id.bytes = { 2, 0xee } };
	struct fixture f;

	open_ready(&f);
	expect_error(&f, "{\"cmd\":\"verify\"}", NOBODY("id"));
	expect_error(&f, "{\"cmd\":\"verify\",\"id\":1}", NOBODY("id"));
	expect_error(&f, "{\"cmd\":\"verify\",\"id\":\"01ee0000\"}",
	    NOBODY("id"));
	expect_error(&f, "{\"cmd\":\"verify\",\"id\":\"" ID3 "\"}",
	    NOBODY("id"));
	expect_error(&f, "{\"cmd\":\"say\",\"text\":\"x\",\"to\":\"" ID3 "\"}",
	    NOBODY("to"));
	/* Who fell silent can be written to, and not be asked about. */
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_PEER, &silent, NULL, 0), 0);
	fixture_tell_peer(&f, 1, PEER_LEFT, NULL);
	fixture_output(&f);
	expect_error(&f, "{\"cmd\":\"verify\",\"id\":\"" ID2 "\"}",
	    NOBODY("id"));
	expect_error(&f, "{\"cmd\":\"say\",\"text\":\"x\",\"to\":\"" ID1 "\"}",
	    NOBODY("to"));
	obey(&f, "{\"cmd\":\"say\",\"text\":\"x\",\"to\":\"" ID2 "\"}");
	fixture_expect_next(&f, IPC_SAY_TO);
	fixture_expect_next(&f, IPC_SAY);
	fixture_expect(&f, "");
	fixture_close(&f);
}

/* What is for one peer never goes to all, whatever else is wrong. */
static void
test_say_to(void)
{
	const struct ipc_say *say;
	struct ipc_message_in in;
	struct fixture f;

	open_ready(&f);
	expect_error(&f, "{\"cmd\":\"say\",\"text\":\"x\",\"to\":null}",
	    NOBODY("to"));
	expect_error(&f, "{\"cmd\":\"say\",\"text\":\"x\",\"action\":1}",
	    "\\\"action\\\" is not true or false; not sent");
	expect_error(&f, "{\"cmd\":\"say\",\"text\":\"\",\"to\":\"" ID1 "\"}",
	    "the text is empty; not sent");
	obey(&f,
	    "{\"cmd\":\"say\",\"text\":\"x\",\"action\":true,\"to\":\"" ID1
	    "\"}");
	fixture_expect_next(&f, IPC_SAY_TO);
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_SAY);
	say = in.body;
	CU_ASSERT_EQUAL(say->flags, TEXT_FLAG_PRIVATE | TEXT_FLAG_ACTION);
	obey(&f, "{\"cmd\":\"say\",\"text\":\"x\",\"action\":false}");
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_SAY);
	say = in.body;
	CU_ASSERT_EQUAL(say->flags, 0);
	fixture_close(&f);
}

/* --- Events --------------------------------------------------------------- */

static void
test_renamed(void)
{
	struct fixture f;

	open_ready(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "rob");
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    EVENT("nick") "\"id\":\"" ID1
			  "\",\"nick\":\"rob\",\"before\":\"bob\"}\n"));
	fixture_close(&f);
}

static void
tell_known(struct fixture *f, uint8_t key, const char *nick)
{
	struct ipc_known_peer k = { .fingerprint = { 0xab, key, 0xcd } };

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_KNOWN_PEER, &k, nick, strlen(nick)),
	    0);
}

/* All keys that were known by the name, for a program to compare. */
static void
test_key_changed(void)
{
	struct fixture f;

	open_ready(&f);
	tell_known(&f, 7, "dora");
	tell_known(&f, 8, "eve");
	tell_known(&f, 9, "Dora");
	fixture_tell_peer(&f, 5, PEER_CONNECTED, "dora");
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    EVENT(
		"key_changed") "\"id\":\"" ID5
			       "\",\"nick\":\"dora~ab05\",\"fingerprint\":\"ab05 cd00 " GROUPS
			       "\",\"known\":[\"ab07 cd00 " GROUPS
			       "\",\"ab09 cd00 " GROUPS "\"]}\n"));
	fixture_close(&f);
}

static void
test_claim(void)
{
	struct ipc_peer_claim c = { .handle = PEER(1),
		.id.bytes = { 1, 0xee },
		.fingerprint = { 0xde, 0xad } };
	struct fixture f;

	open_ready(&f);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_PEER_CLAIM, &c, NULL, 0), 0);
	fixture_expect(&f,
	    EVENT("claim") "\"id\":\"" ID1
			   "\",\"fingerprint\":\"dead 0000 " GROUPS "\"}\n");
	c.addr.port = 1;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_PEER_CLAIM, &c, NULL, 0), 0);
	fixture_expect(&f,
	    EVENT("claim") "\"id\":\"" ID1
			   "\",\"fingerprint\":\"dead 0000 " GROUPS
			   "\",\"address\":\"[::]:1\"}\n");
	fixture_close(&f);
}

static void
test_before_text(void)
{
	struct ipc_message m = { .handle = PEER(1), .after_gap = 1, .seq = 12 };
	struct ipc_fork fork = { .handle = PEER(1), .seq = 12 };
	struct fixture f;

	open_ready(&f);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_FORK, &fork, NULL, 0), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "so", 2), 0);
	fixture_expect(&f,
	    EVENT("fork") "\"id\":\"" ID1
			  "\",\"nick\":\"bob\",\"seq\":12}\n" EVENT(
			      "gap") "\"id\":\"" ID1
				     "\",\"nick\":\"bob\",\"seq\":12}\n" EVENT(
					 "message") "\"id\":\"" ID1
						    "\",\"nick\":\"bob\","
						    "\"text\":\"so\"}\n");
	fixture_close(&f);
}

static void
test_stranger(void)
{
	struct ipc_stranger s = { .id.bytes = { 6, 0xee }, .others = 9 };
	struct fixture f;

	open_ready(&f);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_STRANGER, &s, NULL, 0), 0);
	fixture_expect(&f,
	    EVENT("stranger") "\"id\":\"" ID6 "\",\"others\":9}\n");
	fixture_close(&f);
}

/* The number to compare, and what is marked: of each place of the key. */
static void
test_safety(void)
{
	struct ipc_safety s = { .handle = PEER(1),
		.own = { 0xaa },
		.fingerprint = { 0xbb } };
	struct ipc_verified v = { .handle = PEER(1), .verified = 1 };
	struct fixture f;

	for (size_t i = 0; i < SAFETY_DIGITS; i++)
		s.digits[i] = (char)('0' + i % 10);
	open_ready(&f);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SAFETY, &s, NULL, 0), 0);
	fixture_expect(&f,
	    EVENT(
		"safety") "\"id\":\"" ID1
			  "\",\"nick\":\"bob\",\"number\":\"0123456789012345678901234"
			  "56789012345678901234567890123456789\",\"own\":\"aa00 "
			  "0000 " GROUPS
			  "\",\"fingerprint\":\"bb00 0000 " GROUPS
			  "\",\"verified\":false}\n");
	fixture_tell_place(&f, 3, 1, PEER_CONNECTED, "bob");
	fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_VERIFIED, &v, NULL, 0), 0);
	fixture_expect(&f,
	    EVENT("verified") "\"id\":\"" ID1 "\",\"verified\":true}\n" EVENT(
		"verified") "\"id\":\"" ID3 "\",\"verified\":true}\n");
	v.verified = 0;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_VERIFIED, &v, NULL, 0), 0);
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f), "\"verified\":false"),
	    2);
	fixture_close(&f);
}

void
json_trust_suite(void)
{
	CU_pSuite s = CU_add_suite("json_trust", NULL, NULL);

	CU_add_test(s, "nick", test_nick);
	CU_add_test(s, "verify", test_verify);
	CU_add_test(s, "ids", test_ids);
	CU_add_test(s, "say to one", test_say_to);
	CU_add_test(s, "another name", test_renamed);
	CU_add_test(s, "another key", test_key_changed);
	CU_add_test(s, "a claim", test_claim);
	CU_add_test(s, "what comes before a text", test_before_text);
	CU_add_test(s, "a stranger", test_stranger);
	CU_add_test(s, "a safety number", test_safety);
}
