/*
 * Tests of rooms that come and go: what ui asks the launcher for, what it makes
 * of the answers, and where a room's secret goes.
 */
#include "tests/unit/ipc_pair.h"
#include "tests/unit/ui/talk.h"

#include "ui/command.h"
#include "ui/leave.h"
#include "ui/rooms.h"
#include "ui/say.h"
#include "ui/tui/pane.h"

#include "common/invite.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void joining_suite(void);

#define LOST                                                            \
	"not sent, because another room than this one was the current " \
	"room: /room says where what you type goes\n"

#define STAMP "\"time\":\"" FIXTURE_UTC "\","

/* Asserts that ui asks for a room, and returns the question. */
static struct ipc_room_open
expect_open(struct fixture *f, const char *bootnode, const char *name)
{
	struct ipc_room_open open;
	struct ipc_message_in in;
	char tail[ROOM_TEXTS_MAX + 1];

	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f->launcher, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_ROOM_OPEN);
	memcpy(&open, in.body, sizeof(open));
	snprintf(tail, sizeof(tail), "%s%s", bootnode, name);
	CU_ASSERT_EQUAL(open.bootnode_len, strlen(bootnode));
	CU_ASSERT_EQUAL(open.room_len, strlen(name));
	CU_ASSERT(in.tail_len == strlen(tail) &&
	    memcmp(in.tail, tail, in.tail_len) == 0);
	return open;
}

static void
expect_nothing(struct fixture *f)
{
	struct ipc_message_in in;

	CU_ASSERT_EQUAL(ipc_receive(&f->launcher, &in), IPC_EMPTY);
}

/* Asserts that ui tells the launcher that of a room. */
static void
expect_number(struct fixture *f, enum ipc_type type, unsigned int number)
{
	const struct ipc_room_number *body;
	struct ipc_message_in in;

	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f->launcher, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, type);
	body = in.body;
	CU_ASSERT_EQUAL(body->room, number);
}

static void
expect_type(struct ipc_channel *ch, enum ipc_type type)
{
	struct ipc_message_in in;

	CU_ASSERT_EQUAL(ipc_receive(ch, &in) == IPC_GOT ? in.type : IPC_NONE,
	    type);
}

/* The launcher tells ui of a room. */
static int
tell(struct fixture *f, struct ipc_room room, const char *bootnode,
    const char *name, struct room **closed)
{
	struct ipc_message_in in = { .type = IPC_ROOM, .body = &room };
	char tail[ROOM_TEXTS_MAX + 1];

	room.bootnode_len = (uint16_t)strlen(bootnode);
	room.room_len = (uint16_t)strlen(name);
	snprintf(tail, sizeof(tail), "%s%s", bootnode, name);
	in.tail = (const uint8_t *)tail;
	in.tail_len = strlen(tail);
	CU_ASSERT(ipc_check(&in));
	return rooms_told(f->ui, &in, closed);
}

static struct room *
open_as(struct fixture *f, unsigned int number, uint32_t ticket,
    enum secret_kind kind, const char *name)
{
	struct ipc_room room = {
		.room = (uint8_t)number,
		.state = ROOM_OPENED,
		.ticket = ticket,
		.secret = (uint8_t)kind,
	};
	struct room *closed;

	CU_ASSERT_EQUAL(tell(f, room, "b.example:9595", name, &closed), 0);
	CU_ASSERT_PTR_NULL(closed);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->ui->rooms[number]);
	return f->ui->rooms[number];
}

