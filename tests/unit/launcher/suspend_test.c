/*
 * Ctrl-Z: who is stopped in which order, and what goes on afterwards.
 */
#include "launcher/supervise.h"

#include "tests/unit/launcher/household.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>

void suspend_suite(void);

static void
give_screen(struct household *h)
{
	household_live(h, MODE_CLIENT);
	household_say(h, ROLE_UI, IPC_SCREEN_ASK, NULL, NULL);
	household_pass(h, 0);
	CU_ASSERT_EQUAL(household_member(h, ROLE_UI)->told[IPC_SCREEN], 1);
	CU_ASSERT_EQUAL(h->wishes[WISH_SCREEN_GIVEN], 1);
	CU_ASSERT_TRUE(h->s.terminal.screen);
}

static void
check_ui(struct household *h, unsigned int stopped, unsigned int continued)
{
	struct member *ui = household_member(h, ROLE_UI);

	CU_ASSERT_EQUAL(ui->signals[SIGSTOP], stopped);
	CU_ASSERT_EQUAL(ui->signals[SIGCONT], continued);
}

/* Without a screen there is nothing to restore. */
static void
test_plain(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	raise(SIGTSTP);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.stops, 1);
	CU_ASSERT_EQUAL(h.wishes[WISH_STOP_JOB], 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_TERMINAL_RESTORED], 0);
	check_ui(&h, 1, 1);
	household_pass(&h, USEC_PER_SEC);
	CU_ASSERT_EQUAL(h.stops, 1);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->signals[SIGSTOP], 0);
	CU_ASSERT_FALSE(h.s.ending);
	household_close(&h);
}

static void
test_screen(void)
{
	struct household h;

	give_screen(&h);
	household_say(&h, ROLE_UI, IPC_STOP, NULL, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.stops, 1);
	CU_ASSERT_EQUAL(h.wishes[WISH_TERMINAL_RESTORED], 1);
	CU_ASSERT_EQUAL(h.wishes[WISH_STOP_JOB], 1);
	CU_ASSERT_FALSE(h.s.terminal.screen);
	check_ui(&h, 1, 1);
	/* In the foreground ui asks for the screen again. */
	household_say(&h, ROLE_UI, IPC_SCREEN_ASK, NULL, NULL);
	household_pass(&h, 0);
	CU_ASSERT_TRUE(h.s.terminal.screen);
	CU_ASSERT_EQUAL(h.stops, 1);
	household_close(&h);
}

/* A launcher that is continued in the background stops again. */
static void
test_background(void)
{
	struct household h;

	give_screen(&h);
	h.background = 2;
	raise(SIGTSTP);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.stops, 3);
	CU_ASSERT_EQUAL(h.wishes[WISH_STOP_JOB], 3);
	check_ui(&h, 3, 1);
	/* ui gets no screen in the background. */
	h.background = 1;
	household_say(&h, ROLE_UI, IPC_SCREEN_ASK, NULL, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->told[IPC_SCREEN], 1);
	CU_ASSERT_FALSE(h.s.terminal.screen);
	household_close(&h);
}

/* The job may not be ours to stop: then at least we stop. */
static void
test_job_goes_on(void)
{
	struct household h;
	uint64_t began;

	give_screen(&h);
	h.job_stops = false;
	began = h.now;
	h.until = CLOCK_NEVER;
	household_say(&h, ROLE_UI, IPC_STOP, NULL, NULL);
	household_pass(&h, STOP_PATIENCE);
	CU_ASSERT_EQUAL(h.stops, 1);
	CU_ASSERT_EQUAL(h.now - began, STOP_PATIENCE);
	household_close(&h);

	give_screen(&h);
	household_lose_spawner(&h);
	household_pass(&h, 0);
	household_say(&h, ROLE_UI, IPC_STOP, NULL, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.stops, 1);
	CU_ASSERT_FALSE(h.s.ending);
	household_close(&h);
}

static void
test_no_shell(void)
{
	struct household h;

	give_screen(&h);
	h.s.terminal.has_shell = false;
	household_say(&h, ROLE_UI, IPC_STOP, NULL, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.stops, 0);
	CU_ASSERT_EQUAL(household_logged(&h, "warn not suspended"), 1);
	check_ui(&h, 0, 0);
	household_close(&h);
}

/* The end is asked for while all is being stopped: it comes without a stop. */
static void
test_end_meanwhile(void)
{
	struct household h;

	give_screen(&h);
	raise(SIGTSTP);
	raise(SIGTERM);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.stops, 0);
	CU_ASSERT_TRUE(h.s.ending);
	check_ui(&h, 1, 1);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->told[IPC_SHUTDOWN], 1);
	household_close(&h);
}

/* No process is late with something that it could not do while all was
 * stopped. */
static void
test_deadlines(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, READY_PATIENCE / 2);
	h.mood = SPAWNER_SILENT;
	household_exit(&h, ROLE_CRYPTOD, 1);
	household_pass(&h, 0);
	h.stop_takes = 2 * READY_PATIENCE;
	raise(SIGTSTP);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.stops, 1);
	CU_ASSERT_EQUAL(household_logged(&h, "is not in its sandbox"), 0);
	CU_ASSERT_EQUAL(household_logged(&h, "does not answer"), 0);
	household_pass(&h, SPAWN_PATIENCE - 1);
	CU_ASSERT_FALSE(h.s.ending);
	household_pass(&h, 1);
	CU_ASSERT_EQUAL(household_logged(&h, "does not answer"), 1);
	household_close(&h);
}

void
suspend_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("suspend", household_setup, household_cleanup);

	CU_add_test(s, "without a screen", test_plain);
	CU_add_test(s, "with a screen", test_screen);
	CU_add_test(s, "in the background", test_background);
	CU_add_test(s, "the job does not stop", test_job_goes_on);
	CU_add_test(s, "without a shell", test_no_shell);
	CU_add_test(s, "an end meanwhile", test_end_meanwhile);
	CU_add_test(s, "deadlines", test_deadlines);
}
