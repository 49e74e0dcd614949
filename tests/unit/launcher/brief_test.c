/*
 * Writes that do not last: to a pipe that nobody reads, a reader who is gone,
 * and in which pieces a long text is written.
 */
#include "launcher/brief.h"

#include "common/clock.h"
#include "tests/unit/forked.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <CUnit/CUnit.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void brief_suite(void);

#define MSEC USEC_PER_MSEC
/* Nothing here takes longer, however busy the machine is. */
#define LONG (20 * USEC_PER_SEC)

static struct sigaction before[NSIG];

static int
setup(void)
{
	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, NULL, &before[sig]);
	brief_init();
	return 0;
}

static int
cleanup(void)
{
	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &before[sig], NULL);
	return 0;
}

/* Fills a pipe; its writing end is a blocking one again. */
static void
fill(int fd)
{
	static const char page[PIPE_BUF];
	int flags = fcntl(fd, F_GETFL);

	CU_ASSERT_EQUAL(fcntl(fd, F_SETFL, flags | O_NONBLOCK), 0);
	while (write(fd, page, sizeof(page)) > 0)
		;
	while (write(fd, "", 1) > 0)
		;
	CU_ASSERT_EQUAL(fcntl(fd, F_SETFL, flags), 0);
}

static void
test_ready(void)
{
	uint64_t began;
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	CU_ASSERT_TRUE(brief_ready(fds[1], 0));
	fill(fds[1]);
	CU_ASSERT_FALSE(brief_ready(fds[1], 0));
	began = clock_now();
	CU_ASSERT_FALSE(brief_ready(fds[1], 30 * MSEC));
	CU_ASSERT(clock_now() - began >= 30 * MSEC);
	CU_ASSERT(clock_now() - began < LONG);
	/* An error is to be told. */
	close(fds[0]);
	CU_ASSERT_TRUE(brief_ready(fds[1], LONG));
	close(fds[1]);
}

/* A blocking descriptor without room: the timer ends the call, and does not
 * ring any more. */
static void
test_no_room(void)
{
	uint64_t began = clock_now();
	struct itimerval timer;
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	fill(fds[1]);
	CU_ASSERT_EQUAL(brief_write(fds[1], "x", 1, 20 * MSEC), 0);
	CU_ASSERT(clock_now() - began >= 20 * MSEC);
	CU_ASSERT(clock_now() - began < LONG);
	CU_ASSERT_EQUAL(getitimer(ITIMER_REAL, &timer), 0);
	CU_ASSERT(timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0);
	/* One that does not block says so itself. */
	CU_ASSERT_EQUAL(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	CU_ASSERT_EQUAL(brief_write(fds[1], "x", 1, LONG), 0);
	close(fds[0]);
	close(fds[1]);
}

/* A second and more of patience is a second and more. */
static void
test_long_patience(void)
{
	uint64_t began = clock_now();
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	fill(fds[1]);
	CU_ASSERT_EQUAL(brief_write(fds[1], "x", 1, 1100 * MSEC), 0);
	CU_ASSERT(clock_now() - began >= 1100 * MSEC);
	CU_ASSERT(clock_now() - began < LONG);
	close(fds[0]);
	close(fds[1]);
}

/* What is taken, and a reader who is gone: that ends nobody. */
static void
test_write(void)
{
	char got[8];
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	CU_ASSERT_EQUAL(brief_write(fds[1], "hello", 4, LONG), 4);
	CU_ASSERT_EQUAL(read(fds[0], got, sizeof(got)), 4);
	CU_ASSERT_EQUAL(memcmp(got, "hell", 4), 0);
	close(fds[0]);
	CU_ASSERT_EQUAL(brief_write(fds[1], "x", 1, LONG), -1);
	CU_ASSERT_EQUAL(errno, EPIPE);
	/* Nothing more is tried, and nothing waited for. */
	brief_write_all(fds[1], "xyz", 3, clock_now() + LONG);
	close(fds[1]);
}

/* A file that may not grow any more ends nobody, either. */
static int
write_too_much(void *arg)
{
	const struct rlimit none = { 0, 0 };
	int fd = memfd_create("log", MFD_CLOEXEC);

	(void)arg;
	signal(SIGXFSZ, SIG_DFL);
	brief_init();
	EXPECT(setrlimit(RLIMIT_FSIZE, &none) == 0);
	EXPECT(brief_write(fd, "x", 1, LONG) == -1);
	EXPECT(errno == EFBIG);
	return 0;
}

static void
test_file_size(void)
{
	CU_ASSERT_EQUAL(forked(write_too_much, NULL), 0);
}

/* A pipe of packets, which keeps apart what was written apart. */
static ssize_t
next_packet(int fd, char got[2 * PIPE_BUF])
{
	return read(fd, got, 2 * PIPE_BUF);
}

/* A piece ends with the last line that fits; one line that is longer than a
 * piece is cut. */
static void
test_pieces(void)
{
	static char text[3 * PIPE_BUF], got[2 * PIPE_BUF];
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_DIRECT | O_NONBLOCK), 0);
	memset(text, 'x', sizeof(text));
	text[10] = text[PIPE_BUF - 100] = '\n';
	brief_write_all(fds[1], text, sizeof(text), clock_now() + LONG);
	CU_ASSERT_EQUAL(next_packet(fds[0], got), PIPE_BUF - 99);
	CU_ASSERT_EQUAL(memcmp(got, text, PIPE_BUF - 99), 0);
	CU_ASSERT_EQUAL(next_packet(fds[0], got), PIPE_BUF);
	CU_ASSERT_EQUAL(next_packet(fds[0], got), PIPE_BUF);
	CU_ASSERT_EQUAL(next_packet(fds[0], got), 99);
	CU_ASSERT_EQUAL(next_packet(fds[0], got), -1);
	/* What fits as a whole is one piece, whatever lines it has. */
	text[PIPE_BUF - 1] = '\n';
	brief_write_all(fds[1], text + 1, PIPE_BUF, clock_now() + LONG);
	CU_ASSERT_EQUAL(next_packet(fds[0], got), PIPE_BUF);
	/* A line that ends where a piece ends is in it. */
	brief_write_all(fds[1], text, PIPE_BUF + 1, clock_now() + LONG);
	CU_ASSERT_EQUAL(next_packet(fds[0], got), PIPE_BUF);
	CU_ASSERT_EQUAL(next_packet(fds[0], got), 1);
	close(fds[0]);
	close(fds[1]);
}

/* What is not taken by then is lost. */
static void
test_deadline(void)
{
	uint64_t began = clock_now();
	int fds[2];
	char byte;

	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_NONBLOCK), 0);
	brief_write_all(fds[1], "x", 1, clock_now());
	CU_ASSERT_EQUAL(read(fds[0], &byte, 1), -1);
	fill(fds[1]);
	brief_write_all(fds[1], "x", 1, began + 30 * MSEC);
	CU_ASSERT(clock_now() - began >= 30 * MSEC);
	CU_ASSERT(clock_now() - began < LONG);
	close(fds[0]);
	close(fds[1]);
}

void
brief_suite(void)
{
	CU_pSuite suite = CU_add_suite("brief", setup, cleanup);

	CU_add_test(suite, "room", test_ready);
	CU_add_test(suite, "no room", test_no_room);
	CU_add_test(suite, "more than a second", test_long_patience);
	CU_add_test(suite, "one write", test_write);
	CU_add_test(suite, "a file that is full", test_file_size);
	CU_add_test(suite, "pieces", test_pieces);
	CU_add_test(suite, "until a deadline", test_deadline);
}
