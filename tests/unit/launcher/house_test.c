/*
 * Rooms that are opened and closed while the launcher supervises: what ui asks
 * for and is told, and that one room's troubles are not another's.
 */
#include "launcher/house.h"

#include "common/log.h"
#include "launcher/children.h"

#include "tests/unit/folder.h"
#include "tests/unit/launcher/household_spawner.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void house_suite(void);

static const struct member *
ui_of(struct household *h)
{
	return household_member(h, ROLE_UI);
}

/* What ui was told last. */
static void
check_told(struct household *h, enum room_state state, unsigned int room,
    uint32_t ticket)
{
	const struct ipc_room *told = &ui_of(h)->room;

	CU_ASSERT_EQUAL(told->state, state);
	CU_ASSERT_EQUAL(told->room, room);
	CU_ASSERT_EQUAL(told->ticket, ticket);
}

static void
check_refused(struct household *h, uint32_t ticket, enum room_refusal reason)
{
	check_told(h, ROOM_REFUSED, 0, ticket);
	CU_ASSERT_EQUAL(ui_of(h)->room.reason, reason);
}

static void
close_room(struct household *h, unsigned int room)
{
	const struct ipc_room_number number = { .room = (uint8_t)room };

	household_say(h, ROLE_UI, IPC_ROOM_CLOSE, &number, NULL);
	household_pass(h, 0);
}

/* Returns how often a room's child was started. */
static unsigned int
starts(struct household *h, unsigned int room, enum role role)
{
	return h->members[family_find(&h->s.family, role, room)].starts;
}

/* --- Opening -------------------------------------------------------------- */

static void
test_open(void)
{
	const struct ipc_config_cryptod *cryptod;
	struct household h;

	household_live(&h, MODE_CLIENT);
	household_open_room(&h, 7, "C.example", "Kitchen");
	CU_ASSERT_EQUAL(h.wishes[WISH_CHILDREN], 2);
	CU_ASSERT_EQUAL(h.children, family_of_room(&h.s.family, 1));
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 1);
	CU_ASSERT_EQUAL(h.wish.room, 1);
	CU_ASSERT_STRING_EQUAL(h.wish.bootnodes.at[0].host, "c.example");
	CU_ASSERT_EQUAL(h.wish.bootnodes.at[0].port, 9595);
	check_told(&h, ROOM_OPENED, 1, 7);
	CU_ASSERT_EQUAL(ui_of(&h)->room.secret, SECRET_PASSPHRASE);
	CU_ASSERT_EQUAL(ui_of(&h)->room.remembered, 0);
	CU_ASSERT_STRING_EQUAL(ui_of(&h)->room_texts, "c.example:9595Kitchen");
	CU_ASSERT_EQUAL(ui_of(&h)->told[IPC_CHANNEL], 1);
	household_all_ready(&h);
	cryptod = &household_member(&h, ROLE_CRYPTOD)->cryptod;
	h.room = 1;
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.secret,
	    SECRET_PASSPHRASE);
	CU_ASSERT_STRING_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.room,
	    "Kitchen");
	/* Nobody can tell that two rooms are one client's. */
	CU_ASSERT_NOT_EQUAL(memcmp(cryptod->run,
				household_member(&h, ROLE_CRYPTOD)->cryptod.run,
				sizeof(cryptod->run)),
	    0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->netd.bind[0].port, 0);
	household_close(&h);
}

/* Without a bootnode it is the first room's, with its key and addresses. */
static void
test_same_bootnode(void)
{
	const struct ipc_config_cryptod *cryptod;
	struct household h;

	household_open(&h, MODE_CLIENT);
	h.s.rooms[0].pinned = true;
	h.s.rooms[0].boot_key[0] = 9;
	h.s.rooms[0].found[0].count = 1;
	household_start(&h, false);
	household_all_ready(&h);
	household_add_room(&h, "kitchen");
	cryptod = &household_member(&h, ROLE_CRYPTOD)->cryptod;
	CU_ASSERT(cryptod->pinned && cryptod->boot_key[0] == 9);
	CU_ASSERT_STRING_EQUAL(cryptod->bootnode, "b.example:9595");
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->netd.boot_addr_count,
	    1);
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 0);
	household_close(&h);
}

static void
check_identity(struct household *h, unsigned int room, const char *identity)
{
	h->room = room;
	CU_ASSERT_STRING_EQUAL(household_member(h, ROLE_CRYPTOD)
				   ->cryptod.identity,
	    identity);
}

/* A room has the identity that was asked for, else that of the options; ui is
 * told. */
