/*
 * /join: which room it asks the launcher for, what is made of the answer, and
 * where the room's secret goes.
 */
#include "tests/unit/ipc_pair.h"
#include "tests/unit/ui/launcher_end.h"
#include "tests/unit/ui/talk.h"

#include "ui/rooms.h"

#include "common/invite.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void command_join_suite(void);

static void
test_join(void)
{
	static const struct {
		const char *line, *bootnode, *name, *identity;
	} cases[] = {
		{ "/join garden", "", "garden", "" },
		{ "/join \"big garden\"", "", "big garden", "" },
		{ "/join garden at b.example:99", "b.example:99", "garden",
		    "" },
		{ "/join look AT  b", "b", "look", "" },
		{ "/join \"look at b\"", "", "look at b", "" },
		{ "/join \"a \\\"b\\\"\" at c", "c", "a \"b\"", "" },
		{ "/join \"at\" at b", "b", "at", "" },
		{ "/join garden as work", "", "garden", "work" },
		{ "/join garden at b as work-2", "b", "garden", "work-2" },
		{ "/join garden as work at b", "b", "garden", "work" },
		{ "/join \"as\" as as", "", "as", "as" },
	};
	struct ipc_room_open open;
	struct fixture f;

	talk_open(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_command(&f, cases[i].line);
		open =
		    launcher_expect_open(&f, cases[i].bootnode, cases[i].name);
		CU_ASSERT_EQUAL(open.ticket, i + 1);
		CU_ASSERT_EQUAL(open.secret, SECRET_NONE);
		CU_ASSERT_EQUAL(open.pinned, 0);
		CU_ASSERT_STRING_EQUAL(open.identity, cases[i].identity);
	}
	fixture_expect(&f, "");
	fixture_close(&f);
}

#define USAGE "usage: /join ROOM [at BOOTNODE] [as NAME]"

