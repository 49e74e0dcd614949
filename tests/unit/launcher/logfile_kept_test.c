/*
 * What the log keeps for a reader who is slow, and what is said once the screen
 * is gone; and the log as a file.
 */
#include "common/log.h"

#include "tests/unit/folder.h"
#include "tests/unit/launcher/log_trial.h"

#include <CUnit/CUnit.h>

#include <sys/ioctl.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void logfile_kept_suite(void);

/* --- A file --------------------------------------------------------------- */

/* What is in it, valid until the next call. */
static const char *
content(const struct folder *f, const char *name)
{
	static char text[4096];
	int fd = openat(f->fd, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static int
open_log(const struct folder *f, const char *name)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/%s", f->path, name);
	return logfile_open(path, LOG_INFO, true);
}

/* It is made for its owner alone, and added to. It is for programs, even if
 * standard error is a terminal. */
static void
test_file(void)
{
	struct folder f;
	struct stat st;

	folder_open(&f);
	log_trial_begin(LOG_INFO);
	CU_ASSERT_FALSE(logfile_is_for_programs());
	CU_ASSERT_TRUE(logfile_is_standard_error());
	logfile_release(false);
	CU_ASSERT_EQUAL_FATAL(open_log(&f, "log"), 0);
	CU_ASSERT_TRUE(logfile_is_for_programs());
	CU_ASSERT_FALSE(logfile_is_standard_error());
	CU_ASSERT_EQUAL(fstatat(f.fd, "log", &st, 0), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
	log_info("one");
	CU_ASSERT_PTR_NOT_NULL(strstr(content(&f, "log"), "msg=one\n"));
	CU_ASSERT_EQUAL_FATAL(open_log(&f, "log"), 0);
	log_info("two");
	CU_ASSERT_PTR_NOT_NULL(strstr(content(&f, "log"), "msg=one\ntime="));
	CU_ASSERT_PTR_NOT_NULL(strstr(content(&f, "log"), "msg=two\n"));
	CU_ASSERT_EQUAL(logfile_open("", LOG_INFO, true), 0);
	CU_ASSERT_STRING_EQUAL(log_trial_end(false), "");
	folder_remove(&f);
}

/* One that cannot be opened is not waited for, and is an error. */
static void
test_no_file(void)
{
	struct folder f;

	folder_open(&f);
	CU_ASSERT_EQUAL(open_log(&f, "nowhere/log"), -1);
	CU_ASSERT_EQUAL(errno, ENOENT);
	CU_ASSERT_EQUAL(open_log(&f, "."), -1);
	CU_ASSERT_EQUAL(errno, EISDIR);
	CU_ASSERT_EQUAL(logfile_open("", LOG_INFO, true), 0);
	log_to_function(NULL);
	folder_remove(&f);
}

/* A FIFO needs no reader, and one that comes finds what was said before. */
static void
test_fifo(void)
{
	struct folder f;
	char got[128] = "";
	int fd;

	folder_open(&f);
	CU_ASSERT_EQUAL_FATAL(mkfifoat(f.fd, "log", 0600), 0);
	CU_ASSERT_EQUAL_FATAL(open_log(&f, "log"), 0);
	log_info("before");
	CU_ASSERT_EQUAL(logfile_poll(), -1);
	fd = openat(f.fd, "log", O_RDONLY | O_NONBLOCK);
	CU_ASSERT(read(fd, got, sizeof(got) - 1) > 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(got, "msg=before\n"));
	close(fd);
	/* No program that is started has it, and no write to it waits. */
	while (logfile_poll() == -1)
		log_info("another");
	CU_ASSERT_EQUAL(fcntl(logfile_poll(), F_GETFD), FD_CLOEXEC);
	CU_ASSERT_NOT_EQUAL(fcntl(logfile_poll(), F_GETFL) & O_NONBLOCK, 0);
	log_trial_forget();
	CU_ASSERT_EQUAL(logfile_open("", LOG_INFO, true), 0);
	log_to_function(NULL);
	folder_remove(&f);
}

/* --- For a slow reader ---------------------------------------------------- */

#define LINE_LONGEST 1024

/* Somebody who reads the lines of say(): they come in their order, none of them
 * twice, and as many are told to be dropped as are missing. */
struct reader {
	char part[LINE_LONGEST + 1]; /* of a line */
	size_t len;
	unsigned int next;    /* number */
	unsigned int told;    /* how often some were dropped, */
	unsigned int dropped; /* and how many */
	size_t bytes;	      /* before that */
};

static void
read_line(struct reader *r)
{
	const char *number = strstr(r->part, "event=line n=");
	const char *dropped = strstr(r->part, "msg=\"");
	unsigned int n = 0;

	if (number != NULL && sscanf(number, "event=line n=%u", &n) == 1) {
		CU_ASSERT_EQUAL(n, r->next);
		r->next = n + 1;
		if (r->told == 0)
			r->bytes += r->len;
		return;
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(dropped);
	CU_ASSERT_EQUAL(sscanf(dropped, "msg=\"%u lines", &n), 1);
	r->next += n;
	r->dropped += n;
	r->told++;
}

static ssize_t
read_some(struct reader *r, size_t most)
{
	static char bytes[65536];
	ssize_t n = read(log_trial_reading, bytes, most);

	for (ssize_t i = 0; i < n; i++) {
		CU_ASSERT_FATAL(r->len < sizeof(r->part) - 1);
		r->part[r->len++] = bytes[i];
		if (bytes[i] != '\n')
			continue;
		r->part[r->len] = '\0';
		read_line(r);
		r->len = 0;
	}
	return n;
}

/* All that is kept, and all that is there. */
static void
read_all(struct reader *r)
{
	int flags = fcntl(log_trial_reading, F_GETFL);

	CU_ASSERT_EQUAL(fcntl(log_trial_reading, F_SETFL, flags | O_NONBLOCK),
	    0);
	while (read_some(r, 65536) > 0)
		logfile_flush();
	CU_ASSERT_EQUAL(logfile_poll(), -1);
	CU_ASSERT_EQUAL(fcntl(log_trial_reading, F_SETFL, flags), 0);
}

static void
say(unsigned int *n)
{
	log_event(LOG_INFO, "line", "n=%u text=%0*u", *n, 100 + *n % 350, 0);
	(*n)++;
}

/* The reader is slower than the writer, and then faster, again and again: lines
 * come in their order, whole, and if some are missing, so many are said to
 * be. */
static void
test_slow_reader(void)
{
	struct reader r = { .len = 0 };
	unsigned int n = 0;

	log_trial_begin_pipe(LOG_INFO, true);
	for (unsigned int round = 0; round < 300; round++) {
		for (unsigned int i = 0; i < 40; i++)
			say(&n);
		read_some(&r, round % 50 < 25 ? 8192 : 65536);
		logfile_flush();
	}
	CU_ASSERT(r.told > 1);
	read_all(&r);
	CU_ASSERT_EQUAL(r.next, n);
	log_trial_end(false);
}

/* The log keeps 64 KiB in addition to what is in the pipe already, to the last
 * line that fits. */
static void
test_kept(void)
{
	struct reader r = { .len = 0 };
	unsigned int n = 0;
	int in_pipe = 0;
	size_t kept;

	log_trial_begin_pipe(LOG_INFO, true);
	for (unsigned int i = 0; i < 400; i++)
		say(&n);
	CU_ASSERT_EQUAL(ioctl(log_trial_reading, FIONREAD, &in_pipe), 0);
	read_all(&r);
	kept = r.bytes - (size_t)in_pipe;
	CU_ASSERT(kept <= 65536 && kept > 65536 - LINE_LONGEST);
	log_trial_end(false);
	CU_ASSERT_EQUAL(r.told, 1);
	CU_ASSERT_EQUAL(r.next, n);
}

/* So many lines of one length that exactly one of them is dropped. */
static unsigned int
say_alike(unsigned int count)
{
	struct reader r = { .len = 0 };

	log_trial_begin_pipe(LOG_INFO, true);
	for (unsigned int i = 0; i < count; i++)
		log_event(LOG_INFO, "line", "n=%u text=%0*u", i, 90, 10000 + i);
	read_all(&r);
	log_trial_end(false);
	CU_ASSERT_EQUAL(r.next, count);
	return r.told == 0 ? 0 : r.dropped;
}

static void
test_one_dropped(void)
{
	const unsigned int many = 5000;
	unsigned int dropped = say_alike(many);

	CU_ASSERT(dropped > 1 && dropped < many);
	CU_ASSERT_EQUAL(say_alike(many - dropped), 0);
	CU_ASSERT_EQUAL(say_alike(many - dropped + 1), 1);
}

/* What nobody can be told is not kept, and does not spoil what comes later. */
static void
test_reader_gone(void)
{
	const char *text;
	int fds[2];

	log_trial_begin_pipe(LOG_INFO, true);
	close(log_trial_reading);
	log_info("to nobody");
	log_info("to nobody");
	CU_ASSERT_EQUAL(logfile_poll(), -1);
	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_CLOEXEC), 0);
	log_trial_reading = fds[0];
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	log_info("again");
	text = log_trial_end(false);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, " msg=again\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "nobody"));
}

/* --- On a terminal -------------------------------------------------------- */

#define CLOCK_LEN 9 /* "12:34:56 " */

/* The least that can be said, and nothing, are lines. An error that is held is
 * told once. */
static void
test_lines(void)
{
	const char *text;

	log_trial_begin(LOG_INFO);
	logfile_release(false);
	log_info("!");
	log_info("%s", "");
	log_event(LOG_INFO, "joined", "room=1"); /* the views show it */
	text = log_trial_end(false);
	CU_ASSERT_EQUAL(strncmp(text + CLOCK_LEN, "info gochat: !\n", 15), 0);
	CU_ASSERT_STRING_EQUAL(text + CLOCK_LEN + 15 + CLOCK_LEN,
	    "info gochat: \n");
}

static void
test_held_once(void)
{
	const char *text;

	log_trial_begin(LOG_INFO);
	log_error("the reason");
	logfile_release(true);
	text = log_trial_end(true);
	CU_ASSERT_PTR_NOT_NULL_FATAL(strstr(text, "the reason\n"));
	CU_ASSERT_PTR_NULL(
	    strstr(strstr(text, "the reason\n") + 1, "the reason"));
}

/* --- Farewells ------------------------------------------------------------ */

/* Each is a line of printable ASCII. */
static void
test_farewells(void)
{
	static const char text[] = "a ~\x7f\x1f\xff\n.";

	log_trial_begin_pipe(LOG_INFO, true);
	logfile_farewell("one", 3);
	logfile_farewell(text, sizeof(text) - 1);
	logfile_farewell("", 0);
	CU_ASSERT_STRING_EQUAL(log_trial_end(false),
	    "gochat: one\ngochat: a ~????.\ngochat: \n");
	/* They are told once. */
	log_trial_begin_pipe(LOG_INFO, true);
	CU_ASSERT_STRING_EQUAL(log_trial_end(false), "");
}

/* Texts without room are counted: of 16 KiB, each takes its text and nine bytes
 * more. */
static void
test_many_farewells(void)
{
	const unsigned int fit = 16 * 1024 / (200 + 9);
	const char *out;
	char text[200];

	memset(text, 'x', sizeof(text));
	log_trial_begin_pipe(LOG_INFO, true);
	for (unsigned int i = 0; i < fit; i++)
		logfile_farewell(text, sizeof(text));
	out = log_trial_end(false);
	CU_ASSERT_EQUAL(strlen(out), fit * 209);
	CU_ASSERT_PTR_NULL(strstr(out, "more of these"));
	log_trial_begin_pipe(LOG_INFO, true);
	for (unsigned int i = 0; i < fit + 2; i++)
		logfile_farewell(text, sizeof(text));
	/* One that is short still fits. */
	logfile_farewell("short", 5);
	out = log_trial_end(false) + fit * 209;
	CU_ASSERT_STRING_EQUAL(out,
	    "gochat: short\ngochat: and 2 more of these\n");
	/* One that fits to the byte, and one that does not. */
	for (size_t more = 0; more < 2; more++) {
		static char longest[16 * 1024];

		memset(longest, 'x', sizeof(longest));
		log_trial_begin_pipe(LOG_INFO, true);
		logfile_farewell(longest, sizeof(longest) - 9 + more);
		out = log_trial_end(false);
		CU_ASSERT_EQUAL(strlen(out),
		    more == 0 ? sizeof(longest)
			      : strlen("gochat: and 1 more "
				       "of these\n"));
	}
}

void
logfile_kept_suite(void)
{
	CU_pSuite suite = CU_add_suite("logfile_kept", NULL, NULL);

	CU_add_test(suite, "a file", test_file);
	CU_add_test(suite, "no file", test_no_file);
	CU_add_test(suite, "a FIFO", test_fifo);
	CU_add_test(suite, "a slow reader", test_slow_reader);
	CU_add_test(suite, "what is kept", test_kept);
	CU_add_test(suite, "one is dropped", test_one_dropped);
	CU_add_test(suite, "the reader is gone", test_reader_gone);
	CU_add_test(suite, "short lines", test_lines);
	CU_add_test(suite, "an error is told once", test_held_once);
	CU_add_test(suite, "farewells", test_farewells);
	CU_add_test(suite, "many farewells", test_many_farewells);
}
