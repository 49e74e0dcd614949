/*
 * One key is one person, in however many places (people.c): names, the list,
 * what is reported, and texts to them alone.
 */
#include "ui/people.h"
#include "ui/trust.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void people_suite(void);

#define PEER(n) (0x1000 | (n))
#define US	FIXTURE_OWN_KEY

static void
open_ready(struct fixture *f, enum ui_kind kind)
{
	fixture_open(f, MODE_CLIENT, kind);
	fixture_tell_ready(f);
	fixture_tell_bootnode(f, BOOT_JOINED);
	fixture_output(f);
}

static void
come(struct fixture *f, uint32_t n, uint32_t key, const char *nick)
{
	CU_ASSERT_EQUAL(fixture_tell_place(f, n, key, PEER_CONNECTED, nick), 0);
}

static const char *
shown(struct fixture *f, uint32_t n)
{
	return model_peer(&f->room->model, PEER(n))->shown;
}

static void
test_order(void)
{
	static const char *const sorted[] = { "", "Anna", "anna", "Anna b",
		"anna1", "Bert", "bert2", "Bert10", "bert010x", "carl",
		"member1", "member2", "member2a", "member10",
		"member99999999999999999999998",
		"member99999999999999999999999", "\xc3\xa9mile" };
	const size_t count = sizeof(sorted) / sizeof(sorted[0]);

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			int order = people_order(sorted[i], sorted[j]);

			CU_ASSERT_EQUAL((order > 0) - (order < 0),
			    (i > j) - (i < j));
		}
}

/* Both places with the same nickname have one name, whoever else has it or
 * takes it. */
static void
test_names(void)
{
	const struct ipc_peer_state carl = { .handle = PEER(8),
		.state = PEER_CONNECTED,
		.kind = PATH_DIRECT,
		.verified = true,
		.id.bytes = { 8, 0xee },
		.fingerprint = { 0xab, 8, 0xcd } };
	struct fixture f;

	open_ready(&f, UI_PLAIN);
	come(&f, 1, 1, "anna");
	come(&f, 2, 2, "anna");
	come(&f, 3, 1, "anna");
	come(&f, 4, 2, "anna");
	come(&f, 5, 1, "annie");
	CU_ASSERT_STRING_EQUAL(shown(&f, 1), "anna");
	CU_ASSERT_STRING_EQUAL(shown(&f, 2), "anna~ab02");
	CU_ASSERT_STRING_EQUAL(shown(&f, 3), "anna");
	CU_ASSERT_STRING_EQUAL(shown(&f, 4), "anna~ab02");
	CU_ASSERT_STRING_EQUAL(shown(&f, 5), "annie");
	/* The name is not lost to somebody whom the user has verified
	 * meanwhile, either. */
	fixture_tell(&f, IPC_PEER, &carl, "anna", 4);
	CU_ASSERT_STRING_EQUAL(shown(&f, 8), "anna~ab08");
	come(&f, 9, 1, "anna");
	CU_ASSERT_STRING_EQUAL(shown(&f, 9), "anna");
	fixture_tell_place(&f, 9, 1, PEER_LEFT, NULL);
	fixture_tell_place(&f, 8, 8, PEER_LEFT, NULL);
	/* The name stays with its owner in another place. */
	fixture_tell_place(&f, 1, 1, PEER_LEFT, NULL);
	come(&f, 6, 6, "anna");
	CU_ASSERT_STRING_EQUAL(shown(&f, 6), "anna~ab06");
	CU_ASSERT_STRING_EQUAL(shown(&f, 3), "anna");
	/* We take the name: both of her places get another one, which is told
	 * once. */
	come(&f, 7, 1, "anna");
	fixture_output(&f);
	ui_rename(f.room, "anna", 4);
	CU_ASSERT_STRING_EQUAL(shown(&f, 3), "anna~ab01");
	CU_ASSERT_STRING_EQUAL(shown(&f, 7), "anna~ab01");
	fixture_expect(&f,
	    "12:34:56 * anna is now shown as anna~ab01, to tell similar "
	    "names apart\n"
	    "12:34:56 * you are now called anna\n");
	fixture_close(&f);
}

