/*
 * The log's end. See logfile.h.
 */
#include "launcher/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static struct {
	int fd;
	enum log_level level;
} logfile = { STDERR_FILENO, LOG_INFO };

static void
own_line(enum log_level level, const char *text)
{
	logfile_write(ROLE_LAUNCHER, level, text, strlen(text));
}

int
logfile_open(const char *path, enum log_level level)
{
	logfile.level = level;
	if (path[0] != '\0') {
		logfile.fd = open(path,
		    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
		if (logfile.fd == -1)
			return -1;
	}
	log_to_function(own_line);
	tzset(); /* gmtime_r would open a file the first time */
	return 0;
}

/* RFC 3339, UTC, milliseconds. */
static size_t
format_time(char *buf, size_t len)
{
	struct timespec ts;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	n = strftime(buf, len, "%Y-%m-%dT%H:%M:%S", &tm);
	return n +
	    (size_t)snprintf(buf + n, len - n, ".%03ldZ", ts.tv_nsec / 1000000);
}

void
logfile_write(enum role role, enum log_level level, const char *text,
    size_t len)
{
	static const char *const levels[LOG_LEVEL_COUNT] = {
		"error",
		"warn",
		"info",
		"debug",
	};
	char line[LINE_MAX_BYTES];
	size_t n;

	if (level > logfile.level)
		return;
	n = format_time(line, sizeof(line));
	n += (size_t)snprintf(line + n, sizeof(line) - n,
	    " %s %s: ", levels[level], role_name(role));
	for (size_t i = 0; i < len && n < sizeof(line) - 1; i++) {
		unsigned char c = (unsigned char)text[i];

		line[n++] = c < 0x20 || c >= 0x7f ? '?' : text[i];
	}
	line[n++] = '\n';
	/* One write, so that lines of several processes do not mix. Nobody
	 * can be told if it fails. */
	while (write(logfile.fd, line, n) == -1 && errno == EINTR)
		;
}
