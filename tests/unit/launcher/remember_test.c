/*
 * Rooms that are remembered: by ui's wish, by the option, and at the start.
 */
#include "launcher/remember.h"

#include "common/child.h"
#include "launcher/children.h"
#include "launcher/house.h"

#include "tests/unit/launcher/household_spawner.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void remember_suite(void);

#define TEXTS "c.example:95kitchen"

static const struct ipc_room *
told(struct household *h)
{
	return &household_member(h, ROLE_UI)->room;
}

static void
ask(struct household *h, enum ipc_type type)
{
	const struct ipc_room_number number = { .room = (uint8_t)h->room };

	household_say(h, ROLE_UI, type, &number, NULL);
	household_pass(h, 0);
}

static void
know_key(struct household *h)
{
	const struct ipc_remember key = { { 5 } };

	household_say(h, ROLE_CRYPTOD, IPC_REMEMBER, &key, NULL);
	household_pass(h, 0);
}

/* The spawner has made a file, or could not (error). */
static void
file_made(struct household *h, int error)
{
	const struct spawned made = {
		.event = SPAWN_ROOM_FILE,
		.child = (uint8_t)h->room,
		.error = error,
	};
	int fd = dup(h->spawner);

	household_report(h, &made, &fd, error == 0);
	close(fd);
	household_pass(h, 0);
}

/* It has given the file a number, or could not. */
static void
file_named(struct household *h, uint32_t number, int error)
{
	const struct spawned named = {
		.event = SPAWN_FILE_NAMED,
		.child = (uint8_t)h->room,
		.number = number,
		.error = error,
	};

	household_report(h, &named, NULL, 0);
	household_pass(h, 0);
}

static void
file_removed(struct household *h, int error)
{
	const struct spawned removed = {
		.event = SPAWN_FILE_REMOVED,
		.child = (uint8_t)h->room,
		.error = error,
	};

	household_report(h, &removed, NULL, 0);
	household_pass(h, 0);
}

static void
written(struct household *h, int error)
{
	const struct ipc_room_kept kept = { .error = error };

	household_say(h, ROLE_CRYPTOD, IPC_ROOM_KEPT, &kept, NULL);
	household_pass(h, 0);
}

/* ui wants a room remembered from the start, or the option does. */
static void
test_wanted_at_once(void)
{
	struct ipc_room_open open = { .ticket = 1, .room_len = 1 };
	struct household h;

	household_live(&h, MODE_CLIENT);
	household_say(&h, ROLE_UI, IPC_ROOM_OPEN, &open, "a");
	open.remember = 1;
	household_say(&h, ROLE_UI, IPC_ROOM_OPEN, &open, "b");
	household_pass(&h, 0);
	h.settings.options.remember = true;
	open.remember = 0;
	household_say(&h, ROLE_UI, IPC_ROOM_OPEN, &open, "c");
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.s.rooms[1].keep, KEEP_NOT);
	CU_ASSERT_EQUAL(h.s.rooms[2].keep, KEEP_WANTED);
	CU_ASSERT_EQUAL(h.s.rooms[3].keep, KEEP_WANTED);
	household_all_ready(&h);
	household_all_ready(&h);
	h.room = 2;
	know_key(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_KEEP_ROOM], 1);
	household_close(&h);
}

/* Whoever wants the first room remembered, as asked for it at the first prompt,
 * has said nothing about the others. */
static void
test_first_alone(void)
{
	const struct ipc_room_open open = { .ticket = 1, .room_len = 1 };
	struct household h;
	char err[256];

	household_open(&h, MODE_CLIENT);
	h.settings.options.remember_first = true;
	CU_ASSERT_EQUAL(house_first(&h.s, err, sizeof(err)), 0);
	household_start(&h, false);
	household_all_ready(&h);
	household_say(&h, ROLE_UI, IPC_ROOM_OPEN, &open, "b");
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.s.rooms[0].keep, KEEP_WANTED);
	CU_ASSERT_EQUAL(h.s.rooms[1].keep, KEEP_NOT);
	household_close(&h);
}

