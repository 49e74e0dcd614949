/*
 * Where the log is written. See logfile.h.
 */
#include "launcher/logfile.h"

#include "common/clock.h"
#include "launcher/brief.h"

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
/* Lines that nobody reads for now are kept: up to some hundred. */
#define QUEUE_BYTES (64 * 1024)
/* The patience of a write, if somebody else took the room that there was. */
#define WRITE_PATIENCE (USEC_PER_SEC / 20)
/* The patience at the end, for everything that is left to write. */
#define END_PATIENCE (USEC_PER_SEC / 4)

struct line {
	enum role role;
	enum log_level level;
	unsigned int room;
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
	/* The lines held are a ring: the number of lines that came, and of
	 * lines that were taken. */
	unsigned int held, taken;
	struct line ring[LOGFILE_HELD_MAX];
	/* The text to be written. Once a line was dropped, no more lines are
	 * taken until all before it are written, and the loss is reported. */
	char queue[QUEUE_BYTES];
	size_t queue_start, queue_len;
	unsigned int dropped;
	/* Lines for the user. */
	char farewells[FAREWELLS_MAX];
	size_t farewells_len;
	unsigned int farewells_lost;
} logfile = { .fd = STDERR_FILENO, .level = LOG_INFO, .addresses = true };

static void
own_line(enum log_level level, bool event, const char *text)
{
	struct log_entry e = { ROLE_LAUNCHER, level, event, text, strlen(text),
		0 };

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

/* A FIFO is opened at its other end, too: so it needs no reader, neither now
 * nor later, and a reader that comes finds earlier lines. */
int
logfile_open_file(const char *path)
{
	int flags = O_WRONLY | O_APPEND | O_CREAT;
	struct stat st;

	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		flags = O_RDWR;
	return open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
}

int
logfile_open(const char *path, enum log_level level, bool addresses)
{
	logfile.level = level;
	logfile.addresses = addresses;
	brief_init();
	logfile.fd = path[0] == '\0' ? STDERR_FILENO : logfile_open_file(path);
	if (logfile.fd == -1)
		return -1;
	if (isatty(logfile.fd))
		logfile.form = FORM_READABLE;
	else if (path[0] == '\0' && is_journal())
		logfile.form = FORM_JOURNAL;
	else
		logfile.form = FORM_LOGFMT;
	log_to_function(own_line);
	return 0;
}

void
logfile_change(int fd, enum log_level level, bool addresses)
{
	logfile.level = level;
	logfile.addresses = addresses;
	if (fd == -1)
		return;
	/* What the old file does not take now goes to the new one. */
	logfile_flush();
	close(logfile.fd);
	logfile.fd = fd;
	logfile.form = isatty(fd) ? FORM_READABLE : FORM_LOGFMT;
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

/* Writes the time by RFC 3339, in UTC, with milliseconds, and a blank. */
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

/* Writes the time as the plain view does: on a terminal its lines and ours are
 * mixed. strftime(3) is not used, as it can look at the time zone's file. */
static size_t
format_clock(char *buf, size_t len)
{
	time_t now = time(NULL);
	struct tm tm = { 0 };

	localtime_r(&now, &tm);
	return (size_t)snprintf(buf, len, "%02d:%02d:%02d ", tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
}

/* Writes the part of a line that comes before the text proper. */
static size_t
format_head(char *buf, size_t len, const struct log_entry *e)
{
	/* The numbers are those of syslog(3), see sd-daemon(3). */
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
		n = format_clock(buf, len);
		return n +
		    (size_t)snprintf(buf + n, len - n, "%s ",
			log_level_name(e->level));
	}
}

/* Makes a line. Returns false if it is empty. */
static bool
format_line(struct line *l, const struct log_entry *e)
{
	const size_t size = sizeof(l->bytes) - 1; /* its end comes later */
	size_t n = format_head(l->bytes, size, e), len;

	l->role = e->role;
	l->level = e->level;
	l->room = e->room;
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

/* --- What is to be written ------------------------------------------------ */

/* Adds the text to the end. Returns false if there is no room. */
static bool
enqueue(struct line *l)
{
	size_t len = l->len + 1;

	if (len > QUEUE_BYTES - logfile.queue_len)
		return false;
	if (len > QUEUE_BYTES - logfile.queue_start - logfile.queue_len) {
		memmove(logfile.queue, logfile.queue + logfile.queue_start,
		    logfile.queue_len);
		logfile.queue_start = 0;
	}
	l->bytes[l->len] = '\n';
	memcpy(logfile.queue + logfile.queue_start + logfile.queue_len,
	    l->bytes, len);
	logfile.queue_len += len;
	return true;
}

/* Everything before the lines that were dropped is written. */
static void
tell_dropped(void)
{
	char text[96];
	struct line l;

	(void)snprintf(text, sizeof(text),
	    "%u lines of the log were dropped, because nobody read it",
	    logfile.dropped);
	logfile.dropped = 0;
	format_line(&l,
	    &(struct log_entry){ ROLE_LAUNCHER, LOG_WARN, false, text,
		strlen(text), 0 });
	(void)enqueue(&l); /* there is nothing else */
}

/*
 * Writes line by line, so that the lines of several processes do not mix, for
 * as long as there is room. Lines that an error swallows cannot be reported to
 * anybody.
 */
void
logfile_flush(void)
{
	const char *line, *end;
	ssize_t n;

	while (logfile.queue_len > 0 || logfile.dropped > 0) {
		if (logfile.queue_len == 0)
			tell_dropped();
		line = logfile.queue + logfile.queue_start;
		end = memchr(line, '\n', logfile.queue_len);
		if (!brief_ready(logfile.fd, 0))
			return;
		n = brief_write(logfile.fd, line, (size_t)(end - line) + 1,
		    WRITE_PATIENCE);
		if (n == 0)
			return;
		if (n == -1)
			n = end - line + 1;
		logfile.queue_start += (size_t)n;
		logfile.queue_len -= (size_t)n;
	}
	logfile.queue_start = 0;
}

int
logfile_poll(void)
{
	return logfile.queue_len > 0 || logfile.dropped > 0 ? logfile.fd : -1;
}

static void
write_line(struct line *l)
{
	logfile_flush();
	if (logfile.dropped > 0 || !enqueue(l))
		logfile.dropped++;
	else
		logfile_flush();
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

/* Returns the number of the oldest line that is still there. */
static unsigned int
oldest(void)
{
	return logfile.held > LOGFILE_HELD_MAX ? logfile.held - LOGFILE_HELD_MAX
					       : 0;
}

const char *
logfile_take(enum log_level *level, unsigned int *room, size_t *len)
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
	*room = l->room;
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
write_farewells(uint64_t deadline)
{
	char more[64];

	brief_write_all(STDERR_FILENO, logfile.farewells, logfile.farewells_len,
	    deadline);
	if (logfile.farewells_lost > 0)
		brief_write_all(STDERR_FILENO, more,
		    (size_t)snprintf(more, sizeof(more),
			"gochat: and %u more of these\n",
			logfile.farewells_lost),
		    deadline);
	logfile.farewells_len = logfile.farewells_lost = 0;
}

/* Writes the rest of the log. */
static void
drain(uint64_t deadline)
{
	uint64_t now;

	do
		logfile_flush();
	while (logfile_poll() != -1 && (now = clock_now()) < deadline &&
	    brief_ready(logfile.fd, deadline - now));
}

void
logfile_release(bool failed)
{
	uint64_t deadline = clock_now() + END_PATIENCE;
	struct line *l;

	logfile.holding = false;
	if (logfile_is_standard_error())
		drain(deadline);
	write_farewells(deadline);
	/* A log that nobody reads does not delay the other output. */
	if (!logfile_is_standard_error())
		deadline = clock_now() + END_PATIENCE;
	for (unsigned int i = oldest(); i < logfile.held; i++) {
		l = &logfile.ring[i % LOGFILE_HELD_MAX];
		if (l->level == LOG_ERROR && failed)
			write_line(l);
	}
	logfile.held = logfile.taken = 0;
	drain(deadline);
}
