/*
 * The filters of all processes on all architectures that they are made for, run
 * by bpf_sim.c, since this machine's kernel knows only one of them.
 * sandbox_test.c has what a real filter does.
 */
#include "common/filter.h"
#include "tests/unit/common/all_filters.h"
#include "tests/unit/common/bpf_sim.h"
#include "tests/unit/forked.h"

#include <CUnit/CUnit.h>

#include <linux/audit.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

void filter_suite(void);

static const struct arch {
	const char *name;
	uint32_t token;
	bool narrow; /* registers have 32 bits */
} arches[] = {
	{ "x86_64", SCMP_ARCH_X86_64, false },
	{ "aarch64", SCMP_ARCH_AARCH64, false },
	{ "i386", SCMP_ARCH_X86, true },
	{ "arm", SCMP_ARCH_ARM, true },
};
#define ARCHES (sizeof(arches) / sizeof(arches[0]))

enum where {
	EVERYWHERE,
	NARROW,
	WIDE
};

/* One argument of a call, and a letter for each process in the order of enum
 * process_id: a, the filter allows it; t, it traps; k, it kills. */
static const struct question {
	const char *call;
	enum where where;
	unsigned int arg;
	uint64_t value;
	const char *answers;
} questions[] = {
	{ "ppoll", EVERYWHERE, 0, 0, "aaaaaaaa" },
	{ "ppoll_time64", NARROW, 0, 0, "aaaaaaaa" },
	{ "clock_gettime", EVERYWHERE, 0, 0, "aaaaaaaa" },
	{ "clock_gettime64", NARROW, 0, 0, "aaaaaaaa" },
	{ "brk", EVERYWHERE, 0, 0, "aaaaaaaa" },
	{ "munmap", EVERYWHERE, 0, 0, "aaaaaaaa" },
	{ "exit_group", EVERYWHERE, 0, 0, "aaaaaaaa" },
	{ "mmap", WIDE, 2, PROT_READ | PROT_WRITE, "aaaaaaaa" },
	{ "mmap", WIDE, 2, PROT_READ | PROT_EXEC, "tttttttt" },
	{ "mmap2", NARROW, 2, PROT_READ | PROT_WRITE, "aaaaaaaa" },
	{ "mmap2", NARROW, 2, PROT_READ | PROT_EXEC, "tttttttt" },
	/* The protection that mmap() asks for is in memory. */
	{ "mmap", NARROW, 2, PROT_READ, "tttttttt" },
	{ "mprotect", EVERYWHERE, 2, PROT_READ, "tttttttt" },
	{ "sendmsg", EVERYWHERE, 0, FD_CONTROL, "aaaaaaaa" },
	{ "sendmsg", EVERYWHERE, 0, FD_UI, "attatatt" },
	/* Only a bootnode's ui has a control socket; the launcher's socket for
	 * metrics can have any number. */
	{ "accept4", EVERYWHERE, 0, FD_LISTENER, "atttttat" },
	/* Only a client has netlink. A bootnode has its channel to fleetd at
	 * that number. */
	{ "sendmsg", EVERYWHERE, 0, FD_NETLINK, "aaattaat" },
	{ "recvmsg", EVERYWHERE, 0, FD_NETLINK, "aaattaat" },
	{ "mremap", EVERYWHERE, 0, 0, "taaataat" },
	{ "recvmsg", EVERYWHERE, 0, FD_CONTROL, "aaaaaaaa" },
	{ "recvmsg", EVERYWHERE, 0, 30, "attttttt" },
	{ "recvmmsg", EVERYWHERE, 0, FD_UDP, "taatattt" },
	{ "recvmmsg", EVERYWHERE, 0, FD_CONTROL, "tttttttt" },
	{ "recvmmsg_time64", NARROW, 0, FD_UDP, "taatattt" },
	{ "recvmmsg_time64", NARROW, 0, FD_CONTROL, "tttttttt" },
	/* A bootnode's cryptod has ui's end at that number. */
	{ "sendmmsg", EVERYWHERE, 0, FD_UDP, "taatattt" },
	{ "sendmmsg", EVERYWHERE, 0, FD_CONTROL, "tttttttt" },
	/* On i386 this stands for all calls of sockets, such as connect and
	 * sendmsg. */
	{ "socketcall", NARROW, 0, 3, "tttttttt" },
	{ "socketcall", NARROW, 0, 16, "tttttttt" },
	{ "socket", EVERYWHERE, 0, 1, "tttttttt" },
	{ "connect", EVERYWHERE, 0, FD_UDP, "tttttttt" },
	{ "getrandom", EVERYWHERE, 0, 0, "taaaatta" },
	{ "rt_sigreturn", EVERYWHERE, 0, 0, "attttaat" },
	{ "sigreturn", NARROW, 0, 0, "attttaat" },
	{ "rt_sigprocmask", EVERYWHERE, 0, 0, "tttttttt" },
	{ "rt_sigaction", EVERYWHERE, 0, 0, "tttttttt" },
	/* fleetd alone has a connection to another program. */
	{ "read", EVERYWHERE, 0, FD_ENGINE, "ttttttta" },
	{ "write", EVERYWHERE, 0, FD_ENGINE, "atttttta" },
	{ "read", EVERYWHERE, 0, 0, "tttttaat" },
	{ "write", EVERYWHERE, 0, 1, "attttaat" },
	{ "write", EVERYWHERE, 0, FD_KNOWN_PEERS, "attatttt" },
	{ "write", EVERYWHERE, 0, FD_ROOM, "attatttt" },
	/* A terminal is looked at and set; nothing is typed into it, and its
	 * owner does not change. */
	{ "ioctl", EVERYWHERE, 1, TCGETS, "attttaat" },
	{ "ioctl", EVERYWHERE, 1, TCSETS, "attttaat" },
	{ "ioctl", EVERYWHERE, 1, TCSETSW, "attttaat" },
	{ "ioctl", EVERYWHERE, 1, TCSETSF, "attttaat" },
	{ "ioctl", EVERYWHERE, 1, 0x802c542a /* TCGETS2 */, "attttaat" },
	{ "ioctl", EVERYWHERE, 1, 0x402c542b /* TCSETS2 */, "attttaat" },
	{ "ioctl", EVERYWHERE, 1, 0x402c542c /* TCSETSW2 */, "attttaat" },
	{ "ioctl", EVERYWHERE, 1, 0x402c542d /* TCSETSF2 */, "attttaat" },
	{ "ioctl", EVERYWHERE, 1, TIOCGWINSZ, "attttaat" },
	{ "ioctl", EVERYWHERE, 1, TIOCGPGRP, "attttaat" },
	{ "ioctl", EVERYWHERE, 1, TIOCSPGRP, "tttttttt" },
	{ "ioctl", EVERYWHERE, 1, TIOCSTI, "tttttttt" },
	{ "ioctl", EVERYWHERE, 1, TIOCLINUX, "tttttttt" },
	{ "ioctl", EVERYWHERE, 1, 0, "tttttttt" },
	{ "write", EVERYWHERE, 0, FD_ACCESS, "attatttt" },
	{ "pread64", EVERYWHERE, 0, FD_KNOWN_PEERS, "tttatttt" },
	{ "pread64", EVERYWHERE, 0, FD_ACCESS, "ttttattt" },
	{ "pread64", EVERYWHERE, 0, FD_ROOM, "tttatttt" },
	{ "write", EVERYWHERE, 0, FD_ARRIVED, "attatttt" },
	{ "pread64", EVERYWHERE, 0, FD_CONTROL, "tttttttt" },
	{ "openat", EVERYWHERE, 0, 0, "tttttttt" },
	{ "execve", EVERYWHERE, 0, 0, "tttttttt" },
	{ "clone", EVERYWHERE, 0, 0, "tttttttt" },
	{ "ptrace", EVERYWHERE, 0, 0, "kkkkkkkk" },
};

