/*
 * The launcher's loop: its start, its signals, the spawner, and the order of
 * the end with its deadlines.
 */
#include "launcher/supervise.h"

#include "tests/unit/launcher/household.h"

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void supervise_suite(void);

/* --- The end -------------------------------------------------------------- */

static void
test_order(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < 3; i++) {
		struct household h;

		household_live(&h, MODE_CLIENT);
		raise(signals[i]);
		household_pass(&h, END_PATIENCE / 2);
		/* ui says goodbye, and needs the others for that. */
		CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)
				    ->told[IPC_SHUTDOWN],
		    1);
		CU_ASSERT_EQUAL(household_kills(&h, ROLE_NETD), 0);
		CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 0);
		CU_ASSERT_EQUAL(household_logged(&h, "event stopping"), 1);
		household_exit(&h, ROLE_UI, 0);
		household_pass(&h, 0);
		CU_ASSERT_EQUAL(household_kills(&h, ROLE_NETD), 1);
		CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 1);
		CU_ASSERT_EQUAL(household_kills(&h, ROLE_UI), 0);
		CU_ASSERT_EQUAL(household_logged(&h, "event stopping"), 1);
		household_check_end(&h, 0, 0);
	}
}

static void
test_deaf_ui(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	raise(SIGTERM);
	household_pass(&h, END_PATIENCE - 1);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_UI), 0);
	household_check_end(&h, EXIT_FAILURE, 1);
}

/* A second signal that comes later ends everything at once. */
static void
test_twice(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	raise(SIGINT);
	household_pass(&h, SAME_WISH);
	raise(SIGTERM);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_UI), 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->told[IPC_SHUTDOWN], 1);
	household_pass(&h, 1);
	raise(SIGINT);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_UI), 1);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_NETD), 1);
	household_check_end(&h, EXIT_FAILURE, 0);
}

/* While ui is being restarted there is none to say goodbye. */
static void
test_without_ui(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	h.mood = SPAWNER_SILENT;
	household_exit(&h, ROLE_UI, 1);
	household_pass(&h, 0);
	raise(SIGTERM);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 1);
	household_check_end(&h, EXIT_FAILURE, 0);
}

/* A process that the kernel cannot end is left behind. */
static void
test_left_behind(void)
{
	struct household h;
	uint64_t took;

	household_live(&h, MODE_CLIENT);
	household_member(&h, ROLE_NETD)->undying = true;
	household_exit(&h, ROLE_UI, 0);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_NETD), 1);
	household_pass(&h, KILL_PATIENCE);
	CU_ASSERT_EQUAL(household_logged(&h, "does not end"), 0);
	CU_ASSERT_EQUAL(household_end(&h, &took), 0);
	CU_ASSERT_EQUAL(took, END_PATIENCE + BURIAL_PATIENCE - KILL_PATIENCE);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error gochat-netd was killed, but does not end, "
			    "and is left behind"),
	    1);
	household_close(&h);

	household_live(&h, MODE_CLIENT);
	household_member(&h, ROLE_UI)->undying = true;
	raise(SIGTERM);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_end(&h, &took), EXIT_FAILURE);
	CU_ASSERT_EQUAL(took, END_PATIENCE + BURIAL_PATIENCE);
	CU_ASSERT_NOT_EQUAL(household_member(&h, ROLE_UI)->pid, 0);
	household_close(&h);
}

/* At a fatal error, ui is gone before its screen is taken away. */
static void
test_end_ui(void)
{
	struct household h;
	struct supervised *ui;

	household_live(&h, MODE_CLIENT);
	ui = &h.s.children[family_find(&h.s.family, ROLE_UI, 0)];
	/* In this test the pidfd is readable once the channel is closed. */
	supervise_end_ui(&h.s);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_UI), 1);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_NETD), 0);
	CU_ASSERT_EQUAL(ui->channel.fd, -1);
	household_close(&h);
}

/* --- The spawner ---------------------------------------------------------- */

static void
test_silent_at_start(void)
{
	struct household h;
	uint64_t began;

	household_open(&h, MODE_CLIENT);
	h.mood = SPAWNER_SILENT;
	began = h.now;
	household_start(&h, false);
	CU_ASSERT_EQUAL(h.now - began, SPAWN_PATIENCE);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error cannot start gochat-ui: the spawner does "
			    "not answer"),
	    1);
	household_check_end(&h, EXIT_FAILURE, 0);
	/* The user does not want to wait for that. */
	household_open(&h, MODE_CLIENT);
	h.mood = SPAWNER_SILENT;
	raise(SIGINT);
	began = h.now;
	household_start(&h, false);
	CU_ASSERT_EQUAL(h.now, began);
	CU_ASSERT_TRUE(h.s.ending);
	CU_ASSERT_EQUAL(household_logged(&h, "error"), 0);
	household_check_end(&h, 0, 0);
}

