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

#define PASS(file, ask) passphrase_open(&fd, file, ask, f.err, sizeof(f.err))

static void
test_passphrase_file(void)
{
	char text[PASSPHRASE_MAX + 1], path[300], got[64];
	struct folder f;
	int fd = 5;

	folder_open(&f);
	(void)snprintf(path, sizeof(path), "%s/p", f.path);
	CU_ASSERT(PASS(NULL, false) == 0 && fd == -1);
	CU_ASSERT(PASS("", false) == 0 && fd == -1);
	CU_ASSERT(PASS(path, false) == -1 && fd == -1);
	folder_check_error(&f, path, "No such file");
	folder_put(&f, "p", "secret\n", 7);
	CU_ASSERT(PASS(path, false) == 0);
	CU_ASSERT(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CU_ASSERT(pread(fd, got, sizeof(got), 0) == 6 &&
	    memcmp(got, "secret", 6) == 0);
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
	folder_check_error(&f, path, "expected at most 1024 bytes");
	CU_ASSERT(PASS(f.path, false) == -1);
	folder_check_error(&f, f.path, "regular file");
	folder_remove(&f);
}

/* Checks the result of files of this text, of len bytes: a passphrase or an
 * error. */
static void
try_file(const char *text, size_t len, const char *want, const char *error)
{
	char path[300], got[64] = "";
	struct folder f;
	int fd;

	folder_open(&f);
	(void)snprintf(path, sizeof(path), "%s/p", f.path);
	folder_put(&f, "p", text, len);
	if (want != NULL) {
		CU_ASSERT(PASS(path, false) == 0);
		CU_ASSERT(pread(fd, got, sizeof(got) - 1, 0) > 0);
		CU_ASSERT_STRING_EQUAL(got, want);
		(void)close(fd);
	} else {
		CU_ASSERT(PASS(path, false) == -1 && fd == -1);
		folder_check_error(&f, path, error);
		CU_ASSERT_PTR_NULL(strstr(f.err, "seven"));
	}
	folder_remove(&f);
}

/* Files with the same passphrase give the same bytes, whoever wrote them. */
static void
test_files_alike(void)
{
	static const char *const alike[] = { "seven caf\u00e9s",
		"seven caf\u00e9s\n", "seven caf\u00e9s\r\n",
		"seven caf\u00e9s\r", "seven caf\u00e9s\n\n\r\n",
		"\ufeffseven caf\u00e9s\r\n", "seven cafe\u0301s\n",
		"seven\u3000cafe\u0301s" };

	for (size_t i = 0; i < sizeof(alike) / sizeof(alike[0]); i++)
		try_file(alike[i], strlen(alike[i]), "seven caf\u00e9s", NULL);
}

static void
test_files_refused(void)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "", ": it is empty" },
		{ "\n", ": it is empty" },
		{ "\ufeff\r\n", ": it is empty" },
		{ "seven ducks \n", ": it ends with a blank" },
		{ "\u00a0seven ducks\n", ": it begins with a blank" },
		{ "seven\tducks\n", ": it contains a control character" },
		{ "seven\xff\n", ": it is not UTF-8" },
		{ "seven\u200bducks\n", ": it contains a character that is" },
		{ "seven \ufeffducks\n", ": it contains a character that is" },
		{ "seven\nducks\n", ": expected one line" },
		{ "\nseven\n", ": expected one line" },
		{ "seven\rducks", ": expected one line" },
	};
	static const char wide[] = "\xff\xfes\0e\0v\0";
	char text[5000];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		try_file(cases[i].text, strlen(cases[i].text), NULL,
		    cases[i].error);
	try_file("seven\0ducks", 11, NULL, ": it contains a control character");
	try_file(wide, sizeof(wide), NULL, ": it is not UTF-8");
	/* The end of the file is not left unread. */
	memset(text, '\n', sizeof(text));
	memcpy(text, "seven", 5);
	text[sizeof(text) - 1] = 'x';
	try_file(text, sizeof(text), NULL, ": expected at most 1024 bytes");
}

static void
ignore(int signal_number)
{
	(void)signal_number;
}

/*
 * The other side of test_asking(): a process whose only terminal is tty, or
 * that has none if tty is NULL, asks and writes the result to out.
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

/* Reads until the text contains want, for 10 seconds at most. */
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

/* Types an answer on a terminal of its own, and compares the result. */
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
		/* Keys that are typed before the question would be thrown
		 * away. */
		read_until(master, "Passphrase of the room: ", text,
		    sizeof(text));
		CU_ASSERT(write(master, typed, strlen(typed)) != -1);
		/* readpassphrase(3) sees a signal between its prompt and its
		 * read(2) only with the next key: the key is pressed again. */
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
	try_asking("se\u0301cret\u3000x\n", "got s\u00e9cret x");
	try_asking("secret \n", "--passphrase: it ends with a blank");
	try_asking("\ufeffsecret\n",
	    "--passphrase: it contains a character that is invisible, "
	    "unassigned or otherwise not allowed by RFC 8264");
	try_asking("sec\xff\n", "--passphrase: it is not UTF-8");
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
	CU_add_test(suite, "files that are alike", test_files_alike);
	CU_add_test(suite, "files that are refused", test_files_refused);
	CU_add_test(suite, "passphrase asked for", test_asking);
}
