/*
 * Rooms that are remembered, or forgotten: what ui asks the launcher for, and
 * what the user is told.
 */
#include "tests/unit/ui/launcher_end.h"
#include "tests/unit/ui/talk.h"

#include "ui/command.h"
#include "ui/leave.h"

#include <CUnit/CUnit.h>

#include <string.h>

void keeping_suite(void);

static void
test_remember(void)
{
	struct fixture f;

	talk_open(&f);
	fixture_command(&f, "/remember");
	launcher_expect_number(&f, IPC_ROOM_KEEP, 0);
	/* Before the file is written, that is taken back. */
	fixture_command(&f, "/forget");
	fixture_expect(&f, "12:34:56 * this room is not remembered\n");
	launcher_expect_number(&f, IPC_ROOM_FORGET, 0);
	/* So is what ui does not know of. */
	talk_expect_error(&f, "/forget", "that room is not remembered");
	launcher_expect_number(&f, IPC_ROOM_FORGET, 0);
	f.room->remembered = true;
	talk_expect_error(&f, "/remember", "that room is remembered already");
	fixture_command(&f, "/forget r\"om");
	launcher_expect_number(&f, IPC_ROOM_FORGET, 0);
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
		launcher_tell(&f,
		    (struct ipc_room){ .state = ROOM_OPENED,
			.serial = 1,
			.remembered = told[i] },
		    "b.example", "r\"om", &closed);
		fixture_expect(&f, lines[i]);
	}
	launcher_tell(&f,
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
		launcher_expect_number(&f, IPC_ROOM_KEEP, 3);
		command_line(other, "/part", 5);
		ui_goodbye(other);
		ui_work(f.ui);
		launcher_expect_number(&f, IPC_ROOM_CLOSE, 3);
		fixture_output(&f);
		CU_ASSERT_EQUAL(launcher_tell(&f, gone, "", "", &closed), 0);
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
	CU_ASSERT_EQUAL(launcher_tell(&f, room, "b.example", "r\"om", &closed),
	    0);
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
	CU_ASSERT_EQUAL(launcher_tell(&f, room, "b.example", "r\"om", &closed),
	    0);
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
	CU_ASSERT_EQUAL(launcher_tell(&f,
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

void
keeping_suite(void)
{
	CU_pSuite s = CU_add_suite("keeping", NULL, NULL);

	CU_add_test(s, "/remember and /forget", test_remember);
	CU_add_test(s, "a file that was written or deleted", test_kept);
	CU_add_test(s, "a file that was never written", test_not_kept);
	CU_add_test(s, "nor at the end", test_not_kept_at_end);
	CU_add_test(s, "which room is meant", test_serial);
}
