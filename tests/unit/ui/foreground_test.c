/*
 * The terminal as the shell lends it (ui/foreground.c): nothing is drawn before
 * the launcher gives the screen, at the start and after each stop; another size
 * is seen.
 */
#include "ui/foreground.h"

#include "tests/unit/ui/trial.h"

#include "ui/tui/tui.h"

#include <CUnit/CUnit.h>

#include <sys/ioctl.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

void foreground_suite(void);

static void
give_screen(struct trial *t)
{
	trial_expect(&t->launcher, IPC_SCREEN_ASK);
	CU_ASSERT_EQUAL(trial_tell(t, IPC_SCREEN, NULL, NULL, 0, -1), 0);
}

static void
resize(struct trial *t, unsigned short columns, unsigned short rows)
{
	const struct winsize size = { .ws_col = columns, .ws_row = rows };

	CU_ASSERT_EQUAL(ioctl(t->in, TIOCSWINSZ, &size), 0);
}

/* A wait is over, during which this signal came. Returns whether what came with
 * it may be taken. */
static bool
wake_by(struct trial *t, int signal)
{
	raise(signal);
	return t->p->loop.woke(t->p);
}

/* A frame's time later: is anything drawn? */
static bool
draws(struct trial *t)
{
	trial_wait(USEC_PER_SEC);
	return *trial_output(t) != '\0';
}

/* It is asked for at the start, and then it is drawn in its size, on a terminal
 * that is raw. */
static void
test_start(void)
{
	struct termios modes;
	struct trial t;

	trial_open_tui(&t);
	CU_ASSERT_FALSE(draws(&t));
	CU_ASSERT_EQUAL(tcgetattr(t.in, &modes), 0);
	CU_ASSERT_NOT_EQUAL(modes.c_lflag & ICANON, 0);
	give_screen(&t);
	CU_ASSERT_EQUAL(tcgetattr(t.in, &modes), 0);
	CU_ASSERT_EQUAL(modes.c_lflag & (ICANON | ECHO | ISIG), 0);
	CU_ASSERT_EQUAL(t.p->ui.tui->terminal.columns, 90);
	CU_ASSERT_EQUAL(t.p->ui.tui->terminal.rows, 30);
	CU_ASSERT_TRUE(draws(&t));
	CU_ASSERT_STRING_EQUAL(trial_logged(), "");
	trial_expect(&t.launcher, IPC_NONE);
	trial_close(&t);
}

/* No terminal, though the launcher took it for one: the log says so. */
static void
test_no_terminal(void)
{
	struct trial t;

	trial_open_tui(&t);
	close(t.p->in);
	t.p->in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	give_screen(&t);
	CU_ASSERT_STRING_EQUAL(trial_logged(),
	    "cannot set up the terminal: Inappropriate ioctl for device");
	trial_close(&t);
}

static void
test_resized(void)
{
	struct trial t;

	trial_open_tui(&t);
	give_screen(&t);
	CU_ASSERT_TRUE(draws(&t));
	/* The same size is nothing to draw for. */
	CU_ASSERT_TRUE(wake_by(&t, SIGWINCH));
	CU_ASSERT_FALSE(draws(&t));
	resize(&t, 60, 20);
	CU_ASSERT_FALSE(draws(&t)); /* it is not asked without a signal */
	CU_ASSERT_TRUE(wake_by(&t, SIGWINCH));
	CU_ASSERT_TRUE(draws(&t));
	CU_ASSERT_EQUAL(t.p->ui.tui->terminal.columns, 60);
	CU_ASSERT_EQUAL(t.p->ui.tui->terminal.rows, 20);
	/* One signal is one look. */
	resize(&t, 70, 20);
	CU_ASSERT_FALSE(draws(&t));
	trial_expect(&t.launcher, IPC_NONE);
	trial_close(&t);
}

/* Whoever continues it, the shell may have the screen: it is asked for, and
 * until it comes nothing is taken or drawn, in whatever size. */
static void
test_continued(void)
{
	const struct ipc_notice notice = { .level = 0 };
	struct trial t;

	trial_open_tui(&t);
	give_screen(&t);
	draws(&t);
	resize(&t, 60, 20);
	raise(SIGWINCH);
	CU_ASSERT_FALSE(wake_by(&t, SIGCONT));
	trial_work(&t);
	trial_wait(1);
	CU_ASSERT_TRUE(t.p->loop.woke(t.p));
	CU_ASSERT_EQUAL(trial_tell(&t, IPC_NOTICE, &notice, "news", 4, -1), 0);
	CU_ASSERT_FALSE(draws(&t));
	give_screen(&t);
	trial_expect(&t.launcher, IPC_NONE);
	CU_ASSERT_TRUE(draws(&t));
	CU_ASSERT_EQUAL(t.p->ui.tui->terminal.columns, 60);
	trial_close(&t);
}

/* Between two waits no signal comes: a frame is drawn whole, or not at all. */
static void
test_blocked(void)
{
	sigset_t pending;
	struct trial t;

	trial_open_tui(&t);
	CU_ASSERT_PTR_EQUAL(t.p->loop.waiting, &t.p->waiting);
	raise(SIGWINCH);
	raise(SIGCONT);
	sigpending(&pending);
	CU_ASSERT_EQUAL(sigismember(&pending, SIGWINCH), 1);
	CU_ASSERT_EQUAL(sigismember(&pending, SIGCONT), 1);
	CU_ASSERT_EQUAL(sigismember(t.p->loop.waiting, SIGWINCH), 0);
	CU_ASSERT_FALSE(t.p->loop.woke(t.p));
	trial_work(&t); /* the next test finds no signal of this one */
	trial_close(&t);
}

/* Other views write lines, wherever they are. */
static void
test_other_views(void)
{
	struct trial t;

	trial_open(&t, UI_PLAIN);
	CU_ASSERT_PTR_NULL(t.p->loop.waiting);
	CU_ASSERT_TRUE(t.p->loop.woke(t.p));
	trial_work(&t);
	trial_expect(&t.launcher, IPC_NONE);
	trial_close(&t);
}

void
foreground_suite(void)
{
	CU_pSuite s = CU_add_suite("foreground", NULL, NULL);

	CU_add_test(s, "the screen at the start", test_start);
	CU_add_test(s, "no terminal", test_no_terminal);
	CU_add_test(s, "another size", test_resized);
	CU_add_test(s, "after a stop", test_continued);
	CU_add_test(s, "signals between waits", test_blocked);
	CU_add_test(s, "other views", test_other_views);
}
