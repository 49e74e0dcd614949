/*
 * The room's passphrase, on its way to cryptod. Called by the launcher after
 * the options are known and before the processes are started.
 */
#include "launcher/passphrase.h"

#include "launcher/needs.h"
#include "launcher/opaque_string.h"

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

/* The number of bytes that are read: the one form may be far shorter than the
 * text. */
#define GIVEN_MAX 4096
/* The size of an error's beginning: the reason after it fits, too. */
#define SOURCE_MAX 384
#define LINE_END   "\r\n"

/* The mark that an editor may put first, to say that the file is UTF-8. */
static const char byte_order_mark[] = "\xef\xbb\xbf";

/* The exit code of the child that reads the passphrase: one of these, or
 * NOT_OPAQUE plus the fault, or CALL_FAILED plus errno. */
enum outcome {
	GOT_IT,
	NO_TERMINAL,
	NOTHING_TYPED,
	INTERRUPTED,
	MANY_LINES,
	NOT_OPAQUE,
	CALL_FAILED = 64
};

static unsigned int
call_failed(void)
{
	return CALL_FAILED + (unsigned int)errno;
}

static const char *
why_not(unsigned int outcome)
{
	if (outcome >= CALL_FAILED)
		return needs_reason((int)(outcome - CALL_FAILED));
	switch (outcome) {
	case NO_TERMINAL:
		return "no terminal to ask on, use --passphrase-file";
	case NOTHING_TYPED:
		return "nothing was typed";
	case INTERRUPTED:
		return "interrupted";
	case MANY_LINES:
		return "expected one line";
	case NOT_OPAQUE + (unsigned int)OPAQUE_TOO_LONG:
		return "expected at most 1024 bytes";
	default:
		return opaque_fault_text(outcome - NOT_OPAQUE);
	}
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
	else
		return fd;
	if (fd != -1)
		(void)close(fd);
	return -1;
}

/* Room for what somebody types, with a NUL. */
static unsigned int
ask(char text[GIVEN_MAX + 1], size_t *len)
{
	if (readpassphrase("Passphrase of the room: ", text, GIVEN_MAX + 1,
		RPP_REQUIRE_TTY) == NULL)
		return errno == ENOTTY ? NO_TERMINAL
		    : errno == EINTR   ? INTERRUPTED
				       : call_failed();
	*len = strlen(text);
	return *len == 0 ? NOTHING_TYPED : GOT_IT;
}

/* Takes the one line of a file, without its end and without an editor's mark,
 * which is not part of the text. */
static unsigned int
read_line(int fd, char text[GIVEN_MAX + 1], size_t *len)
{
	size_t mark = sizeof(byte_order_mark) - 1;
	ssize_t n;

	for (*len = 0; *len < GIVEN_MAX; *len += (size_t)n) {
		n = read(fd, text + *len, GIVEN_MAX - *len);
		if (n == -1)
			return call_failed();
		if (n == 0)
			break;
	}
	if (*len == GIVEN_MAX)
		return NOT_OPAQUE + (unsigned int)OPAQUE_TOO_LONG;
	if (*len >= mark && memcmp(text, byte_order_mark, mark) == 0) {
		*len -= mark;
		memmove(text, text + mark, *len);
	}
	while (*len > 0 && memchr(LINE_END, text[*len - 1], 2) != NULL)
		(*len)--;
	if (memchr(text, LINE_END[0], *len) != NULL ||
	    memchr(text, LINE_END[1], *len) != NULL)
		return MANY_LINES;
	return GOT_IT;
}

/* The child: reads or asks, writes, forgets, ends. from is -1 to ask. */
static _Noreturn void
child(int from, int to)
{
	char given[GIVEN_MAX + 1], text[PASSPHRASE_MAX + 1];
	unsigned int outcome;
	uint32_t culprit;
	size_t len = 0;

	/* The passphrase must reach no core file and no debugger. If the
	 * launcher ends, readpassphrase(3) puts the terminal back. */
	if (prctl(PR_SET_DUMPABLE, 0) == -1 ||
	    prctl(PR_SET_PDEATHSIG, SIGTERM) == -1 ||
	    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }) == -1)
		_exit((int)call_failed());
	outcome = from == -1 ? ask(given, &len) : read_line(from, given, &len);
	if (outcome == GOT_IT) {
		outcome =
		    opaque_string(text, PASSPHRASE_MAX, given, len, &culprit);
		if (outcome != OPAQUE_OK)
			outcome += NOT_OPAQUE;
		else if (write(to, text, strlen(text)) != (ssize_t)strlen(text))
			outcome = call_failed();
	}
	explicit_bzero(given, sizeof(given));
	explicit_bzero(text, sizeof(text));
	_exit((int)outcome);
}

/* Starts the child and waits for it. Returns how it ended. */
static unsigned int
get_by_child(int from, int to)
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0)
		child(from, to);
	if (pid == -1)
		return call_failed();
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return call_failed();
	/* readpassphrase(3) restores the terminal, then dies of the signal. */
	if (WIFSIGNALED(status))
		return INTERRUPTED;
	return (unsigned int)WEXITSTATUS(status);
}

/* Reads the passphrase from an open file or, if from is -1, by asking, as
 * passphrase_open() does. source is the beginning of an error. */
static int
get(int *fd, int from, const char *source, char *err, size_t errlen)
{
	unsigned int outcome;

	/* The passphrase is in memory, and not in a pipe: a restarted cryptod
	 * reads it again. */
	*fd = memfd_create("passphrase", MFD_CLOEXEC);
	if (*fd == -1) {
		(void)snprintf(err, errlen, "%s: %s", source,
		    needs_reason(errno));
		return -1;
	}
	outcome = get_by_child(from, *fd);
	if (outcome == GOT_IT)
		return 0;
	(void)snprintf(err, errlen, "%s: %s", source, why_not(outcome));
	(void)close(*fd);
	*fd = -1;
	return -1;
}

int
passphrase_open(int *fd, const char *file, bool asks, char *err, size_t errlen)
{
	char source[SOURCE_MAX];
	int from, result;

	*fd = -1;
	if (file == NULL || *file == '\0')
		return asks ? get(fd, -1, "--passphrase", err, errlen) : 0;
	if (asks) {
		(void)snprintf(err, errlen,
		    "--passphrase: expected without a passphrase file");
		return -1;
	}
	from = open_file(file, err, errlen);
	if (from == -1)
		return -1;
	(void)snprintf(source, sizeof(source), "passphrase file %s", file);
	result = get(fd, from, source, err, errlen);
	(void)close(from);
	return result;
}
