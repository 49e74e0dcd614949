/*
 * The children of a run: which a mode has, who is told of a neighbour, and what
 * is restarted with what.
 */
#include "launcher/family.h"

#include <CUnit/CUnit.h>

void family_suite(void);

static void
check_family(enum mode mode, enum process_id netd, enum process_id cryptod)
{
	struct family f;

	family_make(&f, mode);
	CU_ASSERT_EQUAL_FATAL(f.count, 3);
	CU_ASSERT_EQUAL(family_all(&f), 7);
	CU_ASSERT_EQUAL(f.at[family_find(&f, ROLE_NETD)], netd);
	CU_ASSERT_EQUAL(f.at[family_find(&f, ROLE_CRYPTOD)], cryptod);
	CU_ASSERT_EQUAL(f.at[family_find(&f, ROLE_UI)], PROCESS_UI);
	CU_ASSERT_EQUAL(family_find(&f, ROLE_LAUNCHER), f.count);
	/* Somebody waits for its screen: it is started first. */
	CU_ASSERT_EQUAL(family_find(&f, ROLE_UI), f.count - 1);
}

static void
test_modes(void)
{
	check_family(MODE_CLIENT, PROCESS_NETD_CLIENT, PROCESS_CRYPTOD_CLIENT);
	check_family(MODE_BOOTNODE, PROCESS_NETD_BOOTNODE,
	    PROCESS_CRYPTOD_BOOTNODE);
}

static void
test_neighbours(void)
{
	unsigned int netd, cryptod, ui;
	struct family f;

	family_make(&f, MODE_CLIENT);
	netd = family_find(&f, ROLE_NETD);
	cryptod = family_find(&f, ROLE_CRYPTOD);
	ui = family_find(&f, ROLE_UI);
	CU_ASSERT_EQUAL(family_neighbour(&f, netd, ROLE_CRYPTOD), cryptod);
	CU_ASSERT_EQUAL(family_neighbour(&f, cryptod, ROLE_NETD), netd);
	CU_ASSERT_EQUAL(family_neighbour(&f, cryptod, ROLE_UI), ui);
	/* Whoever accuses somebody else is not believed. */
	CU_ASSERT_EQUAL(family_neighbour(&f, netd, ROLE_UI), f.count);
	CU_ASSERT_EQUAL(family_neighbour(&f, ui, ROLE_NETD), f.count);
	CU_ASSERT_EQUAL(family_neighbour(&f, ui, ROLE_UI), f.count);
	CU_ASSERT_EQUAL(family_neighbour(&f, ui, ROLE_LAUNCHER), f.count);
}

/* netd goes with cryptod; ui lives on. */
static void
test_restart_sets(void)
{
	uint32_t netd, cryptod, ui;
	struct family f;

	family_make(&f, MODE_BOOTNODE);
	netd = CHILD_BIT(family_find(&f, ROLE_NETD));
	cryptod = CHILD_BIT(family_find(&f, ROLE_CRYPTOD));
	ui = CHILD_BIT(family_find(&f, ROLE_UI));
	CU_ASSERT_EQUAL(family_restart_set(&f, 0), 0);
	CU_ASSERT_EQUAL(family_restart_set(&f, netd), netd);
	CU_ASSERT_EQUAL(family_restart_set(&f, ui), ui);
	CU_ASSERT_EQUAL(family_restart_set(&f, netd | ui), netd | ui);
	CU_ASSERT_EQUAL(family_restart_set(&f, cryptod), cryptod | netd);
	CU_ASSERT_EQUAL(family_restart_set(&f, cryptod | ui), family_all(&f));
}

void
family_suite(void)
{
	CU_pSuite suite = CU_add_suite("family", NULL, NULL);

	CU_add_test(suite, "modes", test_modes);
	CU_add_test(suite, "neighbours", test_neighbours);
	CU_add_test(suite, "what is started anew", test_restart_sets);
}