static void
test_identity(void)
{
	struct ipc_room_open open = { .ticket = 1,
		.room_len = 1,
		.identity = "work" };
	struct household h;

	household_open(&h, MODE_CLIENT);
	(void)snprintf(h.s.rooms[0].identity, IDENTITY_NAME_MAX, "home");
	(void)snprintf(h.settings.options.identity, IDENTITY_NAME_MAX, "home");
	household_start(&h, false);
	household_all_ready(&h);
	household_say(&h, ROLE_UI, IPC_ROOM_OPEN, &open, "a");
	household_pass(&h, 0);
	CU_ASSERT_STRING_EQUAL(ui_of(&h)->room.identity, "work");
	household_all_ready(&h);
	household_add_room(&h, "b");
	CU_ASSERT_STRING_EQUAL(ui_of(&h)->room.identity, "home");
	check_identity(&h, 0, "home");
	check_identity(&h, 1, "work");
	check_identity(&h, 2, "home");
	/* Its next cryptod has the same. */
	h.room = 1;
	household_exit(&h, ROLE_CRYPTOD, 1);
	household_pass(&h, 0);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(starts(&h, 1, ROLE_CRYPTOD), 2);
	check_identity(&h, 1, "work");
	household_close(&h);
}

/* ui is told whether a room has its name alone, and told the same again. */
static void
test_namesakes(void)
{
	struct household h;

	household_live_two(&h);
	CU_ASSERT_EQUAL(ui_of(&h)->room.namesake, 0);
	household_open_room(&h, 2, "c.example", "kitchen");
	household_all_ready(&h);
	CU_ASSERT_EQUAL(ui_of(&h)->room.namesake, 1);
	close_room(&h, 1);
	household_exit(&h, ROLE_UI, 1);
	household_pass(&h, 0);
	household_all_ready(&h);
	check_told(&h, ROOM_OPENED, 2, 0);
	CU_ASSERT_EQUAL(ui_of(&h)->room.namesake, 1);
	household_close(&h);
}

/* Nobody can choose a name by which a room is taken for another one. */
static void
test_long_names(void)
{
	static const struct {
		const char *name;
		bool namesake;
	} cases[] = { { "garden at b.example:9595", true },
		{ "garden at [::1]:1", true }, { "a at b at c:1", true },
		{ "garden at b.example", false }, { "garden at", false },
		{ "garden at b:1 c", false }, { "garden: at", false },
		{ "garden atb:1", false } };
	struct household h;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		household_live(&h, MODE_CLIENT);
		household_add_room(&h, cases[i].name);
		CU_ASSERT_EQUAL(ui_of(&h)->room.namesake, cases[i].namesake);
		household_close(&h);
	}
}

/* The same name in its other form of Unicode is the same room. */
static void
test_refused(void)
{
	static const struct {
		const char *bootnode, *name;
		enum room_refusal reason;
	} cases[] = {
		{ "", "r", ROOM_IS_OPEN },
		{ "b.example", "r", ROOM_IS_OPEN },
		{ "B.Example:9595", "r", ROOM_IS_OPEN },
		{ "c.example,b.example", "r", ROOM_IS_OPEN },
		{ "c.example,,b.example", "a", ROOM_BAD_BOOTNODE },
		{ "c.example,c.example:9595", "a", ROOM_BAD_BOOTNODE },
		{ "", "caf\xc3\xa9", ROOM_IS_OPEN },
		{ "", "cafe\xcc\x81", ROOM_IS_OPEN },
		{ "", "a\001", ROOM_BAD_NAME },
		{ "", " a", ROOM_BAD_NAME },
		{ "no host", "a", ROOM_BAD_BOOTNODE },
		{ "b.example:0", "a", ROOM_BAD_BOOTNODE },
		{ "\xc3\xa9", "a", ROOM_BAD_BOOTNODE },
	};
	struct household h;
	unsigned int wishes;

	household_live(&h, MODE_CLIENT);
	household_add_room(&h, "caf\xc3\xa9");
	wishes = h.wishes[WISH_CHILDREN];
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		household_open_room(&h, 10 + i, cases[i].bootnode,
		    cases[i].name);
		check_refused(&h, 10 + i, cases[i].reason);
	}
	CU_ASSERT_EQUAL(h.wishes[WISH_CHILDREN], wishes);
	household_close(&h);
}

/* Several bootnodes: numeric ones are asked at once, names are resolved, and
 * what another room knows of one of them is not asked for again. */
