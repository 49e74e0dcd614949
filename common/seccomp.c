/*
 * Sandbox step 8: for each role the system calls it makes after start-up,
 * with who needs each. Everything else ends the process by SIGSYS.
 *
 * The default action is SCMP_ACT_TRAP, not KILL_PROCESS: the kernel does not
 * tell a parent which call a child was killed for, and the launcher is to
 * say so. The handler is code that cannot be changed or taken away (no
 * rt_sigaction, no PROT_EXEC): it names the call to the launcher and then
 * makes one whose action is KILL_PROCESS.
 */
#include "common/sandbox.h"

#include "common/ipc.h"
#include "common/log.h"

#include <linux/audit.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* What an entry demands of the call's arguments. */
enum demand {
	ANY,
	FDS,	  /* argument 0 is one of the descriptors in the set */
	NOT_EXEC, /* argument 2, a protection, is without PROT_EXEC */
	TERMINAL, /* argument 1 reads or sets terminal attributes, or asks who
		   * has the terminal */
	SELF	  /* argument 0 is this process */
};

struct entry {
	int nr;
	enum demand demand;
	unsigned int fds; /* FDS: bit n is descriptor n */
};

#define FD(n)		 (1u << (n))
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

#ifdef GOCHAT_SANITIZE
/* What the sanitizers' run time needs, in builds with them only. */
static const int sanitizer_calls[] = {
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
#endif

struct table {
	const struct entry *entries;
	size_t count;
};

#define TABLE(e)                                \
	{                                       \
		(e), sizeof(e) / sizeof((e)[0]) \
	}
static const struct table tables[ROLE_COUNT] = {
	[ROLE_LAUNCHER] = TABLE(launcher_entries),
	[ROLE_NETD] = TABLE(netd_entries),
	[ROLE_CRYPTOD] = TABLE(cryptod_entries),
	[ROLE_UI] = TABLE(ui_entries),
};

size_t
sandbox_syscall_count(enum role role)
{
	return tables[role].count;
}

static int
add_fds(scmp_filter_ctx ctx, const struct entry *e)
{
	int result = 0;

	for (unsigned int fd = 0; fd < 32 && result == 0; fd++)
		if ((e->fds & FD(fd)) != 0)
			result = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, e->nr, 1,
			    SCMP_A0(SCMP_CMP_EQ, fd));
	return result;
}

/*
 * What tcgetattr(3) and tcsetattr(3) ask from glibc 2.42 on: TCGETS2 and so
 * on. The header that has them contradicts termios.h; struct termios2 of the
 * kernel has 44 bytes.
 */
#define REQUEST_TCGETS2	 _IOC(_IOC_READ, 'T', 0x2a, 44)
#define REQUEST_TCSETS2	 _IOC(_IOC_WRITE, 'T', 0x2b, 44)
#define REQUEST_TCSETSW2 _IOC(_IOC_WRITE, 'T', 0x2c, 44)
#define REQUEST_TCSETSF2 _IOC(_IOC_WRITE, 'T', 0x2d, 44)

static int
add_terminal(scmp_filter_ctx ctx, const struct entry *e)
{
	static const unsigned long requests[] = { TCGETS, TCSETS, TCSETSW,
		TCSETSF, REQUEST_TCGETS2, REQUEST_TCSETS2, REQUEST_TCSETSW2,
		REQUEST_TCSETSF2, TIOCGWINSZ, TIOCGPGRP };
	int result = 0;

	for (size_t i = 0;
	     i < sizeof(requests) / sizeof(requests[0]) && result == 0; i++)
		result = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, e->nr, 1,
		    SCMP_A1(SCMP_CMP_EQ, requests[i]));
	return result;
}

/* Several rules of one system call are alternatives, never conditions that
 * hold together: so each entry demands one thing of one argument. */
static int
add_entry(scmp_filter_ctx ctx, const struct entry *e)
{
	switch (e->demand) {
	case ANY:
		return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, e->nr, 0);
	case FDS:
		return add_fds(ctx, e);
	case NOT_EXEC:
		return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, e->nr, 1,
		    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	case TERMINAL:
		return add_terminal(ctx, e);
	case SELF:
		return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, e->nr, 1,
		    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	}
	return -EINVAL;
}

/* The launcher has nobody to report to, and says it itself. */
static void
report_launcher(int sig, siginfo_t *info, void *context)
{
	char text[] = "gochat was killed by its sandbox: system call 000\n";
	int nr = info->si_syscall;

	(void)sig;
	(void)context;
	for (char *p = text + sizeof(text) - 3; nr > 0 && *p == '0'; p--) {
		*p = (char)('0' + nr % 10);
		nr /= 10;
	}
	syscall(SYS_write, STDERR_FILENO, text, sizeof(text) - 1);
	syscall(SYS_exit_group, 3);
	for (;;)
		__builtin_trap();
}

/* In the signal handler: nothing here may allocate, lock or be filtered. */
static void
report_violation(int sig, siginfo_t *info, void *context)
{
	struct {
		uint16_t type, zero;
		struct ipc_violation body;
	} message = { .type = IPC_VIOLATION,
		.body = { .syscall = info->si_syscall } };
	struct iovec iov = { &message, sizeof(message) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	(void)sig;
	(void)context;
	syscall(SYS_sendmsg, FD_CONTROL, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	syscall(SYS_ptrace, 0, 0, 0, 0); /* its action: KILL_PROCESS */
	for (;;)
		__builtin_trap();
}

static int
install_handler(enum role role)
{
	struct sigaction sa = {
		.sa_sigaction =
		    role == ROLE_LAUNCHER ? report_launcher : report_violation,
		.sa_flags = SA_SIGINFO,
	};

	return sigaction(SIGSYS, &sa, NULL);
}

int
sandbox_seccomp(enum role role)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_TRAP);
	const struct table *table = &tables[role];
	int result;

	if (ctx == NULL) {
		errno = ENOMEM;
		return -1;
	}
	result = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS);
	if (result == 0)
		result = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS,
		    SCMP_SYS(ptrace), 0);
	for (size_t i = 0; i < table->count && result == 0; i++)
		result = add_entry(ctx, &table->entries[i]);
#ifdef GOCHAT_SANITIZE
	for (size_t i = 0; i < sizeof(sanitizer_calls) / sizeof(int); i++)
		seccomp_rule_add(ctx, SCMP_ACT_ALLOW, sanitizer_calls[i], 0);
#endif
	if (result == 0 && install_handler(role) == -1)
		result = -errno;
	if (result == 0)
		result = seccomp_load(ctx);
	seccomp_release(ctx);
	if (result != 0) {
		errno = -result;
		return -1;
	}
	return 0;
}
