/*
 * The launcher's part in a fleet: connections that fleetd asks for, and that
 * its death costs nobody anything.
 */
#include "launcher/connect.h"

#include "launcher/send_fds.h"
#include "tests/unit/launcher/household.h"

#include <CUnit/CUnit.h>

#include <sys/socket.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

void fleet_suite(void);

/* --- Connections ---------------------------------------------------------- */

static void
ask(struct household *h)
{
	household_say(h, ROLE_FLEETD, IPC_ENGINE_ASK, NULL, NULL);
	household_pass(h, CONNECT_SPACING);
}

/* The connector reports, and ends. */
static void
report(struct household *h, const char *why, int fd)
{
	struct connected c = { .why = "" };

	(void)strncpy(c.why, why, sizeof(c.why) - 1);
	CU_ASSERT_EQUAL(send_fds(h->connector, &c, sizeof(c), &fd, fd != -1, 0),
	    0);
	household_pass(h, 0);
}

static unsigned int
told(struct household *h, enum ipc_type type)
{
	return household_member(h, ROLE_FLEETD)->told[type];
}

static void
test_connection(void)
{
	struct household h;

	household_live_fleet(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_CONNECTOR], 0);
	ask(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_CONNECTOR], 1);
	/* One at a time. */
	ask(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_CONNECTOR], 1);
	report(&h, "", STDERR_FILENO);
	CU_ASSERT_EQUAL(told(&h, IPC_ENGINE), 1);
	CU_ASSERT_EQUAL(told(&h, IPC_NO_ENGINE), 0);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "info connected to the engine unix:/engine"),
	    1);
	ask(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_CONNECTOR], 2);
	report(&h, "", STDERR_FILENO);
	CU_ASSERT_EQUAL(told(&h, IPC_ENGINE), 2);
	CU_ASSERT_EQUAL(household_logged(&h, "connected to the engine"), 1);
	household_close(&h);
}

/* It is said once for each reason that there is none, and once that there is
 * one again. */
static void
test_no_connection(void)
{
	struct household h;

	household_live_fleet(&h);
	for (unsigned int i = 1; i <= 3; i++) {
		ask(&h);
		report(&h, "Connection refused", -1);
		CU_ASSERT_EQUAL(told(&h, IPC_NO_ENGINE), i);
	}
	CU_ASSERT_EQUAL(household_logged(&h,
			    "warn cannot reach the engine unix:/engine: "
			    "Connection refused; still trying"),
	    1);
	/* Another reason is news. */
	ask(&h);
	report(&h, "Permission denied", -1);
	CU_ASSERT_EQUAL(household_logged(&h, "Permission denied"), 1);
	ask(&h);
	report(&h, "", STDERR_FILENO);
	CU_ASSERT_EQUAL(household_logged(&h, "connected to the engine"), 1);
	ask(&h);
	report(&h, "Permission denied", -1);
	CU_ASSERT_EQUAL(household_logged(&h, "cannot reach the engine"), 3);
	household_close(&h);
}

/* A connector that says nothing, or ends without a word; one that cannot be
 * started; and no spawner. */
static void
test_no_connector(void)
{
	struct household h;

	household_live_fleet(&h);
	ask(&h);
	household_pass(&h, 11 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(told(&h, IPC_NO_ENGINE), 0);
	household_pass(&h, 2 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(told(&h, IPC_NO_ENGINE), 1);
	ask(&h);
	close(h.connector);
	h.connector = -1;
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(told(&h, IPC_NO_ENGINE), 2);
	h.mood = SPAWNER_UNABLE;
	ask(&h);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(told(&h, IPC_NO_ENGINE), 3);
	household_lose_spawner(&h);
	household_pass(&h, 0);
	ask(&h);
	CU_ASSERT_EQUAL(told(&h, IPC_NO_ENGINE), 4);
	CU_ASSERT_EQUAL(h.s.exit_code, 0);
	CU_ASSERT_FALSE(h.s.ending);
	household_close(&h);
}

/* A fleetd that asks without end keeps nobody busy. */
static void
test_spacing(void)
{
	struct household h;
	unsigned int i;

	household_live_fleet(&h);
	ask(&h);
	for (i = 0; i < 40; i++) {
		if (h.s.fleet.connector != -1)
			report(&h, "Connection refused", -1);
		household_say(&h, ROLE_FLEETD, IPC_ENGINE_ASK, NULL, NULL);
		household_pass(&h, CONNECT_SPACING / 4);
		household_say(&h, ROLE_FLEETD, IPC_ENGINE_ASK, NULL, NULL);
		household_pass(&h, 0);
	}
	CU_ASSERT(h.wishes[WISH_CONNECTOR] >= 10);
	CU_ASSERT(h.wishes[WISH_CONNECTOR] <= 12);
	household_close(&h);
}

/* --- The death of fleetd -------------------------------------------------- */

static void
check_alone(struct household *h, unsigned int starts)
{
	CU_ASSERT_EQUAL(household_member(h, ROLE_FLEETD)->starts, starts);
	CU_ASSERT_EQUAL(household_member(h, ROLE_NETD)->starts, 1);
	CU_ASSERT_EQUAL(household_member(h, ROLE_CRYPTOD)->starts, 1);
	CU_ASSERT_EQUAL(household_member(h, ROLE_UI)->starts, 1);
	CU_ASSERT_EQUAL(household_kills(h, ROLE_NETD), 0);
	CU_ASSERT_EQUAL(household_kills(h, ROLE_CRYPTOD), 0);
	CU_ASSERT_FALSE(h->s.ending);
}

/* It is restarted, and never too often for the bootnode. */
static void
test_restarted(void)
{
	struct household h;

	household_live_fleet(&h);
	for (unsigned int i = 0; i < RESTARTS_MAX; i++) {
		household_crash(&h, ROLE_FLEETD, SIGSEGV);
		household_pass(&h, 0);
		check_alone(&h, i + 2);
		if (i % 2 == 0) /* it may die before READY, too */
			household_ready(&h, ROLE_FLEETD);
		household_pass(&h, 0);
	}
	household_crash(&h, ROLE_FLEETD, SIGSEGV);
	household_pass(&h, FLEETD_REST - USEC_PER_SEC);
	check_alone(&h, RESTARTS_MAX + 1);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error the bootnode serves on without its fleet: "
			    "gochat-fleetd is started again in 60 s"),
	    1);
	household_pass(&h, USEC_PER_SEC);
	check_alone(&h, RESTARTS_MAX + 2);
	/* The others have as many restarts as ever. */
	CU_ASSERT_EQUAL(h.s.restarts.count, 0);
	household_ready(&h, ROLE_FLEETD);
	household_pass(&h, 0);
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->starts, 2);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_FLEETD)->starts,
	    RESTARTS_MAX + 2);
	household_close(&h);
}

