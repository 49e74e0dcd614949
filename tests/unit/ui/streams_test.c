/*
 * Standard input and output of the ui process (ui/streams.c): when they are
 * waited for, what is read and written, and each way in which they end.
 */
#include "ui/streams.h"

#include "tests/unit/ui/trial.h"

#include "ui/leave.h"
#include "ui/phase.h"

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void streams_suite(void);

#define E "12:34:56 ! "

static void
expect_wait(struct trial *t, int which, int fd, short events)
{
	trial_work(t);
	CU_ASSERT_EQUAL(t->p->loop.fds[which].fd, fd);
	if (fd != -1)
		CU_ASSERT_EQUAL(t->p->loop.fds[which].events, events);
}

static void
replace(int *fd, int other)
{
	close(*fd);
	*fd = other;
}

/* --- The input ------------------------------------------------------------ */

/* It is looked at even while nothing is read: its writer may go away. Once that
 * is known there is nothing more to see. */
static void
test_waits_for_input(void)
{
	struct trial t;

	trial_open(&t, UI_PLAIN);
	expect_wait(&t, WAIT_IN, t.p->in, POLLIN);
	t.p->in_at = t.p->ui.now + 1;
	expect_wait(&t, WAIT_IN, t.p->in, 0);
	t.p->in_at = t.p->ui.now;
	expect_wait(&t, WAIT_IN, t.p->in, POLLIN);
	t.p->hung_up = true;
	expect_wait(&t, WAIT_IN, t.p->in, POLLIN);
	ui_quit(&t.p->ui);
	expect_wait(&t, WAIT_IN, -1, 0);
	t.p->hung_up = false;
	expect_wait(&t, WAIT_IN, t.p->in, 0);
	/* Before the first cryptod nobody could be asked anything. */
	t.p->connected = false;
	expect_wait(&t, WAIT_IN, -1, 0);
	trial_close(&t);
}

static void
test_reads(void)
{
	struct trial t;

	trial_open(&t, UI_PLAIN);
	trial_work(&t);
	CU_ASSERT_EQUAL(write(t.in, "/dance\n", 7), 7);
	trial_ready(&t, WAIT_IN, POLLIN);
	CU_ASSERT_STRING_EQUAL(trial_output(&t),
	    E "line 1: unknown command /dance; not sent, see /help\n");
	close(t.in);
	t.in = -1;
	trial_ready(&t, WAIT_IN, POLLHUP);
	trial_work(&t);
	CU_ASSERT_TRUE(t.p->ui.in.ended);
	CU_ASSERT_NOT_EQUAL(t.p->ui.phase, UI_RUNNING);
	CU_ASSERT_FALSE(t.p->hung_up);
	trial_close(&t);
}

/* The other end of a terminal whose users are all gone gives EIO, as our own
 * does in the background. */
static int
terminal_of_nobody(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	CU_ASSERT_FATAL(
	    master != -1 && grantpt(master) == 0 && unlockpt(master) == 0);
	close(open(ptsname(master), O_RDWR | O_NOCTTY));
	return master;
}

/* A job in the background tries again; nobody is told, and the input has not
 * ended. */
static void
test_background(void)
{
	struct trial t;
	uint64_t now;

	trial_open(&t, UI_PLAIN);
	replace(&t.p->in, terminal_of_nobody());
	expect_wait(&t, WAIT_IN, t.p->in, POLLIN);
	now = t.p->ui.now;
	trial_ready(&t, WAIT_IN, POLLIN);
	CU_ASSERT_FALSE(t.p->ui.in.ended);
	CU_ASSERT_EQUAL(streams_deadline(t.p), now + STREAMS_RETRY);
	CU_ASSERT_STRING_EQUAL(trial_output(&t), "");
	trial_wait(STREAMS_RETRY - 1);
	expect_wait(&t, WAIT_IN, t.p->in, 0);
	/* What poll(2) says of it meanwhile is not its end, either. */
	trial_ready(&t, WAIT_IN, POLLHUP);
	CU_ASSERT_EQUAL(t.p->ui.phase, UI_RUNNING);
	t.p->hung_up = false;
	trial_wait(1);
	expect_wait(&t, WAIT_IN, t.p->in, POLLIN);
	CU_ASSERT_EQUAL(streams_deadline(t.p), CLOCK_NEVER);
	trial_close(&t);
}

