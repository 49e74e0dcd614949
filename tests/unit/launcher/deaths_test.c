/*
 * Which child dies when, and what the launcher does then.
 */
#include "launcher/deaths.h"

#include "common/child.h"
#include "common/sandbox.h"

#include "tests/unit/launcher/household.h"

#include <CUnit/CUnit.h>

#include <sys/syscall.h>

#include <stdio.h>
#include <stdlib.h>

void deaths_suite(void);

static unsigned int
starts(struct household *h, enum role role)
{
	return household_member(h, role)->starts;
}

static uint64_t
restarts(struct household *h, enum role role)
{
	return h->s.children[family_find(&h->s.family, role, 0)].restarts;
}

/* --- Before all are in their sandboxes ------------------------------------ */

/* An error at the start would come again, so nothing is restarted. */
static void
test_at_start(void)
{
	static const enum role roles[] = { ROLE_NETD, ROLE_CRYPTOD, ROLE_UI };

	for (size_t i = 0; i < 3; i++) {
		struct household h;

		household_open(&h, MODE_CLIENT);
		household_start(&h, false);
		household_exit(&h, roles[i], 1);
		household_pass(&h, 0);
		CU_ASSERT_TRUE(h.s.ending);
		CU_ASSERT_EQUAL(starts(&h, roles[i]), 1);
		CU_ASSERT_EQUAL(household_kills(&h, roles[i]), 0);
		CU_ASSERT_EQUAL(household_logged(&h, "event "), 1);
		household_check_end(&h, EXIT_FAILURE, 0);
	}
}

/* ui has ended in order: the result depends on whether the others come up. */
static void
test_ui_first(void)
{
	struct household h;

	household_open(&h, MODE_CLIENT);
	household_start(&h, false);
	household_ready(&h, ROLE_UI);
	household_pass(&h, 0);
	household_exit(&h, ROLE_UI, CHILD_UNDELIVERED);
	household_ready(&h, ROLE_NETD);
	household_pass(&h, 2 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 0);
	household_ready(&h, ROLE_CRYPTOD);
	household_check_end(&h, EXIT_UNDELIVERED, 0);

	household_open(&h, MODE_CLIENT);
	household_start(&h, false);
	household_ready(&h, ROLE_UI);
	household_pass(&h, 0);
	household_exit(&h, ROLE_UI, 0);
	/* The others do not come up. */
	household_check_end(&h, EXIT_FAILURE, READY_PATIENCE);
	/* The user has asked for the end meanwhile: nobody waits for the
	 * others. */
	household_open(&h, MODE_CLIENT);
	household_start(&h, false);
	household_ready(&h, ROLE_UI);
	household_pass(&h, 0);
	raise(SIGTERM);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->told[IPC_SHUTDOWN], 1);
	household_exit(&h, ROLE_UI, 0);
	household_check_end(&h, 0, 0);
}

/* A child ended because another one did: the launcher waits for that one, which
 * says why. */
static void
test_orphan_at_start(void)
{
	struct household h;

	household_open(&h, MODE_CLIENT);
	household_start(&h, false);
	household_exit(&h, ROLE_NETD, CHILD_ORPHANED);
	household_pass(&h, CAUSE_PATIENCE / 2);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 0);
	household_crash(&h, ROLE_CRYPTOD, SIGSYS);
	household_check_end(&h, 3, 0);

	household_open(&h, MODE_CLIENT);
	household_start(&h, false);
	household_exit(&h, ROLE_NETD, CHILD_ORPHANED);
	household_check_end(&h, EXIT_FAILURE, CAUSE_PATIENCE);
}

static void
test_no_library(void)
{
	struct household h;

	household_open(&h, MODE_CLIENT);
	household_start(&h, false);
	household_exit(&h, ROLE_UI, 127);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error gochat-ui could not be started"),
	    1);
	household_check_end(&h, EXIT_FAILURE, 0);
}

/* --- At work -------------------------------------------------------------- */

