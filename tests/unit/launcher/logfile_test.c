/*
 * Where the log goes, and in which form; while the tui has the screen: what is
 * kept, what ui gets, and what standard error gets in the end.
 */
#include "launcher/logfile.h"

#include "common/log.h"

#include "tests/unit/launcher/log_trial.h"

#include <CUnit/CUnit.h>

#include <sys/stat.h>

#include <bsd/string.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void logfile_suite(void);

#define TIME_LEN 29

/* Checks that a line begins with the time. */
static void
check_time(const char *text)
{
	struct tm tm;
	const char *end = strptime(text, "time=%Y-%m-%dT%H:%M:%S.", &tm);

	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	CU_ASSERT_EQUAL(strspn(end, "0123456789"), 3);
	CU_ASSERT_EQUAL(strncmp(end + 3, "Z ", 2), 0);
	CU_ASSERT_EQUAL(end + 4 - text, TIME_LEN);
}

static void
check_taken(enum log_level want_level, const char *want)
{
	enum log_level level;
	unsigned int room;
	size_t len;
	const char *text = logfile_take(&level, &room, &len);

	if (want == NULL) {
		CU_ASSERT_PTR_NULL(text);
		return;
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_EQUAL(level, want_level);
	CU_ASSERT_EQUAL(len, strlen(want));
	CU_ASSERT_EQUAL(strncmp(text, want, len), 0);
}

static void
test_what_is_held(void)
{
	const char *text;

	log_trial_begin(LOG_DEBUG);
	log_trial_add(ROLE_NETD, LOG_ERROR, "bad\x1b[2J");
	log_trial_add(ROLE_NETD, LOG_INFO, "news");
	log_trial_add(ROLE_UI, LOG_DEBUG, "detail");
	log_warn("odd");
	check_taken(LOG_ERROR, "gochat-netd: bad?[2J");
	check_taken(LOG_WARN, "gochat: odd");
	check_taken(0, NULL);
	log_trial_add(ROLE_CRYPTOD, LOG_ERROR, "worse");
	check_taken(LOG_ERROR, "gochat-cryptod: worse");
	check_taken(0, NULL);
	/* A line that was shown is still given as the reason. */
	text = log_trial_end(true);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, " error gochat-netd: bad?[2J\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, " error gochat-cryptod: worse\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "odd"));
	CU_ASSERT_PTR_NULL(strstr(text, "news"));
	CU_ASSERT_PTR_NULL(strchr(text, '\x1b'));
}

static void
test_after_success(void)
{
	log_trial_begin(LOG_INFO);
	log_trial_add(ROLE_NETD, LOG_ERROR, "bad");
	CU_ASSERT_STRING_EQUAL(log_trial_end(false), "");
}

static void
test_level(void)
{
	log_trial_begin(LOG_ERROR);
	log_trial_add(ROLE_NETD, LOG_WARN, "odd");
	log_trial_add(ROLE_NETD, LOG_ERROR, "bad");
	check_taken(LOG_ERROR, "gochat-netd: bad");
	check_taken(0, NULL);
	log_trial_end(false);
}

/* Of any number of lines the last ones stay. */
static void
test_bound(void)
{
	const unsigned int more = 3;
	char text[64];
	const char *written;

	log_trial_begin(LOG_INFO);
	log_trial_add(ROLE_NETD, LOG_ERROR, "first");
	check_taken(LOG_ERROR, "gochat-netd: first");
	for (unsigned int i = 0; i < LOGFILE_HELD_MAX + more; i++) {
		snprintf(text, sizeof(text), "line %u.", i);
		log_trial_add(ROLE_NETD, LOG_ERROR, text);
	}
	for (unsigned int i = more; i < LOGFILE_HELD_MAX + more; i++) {
		snprintf(text, sizeof(text), "gochat-netd: line %u.", i);
		check_taken(LOG_ERROR, text);
	}
	check_taken(0, NULL);
	written = log_trial_end(true);
	CU_ASSERT_PTR_NULL(strstr(written, "first"));
	CU_ASSERT_PTR_NULL(strstr(written, "line 2."));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "line 3."));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "line 66."));
}

