/*
 * Names and keys in ui: warnings, names that change, and texts to one peer
 * alone.
 */
#include "ui/ask.h"
#include "ui/say.h"
#include "ui/trust.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void ui_trust_suite(void);

#define PEER(n) (0x1000 | (n))

/* cryptod knows a key by its number, as in fixture_tell_peer(). */
static void
tell_known(struct fixture *f, uint8_t n, const char *nick, bool verified)
{
	struct ipc_known_peer k = { .verified = verified,
		.fingerprint = { 0xab, n, 0xcd } };

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_KNOWN_PEER, &k, nick, strlen(nick)),
	    0);
}

static bool
warns(struct fixture *f)
{
	return strstr(fixture_output(f), "\"key_changed\"") != NULL;
}

static void
tell_verified(struct fixture *f, uint32_t n, bool verified)
{
	struct ipc_verified v = { .handle = PEER(n), .verified = verified };

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_VERIFIED, &v, NULL, 0), 0);
}

/* Peer 5 comes by a name: who is known by it, and is there a warning? */
static void
test_warnings(void)
{
	static const struct {
		uint8_t key;
		const char *nick;
		bool verified;
		bool warned;
	} cases[] = {
		{ 1, "anna", false, false },
		{ 1, "bob", false, true },
		{ 5, "bob", false, false },
		{ 5, "anna", false, false },
		{ 1, "Bob", true, true },
		{ 1, "b\u043eb", true, true }, /* a Cyrillic o */
		{ 5, "bob", true, false },
	};
	struct fixture f;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_open(&f, MODE_CLIENT, UI_JSON);
		fixture_tell_ready(&f);
		tell_known(&f, cases[i].key, cases[i].nick, cases[i].verified);
		fixture_tell_peer(&f, 5, PEER_CONNECTED, "bob");
		CU_ASSERT_EQUAL(warns(&f), cases[i].warned);
		/* There is one warning for a connection, whatever its path. */
		fixture_tell_peer(&f, 5, PEER_PATH, "bob");
		fixture_tell_peer(&f, 5, PEER_CONNECTING, NULL);
		fixture_tell_peer(&f, 5, PEER_CONNECTED, "bob");
		CU_ASSERT_FALSE(warns(&f));
		fixture_close(&f);
	}
}

/* After a warning the key is known; but next to a verified one of that name it
 * is warned of each time. */
static void
test_warned_again(void)
{
	struct fixture f;

	for (int verified = 0; verified <= 1; verified++) {
		fixture_open(&f, MODE_CLIENT, UI_JSON);
		fixture_tell_ready(&f);
		tell_known(&f, 1, "bob", verified);
		tell_known(&f, 5, "bob", false);
		fixture_tell_peer(&f, 5, PEER_CONNECTED, "bob");
		CU_ASSERT_EQUAL(warns(&f), verified);
		fixture_tell_peer(&f, 5, PEER_LEFT, "bob");
		fixture_tell_peer(&f, 0x2005, PEER_CONNECTED, "bob");
		CU_ASSERT_EQUAL(warns(&f), verified);
		fixture_close(&f);
	}
}

/* Two keys were met by one name: it belongs to the first, whoever comes first
 * today, unless the user has verified the other one. */
static void
test_second(void)
{
	const struct peer *second, *first;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	tell_known(&f, 1, "bob", false);
	tell_known(&f, 5, "bob", false);
	fixture_output(&f);
	fixture_tell_peer(&f, 5, PEER_CONNECTED, "bob");
	second = model_peer(&f.room->model, PEER(5));
	CU_ASSERT_STRING_EQUAL(second->shown, "bob~ab05");
	CU_ASSERT_PTR_NULL(strstr(fixture_output(&f), "THE KEY OF"));
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	first = model_peer(&f.room->model, PEER(1));
	CU_ASSERT_STRING_EQUAL(first->shown, "bob");
	CU_ASSERT_TRUE(known_is_second(&f.room->known, &second->look,
	    second->fingerprint, false));
	CU_ASSERT_FALSE(known_is_second(&f.room->known, &second->look,
	    second->fingerprint, true));
	CU_ASSERT_FALSE(known_is_second(&f.room->known, &first->look,
	    first->fingerprint, false));
	fixture_close(&f);
}

/* A peer takes the name while connected; its key is verified meanwhile, and
 * then no longer. */
