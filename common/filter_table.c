/*
 * Parts of the tables of all processes: other numbers of a call where registers
 * have 32 bits, and the calls of the sanitizers. See filter_table.h.
 */
#include "common/filter_table.h"

#include <seccomp.h>

const struct narrow_call filter_narrow_calls[] = {
	{ SCMP_SYS(ppoll), SCMP_SYS(ppoll_time64), 0 },
	{ SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), 0 },
	{ SCMP_SYS(recvmmsg), SCMP_SYS(recvmmsg_time64), 0 },
	/* A handler without SA_SIGINFO returns by this call. */
	{ SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn), 0 },
	/* The old call is given its arguments in memory, where no filter can
	 * look at them. */
	{ SCMP_SYS(mmap), SCMP_SYS(mmap2), 1 },
};
const size_t filter_narrow_count =
    sizeof(filter_narrow_calls) / sizeof(filter_narrow_calls[0]);

#ifdef GOCHAT_SANITIZE
const int filter_sanitizer_calls[] = {
	SCMP_SYS(mprotect),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(tgkill),
	SCMP_SYS(sched_yield),
	SCMP_SYS(write),
	SCMP_SYS(readlink),
	SCMP_SYS(openat),
	SCMP_SYS(read),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(lseek),
	SCMP_SYS(prctl),
	SCMP_SYS(getrlimit),
	SCMP_SYS(prlimit64),
	SCMP_SYS(mremap),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(pipe2),
	SCMP_SYS(ioctl),
};
const size_t filter_sanitizer_count =
    sizeof(filter_sanitizer_calls) / sizeof(filter_sanitizer_calls[0]);
#endif