static void
test_list(void)
{
	struct person people[PEERS_MAX];
	unsigned int here, relayed;
	struct fixture f;

	open_ready(&f, UI_PLAIN);
	people_count(&f.room->model, &here, &relayed);
	CU_ASSERT_EQUAL(here, 1);
	come(&f, 1, 1, "member10");
	come(&f, 2, 2, "member2");
	fixture_tell_place(&f, 2, 2, PEER_CONNECTING, NULL);
	come(&f, 3, 2, "member2");
	come(&f, 4, 2, "member2");
	come(&f, 5, 2, "phone");
	come(&f, 6, US, "alice");
	fixture_tell_peer(&f, 7, PEER_CONNECTING, NULL);
	CU_ASSERT_EQUAL(people_list(&f.room->model, people), 5);
	CU_ASSERT_STRING_EQUAL(people[0].p->shown, "alice");
	CU_ASSERT_TRUE(people[0].p->us);
	CU_ASSERT_EQUAL(people[0].places, 1);
	CU_ASSERT_STRING_EQUAL(people[1].p->shown, "member2");
	CU_ASSERT_TRUE(model_is_connected(people[1].p));
	CU_ASSERT_EQUAL(people[1].places, 2);
	CU_ASSERT_STRING_EQUAL(people[2].p->shown, "member10");
	CU_ASSERT_STRING_EQUAL(people[3].p->shown, "phone");
	CU_ASSERT_FALSE(people[4].p->known);
	people_count(&f.room->model, &here, &relayed);
	CU_ASSERT_EQUAL(here, 3); /* with us; the phone belongs to member2 */
	fixture_close(&f);
}

/* A person comes from one more place, and leaves it. */
static void
test_told(void)
{
	struct fixture f;

	open_ready(&f, UI_PLAIN);
	come(&f, 1, 1, "anna");
	fixture_output(&f);
	come(&f, 2, 1, "anna");
	come(&f, 3, 1, "annie");
	come(&f, 4, US, "alice");
	fixture_expect(&f,
	    "12:34:56 * anna is here from another place, too (direct, 12.3 ms)\n"
	    "12:34:56 * annie is here, the same person as anna (direct, 12.3 ms)\n"
	    "12:34:56 * you are here from another place, too (direct, 12.3 ms)\n");
	fixture_tell_place(&f, 1, 1, PEER_LEFT, NULL);
	fixture_tell_place(&f, 4, US, PEER_LEFT, NULL);
	fixture_expect(&f,
	    "12:34:56 * anna left one place (its path is dead), and is still "
	    "here\n"
	    "12:34:56 * your other place left (its path is dead)\n");
	/* It is no news if a place takes the name that the other has
	 * already. */
	come(&f, 3, 1, "anna");
	fixture_expect(&f, "");
	fixture_close(&f);
}

/* A name with another key is warned of once for each person. Ourselves are
 * never warned of, and no warning calls our own key somebody else's. */
static void
test_warned_once(void)
{
	struct ipc_known_peer k = { .fingerprint = { 0xab, 9, 0xcd } };
	struct fixture f;

	open_ready(&f, UI_JSON);
	fixture_tell(&f, IPC_KNOWN_PEER, &k, "anna", 4);
	come(&f, 1, 1, "anna");
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f), "\"key_changed\""));
	come(&f, 2, 1, "anna");
	CU_ASSERT_PTR_NULL(strstr(fixture_output(&f), "\"key_changed\""));
	CU_ASSERT_STRING_EQUAL(shown(&f, 1), "anna~ab01");
	CU_ASSERT_STRING_EQUAL(shown(&f, 2), "anna~ab01");
	/* The owner of the name has it when she is back. */
	come(&f, 3, 9, "anna");
	CU_ASSERT_STRING_EQUAL(shown(&f, 3), "anna");
	fixture_output(&f);
	come(&f, 4, US, "alice");
	CU_ASSERT_STRING_EQUAL(shown(&f, 4), "alice");
	come(&f, 5, US, "anna");
	come(&f, 6, 6, "alice");
	CU_ASSERT_STRING_EQUAL(shown(&f, 6), "alice~ab06");
	CU_ASSERT_PTR_NULL(strstr(fixture_output(&f), "\"key_changed\""));
	fixture_close(&f);
}