/* A line that is too long is cut, and written in one piece. */
static void
test_long_line(void)
{
	char text[4096];
	enum log_level level;
	unsigned int room;
	const char *written;
	size_t len;

	memset(text, 'x', sizeof(text));
	log_trial_begin(LOG_INFO);
	logfile_write(&(struct log_entry){ ROLE_NETD, LOG_ERROR, false, text,
	    sizeof(text), 7 });
	CU_ASSERT_PTR_NOT_NULL(logfile_take(&level, &room, &len));
	CU_ASSERT_EQUAL(room, 7);
	CU_ASSERT(len < 1024);
	written = log_trial_end(true);
	CU_ASSERT_EQUAL(strlen(written), 1024);
	CU_ASSERT_PTR_EQUAL(strchr(written, '\n'), written + 1023);
}

/* ui's last words are for the user, who has no screen any more. */
static void
test_last_words_of_ui(void)
{
	const char *text;

	log_trial_begin(LOG_INFO);
	log_trial_add(ROLE_NETD, LOG_ERROR, "not why it ended");
	logfile_farewell("not delivered: \x1b[2J", 19);
	log_trial_add(ROLE_UI, LOG_ERROR, "of ui");
	check_taken(LOG_ERROR, "gochat-netd: not why it ended");
	check_taken(LOG_ERROR, NULL);
	text = log_trial_end(false);
	CU_ASSERT_STRING_EQUAL(text, "gochat: not delivered: ?[2J\n");
}

static void
test_logfmt(void)
{
	static const char first[] =
	    " level=warn process=netd msg=\"odd thing\"\n";
	const char *text;

	log_trial_begin_pipe(LOG_INFO, true);
	log_trial_add(ROLE_NETD, LOG_WARN, "odd thing");
	log_event(LOG_INFO, "started", "mode=%s", "bootnode");
	log_debug("detail");
	text = log_trial_end(false);
	check_time(text);
	text += TIME_LEN;
	CU_ASSERT_EQUAL(strncmp(text, first, strlen(first)), 0);
	text += strlen(first);
	check_time(text);
	CU_ASSERT_STRING_EQUAL(text + TIME_LEN,
	    " level=info process=gochat event=started mode=bootnode\n");
}