static void
test_join_wrong(void)
{
	static const char *const cases[][2] = {
		{ "/join", USAGE },
		{ "/join \"a", USAGE },
		{ "/join \"a\"b", USAGE },
		{ "/join \"a\" b", USAGE },
		{ "/join a at b c", USAGE },
		{ "/join a at b at c", USAGE },
		{ "/join a as b as c", USAGE },
		{ "/join garden party",
		    "a name with blanks has to be in quotes: /join \"garden "
		    "party\"" },
		{ "/join my  \"big\" garden at b as c",
		    "a name with blanks has to be in quotes: /join \"my  "
		    "\\\"big\\\" garden\"" },
		{ "/join garden at",
		    "the bootnode is missing after at, for example: /join "
		    "garden at chat.example.org" },
		{ "/join garden as work at",
		    "the bootnode is missing after at, for example: /join "
		    "garden at chat.example.org" },
		{ "/join garden as",
		    "the identity's name is missing after as, for example: "
		    "/join garden as work" },
		{ "/join at",
		    "the room's name is missing before at; put a name that is "
		    "the word at in quotes" },
		{ "/join As b",
		    "the room's name is missing before As; put a name that is "
		    "the word As in quotes" },
		{ "/join \" a\"",
		    "\" a\" is not a valid room name: it begins with a blank" },
		{ "/join \"gochat://b/r#secret\"",
		    "that is an invite, not the name of a room: give it to "
		    "/join without quotes" },
		{ "/join a at http://b",
		    "\"http://b\" is not a valid bootnode: give HOST or "
		    "HOST:PORT" },
		{ "/join a at b:0",
		    "\"b:0\" is not a valid bootnode: give HOST or HOST:PORT" },
		{ "/join a at b,,c",
		    "\"b,,c\" is not a valid bootnode: entry 2 is empty; give "
		    "HOST or HOST:PORT, or several with commas" },
		{ "/join a at b,c:1,c:1",
		    "\"b,c:1,c:1\" is not a valid bootnode: entry 3, c:1, is "
		    "there twice; give HOST or HOST:PORT, or several with "
		    "commas" },
		{ "/join a as ../b",
		    "\"../b\" is not a valid name of an identity: it has 1 to "
		    "32 of A-Z, a-z, 0-9, - and _" },
		{ "/join a as 012345678901234567890123456789012",
		    "\"012345678901234567890123456789012\" is not a valid name "
		    "of an identity: it has 1 to 32 of A-Z, a-z, 0-9, - and "
		    "_" },
	};
	char line[400] = "/join ";
	struct fixture f;

	talk_open(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		talk_expect_error(&f, cases[i][0], cases[i][1]);
	memset(line + 6, 'x', ROOM_MAX + 1);
	talk_expect_error(&f, line,
	    "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…\" is not a valid "
	    "room name: it is too long");
	launcher_expect_nothing(&f);
	fixture_close(&f);
}

/* Answers of the launcher are awaited for as many rooms as there can be. */
static void
test_too_many(void)
{
	struct fixture f;

	talk_open(&f);
	for (int i = 0; i < ROOMS_MAX; i++) {
		fixture_command(&f, "/join a");
		launcher_expect_open(&f, "", "a");
	}
	talk_expect_error(&f, "/join a", "too many rooms are being opened");
	launcher_expect_nothing(&f);
	fixture_close(&f);
}

static void
test_opened(void)
{
	struct ipc_room_open open;
	struct room *garden;
	struct fixture f;

	talk_open(&f);
	fixture_command(&f, "/join garden");
	open = launcher_expect_open(&f, "", "garden");
	garden = launcher_open_as(&f, 1, open.ticket, SECRET_NONE, "garden");
	CU_ASSERT_PTR_EQUAL(f.ui->front, garden);
	CU_ASSERT_STRING_EQUAL(garden->model.room, "garden");
	CU_ASSERT_STRING_EQUAL(garden->bootnode, "b.example:9595");
	CU_ASSERT_STRING_EQUAL(garden->model.own, "alice");
	fixture_expect(&f,
	    "12:34:56 [garden] * room garden is open, at bootnode "
	    "b.example:9595\n"
	    "12:34:56 [garden] * /remember opens this room at each start of "
	    "gochat without --room\n"
	    "12:34:56 [garden] * what you type goes to this room now\n");
	/* The ticket is used up. */
	CU_ASSERT_EQUAL(f.ui->asked[0].ticket, 0);
	/* A room that nobody asked for, of the start, does not come to the
	 * front; its name may be known later. */
	launcher_open_as(&f, 2, 0, SECRET_NONE, "");
	CU_ASSERT_PTR_EQUAL(f.ui->front, garden);
	fixture_expect(&f, "");
	launcher_open_as(&f, 2, 0, SECRET_NONE, "attic");
	CU_ASSERT_PTR_EQUAL(f.ui->front, garden);
	fixture_expect(&f,
	    "12:34:56 [attic] * room attic is open, at bootnode "
	    "b.example:9595\n");
	fixture_close(&f);
}

static void
test_refused(void)
{
	static const char *const texts[ROOM_REFUSAL_COUNT] = {
		[ROOM_TOO_MANY] =
		    "gochat can be in at most 16 rooms; leave one with /part",
		[ROOM_BAD_NAME] = "not a valid room name",
		[ROOM_BAD_BOOTNODE] =
		    "not a valid bootnode: give HOST or HOST:PORT",
		[ROOM_NO_BOOTNODE] =
		    "no other room is open whose bootnode it could have; name "
		    "one, as in /join ROOM at HOST",
		[ROOM_NO_KEY] = "the key of its bootnode could not be looked "
				"up; the log says why",
		[ROOM_IS_OPEN] = "gochat is in a room of that name at that "
				 "bootnode already, or still leaving it; "
				 "/part leaves it",
		[ROOM_NO_PROCESS] = "its processes could not be started; the "
				    "log says why",
	};
	char expected[256];
	struct room *closed;
	struct fixture f;

	talk_open(&f);
	for (unsigned int i = 1; i < ROOM_REFUSAL_COUNT; i++) {
		struct ipc_room room = { .state = ROOM_REFUSED,
			.reason = (uint8_t)i };

		fixture_command(&f, "/join garden");
		room.ticket = launcher_expect_open(&f, "", "garden").ticket;
		CU_ASSERT_EQUAL(launcher_tell(&f, room, "", "", &closed), 0);
		snprintf(expected, sizeof(expected),
		    TALK_ERROR "garden was not joined: %s\n", texts[i]);
		fixture_expect(&f, expected);
		/* Once is enough. */
		CU_ASSERT_EQUAL(launcher_tell(&f, room, "", "", &closed), -1);
	}
	fixture_close(&f);
}

static void
make_invite(char text[INVITE_TEXT_MAX + 1])
{
	struct invite invite = { .bootnode = "b.example:9595",
		.room = "garden",
		.key = { 1, 2, 3 },
		.secret = "0123456789abcde" };

	invite_format(text, &invite);
}

/* Asserts that ui sends this secret to the other end of that channel. */
static void
expect_secret(struct ipc_channel *ch, enum secret_kind kind, const char *secret,
    size_t len)
{
	const struct ipc_secret *body;
	struct ipc_message_in in;

	CU_ASSERT_EQUAL_FATAL(ipc_receive(ch, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_SECRET);
	body = in.body;
	CU_ASSERT_EQUAL(body->kind, kind);
	CU_ASSERT(in.tail_len == len && memcmp(in.tail, secret, len) == 0);
}

/* The secret of an invite goes to the cryptod that asks for it, once there is
 * one, and ui keeps it no longer than that has it. */
static void
test_invite(void)
{
	const uint8_t key[X25519_LEN] = { 1, 2, 3 };
	char line[INVITE_TEXT_MAX + 8] = "/join ";
	struct ipc_client_ready ready = { .port = 4545 };
	struct ipc_channel cryptod;
	struct ipc_room_open open;
	struct room *garden;
	struct fixture f;

	talk_open(&f);
	make_invite(line + 6);
	fixture_command(&f, line);
	open = launcher_expect_open(&f, "b.example:9595", "garden");
	CU_ASSERT_EQUAL(open.secret, SECRET_INVITE);
	CU_ASSERT_EQUAL(open.pinned, 1);
	CU_ASSERT_EQUAL(memcmp(open.boot_key, key, sizeof(key)), 0);
	garden = launcher_open_as(&f, 4, open.ticket, SECRET_INVITE, "garden");
	ipc_pair(&garden->cryptod, ROLE_UI, &cryptod, ROLE_CRYPTOD);
	f.room = garden;
	for (int i = 0; i < 2; i++) { /* one of them dies */
		CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SECRET_WANTED, NULL, NULL,
				    0),
		    0);
		expect_secret(&cryptod, SECRET_INVITE, "0123456789abcde",
		    INVITE_SECRET_LEN);
	}
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_CLIENT_READY, &ready, "alice", 5),
	    0);
	CU_ASSERT_EQUAL(garden->secret.len, 0);
	fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SECRET_WANTED, NULL, NULL, 0), 0);
	fixture_expect(&f,
	    "12:34:56 [garden] ! the secret of this room is not known any "
	    "more; /part and /join it again\n");
	f.room = f.ui->first;
	fixture_shut(garden, &cryptod);
	f.ui->front = f.ui->first;
	fixture_close(&f);
}

