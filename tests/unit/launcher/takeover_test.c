/*
 * A bootnode takes over the state of the one before: from systemd, or from one
 * that still runs and waits.
 */
#include "launcher/takeover.h"

#include "launcher/successor.h"

#include "tests/unit/launcher/household.h"

#include <CUnit/CUnit.h>

#include <sys/mman.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

void takeover_suite(void);

static struct household h;
static int before; /* the end of the bootnode before; -1: there is none */

static const struct ipc_restored taken = { .result = KEPT_TAKEN,
	.sessions = 2,
	.rooms = 1 };

static void
check_heard(enum successor_word word)
{
	struct successor_says heard = { .word = UINT32_MAX };

	CU_ASSERT_EQUAL(successor_hear(before, &heard), 1);
	CU_ASSERT_EQUAL(heard.word, word);
}

static void
says(enum successor_word word)
{
	successor_say(before, word, 0);
	household_pass(&h, 0);
}

/* Starts with a state; all are in their sandboxes. */
static void
begin(bool predecessor)
{
	int pair[2] = { -1, -1 };

	household_open(&h, MODE_BOOTNODE);
	if (predecessor)
		CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX,
					  SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
					  pair),
		    0);
	before = pair[0];
	h.s.takeover.predecessor = pair[1];
	h.s.takeover.restores = h.s.takeover.waits = h.s.takeover.held = true;
	household_start(&h, false);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->netd.restores, 1);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.kept, 1);
	CU_ASSERT_EQUAL(household_logged(&h, "event ready"), 0);
	if (predecessor) {
		check_heard(SUCCESSOR_STARTED);
		says(SUCCESSOR_WAIT);
	}
}

static void
end(void)
{
	household_close(&h);
	if (before != -1)
		close(before);
}

static void
restored(const struct ipc_restored *r)
{
	household_say(&h, ROLE_NETD, IPC_RESTORED, r, NULL);
	household_pass(&h, 0);
}

static unsigned int
serves(void)
{
	return household_member(&h, ROLE_NETD)->told[IPC_SERVE];
}

/* Both are new, and know nothing of a state. */
static void
check_restarted(void)
{
	household_all_ready(&h);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->starts, 2);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->starts, 2);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->netd.restores, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->cryptod.kept, 0);
	CU_ASSERT_EQUAL(serves(), 0);
	CU_ASSERT_EQUAL(household_logged(&h, "event ready"), 1);
	CU_ASSERT_EQUAL(household_logged(&h, "warn starting empty"), 1);
}

/* --- From systemd --------------------------------------------------------- */

static void
test_restored(void)
{
	begin(false);
	restored(&taken);
	CU_ASSERT_EQUAL(serves(), 1);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "event restored sessions=2 rooms=1"),
	    1);
	CU_ASSERT_EQUAL(household_logged(&h, "event ready"), 1);
	/* A netd that is restarted has no state, and waits for nothing. */
	household_crash(&h, ROLE_NETD, SIGKILL);
	household_pass(&h, 0);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->netd.restores, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->starts, 1);
	CU_ASSERT_EQUAL(household_logged(&h, "event ready"), 1);
	end();
}

/* netd is empty, and says why; it serves. */
static void
test_refused(void)
{
	static const char *const why[KEPT_RESULT_COUNT] = {
		[KEPT_OTHER_VERSION] = "bootnode is of another version",
		[KEPT_OTHER_KEY] = "bootnode is of a bootnode with another key",
		[KEPT_DAMAGED] = "bootnode is damaged",
		[KEPT_TOO_OLD] = "bootnode is too old",
	};

	for (uint8_t i = KEPT_OTHER_VERSION; i < KEPT_RESULT_COUNT; i++) {
		const struct ipc_restored r = { .result = i };

		begin(false);
		restored(&r);
		CU_ASSERT_EQUAL(serves(), 1);
		CU_ASSERT_EQUAL(household_logged(&h, why[i]), 1);
		CU_ASSERT_EQUAL(household_logged(&h, "event ready"), 1);
		end();
	}
}

static void
test_dies(void)
{
	static const enum role roles[] = { ROLE_NETD, ROLE_CRYPTOD };

	for (size_t i = 0; i < 2; i++) {
		begin(false);
		household_crash(&h, roles[i], SIGKILL);
		household_pass(&h, 0);
		check_restarted();
		end();
	}
	begin(false);
	household_crash(&h, ROLE_UI, SIGKILL);
	household_pass(&h, 0);
	household_all_ready(&h);
	restored(&taken);
	CU_ASSERT_EQUAL(serves(), 1);
	end();
}

static void
test_late(void)
{
	begin(false);
	household_pass(&h, TAKEOVER_PATIENCE - 1);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 0);
	household_pass(&h, 1);
	check_restarted();
	end();
}

/* --- From one that waits -------------------------------------------------- */

