/*
 * Messages to systemd's service manager, and the times when it wants to hear
 * that all is well: sd_notify(3) and sd_watchdog_enabled(3), spoken directly. A
 * message is a datagram of lines NAME=VALUE to the socket that $NOTIFY_SOCKET
 * names.
 */
#ifndef LAUNCHER_NOTIFY_H
#define LAUNCHER_NOTIFY_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

struct notify {
	int fd;		   /* connected; -1: nobody wants to know */
	uint64_t watchdog; /* wants to hear within so many microseconds, or 0 */
};

/*
 * Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID, and connects; before
 * the sandbox. pid is that of the caller. A watchdog is due after a second at
 * the earliest. Returns 0, also if there is no such manager; or -1 with one
 * line in err.
 */
int notify_open(struct notify *, pid_t pid, char *err, size_t errlen);

/* Sends the lines, without waiting: a manager that does not read them misses
 * them. */
void notify_send(const struct notify *, const char *lines);
/* Sends the lines and waits until they are sent, though not for long: for lines
 * that must not be missed. */
void notify_send_surely(const struct notify *, const char *lines);

/* Gives systemd a descriptor to keep for the next start, under this name; waits
 * as above. Returns 0, or -1 with errno set. */
int notify_store(const struct notify *, const char *name, int fd);

#endif