/* --- /join ---------------------------------------------------------------- */

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
		open = expect_open(&f, cases[i].bootnode, cases[i].name);
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
	expect_nothing(&f);
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
		expect_open(&f, "", "a");
	}
	talk_expect_error(&f, "/join a", "too many rooms are being opened");
	expect_nothing(&f);
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
	open = expect_open(&f, "", "garden");
	garden = open_as(&f, 1, open.ticket, SECRET_NONE, "garden");
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
	open_as(&f, 2, 0, SECRET_NONE, "");
	CU_ASSERT_PTR_EQUAL(f.ui->front, garden);
	fixture_expect(&f, "");
	open_as(&f, 2, 0, SECRET_NONE, "attic");
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
		room.ticket = expect_open(&f, "", "garden").ticket;
		CU_ASSERT_EQUAL(tell(&f, room, "", "", &closed), 0);
		snprintf(expected, sizeof(expected),
		    TALK_ERROR "garden was not joined: %s\n", texts[i]);
		fixture_expect(&f, expected);
		/* Once is enough. */
		CU_ASSERT_EQUAL(tell(&f, room, "", "", &closed), -1);
	}
	fixture_close(&f);
}

/* --- Secrets -------------------------------------------------------------- */

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
	open = expect_open(&f, "b.example:9595", "garden");
	CU_ASSERT_EQUAL(open.secret, SECRET_INVITE);
	CU_ASSERT_EQUAL(open.pinned, 1);
	CU_ASSERT_EQUAL(memcmp(open.boot_key, key, sizeof(key)), 0);
	garden = open_as(&f, 4, open.ticket, SECRET_INVITE, "garden");
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
	open = expect_open(&f, "b.example:9595", "garden");
	CU_ASSERT_STRING_EQUAL(open.identity, "work");
	CU_ASSERT_EQUAL(open.secret, SECRET_INVITE);
	strcat(line, "/");
	talk_expect_error(&f, line,
	    "\"work/\" is not a valid name of an identity: it has 1 to 32 of "
	    "A-Z, a-z, 0-9, - and _");
	expect_nothing(&f);
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
	expect_nothing(&f);
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
	expect_nothing(f);
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
	open = expect_open(&f, "b.example", "garden");
	CU_ASSERT_EQUAL(open.secret, SECRET_PASSPHRASE);
	garden = open_as(&f, 1, open.ticket, SECRET_PASSPHRASE, "garden");
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
	CU_ASSERT_EQUAL(expect_open(&f, "b.example", "garden").secret,
	    SECRET_NONE);
	/* That was the answer. */
	rooms_secret(f.ui, "", 0);
	expect_nothing(&f);
	fixture_command(&f, "/join garden at b.example");
	rooms_secret(f.ui, NULL, 0);
	expect_nothing(&f);
	fixture_expect(&f, "");
	/* The bootnode is the first room's if none is named. */
	fixture_command(&f, "/join cellar as work");
	CU_ASSERT_STRING_EQUAL(asked_for, "cellar at ");
	snprintf(f.room->bootnode, sizeof(f.room->bootnode), "c.example:1");
	fixture_command(&f, "/join cellar as work");
	CU_ASSERT_STRING_EQUAL(asked_for, "cellar at c.example:1");
	rooms_secret(f.ui, "", 0);
	CU_ASSERT_STRING_EQUAL(expect_open(&f, "", "cellar").identity, "work");
	/* What is wrong is told before that. */
	talk_expect_error(&f, "/join attic at b:x",
	    "\"b:x\" is not a valid bootnode: give HOST or HOST:PORT");
	CU_ASSERT_STRING_EQUAL(asked_for, "cellar at c.example:1");
	fixture_command(&f, "/join garden at b.example");
	rooms_secret(f.ui, " x", 2);
	expect_nothing(&f);
	fixture_expect(&f,
	    TALK_ERROR "the passphrase is refused: it begins with a blank; the "
		       "room was not joined\n");
	fixture_close(&f);
}

/* --- /part ---------------------------------------------------------------- */

