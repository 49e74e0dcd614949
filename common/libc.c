/*
 * Work that a C library puts off until it is needed, and then does by system
 * calls that no filter allows: every process has it done before the filter. And
 * the name of that C library, for the person who has to add a call to a filter.
 */
#include "common/sandbox.h"

#include <sys/random.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int
compare(const void *a, const void *b)
{
	return *(const unsigned char *)a - *(const unsigned char *)b;
}

void
sandbox_settle_libc(void)
{
	unsigned char numbers[2048] = { 0 };
	time_t now = time(NULL);
	struct tm tm;

	/* glibc from 2.41 on keeps the state of its generator where the vDSO
	 * can find it, and blocks all signals while it makes it. */
	if (getrandom(numbers, 1, 0) == 1)
		numbers[1] = 1;
	/* glibc before 2.37 asks how much memory there is, before it sorts more
	 * than a kilobyte for the first time. */
	qsort(numbers, sizeof(numbers), 1, compare);
	/* The time zone is a file. */
	tzset();
	localtime_r(&now, &tm);
}

#if defined(__x86_64__)
#define ARCHITECTURE "x86_64"
#elif defined(__i386__)
#define ARCHITECTURE "i386"
#elif defined(__aarch64__)
#define ARCHITECTURE "aarch64"
#elif defined(__arm__)
#define ARCHITECTURE "arm"
#else
#define ARCHITECTURE "another architecture"
#endif

const char *
sandbox_build_name(void)
{
	static char name[96];
#ifdef __GLIBC__
	const char *libc = "glibc ", *version = gnu_get_libc_version();
#else
	const char *libc = "another C library than glibc", *version = "";
#endif

	(void)snprintf(name, sizeof(name), "gochat %s, %s%s, %s",
	    GOCHAT_VERSION, libc, version, ARCHITECTURE);
	return name;
}
