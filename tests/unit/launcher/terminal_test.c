/*
 * The terminal is restored as it was, and only if it was used: on a pseudo
 * terminal that a process of its own has as its controlling one.
 */
#include "launcher/terminal.h"
#include "common/terminal_modes.h"
#include "tests/unit/forked.h"

#include <sys/wait.h>

#include <CUnit/CUnit.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void terminal_suite(void);

/* Begins a session with a terminal at 0 and 1. Returns the other end, or -1. */
static int
take_terminal(const char *name)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave;

	if (master == -1 || grantpt(master) == -1 || unlockpt(master) == -1 ||
	    setsid() == -1)
		return -1;
	slave = open(ptsname(master), O_RDWR);
	if (slave == -1 || dup2(slave, STDIN_FILENO) == -1 ||
	    dup2(slave, STDOUT_FILENO) == -1)
		return -1;
	setenv("TERM", name, 1);
	signal(SIGTTOU, SIG_IGN); /* as in the launcher */
	return master;
}

/* Returns whether this was written to the terminal: all of it is there
 * already. */
static bool
was_written(int master, const char *want)
{
	char got[512];
	struct pollfd p = { .fd = master, .events = POLLIN };
	ssize_t n = 0;

	if (poll(&p, 1, 0) == 1)
		n = read(master, got, sizeof(got));
	return n == (ssize_t)strlen(want) && memcmp(got, want, (size_t)n) == 0;
}

static void
set_flags(tcflag_t off)
{
	struct termios t;

	tcgetattr(STDIN_FILENO, &t);
	t.c_lflag &= ~off;
	/* This test ignores the line breaks in a sequence. */
	t.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(STDIN_FILENO, TCSANOW, &t);
}

static bool
has_flags(tcflag_t flags)
{
	struct termios t;

	return tcgetattr(STDIN_FILENO, &t) == 0 && (t.c_lflag & flags) == flags;
}

static int
put_back(void *name)
{
	int master = take_terminal(name);
	struct terminal t;

	EXPECT(master != -1);
	terminal_save(&t);
	EXPECT(t.saved && !t.used && !t.screen);
	set_flags(ECHO | ICANON | ISIG);
	/* The terminal was not used: somebody else set that, for a reason. */
	terminal_restore(&t);
	EXPECT(!has_flags(ECHO) && was_written(master, ""));
	/* It was used without a screen: only the attributes are restored. */
	t.used = true;
	terminal_restore(&t);
	EXPECT(has_flags(ECHO | ICANON | ISIG) && was_written(master, ""));
	/* It was used with a screen, which is undone once. */
	set_flags(ECHO | ICANON | ISIG);
	terminal_give_screen(&t);
	terminal_restore(&t);
	EXPECT(has_flags(ECHO | ICANON | ISIG));
	EXPECT(was_written(master,
	    strcmp(name, "linux") == 0 ? TERMINAL_OFF_CONSOLE : TERMINAL_OFF));
	/* After that, attributes that a shell sets stay. */
	set_flags(ECHO);
	terminal_restore(&t);
	EXPECT(!has_flags(ECHO) && was_written(master, ""));
	t.used = true;
	terminal_restore(&t);
	EXPECT(has_flags(ECHO) && was_written(master, ""));
	return 0;
}

static void
test_put_back(void)
{
	char xterm[] = "xterm", console[] = "linux";

	CU_ASSERT_EQUAL(forked(put_back, xterm), 0);
	CU_ASSERT_EQUAL(forked(put_back, console), 0);
}

/* Starts another job, which has the terminal and waits to be ended. */
static pid_t
start_other_job(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		alarm(60); /* even if the test hangs */
		pause();
		_exit(0);
	}
	setpgid(pid, pid);
	return tcsetpgrp(STDIN_FILENO, pid) == 0 ? pid : -1;
}

static int
shell_took_over(void *arg)
{
	int master = take_terminal("xterm");
	struct terminal t;
	pid_t other;

	(void)arg;
	EXPECT(master != -1);
	terminal_save(&t);
	EXPECT(terminal_is_ours(&t));
	terminal_give_screen(&t);
	set_flags(ECHO | ISIG);
	other = start_other_job();
	EXPECT(other > 0 && !terminal_is_ours(&t));
	/* The attributes are still ui's: only we restore them. */
	terminal_restore(&t);
	EXPECT(has_flags(ECHO | ISIG));
	/* The shell's attributes stay, since it needs them now. */
	set_flags(ECHO);
	t.used = true;
	terminal_restore(&t);
	EXPECT(!has_flags(ECHO));
	kill(other, SIGKILL);
	EXPECT(waitpid(other, NULL, 0) == other);
	return 0;
}

static void
test_shell_took_over(void)
{
	CU_ASSERT_EQUAL(forked(shell_took_over, NULL), 0);
}

/* A shell that gave us a group of our own can continue us; a terminal emulator
 * that started us as the session's leader cannot. */
static int
save_as_job(void *arg)
{
	struct terminal t;

	(void)arg;
	if (setpgid(0, 0) == -1)
		return 2;
	terminal_save(&t);
	return t.has_shell && t.group == getpid() ? 0 : 1;
}

static int
save_as_leader(void *arg)
{
	struct terminal t;
	int status;
	pid_t pid;

	(void)arg;
	EXPECT(take_terminal("xterm") != -1);
	terminal_save(&t);
	EXPECT(!t.has_shell && t.group == getpid());
	pid = fork();
	if (pid == 0)
		_exit(save_as_job(NULL));
	EXPECT(waitpid(pid, &status, 0) == pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return 0;
}

static void
test_shell(void)
{
	CU_ASSERT_EQUAL(forked(save_as_leader, NULL), 0);
}

/* If there is nothing to restore, nothing is written, either. */
static int
without_terminal(void *arg)
{
	int out[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct terminal t;

	(void)arg;
	EXPECT(pipe2(out, O_CLOEXEC | O_NONBLOCK) == 0 && null != -1);
	dup2(null, STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	terminal_save(&t);
	EXPECT(!t.saved && terminal_is_ours(&t));
	terminal_give_screen(&t);
	terminal_restore(&t);
	EXPECT(was_written(out[0], ""));
	return 0;
}

static void
test_without(void)
{
	CU_ASSERT_EQUAL(forked(without_terminal, NULL), 0);
}

void
terminal_suite(void)
{
	CU_pSuite suite = CU_add_suite("terminal", NULL, NULL);

	CU_add_test(suite, "put back if it was used", test_put_back);
	CU_add_test(suite, "a shell took over", test_shell_took_over);
	CU_add_test(suite, "who can continue us", test_shell);
	CU_add_test(suite, "no terminal", test_without);
}