static void
test_part(void)
{
	struct ipc_channel cryptod;
	struct room *other, *closed;
	struct fixture f;

	talk_open(&f);
	talk_expect_error(&f, "/part",
	    "this is the only room that you are in; /quit leaves gochat");
	other = fixture_open_room(&f, 3, "other", &cryptod);
	f.ui->front = other;
	command_line(other, "/part", 5);
	CU_ASSERT_PTR_EQUAL(f.ui->front, f.room);
	expect_type(&cryptod, IPC_QUIT);
	ui_work(f.ui);
	expect_nothing(&f);
	ui_goodbye(other);
	ui_work(f.ui);
	expect_number(&f, IPC_ROOM_CLOSE, 3);
	ui_work(f.ui); /* once */
	expect_nothing(&f);
	CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
	fixture_output(&f);
	CU_ASSERT_EQUAL(tell(&f,
			    (struct ipc_room){ .room = 3,
				.state = ROOM_CLOSED },
			    "", "", &closed),
	    0);
	CU_ASSERT_PTR_EQUAL(closed, other);
	fixture_expect(&f, "12:34:56 [r\"om] * you left room other\n");
	fixture_shut(other, &cryptod);
	fixture_close(&f);
}

/* A cryptod that does not say goodbye is not waited for. */
static void
test_part_late(void)
{
	struct ipc_channel cryptod;
	struct room *other;
	struct fixture f;

	talk_open(&f);
	other = fixture_open_room(&f, 3, "other", &cryptod);
	fixture_command(&f, "/part other");
	CU_ASSERT_EQUAL(other->phase, ROOM_LEAVES);
	CU_ASSERT(ui_deadline(f.ui) <= f.ui->now + UI_GOODBYE_TIME);
	f.ui->now += UI_GOODBYE_TIME;
	ui_work(f.ui);
	expect_number(&f, IPC_ROOM_CLOSE, 3);
	CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
	fixture_shut(other, &cryptod);
	fixture_close(&f);
}

/* Its screen goes with the room: the one in front says what was not sent. */
static void
test_part_unsent(void)
{
	struct ipc_channel cryptod;
	const struct history *h;
	struct room *other;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_TUI);
	other = fixture_open_room(&f, 3, "other", &cryptod);
	ui_turn_to(other);
	ui_say_as(other, 0, NULL, "too early", 9);
	command_line(other, "/part", 5);
	CU_ASSERT_PTR_EQUAL(f.ui->front, f.room);
	h = &f.room->pane->history;
	CU_ASSERT_FALSE_FATAL(history_empty(h));
	CU_ASSERT_STRING_EQUAL(history_entry(h, h->next - 1)->text,
	    "other: not sent, because there is no connection to a bootnode: "
	    "\"too early\"");
	fixture_shut(other, &cryptod);
	fixture_close(&f);
}

/* The first room was never known, as its file is damaged: what is typed is for
 * the next one, and nothing is said of it. */
static void
test_nameless(void)
{
	struct ipc_channel cryptod;
	struct room *other, *closed;
	struct fixture f;

	talk_open(&f);
	f.room->model.room[0] = '\0';
	other = fixture_open_room(&f, 3, "other", &cryptod);
	fixture_output(&f);
	CU_ASSERT_EQUAL(tell(&f, (struct ipc_room){ .state = ROOM_CLOSED }, "",
			    "", &closed),
	    0);
	CU_ASSERT_PTR_EQUAL(closed, f.room);
	CU_ASSERT_PTR_EQUAL(f.ui->front, other);
	CU_ASSERT_FALSE(f.ui->adrift);
	CU_ASSERT_PTR_NULL(strstr(fixture_output(&f), "you left room"));
	fixture_shut(other, &cryptod);
	fixture_close(&f);
}

/* Each room has an identity, which is another one than that of the options if
 * the room is remembered. */
static void
test_identity(void)
{
	struct ipc_room room = { .room = 3, .identity = "work" };
	struct ipc_channel cryptod;
	struct room *other, *closed;
	struct fixture f;

	talk_open(&f);
	other = fixture_open_room(&f, 3, "other", &cryptod);
	CU_ASSERT_STRING_EQUAL(other->identity, "");
	CU_ASSERT_EQUAL(tell(&f, room, "b.example:9595", "other", &closed), 0);
	CU_ASSERT_STRING_EQUAL(other->identity, "work");
	CU_ASSERT_STRING_EQUAL(f.room->identity, "");
	fixture_shut(other, &cryptod);
	fixture_close(&f);
}