static void
test_unreadable(void)
{
	struct trial t;

	trial_open(&t, UI_PLAIN);
	replace(&t.p->in, open("/", O_RDONLY | O_CLOEXEC));
	trial_work(&t);
	trial_ready(&t, WAIT_IN, POLLIN);
	CU_ASSERT_TRUE(t.p->ui.in.ended);
	CU_ASSERT_EQUAL(strncmp(trial_output(&t),
			    E "cannot read the input: Is a directory\n",
			    strlen(
				E "cannot read the input: Is a directory\n")),
	    0);
	trial_close(&t);
}

/* The writer goes while its lines have to wait: the end of the input. */
static void
test_hang_up(void)
{
	struct trial t;

	trial_open(&t, UI_PLAIN);
	trial_work(&t);
	t.p->in_at = t.p->ui.now; /* it could be read just now */
	t.p->loop.fds[WAIT_IN].events = 0;
	trial_ready(&t, WAIT_IN, POLLHUP);
	CU_ASSERT_TRUE(t.p->hung_up);
	CU_ASSERT_EQUAL(t.p->ui.phase, UI_DRAINING);
	CU_ASSERT_EQUAL(t.p->ui.deadline, t.p->ui.now + UI_DRAIN_TIME);
	/* Once, and not after we leave for another reason. */
	ui_quit(&t.p->ui);
	t.p->loop.fds[WAIT_IN].events = 0;
	trial_ready(&t, WAIT_IN, POLLHUP);
	CU_ASSERT_EQUAL(t.p->ui.phase, UI_QUITTING);
	trial_close(&t);
}

/* --- Keys ----------------------------------------------------------------- */

static char keys[16];
static size_t keys_len;
static unsigned int keys_calls;

static void
note_keys(struct ui *ui, const char *bytes, size_t len)
{
	(void)ui;
	keys_calls++;
	keys_len = len;
	memcpy(keys, bytes, len);
}

static bool
takes_keys(const struct ui *ui)
{
	(void)ui;
	return true;
}

/* A view that takes keys gets them as they come, not line by line; an
 * interrupted or early read is no end. */
static void
test_keys(void)
{
	struct view view = view_plain;
	struct trial t;

	trial_open(&t, UI_PLAIN);
	keys_calls = 0;
	view.keys = note_keys;
	view.takes_keys = takes_keys;
	t.p->ui.view = &view;
	trial_work(&t);
	trial_ready(&t, WAIT_IN, POLLIN);
	CU_ASSERT_EQUAL(keys_calls, 0);
	CU_ASSERT_EQUAL(write(t.in, "ab\x1b", 3), 3);
	trial_ready(&t, WAIT_IN, POLLIN);
	CU_ASSERT_EQUAL(keys_calls, 1);
	CU_ASSERT(keys_len == 3 && memcmp(keys, "ab\x1b", 3) == 0);
	CU_ASSERT_FALSE(t.p->ui.in.ended);
	CU_ASSERT_STRING_EQUAL(trial_output(&t), "");
	replace(&t.p->in, open("/", O_RDONLY | O_CLOEXEC));
	trial_ready(&t, WAIT_IN, POLLIN);
	CU_ASSERT_EQUAL(keys_calls, 1);
	CU_ASSERT_TRUE(t.p->ui.in.ended);
	trial_close(&t);
}

/* After the last of them the view is told that no more come. */
static void
test_keys_end(void)
{
	struct view view = view_plain;
	struct trial t;

	trial_open(&t, UI_PLAIN);
	keys_calls = 0;
	view.keys = note_keys;
	view.takes_keys = takes_keys;
	t.p->ui.view = &view;
	trial_work(&t);
	close(t.in);
	t.in = -1;
	trial_ready(&t, WAIT_IN, POLLHUP);
	CU_ASSERT(keys_calls == 1 && keys_len == 0);
	CU_ASSERT_TRUE(t.p->ui.in.ended);
	trial_close(&t);
}

