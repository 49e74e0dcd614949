/*
 * Rooms whose processes hang, or cannot be replaced any more, while others go
 * on.
 */
#include "launcher/house.h"

#include "tests/unit/launcher/household_spawner.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>

void house_lost_suite(void);

/* ui was told last that this room is closed, and the others go on. */
static void
check_closed(struct household *h, unsigned int room)
{
	const struct member *ui = household_member(h, ROLE_UI);

	CU_ASSERT_EQUAL(ui->room.state, ROOM_CLOSED);
	CU_ASSERT_EQUAL(ui->room.room, room);
	CU_ASSERT(!household_runs(h, room, ROLE_CRYPTOD) &&
	    !household_runs(h, room, ROLE_NETD));
	CU_ASSERT_FALSE(h->s.ending);
}

/* It hangs in the kernel. Its room is closed, nobody takes its place, and what
 * dies elsewhere is replaced. */
static void
test_undying(void)
{
	struct household h;

	household_live_two(&h);
	household_member(&h, ROLE_NETD)->undying = true;
	household_exit(&h, ROLE_CRYPTOD, 1);
	household_pass(&h, KILL_PATIENCE);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error gochat-netd of room 2 was killed, but does "
			    "not end"),
	    1);
	CU_ASSERT_EQUAL(household_logged(&h, "error closing room 2"), 1);
	CU_ASSERT_FALSE(h.s.ending);
	household_exit(&h, ROLE_UI, 1);
	household_pass(&h, 0);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->starts, 2);
	household_add_room(&h, "cellar");
	CU_ASSERT_EQUAL(h.room, 2);
	household_pass(&h, 2 * KILL_PATIENCE);
	CU_ASSERT_EQUAL(household_logged(&h, "does not end"), 1);
	/* At last it does. */
	h.room = 1;
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	household_add_room(&h, "attic");
	CU_ASSERT_EQUAL(h.room, 1);
	household_close(&h);
}

/* The same in a room that was closed anyway. */
static void
test_undying_closed(void)
{
	const struct ipc_room_number number = { .room = 1 };
	struct household h;

	household_live_two(&h);
	household_member(&h, ROLE_NETD)->undying = true;
	household_say(&h, ROLE_UI, IPC_ROOM_CLOSE, &number, NULL);
	household_pass(&h, KILL_PATIENCE);
	CU_ASSERT_EQUAL(household_logged(&h, "does not end"), 1);
	CU_ASSERT_EQUAL(household_logged(&h, "error closing room"), 0);
	/* As long as it hangs, the same room cannot be opened again: ui would
	 * have two that are called the same. */
	household_open_room(&h, 5, "", "kitchen");
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->room.state,
	    ROOM_REFUSED);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->room.reason,
	    ROOM_IS_OPEN);
	household_open_room(&h, 6, "c.example:9595", "kitchen");
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->room.state, ROOM_OPENED);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->room.namesake, 1);
	household_all_ready(&h);
	h.room = 1;
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	check_closed(&h, 1);
	household_add_room(&h, "kitchen");
	CU_ASSERT_EQUAL(h.room, 1);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->room.namesake, 1);
	h.room = 0;
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	CU_ASSERT_TRUE(household_runs(&h, 0, ROLE_NETD));
	CU_ASSERT_FALSE(h.s.ending);
	household_close(&h);
}

/* The spawner is lost while it opens a room, or restarts one. */
static void
test_not_answered(void)
{
	struct household h;

	for (int restart = 0; restart < 2; restart++) {
		household_live(&h, MODE_CLIENT);
		h.s.rooms[0].found[0].count = 1;
		if (restart != 0)
			household_add_room(&h, "kitchen");
		h.mood = SPAWNER_SILENT;
		if (restart != 0)
			household_exit(&h, ROLE_CRYPTOD, 1);
		else
			household_open_room(&h, 3, "", "kitchen");
		household_pass(&h, SPAWN_PATIENCE);
		CU_ASSERT_EQUAL(household_logged(&h,
				    "error cannot start gochat-cryptod of room "
				    "2: the spawner does not answer"),
		    1);
		CU_ASSERT_EQUAL(household_logged(&h, "error closing room 2"),
		    1);
		CU_ASSERT(!household_runs(&h, 1, ROLE_CRYPTOD) &&
		    !household_runs(&h, 1, ROLE_NETD) &&
		    household_runs(&h, 0, ROLE_NETD));
		CU_ASSERT_FALSE(h.s.ending);
		household_close(&h);
	}
}

/* Without a spawner, a room whose process ends is closed, and the last one ends
 * the program. */
static void
test_no_spawner(void)
{
	struct household h;

	household_live_two(&h);
	household_lose_spawner(&h);
	household_pass(&h, 0);
	CU_ASSERT_FALSE(h.s.ending);
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	check_closed(&h, 1);
	h.room = 0;
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	CU_ASSERT_TRUE(h.s.ending);
	household_check_end(&h, EXIT_FAILURE, CAUSE_PATIENCE);
}

void
house_lost_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("house_lost", household_setup, household_cleanup);

	CU_add_test(s, "one that does not end", test_undying);
	CU_add_test(s, "one of a closed room", test_undying_closed);
	CU_add_test(s, "the spawner does not answer", test_not_answered);
	CU_add_test(s, "the spawner is gone", test_no_spawner);
}