/* The launcher has given the last room up. */
static void
test_last_closed(void)
{
	struct room *closed;
	struct fixture f;

	talk_open(&f);
	CU_ASSERT_EQUAL(tell(&f, (struct ipc_room){ .state = ROOM_CLOSED }, "",
			    "", &closed),
	    0);
	CU_ASSERT_PTR_NULL(closed);
	CU_ASSERT(f.ui->phase >= UI_QUITTING);
	/* One that is not there cannot be closed. */
	CU_ASSERT_EQUAL(tell(&f,
			    (struct ipc_room){ .room = 5,
				.state = ROOM_CLOSED },
			    "", "", &closed),
	    -1);
	fixture_close(&f);
}

/* The launcher closes a room, asked or not. */
static struct room *
tell_closed(struct fixture *f, unsigned int number)
{
	struct ipc_room room = { .room = (uint8_t)number,
		.state = ROOM_CLOSED };
	struct room *closed;

	CU_ASSERT_EQUAL(tell(f, room, "", "", &closed), 0);
	return closed;
}

/* A room that fails takes no text with it unheard, and no line for it goes to
 * another room. */
static void
test_fails(void)
{
	struct ipc_channel cryptod;
	struct room *other;
	struct fixture f;

	talk_open(&f);
	other = fixture_open_room(&f, 3, "other", &cryptod);
	f.ui->front = other;
	ui_say_as(other, 0, NULL, "too early", 9);
	ipc_close(&cryptod);
	CU_ASSERT_PTR_EQUAL(tell_closed(&f, 3), other);
	CU_ASSERT_PTR_EQUAL(f.ui->front, f.room);
	CU_ASSERT_TRUE(f.ui->outcome.not_sent);
	fixture_expect(&f,
	    "12:34:56 [r\"om] * what you type goes to this room now\n"
	    "12:34:56 [other] ! not sent, because there is no connection to a "
	    "bootnode: \"too early\"\n"
	    "12:34:56 [r\"om] * gochat had to close room other\n");
	fixture_shut(other, &cryptod);
	fixture_type(&f, "for the other\n/me is for it\n/rooms\n");
	fixture_expect_next(&f, IPC_NONE);
	fixture_expect(&f,
	    TALK_ERROR LOST TALK_ERROR LOST
	    "12:34:56 * > 1 r\"om: connected\n");
	fixture_type(&f, "/room 1\nfor this one\n");
	fixture_expect_say(&f, 1, "for this one");
	fixture_close(&f);
}

/* One was left, and the launcher has not ended it; the other fails. */
static void
test_all_gone(void)
{
	struct ipc_channel cryptod;
	struct room *other;
	struct fixture f;

	talk_open(&f);
	other = fixture_open_room(&f, 3, "other", &cryptod);
	rooms_part(f.room, other);
	ui_goodbye(other);
	CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
	ipc_close(&f.cryptod);
	CU_ASSERT_PTR_NULL(tell_closed(&f, 0));
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	fixture_output(&f);
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_DONE);
	fixture_shut(other, &cryptod);
	fixture_close(&f);
}

