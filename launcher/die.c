/*
 * The end of a start that fails. See die.h.
 */
#include "launcher/die.h"

#include "common/clock.h"
#include "common/log.h"
#include "launcher/brief.h"
#include "launcher/logfile.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool has_log;

void
die_to_log(void)
{
	has_log = true;
}

void
die(int code, const char *format, ...)
{
	bool log = has_log && logfile_is_for_programs();
	char text[ERROR_MAX], line[ERROR_MAX + 16];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (log)
		log_error("%s", text);
	if (has_log)
		logfile_release(true);
	if (!log || !logfile_is_standard_error())
		brief_write_all(STDERR_FILENO, line,
		    (size_t)snprintf(line, sizeof(line), "gochat: %s\n", text),
		    clock_now() + USEC_PER_SEC);
	exit(code);
}
