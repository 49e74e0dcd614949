/*
 * Sandbox step 8: a filter of system calls (filter.h) and what is said of a
 * call that it does not allow.
 *
 * The default action is SCMP_ACT_TRAP, not KILL_PROCESS: the kernel does not
 * tell a parent which call a child was killed for, and the launcher is to
 * say so. The handler is code that cannot be changed or taken away (no
 * rt_sigaction, no PROT_EXEC): it names the call to the launcher and then
 * makes one whose action is KILL_PROCESS.
 */
#include "common/sandbox.h"

#include "common/filter.h"
#include "common/ipc.h"

#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* The launcher has nobody to report to, and writes it itself: with this text,
 * which is made before anything can go wrong. */
static char launcher_text[256];
static size_t launcher_text_len, launcher_text_digits;

static void
prepare_launcher_text(void)
{
	static const char head[] =
	    "gochat was killed by its sandbox: system call ";

	launcher_text_digits = sizeof(head) - 1;
	launcher_text_len = (size_t)snprintf(launcher_text,
	    sizeof(launcher_text), "%s000 (%s)\n", head, sandbox_build_name());
}

static void
report_launcher(int sig, siginfo_t *info, void *context)
{
	char *digits = launcher_text + launcher_text_digits;
	int nr = info->si_syscall;

	(void)sig;
	(void)context;
	for (int i = 2; i >= 0; i--, nr /= 10)
		digits[i] = (char)('0' + nr % 10);
	syscall(SYS_write, STDERR_FILENO, launcher_text, launcher_text_len);
	syscall(SYS_exit_group, 3);
	for (;;)
		__builtin_trap();
}

/* This runs in the signal handler: nothing here may allocate, lock or be
 * filtered. */
static void
report_violation(int sig, siginfo_t *info, void *context)
{
	struct {
		uint16_t type, zero;
		struct ipc_violation body;
	} message = { .type = IPC_VIOLATION,
		.body = { .syscall = info->si_syscall } };
	struct iovec iov = { &message, sizeof(message) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	(void)sig;
	(void)context;
	syscall(SYS_sendmsg, FD_CONTROL, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	syscall(SYS_ptrace, 0, 0, 0, 0); /* its action: KILL_PROCESS */
	for (;;)
		__builtin_trap();
}

static int
install_handler(bool launcher)
{
	struct sigaction sa = {
		.sa_sigaction = launcher ? report_launcher : report_violation,
		.sa_flags = SA_SIGINFO,
	};

	prepare_launcher_text();
	return sigaction(SIGSYS, &sa, NULL);
}

int
sandbox_seccomp(bool launcher, const struct sock_fprog *filter)
{
	if (install_handler(launcher) == -1)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter);
}