/* The journal has a time of its own; each line gets a priority. */
static void
test_journal(void)
{
	char journal[64];
	struct stat st;

	log_trial_begin_pipe(LOG_DEBUG, true);
	CU_ASSERT_EQUAL(fstat(STDERR_FILENO, &st), 0);
	snprintf(journal, sizeof(journal), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", journal, 1);
	logfile_open("", LOG_DEBUG, true);
	log_error("a");
	log_warn("b");
	log_info("c");
	log_debug("d");
	unsetenv("JOURNAL_STREAM");
	CU_ASSERT_STRING_EQUAL(log_trial_end(false),
	    "<3>level=error process=gochat msg=a\n"
	    "<4>level=warn process=gochat msg=b\n"
	    "<6>level=info process=gochat msg=c\n"
	    "<7>level=debug process=gochat msg=d\n");
}

/* A process with another standard error inherits the variable, which must not
 * count. */
static void
test_no_journal(void)
{
	log_trial_begin_pipe(LOG_INFO, true);
	setenv("JOURNAL_STREAM", "1:1", 1);
	logfile_open("", LOG_INFO, true);
	unsetenv("JOURNAL_STREAM");
	log_info("c");
	check_time(log_trial_end(false));
}

/* Writes a time as "12:34:56" in the user's zone. */
static void
clock_of(char out[16], time_t t)
{
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(out, 16, "%H:%M:%S", &tm);
}

static void
test_terminal(void)
{
	char before[16], after[16];
	const char *text;

	setenv("TZ", "ELSE-05:45", 1);
	tzset();
	clock_of(before, time(NULL));
	log_trial_begin(LOG_INFO);
	logfile_release(false);
	log_info("news");
	log_event(LOG_INFO, "joined", "room=00000000");
	log_event(LOG_WARN, "restarted", "child=netd msg=starting %s", "netd");
	log_event(LOG_INFO, "figures", "rooms=%d joins=%d", 1, 2);
	/* Events that the view shows are not in the log. */
	log_event(LOG_ERROR, "refused", "reason=key_changed");
	text = log_trial_end(false);
	clock_of(after, time(NULL));
	setenv("TZ", "UTC", 1);
	tzset();
	CU_ASSERT(
	    strncmp(text, before, 8) == 0 || strncmp(text, after, 8) == 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, " info gochat: news\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "joined"));
	CU_ASSERT_PTR_NULL(strstr(text, "refused"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, " warn gochat: starting netd\n"));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(text, " info gochat: figures rooms=1 joins=2\n"));
}

static void
test_addresses(void)
{
	log_trial_begin_pipe(LOG_INFO, false);
	CU_ASSERT_STRING_EQUAL(logfile_address("chat.example.org:9595"), "-");
	log_event(LOG_INFO, "joined", "address=%s n=1", "192.0.2.1:4545");
	CU_ASSERT_STRING_EQUAL(log_trial_end(false) + TIME_LEN,
	    " level=info process=gochat event=joined address=- n=1\n");
	log_trial_begin_pipe(LOG_INFO, true);
	CU_ASSERT_STRING_EQUAL(logfile_address("192.0.2.1"), "192.0.2.1");
	log_trial_end(false);
}

/* Nothing waits for a pipe that nobody reads. In the end a reader gets the
 * first lines, whole, and the number of those that are missing. */
static void
test_no_reader(void)
{
	static char text[4 * 65536];
	const unsigned int count = 4096;
	unsigned int lines = 0, dropped = 0;
	ssize_t n;

	log_trial_begin_pipe(LOG_INFO, true);
	CU_ASSERT_EQUAL(logfile_poll(), -1);
	for (unsigned int i = 0; i < count; i++)
		log_info("line %u", i);
	CU_ASSERT_EQUAL(logfile_poll(), STDERR_FILENO);
	/* The reader comes back, and goes on. */
	while (logfile_poll() != -1) {
		n = read(log_trial_reading, text, 4096);
		CU_ASSERT_FATAL(n > 0);
		for (ssize_t i = 0; i < n; i++)
			lines += text[i] == '\n';
		logfile_flush();
	}
	log_info("afterwards");
	strlcpy(text, log_trial_end(false), sizeof(text));
	for (const char *p = text; *p != '\0'; p++)
		lines += *p == '\n';
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "msg=afterwards\n"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(strstr(text, "level=warn"));
	sscanf(strstr(text, "level=warn"),
	    "level=warn process=gochat msg=\"%u lines of the log were dropped",
	    &dropped);
	CU_ASSERT(dropped > 0);
	CU_ASSERT_EQUAL(lines, count - dropped + 2);
}

/* If the log is a FIFO that nobody reads, standard error still gets all its
 * time to list what was not delivered. */
static void
test_no_reader_elsewhere(void)
{
	char folder[] = "/tmp/gochat-log.XXXXXX", path[64];

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/log", folder);
	CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0);
	log_trial_begin(LOG_INFO);
	CU_ASSERT_EQUAL(logfile_open(path, LOG_INFO, true), 0);
	for (unsigned int i = 0; i < 4096; i++)
		log_trial_add(ROLE_NETD, LOG_ERROR, "a line that nobody reads");
	logfile_release(false);
	for (unsigned int i = 0; i < 4096; i++)
		log_info("line %u", i);
	CU_ASSERT_NOT_EQUAL(logfile_poll(), -1);
	logfile_farewell("not delivered to bert: hello", 28);
	CU_ASSERT_PTR_NOT_NULL(strstr(log_trial_end(false),
	    "gochat: not delivered to bert: hello\n"));
	CU_ASSERT_EQUAL(logfile_open("", LOG_INFO, true), 0);
	log_to_function(NULL);
	unlink(path);
	rmdir(folder);
}

void
logfile_suite(void)
{
	CU_pSuite suite = CU_add_suite("logfile", NULL, NULL);

	CU_add_test(suite, "what is held", test_what_is_held);
	CU_add_test(suite, "nothing after a success", test_after_success);
	CU_add_test(suite, "the level asked for", test_level);
	CU_add_test(suite, "the last ones", test_bound);
	CU_add_test(suite, "a long line", test_long_line);
	CU_add_test(suite, "last words of ui", test_last_words_of_ui);
	CU_add_test(suite, "logfmt, where there is no terminal", test_logfmt);
	CU_add_test(suite, "to the journal", test_journal);
	CU_add_test(suite, "the journal of somebody else", test_no_journal);
	CU_add_test(suite, "on a terminal", test_terminal);
	CU_add_test(suite, "without addresses", test_addresses);
	CU_add_test(suite, "without a reader", test_no_reader);
	CU_add_test(suite, "without a reader elsewhere",
	    test_no_reader_elsewhere);
}
