/*
 * Who is in the room: which name each is shown by, and what cryptod may not
 * say.
 */
#include "tests/unit/ui/fixture.h"

#include "ui/trust.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void ui_model_suite(void);

static void
check_shown(struct fixture *f, uint32_t n, const char *expected)
{
	const struct peer *p = model_peer(&f->room->model, 0x1000 | n);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_STRING_EQUAL(p->shown, expected);
}

static void
join(struct fixture *f, uint32_t n, const char *nick, const char *shown)
{
	CU_ASSERT_EQUAL(fixture_tell_peer(f, n, PEER_CONNECTED, nick), 0);
	check_shown(f, n, shown);
}

static void
test_names(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	join(&f, 1, "bob", "bob");
	join(&f, 2, "Bob", "Bob~ab02");
	join(&f, 3, "bоb", "bоb~ab03");	    /* Cyrillic o */
	join(&f, 4, "alice", "alice~ab04"); /* our own */
	join(&f, 5, "AIice", "AIice~ab05");
	join(&f, 6, "carol", "carol");
	join(&f, 7, "  ca  rol ", "ca rol");
	join(&f, 8, "x\x1b[2J", "peer-ab08");
	join(&f, 9, "peer-ab08", "peer-ab08~ab09");
	/* The name stays when the others are gone, and with a new path. */
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 2, PEER_PATH, "Bob"), 0);
	check_shown(&f, 2, "Bob~ab02");
	CU_ASSERT_PTR_NULL(model_peer(&f.room->model, 0x1001));
	/* A peer that comes now is listed after those who are here. */
	join(&f, 10, "bob", "bob~ab0a");
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 6, PEER_LEFT, NULL), 0);
	join(&f, 11, "carol", "carol~ab0b"); /* not the key known by it */
	fixture_close(&f);
}

/* Nobody can have a name that is shown for somebody else. */
static void
test_names_with_suffix(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	join(&f, 1, "bob~ab02", "bob~ab02~ab01");
	join(&f, 2, "bob", "bob");
	join(&f, 3, "alice", "alice~ab03");
	join(&f, 4, "alice~ab03", "alice~ab03~ab04");
	join(&f, 5,
	    "alice\u223c"
	    "ab03",
	    "alice\u223c"
	    "ab03~ab05");
	/* The first digits are the same: as many more are shown as it takes. */
	CU_ASSERT_EQUAL(fixture_tell_place(&f, 6, 0x103, PEER_CONNECTED,
			    "alice"),
	    0);
	check_shown(&f, 6, "alice~ab03cd01");
	fixture_close(&f);
}

static void
test_peer_messages_refused(void)
{
	struct ipc_message m = { .handle = 0x1001, .seq = 1 };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_PATH, "bob"), -1);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_LEFT, NULL), -1);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTING, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_PATH, "bob"), -1);
	/* Another generation or another id has taken the peer's place. */
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 0x1001, PEER_CONNECTING, NULL),
	    0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 0x2001, PEER_CONNECTING, NULL),
	    -1);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 0x2001, PEER_CONNECTING, NULL),
	    0);
	fixture_close(&f);
}

static void
test_other_messages_refused(void)
{
	struct ipc_client_ready ready = { .port = 1 };
	struct ipc_bootnode_ready listening = { .addr.port = 1 };
	struct ipc_undelivered u = { .seq = 1 };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_BOOTNODE_READY, &listening, NULL,
			    0),
	    -1);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_CLIENT_READY, &ready, "alice", 5),
	    0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_CLIENT_READY, &ready, "alice", 5),
	    -1);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), -1);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_type(&f, "one\n");
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 2, 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 0, 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_UNDELIVERED, &u, NULL, 0), -1);
	fixture_close(&f);
	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_CLIENT_READY, &ready, "alice", 5),
	    -1);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTING, NULL), -1);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_BOOTNODE_READY, &listening, NULL,
			    0),
	    0);
	fixture_close(&f);
}