static void
test_several_bootnodes(void)
{
	const struct ipc_config_netd *netd;
	struct household h;

	household_live(&h, MODE_CLIENT);
	h.s.rooms[0].found[0].count = 1;
	h.s.rooms[0].found[0].addrs[0].port = 77;
	household_open_room(&h, 7, "C.example:1,192.0.2.1,b.example", "a");
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 1);
	CU_ASSERT_EQUAL(h.wish.bootnodes.count, 3);
	CU_ASSERT_STRING_EQUAL(h.wish.bootnodes.at[0].host, "c.example");
	CU_ASSERT_STRING_EQUAL(ui_of(&h)->room_texts,
	    "c.example:1,192.0.2.1:9595,b.example:9595a");
	household_all_ready(&h);
	h.room = 1;
	netd = &household_member(&h, ROLE_NETD)->netd;
	CU_ASSERT_EQUAL(netd->boot_addr_count, 2);
	CU_ASSERT_EQUAL(netd->boot_addrs[0].port, 9595);
	CU_ASSERT_EQUAL(netd->boot_addrs[1].port, 77);
	CU_ASSERT_STRING_EQUAL(household_member(&h, ROLE_CRYPTOD)
				   ->cryptod.bootnode,
	    "c.example:1,192.0.2.1:9595,b.example:9595");
	household_close(&h);

	household_live(&h, MODE_CLIENT);
	household_open_room(&h, 7, "192.0.2.1,[2001:db8::1]:1", "a");
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 0);
	household_close(&h);
}

static void
test_many(void)
{
	char name[16];
	struct household h;

	household_live(&h, MODE_CLIENT);
	for (unsigned int room = 1; room < ROOMS_MAX; room++) {
		(void)snprintf(name, sizeof(name), "room %u", room);
		household_add_room(&h, name);
		CU_ASSERT_EQUAL(h.room, room);
	}
	household_open_room(&h, 5, "", "one more");
	check_refused(&h, 5, ROOM_TOO_MANY);
	close_room(&h, 3);
	household_add_room(&h, "one more");
	CU_ASSERT_EQUAL(h.room, 3);
	household_close(&h);
}

/* Rooms come up one after the other, and the first of all before them. */
static void
test_in_turn(void)
{
	struct household h;

	household_open(&h, MODE_CLIENT);
	household_start(&h, false);
	household_ready(&h, ROLE_UI);
	household_pass(&h, 0);
	household_open_room(&h, 1, "", "a");
	household_open_room(&h, 2, "", "b");
	CU_ASSERT_EQUAL(h.wishes[WISH_CHILDREN], 1);
	household_all_ready(&h);
	CU_ASSERT(household_runs(&h, 1, ROLE_NETD) &&
	    !household_runs(&h, 2, ROLE_NETD));
	household_all_ready(&h);
	CU_ASSERT_TRUE(household_runs(&h, 2, ROLE_NETD));
	check_told(&h, ROOM_OPENED, 2, 2);
	household_close(&h);
}

/* Those of the options come once the first is there, at its bootnode, and with
 * what it knows of that by then. */
static void
test_of_options(void)
{
	const struct ipc_remember key = { { 5 } };
	struct household h;

	household_open(&h, MODE_CLIENT);
	h.settings.options.more_room_count = 2;
	(void)snprintf(h.settings.options.more_rooms[0], ROOM_MAX, "kitchen");
	(void)snprintf(h.settings.options.more_rooms[1], ROOM_MAX, "cellar");
	house_others(&h.s);
	household_start(&h, false);
	CU_ASSERT_EQUAL(h.children, family_of_rooms(&h.s.family, 1));
	household_ready(&h, ROLE_UI);
	household_ready(&h, ROLE_CRYPTOD);
	household_pass(&h, 0);
	household_say(&h, ROLE_CRYPTOD, IPC_REMEMBER, &key, NULL);
	h.s.rooms[0].found[0].count = 1;
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_CHILDREN], 1);
	household_ready(&h, ROLE_NETD);
	household_pass(&h, 0);
	check_told(&h, ROOM_OPENED, 1, 0);
	CU_ASSERT_STRING_EQUAL(ui_of(&h)->room_texts, "b.example:9595kitchen");
	household_all_ready(&h);
	check_told(&h, ROOM_OPENED, 2, 0);
	household_all_ready(&h);
	h.room = 2;
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.secret,
	    SECRET_NONE);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.boot_key[0],
	    5);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->netd.boot_addr_count,
	    1);
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 0);
	household_close(&h);
}

/* --- Closing -------------------------------------------------------------- */

