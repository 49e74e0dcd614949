/*
 * The log in a test: standard error is another meanwhile, and what comes there
 * is read.
 */
#ifndef TESTS_UNIT_LAUNCHER_LOG_TRIAL_H
#define TESTS_UNIT_LAUNCHER_LOG_TRIAL_H

#include "launcher/logfile.h"

/* The end from which standard error is read. */
extern int log_trial_reading;

/* Standard error is a terminal, with the tui on it. */
void log_trial_begin(enum log_level);
/* It is a pipe. */
void log_trial_begin_pipe(enum log_level, bool addresses);
/* Ends it. Returns what came there, valid until the next call. */
const char *log_trial_end(bool failed);

/* What nobody has read is not for whoever comes next. */
void log_trial_forget(void);

/* A line that a process has said. */
void log_trial_add(enum role, enum log_level, const char *text);

#endif