static void
test_warned_of_renamed(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	fixture_tell_ready(&f);
	tell_known(&f, 1, "bob", true);
	fixture_tell_peer(&f, 5, PEER_CONNECTED, "carl");
	CU_ASSERT_FALSE(warns(&f));
	fixture_tell_peer(&f, 5, PEER_CONNECTED, "bob");
	CU_ASSERT_TRUE(warns(&f));
	tell_verified(&f, 5, true);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f), "\"verified\":true"));
	fixture_tell_peer(&f, 6, PEER_CONNECTED, "dora");
	CU_ASSERT_FALSE(warns(&f));
	fixture_tell_peer(&f, 6, PEER_CONNECTED, "bob");
	CU_ASSERT_TRUE(warns(&f));
	/* Nothing is reported about a peer that is gone. */
	tell_verified(&f, 7, true);
	fixture_expect(&f, "");
	fixture_close(&f);
}

/* The warning is a block of lines that nobody overlooks. */
static void
test_plain_warning(void)
{
	struct fixture f;
	const char *text;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	tell_known(&f, 1, "bob", true);
	fixture_output(&f);
	fixture_tell_peer(&f, 5, PEER_CONNECTED, "bob");
	text = fixture_output(&f);
	CU_ASSERT_PTR_NOT_NULL(strstr(text,
	    "12:34:56 ! THE KEY OF bob~ab05 IS NOT THE ONE KNOWN BY THIS NAME\n"));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(text, "! known, and verified: ab01 cd00"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "! now: ab05 cd00"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text,
	    "! the known key is in known_peers in the state folder, on a line "
	    "that ends in its name\n"));
	strcpy(f.ui->config.state_dir, "/home/al\x1bice");
	fixture_tell_peer(&f, 6, PEER_CONNECTED, "bob");
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "! the known key is in /home/al\u241bice/known_peers, on a line"));
	fixture_close(&f);
}

/* However many keys come in one run, those of cryptod's list stay. */
static void
test_crowd(void)
{
	uint8_t fingerprint[FINGERPRINT_LEN] = { 0 };
	struct nick_look look = { 0 };
	struct known known = { 0 };
	char nick[16];

	for (unsigned int n = 0; n < 3 * KNOWN_PEERS_MAX; n++) {
		memcpy(fingerprint, &n, sizeof(n));
		snprintf(nick, sizeof(nick), "peer %u", n);
		known_note(&known, fingerprint, nick, false);
	}
	CU_ASSERT_EQUAL(known.count, KNOWN_MAX);
	for (unsigned int n = 0; n < 3 * KNOWN_PEERS_MAX; n += 100) {
		snprintf(nick, sizeof(nick), "peer %u", n);
		nick_look(&look, nick);
		CU_ASSERT_EQUAL(known_alike(&known, &look, NULL) != NULL,
		    n < KNOWN_MAX - 1);
		nick_look_free(&look);
	}
	known_free(&known);
}

/* --- Who passes for another ----------------------------------------------- */

static void
tell_claim(struct fixture *f, uint8_t n, bool direct)
{
	struct ipc_peer_claim c = { .handle = PEER(n),
		.id.bytes = { n, 0xee },
		.fingerprint = { 0xde, 0xad } };

	if (direct)
		c.addr =
		    (struct addr){ { [10] = 0xff, [11] = 0xff, 192, 0, 2, 9 },
			    4545 };
	CU_ASSERT_EQUAL(fixture_tell(f, IPC_PEER_CLAIM, &c, NULL, 0), 0);
}

#define CLAIM_KEY "dead 0000 0000 0000 0000 0000 0000 0000 0000 0000"

/* Claims are about a peer with a name, one without, and one that ui does not
 * know. */
static void
test_claim(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	fixture_tell_peer(&f, 5, PEER_CONNECTED, "bob");
	fixture_output(&f);
	tell_claim(&f, 5, true);
	fixture_expect(&f,
	    "12:34:56 ! somebody in the room pretends to be bob; gochat "
	    "refused them\n"
	    "12:34:56 ! their key: " CLAIM_KEY ", at 192.0.2.9:4545\n");
	tell_claim(&f, 6, false);
	fixture_expect(&f,
	    "12:34:56 ! somebody in the room pretends to be peer 06ee0000; "
	    "gochat refused them\n"
	    "12:34:56 ! their key: " CLAIM_KEY "\n");
	fixture_close(&f);
}

/* --- Who does not show who they are --------------------------------------- */

