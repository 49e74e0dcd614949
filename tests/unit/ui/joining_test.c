/*
 * Rooms that come and go: how they are listed, called, left and closed, and
 * what is said of that. command_join_test.c has how they are opened.
 */
#include "tests/unit/ui/launcher_end.h"
#include "tests/unit/ui/talk.h"

#include "ui/command.h"
#include "ui/leave.h"
#include "ui/rooms.h"
#include "ui/say.h"
#include "ui/tui/pane.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void joining_suite(void);

#define LOST                                                            \
	"not sent, because another room than this one was the current " \
	"room: /room says where what you type goes\n"

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
	fixture_expect_on(&cryptod, IPC_QUIT);
	ui_work(f.ui);
	launcher_expect_nothing(&f);
	ui_goodbye(other);
	ui_work(f.ui);
	launcher_expect_number(&f, IPC_ROOM_CLOSE, 3);
	ui_work(f.ui); /* once */
	launcher_expect_nothing(&f);
	CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
	fixture_output(&f);
	CU_ASSERT_EQUAL(launcher_tell(&f,
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
	launcher_expect_number(&f, IPC_ROOM_CLOSE, 3);
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
	CU_ASSERT_EQUAL(launcher_tell(&f,
			    (struct ipc_room){ .state = ROOM_CLOSED }, "", "",
			    &closed),
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
	CU_ASSERT_EQUAL(launcher_tell(&f, room, "b.example:9595", "other",
			    &closed),
	    0);
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
	CU_ASSERT_EQUAL(launcher_tell(&f,
			    (struct ipc_room){ .state = ROOM_CLOSED }, "", "",
			    &closed),
	    0);
	CU_ASSERT_PTR_NULL(closed);
	CU_ASSERT(f.ui->phase >= UI_QUITTING);
	/* One that is not there cannot be closed. */
	CU_ASSERT_EQUAL(launcher_tell(&f,
			    (struct ipc_room){ .room = 5,
				.state = ROOM_CLOSED },
			    "", "", &closed),
	    -1);
	fixture_close(&f);
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
	CU_ASSERT_PTR_EQUAL(launcher_close(&f, 3), other);
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
	CU_ASSERT_PTR_NULL(launcher_close(&f, 0));
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
	open = launcher_expect_open(&f, "", "garden");
	ui_quit(f.ui);
	garden = launcher_open_as(&f, 1, open.ticket, SECRET_NONE, "garden");
	CU_ASSERT_EQUAL(garden->phase, ROOM_LEFT);
	ui_goodbye(f.room);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	fixture_close(&f);
}

/* The ui before this one knew which room was in front. */
static void
test_restarted(void)
{
	struct fixture f;

	talk_open(&f);
	f.ui->config.restarted = 1;
	launcher_open_as(&f, 2, 0, SECRET_NONE, "attic");
	fixture_output(&f);
	fixture_type(&f, "for one of them\n");
	fixture_expect_next(&f, IPC_NONE);
	fixture_expect(&f, "12:34:56 [r\"om] ! " LOST);
	fixture_type(&f, "/room r\"om\nfor this one\n");
	fixture_expect_say(&f, 1, "for this one");
	fixture_close(&f);
}

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

/* Rooms of one name are told apart, and what one is called stays, whatever
 * comes and goes. */
static void
test_namesakes(void)
{
	struct room *first, *second, *like, *closed;
	struct fixture f;

	talk_open(&f);
	first = launcher_open_at(&f, 1, false, "garden", "b:1");
	second = launcher_open_at(&f, 2, true, "garden", "c:1");
	CU_ASSERT_STRING_EQUAL(first->handle, "garden");
	CU_ASSERT_STRING_EQUAL(second->handle, "garden at c:1");
	like = launcher_open_at(&f, 3, true, "garden at c:1", "b:1");
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
	launcher_tell(&f,
	    (struct ipc_room){ .room = 2, .serial = 2, .namesake = 1 }, "c:1",
	    "garden", &closed);
	CU_ASSERT_STRING_EQUAL(second->handle, "garden at c:1");
	fixture_close(&f);
}

void
joining_suite(void)
{
	CU_pSuite s = CU_add_suite("joining", NULL, NULL);

	CU_add_test(s, "a room's identity", test_identity);
	CU_add_test(s, "one without a name is closed", test_nameless);
	CU_add_test(s, "/part", test_part);
	CU_add_test(s, "/part without a goodbye", test_part_late);
	CU_add_test(s, "/part with unsent texts", test_part_unsent);
	CU_add_test(s, "the last one is closed", test_last_closed);
	CU_add_test(s, "one fails", test_fails);
	CU_add_test(s, "all are gone", test_all_gone);
	CU_add_test(s, "opened at the end", test_opened_at_end);
	CU_add_test(s, "after another ui", test_restarted);
	CU_add_test(s, "/rooms and /room", test_rooms);
	CU_add_test(s, "/rooms with long names", test_rooms_wide);
	CU_add_test(s, "rooms of one name", test_namesakes);
}