/* --- The death of cryptod ------------------------------------------------- */

static char told[256];

static void
note(void *arg, const struct peer *p)
{
	(void)arg;
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s:%u ",
	    p->shown, p->state);
}

static void
expect_told(const char *expected)
{
	CU_ASSERT_STRING_EQUAL(told, expected);
	told[0] = '\0';
}

static const struct peer *
by_id(struct fixture *f, uint32_t n)
{
	const struct peer_id id = { .bytes = { (uint8_t)n, 0xee } };

	return model_peer_by_id(&f->room->model, &id);
}

/* Who was here is on the way back until the next cryptod names them, by their
 * ids and at whatever place, or their time is over. */
static void
test_return(void)
{
	struct model *m;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	m = &f.room->model;
	join(&f, 1, "bob", "bob");
	join(&f, 2, "anna", "anna");
	join(&f, 3, "carl", "carl");
	fixture_tell_peer(&f, 2, PEER_LEFT, NULL);
	m->settling = false;
	model_cryptod_gone(m, note, NULL);
	expect_told("bob:0 carl:0 ");
	CU_ASSERT_TRUE(m->settling);
	CU_ASSERT_PTR_NULL(model_peer(m, 0x1001));
	CU_ASSERT_TRUE(by_id(&f, 1)->present);
	CU_ASSERT_FALSE(by_id(&f, 2)->present);
	CU_ASSERT_EQUAL(by_id(&f, 3)->state, PEER_CONNECTING);
	/* It may die again meanwhile. */
	model_cryptod_gone(m, note, NULL);
	expect_told("");
	CU_ASSERT_EQUAL(fixture_tell_place(&f, 1, 1, PEER_CONNECTING, NULL), 0);
	check_shown(&f, 1, "bob");
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	model_not_returned(m, note, NULL);
	expect_told("carl:4 ");
	CU_ASSERT_EQUAL(by_id(&f, 3)->left, LEFT_NOT_BACK);
	CU_ASSERT_FALSE(by_id(&f, 3)->present);
	CU_ASSERT_TRUE(by_id(&f, 1)->present);
	model_not_returned(m, note, NULL);
	expect_told("");
	/* Too late: somebody of that id has yet to tell a name. */
	fixture_tell_peer(&f, 3, PEER_CONNECTING, NULL);
	check_shown(&f, 3, "peer-03ee0000000000000000000000000000");
	fixture_close(&f);
}

/* In whatever order they come. */
static void
test_return_all(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	join(&f, 1, "bob", "bob");
	join(&f, 2, "anna", "anna");
	join(&f, 3, "carl", "carl");
	model_cryptod_gone(&f.room->model, note, NULL);
	fixture_tell_peer(&f, 3, PEER_CONNECTING, NULL);
	fixture_tell_peer(&f, 1, PEER_CONNECTING, NULL);
	fixture_tell_peer(&f, 2, PEER_CONNECTING, NULL);
	check_shown(&f, 1, "bob");
	check_shown(&f, 2, "anna");
	check_shown(&f, 3, "carl");
	told[0] = '\0';
	model_not_returned(&f.room->model, note, NULL);
	expect_told("");
	fixture_close(&f);
}

/* Of somebody in two places one is not back first: they are still here then. */
static void
test_two_places(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	fixture_tell_place(&f, 1, 1, PEER_CONNECTED, "bob");
	fixture_tell_place(&f, 2, 1, PEER_CONNECTED, "bob");
	ui_cryptod_gone(f.room);
	fixture_output(&f);
	f.ui->now += UI_RETURN_TIME;
	ui_work(f.ui);
	fixture_expect(&f,
	    "12:34:56 * bob left one place (it did not come back), and is "
	    "still here\n"
	    "12:34:56 * bob left (it did not come back)\n");
	fixture_close(&f);
}

