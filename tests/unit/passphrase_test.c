/*
 * The passphrase, from a file and from a terminal.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "launcher/passphrase.h"
#include "tests/unit/folder.h"

void passphrase_suite(void);

static void
test_passphrase_file(void)
{
	char text[PASSPHRASE_MAX + 1], path[300], got[64];
	struct folder f;
	int fd = 5;

	folder_open(&f);
	(void)snprintf(path, sizeof(path), "%s/p", f.path);
#define PASS(file, ask) passphrase_open(&fd, file, ask, f.err, sizeof(f.err))
	CU_ASSERT(PASS(NULL, false) == 0 && fd == -1);
	CU_ASSERT(PASS("", false) == 0 && fd == -1);
	CU_ASSERT(PASS(path, false) == -1 && fd == -1);
	folder_check_error(&f, path, "No such file");
	folder_put(&f, "p", "secret\n", 7);
	CU_ASSERT(PASS(path, false) == 0);
	CU_ASSERT(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CU_ASSERT(
	    read(fd, got, sizeof(got)) == 7 && memcmp(got, "secret\n", 7) == 0);
	(void)close(fd);
	CU_ASSERT(PASS(path, true) == -1 && fd == -1);
	folder_check_error(&f, "--passphrase", "without a passphrase file");
	for (unsigned int mode = 1; mode <= 040; mode <<= 1) {
		CU_ASSERT(fchmodat(f.fd, "p", 0600 | mode, 0) == 0);
		CU_ASSERT(PASS(path, false) == -1 && fd == -1);
		folder_check_error(&f, path, "chmod 600");
	}
	CU_ASSERT(fchmodat(f.fd, "p", 0400, 0) == 0);
	CU_ASSERT(PASS(path, false) == 0 && close(fd) == 0);
	CU_ASSERT(unlinkat(f.fd, "p", 0) == 0);
	memset(text, 'x', sizeof(text));
	folder_put(&f, "p", text, PASSPHRASE_MAX);
	CU_ASSERT(PASS(path, false) == 0 && close(fd) == 0);
	folder_put(&f, "p", text, PASSPHRASE_MAX + 1);
	CU_ASSERT(PASS(path, false) == -1);
	folder_check_error(&f, path, "expected 1 to 1024 bytes");
	folder_put(&f, "p", "", 0);
	CU_ASSERT(PASS(path, false) == -1);
	folder_check_error(&f, path, "expected 1 to 1024 bytes");
	CU_ASSERT(PASS(f.path, false) == -1);
	folder_check_error(&f, f.path, "regular file");
	folder_remove(&f);
}

static void
ignore(int signal_number)
{
	(void)signal_number;
}

/*
 * The other side of test_asking(): a process whose only terminal is tty, or
 * that has none if NULL, asks and writes what came of it to out.
 */
static _Noreturn void
asker(const char *tty, int out)
{
	char got[PASSPHRASE_MAX + 1], err[512] = "";
	ssize_t n;
	int fd;

	(void)signal(SIGINT, ignore);
	(void)alarm(10);
	if (setsid() == -1 || (tty != NULL && open(tty, O_RDWR) == -1))
		_exit(1);
	if (passphrase_open(&fd, NULL, true, err, sizeof(err)) == -1)
		_exit(write(out, err, strlen(err)) == -1);
	n = pread(fd, got, sizeof(got), 0);
	_exit(n < 0 || write(out, "got ", 4) != 4 ||
	    write(out, got, (size_t)n) != n || pread(fd, got, 1, n) != 0);
}

/* Read until the text holds want, for 10 seconds at most. */
static void
read_until(int fd, const char *want, char *text, size_t size)
{
	size_t len = 0;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	for (text[0] = '\0'; strstr(text, want) == NULL; text[len] = '\0') {
		CU_ASSERT_FATAL(len < size - 1 && poll(&p, 1, 10000) == 1);
		n = read(fd, text + len, size - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
}

/* Type an answer on a terminal of its own; compare what comes of it. */
static void
try_asking(const char *typed, const char *want)
{
	char text[4096];
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), out[2];
	struct pollfd answer = { .events = POLLIN };
	int status;
	pid_t pid;

	CU_ASSERT_FATAL(master != -1 && grantpt(master) == 0);
	CU_ASSERT_FATAL(unlockpt(master) == 0 && pipe2(out, O_CLOEXEC) == 0);
	pid = fork();
	if (pid == 0)
		asker(typed != NULL ? ptsname(master) : NULL, out[1]);
	CU_ASSERT_FATAL(pid != -1);
	(void)close(out[1]);
	answer.fd = out[0];
	if (typed != NULL) {
		/* What is typed before the question would be thrown away. */
		read_until(master, "Passphrase of the room: ", text,
		    sizeof(text));
		CU_ASSERT(write(master, typed, strlen(typed)) != -1);
		/* A signal between its prompt and its read(2) is one that
		 * readpassphrase(3) sees with the next key: press again. */
		for (int i = 0;
		     i < 90 && typed[0] == '\x03' && poll(&answer, 1, 100) == 0;
		     i++)
			CU_ASSERT(write(master, typed, 1) == 1);
	}
	read_until(out[0], want, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, want);
	CU_ASSERT(waitpid(pid, &status, 0) == pid && status == 0);
	(void)close(out[0]);
	(void)close(master);
}

static void
test_asking(void)
{
	try_asking("s\xc3\xa9"
		   "cret \n",
	    "got s\xc3\xa9"
	    "cret ");
	try_asking("\n", "--passphrase: nothing was typed");
	try_asking("\x03", "--passphrase: interrupted");
	try_asking(NULL,
	    "--passphrase: no terminal to ask on, use "
	    "--passphrase-file");
}

void
passphrase_suite(void)
{
	CU_pSuite suite = CU_add_suite("passphrase", NULL, NULL);

	CU_add_test(suite, "passphrase file", test_passphrase_file);
	CU_add_test(suite, "passphrase asked for", test_asking);
}
