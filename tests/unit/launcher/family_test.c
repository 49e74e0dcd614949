/*
 * The children of a run: which a mode has, who is told of a neighbour, and what
 * is restarted with what, in one room and in several.
 */
#include "launcher/family.h"

#include <CUnit/CUnit.h>

void family_suite(void);

/* Asserts that the family has the process in place of the role. */
static void
check_member(const struct family *f, enum role role, unsigned int room,
    enum process_id process)
{
	unsigned int child = family_find(f, role, room);

	CU_ASSERT_FATAL(child < f->count);
	CU_ASSERT_EQUAL(f->at[child].process, process);
	CU_ASSERT_EQUAL(f->at[child].room, room);
	CU_ASSERT_EQUAL(family_role(f, child), role);
}

static void
check_family(enum mode mode, enum process_id netd, enum process_id cryptod,
    enum process_id ui)
{
	struct family f;

	family_make(&f, mode, 1, false);
	CU_ASSERT_EQUAL_FATAL(f.count, 3);
	CU_ASSERT_EQUAL(family_all(&f), 7);
	check_member(&f, ROLE_NETD, 0, netd);
	check_member(&f, ROLE_CRYPTOD, 0, cryptod);
	check_member(&f, ROLE_UI, 0, ui);
	CU_ASSERT_EQUAL(family_find(&f, ROLE_LAUNCHER, 0), f.count);
	/* Children start from the last to the first: the user waits for ui's
	 * screen. */
	CU_ASSERT_EQUAL(family_find(&f, ROLE_UI, 0), 0);
}

static void
test_modes(void)
{
	check_family(MODE_CLIENT, PROCESS_NETD_CLIENT, PROCESS_CRYPTOD_CLIENT,
	    PROCESS_UI_CLIENT);
	check_family(MODE_BOOTNODE, PROCESS_NETD_BOOTNODE,
	    PROCESS_CRYPTOD_BOOTNODE, PROCESS_UI_BOOTNODE);
}

/* A bootnode in a fleet has fleetd, and no other run does. */
static void
test_fleet(void)
{
	struct family_link links[FAMILY_LINKS_MAX];
	struct family f;
	uint64_t fleetd;

	family_make(&f, MODE_CLIENT, ROOMS_MAX, true);
	CU_ASSERT_EQUAL(f.count, 1 + 2 * ROOMS_MAX);
	family_make(&f, MODE_BOOTNODE, 1, true);
	CU_ASSERT_EQUAL_FATAL(f.count, 4);
	check_member(&f, ROLE_FLEETD, 0, PROCESS_FLEETD);
	CU_ASSERT_EQUAL(family_links(&f, links), 3);
	/* It is restarted alone, and with nobody. */
	fleetd = CHILD_BIT(family_find(&f, ROLE_FLEETD, 0));
	CU_ASSERT_EQUAL(family_restart_set(&f, fleetd), fleetd);
	CU_ASSERT_EQUAL(family_restart_set(&f, family_all(&f) & ~fleetd),
	    family_all(&f) & ~fleetd);
}

/* One ui for all rooms, and one pair for each of them. */
static void
test_rooms(void)
{
	struct family f;

	family_make(&f, MODE_CLIENT, ROOMS_MAX, false);
	CU_ASSERT_EQUAL_FATAL(f.count, 1 + 2 * ROOMS_MAX);
	CU_ASSERT_EQUAL(family_all(&f), CHILD_BIT(f.count) - 1);
	for (unsigned int room = 0; room < ROOMS_MAX; room++) {
		check_member(&f, ROLE_NETD, room, PROCESS_NETD_CLIENT);
		check_member(&f, ROLE_CRYPTOD, room, PROCESS_CRYPTOD_CLIENT);
		CU_ASSERT_EQUAL(family_find(&f, ROLE_UI, room), 0);
		/* The first room's are started before the second's. */
		CU_ASSERT_EQUAL(family_find(&f, ROLE_NETD, room) / 2, room + 1);
	}
	CU_ASSERT_EQUAL(family_find(&f, ROLE_NETD, ROOMS_MAX), f.count);
}

static void
test_neighbours(void)
{
	unsigned int netd, cryptod, ui;
	struct family f;

	family_make(&f, MODE_CLIENT, 1, false);
	netd = family_find(&f, ROLE_NETD, 0);
	cryptod = family_find(&f, ROLE_CRYPTOD, 0);
	ui = family_find(&f, ROLE_UI, 0);
	CU_ASSERT_EQUAL(family_neighbour(&f, netd, ROLE_CRYPTOD, 0), cryptod);
	CU_ASSERT_EQUAL(family_neighbour(&f, cryptod, ROLE_NETD, 0), netd);
	CU_ASSERT_EQUAL(family_neighbour(&f, cryptod, ROLE_UI, 0), ui);
	/* A process that accuses one that is not its neighbour is not
	 * believed. */
	CU_ASSERT_EQUAL(family_neighbour(&f, netd, ROLE_UI, 0), f.count);
	CU_ASSERT_EQUAL(family_neighbour(&f, ui, ROLE_NETD, 0), f.count);
	CU_ASSERT_EQUAL(family_neighbour(&f, ui, ROLE_UI, 0), f.count);
	CU_ASSERT_EQUAL(family_neighbour(&f, ui, ROLE_LAUNCHER, 0), f.count);
}