static void
test_netd(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->netd.incarnation, 1);
	household_crash(&h, ROLE_NETD, SIGSEGV);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.children, household_bit(&h, ROLE_NETD));
	CU_ASSERT_EQUAL(starts(&h, ROLE_NETD), 2);
	CU_ASSERT_EQUAL(starts(&h, ROLE_CRYPTOD), 1);
	CU_ASSERT_EQUAL(starts(&h, ROLE_UI), 1);
	CU_ASSERT_EQUAL(restarts(&h, ROLE_NETD), 1);
	CU_ASSERT_EQUAL(restarts(&h, ROLE_UI), 0);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error event died child=netd signal=11"),
	    1);
	CU_ASSERT_EQUAL(household_logged(&h, "warn event restarted child=netd"),
	    1);
	CU_ASSERT_EQUAL(household_logged(&h, "restarted"), 1);
	/* The next netd has the next number, and the port of the one before. */
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->netd.incarnation, 2);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->netd.bind[0].port,
	    4545);
	household_ready(&h, ROLE_NETD);
	household_pass(&h, 0);
	raise(SIGINT);
	household_pass(&h, 0);
	household_exit(&h, ROLE_UI, 0);
	household_check_end(&h, 0, 0);
}

/* When cryptod dies netd goes, too, and both come back together, once both are
 * gone. */
static void
test_cryptod(void)
{
	struct household h;
	struct member *netd;

	household_live(&h, MODE_BOOTNODE);
	netd = household_member(&h, ROLE_NETD);
	netd->undying = true;
	household_exit(&h, ROLE_CRYPTOD, 1);
	household_pass(&h, KILL_PATIENCE / 2);
	CU_ASSERT_EQUAL(netd->signals[SIGKILL], 1);
	CU_ASSERT_EQUAL(h.wishes[WISH_CHILDREN], 1);
	netd->undying = false;
	household_crash(&h, ROLE_NETD, SIGKILL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "info gochat-netd was killed by signal 9, together "
			    "with others"),
	    1);
	CU_ASSERT_EQUAL(h.wishes[WISH_CHILDREN], 2);
	CU_ASSERT_EQUAL(h.children,
	    household_bit(&h, ROLE_NETD) | household_bit(&h, ROLE_CRYPTOD));
	CU_ASSERT_EQUAL(starts(&h, ROLE_UI), 1);
	CU_ASSERT_EQUAL(restarts(&h, ROLE_NETD), 1);
	CU_ASSERT_EQUAL(restarts(&h, ROLE_CRYPTOD), 1);
	CU_ASSERT_FALSE(h.s.ending);
	household_close(&h);
}

/* The terminal is restored before another ui may take it. */
static void
test_ui(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	household_say(&h, ROLE_UI, IPC_SCREEN_ASK, NULL, NULL);
	household_pass(&h, 0);
	CU_ASSERT_TRUE(h.s.terminal.screen);
	h.mood = SPAWNER_SILENT;
	household_crash(&h, ROLE_UI, SIGABRT);
	household_pass(&h, 0);
	CU_ASSERT_FALSE(h.s.terminal.screen);
	CU_ASSERT_EQUAL(h.wishes[WISH_TERMINAL_RESTORED], 1);
	CU_ASSERT_EQUAL(h.children, household_bit(&h, ROLE_UI));
	household_close(&h);

	household_live(&h, MODE_CLIENT);
	CU_ASSERT_FALSE(household_member(&h, ROLE_UI)->ui.restarted);
	household_exit(&h, ROLE_UI, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(starts(&h, ROLE_UI), 2);
	CU_ASSERT_TRUE(household_member(&h, ROLE_UI)->ui.restarted);
	CU_ASSERT_TRUE(h.s.terminal.used);
	/* netd's death has nothing to do with the terminal. */
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_TERMINAL_RESTORED], 1);
	household_close(&h);
}

/* ui ends as it should, or cannot do its work, which another ui could not do,
 * either. */
