/*
 * The filter of sandbox step 8 as a program of classic BPF: which system calls
 * a process makes after start-up, and what becomes of all others. seccomp.c
 * loads it.
 *
 *	listed, with arguments as demanded	ALLOW
 *	newer than FILTER_NEWEST_CALL		ERRNO, ENOSYS
 *	ptrace; of another architecture		KILL_PROCESS
 *	anything else				TRAP: seccomp.c says why
 */
#ifndef COMMON_FILTER_H
#define COMMON_FILTER_H

#include <linux/filter.h>

#include <stddef.h>
#include <stdint.h>

struct filter_table;

/*
 * The call is set_mempolicy_home_node of Linux 5.17. A C library tries newer
 * calls, is told that this kernel does not have them, and does without them.
 * The number is fixed, and not that of the headers or of libseccomp: so a
 * filter is the same wherever it was built, and a call that this program was
 * not tested with cannot end it. New calls have had one number on all
 * architectures since Linux 5.1.
 */
#define FILTER_NEWEST_CALL 450

/*
 * Makes the filter of a table for an architecture (SCMP_ARCH_ of seccomp.h,
 * or SCMP_ARCH_NATIVE). Takes a descriptor or two for a moment. Returns 0 with
 * out->filter, which the caller frees, and out->len, in instructions; or -1
 * with errno set.
 */
int filter_build(const struct filter_table *, uint32_t arch,
    struct sock_fprog *out);

#endif