static void
test_invite_identity(void)
{
	char line[INVITE_TEXT_MAX + 16] = "/join ";
	struct ipc_room_open open;
	struct fixture f;

	talk_open(&f);
	make_invite(line + 6);
	strcat(line, " As work");
	fixture_command(&f, line);
	open = launcher_expect_open(&f, "b.example:9595", "garden");
	CU_ASSERT_STRING_EQUAL(open.identity, "work");
	CU_ASSERT_EQUAL(open.secret, SECRET_INVITE);
	strcat(line, "/");
	talk_expect_error(&f, line,
	    "\"work/\" is not a valid name of an identity: it has 1 to 32 of "
	    "A-Z, a-z, 0-9, - and _");
	launcher_expect_nothing(&f);
	fixture_close(&f);
}

static void
test_damaged_invite(void)
{
	char line[INVITE_TEXT_MAX + 8] = "/join ";
	const char *out;
	struct fixture f;

	talk_open(&f);
	make_invite(line + 6);
	line[strlen(line) - 1] ^= 1;
	fixture_command(&f, line);
	out = fixture_output(&f);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, TALK_ERROR "the invite "));
	CU_ASSERT_PTR_NULL(strstr(out, line + 6));
	/* It is not said by mistake. */
	talk_expect_error(&f, "gochat://x#y",
	    "not sent, because it is an invite, with its secret: /join before "
	    "it opens its room, and /say before it sends it as it is");
	talk_expect_said(&f, "/say gochat://x#y", 1, "gochat://x#y");
	talk_expect_error(&f, "/join gochat://",
	    "the invite has no bootnode's address between gochat:// and /: see character 10");
	launcher_expect_nothing(&f);
	fixture_close(&f);
}

static char asked_for[64];

static void
ask_secret(struct ui *ui, const char *name, const char *bootnode)
{
	(void)ui;
	snprintf(asked_for, sizeof(asked_for), "%s at %s", name, bootnode);
}

/* Opens a fixture whose view asks for a passphrase, and joins garden. */
static void
open_asking(struct fixture *f, struct view *view)
{
	talk_open(f);
	*view = view_plain;
	view->ask_secret = ask_secret;
	f->ui->view = view;
	fixture_command(f, "/join garden at b.example");
	CU_ASSERT_STRING_EQUAL(asked_for, "garden at b.example");
	launcher_expect_nothing(f);
}

