/*
 * The log's end. See logfile.h.
 */
#include "launcher/logfile.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024
#define FAREWELLS_MAX  (16 * 1024)

struct line {
	enum role role;
	enum log_level level;
	size_t text; /* where it begins, after what stands before it */
	size_t len;
	char bytes[LINE_MAX_BYTES];
};

enum form {
	FORM_READABLE, /* for a terminal */
	FORM_LOGFMT,
	FORM_JOURNAL
};

static struct {
	int fd;
	enum form form;
	enum log_level level;
	bool addresses;
	bool holding;
	/* Of the lines held, a ring: how many there were, and of those taken. */
	unsigned int held, taken;
	struct line ring[LOGFILE_HELD_MAX];
	/* For the user, in lines. */
	char farewells[FAREWELLS_MAX];
	size_t farewells_len;
	unsigned int farewells_lost;
} logfile = { .fd = STDERR_FILENO, .level = LOG_INFO, .addresses = true };

static void
own_line(enum log_level level, bool event, const char *text)
{
	struct log_entry e = { ROLE_LAUNCHER, level, event, text,
		strlen(text) };

	logfile_write(&e);
}

/* Standard error goes to the journal: systemd.exec(5). */
static bool
is_journal(void)
{
	const char *journal = getenv("JOURNAL_STREAM");
	char ours[64];
	struct stat st;

	if (journal == NULL || fstat(STDERR_FILENO, &st) == -1)
		return false;
	(void)snprintf(ours, sizeof(ours), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(ours, journal) == 0;
}

int
logfile_open(const char *path, enum log_level level, bool addresses)
{
	logfile.level = level;
	logfile.addresses = addresses;
	if (path[0] != '\0') {
		logfile.fd = open(path,
		    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
		if (logfile.fd == -1)
			return -1;
	}
	if (isatty(logfile.fd))
		logfile.form = FORM_READABLE;
	else if (path[0] == '\0' && is_journal())
		logfile.form = FORM_JOURNAL;
	else
		logfile.form = FORM_LOGFMT;
	log_to_function(own_line);
	return 0;
}

bool
logfile_is_for_programs(void)
{
	return logfile.form != FORM_READABLE;
}

bool
logfile_is_standard_error(void)
{
	return logfile.fd == STDERR_FILENO;
}

const char *
logfile_address(const char *text)
{
	return logfile.addresses ? text : "-";
}

/* RFC 3339, UTC, milliseconds, and a blank. */
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
	    (size_t)snprintf(buf + n, len - n, ".%03ldZ ",
		ts.tv_nsec / 1000000);
}

/* What stands before the line proper. */
static size_t
format_head(char *buf, size_t len, const struct log_entry *e)
{
	/* Those of syslog(3), see sd-daemon(3). */
	static const char priorities[LOG_LEVEL_COUNT] = {
		[LOG_ERROR] = '3',
		[LOG_WARN] = '4',
		[LOG_INFO] = '6',
		[LOG_DEBUG] = '7',
	};
	size_t n;

	switch (logfile.form) {
	case FORM_JOURNAL: /* which has its own time */
		return (size_t)snprintf(buf, len, "<%c>", priorities[e->level]);
	case FORM_LOGFMT:
		n = (size_t)snprintf(buf, len, "time=");
		return n + format_time(buf + n, len - n);
	default:
		n = format_time(buf, len);
		return n +
		    (size_t)snprintf(buf + n, len - n, "%s ",
			log_level_name(e->level));
	}
}

/* Returns false if there is nothing to say. */
static bool
format_line(struct line *l, const struct log_entry *e)
{
	const size_t size = sizeof(l->bytes) - 1; /* its end comes later */
	size_t n = format_head(l->bytes, size, e), len;

	l->role = e->role;
	l->level = e->level;
	l->text = n;
	if (logfile.form == FORM_READABLE) {
		n += (size_t)snprintf(l->bytes + n, size - n,
		    "%s: ", role_name(e->role));
		len = logfmt_put_readable(l->bytes + n, size - n, e,
		    logfile.addresses);
	} else {
		len = logfmt_put(l->bytes + n, size - n, e, logfile.addresses);
	}
	l->len = n + len;
	return len > 0 || e->len == 0;
}

/* One write, so that lines of several processes do not mix. Nobody can be
 * told if it fails. */
static void
write_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len > 0 &&
	    ((n = write(fd, bytes, len)) > 0 || (n == -1 && errno == EINTR))) {
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
}

static void
write_line(struct line *l)
{
	l->bytes[l->len] = '\n';
	write_all(logfile.fd, l->bytes, l->len + 1);
}

void
logfile_write(const struct log_entry *e)
{
	struct line line;

	if (e->level > logfile.level ||
	    (logfile.holding && e->level > LOG_WARN) || !format_line(&line, e))
		return;
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
logfile_farewell(const char *text, size_t len)
{
	static const char head[] = "gochat: ";
	char *out = logfile.farewells + logfile.farewells_len;

	if (sizeof(head) + len > FAREWELLS_MAX - logfile.farewells_len) {
		logfile.farewells_lost++;
		return;
	}
	memcpy(out, head, sizeof(head) - 1);
	out += sizeof(head) - 1;
	for (size_t i = 0; i < len; i++)
		*out++ =
		    (char)(text[i] < ' ' || text[i] >= 0x7f ? '?' : text[i]);
	*out = '\n';
	logfile.farewells_len += sizeof(head) + len;
}

static void
write_farewells(void)
{
	char more[64];

	write_all(STDERR_FILENO, logfile.farewells, logfile.farewells_len);
	if (logfile.farewells_lost > 0)
		write_all(STDERR_FILENO, more,
		    (size_t)snprintf(more, sizeof(more),
			"gochat: and %u more of these\n",
			logfile.farewells_lost));
	logfile.farewells_len = logfile.farewells_lost = 0;
}

void
logfile_release(bool failed)
{
	struct line *l;

	logfile.holding = false;
	write_farewells();
	for (unsigned int i = oldest(); i < logfile.held; i++) {
		l = &logfile.ring[i % LOGFILE_HELD_MAX];
		if (l->level == LOG_ERROR && failed)
			write_line(l);
	}
	logfile.held = logfile.taken = 0;
}
