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

/* Starts the child and waits for it. Returns how it ended. */
static unsigned int
run_child(secret_work *work, void *arg, int to)
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0)
		child(work, arg, to);
	if (pid == -1)
		return secret_call_failed();
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return secret_call_failed();
	/* readpassphrase(3) restores the terminal, then dies of the signal. */
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