static void
test_stranger(void)
{
	struct ipc_stranger s = { .id.bytes = { 6, 0xee } };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_STRANGER, &s, NULL, 0), 0);
	s.others = 9;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_STRANGER, &s, NULL, 0), 0);
	fixture_expect(&f,
	    "12:34:56 ! peer 06ee0000 is listed in the room and does not show "
	    "who it is: nothing is sent to it\n"
	    "12:34:56 ! peer 06ee0000 and 9 others are listed in the room and "
	    "do not show who they are: nothing is sent to them\n");
	fixture_close(&f);
}

/* --- Who tells different people different things -------------------------- */

static void
test_fork(void)
{
	struct ipc_fork fork = { .handle = PEER(5), .seq = 12 };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_FORK, &fork, NULL, 0), -1);
	fixture_tell_peer(&f, 5, PEER_CONNECTED, "bob");
	fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_FORK, &fork, NULL, 0), 0);
	fixture_expect(&f,
	    "12:34:56 ! the texts of bob do not agree with what they said "
	    "before: others may have received something else; compare /status "
	    "with them\n");
	fixture_close(&f);
}

/* A text comes after others that are missing: it is not shown as if it followed
 * the last one. */
static void
test_gap(void)
{
	struct ipc_message m = { .handle = PEER(5), .after_gap = 1, .seq = 12 };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	fixture_tell_peer(&f, 5, PEER_CONNECTED, "bob");
	fixture_output(&f);
	/* It is shown once, though cryptod sends it twice. */
	for (int i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "so", 2), 0);
	fixture_expect(&f,
	    "12:34:56 ! before this, bob said something that has not reached "
	    "you\n"
	    "12:34:56 <bob> so\n");
	fixture_close(&f);
}

/* --- Names --------------------------------------------------------------- */

/* A text brings its author's name with it, and that is checked like any other,
 * even if there is no path to the author now. */
static void
test_said_as(void)
{
	struct ipc_message m = { .handle = PEER(5), .seq = 1 };
	struct fixture f;
	const char *out;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	tell_known(&f, 1, "bob", false);
	fixture_tell_peer(&f, 5, PEER_CONNECTED, "carl");
	fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_tell_said(&f, &m, "dora", "hi", 2), 0);
	fixture_expect(&f,
	    "12:34:56 * carl is now called dora\n"
	    "12:34:56 <dora> hi\n");
	fixture_tell_peer(&f, 5, PEER_CONNECTING, NULL);
	fixture_output(&f);
	m.seq++;
	CU_ASSERT_EQUAL(fixture_tell_said(&f, &m, "Bob", "hi", 2), 0);
	out = fixture_output(&f);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "! THE KEY OF Bob~ab05 IS NOT "));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "12:34:56 <Bob~ab05> hi\n"));
	m.seq++;
	CU_ASSERT_EQUAL(fixture_tell_said(&f, &m, "al\u0456ce", "hi", 2), 0);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(fixture_output(&f), "<al\u0456ce~ab05> hi\n"));
	m.seq++;
	CU_ASSERT_EQUAL(fixture_tell_said(&f, &m, "\033[2J", "hi", 2), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f), "<peer-ab05> hi\n"));
	/* A name that it had before changes nothing. */
	CU_ASSERT_EQUAL(fixture_tell_said(&f, &m, "eve", "hi", 2), 0);
	fixture_expect(&f, "");
	fixture_close(&f);
}

/* --- Texts --------------------------------------------------------------- */

static void
test_kinds_of_text(void)
{
	struct ipc_message m = { .handle = PEER(1) };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	fixture_output(&f);
	for (m.flags = 0; m.flags <= TEXT_FLAGS; m.flags++) {
		m.seq++;
		fixture_tell(&f, IPC_MESSAGE, &m, "waves", 5);
	}
	fixture_expect(&f,
	    "12:34:56 <bob> waves\n"
	    "12:34:56 -<bob>- waves\n"
	    "12:34:56 (to you alone) <bob> waves\n"
	    "12:34:56 (to you alone) -<bob>- waves\n");
	fixture_close(&f);
}