static void
expect_others(struct fixture *f, unsigned int first, unsigned int second,
    unsigned int third)
{
	CU_ASSERT_EQUAL(by_id(f, 1)->others, first);
	CU_ASSERT_EQUAL(by_id(f, 2)->others, second);
	CU_ASSERT_EQUAL(by_id(f, 3)->others, third);
}

/* Each place of a key has a number of other places that are here, and so does
 * one that has left. */
static void
test_other_places(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	for (uint32_t n = 1; n <= 3; n++)
		fixture_tell_place(&f, n, 1, PEER_CONNECTED, "bob");
	join(&f, 4, "anna", "anna");
	expect_others(&f, 2, 2, 2);
	CU_ASSERT_EQUAL(by_id(&f, 4)->others, 0);
	fixture_tell_place(&f, 2, 1, PEER_LEFT, NULL);
	expect_others(&f, 1, 2, 1);
	fixture_tell_place(&f, 1, 1, PEER_LEFT, NULL);
	expect_others(&f, 1, 2, 0);
	fixture_tell_place(&f, 3, 1, PEER_LEFT, NULL);
	expect_others(&f, 1, 2, 0);
	fixture_close(&f);
}

/* The first of two deaths leaves bob where the second one finds anna. */
static void
test_two_deaths(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	join(&f, 1, "bob", "bob");
	model_cryptod_gone(&f.room->model, note, NULL);
	join(&f, 2, "anna", "anna");
	model_cryptod_gone(&f.room->model, note, NULL);
	told[0] = '\0';
	model_not_returned(&f.room->model, note, NULL);
	expect_told("bob:4 anna:4 ");
	fixture_close(&f);
}

/* The upper half of the places is for those who are on the way back. */
static void
test_places(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, PEERS_MAX / 2 - 1,
			    PEER_CONNECTING, NULL),
	    0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, PEERS_MAX / 2, PEER_CONNECTING,
			    NULL),
	    -1);
	fixture_close(&f);
}

/* --- Questions ------------------------------------------------------------ */

/* Is anybody here whose name is yet to come? */
static void
test_naming(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	CU_ASSERT_FALSE(model_is_naming(&f.room->model));
	fixture_tell_peer(&f, 1, PEER_CONNECTING, NULL);
	CU_ASSERT_TRUE(model_is_naming(&f.room->model));
	fixture_tell_peer(&f, 1, PEER_FAILED, NULL);
	CU_ASSERT_FALSE(model_is_naming(&f.room->model));
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	fixture_tell_peer(&f, 1, PEER_CONNECTING, NULL);
	CU_ASSERT_FALSE(model_is_naming(&f.room->model));
	fixture_tell_peer(&f, 2, PEER_CONNECTING, NULL);
	fixture_tell_peer(&f, 2, PEER_LEFT, NULL);
	CU_ASSERT_FALSE(model_is_naming(&f.room->model));
	fixture_close(&f);
}

/* Whoever has an id now comes before those who had it. */
static void
test_by_id(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	CU_ASSERT_PTR_NULL(by_id(&f, 1));
	join(&f, 1, "bob", "bob");
	fixture_tell_peer(&f, 1, PEER_LEFT, NULL);
	CU_ASSERT_STRING_EQUAL(by_id(&f, 1)->shown, "bob");
	/* The same id at another place, before and after. */
	for (uint32_t place = 0; place <= 2; place += 2) {
		struct ipc_peer_state s = { .handle = 0x1000 | place,
			.state = PEER_CONNECTING,
			.id.bytes = { 1, 0xee } };

		CU_ASSERT_EQUAL(fixture_tell(&f, IPC_PEER, &s, NULL, 0), 0);
		CU_ASSERT_TRUE(by_id(&f, 1)->present);
		CU_ASSERT_EQUAL(by_id(&f, 1)->handle, 0x1000 | place);
		s.state = PEER_LEFT;
		s.left = LEFT_GOODBYE;
		CU_ASSERT_EQUAL(fixture_tell(&f, IPC_PEER, &s, NULL, 0), 0);
	}
	fixture_close(&f);
}

