/*
 * Events as sentences (ui/events.c): each state, and whom a sentence is about:
 * a peer with a name, one that never told one, the user elsewhere, somebody in
 * several places, nobody that is known any more.
 */
#include "ui/events.h"

#include "ui/model.h"

#include <CUnit/CUnit.h>

#include <string.h>

void events_suite(void);

static const struct peer_id id5 = { .bytes = { 5, 0xee } };

/* Takes the sentence, and leaves the buffer empty. */
static void
expect(struct buf *got, const char *sentence)
{
	buf_put(got, "", 1);
	CU_ASSERT_STRING_EQUAL(got->bytes, sentence);
	buf_free(got);
}

static struct peer
peer(const char *nick, const char *shown)
{
	struct peer p = {
		.present = true,
		.known = true,
		.state = PEER_CONNECTED,
		.kind = PATH_RELAY,
		.rtt_us = 1260,
		.id = id5,
	};

	strcpy(p.nick, nick);
	strcpy(p.shown, shown);
	return p;
}

static struct peer
us(void)
{
	struct peer p = peer("alice", "alice");

	p.us = true;
	return p;
}

static struct peer
nameless(void)
{
	struct peer p = peer("", "");

	p.known = false;
	return p;
}

static void
test_ready(void)
{
	struct model m = { .room = "a\x1b", .own = "alice", .port = 4545 };
	struct buf out = { 0 };

	event_ready(&out, &m);
	expect(&out, "you are alice in room a␛ (no passphrase), UDP port 4545");
	m.secret = SECRET_PASSPHRASE;
	event_ready(&out, &m);
	expect(&out,
	    "you are alice in room a␛ (with a passphrase), UDP port 4545");
	m.secret = SECRET_INVITE;
	event_ready(&out, &m);
	expect(&out, "you are alice in room a␛ (by invite), UDP port 4545");
}

static void
test_bootnode(void)
{
	static const char *const sentences[BOOT_STATUS_COUNT] = {
		[BOOT_UNREACHABLE] = "bootnode 192.0.2.1:9595 unreachable",
		[BOOT_JOINED] = "connected to bootnode 192.0.2.1:9595",
		[BOOT_REJOINED] = "connected to bootnode 192.0.2.1:9595 again",
		[BOOT_LOST] =
		    ("lost the connection to bootnode 192.0.2.1:9595; "
		     "conversations go on without it"),
		[BOOT_REFUSED] = "bootnode 192.0.2.1:9595 refused",
	};
	struct ipc_bootnode b = {
		.addr = { { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 }, 9595 },
	};
	struct buf out = { 0 };

	for (b.status = 0; b.status < BOOT_STATUS_COUNT; b.status++) {
		event_bootnode(&out, &b);
		expect(&out, sentences[b.status]);
	}
}

static void
expect_state(struct peer p, uint8_t state, const char *sentence)
{
	static const struct model empty;
	struct buf out = { 0 };

	p.state = state;
	p.failure = FAILURE_STALLED;
	event_peer(&out, &empty, &p);
	expect(&out, sentence);
}

static void
test_peer(void)
{
	struct peer bob = peer("bob", "bob"), left = peer("a b", "a b");

	expect_state(bob, PEER_CONNECTING, "bob is connecting");
	expect_state(bob, PEER_CONNECTED, "bob is here (relay, 1.3 ms)");
	expect_state(bob, PEER_PATH, "bob has another path (relay, 1.3 ms)");
	expect_state(bob, PEER_FAILED,
	    "bob cannot be reached (its path carries probes, but no data); "
	    "still trying");
	expect_state(nameless(), PEER_CONNECTING,
	    "peer 05ee0000 is connecting");
	expect_state(us(), PEER_CONNECTING, "your other place is connecting");
	expect_state(us(), PEER_CONNECTED,
	    "you are here from another place, too (relay, 1.3 ms)");
	expect_state(us(), PEER_FAILED,
	    "your other place cannot be reached (its path carries probes, but "
	    "no data); still trying");
	expect_state(us(), PEER_PATH,
	    "your other place has another path (relay, 1.3 ms)");
	left.left = LEFT_GOODBYE;
	expect_state(left, PEER_LEFT, "\"a b\" left");
	left.left = LEFT_NOT_BACK;
	expect_state(left, PEER_LEFT, "\"a b\" left (it did not come back)");
}

/* Somebody leaves one of their places; the user has no name for those. */
static void
test_places(void)
{
	struct peer anna = peer("anna", "anna"), alice = us();

	anna.others = alice.others = 1;
	expect_state(anna, PEER_LEFT, "anna left one place, and is still here");
	expect_state(alice, PEER_LEFT, "your other place left");
}

static void
test_names(void)
{
	struct peer bob = peer("bob", "bob~ab01"), none = nameless(),
		    alice = us();
	struct buf out = { 0 };

	event_name(&out, &bob, &id5);
	expect(&out, "bob~ab01");
	event_name(&out, &none, &id5);
	expect(&out, "peer 05ee0000");
	event_name(&out, NULL, &id5);
	expect(&out, "peer 05ee0000");
	event_name(&out, &alice, &id5);
	expect(&out, "you, elsewhere");
}