static void
test_ui_ends(void)
{
	static const struct {
		int code, exit;
	} cases[] = {
		{ 0, 0 },
		{ CHILD_UNDELIVERED, EXIT_UNDELIVERED },
		{ CHILD_UNABLE, EXIT_FAILURE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct household h;

		household_live(&h, MODE_CLIENT);
		household_exit(&h, ROLE_UI, cases[i].code);
		household_pass(&h, 0);
		CU_ASSERT_EQUAL(starts(&h, ROLE_UI), 1);
		CU_ASSERT_EQUAL(household_kills(&h, ROLE_NETD), 1);
		CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 1);
		/* The deaths of the others are of no interest if all went
		 * well. */
		CU_ASSERT_EQUAL(household_logged(&h,
				    "debug gochat-netd was killed"),
		    cases[i].exit != EXIT_FAILURE);
		household_check_end(&h, cases[i].exit, 0);
	}
}

/* Somebody may have made the process do that, and must not get another try. */
static void
test_sandbox(void)
{
	struct ipc_violation violation = { .syscall = SYS_connect };
	char want[512];
	struct household h;

	household_live(&h, MODE_BOOTNODE);
	household_say(&h, ROLE_NETD, IPC_VIOLATION, &violation, NULL);
	household_crash(&h, ROLE_NETD, SIGSYS);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(starts(&h, ROLE_NETD), 1);
	/* The line is to be reported: so it says all that is asked then. */
	(void)snprintf(want, sizeof(want),
	    "error event died child=netd signal=31 syscall=connect "
	    "msg=gochat-netd was killed by its sandbox: system call connect "
	    "(%s). Either somebody",
	    sandbox_build_name());
	CU_ASSERT_EQUAL(household_logged(&h, want), 1);
	household_check_end(&h, 3, 0);

	/* It could not say which call it was, or that has no name. */
	for (int said = 0; said < 2; said++) {
		household_live(&h, MODE_BOOTNODE);
		violation.syscall = 123456;
		if (said)
			household_say(&h, ROLE_CRYPTOD, IPC_VIOLATION,
			    &violation, NULL);
		household_crash(&h, ROLE_CRYPTOD, SIGSYS);
		household_pass(&h, 0);
		CU_ASSERT_EQUAL(household_logged(&h,
				    "child=cryptod signal=31 syscall=unknown "
				    "msg=gochat-cryptod was killed by its "
				    "sandbox: system call unknown ("),
		    1);
		household_check_end(&h, 3, 0);
	}
}

/* Any other signal is named, too. */
static void
test_signal(void)
{
	struct household h;

	household_live(&h, MODE_BOOTNODE);
	household_crash(&h, ROLE_UI, SIGSEGV);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error event died child=ui signal=11 msg=gochat-ui "
			    "was killed by signal 11 (Segmentation fault)\n"),
	    1);
	household_close(&h);
}

/* It is the same before all are in their sandboxes. */
static void
test_sandbox_at_start(void)
{
	struct household h;

	household_open(&h, MODE_CLIENT);
	household_start(&h, false);
	household_crash(&h, ROLE_UI, SIGSYS);
	household_check_end(&h, 3, 0);
}

/* A process that ends because another one has ended is no reason to hurry while
 * ui says goodbye: the other one may have more to say. */
static void
test_during_the_end(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	raise(SIGTERM);
	household_pass(&h, 0);
	household_exit(&h, ROLE_NETD, CHILD_ORPHANED);
	household_pass(&h, CAUSE_PATIENCE - 1);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_UI), 0);
	CU_ASSERT_EQUAL(starts(&h, ROLE_NETD), 1);
	household_exit(&h, ROLE_UI, 0);
	household_check_end(&h, 0, 0);
	/* If a process fails there is nothing to wait for. */
	household_live(&h, MODE_CLIENT);
	raise(SIGTERM);
	household_pass(&h, 0);
	household_exit(&h, ROLE_CRYPTOD, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_UI), 1);
	household_check_end(&h, EXIT_FAILURE, 0);
}

/* --- How often ------------------------------------------------------------ */

static void
lose_netd(struct household *h, uint64_t later)
{
	household_pass(h, later);
	household_exit(h, ROLE_NETD, 1);
	household_pass(h, 0);
	if (!h->s.ending)
		household_ready(h, ROLE_NETD);
	household_pass(h, 0);
}

