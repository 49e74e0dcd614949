/*
 * Logging. A child has no file to write to: a line of its log is a message
 * to the launcher, which writes it with time and role. Never pass a key, a
 * nonce, a room name or a message to it.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>

#define LOG_EVENT_NAME_MAX 32

enum log_level {
	LOG_ERROR,
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG,
	LOG_LEVEL_COUNT
};

/* Sets the sink of the lines from now on; event: the text is that of
 * log_event(). A child calls log_to_channel() of log_channel.h. */
void log_to_function(void (*)(enum log_level, bool event, const char *text));

void log_error(const char *, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *, ...) __attribute__((format(printf, 1, 2)));

/*
 * Logs that something happened, for programs to read: the event's name, of up
 * to LOG_EVENT_NAME_MAX lowercase letters and '_', and pairs key=value with one
 * blank between them, in all less than LOG_TEXT_MAX bytes (pairs that do not
 * fit are left out). format may be NULL: no pairs.
 *
 * Keys are of lowercase letters, digits and '_', but for time, level, process
 * and event, which the launcher writes; values are without blanks. The last
 * pair may be "msg=" and a sentence, unquoted, with blanks: it is what a
 * terminal shows of the event. The address or name of another host, a client's
 * say, goes by the key "address", always: by that it is masked (LOG_ADDRESSES).
 */
void log_event(enum log_level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* fatal() calls this function before it ends the process. */
void log_at_fatal(void (*)(void));

/* Logs an error and ends the process with exit code 1: for states that cannot
 * occur, or in which the process must not go on. */
void fatal(const char *, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
