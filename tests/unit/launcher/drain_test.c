/*
 * A bootnode of a fleet drains before it ends.
 */
#include "tests/unit/launcher/household.h"

#include <CUnit/CUnit.h>

#include <signal.h>
#include <stdlib.h>

void drain_suite(void);

static void
wish(struct household *h)
{
	raise(SIGTERM);
	household_pass(h, 0);
}

static unsigned int
told(struct household *h, enum role role, enum ipc_type type)
{
	return household_member(h, role)->told[type];
}

static void
say_drained(struct household *h, uint8_t alone)
{
	const struct ipc_drained drained = { .alone = alone };

	household_say(h, ROLE_NETD, IPC_DRAINED, &drained, NULL);
	household_pass(h, 0);
}

/* netd is told first; ui once everybody has gone, or there is nowhere to go. */
static void
test_drains(void)
{
	struct household h;

	for (uint8_t alone = 0; alone <= 1; alone++) {
		household_live_fleet(&h);
		wish(&h);
		CU_ASSERT_EQUAL(told(&h, ROLE_NETD, IPC_DRAIN), 1);
		household_pass(&h, 20 * USEC_PER_SEC);
		CU_ASSERT_EQUAL(told(&h, ROLE_UI, IPC_SHUTDOWN), 0);
		CU_ASSERT_FALSE(h.s.ending);
		say_drained(&h, alone);
		CU_ASSERT_EQUAL(told(&h, ROLE_UI, IPC_SHUTDOWN), 1);
		CU_ASSERT_TRUE(h.s.ending);
		/* Again, and too late: it says nothing. */
		say_drained(&h, alone);
		CU_ASSERT_EQUAL(told(&h, ROLE_UI, IPC_SHUTDOWN), 1);
		household_exit(&h, ROLE_UI, 0);
		household_check_end(&h, 0, 0);
	}
}

/* A bootnode in no fleet ends at once. */
static void
test_no_fleet(void)
{
	struct household h;

	household_live(&h, MODE_BOOTNODE);
	wish(&h);
	CU_ASSERT_EQUAL(told(&h, ROLE_NETD, IPC_DRAIN), 0);
	CU_ASSERT_EQUAL(told(&h, ROLE_UI, IPC_SHUTDOWN), 1);
	household_exit(&h, ROLE_UI, 0);
	household_check_end(&h, 0, 0);
}

/* Not all go in time. */
static void
test_patience(void)
{
	struct household h;

	household_live_fleet(&h);
	wish(&h);
	household_pass(&h, DRAIN_PATIENCE - USEC_PER_SEC);
	CU_ASSERT_EQUAL(told(&h, ROLE_UI, IPC_SHUTDOWN), 0);
	household_pass(&h, 2 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(told(&h, ROLE_UI, IPC_SHUTDOWN), 1);
	CU_ASSERT_EQUAL(household_logged(&h, "not all rooms have moved"), 1);
	household_exit(&h, ROLE_UI, 0);
	household_check_end(&h, 0, 0);
}

/* Whoever wishes it twice does not want to wait. */
static void
test_second_wish(void)
{
	struct household h;

	household_live_fleet(&h);
	wish(&h);
	household_pass(&h, 2 * USEC_PER_SEC);
	wish(&h);
	household_check_end(&h, EXIT_FAILURE, 0);
}

/* With netd, all sessions are gone. */
static void
test_netd_dies(void)
{
	struct household h;

	household_live_fleet(&h);
	wish(&h);
	household_crash(&h, ROLE_NETD, SIGSEGV);
	household_pass(&h, 100 * USEC_PER_MSEC);
	CU_ASSERT_EQUAL(told(&h, ROLE_UI, IPC_SHUTDOWN), 1);
	household_exit(&h, ROLE_UI, 0);
	household_check_end(&h, 0, 0);
}

/* Without fleetd they go all the same. */
static void
test_fleetd_dies(void)
{
	struct household h;

	household_live_fleet(&h);
	wish(&h);
	household_crash(&h, ROLE_FLEETD, SIGSEGV);
	household_pass(&h, 100 * USEC_PER_MSEC);
	CU_ASSERT_EQUAL(told(&h, ROLE_UI, IPC_SHUTDOWN), 0);
	say_drained(&h, 0);
	CU_ASSERT_EQUAL(told(&h, ROLE_UI, IPC_SHUTDOWN), 1);
	household_exit(&h, ROLE_UI, 0);
	household_check_end(&h, 0, 0);
}

void
drain_suite(void)
{
	CU_pSuite s = CU_add_suite("drain", household_setup, household_cleanup);

	CU_ADD_TEST(s, test_drains);
	CU_ADD_TEST(s, test_no_fleet);
	CU_ADD_TEST(s, test_patience);
	CU_ADD_TEST(s, test_second_wish);
	CU_ADD_TEST(s, test_netd_dies);
	CU_ADD_TEST(s, test_fleetd_dies);
}