/* Nothing of a room is left for the next one in its place. */
static void
test_close(void)
{
	uint8_t run[16];
	struct household h;

	household_live_two(&h);
	memcpy(run, household_member(&h, ROLE_CRYPTOD)->cryptod.run, 16);
	close_room(&h, 1);
	CU_ASSERT(!household_runs(&h, 1, ROLE_CRYPTOD) &&
	    !household_runs(&h, 1, ROLE_NETD));
	CU_ASSERT(household_runs(&h, 0, ROLE_CRYPTOD) &&
	    household_runs(&h, 0, ROLE_NETD));
	check_told(&h, ROOM_CLOSED, 1, 1);
	CU_ASSERT_EQUAL(h.wishes[WISH_FORGET_ROOM], 1);
	CU_ASSERT_EQUAL(household_logged(&h, "warn event restarted"), 0);
	close_room(&h, 1); /* it is closed already */
	CU_ASSERT_EQUAL(ui_of(&h)->told[IPC_ROOM], 3);
	household_add_room(&h, "kitchen");
	CU_ASSERT_EQUAL(h.room, 1);
	CU_ASSERT_NOT_EQUAL(memcmp(run,
				household_member(&h, ROLE_CRYPTOD)->cryptod.run,
				16),
	    0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.incarnation,
	    2);
	household_close(&h);
}

/* The last room stays, whatever ui says. A ui that comes after the first room
 * was closed begins with the next. */
static void
test_first_closed(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	close_room(&h, 0);
	CU_ASSERT(household_runs(&h, 0, ROLE_CRYPTOD) && !h.s.ending);
	household_add_room(&h, "kitchen");
	close_room(&h, 0);
	CU_ASSERT_FALSE(household_runs(&h, 0, ROLE_CRYPTOD));
	check_told(&h, ROOM_CLOSED, 0, 0);
	close_room(&h, 1);
	CU_ASSERT_TRUE(household_runs(&h, 1, ROLE_CRYPTOD));
	household_exit(&h, ROLE_UI, 1);
	household_pass(&h, 0);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(ui_of(&h)->starts, 2);
	CU_ASSERT_EQUAL(ui_of(&h)->ui.first_room, 1);
	CU_ASSERT_STRING_EQUAL(ui_of(&h)->ui.room, "kitchen");
	CU_ASSERT_EQUAL(ui_of(&h)->told[IPC_ROOM], 1);
	check_told(&h, ROOM_OPENED, 1, 0);
	/* The next room takes the first place, and the first one's bootnode. */
	household_add_room(&h, "again");
	CU_ASSERT_EQUAL(h.room, 0);
	household_close(&h);
}

/* A room that is closed before its processes are there. */
static void
test_close_early(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	h.s.rooms[0].found[0].count = 1; /* nothing is to be resolved */
	h.mood = SPAWNER_SILENT;
	household_open_room(&h, 4, "", "kitchen");
	close_room(&h, 1);
	household_open_room(&h, 5, "", "cellar"); /* not in its place */
	h.mood = SPAWNER_PROMPT;
	household_start_member(&h, family_find(&h.s.family, ROLE_CRYPTOD, 1));
	household_start_member(&h, family_find(&h.s.family, ROLE_NETD, 1));
	household_pass(&h, 0);
	CU_ASSERT_FALSE(household_runs(&h, 1, ROLE_CRYPTOD));
	CU_ASSERT_EQUAL(household_logged(&h, "error"), 0);
	household_all_ready(&h);
	check_told(&h, ROOM_OPENED, 2, 5);
	CU_ASSERT_EQUAL(ui_of(&h)->told[IPC_ROOM], 3);
	household_close(&h);
}

/* The only room that ui knows of is left while another is on its way. It is not
 * opened again before it is closed, for ui would have two of one name. */
static void
test_close_and_open(void)
{
	const struct ipc_room_number number = { .room = 0 };
	struct household h;

	household_live(&h, MODE_CLIENT);
	household_member(&h, ROLE_CRYPTOD)->undying = true;
	household_say(&h, ROLE_UI, IPC_ROOM_OPEN,
	    &(struct ipc_room_open){ .ticket = 4, .room_len = 7 }, "kitchen");
	household_say(&h, ROLE_UI, IPC_ROOM_CLOSE, &number, NULL);
	household_open_room(&h, 5, "b.example", "r");
	CU_ASSERT_EQUAL(h.s.rooms[0].life, ROOM_ENDING);
	CU_ASSERT_EQUAL(h.s.rooms[2].life, ROOM_FREE);
	household_exit(&h, ROLE_CRYPTOD, 0);
	household_all_ready(&h);
	check_told(&h, ROOM_CLOSED, 0, 0);
	household_open_room(&h, 6, "b.example", "r");
	household_all_ready(&h);
	check_told(&h, ROOM_OPENED, 0, 6);
	CU_ASSERT_EQUAL(ui_of(&h)->room.namesake, 0);
	household_close(&h);
}

