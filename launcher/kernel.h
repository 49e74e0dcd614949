/*
 * The kernel as supervision needs it: the time, the state of a child, signals
 * to it, waiting, and stopping. All of it goes through one struct, so that
 * tests can put a kernel of their own in its place.
 */
#ifndef LAUNCHER_KERNEL_H
#define LAUNCHER_KERNEL_H

#include "launcher/terminal.h"

#include <sys/types.h>

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

/* Each function is called with arg first. */
struct kernel {
	uint64_t (*now)(void *);
	/* ppoll(2), with no signal blocked, until a time or CLOCK_NEVER. */
	int (*poll)(void *, struct pollfd *, nfds_t, uint64_t until);
	/* waitpid(2), without waiting, for an end, a stop or a continuation. */
	pid_t (*wait)(void *, pid_t, int *status);
	void (*signal)(void *, int pidfd, int sig);
	/* Stops the process with this pid, the caller; returns once it is
	 * continued. */
	void (*stop)(void *, pid_t self);
	bool (*has_terminal)(void *, const struct terminal *);
	void *arg;
};

/* The real kernel. */
extern const struct kernel kernel_real;

static inline uint64_t
kernel_now(const struct kernel *k)
{
	return k->now(k->arg);
}

static inline int
kernel_poll(const struct kernel *k, struct pollfd *fds, nfds_t count,
    uint64_t until)
{
	return k->poll(k->arg, fds, count, until);
}

static inline pid_t
kernel_wait(const struct kernel *k, pid_t pid, int *status)
{
	return k->wait(k->arg, pid, status);
}

static inline void
kernel_signal(const struct kernel *k, int pidfd, int sig)
{
	k->signal(k->arg, pidfd, sig);
}

static inline void
kernel_stop(const struct kernel *k, pid_t self)
{
	k->stop(k->arg, self);
}

static inline bool
kernel_has_terminal(const struct kernel *k, const struct terminal *t)
{
	return k->has_terminal(k->arg, t);
}

#endif