/* It is remembered once the bootnode's key is known and cryptod has written the
 * file; and forgotten when that is gone. */
static void
test_keep(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	ask(&h, IPC_ROOM_KEEP);
	CU_ASSERT_EQUAL(h.wishes[WISH_KEEP_ROOM], 0);
	know_key(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_KEEP_ROOM], 1);
	ask(&h, IPC_ROOM_KEEP); /* it is under way */
	CU_ASSERT_EQUAL(h.wishes[WISH_KEEP_ROOM], 1);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->told[IPC_ROOM_FILE],
	    0);
	file_made(&h, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->told[IPC_ROOM_FILE],
	    1);
	CU_ASSERT_EQUAL(told(&h)->remembered, 0);
	written(&h, 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_NAME_FILE], 1);
	CU_ASSERT_EQUAL(told(&h)->remembered, 0);
	file_named(&h, 12, 0);
	CU_ASSERT_EQUAL(told(&h)->state, ROOM_OPENED);
	CU_ASSERT_EQUAL(told(&h)->remembered, 1);
	CU_ASSERT_EQUAL(household_logged(&h, "is remembered in rooms/0012"), 1);
	ask(&h, IPC_ROOM_FORGET);
	CU_ASSERT_EQUAL(h.wishes[WISH_FORGET_FILE], 1);
	CU_ASSERT_EQUAL(told(&h)->remembered, 1);
	file_removed(&h, EACCES);
	CU_ASSERT_EQUAL(told(&h)->remembered, 1);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error rooms/0012 in the state folder cannot be "
			    "removed: "),
	    1);
	ask(&h, IPC_ROOM_FORGET);
	file_removed(&h, ENOENT); /* somebody was faster */
	CU_ASSERT_EQUAL(told(&h)->remembered, 0);
	household_close(&h);
}

/* Whatever goes wrong, ui is told, and no empty file stays. */
static void
test_not_kept(void)
{
	struct household h;
	unsigned int rooms;

	household_live(&h, MODE_CLIENT);
	know_key(&h);
	rooms = household_member(&h, ROLE_UI)->told[IPC_ROOM];
	ask(&h, IPC_ROOM_KEEP);
	file_made(&h, ENOSPC);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->told[IPC_ROOM],
	    rooms + 1);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "warn room 1 cannot be remembered"),
	    1);
	ask(&h, IPC_ROOM_KEEP);
	file_made(&h, 0);
	written(&h, EIO);
	CU_ASSERT_EQUAL(h.wishes[WISH_FORGET_FILE], 1);
	CU_ASSERT_EQUAL(told(&h)->remembered, 0);
	file_removed(&h, 0);
	written(&h, 0); /* it was not asked, */
	ask(&h, IPC_ROOM_KEEP);
	written(&h, 0); /* and has no file yet */
	CU_ASSERT_EQUAL(h.wishes[WISH_NAME_FILE], 0);
	file_made(&h, 0);
	written(&h, 0);
	file_named(&h, 0, ENOSPC);
	CU_ASSERT_EQUAL(h.wishes[WISH_FORGET_FILE], 2);
	file_removed(&h, 0);
	CU_ASSERT_EQUAL(told(&h)->remembered, 0);
	/* A cryptod that dies meanwhile says nothing any more. */
	ask(&h, IPC_ROOM_KEEP);
	file_made(&h, 0);
	household_exit(&h, ROLE_CRYPTOD, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_FORGET_FILE], 3);
	CU_ASSERT_EQUAL(household_logged(&h, "cannot be remembered"), 4);
	household_close(&h);
}

/* A room that is closed while the spawner makes its file: the file goes, ui
 * hears nothing of the room but its end, and the next one in its place only has
 * what is its own. */
