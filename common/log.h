/*
 * Logging. A child has no file to write to: a line of its log is a message
 * to the launcher, which writes it with time and role. Never pass a key, a
 * nonce, a room name or a message to it.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

struct ipc_channel;

enum log_level {
	LOG_ERROR,
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG,
	LOG_LEVEL_COUNT
};

/* Where lines go from now on: a child's control channel. */
void log_to_channel(struct ipc_channel *);
/* The launcher's own sink. */
void log_to_function(void (*)(enum log_level, const char *text));

void log_error(const char *, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *, ...) __attribute__((format(printf, 1, 2)));

/* fatal() calls it before it ends the process. */
void log_at_fatal(void (*)(void));

/* Logs an error and ends the process with exit code 1: for what cannot
 * happen or must not go on. */
void fatal(const char *, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