/* What the peer was shown by is what can be renamed: its own nickname, or one
 * that only looks like ours. */
static void
note_renamed(void *arg, const struct peer *p, const char *before)
{
	(void)arg;
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s>%s ",
	    before, p->shown);
}

static void
rename_us(struct fixture *f, const char *nick)
{
	char own[NICK_MAX + 1] = "";

	strcpy(own, nick);
	model_rename(&f->room->model, own, note_renamed, NULL);
}

static void
test_our_name(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	told[0] = '\0';
	join(&f, 1, "bob", "bob");
	join(&f, 2, "Alice", "Alice~ab02");
	join(&f, 3, "carl", "carl");
	rename_us(&f, "dora");
	expect_told("Alice~ab02>Alice ");
	CU_ASSERT_STRING_EQUAL(f.room->model.own, "dora");
	CU_ASSERT_TRUE(f.room->model.renamed);
	rename_us(&f, "b0b");
	expect_told("bob>bob~ab01 ");
	rename_us(&f, "carl");
	expect_told("bob~ab01>bob carl>carl~ab03 ");
	/* Who has left keeps the name by which they were known. */
	fixture_tell_peer(&f, 1, PEER_LEFT, NULL);
	rename_us(&f, "bob");
	expect_told("carl~ab03>carl ");
	CU_ASSERT_STRING_EQUAL(by_id(&f, 1)->shown, "bob");
	fixture_close(&f);
}

/* Names that are as long as can be, with all digits of a key, and ours. */
static void
test_longest(void)
{
	static const char longest[] = "\U00010400\U00010400\U00010400"
				      "\U00010400\U00010400\U00010400"
				      "\U00010400\U00010400\U00010400"
				      "\U00010400\U00010400\U00010400"
				      "\U00010400\U00010400\U00010400"
				      "\U00010400\U00010400\U00010400"
				      "\U00010400\U00010400\U00010400"
				      "\U00010400\U00010400\U00010400"
				      "\U00010400\U00010400\U00010400"
				      "\U00010400\U00010400\U00010400"
				      "\U00010400\U00010400";
	char expected[NICK_SHOWN_MAX];
	struct fixture f;

	CU_ASSERT_EQUAL(strlen(longest), NICK_MAX);
	snprintf(expected, sizeof(expected), "%s~ab02", longest);
	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	join(&f, 1, longest, longest);
	join(&f, 2, longest, expected);
	fixture_tell_peer(&f, 1, PEER_LEFT, NULL);
	fixture_output(&f);
	CU_ASSERT_EQUAL(ui_rename(f.room, longest, NICK_MAX), 0);
	CU_ASSERT_STRING_EQUAL(f.room->model.own, longest);
	CU_ASSERT_EQUAL(ui_rename(f.room, "alice", 5), 0);
	fixture_close(&f);
}

void
ui_model_suite(void)
{
	CU_pSuite s = CU_add_suite("ui model", NULL, NULL);

	CU_add_test(s, "names of peers", test_names);
	CU_add_test(s, "names with a suffix", test_names_with_suffix);
	CU_add_test(s, "peers: what is refused", test_peer_messages_refused);
	CU_add_test(s, "others: what is refused", test_other_messages_refused);
	CU_add_test(s, "who is on the way back", test_return);
	CU_add_test(s, "all are back", test_return_all);
	CU_add_test(s, "one place is not back", test_two_places);
	CU_add_test(s, "other places", test_other_places);
	CU_add_test(s, "cryptod dies twice", test_two_deaths);
	CU_add_test(s, "places", test_places);
	CU_add_test(s, "names that are yet to come", test_naming);
	CU_add_test(s, "who has an id", test_by_id);
	CU_add_test(s, "another name of ours", test_our_name);
	CU_add_test(s, "the longest names", test_longest);
}