/* Nobody enters a room any more that opens at the end, or waits for it. */
static void
test_opened_at_end(void)
{
	struct ipc_room_open open;
	struct room *garden;
	struct fixture f;

	talk_open(&f);
	fixture_command(&f, "/join garden");
	open = expect_open(&f, "", "garden");
	ui_quit(f.ui);
	garden = open_as(&f, 1, open.ticket, SECRET_NONE, "garden");
	CU_ASSERT_EQUAL(garden->phase, ROOM_LEFT);
	ui_goodbye(f.room);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
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
	open = expect_open(&f, "", "garden");
	fixture_expect_next(&f, IPC_NONE);
	garden = open_as(&f, 1, open.ticket, SECRET_NONE, "garden");
	ipc_pair(&garden->cryptod, ROLE_UI, &cryptod, ROLE_CRYPTOD);
	ui_work(f.ui);
	expect_type(&cryptod, IPC_SAY);
	fixture_expect_next(&f, IPC_NONE);
	f.ui->front = f.room;
	fixture_shut(garden, &cryptod);
	/* A room that is refused is not waited for. */
	fixture_type(&f, "/join attic\nstill here\n");
	open = expect_open(&f, "", "attic");
	tell(&f,
	    (struct ipc_room){ .ticket = open.ticket,
		.state = ROOM_REFUSED,
		.reason = ROOM_BAD_NAME },
	    "", "", &(struct room *){ NULL });
	ui_work(f.ui);
	fixture_expect_say(&f, 1, "still here");
	fixture_close(&f);
}

/* The ui before this one knew which room was in front. */
static void
test_restarted(void)
{
	struct fixture f;

	talk_open(&f);
	f.ui->config.restarted = 1;
	open_as(&f, 2, 0, SECRET_NONE, "attic");
	fixture_output(&f);
	fixture_type(&f, "for one of them\n");
	fixture_expect_next(&f, IPC_NONE);
	fixture_expect(&f, "12:34:56 [r\"om] ! " LOST);
	fixture_type(&f, "/room r\"om\nfor this one\n");
	fixture_expect_say(&f, 1, "for this one");
	fixture_close(&f);
}

/* --- Several -------------------------------------------------------------- */

static void
test_rooms(void)
{
	struct ipc_channel cryptod;
	struct room *other;
	struct fixture f;

	talk_open(&f);
	other = fixture_open_room(&f, 3, "other", &cryptod);
	snprintf(other->bootnode, sizeof(other->bootnode), "b.example");
	other->remembered = true;
	snprintf(other->identity, sizeof(other->identity), "work");
	fixture_command(&f, "/rooms");
	fixture_expect(&f,
	    "12:34:56 [r\"om] * > 1 r\"om: connected\n"
	    "12:34:56 [r\"om] *   4 other at b.example as work: not connected "
	    "yet, remembered\n");
	fixture_command(&f, "/room other");
	CU_ASSERT_PTR_EQUAL(f.ui->front, other);
	fixture_command(&f, "/room 1");
	CU_ASSERT_PTR_EQUAL(f.ui->front, f.room);
	fixture_output(&f);
	fixture_command(&f, "/room 2");
	fixture_expect(&f, "12:34:56 [r\"om] ! you are in no room called 2\n");
	fixture_shut(other, &cryptod);
	fixture_close(&f);
}

/* However long its name is, the state of a room is there. */
static void
test_rooms_wide(void)
{
	char bootnode[INVITE_BOOTNODE_MAX + 1] = "", expected[1024];
	struct ipc_channel cryptod;
	struct room *other;
	struct fixture f;

	talk_open(&f);
	memset(bootnode, 'b', INVITE_BOOTNODE_MAX);
	other = fixture_open_room(&f, 3, "a", &cryptod);
	for (int i = 0; i < 33; i++)
		strcat(other->model.room, "ö");
	strcpy(other->bootnode, bootnode);
	fixture_command(&f, "/rooms");
	snprintf(expected, sizeof(expected),
	    "12:34:56 [r\"om] * > 1 r\"om: connected\n"
	    "12:34:56 [r\"om] *   4 aöööööööööööööööööööööööööööööö… at %s: "
	    "not connected yet\n",
	    bootnode);
	fixture_expect(&f, expected);
	fixture_shut(other, &cryptod);
	fixture_close(&f);
}

/* Opens a room of that serial number, at that bootnode. */
static struct room *
open_at(struct fixture *f, uint32_t serial, bool namesake, const char *name,
    const char *bootnode)
{
	struct ipc_room room = { .room = (uint8_t)serial,
		.serial = serial,
		.state = ROOM_OPENED,
		.namesake = namesake };
	struct room *closed;

	tell(f, room, bootnode, name, &closed);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->ui->rooms[serial]);
	return f->ui->rooms[serial];
}