static bool
asks(const struct question *q, const struct arch *arch, int nr)
{
	if (nr < 0) /* there is no such call */
		return false;
	return q->where == EVERYWHERE || (q->where == NARROW) == arch->narrow;
}

static uint32_t
meaning(char answer)
{
	switch (answer) {
	case 'a':
		return SECCOMP_RET_ALLOW;
	case 't':
		return SECCOMP_RET_TRAP;
	default:
		return SECCOMP_RET_KILL_PROCESS;
	}
}

/* Returns how many of the questions apply to this architecture. */
static unsigned int
ask_all(const struct arch *arch, enum process_id process,
    const struct sock_fprog *f)
{
	unsigned int asked = 0;

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		const struct question *q = &questions[i];
		int nr =
		    seccomp_syscall_resolve_name_arch(arch->token, q->call);
		struct seccomp_data call = { .nr = nr, .arch = arch->token };
		uint32_t got;

		if (!asks(q, arch, nr))
			continue;
		asked++;
		call.args[q->arg] = q->value;
		got = bpf_sim_run(f, &call);
#ifdef GOCHAT_SANITIZE /* calls of the sanitizers pass there */
		if (q->answers[process] == 't' && got == SECCOMP_RET_ALLOW)
			continue;
#endif
		CU_ASSERT_EQUAL(got, meaning(q->answers[process]));
		if (got != meaning(q->answers[process]))
			printf("\n%s, %s: %s with argument %u %llu: %#x\n",
			    arch->name, process_table[process].program, q->call,
			    q->arg, (unsigned long long)q->value, got);
	}
	return asked;
}

/* The launcher may stop itself, and signal nobody else by a number: neither its
 * group nor everybody. */
