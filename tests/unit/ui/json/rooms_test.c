/*
 * Rooms in the json view (ui/json/room.c): joining them, and which one a
 * command is for.
 */
#include "tests/unit/ipc_pair.h"
#include "tests/unit/ui/launcher_end.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void json_rooms_suite(void);

#define STAMP "\"time\":\"" FIXTURE_UTC "\","

static void
test_json_namesakes(void)
{
	struct ipc_channel cryptod, other;
	struct room *first, *second;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	first = launcher_open_at(&f, 1, false, "garden", "b:1");
	second = launcher_open_at(&f, 2, true, "garden", "c:1");
	ipc_pair(&first->cryptod, ROLE_UI, &other, ROLE_CRYPTOD);
	ipc_pair(&second->cryptod, ROLE_UI, &cryptod, ROLE_CRYPTOD);
	fixture_expect(&f,
	    "{\"event\":\"room\"," STAMP "\"room\":\"garden\",\"state\":"
	    "\"opened\",\"bootnode\":\"b:1\"}\n"
	    "{\"event\":\"room\"," STAMP "\"room\":\"garden at c:1\","
	    "\"state\":\"opened\",\"bootnode\":\"c:1\"}\n");
	fixture_type(&f,
	    "{\"cmd\":\"say\",\"room\":\"garden at c:1\",\"text\":\"a\"}\n");
	fixture_expect_on(&cryptod, IPC_SAY);
	fixture_type(&f,
	    "{\"cmd\":\"say\",\"room\":\"garden\",\"text\":\"b\"}\n");
	fixture_expect_on(&other, IPC_SAY);
	fixture_expect_on(&cryptod, IPC_NONE);
	fixture_shut(second, &cryptod);
	fixture_shut(first, &other);
	fixture_close(&f);
}

static void
test_json_join(void)
{
	struct ipc_room_open open;
	struct room *garden;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	fixture_type(&f,
	    "{\"cmd\":\"join\",\"room\":\"garden\",\"bootnode\":\"b\","
	    "\"passphrase\":\"sesame\"}\n");
	open = launcher_expect_open(&f, "b", "garden");
	CU_ASSERT_EQUAL(open.secret, SECRET_PASSPHRASE);
	garden =
	    launcher_open_as(&f, 1, open.ticket, SECRET_PASSPHRASE, "garden");
	fixture_expect(&f,
	    "{\"event\":\"room\"," STAMP "\"room\":\"garden\",\"state\":"
	    "\"opened\",\"bootnode\":\"b.example:9595\"}\n");
	CU_ASSERT(garden->secret.len == 6 &&
	    memcmp(garden->secret.bytes, "sesame", 6) == 0);
	fixture_type(&f, "{\"cmd\":\"say\",\"text\":\"to the first\"}\n");
	fixture_expect_say(&f, 1, "to the first");
	CU_ASSERT_EQUAL(open.remember, 0);
	fixture_type(&f,
	    "{\"cmd\":\"join\",\"room\":\"garden\",\"remember\":true}\n");
	open = launcher_expect_open(&f, "", "garden");
	CU_ASSERT_EQUAL(open.secret, SECRET_NONE);
	CU_ASSERT_EQUAL(open.remember, 1);
	fixture_close(&f);
}

static void
test_json_identity(void)
{
	struct ipc_room room = { .room = 1,
		.state = ROOM_OPENED,
		.identity = "work" };
	struct ipc_room_open open;
	struct room *closed;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	fixture_type(&f,
	    "{\"cmd\":\"join\",\"room\":\"garden\",\"identity\":\"work\"}\n");
	open = launcher_expect_open(&f, "", "garden");
	CU_ASSERT_STRING_EQUAL(open.identity, "work");
	room.ticket = open.ticket;
	launcher_tell(&f, room, "b:1", "garden", &closed);
	fixture_expect(&f,
	    "{\"event\":\"room\"," STAMP "\"room\":\"garden\",\"state\":"
	    "\"opened\",\"bootnode\":\"b:1\",\"identity\":\"work\"}\n");
	fixture_close(&f);
}