/* --- Texts that somebody did not get -------------------------------------- */

/* One text, number 1, that was sent. */
static struct said *
said_one(void)
{
	static struct said said;

	memset(&said, 0, sizeof(said));
	said_init(&said, 1);
	said.next = 2;
	said.window[1].sent = true;
	strcpy(said.window[1].excerpt, "the start");
	return &said;
}

static void
test_undelivered(void)
{
	struct ipc_undelivered u = { .seq = 1, .id = id5 };
	const struct said *said = said_one();
	struct peer bob = peer("bob", "bob");
	struct buf out = { 0 };

	u.reason = UNDELIVERED_SLOW;
	event_undelivered(&out, said, &u, &bob);
	expect(&out, "not delivered to bob (too slow): \"the start\"");
	event_undelivered(&out, said, &u, NULL);
	expect(&out,
	    "not delivered to peer 05ee0000 (too slow): \"the start\"");
	event_missed(&out, &u, &bob);
	expect(&out, "bob (too slow)");
	event_recalled_missed(&out, "it", &u, &bob);
	expect(&out, "not delivered to bob (too slow): \"it\"");
	event_recalled_others(&out, "it", 3);
	expect(&out,
	    "not delivered to 3 more, whose names were not kept: \"it\"");
	/* Who leaves does not hear any more what arrived. */
	u.reason = UNDELIVERED_QUIT;
	event_undelivered(&out, said, &u, &bob);
	expect(&out, "not known to have reached bob: \"the start\"");
	bob.others = 2;
	event_undelivered(&out, said, &u, &bob);
	expect(&out,
	    "not known to have reached bob in one place: \"the start\"");
	u.reason = UNDELIVERED_LEFT;
	event_missed(&out, &u, &bob);
	expect(&out, "bob in one place (left)");
}

/* The start of the last is shown as long as it is kept. */
static void
test_more(void)
{
	struct missed_run run = { .id = id5, .more = 7, .seq = 1 };
	const struct said *said = said_one();
	struct peer bob = peer("bob", "bob");
	struct buf out = { 0 };

	run.what = UNDELIVERED_NO_PATH;
	event_missed_more(&out, said, &run, &bob);
	expect(&out,
	    "not delivered to bob (no path): 7 more, the last \"the start\"");
	run.what = UNDELIVERED_QUIT;
	event_missed_more(&out, said, &run, NULL);
	expect(&out,
	    "not known to have reached peer 05ee0000: 7 more, the last "
	    "\"the start\"");
	run.what = MISSED_LATE;
	run.seq = 2; /* not sent yet */
	event_missed_more(&out, said, &run, &bob);
	expect(&out, "delivered after all to bob: 7 more");
}

static void
test_late(void)
{
	struct ipc_delivered d = { .seq = 1, .id = id5 };
	const struct said *said = said_one();
	struct peer bob = peer("bob", "bob");
	struct buf out = { 0 };

	event_delivered_late(&out, said, &d, &bob);
	expect(&out, "delivered after all to bob: \"the start\"");
	d.seq = 2;
	event_delivered_late(&out, said, &d, NULL);
	expect(&out, "delivered after all to peer 05ee0000");
}

/* --- Names and keys ------------------------------------------------------- */

/* What came or went is the nickname, or only the digits behind it. */
static void
test_renamed(void)
{
	struct peer anna = peer("anna", "anna~ab05"),
		    plain = peer("anna", "anna"), alice = us();
	struct model m = { .own = "alice" };
	struct buf out = { 0 };

	event_renamed(&out, &m, NULL, "eve");
	expect(&out, "you are now called alice");
	event_renamed(&out, &m, &anna, "anna");
	expect(&out,
	    "anna is now shown as anna~ab05, to tell similar names apart");
	event_renamed(&out, &m, &plain, "anna~ab05");
	expect(&out, "anna~ab05 is now shown as anna");
	event_renamed(&out, &m, &anna, "annabel");
	expect(&out, "annabel is now called anna~ab05");
	event_renamed(&out, &m, &plain, "ann");
	expect(&out, "ann is now called anna");
	event_renamed(&out, &m, &plain, "bert b");
	expect(&out, "\"bert b\" is now called anna");
	event_renamed(&out, &m, &alice, "bert");
	expect(&out, "your other place is now called alice");
}

static void
test_verified(void)
{
	struct peer anna = peer("anna b", "anna b");
	struct buf out = { 0 };

	event_verified(&out, &anna);
	expect(&out, "\"anna b\" is marked as not verified");
	anna.verified = true;
	event_verified(&out, &anna);
	expect(&out, "\"anna b\" is marked as verified");
}

/* --- What was folded ------------------------------------------------------ */