/* What ui says of a room reaches the launcher when another has its slot. */
static void
test_meant(void)
{
	struct ipc_room_number number = { .room = 1 };
	struct household h;

	household_live_two(&h);
	number.serial = ui_of(&h)->room.serial;
	household_crash(&h, ROLE_CRYPTOD, SIGSYS);
	household_pass(&h, 0);
	check_told(&h, ROOM_CLOSED, 1, 1);
	household_add_room(&h, "cellar");
	CU_ASSERT_EQUAL(h.room, 1);
	household_say(&h, ROLE_UI, IPC_ROOM_CLOSE, &number, NULL);
	household_say(&h, ROLE_UI, IPC_ROOM_KEEP, &number, NULL);
	household_pass(&h, 0);
	CU_ASSERT_TRUE(household_runs(&h, 1, ROLE_CRYPTOD));
	CU_ASSERT_EQUAL(h.s.rooms[1].keep, KEEP_NOT);
	h.s.rooms[1].keep = KEEP_DONE;
	household_say(&h, ROLE_UI, IPC_ROOM_FORGET, &number, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_FORGET_FILE], 0);
	number.serial = ui_of(&h)->room.serial;
	household_say(&h, ROLE_UI, IPC_ROOM_FORGET, &number, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_FORGET_FILE], 1);
	household_say(&h, ROLE_UI, IPC_ROOM_CLOSE, &number, NULL);
	household_pass(&h, 0);
	CU_ASSERT_FALSE(household_runs(&h, 1, ROLE_CRYPTOD));
	household_close(&h);
}

/* --- Troubles ------------------------------------------------------------- */

static void
test_restarted_alone(void)
{
	struct household h;

	household_live_two(&h);
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.children, household_bit(&h, ROLE_NETD));
	CU_ASSERT_EQUAL(household_logged(&h,
			    "warn event restarted child=netd room=2 "
			    "msg=restarting gochat-netd of room 2"),
	    1);
	household_all_ready(&h);
	household_crash(&h, ROLE_CRYPTOD, SIGSEGV);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error event died child=cryptod room=2 signal=11"),
	    1);
	CU_ASSERT_EQUAL(h.children, family_of_room(&h.s.family, 1));
	CU_ASSERT(
	    starts(&h, 1, ROLE_NETD) == 3 && starts(&h, 1, ROLE_CRYPTOD) == 2);
	CU_ASSERT(starts(&h, 0, ROLE_NETD) == 1 &&
	    starts(&h, 0, ROLE_CRYPTOD) == 1 && ui_of(&h)->starts == 1);
	household_close(&h);
}

/* ui and a room at once: ui comes last, and is told of all rooms. */
static void
test_with_ui(void)
{
	struct household h;

	household_live_two(&h);
	h.mood = SPAWNER_SILENT;
	household_exit(&h, ROLE_UI, 1);
	household_exit(&h, ROLE_CRYPTOD, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_CHILDREN], 4);
	CU_ASSERT_EQUAL(h.wish.children, household_bit(&h, ROLE_UI));
	CU_ASSERT_EQUAL(h.wish.rooms, 3);
	household_close(&h);
}

/* The next ui is told what the one before had where on its screen, as that told
 * it last, before it hears of any room. */
static void
test_screen(void)
{
	struct ipc_places places = { .current = 1 };
	struct household h;

	household_live_two(&h);
	household_exit(&h, ROLE_UI, 1); /* it has not told anything yet */
	household_pass(&h, 0);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(ui_of(&h)->told[IPC_PLACES_BEFORE], 0);
	household_say(&h, ROLE_UI, IPC_PLACES, &places, NULL);
	memset(places.at, 1, sizeof(places.at));
	household_say(&h, ROLE_UI, IPC_PLACES, &places, NULL);
	household_pass(&h, 0);
	household_exit(&h, ROLE_UI, 1);
	household_pass(&h, 0);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(ui_of(&h)->told[IPC_PLACES_BEFORE], 1);
	CU_ASSERT_EQUAL(memcmp(&ui_of(&h)->places, &places, sizeof(places)), 0);
	CU_ASSERT_FALSE(h.s.ending);
	household_close(&h);
}