/* --- The output ----------------------------------------------------------- */

static void
test_writes(void)
{
	char text[8] = "";
	struct trial t;

	trial_open(&t, UI_PLAIN);
	expect_wait(&t, WAIT_OUT, t.p->out, 0);
	output_put(&t.p->ui.out, "line\n", 5);
	expect_wait(&t, WAIT_OUT, t.p->out, POLLOUT);
	/* It is not ready, and would wait for whoever reads it. */
	CU_ASSERT_EQUAL(write(t.in, "\n", 1), 1);
	trial_ready(&t, WAIT_IN, POLLIN);
	CU_ASSERT_EQUAL(read(t.out, text, sizeof(text)), -1);
	trial_ready(&t, WAIT_OUT, POLLOUT);
	CU_ASSERT_EQUAL(read(t.out, text, sizeof(text)), 5);
	CU_ASSERT_STRING_EQUAL(text, "line\n");
	expect_wait(&t, WAIT_OUT, t.p->out, 0);
	CU_ASSERT_EQUAL(t.p->ui.phase, UI_RUNNING);
	trial_close(&t);
}

/* The output is this now: does ui leave, with this exit code and this in the
 * log? out: -1 for the one that it has. */
static void
expect_failure(int out, short revents, int exit_code, const char *log)
{
	struct trial t;

	trial_open(&t, UI_PLAIN);
	trial_work(&t);
	if (out != -1)
		replace(&t.p->out, out);
	output_put(&t.p->ui.out, "line\n", 5);
	trial_ready(&t, WAIT_OUT, revents);
	CU_ASSERT_EQUAL(t.p->ui.phase, UI_QUITTING);
	CU_ASSERT_TRUE(t.p->ui.out.gone);
	CU_ASSERT_EQUAL(t.p->exit_code, exit_code);
	CU_ASSERT_STRING_EQUAL(trial_logged(), log);
	expect_wait(&t, WAIT_OUT, -1, 0);
	trial_close(&t);
}

static int
pipe_of_nobody(void)
{
	int ends[2];

	CU_ASSERT_EQUAL_FATAL(pipe2(ends, O_CLOEXEC), 0);
	close(ends[0]);
	return ends[1];
}

/* A reader that leaves is in order, as in any pipe; what cannot be written
 * anywhere is not, and a restart would not help. */
static void
test_output_ends(void)
{
	signal(SIGPIPE, SIG_IGN);
	expect_failure(-1, POLLERR, 0, "");
	expect_failure(-1, POLLHUP, 0, "");
	expect_failure(-1, POLLOUT | POLLERR, 0, "");
	expect_failure(pipe_of_nobody(), POLLOUT, 0, "");
	expect_failure(-1, POLLNVAL, CHILD_UNABLE,
	    "cannot write the output: Bad file descriptor");
	expect_failure(open("/dev/full", O_WRONLY | O_CLOEXEC), POLLOUT,
	    CHILD_UNABLE, "cannot write the output: No space left on device");
	signal(SIGPIPE, SIG_DFL);
}

void
streams_suite(void)
{
	CU_pSuite s = CU_add_suite("streams", NULL, NULL);

	CU_add_test(s, "when the input is waited for", test_waits_for_input);
	CU_add_test(s, "lines, and their end", test_reads);
	CU_add_test(s, "in the background", test_background);
	CU_add_test(s, "an input that cannot be read", test_unreadable);
	CU_add_test(s, "a writer that goes", test_hang_up);
	CU_add_test(s, "keys", test_keys);
	CU_add_test(s, "the end of the keys", test_keys_end);
	CU_add_test(s, "what is written", test_writes);
	CU_add_test(s, "the end of the output", test_output_ends);
}
