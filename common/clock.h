/*
 * Time. Modules take "now" as an argument, so that tests can make it up;
 * only main loops read the clock. All times are microseconds of
 * CLOCK_BOOTTIME, which goes on while the machine is suspended.
 */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdint.h>
#include <time.h>

#define USEC_PER_MSEC 1000ULL
#define USEC_PER_SEC  1000000ULL

/* A deadline that never comes. */
#define CLOCK_NEVER UINT64_MAX

static inline uint64_t
clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * USEC_PER_SEC + (uint64_t)ts.tv_nsec / 1000;
}

static inline uint64_t
clock_min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t
clock_max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/*
 * Returns the time from now to a deadline as ppoll(2) wants it: *ts is filled
 * in and returned, or NULL for a deadline that never comes.
 */
static inline const struct timespec *
clock_timeout(uint64_t now, uint64_t deadline, struct timespec *ts)
{
	uint64_t left = deadline > now ? deadline - now : 0;

	if (deadline == CLOCK_NEVER)
		return NULL;
	ts->tv_sec = (time_t)(left / USEC_PER_SEC);
	ts->tv_nsec = (long)(left % USEC_PER_SEC) * 1000;
	return ts;
}

#endif