/* Rooms of one name are told apart, and what one is called stays, whatever
 * comes and goes. */
static void
test_namesakes(void)
{
	struct room *first, *second, *like, *closed;
	struct fixture f;

	talk_open(&f);
	first = open_at(&f, 1, false, "garden", "b:1");
	second = open_at(&f, 2, true, "garden", "c:1");
	CU_ASSERT_STRING_EQUAL(first->handle, "garden");
	CU_ASSERT_STRING_EQUAL(second->handle, "garden at c:1");
	like = open_at(&f, 3, true, "garden at c:1", "b:1");
	CU_ASSERT_STRING_EQUAL(like->handle, "garden at c:1 at b:1");
	fixture_output(&f);
	fixture_command(&f, "/room garden at c:1");
	CU_ASSERT_PTR_EQUAL(f.ui->front, second);
	fixture_expect(&f,
	    "12:34:56 [garden at c:1] * what you type goes to this room "
	    "now\n");
	fixture_command(&f, "/room garden at c:1 at b:1");
	CU_ASSERT_PTR_EQUAL(f.ui->front, like);
	fixture_command(&f, "/room garden");
	CU_ASSERT_PTR_EQUAL(f.ui->front, first);
	fixture_command(&f, "/room garden at b:1");
	CU_ASSERT_PTR_EQUAL(f.ui->front, first);
	f.ui->front = f.room;
	/* Without the first one, nothing that was for it goes to another. */
	room_close(first);
	fixture_output(&f);
	fixture_command(&f, "/room garden");
	fixture_expect(&f,
	    "12:34:56 [r\"om] ! you are in no room called garden\n");
	tell(&f, (struct ipc_room){ .room = 2, .serial = 2, .namesake = 1 },
	    "c:1", "garden", &closed);
	CU_ASSERT_STRING_EQUAL(second->handle, "garden at c:1");
	fixture_close(&f);
}

static void
test_json_namesakes(void)
{
	struct ipc_channel cryptod, other;
	struct room *first, *second;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	first = open_at(&f, 1, false, "garden", "b:1");
	second = open_at(&f, 2, true, "garden", "c:1");
	ipc_pair(&first->cryptod, ROLE_UI, &other, ROLE_CRYPTOD);
	ipc_pair(&second->cryptod, ROLE_UI, &cryptod, ROLE_CRYPTOD);
	fixture_expect(&f,
	    "{\"event\":\"room\"," STAMP "\"room\":\"garden\",\"state\":"
	    "\"opened\",\"bootnode\":\"b:1\"}\n"
	    "{\"event\":\"room\"," STAMP "\"room\":\"garden at c:1\","
	    "\"state\":\"opened\",\"bootnode\":\"c:1\"}\n");
	fixture_type(&f,
	    "{\"cmd\":\"say\",\"room\":\"garden at c:1\",\"text\":\"a\"}\n");
	expect_type(&cryptod, IPC_SAY);
	fixture_type(&f,
	    "{\"cmd\":\"say\",\"room\":\"garden\",\"text\":\"b\"}\n");
	expect_type(&other, IPC_SAY);
	expect_type(&cryptod, IPC_NONE);
	fixture_shut(second, &cryptod);
	fixture_shut(first, &other);
	fixture_close(&f);
}

static void
test_remember(void)
{
	struct fixture f;

	talk_open(&f);
	fixture_command(&f, "/remember");
	expect_number(&f, IPC_ROOM_KEEP, 0);
	/* Before the file is written, that is taken back. */
	fixture_command(&f, "/forget");
	fixture_expect(&f, "12:34:56 * this room is not remembered\n");
	expect_number(&f, IPC_ROOM_FORGET, 0);
	/* So is what ui does not know of. */
	talk_expect_error(&f, "/forget", "that room is not remembered");
	expect_number(&f, IPC_ROOM_FORGET, 0);
	f.room->remembered = true;
	talk_expect_error(&f, "/remember", "that room is remembered already");
	fixture_command(&f, "/forget r\"om");
	expect_number(&f, IPC_ROOM_FORGET, 0);
	fixture_close(&f);
}

