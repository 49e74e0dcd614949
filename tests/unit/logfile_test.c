/*
 * The log while the tui has the screen: what is held, what ui is given, and
 * what standard error gets in the end.
 */
#include "launcher/logfile.h"

#include "common/log.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void logfile_suite(void);

#define WRITTEN_MAX (LOGFILE_HELD_MAX * 128)

/* Standard error is a pipe meanwhile. */
static int saved, reading;

static void
begin(enum log_level level)
{
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	fflush(stderr);
	saved = dup(STDERR_FILENO);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	reading = fds[0];
	CU_ASSERT_EQUAL(logfile_open("", level), 0);
	logfile_hold();
}

/* Ends it. Returns what came there, valid until the next call. */
static const char *
end(bool failed)
{
	static char text[WRITTEN_MAX];
	ssize_t n;
	size_t len = 0;

	logfile_release(failed);
	log_to_function(NULL);
	dup2(saved, STDERR_FILENO);
	close(saved);
	while ((n = read(reading, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	close(reading);
	text[len] = '\0';
	return text;
}

static void
add(enum role role, enum log_level level, const char *text)
{
	logfile_write(role, level, text, strlen(text));
}

static void
check_taken(enum log_level want_level, const char *want)
{
	enum log_level level;
	size_t len;
	const char *text = logfile_take(&level, &len);

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

	begin(LOG_DEBUG);
	add(ROLE_NETD, LOG_ERROR, "bad\x1b[2J");
	add(ROLE_NETD, LOG_INFO, "news");
	add(ROLE_UI, LOG_DEBUG, "detail");
	log_warn("odd");
	check_taken(LOG_ERROR, "gochat-netd: bad?[2J");
	check_taken(LOG_WARN, "gochat: odd");
	check_taken(0, NULL);
	add(ROLE_CRYPTOD, LOG_ERROR, "worse");
	check_taken(LOG_ERROR, "gochat-cryptod: worse");
	check_taken(0, NULL);
	/* What was shown is still the reason. */
	text = end(true);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, " error gochat-netd: bad?[2J\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, " error gochat-cryptod: worse\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "odd"));
	CU_ASSERT_PTR_NULL(strstr(text, "news"));
	CU_ASSERT_PTR_NULL(strchr(text, '\x1b'));
}

static void
test_after_success(void)
{
	begin(LOG_INFO);
	add(ROLE_NETD, LOG_ERROR, "bad");
	CU_ASSERT_STRING_EQUAL(end(false), "");
}

static void
test_level(void)
{
	begin(LOG_ERROR);
	add(ROLE_NETD, LOG_WARN, "odd");
	add(ROLE_NETD, LOG_ERROR, "bad");
	check_taken(LOG_ERROR, "gochat-netd: bad");
	check_taken(0, NULL);
	end(false);
}

/* The last ones stay, however many there are. */
static void
test_bound(void)
{
	const unsigned int more = 3;
	char text[64];
	const char *written;

	begin(LOG_INFO);
	add(ROLE_NETD, LOG_ERROR, "first");
	check_taken(LOG_ERROR, "gochat-netd: first");
	for (unsigned int i = 0; i < LOGFILE_HELD_MAX + more; i++) {
		snprintf(text, sizeof(text), "line %u.", i);
		add(ROLE_NETD, LOG_ERROR, text);
	}
	for (unsigned int i = more; i < LOGFILE_HELD_MAX + more; i++) {
		snprintf(text, sizeof(text), "gochat-netd: line %u.", i);
		check_taken(LOG_ERROR, text);
	}
	check_taken(0, NULL);
	written = end(true);
	CU_ASSERT_PTR_NULL(strstr(written, "first"));
	CU_ASSERT_PTR_NULL(strstr(written, "line 2."));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "line 3."));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "line 66."));
}

/* Longer than a line may be: cut, and in one piece. */
static void
test_long_line(void)
{
	char text[4096];
	enum log_level level;
	const char *written;
	size_t len;

	memset(text, 'x', sizeof(text));
	begin(LOG_INFO);
	logfile_write(ROLE_NETD, LOG_ERROR, text, sizeof(text));
	CU_ASSERT_PTR_NOT_NULL(logfile_take(&level, &len));
	CU_ASSERT(len < 1024);
	written = end(true);
	CU_ASSERT_EQUAL(strlen(written), 1024);
	CU_ASSERT_PTR_EQUAL(strchr(written, '\n'), written + 1023);
}

/* What ui says in the end is for the user, who has no screen any more. */
static void
test_last_words_of_ui(void)
{
	const char *text;

	begin(LOG_INFO);
	add(ROLE_NETD, LOG_ERROR, "not why it ended");
	add(ROLE_UI, LOG_ERROR, "not delivered");
	add(ROLE_UI, LOG_WARN, "nothing much");
	check_taken(LOG_ERROR, "gochat-netd: not why it ended");
	check_taken(LOG_ERROR, NULL);
	text = end(false);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "gochat-ui: not delivered\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "not why"));
	CU_ASSERT_PTR_NULL(strstr(text, "nothing much"));
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
}
