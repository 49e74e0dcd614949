/*
 * The file of known peers at the start (known_peers_file.c): what ends the
 * start with an error that says what to do, and what happens to the file while
 * others have it open. A line that is lost could be somebody verified.
 */
#include "cryptod/client/known_peers.h"

#include "common/log.h"
#include "tests/unit/bytes.h"
#include "tests/unit/folder.h"
#include "tests/unit/forked.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void known_peers_file_suite(void);

#define KEY    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER  "10112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define LINE   "peer-1 " KEY " verified 1 2 a\n"
#define LINE_2 "peer-1 " OTHER " seen 1 2 b\n"
#define APPEND 100

/* --- What is not opened --------------------------------------------------- */

static int error_to = -1;

static void
on_log(enum log_level level, bool event, const char *text)
{
	(void)event;
	if (level == LOG_ERROR && write(error_to, text, strlen(text)) == -1)
		_exit(9);
}

static int
open_it(void *arg)
{
	struct known_peers known = { .fd = -1 };
	const struct folder *f = arg;

	log_to_function(on_log);
	known_peers_open(&known, f->fd, APPEND);
	return 0;
}

/* The start ends with an error that has both of these. */
static void
check_refused(struct folder *f, const char *one, const char *other)
{
	int pipe_fds[2];
	ssize_t n;

	CU_ASSERT_EQUAL_FATAL(pipe2(pipe_fds, O_CLOEXEC), 0);
	error_to = pipe_fds[1];
	CU_ASSERT_NOT_EQUAL(forked(open_it, f), 0);
	close(pipe_fds[1]);
	n = read(pipe_fds[0], f->err, sizeof(f->err) - 1);
	close(pipe_fds[0]);
	f->err[n > 0 ? n : 0] = '\0';
	folder_check_error(f, one, other);
}

static void
test_refused(void)
{
	struct folder f;

	folder_open(&f);
	folder_put(&f, KNOWN_PEERS_FILE, LINE "x\n" LINE_2,
	    strlen(LINE "x\n" LINE_2));
	check_refused(&f, "line 2 of known_peers", "correct or remove it");
	CU_ASSERT_EQUAL(fchmodat(f.fd, KNOWN_PEERS_FILE, 0640, 0), 0);
	check_refused(&f, "known_peers", "chmod 600");
	CU_ASSERT_EQUAL(unlinkat(f.fd, KNOWN_PEERS_FILE, 0), 0);
	CU_ASSERT_EQUAL(symlinkat("elsewhere", f.fd, KNOWN_PEERS_FILE), 0);
	check_refused(&f, "known_peers", "symbolic link");
	CU_ASSERT_EQUAL(unlinkat(f.fd, KNOWN_PEERS_FILE, 0), 0);
	CU_ASSERT_EQUAL(mkfifoat(f.fd, KNOWN_PEERS_FILE, 0600), 0);
	check_refused(&f, "known_peers", "not a file");
	folder_remove(&f);
}

/* As long as it may be, and longer. */
static void
test_length(void)
{
	static char text[KNOWN_PEERS_BYTES + 1];
	struct known_peers known = { .fd = -1 };
	struct folder f;

	memset(text, '\n', sizeof(text));
	memcpy(text, LINE, strlen(LINE));
	folder_open(&f);
	folder_put(&f, KNOWN_PEERS_FILE, text, KNOWN_PEERS_BYTES);
	known_peers_open(&known, f.fd, APPEND);
	CU_ASSERT_EQUAL(known.count, 1);
	/* Lines that say nothing are not written again. */
	CU_ASSERT_EQUAL(known.size, strlen(LINE));
	CU_ASSERT_EQUAL(known.read_to, strlen(LINE));
	known_peers_free(&known);
	close(APPEND);
	folder_put(&f, KNOWN_PEERS_FILE, text, KNOWN_PEERS_BYTES + 1);
	check_refused(&f, "known_peers", "is longer than 4194304 bytes");
	folder_remove(&f);
}

/* --- With others ---------------------------------------------------------- */

static int
open_other(const struct folder *f)
{
	int fd = openat(f->fd, KNOWN_PEERS_FILE, O_RDWR | O_CLOEXEC);

	CU_ASSERT_NOT_EQUAL_FATAL(fd, -1);
	CU_ASSERT_EQUAL(flock(fd, LOCK_SH), 0);
	return fd;
}

static ino_t
inode(const struct folder *f)
{
	struct stat st;

	CU_ASSERT_EQUAL_FATAL(fstatat(f->fd, KNOWN_PEERS_FILE, &st, 0), 0);
	return st.st_ino;
}

/* Lines that are out of date are written again by who has the file alone, into
 * another file; if there are none, it stays. */
static void
test_written_again(void)
{
	static const char old[] = LINE LINE LINE_2, now[] = LINE LINE_2;
	struct known_peers known = { .fd = -1 };
	char text[512] = "";
	struct folder f;
	ino_t before;
	int other;

	folder_open(&f);
	folder_put(&f, KNOWN_PEERS_FILE, old, strlen(old));
	other = open_other(&f);
	before = inode(&f);
	known_peers_open(&known, f.fd, APPEND);
	CU_ASSERT_EQUAL(known.count, 2);
	CU_ASSERT_EQUAL(known.size, strlen(old));
	CU_ASSERT_EQUAL(inode(&f), before);
	known_peers_free(&known);
	close(APPEND);
	close(other);
	known_peers_open(&known, f.fd, APPEND);
	CU_ASSERT_NOT_EQUAL(inode(&f), before);
	CU_ASSERT_EQUAL(known.size, strlen(now));
	CU_ASSERT_EQUAL(pread(APPEND, text, sizeof(text), 0),
	    (ssize_t)strlen(now));
	CU_ASSERT_STRING_EQUAL(text, now);
	CU_ASSERT_EQUAL(faccessat(f.fd, KNOWN_PEERS_FILE ".new", F_OK, 0), -1);
	before = inode(&f);
	known_peers_free(&known);
	close(APPEND);
	known_peers_open(&known, f.fd, APPEND);
	CU_ASSERT_EQUAL(inode(&f), before);
	known_peers_free(&known);
	close(APPEND);
	folder_remove(&f);
}