static void
test_go(void)
{
	begin(true);
	says(SUCCESSOR_GO); /* too early */
	restored(&taken);
	check_heard(SUCCESSOR_PREPARED);
	CU_ASSERT_EQUAL(serves(), 0);
	CU_ASSERT_EQUAL(household_logged(&h, "event ready"), 0);
	says(SUCCESSOR_GO);
	check_heard(SUCCESSOR_SERVING);
	CU_ASSERT_EQUAL(serves(), 1);
	CU_ASSERT_EQUAL(household_logged(&h, "event ready"), 1);
	end();
}

/* Whenever the one before dies, this one serves. */
static void
test_alone(void)
{
	for (int prepared = 0; prepared < 2; prepared++) {
		begin(true);
		if (prepared)
			restored(&taken);
		close(before);
		before = -1;
		household_pass(&h, 0);
		CU_ASSERT_EQUAL(serves(), (unsigned int)prepared);
		if (!prepared)
			restored(&taken);
		CU_ASSERT_EQUAL(serves(), 1);
		CU_ASSERT_EQUAL(household_logged(&h, "gone without a word"), 1);
		end();
	}
}

/* One that does not know of this one serves on: its spawner has died. */
static void
test_unnoticed(void)
{
	begin(true);
	h.s.takeover.noticed = false;
	close(before);
	before = -1;
	household_pass(&h, 0);
	CU_ASSERT_TRUE(h.s.ending);
	restored(&taken);
	CU_ASSERT_EQUAL(serves(), 0);
	end();
}

/* What is wrong with the state is wrong with this one, but for its version. */
static void
test_unfit(void)
{
	for (int result = KEPT_TAKEN + 1; result < KEPT_RESULT_COUNT;
	     result++) {
		const struct ipc_restored r = { .result = (uint8_t)result };

		begin(true);
		restored(&r);
		CU_ASSERT_EQUAL(h.s.ending, result != KEPT_OTHER_VERSION);
		if (result == KEPT_OTHER_VERSION)
			check_heard(SUCCESSOR_PREPARED);
		CU_ASSERT_EQUAL(serves(), 0);
		end();
	}
}

/* The one before serves on, and this one ends. */
static void
test_stay(void)
{
	begin(true);
	restored(&taken);
	says(SUCCESSOR_STAY);
	CU_ASSERT(h.s.ending && h.s.failed);
	CU_ASSERT_EQUAL(serves(), 0);
	end();
}

/* Whoever dies before it serves, the one before is better than this one. */
static void
test_dies_before_it_serves(void)
{
	for (int prepared = 0; prepared < 2; prepared++) {
		begin(true);
		if (prepared)
			restored(&taken);
		household_crash(&h, ROLE_NETD, SIGKILL);
		household_pass(&h, 0);
		CU_ASSERT(h.s.ending && h.s.failed);
		CU_ASSERT_EQUAL(household_logged(&h, "starting empty"), 0);
		CU_ASSERT_EQUAL(household_logged(&h,
				    "ending before it has served"),
		    1);
		end();
	}
}

/* --- Before the start ----------------------------------------------------- */

static int
open_with(int state)
{
	struct given_others given = { { -1, -1, -1, -1 } };

	given.fds[GIVEN_STATE] = state;
	return takeover_open(&h.s, &given);
}

/* A state that a start has taken is not taken by another, and is not changed
 * any more. */
static void
test_latch(void)
{
	int state = memfd_create("state", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int copy = fcntl(state, F_DUPFD_CLOEXEC, 0);

	household_open(&h, MODE_BOOTNODE);
	CU_ASSERT_EQUAL(write(state, "sealed", 6), 6);
	CU_ASSERT_EQUAL(open_with(-1), -1);
	CU_ASSERT_FALSE(h.s.takeover.waits);
	CU_ASSERT_EQUAL(open_with(state), state);
	CU_ASSERT(
	    h.s.takeover.restores && h.s.takeover.waits && h.s.takeover.held);
	CU_ASSERT_EQUAL(write(copy, "more", 4), -1);
	CU_ASSERT_EQUAL(open_with(copy), -1);
	CU_ASSERT_FALSE(
	    h.s.takeover.restores || h.s.takeover.waits || h.s.takeover.held);
	CU_ASSERT_EQUAL(household_logged(&h, "was taken before"), 1);
	CU_ASSERT_EQUAL(fcntl(copy, F_GETFD), -1);
	close(state);
	household_close(&h);
}

void
takeover_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("takeover", household_setup, household_cleanup);

	CU_add_test(s, "restored", test_restored);
	CU_add_test(s, "a state that does not fit", test_refused);
	CU_add_test(s, "deaths while it is restored", test_dies);
	CU_add_test(s, "it takes too long", test_late);
	CU_add_test(s, "told to serve", test_go);
	CU_add_test(s, "the one before dies", test_alone);
	CU_add_test(s, "the one before does not know of it", test_unnoticed);
	CU_add_test(s, "a state of no use", test_unfit);
	CU_add_test(s, "the one before serves on", test_stay);
	CU_add_test(s, "deaths before it serves", test_dies_before_it_serves);
	CU_add_test(s, "a state is taken once", test_latch);
}