/* Another room's processes are not there, and the program goes on. */
static void
test_not_started(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	h.mood = SPAWNER_UNABLE;
	household_open_room(&h, 3, "", "kitchen");
	check_refused(&h, 3, ROOM_NO_PROCESS);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error cannot start gochat-cryptod of room 2: no "
			    "memory"),
	    1);
	CU_ASSERT_FALSE(h.s.ending);
	h.mood = SPAWNER_PROMPT;
	household_add_room(&h, "kitchen");
	CU_ASSERT_EQUAL(h.room, 1);
	household_lose_spawner(&h);
	household_pass(&h, 0);
	household_open_room(&h, 4, "", "cellar");
	check_refused(&h, 4, ROOM_NO_PROCESS);
	household_close(&h);
}

/* What fails at its start would fail again. */
static void
test_dies_at_start(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	household_open_room(&h, 3, "", "kitchen");
	h.room = 1;
	household_exit(&h, ROLE_CRYPTOD, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error gochat-cryptod of room 2 ended before it "
			    "worked"),
	    1);
	check_told(&h, ROOM_CLOSED, 1, 3);
	CU_ASSERT(!household_runs(&h, 1, ROLE_NETD) &&
	    starts(&h, 1, ROLE_CRYPTOD) == 1);
	CU_ASSERT_FALSE(h.s.ending);
	household_close(&h);
}

static void
lose_netd(struct household *h)
{
	household_exit(h, ROLE_NETD, 1);
	household_pass(h, 0);
	if (household_member(h, ROLE_NETD)->pid != 0)
		household_all_ready(h);
}

/* A room whose processes die again and again is closed; if it is the last one,
 * nothing is left. */
static void
test_too_often(void)
{
	struct household h;

	household_live_two(&h);
	for (unsigned int i = 0; i <= RESTARTS_MAX; i++)
		lose_netd(&h);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error more than 5 restarts in 60 s: giving the "
			    "room up"),
	    1);
	check_told(&h, ROOM_CLOSED, 1, 1);
	CU_ASSERT_FALSE(h.s.ending);
	h.room = 0;
	for (unsigned int i = 0; i < RESTARTS_MAX; i++)
		lose_netd(&h);
	CU_ASSERT_FALSE(h.s.ending);
	lose_netd(&h);
	CU_ASSERT_TRUE(h.s.ending);
	household_check_end(&h, EXIT_FAILURE, CAUSE_PATIENCE);
}

/* A member who has taken a room's process over gets no second try, and nothing
 * of the other rooms. */
static void
test_sandbox(void)
{
	struct household h;

	household_live_two(&h);
	household_crash(&h, ROLE_CRYPTOD, SIGSYS);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error event died child=cryptod room=2 signal=31 "),
	    1);
	check_told(&h, ROOM_CLOSED, 1, 1);
	CU_ASSERT(!h.s.ending && starts(&h, 1, ROLE_CRYPTOD) == 1);
	household_exit(&h, ROLE_UI, 0);
	household_check_end(&h, 3, 0);
}

static void
accuse(struct household *h, enum role reporter, enum role culprit)
{
	const struct ipc_fault fault = { .type = IPC_SENT,
		.role = (uint8_t)culprit,
		.room = (uint8_t)h->room };

	household_say(h, reporter, IPC_FAULT, &fault, NULL);
	household_pass(h, 0);
}

/* ui names the room of a cryptod that it accuses: that one is closed at once,
 * and has no further try. */
static void
test_fault(void)
{
	struct household h;

	household_live_two(&h);
	accuse(&h, ROLE_UI, ROLE_CRYPTOD);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error gochat-ui: message SENT from gochat-cryptod "
			    "of room 2 is not allowed: ending it"),
	    1);
	check_told(&h, ROOM_CLOSED, 1, 1);
	CU_ASSERT(!household_runs(&h, 1, ROLE_CRYPTOD) &&
	    !household_runs(&h, 1, ROLE_NETD));
	CU_ASSERT(starts(&h, 1, ROLE_CRYPTOD) == 1 &&
	    starts(&h, 0, ROLE_CRYPTOD) == 1);
	accuse(&h, ROLE_UI, ROLE_CRYPTOD); /* it is gone */
	CU_ASSERT_FALSE(h.s.ending);
	h.room = 0; /* now the only one: it gets another try */
	accuse(&h, ROLE_UI, ROLE_CRYPTOD);
	CU_ASSERT_EQUAL(starts(&h, 0, ROLE_CRYPTOD), 2);
	household_close(&h);
}