static void
test_closed_meanwhile(void)
{
	struct household h;
	unsigned int rooms;

	household_live_two(&h);
	know_key(&h);
	ask(&h, IPC_ROOM_KEEP);
	rooms = household_member(&h, ROLE_UI)->told[IPC_ROOM];
	ask(&h, IPC_ROOM_CLOSE);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->pid, 0);
	household_open_room(&h, 7, "", "cellar"); /* not in its place */
	CU_ASSERT_EQUAL(told(&h)->room, 2);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_FORGET_ROOM], 0);
	file_made(&h, 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_FORGET_FILE], 1);
	CU_ASSERT_EQUAL(h.wishes[WISH_FORGET_ROOM], 0);
	file_removed(&h, 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_FORGET_ROOM], 1);
	CU_ASSERT(told(&h)->state == ROOM_CLOSED && told(&h)->room == 1);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->told[IPC_ROOM],
	    rooms + 2);
	household_add_room(&h, "attic");
	CU_ASSERT(told(&h)->room == 1 && told(&h)->remembered == 0);
	household_close(&h);
}

/* A room that is closed before its file has a number: a file that is written
 * gets it all the same, and one that is not goes with the room. ui hears
 * which. */
static void
test_closed_while_written(void)
{
	struct household h;

	for (unsigned int done = 0; done < 2; done++) {
		household_live(&h, MODE_CLIENT);
		household_add_room(&h, "kitchen");
		know_key(&h);
		ask(&h, IPC_ROOM_KEEP);
		file_made(&h, 0);
		if (done == 1)
			written(&h, 0);
		CU_ASSERT_EQUAL(h.wishes[WISH_NAME_FILE], done);
		ask(&h, IPC_ROOM_CLOSE);
		CU_ASSERT_EQUAL(h.wishes[WISH_FORGET_ROOM], 1 - done);
		if (done == 1)
			file_named(&h, 12, 0);
		CU_ASSERT_EQUAL(h.wishes[WISH_FORGET_ROOM], 1);
		CU_ASSERT_EQUAL(told(&h)->state, ROOM_CLOSED);
		CU_ASSERT_EQUAL(told(&h)->remembered, done);
		household_close(&h);
	}
}

/* Without the spawner there is no answer, and nobody waits for one. */
static void
test_without_spawner(void)
{
	struct household h;

	household_live_two(&h);
	know_key(&h);
	ask(&h, IPC_ROOM_KEEP);
	household_lose_spawner(&h);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "warn room 2 cannot be remembered: Broken pipe"),
	    1);
	ask(&h, IPC_ROOM_CLOSE);
	CU_ASSERT_EQUAL(told(&h)->state, ROOM_CLOSED);
	household_close(&h);
}

static void
test_option(void)
{
	struct household h;

	household_open(&h, MODE_CLIENT);
	h.s.rooms[0].keep = KEEP_WANTED;
	household_start(&h, false);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_KEEP_ROOM], 0);
	know_key(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_KEEP_ROOM], 1);
	household_close(&h);

	household_open(&h, MODE_CLIENT);
	h.s.rooms[0].keep = KEEP_WANTED;
	h.s.rooms[0].pinned = true;
	household_start(&h, false);
	CU_ASSERT_EQUAL(h.wishes[WISH_KEEP_ROOM], 0);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_KEEP_ROOM], 1);
	household_close(&h);
}

/* --- At the start --------------------------------------------------------- */

static void
open_remembered(struct household *h)
{
	static const uint16_t files[] = { 3, 8 };

	household_open(h, MODE_CLIENT);
	house_remembered(&h->s, files, 2);
	household_start(h, false);
}

/* The room's cryptod says what the file says. */
static void
say_room(struct household *h, const char *texts, size_t bootnode_len)
{
	const struct ipc_room_is is = {
		.secret = SECRET_PASSPHRASE,
		.boot_key = { 7 },
		.identity = "work",
		.bootnode_len = (uint16_t)bootnode_len,
		.room_len = (uint16_t)(strlen(texts) - bootnode_len),
	};

	household_say(h, ROLE_CRYPTOD, IPC_ROOM_IS, &is, texts);
	household_pass(h, 0);
}

