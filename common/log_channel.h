/*
 * Logging by message to the launcher: what a child has instead of a file.
 */
#ifndef COMMON_LOG_CHANNEL_H
#define COMMON_LOG_CHANNEL_H

struct ipc_channel;

/* Where lines go from now on: a child's control channel. */
void log_to_channel(struct ipc_channel *);

/* Not for the log but for the user, whose text may be in it: ui tells what is
 * to stand on standard error once its screen is gone. */
void log_farewell(const char *text);

#endif
