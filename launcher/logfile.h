/*
 * Where the log is written: to standard error or a file, one line for an event,
 * with time, level and process. On a terminal lines are sentences, in the
 * journal of systemd logfmt after their priority, elsewhere logfmt with the
 * time.
 */
#ifndef LAUNCHER_LOGFILE_H
#define LAUNCHER_LOGFILE_H

#include "launcher/logfmt.h"

#define LOGFILE_HELD_MAX 64 /* lines; more push out the oldest */

/*
 * Opens the file (appended to, made with mode 0600), or takes standard error if
 * path is "". Lines above level are left out; without addresses, so are the
 * addresses of other hosts. The launcher's own log is written there from now
 * on. We must be allowed to read a FIFO, too, and it needs no reader. Returns
 * 0, or -1 with errno set.
 */
int logfile_open(const char *path, enum log_level level, bool addresses);

/* Opens a file as logfile_open() does, and does nothing else. Returns a
 * descriptor, or -1 with errno set. */
int logfile_open_file(const char *path);
/* From now on these count; the log, if it was in a file, goes on in the one
 * that was opened, which is the log's from now on, or -1: where it was. In the
 * sandbox, too. */
void logfile_change(int fd, enum log_level level, bool addresses);

/* Tells whether the lines are for programs to read, and whether they go to
 * standard error. */
bool logfile_is_for_programs(void);
bool logfile_is_standard_error(void);

/* Returns the name of another host for a sentence of the log: its address or
 * name, or "-". */
const char *logfile_address(const char *);

/*
 * From now on standard error is under the screen of the tui: lines of level
 * warn and error are held, others left out.
 */
void logfile_hold(void);

/* Returns the oldest line that is held and was not taken yet, for ui to show:
 * "process: text", without an end, valid until the next line is written; and
 * its level and room, as in struct log_entry. ui does not get its own lines.
 * Returns NULL if there is no such line. */
const char *logfile_take(enum log_level *, unsigned int *room, size_t *len);

/* Keeps a text of ui's for the user until logfile_release(): it never goes to
 * the log, for it may contain messages. A text that does not fit is counted. */
void logfile_farewell(const char *text, size_t len);

/* The screen is gone. Writes to standard error: the farewells; and, if failed,
 * the errors that are held, since one of them is the reason; and the rest of
 * the log. Takes no longer than 0.25 s, or 0.5 s if the log goes elsewhere. */
void logfile_release(bool failed);

/*
 * Writes one line, and waits for nobody: up to 64 KiB that nobody reads are
 * kept; later lines are dropped and counted, and the number is reported as soon
 * as the reader has read the kept ones.
 */
void logfile_write(const struct log_entry *);

/* Returns a descriptor to be polled for POLLOUT if something is kept, or -1;
 * once it is ready, it is time to flush. */
int logfile_poll(void);
void logfile_flush(void);

#endif
