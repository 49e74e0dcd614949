/*
 * Writes that do not take long. See brief.h.
 */
#include "launcher/brief.h"

#include "common/clock.h"

#include <sys/time.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void
on_alarm(int sig)
{
	(void)sig;
}

void
brief_init(void)
{
	const struct sigaction sa = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &sa, NULL); /* no SA_RESTART: a call ends */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

bool
brief_ready(int fd, uint64_t patience)
{
	struct pollfd pfd = { fd, POLLOUT, 0 };
	struct timespec ts;

	return ppoll(&pfd, 1, clock_timeout(0, patience, &ts), NULL) == 1;
}

ssize_t
brief_write(int fd, const char *bytes, size_t len, uint64_t patience)
{
	const struct timeval time = {
		.tv_sec = (time_t)(patience / USEC_PER_SEC),
		.tv_usec = (suseconds_t)(patience % USEC_PER_SEC),
	};
	/* The timer rings again and again, because it may ring before the
	 * call. */
	const struct itimerval ring = { time, time }, never = { 0 };
	ssize_t n;
	int error;

	setitimer(ITIMER_REAL, &ring, NULL);
	n = write(fd, bytes, len);
	error = errno;
	setitimer(ITIMER_REAL, &never, NULL);
	errno = error;
	if (n == -1 && (error == EINTR || error == EAGAIN))
		return 0;
	return n;
}

/* Returns the length up to the last end of a line that fits into a pipe at
 * once. */
static size_t
next_piece(const char *bytes, size_t len)
{
	const char *end;

	if (len <= PIPE_BUF)
		return len;
	end = memrchr(bytes, '\n', PIPE_BUF);
	return end != NULL ? (size_t)(end - bytes) + 1 : PIPE_BUF;
}

void
brief_write_all(int fd, const char *bytes, size_t len, uint64_t deadline)
{
	uint64_t now;
	ssize_t n;

	while (len > 0 && (now = clock_now()) < deadline) {
		if (!brief_ready(fd, deadline - now))
			return;
		n = brief_write(fd, bytes, next_piece(bytes, len),
		    deadline - now);
		if (n == -1)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}