static void
test_unable_at_start(void)
{
	struct household h;

	household_open(&h, MODE_CLIENT);
	h.mood = SPAWNER_UNABLE;
	household_start(&h, false);
	CU_ASSERT_EQUAL(household_logged(&h, "error cannot start gochat-ui: "),
	    1);
	CU_ASSERT_TRUE(h.s.failed);
	household_check_end(&h, EXIT_FAILURE, 0);
	/* The spawner is gone before it has started anybody. */
	household_open(&h, MODE_CLIENT);
	household_lose_spawner(&h);
	household_start(&h, false);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error cannot start gochat-ui: the spawner is "
			    "gone"),
	    1);
	household_check_end(&h, EXIT_FAILURE, 0);
}

static void
test_resolver_at_start(void)
{
	struct household h;

	household_open(&h, MODE_CLIENT);
	household_start(&h, true);
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 1);
	CU_ASSERT_NOT_EQUAL(h.s.rooms[0].resolver, -1);
	CU_ASSERT_FALSE(h.s.rooms[0].resolving);
	household_close(&h);
}

/* From then on nothing can be replaced; running processes go on. */
static void
test_spawner_gone(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	household_lose_spawner(&h);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.s.spawner, -1);
	CU_ASSERT_EQUAL(household_logged(&h, "error event died child=spawner"),
	    1);
	household_pass(&h, 100 * USEC_PER_SEC);
	CU_ASSERT_FALSE(h.s.ending);
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	CU_ASSERT_TRUE(h.s.ending);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error no process can be started any more"),
	    1);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->told[IPC_SHUTDOWN], 1);
	household_check_end(&h, EXIT_FAILURE, CAUSE_PATIENCE);
}

/* Under a service manager gochat ends at once: the manager restarts all, and
 * need not wait for the next death. */
static void
test_spawner_gone_of_service(void)
{
	struct household h;

	household_live(&h, MODE_BOOTNODE);
	h.s.service.notify.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	household_lose_spawner(&h);
	household_pass(&h, 0);
	CU_ASSERT_TRUE(h.s.ending);
	close(h.s.service.notify.fd);
	h.s.service.notify.fd = -1;
	household_check_end(&h, EXIT_FAILURE, CAUSE_PATIENCE);
}

static void
test_silent_at_restart(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	h.mood = SPAWNER_SILENT;
	household_exit(&h, ROLE_CRYPTOD, 1);
	household_pass(&h, SPAWN_PATIENCE - 1);
	CU_ASSERT_FALSE(h.s.ending);
	household_pass(&h, 1);
	CU_ASSERT_TRUE(h.s.ending);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error cannot start gochat-cryptod: the spawner "
			    "does not answer"),
	    1);
	household_check_end(&h, EXIT_FAILURE, CAUSE_PATIENCE);
}

static void
test_unable_at_restart(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	h.mood = SPAWNER_UNABLE;
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	CU_ASSERT_TRUE(h.s.ending);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error cannot start gochat-netd: "),
	    1);
	household_check_end(&h, EXIT_FAILURE, CAUSE_PATIENCE);
}

/* A child that dies while another is being started is replaced after that. */
static void
test_death_meanwhile(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	h.mood = SPAWNER_SILENT;
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, SPAWN_PATIENCE / 2);
	household_exit(&h, ROLE_UI, 1);
	household_pass(&h, SPAWN_PATIENCE / 2 - 1);
	CU_ASSERT_EQUAL(h.wishes[WISH_CHILDREN], 2);
	CU_ASSERT_FALSE(h.s.ending);
	household_close(&h);
}

/* --- Time ----------------------------------------------------------------- */

/* The machine slept: the children had no time, either. */
static void
test_asleep(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	household_exit(&h, ROLE_UI, 1);
	household_pass(&h, READY_PATIENCE / 2);
	h.asleep = 2 * READY_PATIENCE;
	household_pass(&h, 0);
	household_pass(&h, READY_PATIENCE / 2 - 1);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_UI), 0);
	household_pass(&h, 2);
	CU_ASSERT_EQUAL(household_logged(&h, "is not in its sandbox"), 1);
	household_close(&h);
}

void
supervise_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("supervise", household_setup, household_cleanup);

	CU_add_test(s, "the order of the end", test_order);
	CU_add_test(s, "a ui that does not end", test_deaf_ui);
	CU_add_test(s, "asked twice", test_twice);
	CU_add_test(s, "asked while there is no ui", test_without_ui);
	CU_add_test(s, "one is left behind", test_left_behind);
	CU_add_test(s, "ui alone", test_end_ui);
	CU_add_test(s, "a silent spawner", test_silent_at_start);
	CU_add_test(s, "a spawner that cannot", test_unable_at_start);
	CU_add_test(s, "a resolver", test_resolver_at_start);
	CU_add_test(s, "the spawner is gone", test_spawner_gone);
	CU_add_test(s, "and it is a service", test_spawner_gone_of_service);
	CU_add_test(s, "a restart, a silent spawner", test_silent_at_restart);
	CU_add_test(s, "a restart that cannot be", test_unable_at_restart);
	CU_add_test(s, "a death during a restart", test_death_meanwhile);
	CU_add_test(s, "the machine sleeps", test_asleep);
}