/* Whoever made it break its filter gets no other try, and no session for it. */
static void
test_violation(void)
{
	struct household h;

	household_live_fleet(&h);
	household_crash(&h, ROLE_FLEETD, SIGSYS);
	household_pass(&h, 3600 * USEC_PER_SEC);
	check_alone(&h, 1);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "gochat-fleetd is not started again"),
	    1);
	household_exit(&h, ROLE_UI, 0);
	household_check_end(&h, 3, 0);
}

/* What it says of netd ends nobody but itself; what netd says of it, too. */
static void
test_accused(void)
{
	struct ipc_fault fault = { .role = ROLE_NETD,
		.type = IPC_FLEET_RECORD };
	struct household h;

	household_live_fleet(&h);
	household_say(&h, ROLE_FLEETD, IPC_FAULT, &fault, NULL);
	household_pass(&h, 0);
	check_alone(&h, 2);
	household_ready(&h, ROLE_FLEETD);
	fault.role = ROLE_FLEETD;
	household_say(&h, ROLE_NETD, IPC_FAULT, &fault, NULL);
	household_pass(&h, 0);
	check_alone(&h, 3);
	household_close(&h);
}

/* One that hangs is ended; one that answers is not. */
static void
test_hangs(void)
{
	struct household h;

	household_live_fleet(&h);
	household_pass(&h, 10 * FLEETD_PING);
	check_alone(&h, 1);
	household_member(&h, ROLE_FLEETD)->answers = false;
	household_pass(&h, FLEETD_PING);
	check_alone(&h, 1);
	household_pass(&h, FLEETD_SILENT * FLEETD_PING);
	check_alone(&h, 2);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "gochat-fleetd does not answer: ending it"),
	    1);
	household_close(&h);
}

/* One that cannot be started is tried again; one that does not end when it is
 * killed is left alone. */
static void
test_stuck(void)
{
	struct household h;

	household_live_fleet(&h);
	h.mood = SPAWNER_UNABLE;
	household_crash(&h, ROLE_FLEETD, SIGSEGV);
	household_pass(&h, 0);
	h.mood = SPAWNER_PROMPT;
	check_alone(&h, 1);
	household_pass(&h, FLEETD_REST);
	check_alone(&h, 2);
	household_ready(&h, ROLE_FLEETD);
	household_pass(&h, 0);
	household_member(&h, ROLE_FLEETD)->answers = false;
	household_member(&h, ROLE_FLEETD)->undying = true;
	household_pass(&h, (FLEETD_SILENT + 1) * FLEETD_PING + KILL_PATIENCE);
	check_alone(&h, 2);
	CU_ASSERT_EQUAL(household_logged(&h, "was killed, but does not end"),
	    1);
	/* And holds up nobody. */
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->starts, 2);
	household_member(&h, ROLE_FLEETD)->undying = false;
	household_close(&h);
}

/* At the start, what goes wrong would go wrong again. */
static void
test_start(void)
{
	struct household h;

	household_open_fleet(&h);
	household_start(&h, false);
	household_exit(&h, ROLE_FLEETD, 1);
	household_pass(&h, 0);
	CU_ASSERT_TRUE(h.s.failed);
	household_close(&h);
}

void
fleet_suite(void)
{
	CU_pSuite s = CU_add_suite("fleet", household_setup, household_cleanup);

	CU_add_test(s, "a connection", test_connection);
	CU_add_test(s, "no connection", test_no_connection);
	CU_add_test(s, "no connector", test_no_connector);
	CU_add_test(s, "spacing", test_spacing);
	CU_add_test(s, "fleetd is restarted", test_restarted);
	CU_add_test(s, "its filter is broken", test_violation);
	CU_add_test(s, "accusations", test_accused);
	CU_add_test(s, "it hangs", test_hangs);
	CU_add_test(s, "it cannot be started, or does not end", test_stuck);
	CU_add_test(s, "at the start", test_start);
}