static void
ask_kill(const struct arch *arch, enum process_id process,
    const struct sock_fprog *f)
{
	const pid_t pids[] = { getpid(), getppid(), 0, -1, 1, -getpid() };
	struct seccomp_data call = { .arch = arch->token };

	call.nr = seccomp_syscall_resolve_name_arch(arch->token, "kill");
	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++) {
		call.args[0] = (__u64)pids[i];
		if (arch->narrow)
			call.args[0] &= UINT32_MAX;
		CU_ASSERT_EQUAL(bpf_sim_run(f, &call),
		    pids[i] == getpid() && process == PROCESS_LAUNCHER
			? SECCOMP_RET_ALLOW
			: SECCOMP_RET_TRAP);
	}
}

/* Numbers at the bounds, and numbers of another architecture. */
static void
ask_bounds(const struct arch *arch, const struct sock_fprog *f)
{
	struct seccomp_data call = { .arch = arch->token };
	const uint32_t unknown = SECCOMP_RET_ERRNO | ENOSYS;

	call.nr = FILTER_NEWEST_CALL;
	CU_ASSERT_EQUAL(bpf_sim_run(f, &call), SECCOMP_RET_TRAP);
	call.nr = FILTER_NEWEST_CALL + 1;
	CU_ASSERT_EQUAL(bpf_sim_run(f, &call), unknown);
	call.nr = 0x3fffffff;
	CU_ASSERT_EQUAL(bpf_sim_run(f, &call), unknown);
	call.nr = 0x40000000; /* a call of x32, where that exists */
	CU_ASSERT_NOT_EQUAL(bpf_sim_run(f, &call), SECCOMP_RET_ALLOW);
	CU_ASSERT_NOT_EQUAL(bpf_sim_run(f, &call), unknown);
	call.nr = -1;
	CU_ASSERT_NOT_EQUAL(bpf_sim_run(f, &call), SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < ARCHES; i++) {
		call.arch = arches[i].token;
		if (call.arch == arch->token)
			continue;
		for (call.nr = 0; call.nr < 1000; call.nr++)
			CU_ASSERT_EQUAL(bpf_sim_run(f, &call),
			    SECCOMP_RET_KILL_PROCESS);
	}
}

static void
ask(const struct arch *arch)
{
	for (enum process_id process = 0; process < PROCESS_COUNT; process++) {
		struct sock_fprog filter = { 0 };

		CU_ASSERT_EQUAL_FATAL(filter_build(all_filters[process],
					  arch->token, &filter),
		    0);
		CU_ASSERT(ask_all(arch, process, &filter) >= 25);
		ask_kill(arch, process, &filter);
		ask_bounds(arch, &filter);
		free(filter.filter);
	}
}

static void
test_x86_64(void)
{
	ask(&arches[0]);
}

static void
test_aarch64(void)
{
	ask(&arches[1]);
}

static void
test_i386(void)
{
	ask(&arches[2]);
}

static void
test_arm(void)
{
	ask(&arches[3]);
}

/* The filter that is loaded is the one of the native architecture. */
static void
test_native(void)
{
	struct sock_fprog filter = { 0 };
	struct seccomp_data call = { .nr = SCMP_SYS(exit_group),
		.arch = seccomp_arch_native() };

	CU_ASSERT_EQUAL_FATAL(filter_build(&filter_netd_client,
				  SCMP_ARCH_NATIVE, &filter),
	    0);
	CU_ASSERT_EQUAL(bpf_sim_run(&filter, &call), SECCOMP_RET_ALLOW);
	free(filter.filter);
	CU_ASSERT_EQUAL(filter_build(&filter_netd_client, 12345, &filter), -1);
	CU_ASSERT_EQUAL(errno, EINVAL);
	CU_ASSERT_PTR_NULL(filter.filter);
}

/* It is made while there still are descriptors: without one it is not, and that
 * is an error; and it does not matter which number is free. */
static int
build_without(void *arg)
{
	const struct rlimit none = { 0, 0 };
	struct sock_fprog filter = { 0 };

	(void)arg;
	close(STDIN_FILENO);
	EXPECT(filter_build(&filter_ui_client, SCMP_ARCH_NATIVE, &filter) == 0);
	EXPECT(filter.len > 10 && filter.len < BPF_MAXINSNS);
	EXPECT(fcntl(STDIN_FILENO, F_GETFD) == -1);
	free(filter.filter);
	EXPECT(setrlimit(RLIMIT_NOFILE, &none) == 0);
	EXPECT(
	    filter_build(&filter_ui_client, SCMP_ARCH_NATIVE, &filter) == -1);
	EXPECT(errno == EMFILE);
	EXPECT(filter.filter == NULL);
	return 0;
}

static void
test_descriptors(void)
{
	CU_ASSERT_EQUAL(forked(build_without, NULL), 0);
}

void
filter_suite(void)
{
	CU_pSuite suite = CU_add_suite("filter", NULL, NULL);

	CU_add_test(suite, "on x86_64", test_x86_64);
	CU_add_test(suite, "on aarch64", test_aarch64);
	CU_add_test(suite, "on i386", test_i386);
	CU_add_test(suite, "on arm", test_arm);
	CU_add_test(suite, "of this machine", test_native);
	CU_add_test(suite, "without descriptors", test_descriptors);
}