static void
test_too_often(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	for (unsigned int i = 0; i < RESTARTS_MAX; i++) {
		lose_netd(&h, RESTARTS_WITHIN / (RESTARTS_MAX + 1));
		CU_ASSERT_EQUAL(starts(&h, ROLE_NETD), i + 2);
	}
	lose_netd(&h, 0);
	CU_ASSERT_EQUAL(starts(&h, ROLE_NETD), RESTARTS_MAX + 1);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error more than 5 restarts in 60 "
			    "s: giving up"),
	    1);
	/* ui may list what was not delivered, but not for long. */
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->told[IPC_SHUTDOWN], 1);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_UI), 0);
	household_check_end(&h, EXIT_FAILURE, CAUSE_PATIENCE);
}

static void
test_often_enough(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	for (unsigned int i = 0; i < 3 * RESTARTS_MAX; i++) {
		lose_netd(&h, RESTARTS_WITHIN / RESTARTS_MAX);
		CU_ASSERT_EQUAL(starts(&h, ROLE_NETD), i + 2);
	}
	CU_ASSERT_FALSE(h.s.ending);
	household_close(&h);
}

/* --- Late ----------------------------------------------------------------- */

static void
test_ready_overdue(void)
{
	struct household h;

	household_open(&h, MODE_CLIENT);
	household_start(&h, false);
	household_ready(&h, ROLE_UI);
	household_ready(&h, ROLE_NETD);
	household_pass(&h, READY_PATIENCE - 1);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 0);
	household_pass(&h, 1);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error gochat-cryptod is not in its sandbox after "
			    "30 s: ending it"),
	    1);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 1);
	household_check_end(&h, EXIT_FAILURE, 0);
	/* At a restart it gets one more start. */
	household_live(&h, MODE_CLIENT);
	household_exit(&h, ROLE_UI, 1);
	household_pass(&h, READY_PATIENCE);
	CU_ASSERT_EQUAL(household_logged(&h, "is not in its sandbox"), 1);
	CU_ASSERT_EQUAL(starts(&h, ROLE_UI), 3);
	CU_ASSERT_FALSE(h.s.ending);
	household_ready(&h, ROLE_UI);
	household_pass(&h, 2 * READY_PATIENCE);
	CU_ASSERT_EQUAL(starts(&h, ROLE_UI), 3);
	household_close(&h);
}

/* A process that cannot be killed cannot be replaced. */
static void
test_undying(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	household_member(&h, ROLE_NETD)->undying = true;
	household_exit(&h, ROLE_CRYPTOD, 1);
	household_pass(&h, KILL_PATIENCE - 1);
	CU_ASSERT_FALSE(h.s.ending);
	household_pass(&h, 1);
	CU_ASSERT_TRUE(h.s.ending);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error gochat-netd was killed, but does not end"),
	    1);
	household_member(&h, ROLE_NETD)->undying = false;
	household_check_end(&h, EXIT_FAILURE, CAUSE_PATIENCE);
}

void
deaths_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("deaths", household_setup, household_cleanup);

	CU_add_test(s, "at the start", test_at_start);
	CU_add_test(s, "ui has ended first", test_ui_first);
	CU_add_test(s, "for want of another", test_orphan_at_start);
	CU_add_test(s, "a library is missing", test_no_library);
	CU_add_test(s, "netd", test_netd);
	CU_add_test(s, "cryptod, and netd with it", test_cryptod);
	CU_add_test(s, "ui", test_ui);
	CU_add_test(s, "ui ends as it should", test_ui_ends);
	CU_add_test(s, "by the sandbox", test_sandbox);
	CU_add_test(s, "by the sandbox at the start", test_sandbox_at_start);
	CU_add_test(s, "by a signal", test_signal);
	CU_add_test(s, "during the end", test_during_the_end);
	CU_add_test(s, "too often", test_too_often);
	CU_add_test(s, "not too often", test_often_enough);
	CU_add_test(s, "READY is overdue", test_ready_overdue);
	CU_add_test(s, "one that does not end", test_undying);
}
