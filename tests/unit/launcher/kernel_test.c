/*
 * The real kernel behind supervision: deaths, stops and continuations of a
 * child, signals by its descriptor, and a wait that signals end.
 */
#include "launcher/kernel.h"

#include "common/clock.h"

#include "tests/unit/forked.h"

#include <sys/syscall.h>
#include <sys/wait.h>

#include <CUnit/CUnit.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

void kernel_suite(void);

#define PATIENCE (10 * USEC_PER_SEC)

/* Waits for the child's next change of state; -1 if there is none. */
static int
next_status(const struct kernel *k, pid_t pid)
{
	uint64_t deadline = kernel_now(k) + PATIENCE;
	const struct timespec pause = { 0, 1000000 };
	int status;
	pid_t result;

	while ((result = kernel_wait(k, pid, &status)) == 0 &&
	    kernel_now(k) < deadline)
		nanosleep(&pause, NULL);
	return result == pid ? status : -1;
}

static void
test_child(void)
{
	const struct kernel *k = &kernel_real;
	int status = 0, pidfd;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(60); /* even if the test hangs */
		/* The launcher calls this when its job is stopped. */
		kernel_stop(k, getpid());
		for (;;)
			pause();
	}
	CU_ASSERT_NOT_EQUAL_FATAL(pid, -1);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	CU_ASSERT_TRUE(WIFSTOPPED(next_status(k, pid)));
	kernel_signal(k, pidfd, SIGCONT);
	CU_ASSERT_TRUE(WIFCONTINUED(next_status(k, pid)));
	CU_ASSERT_EQUAL(kernel_wait(k, pid, &status), 0);
	kernel_signal(k, pidfd, SIGKILL);
	status = next_status(k, pid);
	CU_ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CU_ASSERT_EQUAL(kernel_wait(k, pid, &status), -1);
	close(pidfd);
}

static void
ignore(int sig)
{
	(void)sig;
}

/* Runs in a process of its own, because of its signals; returns 0 if all is as
 * it should be. */
static int
wait_for_signal(void *arg)
{
	const struct kernel *k = &kernel_real;
	struct sigaction sa = { .sa_handler = ignore };
	uint64_t began = kernel_now(k);
	sigset_t set;

	(void)arg;
	sigaction(SIGUSR1, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	/* A signal that came before the wait ends it. */
	if (kernel_poll(k, NULL, 0, began + PATIENCE) != -1 || errno != EINTR)
		return 1;
	if (kernel_now(k) >= began + PATIENCE)
		return 2;
	/* No signal is left, and the time is over, or soon. */
	if (kernel_poll(k, NULL, 0, 0) != 0)
		return 3;
	began = kernel_now(k);
	if (kernel_poll(k, NULL, 0, began + 2000) != 0)
		return 4;
	return kernel_now(k) >= began + 2000 ? 0 : 5;
}

static void
test_wait(void)
{
	CU_ASSERT_EQUAL(forked(wait_for_signal, NULL), 0);
}

void
kernel_suite(void)
{
	CU_pSuite s = CU_add_suite("kernel", NULL, NULL);

	CU_add_test(s, "a child", test_child);
	CU_add_test(s, "a wait", test_wait);
}