/* Rooms that send ui nonsense, on which it ends, do not use its restarts up. */
static void
test_faults_of_rooms(void)
{
	struct household h;
	char name[16];

	household_live(&h, MODE_CLIENT);
	for (unsigned int i = 0; i <= RESTARTS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "room %u", i);
		household_add_room(&h, name);
		accuse(&h, ROLE_UI, ROLE_CRYPTOD);
		household_exit(&h, ROLE_UI, 1);
		household_pass(&h, 0);
		household_all_ready(&h);
		CU_ASSERT_EQUAL(ui_of(&h)->starts, i + 2);
	}
	CU_ASSERT_FALSE(h.s.ending);
	CU_ASSERT_EQUAL(starts(&h, 0, ROLE_CRYPTOD), 1);
	for (unsigned int i = 0; i <= RESTARTS_MAX; i++) {
		CU_ASSERT_FALSE(h.s.ending);
		household_exit(&h, ROLE_UI, 1); /* by itself: they count */
		household_pass(&h, 0);
		if (!h.s.ending)
			household_all_ready(&h);
	}
	CU_ASSERT_TRUE(h.s.ending);
	household_check_end(&h, EXIT_FAILURE, 0);
}

/* A cryptod that accuses ui, again and again, ends its own room alone. */
static void
test_ui_accused(void)
{
	struct household h;

	household_live_two(&h);
	for (unsigned int i = 0; i <= RESTARTS_MAX; i++) {
		CU_ASSERT_TRUE(household_runs(&h, 1, ROLE_CRYPTOD));
		accuse(&h, ROLE_CRYPTOD, ROLE_UI);
		if (household_runs(&h, 1, ROLE_CRYPTOD))
			household_all_ready(&h);
	}
	CU_ASSERT_EQUAL(starts(&h, 1, ROLE_CRYPTOD), RESTARTS_MAX + 1);
	CU_ASSERT_EQUAL(starts(&h, 1, ROLE_NETD), RESTARTS_MAX + 1);
	check_told(&h, ROOM_CLOSED, 1, 1);
	CU_ASSERT_EQUAL(ui_of(&h)->starts, 1);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_UI), 0);
	CU_ASSERT_FALSE(h.s.ending);
	household_close(&h);
}

/* --- The rest ------------------------------------------------------------- */

/* The file of keys is in a folder of its own. */
static void
open_keys(struct household *h, struct folder *folder)
{
	folder_open(folder);
	CU_ASSERT_EQUAL_FATAL(known_bootnodes_open(&h->s.known, folder->fd,
				  folder->err, sizeof(folder->err)),
	    0);
}

static void
close_with_keys(struct household *h, struct folder *folder)
{
	close(h->s.known.fd);
	household_close(h);
	folder_remove(folder);
}

static void
remember(struct household *h, uint8_t key)
{
	const struct ipc_remember body = { { key } };

	household_say(h, ROLE_CRYPTOD, IPC_REMEMBER, &body, NULL);
	household_pass(h, 0);
}

/* All rooms have one file of keys. */
static void
test_keys(void)
{
	struct folder folder;
	struct household h;
	char text[512];
	ssize_t n;

	household_live(&h, MODE_CLIENT);
	open_keys(&h, &folder);
	household_add_room(&h, "kitchen");
	remember(&h, 3);
	h.room = 0;
	remember(&h, 3);
	n = pread(h.s.known.fd, text, sizeof(text), 0);
	CU_ASSERT_EQUAL(n, (ssize_t)strlen("b.example:9595 ") + 64 + 1);
	household_open_room(&h, 1, "b.example:9595", "cellar");
	household_all_ready(&h);
	h.room = 2;
	CU_ASSERT_TRUE(household_member(&h, ROLE_CRYPTOD)->cryptod.remembered);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.boot_key[0],
	    3);
	close_with_keys(&h, &folder);
}

/* A cryptod that was taken over names other keys, of a bootnode that is known
 * to it or to another room: its room is closed, and no room has that key. */
static void
test_wrong_keys(void)
{
	struct folder folder;
	struct household h;

	household_open(&h, MODE_CLIENT);
	open_keys(&h, &folder);
	h.s.rooms[0].pinned = true;
	h.s.rooms[0].boot_key[0] = 9;
	household_start(&h, false);
	household_all_ready(&h);
	household_add_room(&h, "pinned as the first");
	remember(&h, 9);
	CU_ASSERT_TRUE(household_runs(&h, 1, ROLE_CRYPTOD));
	remember(&h, 4);
	check_told(&h, ROOM_CLOSED, 1, 1);
	household_open_room(&h, 1, "c.example:9595", "elsewhere");
	household_all_ready(&h);
	h.room = 1;
	remember(&h, 5);
	household_open_room(&h, 2, "c.example:9595", "there, too");
	household_all_ready(&h);
	h.room = 2;
	h.s.rooms[2].remembered = false; /* it came before the key did */
	remember(&h, 6);
	check_told(&h, ROOM_CLOSED, 2, 2);
	h.room = 1;
	remember(&h, 6);
	check_told(&h, ROOM_CLOSED, 1, 1);
	household_add_room(&h, "kitchen");
	CU_ASSERT_TRUE(household_member(&h, ROLE_CRYPTOD)->cryptod.pinned);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.boot_key[0],
	    9);
	household_open_room(&h, 3, "c.example:9595", "there");
	household_all_ready(&h);
	h.room = 2;
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.boot_key[0],
	    5);
	CU_ASSERT_EQUAL(h.s.rooms[0].boot_key[0], 9);
	CU_ASSERT_FALSE(h.s.ending);
	close_with_keys(&h, &folder);
}

