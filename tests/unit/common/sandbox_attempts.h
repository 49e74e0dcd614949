/*
 * The table of the attempts in the jail. See sandbox_attempts.c.
 */
#ifndef TESTS_UNIT_COMMON_SANDBOX_ATTEMPTS_H
#define TESTS_UNIT_COMMON_SANDBOX_ATTEMPTS_H

#include "tests/unit/common/sandbox_jail.h"

#include <sys/syscall.h>

/* The outcome of an attempt: a letter for each process, in the order of enum
 * process_id. */
#define OUTCOME_KILLED	'k' /* SIGSYS, and it named this call */
#define OUTCOME_SILENT	's' /* SIGSYS, without a word about it */
#define OUTCOME_REFUSED 'r' /* the system call fails */
#define OUTCOME_UNKNOWN 'n' /* it fails as if the kernel did not know it */
#define OUTCOME_WORKS	'w' /* the process needs it */
#define OUTCOME_NONE	'-' /* there is no such attempt */

/* A C library makes these calls where registers have 32 bits. */
#ifdef SYS_mmap2
#define CALL_MMAP SYS_mmap2
#else
#define CALL_MMAP SYS_mmap
#endif
#ifdef SYS_recvmmsg_time64
#define CALL_RECVMMSG SYS_recvmmsg_time64
#else
#define CALL_RECVMMSG SYS_recvmmsg
#endif
#ifdef SYS_sigreturn
#define CALL_SIGRETURN SYS_sigreturn
#else
#define CALL_SIGRETURN SYS_rt_sigreturn
#endif

struct attempt {
	const char *name;
	int number; /* of the system call */
	const char *outcomes;
	jail_deed *deed;
};

extern const struct attempt attempts[];
extern const size_t attempt_count;

#endif