/* When the file is written or deleted, the user is told: once, and not of what
 * was so before. */
static void
test_kept(void)
{
	static const uint8_t told[] = { 1, 1, 0, 0 };
	static const char *const lines[] = {
		"",
		"",
		"12:34:56 * gochat no longer opens this room at startup\n",
		"",
	};
	struct room *closed;
	struct fixture f;

	talk_open(&f);
	for (size_t i = 0; i < sizeof(told); i++) {
		tell(&f,
		    (struct ipc_room){ .state = ROOM_OPENED,
			.serial = 1,
			.remembered = told[i] },
		    "b.example", "r\"om", &closed);
		fixture_expect(&f, lines[i]);
	}
	tell(&f,
	    (struct ipc_room){ .state = ROOM_OPENED,
		.serial = 1,
		.remembered = 1 },
	    "b.example", "r\"om", &closed);
	fixture_expect(&f,
	    "12:34:56 * gochat opens this room at startup from now on\n");
	fixture_close(&f);
}

/* A room that is closed too soon is not remembered, and the user is told; not
 * if it was remembered in the last moment. */
static void
test_not_kept(void)
{
	for (uint8_t kept = 0; kept < 2; kept++) {
		const struct ipc_room gone = { .room = 3,
			.state = ROOM_CLOSED,
			.remembered = kept };
		struct ipc_channel cryptod;
		struct room *other, *closed;
		struct fixture f;

		talk_open(&f);
		other = fixture_open_room(&f, 3, "other", &cryptod);
		command_line(other, "/remember", 9);
		expect_number(&f, IPC_ROOM_KEEP, 3);
		command_line(other, "/part", 5);
		ui_goodbye(other);
		ui_work(f.ui);
		expect_number(&f, IPC_ROOM_CLOSE, 3);
		fixture_output(&f);
		CU_ASSERT_EQUAL(tell(&f, gone, "", "", &closed), 0);
		CU_ASSERT_PTR_EQUAL_FATAL(closed, other);
		fixture_expect(&f,
		    kept ? "12:34:56 [r\"om] * you left room other\n"
			 : "12:34:56 [r\"om] * you left room other\n"
			   "12:34:56 [r\"om] ! other is not remembered: its "
			   "file was not written before it was closed\n");
		fixture_shut(other, &cryptod);
		fixture_close(&f);
	}
}

/* At the end of all, too, whether ui has asked for it or the launcher knows it
 * from the start; not if it was taken back. */
static void
test_not_kept_at_end(void)
{
	struct ipc_room room = { .state = ROOM_OPENED, .to_remember = 1 };
	struct ipc_channel cryptod;
	struct room *other, *closed;
	struct fixture f;

	talk_open(&f);
	other = fixture_open_room(&f, 3, "other", &cryptod);
	CU_ASSERT_EQUAL(tell(&f, room, "b.example", "r\"om", &closed), 0);
	command_line(other, "/remember", 9);
	command_line(f.room, "/quit", 5);
	fixture_output(&f);
	ui_goodbye(f.room);
	fixture_expect(&f, "");
	ui_goodbye(other);
	fixture_expect(&f,
	    "12:34:56 [r\"om] ! r\"om is not remembered: its file was not "
	    "written before gochat ended\n"
	    "12:34:56 [r\"om] ! other is not remembered: its file was not "
	    "written before gochat ended\n"
	    "12:34:56 * bye\n");
	fixture_shut(other, &cryptod);
	fixture_close(&f);
	talk_open(&f);
	CU_ASSERT_EQUAL(tell(&f, room, "b.example", "r\"om", &closed), 0);
	fixture_command(&f, "/forget");
	fixture_output(&f);
	command_line(f.room, "/quit", 5);
	ui_goodbye(f.room);
	fixture_expect(&f, "12:34:56 * bye\n");
	fixture_close(&f);
}