/* netd waits until the bootnode is known; ui is told when it is. */
static void
test_start(void)
{
	const struct member *netd, *ui;
	struct household h;

	open_remembered(&h);
	household_pass(&h, 0);
	netd = household_member(&h, ROLE_NETD);
	ui = household_member(&h, ROLE_UI);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.file, 3);
	CU_ASSERT_EQUAL(netd->told[IPC_PRIVILEGES], 0);
	CU_ASSERT_EQUAL(ui->ui.room_len, 0);
	say_room(&h, TEXTS, 12);
	CU_ASSERT_EQUAL(netd->told[IPC_CONFIG_NETD], 1);
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 1);
	CU_ASSERT_STRING_EQUAL(h.wish.bootnodes.at[0].host, "c.example");
	CU_ASSERT_EQUAL(h.wish.bootnodes.at[0].port, 95);
	household_all_ready(&h);
	CU_ASSERT_STRING_EQUAL(ui->room_texts, "");
	h.room = 1;
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.file, 8);
	say_room(&h, "c.example:95cellar", 12);
	CU_ASSERT_STRING_EQUAL(ui->room_texts, "c.example:95cellar");
	CU_ASSERT(told(&h)->room == 1 && told(&h)->remembered == 1 &&
	    told(&h)->secret == SECRET_PASSPHRASE);
	CU_ASSERT_STRING_EQUAL(told(&h)->identity, "work");
	household_all_ready(&h);
	/* A cryptod that is restarted is told what room it is. */
	household_exit(&h, ROLE_CRYPTOD, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.file, 0);
	CU_ASSERT_STRING_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.room,
	    "cellar");
	CU_ASSERT_STRING_EQUAL(household_member(&h, ROLE_CRYPTOD)
				   ->cryptod.identity,
	    "work");
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.boot_key[0],
	    7);
	household_close(&h);
}

/* A room at the bootnode of the first one is refused until it is known which
 * that is: it would be opened at none. */
static void
test_join_early(void)
{
	struct household h;

	open_remembered(&h);
	household_ready(&h, ROLE_UI);
	household_open_room(&h, 4, "", "garden");
	CU_ASSERT(told(&h)->state == ROOM_REFUSED && told(&h)->ticket == 4);
	CU_ASSERT_EQUAL(told(&h)->reason, ROOM_NO_BOOTNODE);
	household_open_room(&h, 5, "d.example:96", "garden");
	say_room(&h, TEXTS, 12);
	household_open_room(&h, 6, "", "cellar");
	household_all_ready(&h);
	household_all_ready(&h);
	household_all_ready(&h);
	household_all_ready(&h);
	CU_ASSERT_STRING_EQUAL(h.s.rooms[2].bootnode, "d.example:96");
	CU_ASSERT_STRING_EQUAL(h.s.rooms[3].bootnode, "c.example:95");
	household_close(&h);
}

/* A netd that waits for its room has no configuration, and is not asked. */
static void
test_figures(void)
{
	struct household h;

	open_remembered(&h);
	raise(SIGUSR1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.s.service.asked, 0);
	household_pass(&h, FIGURES_PATIENCE);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "name=gochat_process_up child=netd value=1"),
	    1);
	say_room(&h, TEXTS, 12);
	household_all_ready(&h);
	raise(SIGUSR1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->told[IPC_FIGURES_ASK],
	    1);
	household_close(&h);
}

/* A file that cannot be read costs its room alone, even if it is the first: ui
 * knows no other one then, and is told of the next before that is closed. */
