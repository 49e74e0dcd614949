/*
 * Logging by message to the launcher. See log.h.
 */
#include "common/log.h"

#include "common/ipc.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static struct ipc_channel *log_channel;
static void (*log_function)(enum log_level, const char *);
static void (*fatal_function)(void);

void
log_to_channel(struct ipc_channel *channel)
{
	log_channel = channel;
}

void
log_to_function(void (*function)(enum log_level, const char *))
{
	log_function = function;
}

void
log_at_fatal(void (*function)(void))
{
	fatal_function = function;
}

static void __attribute__((format(printf, 2, 0)))
log_line(enum log_level level, const char *format, va_list ap)
{
	struct ipc_log body = { .level = (uint8_t)level };
	char text[LOG_TEXT_MAX];
	int n = vsnprintf(text, sizeof(text), format, ap);

	if (n < 0)
		return;
	if (log_function != NULL)
		log_function(level, text);
	else if (log_channel != NULL)
		ipc_send(log_channel, IPC_LOG, &body, text,
		    (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
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