/* The launcher may have given the number to another room meanwhile: ui says
 * which one it means. */
static void
test_serial(void)
{
	const struct ipc_room_number *body;
	struct ipc_message_in in;
	struct room *closed;
	struct fixture f;

	talk_open(&f);
	CU_ASSERT_EQUAL(tell(&f,
			    (struct ipc_room){ .state = ROOM_OPENED,
				.serial = 7 },
			    "b.example", "r\"om", &closed),
	    0);
	fixture_command(&f, "/remember");
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f.launcher, &in), IPC_GOT);
	body = in.body;
	CU_ASSERT(in.type == IPC_ROOM_KEEP && body->serial == 7);
	f.room->phase = ROOM_LEFT;
	ui_work(f.ui);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f.launcher, &in), IPC_GOT);
	body = in.body;
	CU_ASSERT(in.type == IPC_ROOM_CLOSE && body->serial == 7);
	fixture_close(&f);
}

/* --- json ----------------------------------------------------------------- */

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
	open = expect_open(&f, "b", "garden");
	CU_ASSERT_EQUAL(open.secret, SECRET_PASSPHRASE);
	garden = open_as(&f, 1, open.ticket, SECRET_PASSPHRASE, "garden");
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
	open = expect_open(&f, "", "garden");
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
	open = expect_open(&f, "", "garden");
	CU_ASSERT_STRING_EQUAL(open.identity, "work");
	room.ticket = open.ticket;
	tell(&f, room, "b:1", "garden", &closed);
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
	expect_nothing(&f);
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
	expect_type(&cryptod, IPC_SAY);
	expect_type(&cryptod, IPC_NONE);
	fixture_expect_say(&f, 1, "b");
	fixture_expect_next(&f, IPC_NONE);
	fixture_type(&f, "{\"cmd\":\"part\",\"room\":\"other\"}\n");
	expect_type(&cryptod, IPC_QUIT);
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
	expect_type(&cryptod, IPC_SAY);
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
joining_suite(void)
{
	CU_pSuite s = CU_add_suite("joining", NULL, NULL);

	CU_add_test(s, "a room's identity", test_identity);
	CU_add_test(s, "one without a name is closed", test_nameless);
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
	CU_add_test(s, "/part", test_part);
	CU_add_test(s, "/part without a goodbye", test_part_late);
	CU_add_test(s, "/part with unsent texts", test_part_unsent);
	CU_add_test(s, "the last one is closed", test_last_closed);
	CU_add_test(s, "one fails", test_fails);
	CU_add_test(s, "all are gone", test_all_gone);
	CU_add_test(s, "opened at the end", test_opened_at_end);
	CU_add_test(s, "lines behind /join", test_behind_join);
	CU_add_test(s, "after another ui", test_restarted);
	CU_add_test(s, "/rooms and /room", test_rooms);
	CU_add_test(s, "/rooms with long names", test_rooms_wide);
	CU_add_test(s, "rooms of one name", test_namesakes);
	CU_add_test(s, "json: rooms of one name", test_json_namesakes);
	CU_add_test(s, "/remember and /forget", test_remember);
	CU_add_test(s, "a file that was written or deleted", test_kept);
	CU_add_test(s, "a file that was never written", test_not_kept);
	CU_add_test(s, "nor at the end", test_not_kept_at_end);
	CU_add_test(s, "which room is meant", test_serial);
	CU_add_test(s, "join in json", test_json_join);
	CU_add_test(s, "json: an identity", test_json_identity);
	CU_add_test(s, "what json refuses", test_json_wrong);
	CU_add_test(s, "the room of a command", test_json_room);
	CU_add_test(s, "a line is read once", test_json_read_once);
	CU_add_test(s, "a room that takes nothing", test_json_waits);
}
