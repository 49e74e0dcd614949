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

struct line {
	enum role role;
	enum log_level level;
	size_t text; /* where it begins, after time and level */
	size_t len;
	char bytes[LINE_MAX_BYTES];
};

static struct {
	int fd;
	enum log_level level;
	bool holding;
	/* Of the lines held, a ring: how many there were, and of those taken. */
	unsigned int held, taken;
	struct line ring[LOGFILE_HELD_MAX];
} logfile = { .fd = STDERR_FILENO, .level = LOG_INFO };

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

static void
format_line(struct line *l, enum role role, enum log_level level,
    const char *text, size_t len)
{
	static const char *const levels[LOG_LEVEL_COUNT] = {
		"error",
		"warn",
		"info",
		"debug",
	};
	size_t n = format_time(l->bytes, sizeof(l->bytes));

	l->role = role;
	l->level = level;
	n += (size_t)snprintf(l->bytes + n, sizeof(l->bytes) - n, " %s ",
	    levels[level]);
	l->text = n;
	n += (size_t)snprintf(l->bytes + n, sizeof(l->bytes) - n,
	    "%s: ", role_name(role));
	for (size_t i = 0; i < len && n < sizeof(l->bytes) - 1; i++) {
		unsigned char c = (unsigned char)text[i];

		l->bytes[n++] = c < 0x20 || c >= 0x7f ? '?' : text[i];
	}
	l->len = n;
}

/* One write, so that lines of several processes do not mix. Nobody can be
 * told if it fails. */
static void
write_line(struct line *l)
{
	l->bytes[l->len] = '\n';
	while (write(logfile.fd, l->bytes, l->len + 1) == -1 && errno == EINTR)
		;
}

void
logfile_write(enum role role, enum log_level level, const char *text,
    size_t len)
{
	struct line line;

	if (level > logfile.level || (logfile.holding && level > LOG_WARN))
		return;
	format_line(&line, role, level, text, len);
	if (logfile.holding)
		logfile.ring[logfile.held++ % LOGFILE_HELD_MAX] = line;
	else
		write_line(&line);
}

/* --- While the tui has the terminal --------------------------------------- */

void
logfile_hold(void)
{
	logfile.holding = true;
	logfile.held = logfile.taken = 0;
}

/* The number of the oldest line that is still there. */
static unsigned int
oldest(void)
{
	return logfile.held > LOGFILE_HELD_MAX ? logfile.held - LOGFILE_HELD_MAX
					       : 0;
}

const char *
logfile_take(enum log_level *level, size_t *len)
{
	const struct line *l;

	if (logfile.taken < oldest())
		logfile.taken = oldest();
	do {
		if (logfile.taken == logfile.held)
			return NULL;
		l = &logfile.ring[logfile.taken++ % LOGFILE_HELD_MAX];
	} while (l->role == ROLE_UI);
	*level = l->level;
	*len = l->len - l->text;
	return l->bytes + l->text;
}

void
logfile_release(bool failed)
{
	struct line *l;

	logfile.holding = false;
	for (unsigned int i = oldest(); i < logfile.held; i++) {
		l = &logfile.ring[i % LOGFILE_HELD_MAX];
		if (l->level == LOG_ERROR && (failed || l->role == ROLE_UI))
			write_line(l);
	}
}
