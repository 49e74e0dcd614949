/*
 * Sending descriptors with a message over a unix socket: the spawner's reports,
 * and the report of a reload.
 */
#ifndef LAUNCHER_SEND_FDS_H
#define LAUNCHER_SEND_FDS_H

#include <stddef.h>

/* The most that come with a message. */
#define SEND_FDS_MAX 2

/* Sends a message of len bytes with count descriptors, SEND_FDS_MAX at most,
 * which stay the caller's. The flags are those of sendmsg(2), to which
 * MSG_NOSIGNAL is added. Returns 0, or -1 with errno set. */
int send_fds(int to, const void *bytes, size_t len, const int *fds,
    size_t count, int flags);

#endif