/* Nobody can accuse the children of another room. ui says which it means. */
static void
test_neighbours_in_rooms(void)
{
	unsigned int cryptods[2], netd, ui;
	struct family f;

	family_make(&f, MODE_CLIENT, 2, false);
	cryptods[0] = family_find(&f, ROLE_CRYPTOD, 0);
	cryptods[1] = family_find(&f, ROLE_CRYPTOD, 1);
	netd = family_find(&f, ROLE_NETD, 1);
	ui = family_find(&f, ROLE_UI, 0);
	for (unsigned int room = 0; room < 2; room++) {
		CU_ASSERT_EQUAL(family_neighbour(&f, netd, ROLE_CRYPTOD, room),
		    cryptods[1]);
		CU_ASSERT_EQUAL(family_neighbour(&f, cryptods[1], ROLE_UI,
				    room),
		    ui);
		CU_ASSERT_EQUAL(family_neighbour(&f, ui, ROLE_CRYPTOD, room),
		    cryptods[room]);
	}
	CU_ASSERT_EQUAL(family_neighbour(&f, ui, ROLE_CRYPTOD, 2), f.count);
}

/* Whether there is a link from a child to another, with those numbers. */
static bool
has_link(const struct family_link *links, size_t count, unsigned int from,
    unsigned int to, int from_number, int to_number)
{
	for (size_t i = 0; i < count; i++)
		if (links[i].children[0] == from && links[i].children[1] == to)
			return links[i].numbers[0] == from_number &&
			    links[i].numbers[1] == to_number;
	return false;
}

/* Each netd has a channel to its room's cryptod, and each cryptod to ui. There
 * is none between two rooms. */
static void
test_links(void)
{
	struct family_link links[FAMILY_LINKS_MAX];
	struct family f;

	family_make(&f, MODE_CLIENT, 3, false);
	CU_ASSERT_EQUAL_FATAL(family_links(&f, links), 6);
	for (unsigned int room = 0; room < 3; room++) {
		unsigned int cryptod = family_find(&f, ROLE_CRYPTOD, room);

		CU_ASSERT_TRUE(
		    has_link(links, 6, family_find(&f, ROLE_NETD, room),
			cryptod, FD_CRYPTOD, FD_NETD));
		CU_ASSERT_TRUE(has_link(links, 6, cryptod,
		    family_find(&f, ROLE_UI, room), FD_UI, FD_COMES_LATER));
	}
	family_make(&f, MODE_CLIENT, ROOMS_MAX, false);
	CU_ASSERT_EQUAL(family_links(&f, links), 2 * ROOMS_MAX);
}

/* netd goes with cryptod; ui lives on. */
static void
test_restart_sets(void)
{
	uint64_t netd, cryptod, ui;
	struct family f;

	family_make(&f, MODE_BOOTNODE, 1, false);
	netd = CHILD_BIT(family_find(&f, ROLE_NETD, 0));
	cryptod = CHILD_BIT(family_find(&f, ROLE_CRYPTOD, 0));
	ui = CHILD_BIT(family_find(&f, ROLE_UI, 0));
	CU_ASSERT_EQUAL(family_restart_set(&f, 0), 0);
	CU_ASSERT_EQUAL(family_restart_set(&f, netd), netd);
	CU_ASSERT_EQUAL(family_restart_set(&f, ui), ui);
	CU_ASSERT_EQUAL(family_restart_set(&f, netd | ui), netd | ui);
	CU_ASSERT_EQUAL(family_restart_set(&f, cryptod), cryptod | netd);
	CU_ASSERT_EQUAL(family_restart_set(&f, cryptod | ui), family_all(&f));
}

/* What ends in one room leaves the others as they are, to the last of them. */
static void
test_restart_sets_in_rooms(void)
{
	struct family f;

	family_make(&f, MODE_CLIENT, ROOMS_MAX, false);
	for (unsigned int room = 0; room < ROOMS_MAX; room++) {
		uint64_t netd = CHILD_BIT(family_find(&f, ROLE_NETD, room));
		uint64_t cryptod =
		    CHILD_BIT(family_find(&f, ROLE_CRYPTOD, room));

		CU_ASSERT_EQUAL(family_restart_set(&f, netd), netd);
		CU_ASSERT_EQUAL(family_restart_set(&f, cryptod),
		    cryptod | netd);
	}
}

void
family_suite(void)
{
	CU_pSuite suite = CU_add_suite("family", NULL, NULL);

	CU_add_test(suite, "modes", test_modes);
	CU_add_test(suite, "a fleet", test_fleet);
	CU_add_test(suite, "rooms", test_rooms);
	CU_add_test(suite, "neighbours", test_neighbours);
	CU_add_test(suite, "neighbours in rooms", test_neighbours_in_rooms);
	CU_add_test(suite, "links", test_links);
	CU_add_test(suite, "what is restarted", test_restart_sets);
	CU_add_test(suite, "what is restarted in rooms",
	    test_restart_sets_in_rooms);
}
