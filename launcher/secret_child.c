/*
 * A child that gets a secret. See secret_child.h.
 */
#include "launcher/secret_child.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

unsigned int
secret_call_failed(void)
{
	return SECRET_CALL_FAILED + (unsigned int)errno;
}

/* The secret must reach no core file and no debugger. If the launcher ends,
 * readpassphrase(3) puts the terminal back. */
static _Noreturn void
child(secret_work *work, void *arg, int to)
{
	if (prctl(PR_SET_DUMPABLE, 0) == -1 ||
	    prctl(PR_SET_PDEATHSIG, SIGTERM) == -1 ||
	    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }) == -1)
		_exit((int)secret_call_failed());
	_exit((int)work(arg, to));
}

/* What would end or stop us, and tells of the child. */
static void
fill_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGQUIT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGTSTP);
}

/* Returns true and how the child ended; or false, if it lives. Whatever stops
 * it stops us, and what continues us continues it: a shell looks at us. */
static bool
has_ended(pid_t pid, int *status)
{
	pid_t found = waitpid(pid, status, WNOHANG | WUNTRACED);

	if (found == pid && WIFSTOPPED(*status)) {
		(void)raise(SIGSTOP);
		(void)kill(pid, SIGCONT);
		return false;
	}
	if (found == -1)
		*status = (int)secret_call_failed() << 8;
	return found != 0;
}

/*
 * Waits for the child, and meanwhile leaves all signals to it: it has the
 * terminal, and puts it back first. What a key sends has reached it as well;
 * anything else is passed on. Returns the last signal that would have ended us,
 * or 0.
 */
static int
wait_for(pid_t pid, const sigset_t *signals, int *status)
{
	int wanted = 0, number;
	siginfo_t info;

	while (!has_ended(pid, status)) {
		number = sigwaitinfo(signals, &info);
		if (number <= 0 || number == SIGCHLD)
			continue;
		if (info.si_code != SI_KERNEL)
			(void)kill(pid, number);
		if (number != SIGTSTP)
			wanted = number;
	}
	return wanted;
}

/* Starts the child and waits for it. Returns how it ended. */
static unsigned int
run_child(secret_work *work, void *arg, int to)
{
	sigset_t signals, before;
	int status, wanted;
	pid_t pid;

	fill_signals(&signals);
	/* Who has started us may have had it ignored: then nothing would tell
	 * us of the child. */
	(void)signal(SIGCHLD, SIG_DFL);
	if (sigprocmask(SIG_BLOCK, &signals, &before) == -1)
		return secret_call_failed();
	pid = fork();
	if (pid == 0) {
		if (sigprocmask(SIG_SETMASK, &before, NULL) == -1)
			_exit((int)secret_call_failed());
		child(work, arg, to);
	}
	wanted = pid == -1 ? 0 : wait_for(pid, &signals, &status);
	if (pid == -1)
		status = (int)secret_call_failed() << 8;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	if (wanted != 0)
		(void)raise(wanted);
	/* The terminal was put back, and the signal obeyed after that. */
	if (WIFSIGNALED(status))
		return SECRET_INTERRUPTED;
	return (unsigned int)WEXITSTATUS(status);
}

unsigned int
secret_by_child(int *fd, secret_work *work, void *arg)
{
	unsigned int outcome;

	/* It is in memory, and not in a pipe: a restarted cryptod reads it
	 * again. */
	*fd = memfd_create("secret", MFD_CLOEXEC);
	if (*fd == -1)
		return secret_call_failed();
	outcome = run_child(work, arg, *fd);
	if (outcome != SECRET_GOT) {
		(void)close(*fd);
		*fd = -1;
	}
	return outcome;
}

int
secret_file_open(const char *what, const char *file, char *err, size_t errlen)
{
	struct stat st;
	int fd;

	/* O_NONBLOCK, so that a FIFO of that name cannot hang the start. */
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1 || fstat(fd, &st) == -1)
		(void)snprintf(err, errlen, "%s %s: %s", what, file,
		    strerror(errno));
	else if (!S_ISREG(st.st_mode))
		(void)snprintf(err, errlen, "%s %s: expected a regular file",
		    what, file);
	else if ((st.st_mode & 077) != 0)
		(void)snprintf(err, errlen,
		    "%s %s: others can read or write it (mode %04o): run chmod "
		    "600 on it",
		    what, file, st.st_mode & 07777);
	else
		return fd;
	if (fd != -1)
		(void)close(fd);
	return -1;
}
