/*
 * Logging. See log.h.
 */
#include "common/log.h"

#include "common/ipc_messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void (*log_function)(enum log_level, bool, const char *);
static void (*fatal_function)(void);

void
log_to_function(void (*function)(enum log_level, bool, const char *))
{
	log_function = function;
}

void
log_at_fatal(void (*function)(void))
{
	fatal_function = function;
}

static void
put_line(enum log_level level, bool event, const char *text)
{
	if (log_function != NULL)
		log_function(level, event, text);
}

static void __attribute__((format(printf, 2, 0)))
log_line(enum log_level level, const char *format, va_list ap)
{
	char text[LOG_TEXT_MAX];

	if (vsnprintf(text, sizeof(text), format, ap) >= 0)
		put_line(level, false, text);
}

#define LOG_DEFINE(name, level)              \
	void name(const char *format, ...)   \
	{                                    \
		va_list ap;                  \
                                             \
		va_start(ap, format);        \
		log_line(level, format, ap); \
		va_end(ap);                  \
	}

LOG_DEFINE(log_error, LOG_ERROR)
LOG_DEFINE(log_warn, LOG_WARN)
LOG_DEFINE(log_info, LOG_INFO)
LOG_DEFINE(log_debug, LOG_DEBUG)

void
log_event(enum log_level level, const char *event, const char *format, ...)
{
	char text[LOG_TEXT_MAX];
	int len = snprintf(text, sizeof(text), "%s%s", event,
	    format != NULL ? " " : "");
	size_t room = sizeof(text);
	char *blank;
	va_list ap;
	int n = 0;

	if (len < 0 || (size_t)len >= room)
		return; /* no name is that long */
	room -= (size_t)len;
	if (format != NULL) {
		va_start(ap, format);
		n = vsnprintf(text + len, room, format, ap);
		va_end(ap);
	}
	if (n < 0)
		return;
	blank = strrchr(text, ' ');
	if ((size_t)n >= room && blank != NULL)
		*blank = '\0'; /* the rest of a cut value would be wrong */
	put_line(level, true, text);
}

void
fatal(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(LOG_ERROR, format, ap);
	va_end(ap);
	if (fatal_function != NULL)
		fatal_function();
	_exit(1);
}
