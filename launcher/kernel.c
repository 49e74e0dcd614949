/*
 * The real kernel. See kernel.h.
 */
#include "launcher/kernel.h"

#include "common/clock.h"

#include <sys/syscall.h>
#include <sys/wait.h>

#include <signal.h>
#include <unistd.h>

static uint64_t
real_now(void *arg)
{
	(void)arg;
	return clock_now();
}

static int
real_poll(void *arg, struct pollfd *fds, nfds_t count, uint64_t until)
{
	struct timespec ts;
	sigset_t none;

	(void)arg;
	sigemptyset(&none);
	return ppoll(fds, count, clock_timeout(clock_now(), until, &ts), &none);
}

static pid_t
real_wait(void *arg, pid_t pid, int *status)
{
	(void)arg;
	return waitpid(pid, status, WNOHANG | WUNTRACED | WCONTINUED);
}

static void
real_signal(void *arg, int pidfd, int sig)
{
	(void)arg;
	syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
}

static void
real_stop(void *arg, pid_t self)
{
	(void)arg;
	kill(self, SIGSTOP);
}

static bool
real_has_terminal(void *arg, const struct terminal *t)
{
	(void)arg;
	return terminal_is_ours(t);
}

const struct kernel kernel_real = {
	.now = real_now,
	.poll = real_poll,
	.wait = real_wait,
	.signal = real_signal,
	.stop = real_stop,
	.has_terminal = real_has_terminal,
};