/* Checks for a SAY_TO of peer 1 and the SAY after it. */
static void
expect_private(struct fixture *f, uint64_t seq, unsigned int flags)
{
	const struct ipc_say_to *to;
	const struct ipc_say *say;
	struct ipc_message_in in;

	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SAY_TO);
	to = in.body;
	CU_ASSERT(to->seq == seq && to->peers == 1);
	CU_ASSERT(in.tail[0] == 1 && in.tail[1] == 0xee);
	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SAY);
	say = in.body;
	CU_ASSERT_EQUAL(say->seq, seq);
	CU_ASSERT_EQUAL(say->flags, flags);
}

/* The text goes to one peer the first time, and again each time that cryptod
 * dies with it, before it was sent and after. */
static void
test_private(void)
{
	const struct peer *bob;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	bob = model_peer(&f.room->model, PEER(1));
	CU_ASSERT_EQUAL(ui_say_as(f.room, TEXT_FLAG_ACTION, bob, "a", 1), 0);
	CU_ASSERT_EQUAL(ui_say_as(f.room, 0, NULL, "b", 1), 0);
	ui_work(f.ui);
	expect_private(&f, 1, TEXT_FLAGS);
	fixture_expect_say(&f, 2, "b");

	said_unsend(&f.room->said, NULL, NULL);
	ui_work(f.ui);
	expect_private(&f, 1, TEXT_FLAGS);
	fixture_expect_say(&f, 2, "b");

	fixture_tell_sent(&f, 1, 1);
	said_unsend(&f.room->said, NULL, NULL);
	ui_work(f.ui);
	expect_private(&f, 1, TEXT_FLAGS);
	fixture_tell_sent(&f, 1, 1);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), 0);
	said_unsend(&f.room->said, NULL, NULL);
	ui_work(f.ui);
	fixture_expect_say(&f, 2, "b"); /* before the other text was settled */
	fixture_expect_say(&f, 2, "b"); /* and now */
	fixture_expect_next(&f, IPC_NONE);
	fixture_close(&f);
}

/* Commands about a peer whose key nobody knows are errors. */
static void
test_not_connected(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTING, NULL);
	fixture_output(&f);
	ui_ask_safety(f.room, model_peer(&f.room->model, PEER(1)));
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f), " ! "));
	ui_set_verified(f.room, model_peer(&f.room->model, PEER(1)), true);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f), " ! "));
	fixture_expect_next(&f, IPC_NONE);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	ui_ask_safety(f.room, model_peer(&f.room->model, PEER(1)));
	fixture_expect_next(&f, IPC_SAFETY_ASK);
	ui_set_verified(f.room, model_peer(&f.room->model, PEER(1)), true);
	fixture_expect_next(&f, IPC_SET_VERIFIED);
	fixture_close(&f);
}

/* A refused bootnode is reported once, with its key and the reason, and where
 * the remembered key is. */
static void
test_bootnode_refused(void)
{
	struct ipc_bootnode b = { .status = BOOT_REFUSED,
		.refusal = REFUSAL_KEY_CHANGED,
		.key = { 0xab } };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	strcpy(f.ui->config.state_dir, "/home/alice");
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_BOOTNODE, &b, NULL, 0), 0);
	fixture_expect(&f,
	    "12:34:56 * the bootnode has the key "
	    "ab00000000000000000000000000000000000000000000000000000000000000\n"
	    "12:34:56 ! bootnode [::]:0 refused: its key is not the one "
	    "remembered in known_bootnodes; if the operator changed it, remove "
	    "its line from that file: /home/alice/known_bootnodes\n");
	fixture_close(&f);
}

void
ui_trust_suite(void)
{
	CU_pSuite s = CU_add_suite("ui trust", NULL, NULL);

	CU_add_test(s, "who is warned of", test_warnings);
	CU_add_test(s, "warned of again", test_warned_again);
	CU_add_test(s, "the second of a name", test_second);
	CU_add_test(s, "warned of after a new name", test_warned_of_renamed);
	CU_add_test(s, "the warning in plain", test_plain_warning);
	CU_add_test(s, "a bootnode that is refused", test_bootnode_refused);
	CU_add_test(s, "a crowd in one run", test_crowd);
	CU_add_test(s, "somebody passes for another", test_claim);
	CU_add_test(s, "somebody is a stranger", test_stranger);
	CU_add_test(s, "somebody says two things", test_fork);
	CU_add_test(s, "texts that are missing", test_gap);
	CU_add_test(s, "the name of a text", test_said_as);
	CU_add_test(s, "kinds of text", test_kinds_of_text);
	CU_add_test(s, "to one alone", test_private);
	CU_add_test(s, "not connected", test_not_connected);
}