static void
test_passphrase(void)
{
	struct ipc_channel cryptod;
	struct ipc_room_open open;
	struct room *garden;
	struct fixture f;
	struct view view;

	open_asking(&f, &view);
	/* A wide space is one in the form that all people have. */
	rooms_secret(f.ui, "open\xe3\x80\x80sesame", 13);
	open = launcher_expect_open(&f, "b.example", "garden");
	CU_ASSERT_EQUAL(open.secret, SECRET_PASSPHRASE);
	garden =
	    launcher_open_as(&f, 1, open.ticket, SECRET_PASSPHRASE, "garden");
	ipc_pair(&garden->cryptod, ROLE_UI, &cryptod, ROLE_CRYPTOD);
	f.room = garden;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SECRET_WANTED, NULL, NULL, 0), 0);
	expect_secret(&cryptod, SECRET_PASSPHRASE, "open sesame", 11);
	f.room = f.ui->first;
	fixture_shut(garden, &cryptod);
	f.ui->front = f.ui->first;
	fixture_close(&f);
}

static void
test_no_passphrase(void)
{
	struct fixture f;
	struct view view;

	open_asking(&f, &view);
	rooms_secret(f.ui, "", 0);
	CU_ASSERT_EQUAL(launcher_expect_open(&f, "b.example", "garden").secret,
	    SECRET_NONE);
	/* That was the answer. */
	rooms_secret(f.ui, "", 0);
	launcher_expect_nothing(&f);
	fixture_command(&f, "/join garden at b.example");
	rooms_secret(f.ui, NULL, 0);
	launcher_expect_nothing(&f);
	fixture_expect(&f, "");
	/* The bootnode is the first room's if none is named. */
	fixture_command(&f, "/join cellar as work");
	CU_ASSERT_STRING_EQUAL(asked_for, "cellar at ");
	snprintf(f.room->bootnode, sizeof(f.room->bootnode), "c.example:1");
	fixture_command(&f, "/join cellar as work");
	CU_ASSERT_STRING_EQUAL(asked_for, "cellar at c.example:1");
	rooms_secret(f.ui, "", 0);
	CU_ASSERT_STRING_EQUAL(launcher_expect_open(&f, "", "cellar").identity,
	    "work");
	/* What is wrong is told before that. */
	talk_expect_error(&f, "/join attic at b:x",
	    "\"b:x\" is not a valid bootnode: give HOST or HOST:PORT");
	CU_ASSERT_STRING_EQUAL(asked_for, "cellar at c.example:1");
	fixture_command(&f, "/join garden at b.example");
	rooms_secret(f.ui, " x", 2);
	launcher_expect_nothing(&f);
	fixture_expect(&f,
	    TALK_ERROR "the passphrase is refused: it begins with a blank; the "
		       "room was not joined\n");
	fixture_close(&f);
}

/* What follows /join in a pipe is for the room that it opens. */
static void
test_behind_join(void)
{
	struct ipc_room_open open;
	struct ipc_channel cryptod;
	struct room *garden;
	struct fixture f;

	talk_open(&f);
	fixture_type(&f, "/join garden\nhello garden\n");
	open = launcher_expect_open(&f, "", "garden");
	fixture_expect_next(&f, IPC_NONE);
	garden = launcher_open_as(&f, 1, open.ticket, SECRET_NONE, "garden");
	ipc_pair(&garden->cryptod, ROLE_UI, &cryptod, ROLE_CRYPTOD);
	ui_work(f.ui);
	fixture_expect_on(&cryptod, IPC_SAY);
	fixture_expect_next(&f, IPC_NONE);
	f.ui->front = f.room;
	fixture_shut(garden, &cryptod);
	/* A room that is refused is not waited for. */
	fixture_type(&f, "/join attic\nstill here\n");
	open = launcher_expect_open(&f, "", "attic");
	launcher_tell(&f,
	    (struct ipc_room){ .ticket = open.ticket,
		.state = ROOM_REFUSED,
		.reason = ROOM_BAD_NAME },
	    "", "", &(struct room *){ NULL });
	ui_work(f.ui);
	fixture_expect_say(&f, 1, "still here");
	fixture_close(&f);
}

void
command_join_suite(void)
{
	CU_pSuite s = CU_add_suite("command_join", NULL, NULL);

	CU_add_test(s, "what /join asks for", test_join);
	CU_add_test(s, "what it does not", test_join_wrong);
	CU_add_test(s, "too many at once", test_too_many);
	CU_add_test(s, "a room is opened", test_opened);
	CU_add_test(s, "a room is refused", test_refused);
	CU_add_test(s, "the secret of an invite", test_invite);
	CU_add_test(s, "an invite with an identity", test_invite_identity);
	CU_add_test(s, "a damaged invite", test_damaged_invite);
	CU_add_test(s, "a passphrase", test_passphrase);
	CU_add_test(s, "no passphrase", test_no_passphrase);
	CU_add_test(s, "lines behind /join", test_behind_join);
}