static void
test_damaged(void)
{
	struct household h;

	open_remembered(&h);
	household_ready(&h, ROLE_UI);
	household_pass(&h, 0);
	h.mood = SPAWNER_SILENT;
	household_exit(&h, ROLE_CRYPTOD, CHILD_NO_ROOM);
	household_pass(&h, 0);
	CU_ASSERT_FALSE(h.s.ending);
	CU_ASSERT(told(&h)->room == 0 && told(&h)->state == ROOM_OPENED);
	h.mood = SPAWNER_PROMPT;
	household_start_member(&h, family_find(&h.s.family, ROLE_CRYPTOD, 1));
	household_start_member(&h, family_find(&h.s.family, ROLE_NETD, 1));
	household_pass(&h, 0);
	CU_ASSERT(told(&h)->room == 0 && told(&h)->state == ROOM_OPENED);
	household_close(&h);

	open_remembered(&h);
	household_ready(&h, ROLE_UI);
	household_exit(&h, ROLE_CRYPTOD, CHILD_NO_ROOM);
	household_pass(&h, 0);
	CU_ASSERT_FALSE(h.s.ending);
	CU_ASSERT(told(&h)->room == 0 && told(&h)->state == ROOM_CLOSED);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->told[IPC_ROOM], 3);
	h.room = 1;
	CU_ASSERT_NOT_EQUAL(household_member(&h, ROLE_CRYPTOD)->pid, 0);
	say_room(&h, TEXTS, 12);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(household_logged(&h, "event ready"), 1);
	CU_ASSERT(told(&h)->room == 1 && told(&h)->state == ROOM_OPENED);
	household_close(&h);

	/* None is left. */
	open_remembered(&h);
	for (; h.room < 2; h.room++) {
		household_exit(&h, ROLE_CRYPTOD, CHILD_NO_ROOM);
		household_pass(&h, 0);
	}
	CU_ASSERT_TRUE(h.s.ending);
	h.room = 0;
	household_check_end(&h, EXIT_FAILURE, 0);
}

/* What it says must be a room, and another one than those that are open. */
static void
test_no_room(void)
{
	static const struct {
		const char *texts;
		size_t bootnode_len;
		const char *why;
	} cases[] = {
		{ "c.example:95 a", 12, "expected a name" },
		{ "c.example:95cafe\xcc\x81", 12, "expected a name" },
		{ "c.example:0a", 11, "expected host:port" },
		{ "c.examplea", 9, "expected host:port" },
		{ "-:-:a", 4, "expected host:port" },
		{ TEXTS, 12, "another one is for the same room" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct household h;

		open_remembered(&h);
		say_room(&h, TEXTS, 12);
		household_all_ready(&h);
		h.room = 1;
		household_pass(&h, 0);
		say_room(&h, cases[i].texts, cases[i].bootnode_len);
		CU_ASSERT_EQUAL(household_logged(&h,
				    "error rooms/0008 in the state folder: "),
		    1);
		CU_ASSERT_EQUAL(household_logged(&h, cases[i].why), 1);
		CU_ASSERT_EQUAL(told(&h)->state, ROOM_CLOSED);
		CU_ASSERT_FALSE(h.s.ending);
		household_close(&h);
	}
}

void
remember_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("remember", household_setup, household_cleanup);

	CU_add_test(s, "wanted at once", test_wanted_at_once);
	CU_add_test(s, "the first alone", test_first_alone);
	CU_add_test(s, "kept and forgotten", test_keep);
	CU_add_test(s, "not kept", test_not_kept);
	CU_add_test(s, "closed meanwhile", test_closed_meanwhile);
	CU_add_test(s, "closed while it is written", test_closed_while_written);
	CU_add_test(s, "without the spawner", test_without_spawner);
	CU_add_test(s, "by the option", test_option);
	CU_add_test(s, "at the start", test_start);
	CU_add_test(s, "joined before a room is known", test_join_early);
	CU_add_test(s, "figures before a room is known", test_figures);
	CU_add_test(s, "a damaged file", test_damaged);
	CU_add_test(s, "no room, or one that is open", test_no_room);
}
