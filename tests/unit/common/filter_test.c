/*
 * The filters of all roles on all architectures that they are made for, run by
 * bpf_sim.c: this machine's kernel knows one of them only. What a filter does
 * in earnest is in sandbox_test.c.
 */
#include "common/filter.h"
#include "tests/unit/common/bpf_sim.h"

#include <CUnit/CUnit.h>

#include <linux/audit.h>
#include <sys/mman.h>

#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

void filter_suite(void);

static const struct arch {
	const char *name;
	uint32_t token;
	bool narrow; /* registers of 32 bits */
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

/* One argument of a call, and a letter for each role in the order of enum
 * role: a, it is allowed; t, it is trapped; k, it kills. */
static const struct question {
	const char *call;
	enum where where;
	unsigned int arg;
	uint64_t value;
	const char *answers;
} questions[] = {
	{ "ppoll", EVERYWHERE, 0, 0, "aaaa" },
	{ "ppoll_time64", NARROW, 0, 0, "aaaa" },
	{ "clock_gettime", EVERYWHERE, 0, 0, "aaaa" },
	{ "clock_gettime64", NARROW, 0, 0, "aaaa" },
	{ "brk", EVERYWHERE, 0, 0, "aaaa" },
	{ "munmap", EVERYWHERE, 0, 0, "aaaa" },
	{ "exit_group", EVERYWHERE, 0, 0, "aaaa" },
	{ "mmap", WIDE, 2, PROT_READ | PROT_WRITE, "aaaa" },
	{ "mmap", WIDE, 2, PROT_READ | PROT_EXEC, "tttt" },
	{ "mmap2", NARROW, 2, PROT_READ | PROT_WRITE, "aaaa" },
	{ "mmap2", NARROW, 2, PROT_READ | PROT_EXEC, "tttt" },
	/* Its protection is in memory. */
	{ "mmap", NARROW, 2, PROT_READ, "tttt" },
	{ "mprotect", EVERYWHERE, 2, PROT_READ, "tttt" },
	{ "sendmsg", EVERYWHERE, 0, FD_CONTROL, "aaaa" },
	{ "sendmsg", EVERYWHERE, 0, FD_UI, "atat" },
	{ "recvmsg", EVERYWHERE, 0, FD_CONTROL, "aaaa" },
	{ "recvmsg", EVERYWHERE, 0, 30, "attt" },
	{ "recvmmsg", EVERYWHERE, 0, FD_UDP, "tatt" },
	{ "recvmmsg", EVERYWHERE, 0, FD_CONTROL, "tttt" },
	{ "recvmmsg_time64", NARROW, 0, FD_UDP, "tatt" },
	{ "recvmmsg_time64", NARROW, 0, FD_CONTROL, "tttt" },
	{ "sendmmsg", EVERYWHERE, 0, FD_UDP, "tatt" },
	{ "sendmmsg", EVERYWHERE, 0, FD_CONTROL, "tttt" },
	/* What stands for all calls of sockets on i386: connect, sendmsg. */
	{ "socketcall", NARROW, 0, 3, "tttt" },
	{ "socketcall", NARROW, 0, 16, "tttt" },
	{ "socket", EVERYWHERE, 0, 1, "tttt" },
	{ "connect", EVERYWHERE, 0, FD_UDP, "tttt" },
	{ "getrandom", EVERYWHERE, 0, 0, "taat" },
	{ "rt_sigreturn", EVERYWHERE, 0, 0, "atta" },
	{ "sigreturn", NARROW, 0, 0, "atta" },
	{ "rt_sigprocmask", EVERYWHERE, 0, 0, "tttt" },
	{ "rt_sigaction", EVERYWHERE, 0, 0, "tttt" },
	{ "read", EVERYWHERE, 0, 0, "ttta" },
	{ "write", EVERYWHERE, 0, 1, "atta" },
	{ "write", EVERYWHERE, 0, FD_KNOWN_PEERS, "atat" },
	{ "pread64", EVERYWHERE, 0, FD_KNOWN_PEERS, "ttat" },
	{ "pread64", EVERYWHERE, 0, FD_CONTROL, "tttt" },
	{ "openat", EVERYWHERE, 0, 0, "tttt" },
	{ "execve", EVERYWHERE, 0, 0, "tttt" },
	{ "clone", EVERYWHERE, 0, 0, "tttt" },
	{ "ptrace", EVERYWHERE, 0, 0, "kkkk" },
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

/* Returns how many of the questions there are on this architecture. */
static unsigned int
ask_all(const struct arch *arch, enum role role, const struct sock_fprog *f)
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
#ifdef GOCHAT_SANITIZE /* whose calls pass there */
		if (q->answers[role] == 't' && got == SECCOMP_RET_ALLOW)
			continue;
#endif
		CU_ASSERT_EQUAL(got, meaning(q->answers[role]));
		if (got != meaning(q->answers[role]))
			printf("\n%s, %s: %s with argument %u %llu: %#x\n",
			    arch->name, role_name(role), q->call, q->arg,
			    (unsigned long long)q->value, got);
	}
	return asked;
}

/* Numbers at the bounds, and those of another architecture. */
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
	call.nr = 0x40000000; /* x32, where there is that */
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
	for (enum role role = 0; role < ROLE_COUNT; role++) {
		struct sock_fprog filter = { 0 };

		CU_ASSERT_EQUAL_FATAL(filter_build(role, arch->token, &filter),
		    0);
		CU_ASSERT(ask_all(arch, role, &filter) >= 25);
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

/* The one that is loaded is that of the architecture it is built on. */
static void
test_native(void)
{
	struct sock_fprog filter = { 0 };
	struct seccomp_data call = { .nr = SCMP_SYS(exit_group),
		.arch = seccomp_arch_native() };

	CU_ASSERT_EQUAL_FATAL(filter_build(ROLE_NETD, SCMP_ARCH_NATIVE,
				  &filter),
	    0);
	CU_ASSERT_EQUAL(bpf_sim_run(&filter, &call), SECCOMP_RET_ALLOW);
	free(filter.filter);
	CU_ASSERT_EQUAL(filter_build(ROLE_NETD, 12345, &filter), -1);
	CU_ASSERT_EQUAL(errno, EINVAL);
	CU_ASSERT_PTR_NULL(filter.filter);
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
}
