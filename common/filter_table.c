/*
 * For each role the system calls that it makes after start-up, with who needs
 * each. filter.c makes the filter of it; everything else ends the process.
 */
#include "common/filter_table.h"

#include <seccomp.h>
#include <unistd.h>

#define CHANNELS_NETD	 (FD(FD_CONTROL) | FD(FD_CRYPTOD))
#define SOCKETS_NETD	 (FD(FD_UDP) | FD(FD_UDP_SECOND))
#define CHANNELS_UI	 (FD(FD_CONTROL) | FD(FD_CRYPTOD))
#define CHANNELS_CRYPTOD (FD(FD_CONTROL) | FD(FD_NETD) | FD(FD_UI))

/* What every process needs. */
#define EVERYBODY                                                    \
	{ SCMP_SYS(ppoll), ANY, 0 },		 /* main loop */     \
	    { SCMP_SYS(clock_gettime), ANY, 0 }, /* where no vDSO */ \
	    { SCMP_SYS(brk), ANY, 0 },		 /* malloc */        \
	    { SCMP_SYS(mmap), NOT_EXEC, 0 },	 /* malloc, large */ \
	    { SCMP_SYS(munmap), ANY, 0 },	 /* free, large */   \
	{                                                            \
		SCMP_SYS(exit_group), ANY, 0                         \
	}

static const struct entry netd_entries[] = {
	EVERYBODY,
	/* ipc_receive, netlink_receive */
	{ SCMP_SYS(recvmsg), FDS, CHANNELS_NETD | FD(FD_NETLINK) },
	/* ipc_send, netlink_ask */
	{ SCMP_SYS(sendmsg), FDS, CHANNELS_NETD | FD(FD_NETLINK) },
	{ SCMP_SYS(recvmmsg), FDS, SOCKETS_NETD }, /* udp_receive */
	{ SCMP_SYS(sendmmsg), FDS, SOCKETS_NETD }, /* udp_flush */
	{ SCMP_SYS(getrandom), ANY, 0 },	   /* nonces, probe ids */
	{ SCMP_SYS(mremap), ANY, 0 },		   /* realloc of the registry */
};

static const struct entry cryptod_entries[] = {
	EVERYBODY,
	{ SCMP_SYS(recvmsg), FDS, CHANNELS_CRYPTOD }, /* ipc_receive */
	{ SCMP_SYS(sendmsg), FDS, CHANNELS_CRYPTOD }, /* ipc_send */
	{ SCMP_SYS(getrandom), ANY, 0 },	      /* OpenSSL's generator */
	{ SCMP_SYS(getpid), ANY, 0 }, /* the same: did it fork? */
	{ SCMP_SYS(mremap), ANY, 0 }, /* realloc of its tables */
	{ SCMP_SYS(write), FDS, FD(FD_KNOWN_PEERS) }, /* known_peers_note */
	/* known_peers_read_on; read(2) would go on after what write(2) added */
	{ SCMP_SYS(pread64), FDS, FD(FD_KNOWN_PEERS) },
	{ SCMP_SYS(close), FDS,
	    FD(FD_NETD) | FD(FD_UI) | FD(FD_UI + 1) }, /* child_reopen */
	{ SCMP_SYS(dup3), FDS,
	    FD(FD_NETD) | FD(FD_UI) | FD(FD_UI + 1) }, /* the same */
};

static const struct entry ui_entries[] = {
	EVERYBODY, { SCMP_SYS(recvmsg), FDS, CHANNELS_UI }, /* ipc_receive */
	{ SCMP_SYS(sendmsg), FDS, CHANNELS_UI },	    /* ipc_send */
	{ SCMP_SYS(read), FDS, FD(STDIN_FILENO) },	    /* what is typed */
	{ SCMP_SYS(write), FDS, FD(STDOUT_FILENO) },	    /* what is shown */
	{ SCMP_SYS(ioctl), TERMINAL, 0 },   /* is it a terminal? */
	{ SCMP_SYS(rt_sigreturn), ANY, 0 }, /* its signal handlers */
	{ SCMP_SYS(mremap), ANY, 0 },	    /* realloc of long lines */
	{ SCMP_SYS(close), FDS,
	    FD(FD_CRYPTOD) | FD(FD_CRYPTOD + 1) }, /* child_reopen */
	{ SCMP_SYS(dup3), FDS,
	    FD(FD_CRYPTOD) | FD(FD_CRYPTOD + 1) }, /* the same */
};

static const struct entry launcher_entries[] = {
	EVERYBODY, { SCMP_SYS(recvmsg), ANY, 0 }, /* ipc_receive */
	{ SCMP_SYS(sendmsg), ANY, 0 },		  /* ipc_send */
	{ SCMP_SYS(write), ANY, 0 },		  /* log, known_bootnodes */
	{ SCMP_SYS(wait4), ANY, 0 },		  /* which child died of what */
	{ SCMP_SYS(pidfd_send_signal), ANY, 0 },  /* end or stop a child */
	{ SCMP_SYS(kill), SELF, 0 },		  /* stop itself: Ctrl-Z */
	{ SCMP_SYS(rt_sigreturn), ANY, 0 },	  /* its signal handlers */
	{ SCMP_SYS(setitimer), ANY, 0 },	  /* terminal_restore */
	{ SCMP_SYS(ioctl), TERMINAL, 0 },	  /* restore the terminal */
	{ SCMP_SYS(close), ANY, 0 },		  /* a dead child's channel */
	{ SCMP_SYS(accept4), ANY, 0 },		  /* metrics_accept */
};

#define TABLE(e)                                \
	{                                       \
		(e), sizeof(e) / sizeof((e)[0]) \
	}
const struct filter_table filter_tables[ROLE_COUNT] = {
	[ROLE_LAUNCHER] = TABLE(launcher_entries),
	[ROLE_NETD] = TABLE(netd_entries),
	[ROLE_CRYPTOD] = TABLE(cryptod_entries),
	[ROLE_UI] = TABLE(ui_entries),
};

const struct narrow_call filter_narrow_calls[] = {
	{ SCMP_SYS(ppoll), SCMP_SYS(ppoll_time64), 0 },
	{ SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), 0 },
	{ SCMP_SYS(recvmmsg), SCMP_SYS(recvmmsg_time64), 0 },
	/* From a handler without SA_SIGINFO. */
	{ SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn), 0 },
	/* The old one is given its arguments in memory, where no filter can
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