/* What a crash left of another file does not hinder. */
static void
test_left_over(void)
{
	struct known_peers known = { .fd = -1 };
	struct folder f;

	folder_open(&f);
	folder_put(&f, KNOWN_PEERS_FILE, LINE LINE, strlen(LINE LINE));
	folder_put(&f, KNOWN_PEERS_FILE ".new", "half", 4);
	known_peers_open(&known, f.fd, APPEND);
	CU_ASSERT_EQUAL(known.count, 1);
	CU_ASSERT_EQUAL(known.size, strlen(LINE));
	known_peers_free(&known);
	close(APPEND);
	folder_remove(&f);
}

/* --- A line that is being written ----------------------------------------- */

/* How often the file is looked at again, and what happens meanwhile: with this
 * pause another gochat has written the rest of its line. */
static unsigned int pauses, rest_after;
static int rest_to;
static const char rest[] = "2233445566778899aabbccddeeff"
			   "00112233445566778899aabbccddeeff seen 1 2 b\n";

/* The pause between two looks, which is no pause in the test: what it waits for
 * happens, or does not. */
int
nanosleep(const struct timespec *time, struct timespec *left)
{
	if (rest_after == 0)
		return clock_nanosleep(CLOCK_REALTIME, 0, time, left);
	CU_ASSERT(time->tv_sec == 0 && time->tv_nsec > 0);
	if (++pauses == rest_after)
		CU_ASSERT_EQUAL(write(rest_to, rest, strlen(rest)),
		    (ssize_t)strlen(rest));
	return 0;
}

/* It may be seen by half: it is whole a little later, and counts. */
static void
test_being_written(void)
{
	static const char half[] = LINE "peer-1 1011";
	static const unsigned int after[] = { 1, 3, 20 };

	for (size_t i = 0; i < 3; i++) {
		struct known_peers known = { .fd = -1 };
		struct folder f;

		folder_open(&f);
		folder_put(&f, KNOWN_PEERS_FILE, half, strlen(half));
		rest_to = open_other(&f);
		CU_ASSERT_EQUAL(lseek(rest_to, 0, SEEK_END),
		    (off_t)strlen(half));
		pauses = 0;
		rest_after = after[i];
		known_peers_open(&known, f.fd, APPEND);
		rest_after = 0;
		CU_ASSERT_EQUAL(pauses, after[i]);
		CU_ASSERT_EQUAL(known.fd, APPEND);
		CU_ASSERT_EQUAL(known.count, 2);
		CU_ASSERT_EQUAL(known.size, strlen(half) + strlen(rest));
		known_peers_free(&known);
		close(APPEND);
		close(rest_to);
		folder_remove(&f);
	}
}

/* Half a line at the end, of another gochat that has the file open and could
 * not write the rest: nothing is added to it, or both would be unreadable. */
static void
test_half_of_another(void)
{
	static const char half[] = LINE "peer-1 1011";
	struct known_peers known = { .fd = -1 };
	struct folder f;
	ino_t before;
	int other;

	folder_open(&f);
	folder_put(&f, KNOWN_PEERS_FILE, half, strlen(half));
	other = open_other(&f);
	before = inode(&f);
	pauses = 0;
	rest_after = UINT_MAX; /* never */
	known_peers_open(&known, f.fd, APPEND);
	rest_after = 0;
	CU_ASSERT_EQUAL(pauses, 20);
	CU_ASSERT_EQUAL(known.fd, -1);
	CU_ASSERT_EQUAL(known.count, 1);
	CU_ASSERT_EQUAL(known.entries[0].value, KNOWN_VERIFIED);
	CU_ASSERT_EQUAL(inode(&f), before);
	known_peers_free(&known);
	close(other);
	folder_remove(&f);
}

/* While it is open nobody writes it again, and it is open to append by. */
static void
test_held(void)
{
	struct known_peers known = { .fd = -1 };
	struct folder f;
	int other;

	folder_open(&f);
	known_peers_open(&known, f.fd, APPEND);
	CU_ASSERT_EQUAL(known.fd, APPEND);
	CU_ASSERT_EQUAL(fcntl(APPEND, F_GETFL) & (O_APPEND | O_ACCMODE),
	    O_APPEND | O_RDWR);
	CU_ASSERT_EQUAL(fcntl(APPEND, F_GETFD), FD_CLOEXEC);
	other = open_other(&f); /* others may append, too */
	CU_ASSERT_EQUAL(flock(other, LOCK_EX | LOCK_NB), -1);
	known_peers_free(&known);
	close(APPEND);
	CU_ASSERT_EQUAL(flock(other, LOCK_EX | LOCK_NB), 0);
	close(other);
	folder_remove(&f);
}

void
known_peers_file_suite(void)
{
	CU_pSuite s = CU_add_suite("known_peers_file", crypto_setup, NULL);

	CU_add_test(s, "refused", test_refused);
	CU_add_test(s, "how long it may be", test_length);
	CU_add_test(s, "written again", test_written_again);
	CU_add_test(s, "what a crash left", test_left_over);
	CU_add_test(s, "a line being written", test_being_written);
	CU_add_test(s, "half a line of another", test_half_of_another);
	CU_add_test(s, "held", test_held);
}
