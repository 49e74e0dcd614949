/*
 * The room's passphrase, on its way to cryptod. Called by the launcher after
 * the options are known and before the processes are started.
 */
#include "launcher/passphrase.h"

#include "launcher/needs.h"

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

#include <bsd/readpassphrase.h>

/* How the child that asks ends. */
enum asked {
	ASKED_OK,
	ASKED_NO_TERMINAL,
	ASKED_EMPTY,
	ASKED_TOO_LONG,
	ASKED_INTERRUPTED,
	ASKED_NO_PROCESS, /* errno says why */
	ASKED_FAILED
};

static const char *
why_not(enum asked asked)
{
	switch (asked) {
	case ASKED_NO_TERMINAL:
		return "no terminal to ask on, use --passphrase-file";
	case ASKED_EMPTY:
		return "nothing was typed";
	case ASKED_TOO_LONG:
		return "expected at most 1024 bytes";
	case ASKED_INTERRUPTED:
		return "interrupted";
	case ASKED_NO_PROCESS:
		return needs_reason(errno);
	case ASKED_OK:
	case ASKED_FAILED:
		break;
	}
	return "could not ask";
}

static int
open_file(const char *file, char *err, size_t errlen)
{
	struct stat st;
	int fd;

	/* O_NONBLOCK, so that a FIFO of that name cannot hang the start. */
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1 || fstat(fd, &st) == -1)
		(void)snprintf(err, errlen, "passphrase file %s: %s", file,
		    strerror(errno));
	else if (!S_ISREG(st.st_mode))
		(void)snprintf(err, errlen,
		    "passphrase file %s: expected a regular file", file);
	else if ((st.st_mode & 077) != 0)
		(void)snprintf(err, errlen,
		    "passphrase file %s: others can "
		    "read or write it (mode %04o): run chmod 600 on it",
		    file, st.st_mode & 07777);
	else if (st.st_size == 0 || st.st_size > PASSPHRASE_MAX)
		(void)snprintf(err, errlen,
		    "passphrase file %s: expected 1 to %d bytes", file,
		    PASSPHRASE_MAX);
	else
		return fd;
	if (fd != -1)
		(void)close(fd);
	return -1;
}

/* The child: ask, write, forget, end. */
static _Noreturn void
ask_child(int fd)
{
	/* One byte more than allowed, to see that it is too long. */
	char typed[PASSPHRASE_MAX + 2];
	enum asked asked = ASKED_FAILED;
	size_t len;

	/* What is typed must reach no core file and no debugger. If the
	 * launcher ends, readpassphrase(3) puts the terminal back. */
	if (prctl(PR_SET_DUMPABLE, 0) == -1 ||
	    prctl(PR_SET_PDEATHSIG, SIGTERM) == -1 ||
	    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }) == -1)
		_exit(ASKED_FAILED);
	if (readpassphrase("Passphrase of the room: ", typed, sizeof(typed),
		RPP_REQUIRE_TTY) == NULL) {
		asked = errno == ENOTTY ? ASKED_NO_TERMINAL
		    : errno == EINTR	? ASKED_INTERRUPTED
					: ASKED_FAILED;
	} else {
		len = strlen(typed);
		if (len == 0)
			asked = ASKED_EMPTY;
		else if (len > PASSPHRASE_MAX)
			asked = ASKED_TOO_LONG;
		else if (write(fd, typed, len) == (ssize_t)len)
			asked = ASKED_OK;
	}
	explicit_bzero(typed, sizeof(typed));
	_exit((int)asked);
}

/* Start the child and wait for it. Returns how it ended. */
static enum asked
ask_by_child(int write_fd)
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0)
		ask_child(write_fd);
	if (pid == -1)
		return ASKED_NO_PROCESS;
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return ASKED_FAILED;
	/* readpassphrase(3) restores the terminal, then dies of the signal. */
	if (WIFSIGNALED(status))
		return ASKED_INTERRUPTED;
	return (enum asked)WEXITSTATUS(status);
}

int
passphrase_open(int *fd, const char *file, bool ask, char *err, size_t errlen)
{
	bool has_file = file != NULL && *file != '\0';
	enum asked asked;
	*fd = -1;
	if (has_file && ask) {
		(void)snprintf(err, errlen,
		    "--passphrase: expected without a passphrase file");
		return -1;
	}
	if (has_file) {
		*fd = open_file(file, err, errlen);
		return *fd == -1 ? -1 : 0;
	}
	if (!ask)
		return 0;

	/* In memory, and not in a pipe: a cryptod that is started anew reads
	 * it again. */
	*fd = memfd_create("passphrase", MFD_CLOEXEC);
	if (*fd == -1) {
		(void)snprintf(err, errlen, "--passphrase: %s",
		    needs_reason(errno));
		return -1;
	}
	asked = ask_by_child(*fd);
	if (asked == ASKED_OK)
		return 0;
	(void)snprintf(err, errlen, "--passphrase: %s", why_not(asked));
	(void)close(*fd);
	*fd = -1;
	return -1;
}