static const struct fold folded = { .shown = "bob b", .fingerprint = { 0xab } };

static void
expect_folded(enum fold_kind kind, unsigned int count, const struct peer *now,
    const char *sentence)
{
	struct buf out = { 0 };

	event_folded(&out, kind, count, &folded, now);
	expect(&out, sentence);
}

static void
expect_crowd(enum fold_kind kind, const char *sentence)
{
	struct buf out = { 0 };

	event_folded(&out, kind, 2, NULL, NULL);
	expect(&out, sentence);
}

/* What somebody did again and again, and what has become of them. */
static void
test_folded(void)
{
	struct peer now = peer("bob b", "bob b"), other = peer("carl", "carl");

	expect_folded(FOLD_PRESENCE, 1, &now,
	    "\"bob b\" came or went once more, and is here now");
	now.state = PEER_CONNECTING;
	expect_folded(FOLD_PATH, 2, &now,
	    "\"bob b\" had another path 2 times more, and is connecting now");
	now.state = PEER_FAILED;
	expect_folded(FOLD_GAP, 3, &now,
	    "\"bob b\" said something that has not reached you 3 times more, "
	    "and cannot be reached now");
	expect_folded(FOLD_FORK, 2, NULL,
	    "\"bob b\" sent texts that do not agree with earlier ones 2 times "
	    "more, and has left");
	expect_folded(FOLD_KEY, 2, &other,
	    "\"bob b\" took a name known with another key 2 times more, and "
	    "is now called carl");
	expect_folded(FOLD_NICK, 2, &other,
	    "\"bob b\" took another name 2 times more, and is now called "
	    "carl");
	expect_folded(FOLD_NICK, 2, &now,
	    "\"bob b\" took another name 2 times more, and has the first name "
	    "again");
	expect_folded(FOLD_NICK, 2, NULL,
	    "\"bob b\" took another name 2 times more, and has left");
	expect_folded(FOLD_CLAIM, 2, NULL,
	    "somebody pretended to be others in the room 2 times more, and was "
	    "refused; their key: ab00 0000 0000 0000 0000 0000 0000 0000 0000 "
	    "0000");
}

/* Of many it is not known who they are, nor what has become of them. */
static void
test_folded_crowd(void)
{
	expect_crowd(FOLD_PRESENCE, "other people came or went 2 times more");
	expect_crowd(FOLD_PATH, "other people had another path 2 times more");
	expect_crowd(FOLD_NICK, "other people took another name 2 times more");
	expect_crowd(FOLD_FORK,
	    "other people sent texts that do not agree with earlier ones 2 "
	    "times more");
	expect_crowd(FOLD_CLAIM,
	    "somebody pretended to be others in the room 2 times more, and was "
	    "refused");
}

static void
test_stranger(void)
{
	struct ipc_stranger s = { .id = id5 };
	struct buf out = { 0 };

	event_stranger(&out, &s);
	expect(&out,
	    "peer 05ee0000 is listed in the room and does not show who it is: "
	    "nothing is sent to it");
	s.others = 1;
	event_stranger(&out, &s);
	expect(&out,
	    "peer 05ee0000 and 1 other are listed in the room and do not show "
	    "who they are: nothing is sent to them");
	s.others = 2;
	event_stranger(&out, &s);
	expect(&out,
	    "peer 05ee0000 and 2 others are listed in the room and do not show "
	    "who they are: nothing is sent to them");
}

static void
test_member(void)
{
	struct ipc_member m = { .what = MEMBER_JOINED,
		.reason = LEAVE_TIMEOUT,
		.room = { 0xab, 0xcd, 0xef, 1 },
		.id = id5 };
	struct buf out = { 0 };

	event_member(&out, &m);
	expect(&out, "peer 05ee0000 joined room abcdef01");
	m.what = MEMBER_LEFT;
	event_member(&out, &m);
	expect(&out, "peer 05ee0000 left room abcdef01 (timeout)");
	m.reason = LEAVE_GRACEFUL;
	event_member(&out, &m);
	expect(&out, "peer 05ee0000 left room abcdef01 (leave)");
}

void
events_suite(void)
{
	CU_pSuite s = CU_add_suite("events", NULL, NULL);

	CU_add_test(s, "ready", test_ready);
	CU_add_test(s, "the bootnode", test_bootnode);
	CU_add_test(s, "states of a peer", test_peer);
	CU_add_test(s, "one place of several", test_places);
	CU_add_test(s, "names", test_names);
	CU_add_test(s, "not delivered", test_undelivered);
	CU_add_test(s, "many not delivered", test_more);
	CU_add_test(s, "delivered after all", test_late);
	CU_add_test(s, "another name", test_renamed);
	CU_add_test(s, "verified", test_verified);
	CU_add_test(s, "what was folded", test_folded);
	CU_add_test(s, "what many did", test_folded_crowd);
	CU_add_test(s, "strangers", test_stranger);
	CU_add_test(s, "members of a bootnode", test_member);
}
