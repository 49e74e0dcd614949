/*
 * The log in a test. See log_trial.h.
 */
#include "tests/unit/launcher/log_trial.h"

#include <CUnit/CUnit.h>

#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define WRITTEN_MAX (2 * 65536)

static int saved;
int log_trial_reading;

static void
replace_stderr(int writing, int end)
{
	fflush(stderr);
	saved = dup(STDERR_FILENO);
	dup2(writing, STDERR_FILENO);
	close(writing);
	log_trial_reading = end;
}

void
log_trial_begin(enum log_level level)
{
	struct termios raw;
	int ours, theirs;

	memset(&raw, 0, sizeof(raw));
	cfmakeraw(&raw);
	CU_ASSERT_EQUAL_FATAL(openpty(&ours, &theirs, NULL, &raw, NULL), 0);
	replace_stderr(theirs, ours);
	CU_ASSERT_EQUAL(logfile_open("", level, true), 0);
	logfile_hold();
}

void
log_trial_begin_pipe(enum log_level level, bool addresses)
{
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	replace_stderr(fds[1], fds[0]);
	CU_ASSERT_EQUAL(logfile_open("", level, addresses), 0);
}

void
log_trial_forget(void)
{
	if (logfile_poll() == -1)
		return;
	CU_ASSERT_EQUAL(logfile_open("/dev/null", LOG_ERROR, true), 0);
	while (logfile_poll() != -1)
		logfile_flush();
	CU_ASSERT_EQUAL(logfile_open("", LOG_INFO, true), 0);
}

const char *
log_trial_end(bool failed)
{
	static char text[WRITTEN_MAX];
	ssize_t n;
	size_t len = 0;

	logfile_release(failed);
	log_trial_forget();
	log_to_function(NULL);
	dup2(saved, STDERR_FILENO);
	close(saved);
	while ((n = read(log_trial_reading, text + len,
		    sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	close(log_trial_reading);
	text[len] = '\0';
	return text;
}

void
log_trial_add(enum role role, enum log_level level, const char *text)
{
	logfile_write(
	    &(struct log_entry){ role, level, false, text, strlen(text), 0 });
}