/* The mark belongs to the key. People are told once, programs for each id. */
static void
test_verified(void)
{
	struct ipc_verified v = { .handle = PEER(1), .verified = true };
	struct fixture f;

	for (int json = 0; json < 2; json++) {
		open_ready(&f, json ? UI_JSON : UI_PLAIN);
		come(&f, 1, 1, "anna");
		come(&f, 2, 1, "anna");
		fixture_output(&f);
		CU_ASSERT_EQUAL(fixture_tell(&f, IPC_VERIFIED, &v, NULL, 0), 0);
		CU_ASSERT_EQUAL(fixture_count(fixture_output(&f),
				    json ? "\"verified\":true" : "anna"),
		    json ? 2 : 1);
		CU_ASSERT_TRUE(model_peer(&f.room->model, PEER(2))->verified);
		fixture_close(&f);
	}
	/* Nobody can compare numbers with themselves. */
	open_ready(&f, UI_PLAIN);
	come(&f, 1, US, "alice");
	fixture_type(&f, "/verify alice\n/verify alice yes\n");
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f), " that is you, "), 2);
	fixture_expect_next(&f, IPC_NONE);
	fixture_close(&f);
}

/* Takes a private text to so many, and the key that it is for. */
static void
expect_private(struct fixture *f, uint64_t seq, uint32_t peers)
{
	const struct ipc_say_to *to;
	const struct ipc_say *say;
	struct ipc_message_in in;

	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SAY_TO);
	to = in.body;
	CU_ASSERT(to->seq == seq && to->peers == peers);
	CU_ASSERT_EQUAL(in.tail_len, peers * PEER_ID_LEN);
	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SAY);
	say = in.body;
	CU_ASSERT(say->seq == seq && say->flags == TEXT_FLAG_PRIVATE);
	CU_ASSERT_EQUAL(say->fingerprint[1], 1);
}

/* By the name of one place a text goes to all places of the key, also those
 * with another nickname. By the id of one it goes to the same person; a
 * program's text goes to that id. */
static void
test_said_to_one(void)
{
	struct ipc_undelivered u = { .seq = 1,
		.reason = UNDELIVERED_LEFT,
		.id.bytes = { 2, 0xee } };
	struct peer_id ids[3] = { { { 1, 0xee } }, { { 2, 0xee } },
		{ { 3, 0xee } } };
	struct ipc_sent sent = { .seq = 1, .peers = 3 };
	struct fixture f;

	open_ready(&f, UI_PLAIN);
	come(&f, 1, 1, "anna");
	come(&f, 2, 1, "anna");
	come(&f, 3, 1, "annie");
	come(&f, 4, 4, "bert");
	fixture_output(&f);
	fixture_type(&f, "/msg anna secret\n");
	fixture_expect(&f, "12:34:56 * to anna alone\n");
	expect_private(&f, 1, 3);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SENT, &sent, ids, sizeof(ids)), 0);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_UNDELIVERED, &u, NULL, 0), 0);
	fixture_expect(&f,
	    "12:34:56 ! not delivered to anna in one place (left): "
	    "\"secret\"\n");
	fixture_type(&f, "/msg 03ee0000 secret\n");
	expect_private(&f, 2, 3);
	fixture_expect(&f, "12:34:56 * to annie alone\n");
	fixture_close(&f);

	open_ready(&f, UI_JSON);
	come(&f, 1, 1, "anna");
	come(&f, 2, 1, "anna");
	fixture_type(&f,
	    "{\"cmd\":\"say\",\"text\":\"x\",\"to\":"
	    "\"01ee0000000000000000000000000000\"}\n");
	expect_private(&f, 1, 1);
	fixture_close(&f);
}

void
people_suite(void)
{
	CU_pSuite s = CU_add_suite("people", NULL, NULL);

	CU_add_test(s, "the order of names", test_order);
	CU_add_test(s, "names", test_names);
	CU_add_test(s, "the list", test_list);
	CU_add_test(s, "what is told", test_told);
	CU_add_test(s, "warned of once", test_warned_once);
	CU_add_test(s, "verified everywhere", test_verified);
	CU_add_test(s, "said to one person", test_said_to_one);
}
