/*
 * Where the log ends up: standard error or a file, one line an event, with
 * time, level and process.
 */
#ifndef LAUNCHER_LOGFILE_H
#define LAUNCHER_LOGFILE_H

#include "common/log.h"
#include "common/role.h"

#include <stddef.h>

/*
 * Opens the file (appended to, made with mode 0600), or takes standard error
 * if path is "". Lines above level are left out. The launcher's own log goes
 * here from now on. Returns 0, or -1 with errno set.
 */
int logfile_open(const char *path, enum log_level level);

/* Writes one line. text need not end with NUL; what would not be plain text
 * on a terminal is replaced. */
void logfile_write(enum role, enum log_level, const char *text, size_t len);

#endif
