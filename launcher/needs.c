/*
 * The system's resources that gochat needs. See needs.h.
 */
#include "launcher/needs.h"

#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Counts the free numbers below the limit, up to what is needed; those of
 * standard input, output and error count as taken. */
static unsigned int
count_free(rlim_t limit)
{
	unsigned int count = STDERR_FILENO + 1;

	for (int fd = STDERR_FILENO + 1;
	     count < NEEDS_DESCRIPTORS && (rlim_t)fd < limit; fd++)
		if (fcntl(fd, F_GETFD) == -1)
			count++;
	return count;
}

int
needs_check(char *err, size_t errlen)
{
	struct rlimit limit;
	unsigned int count;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1) {
		(void)snprintf(err, errlen, "limit on descriptors: %s",
		    strerror(errno));
		return -1;
	}
	if (count_free(limit.rlim_cur) >= NEEDS_DESCRIPTORS)
		return 0;
	/* We may do everything that the program which started us may do without
	 * asking. */
	count = count_free(limit.rlim_max);
	limit.rlim_cur = limit.rlim_max;
	if (count >= NEEDS_DESCRIPTORS && setrlimit(RLIMIT_NOFILE, &limit) == 0)
		return 0;
	(void)snprintf(err, errlen,
	    "only %u of %llu descriptors can be used, and gochat needs %d: "
	    "raise the limit (ulimit -n, LimitNOFILE=)",
	    count, (unsigned long long)limit.rlim_max, NEEDS_DESCRIPTORS);
	return -1;
}

const char *
needs_reason(int error)
{
	static char text[128];

	switch (error) {
	case EMFILE:
	case ETOOMANYREFS:
		(void)snprintf(text, sizeof(text),
		    "no descriptor is free, and gochat needs %d (ulimit -n, "
		    "LimitNOFILE=)",
		    NEEDS_DESCRIPTORS);
		return text;
	case ENFILE:
		return "no descriptor is free in the whole system "
		       "(fs.file-max)";
	case EAGAIN:
		(void)snprintf(text, sizeof(text),
		    "no more processes are allowed, and gochat needs %d "
		    "(ulimit -u, TasksMax=)",
		    NEEDS_PROCESSES);
		return text;
	case ENOMEM:
	case ENOBUFS:
		(void)snprintf(text, sizeof(text),
		    "no memory is free, and gochat needs %d MiB "
		    "(MemoryMax=)",
		    NEEDS_MEMORY);
		return text;
	default:
		return strerror(error);
	}
}