static void
test_json_wrong(void)
{
	static const struct {
		const char *line, *error;
	} cases[] = {
		{ "{\"cmd\":\"join\"}",
		    "\\\"join\\\" needs \\\"room\\\" or \\\"invite\\\", a "
		    "string; nothing done" },
		{ "{\"cmd\":\"join\",\"room\":3}",
		    "\\\"room\\\" is not a string; nothing done" },
		{ "{\"cmd\":\"join\",\"room\":\"a\",\"bootnode\":[]}",
		    "\\\"bootnode\\\" is not a string; nothing done" },
		{ "{\"cmd\":\"join\",\"room\":\"gochat://b/r#secret\"}",
		    "that is an invite, not the name of a room: give it as "
		    "\\\"invite\\\"" },
		{ "{\"cmd\":\"join\",\"room\":\"a\",\"invite\":\"gochat://\"}",
		    "\\\"invite\\\" has the room and its bootnode in it; "
		    "nothing done" },
		{ "{\"cmd\":\"join\",\"room\":\"a\",\"remember\":1}",
		    "\\\"remember\\\" is not true or false; nothing done" },
		{ "{\"cmd\":\"join\",\"room\":\"a\",\"identity\":null}",
		    "\\\"identity\\\" is not a string; nothing done" },
		{ "{\"cmd\":\"join\",\"room\":\"a\",\"identity\":\"a b\"}",
		    "\\\"a b\\\" is not a valid name of an identity: it has 1 "
		    "to 32 of A-Z, a-z, 0-9, - and _" },
		{ "{\"cmd\":\"join\",\"room\":\"a\",\"passphrase\":\" \"}",
		    "the passphrase is refused: it begins with a blank; "
		    "nothing done" },
		{ "{\"cmd\":\"say\",\"room\":\"x\",\"text\":\"a\"}",
		    "you are in no room called x" },
		/* A number is a name: that room may be closed by now. */
		{ "{\"cmd\":\"say\",\"room\":\"1\",\"text\":\"a\"}",
		    "you are in no room called 1" },
		{ "{\"cmd\":\"say\",\"room\":1,\"text\":\"a\"}",
		    "\\\"room\\\" is not a string; nothing done" },
		{ "{\"cmd\":\"part\"}",
		    "this is the only room that you are in; /quit leaves "
		    "gochat" },
	};
	char line[256], expected[512];
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(line, sizeof(line), "%s\n", cases[i].line);
		fixture_type(&f, line);
		snprintf(expected, sizeof(expected),
		    "{\"event\":\"error\"," STAMP
		    "\"room\":\"r\\\"om\",\"text\":\"line %zu: %s\"}\n",
		    i + 1, cases[i].error);
		fixture_expect(&f, expected);
	}
	launcher_expect_nothing(&f);
	fixture_close(&f);
}

/* A command is for the room that it names, else for the first. */
static void
test_json_room(void)
{
	struct ipc_channel cryptod;
	struct room *other;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	other = fixture_open_room(&f, 2, "other", &cryptod);
	fixture_type(&f,
	    "{\"cmd\":\"say\",\"room\":\"other\",\"text\":\"a\"}\n"
	    "{\"cmd\":\"say\",\"text\":\"b\"}\n");
	fixture_expect_on(&cryptod, IPC_SAY);
	fixture_expect_on(&cryptod, IPC_NONE);
	fixture_expect_say(&f, 1, "b");
	fixture_expect_next(&f, IPC_NONE);
	fixture_type(&f, "{\"cmd\":\"part\",\"room\":\"other\"}\n");
	fixture_expect_on(&cryptod, IPC_QUIT);
	/* Another one does not take the first one's place. */
	fixture_output(&f);
	f.ui->first = NULL;
	fixture_type(&f,
	    "{\"cmd\":\"say\",\"text\":\"a\"}\n"
	    "{\"cmd\":\"say\",\"text\":\"\\u0061\"}\n");
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f),
			    "the first room is closed"),
	    2);
	fixture_expect_next(&f, IPC_NONE);
	fixture_shut(other, &cryptod);
	fixture_close(&f);
}

/* Which room a line is for is in it: it is obeyed as it was read for that. */
static void
test_json_read_once(void)
{
	struct ipc_channel cryptod;
	struct room *other;
	struct fixture f;
	struct view view;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	view = *f.ui->view;
	view.line = NULL;
	f.ui->view = &view;
	other = fixture_open_room(&f, 2, "other", &cryptod);
	fixture_type(&f,
	    "{\"cmd\":\"say\",\"text\":\"simple\"}\n"
	    "{\"text\":\"b\",\"cmd\":\"say\",\"room\":\"other\"}\n"
	    "{\"cmd\":\"say\"\n");
	fixture_expect_say(&f, 1, "simple");
	fixture_expect_next(&f, IPC_NONE);
	fixture_expect_on(&cryptod, IPC_SAY);
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f),
			    "line 3: the line is not JSON"),
	    1);
	fixture_shut(other, &cryptod);
	fixture_close(&f);
}

/* Lines for a room that takes none wait, and others pass them. */
static void
test_json_waits(void)
{
	struct ipc_channel cryptod;
	struct room *other;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	other = fixture_open_room(&f, 2, "other", &cryptod);
	while (!said_full(&other->said))
		said_hold(&other->said, 0, NULL, 0, NULL, "x", 1);
	fixture_type(&f,
	    "{\"cmd\":\"say\",\"room\":\"other\",\"text\":\"waits\"}\n"
	    "{\"cmd\":\"say\",\"room\":\"other\",\"text\":\"waits\"}\n"
	    "{\"cmd\":\"say\",\"text\":\"passes\"}\n");
	fixture_expect_say(&f, 1, "passes");
	CU_ASSERT_EQUAL(f.ui->turns.count, 2);
	CU_ASSERT_EQUAL(f.ui->turns.queued[2], 2);
	fixture_shut(other, &cryptod);
	fixture_close(&f);
}

void
json_rooms_suite(void)
{
	CU_pSuite s = CU_add_suite("json_rooms", NULL, NULL);

	CU_add_test(s, "json: rooms of one name", test_json_namesakes);
	CU_add_test(s, "join in json", test_json_join);
	CU_add_test(s, "json: an identity", test_json_identity);
	CU_add_test(s, "what json refuses", test_json_wrong);
	CU_add_test(s, "the room of a command", test_json_room);
	CU_add_test(s, "a line is read once", test_json_read_once);
	CU_add_test(s, "a room that takes nothing", test_json_waits);
}
