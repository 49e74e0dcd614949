/*
 * Where the log ends up: standard error or a file, one line an event, with
 * time, level and process. On a terminal lines are sentences, in the journal of
 * systemd logfmt after their priority, elsewhere logfmt with the time.
 */
#ifndef LAUNCHER_LOGFILE_H
#define LAUNCHER_LOGFILE_H

#include "launcher/logfmt.h"

#define LOGFILE_HELD_MAX 64 /* lines; more push out the oldest */

/*
 * Opens the file (appended to, made with mode 0600), or takes standard error
 * if path is "". Lines above level are left out, and without addresses those of
 * other hosts. The launcher's own log goes here from now on. A FIFO must be
 * ours to read, too, and needs no reader. Returns 0, or -1 with errno set.
 */
int logfile_open(const char *path, enum log_level level, bool addresses);

/* Whether its lines are for programs to read, and whether it is standard
 * error. */
bool logfile_is_for_programs(void);
bool logfile_is_standard_error(void);

/* What may stand in a sentence of the log for another host's address or name:
 * that, or "-". */
const char *logfile_address(const char *);

/*
 * Standard error is under the screen of the tui from now on: lines of level
 * warn and error are held, others left out.
 */
void logfile_hold(void);

/* Returns the oldest line that is held and was not taken yet, for ui to show:
 * "process: text", without an end, valid until the next line is written. ui is
 * not told what it has said itself. Returns NULL if there is no such line. */
const char *logfile_take(enum log_level *, size_t *len);

/* Keeps what ui has to tell the user for logfile_release(): never in the log,
 * for there may be text in it. What does not fit is counted. */
void logfile_farewell(const char *text, size_t len);

/* The end: the screen is gone. Writes to standard error: the farewells; and, if
 * failed, the errors that are held, since one of them is the reason; and what
 * is left of the log. Takes no longer than 0.25 s, or
 * 0.5 s if the log goes elsewhere. */
void logfile_release(bool failed);

/*
 * Writes one line, and waits for nobody: what is not taken is kept, up to 64
 * KiB, and what comes then is dropped, counted, and told as soon as the reader
 * has read what was kept.
 */
void logfile_write(const struct log_entry *);

/* A descriptor to be polled for POLLOUT if something is kept, or -1; then it is
 * time to flush. */
int logfile_poll(void);
void logfile_flush(void);

#endif
