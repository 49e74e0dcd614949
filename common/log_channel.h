/*
 * Logging by message to the launcher: a child has this instead of a file.
 */
#ifndef COMMON_LOG_CHANNEL_H
#define COMMON_LOG_CHANNEL_H

struct ipc_channel;

/* Sends the lines of the log to this channel from now on: a child's control
 * channel. */
void log_to_channel(struct ipc_channel *);

/* Sends a text for the user, and not for the log, for it may contain what the
 * user wrote: ui sends the lines that are to be on standard error once its
 * screen is gone. */
void log_farewell(const char *text);

#endif