/* A room whose file has another key than known_bootnodes does not pass it on,
 * be it open before the other room or while that one waits. */
static void
test_known_key_first(void)
{
	const uint8_t key[BOOTNODE_KEY_SIZE] = { 7 };
	struct folder folder;
	struct household h;

	household_live(&h, MODE_CLIENT);
	open_keys(&h, &folder);
	CU_ASSERT_EQUAL_FATAL(known_bootnodes_append(&h.s.known,
				  "b.example:9595", key, folder.err,
				  sizeof(folder.err)),
	    0);
	h.s.rooms[0].remembered = true;
	h.s.rooms[0].boot_key[0] = 8;
	household_add_room(&h, "kitchen");
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.boot_key[0],
	    7);
	household_open_room(&h, 2, "", "cellar"); /* and another waits */
	household_open_room(&h, 3, "b.example:9595", "attic");
	h.s.rooms[3].remembered = false;
	h.s.rooms[3].boot_key[0] = 0;
	household_all_ready(&h);
	household_all_ready(&h);
	h.room = 3;
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.boot_key[0],
	    7);
	close_with_keys(&h, &folder);
}

/* All netds are asked; those of other rooms are told apart. */
static void
test_figures(void)
{
	struct ipc_figures figures = { .unsent = 11 };
	struct household h;

	household_live_two(&h);
	raise(SIGUSR1);
	household_pass(&h, 0);
	household_say(&h, ROLE_NETD, IPC_FIGURES, &figures, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h, "event figure"), 0);
	h.room = 0;
	figures.unsent = 22;
	household_say(&h, ROLE_NETD, IPC_FIGURES, &figures, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "name=gochat_unsent_packets_total value=22"),
	    1);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "name=gochat_unsent_packets_total room=2 value=11"),
	    1);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "name=gochat_process_up child=netd room=2 "
			    "value=1"),
	    1);
	household_close(&h);
}

void
house_suite(void)
{
	CU_pSuite s = CU_add_suite("house", household_setup, household_cleanup);

	CU_add_test(s, "opened", test_open);
	CU_add_test(s, "at the same bootnode", test_same_bootnode);
	CU_add_test(s, "identities", test_identity);
	CU_add_test(s, "namesakes", test_namesakes);
	CU_add_test(s, "names that look like what others are called",
	    test_long_names);
	CU_add_test(s, "refused", test_refused);
	CU_add_test(s, "several bootnodes", test_several_bootnodes);
	CU_add_test(s, "as many as there may be", test_many);
	CU_add_test(s, "one after the other", test_in_turn);
	CU_add_test(s, "of the options", test_of_options);
	CU_add_test(s, "closed", test_close);
	CU_add_test(s, "the first is closed", test_first_closed);
	CU_add_test(s, "closed before it is there", test_close_early);
	CU_add_test(s, "closed and opened again", test_close_and_open);
	CU_add_test(s, "another in its place", test_meant);
	CU_add_test(s, "restarted alone", test_restarted_alone);
	CU_add_test(s, "restarted with ui", test_with_ui);
	CU_add_test(s, "the screen of the ui before", test_screen);
	CU_add_test(s, "not started", test_not_started);
	CU_add_test(s, "dead at its start", test_dies_at_start);
	CU_add_test(s, "dead too often", test_too_often);
	CU_add_test(s, "ended by the sandbox", test_sandbox);
	CU_add_test(s, "accused by ui", test_fault);
	CU_add_test(s, "accused by ui, many", test_faults_of_rooms);
	CU_add_test(s, "ui accused", test_ui_accused);
	CU_add_test(s, "keys of bootnodes", test_keys);
	CU_add_test(s, "keys that are wrong", test_wrong_keys);
	CU_add_test(s, "keys that are known", test_known_key_first);
	CU_add_test(s, "figures", test_figures);
}
