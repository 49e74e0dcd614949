/*
 * Entering the sandbox where the system refuses a step. A filter of the test
 * makes one system call fail, or do nothing and say that it was done. A step
 * that is mandatory ends the process; the others are reported, and the rest of
 * the sandbox is entered without them.
 */
#include "tests/unit/common/all_filters.h"
#include "tests/unit/forked.h"

#include "common/log.h"
#include "common/sandbox.h"

#include <CUnit/CUnit.h>

#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void sandbox_refused_suite(void);

#define REFUSALS_MAX 2
/* The exit code of a child that is in its sandbox, and the bits. */
#define ENTERED 64
/* An argument of any value. */
#define ANY_ARGUMENT 9
/* The call does nothing, and says that it did. */
#define FEIGNED 0

struct refusal {
	int call;
	unsigned int arg; /* of this value alone */
	uint64_t value;
	int error;
};

struct trial {
	enum process_id process;
	struct refusal refusals[REFUSALS_MAX];
	bool of_root;	   /* only root takes this step */
	unsigned int bits; /* what is reported, or */
	const char *error; /* why it does not start */
};

/* --- In the child --------------------------------------------------------- */

static int told[2];
static rlim_t memlock; /* the limit on locked memory; 0: as it is */

static void
tell(enum log_level level, bool event, const char *text)
{
	(void)event;
	dprintf(told[1], "%d %s\n", level, text);
}

static int
refuse(scmp_filter_ctx ctx, const struct refusal *r)
{
	struct scmp_arg_cmp cmp = { r->arg, SCMP_CMP_EQ, r->value, 0 };
	const uint32_t action = SCMP_ACT_ERRNO((unsigned int)r->error);
	/* What only asks for a limit is not refused. */
	struct scmp_arg_cmp sets = { 2, SCMP_CMP_NE, 0, 0 };

	if (r->arg == ANY_ARGUMENT)
		return seccomp_rule_add(ctx, action, r->call, 0);
	if (r->call == SCMP_SYS(prlimit64) && r->value != RLIMIT_MEMLOCK)
		return seccomp_rule_add(ctx, action, r->call, 2, cmp, sets);
	return seccomp_rule_add(ctx, action, r->call, 1, cmp);
}

static int
enter(void *arg)
{
	const struct trial *t = arg;
	const struct ipc_privileges nobody = { .drop = geteuid() == 0,
		.uid = 65534,
		.gid = 65534 };
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

	EXPECT(ctx != NULL);
	for (size_t i = 0; i < REFUSALS_MAX && t->refusals[i].call != 0; i++)
		EXPECT(refuse(ctx, &t->refusals[i]) == 0);
	if (memlock != 0)
		EXPECT(setrlimit(RLIMIT_MEMLOCK,
			   &(struct rlimit){ memlock, memlock }) == 0);
	EXPECT(seccomp_load(ctx) == 0);
	log_to_function(tell);
	return ENTERED +
	    (int)sandbox_enter(t->process, all_filters[t->process], &nobody);
}

/* --- Trials --------------------------------------------------------------- */

/* Steps that the system refuses anyway: in a container, say. */
static unsigned int
refused_here(enum process_id process)
{
	struct trial t = { .process = process };
	int code = forked(enter, &t);

	CU_ASSERT_FATAL(code >= ENTERED && code < 255);
	return (unsigned int)(code - ENTERED);
}

static void
run(const struct trial *t)
{
	struct trial copy = *t;
	unsigned int already;
	char text[512] = "";
	int code;

	if (t->of_root && geteuid() != 0)
		return;
	already = refused_here(t->process);
	if (t->of_root && (already & SANDBOX_NO_USER) != 0)
		return;
	CU_ASSERT_EQUAL_FATAL(pipe2(told, O_NONBLOCK), 0);
	code = forked(enter, &copy);
	(void)!read(told[0], text, sizeof(text) - 1);
	close(told[0]);
	close(told[1]);
	if (t->error == NULL) {
		CU_ASSERT_EQUAL(code, ENTERED + (int)(t->bits | already));
	} else {
		CU_ASSERT_EQUAL(code, 1);
		CU_ASSERT_EQUAL(strncmp(text, "0 sandbox: ", 11), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, t->error));
	}
	if (code != (t->error == NULL ? ENTERED + (int)(t->bits | already) : 1))
		printf("\n  call %d, argument %llu: code %d, %s\n",
		    t->refusals[0].call,
		    (unsigned long long)t->refusals[0].value, code, text);
}

static void
run_all(const struct trial *trials, size_t count)
{
	for (size_t i = 0; i < count; i++)
		run(&trials[i]);
}

#define RUN_ALL(trials)	       run_all(trials, sizeof(trials) / sizeof((trials)[0]))
#define NETD		       PROCESS_NETD_CLIENT
#define ALWAYS(call)	       SCMP_SYS(call), ANY_ARGUMENT, 0
#define ONLY(call, arg, value) SCMP_SYS(call), arg, value

/* --- What is mandatory ---------------------------------------------------- */

static void
test_mandatory(void)
{
	static const struct trial trials[] = {
		{ NETD, { { ALWAYS(memfd_create), ENOSYS } }, false, 0,
		    "a filter of system calls" },
		{ NETD, { { ALWAYS(capset), EPERM } }, false, 0,
		    "dropping capabilities: Operation not permitted; not "
		    "starting without it" },
		{ NETD, { { ONLY(prctl, 0, PR_SET_PDEATHSIG), EINVAL } }, false,
		    0, "pdeathsig" },
		{ NETD, { { ONLY(prctl, 0, PR_SET_NO_NEW_PRIVS), EINVAL } },
		    false, 0, "no_new_privs" },
		{ NETD, { { ONLY(prctl, 0, PR_SET_DUMPABLE), EINVAL } }, false,
		    0, "dumpable" },
		{ NETD, { { ONLY(rt_sigaction, 0, SIGSYS), EINVAL } }, false, 0,
		    "seccomp" },
		{ NETD,
		    { { ONLY(seccomp, 0, SECCOMP_SET_MODE_FILTER), EINVAL } },
		    false, 0, "seccomp: Invalid argument" },
		{ NETD, { { ONLY(prlimit64, 1, RLIMIT_CORE), EPERM } }, false,
		    0, "the limit CORE cannot be set to 0: Operation not" },
		{ NETD, { { ONLY(prlimit64, 1, RLIMIT_NPROC), EPERM } }, false,
		    0, "the limit NPROC cannot be set to 0" },
		{ NETD, { { ONLY(prlimit64, 1, RLIMIT_NOFILE), EPERM } }, false,
		    0, "the limit NOFILE cannot be set to " },
		{ NETD, { { ONLY(prlimit64, 1, RLIMIT_FSIZE), EPERM } }, false,
		    0, "the limit FSIZE cannot be set to 0" },
	};

	RUN_ALL(trials);
}

/* What one process does not have to do does not hinder it: the launcher has no
 * parent to die with, and ui may write files of any size. */
static void
test_not_for_all(void)
{
	static const struct trial trials[] = {
		{ PROCESS_LAUNCHER,
		    { { ONLY(prctl, 0, PR_SET_PDEATHSIG), EINVAL } }, false, 0,
		    NULL },
		{ PROCESS_UI_CLIENT,
		    { { ONLY(prlimit64, 1, RLIMIT_FSIZE), EPERM } }, false, 0,
		    NULL },
		{ NETD,
		    { { ALWAYS(mlockall), EPERM }, { ALWAYS(mlock2), EPERM } },
		    false, 0, NULL },
	};

	RUN_ALL(trials);
}

/* Root that stays root, whatever the calls have said, does not go on. */
static void
test_user(void)
{
	static const struct trial trials[] = {
		{ NETD, { { ALWAYS(setresgid), EPERM } }, true, 0,
		    "changing user: Operation not permitted" },
		{ NETD, { { ALWAYS(setgroups), EPERM } }, true, 0,
		    "changing user" },
		{ NETD, { { ALWAYS(setresuid), EPERM } }, true, 0,
		    "changing user" },
		{ NETD, { { ALWAYS(setresuid), EINVAL } }, true, 0,
		    "changing user" },
		{ NETD, { { ALWAYS(setresuid), FEIGNED } }, true, 0,
		    "changing user: Operation not permitted" },
		{ NETD, { { ALWAYS(setresgid), FEIGNED } }, true, 0,
		    "changing user: Operation not permitted" },
		/* There is a way back. */
		{ NETD, { { ALWAYS(setuid), FEIGNED } }, true, 0,
		    "changing user: Operation not permitted" },
		/* There is no such user: in a namespace of one. */
		{ NETD, { { ALWAYS(setresgid), EINVAL } }, true,
		    SANDBOX_NO_USER, NULL },
	};

	RUN_ALL(trials);
}

/* --- What is reported ----------------------------------------------------- */

static void
test_namespaces(void)
{
	static const uint64_t all = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC;
	const struct trial trials[] = {
		{ NETD, { { ONLY(unshare, 0, all), EPERM } }, true,
		    SANDBOX_NO_NAMESPACES, NULL },
		{ NETD, { { ONLY(unshare, 0, CLONE_NEWUSER), EPERM } }, true,
		    SANDBOX_NO_USER_NS, NULL },
		{ NETD, { { ALWAYS(unshare), EPERM } }, true,
		    SANDBOX_NO_NAMESPACES | SANDBOX_NO_USER_NS, NULL },
		/* Each step to an empty root. */
		{ NETD, { { ONLY(mount, 3, MS_REC | MS_PRIVATE), EPERM } },
		    false, SANDBOX_NO_NAMESPACES, NULL },
		{ NETD,
		    { { ONLY(mount, 3, MS_NOSUID | MS_NODEV | MS_NOEXEC),
			EPERM } },
		    false, SANDBOX_NO_NAMESPACES, NULL },
		{ NETD, { { ALWAYS(chdir), EPERM } }, false,
		    SANDBOX_NO_NAMESPACES, NULL },
		{ NETD, { { ALWAYS(pivot_root), EPERM } }, false,
		    SANDBOX_NO_NAMESPACES, NULL },
		/* With the old root still there, as if it was a chroot. */
		{ NETD, { { ALWAYS(umount2), EPERM } }, true,
		    SANDBOX_NO_NAMESPACES | SANDBOX_NO_USER_NS, NULL },
		{ NETD,
		    { { ONLY(mount, 3,
			    MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID |
				MS_NODEV | MS_NOEXEC),
			EPERM } },
		    false, SANDBOX_NO_NAMESPACES, NULL },
	};

	RUN_ALL(trials);
}

static void
test_landlock(void)
{
	static const struct trial trials[] = {
		{ NETD, { { 444, ANY_ARGUMENT, 0, ENOSYS } }, false,
		    SANDBOX_NO_LANDLOCK, NULL },
		{ NETD, { { 444, 2, 0, EINVAL } }, false, SANDBOX_NO_LANDLOCK,
		    NULL },
		{ NETD, { { 446, ANY_ARGUMENT, 0, EPERM } }, false,
		    SANDBOX_NO_LANDLOCK, NULL },
		/* Version 0 is none. */
		{ NETD, { { 444, ANY_ARGUMENT, 0, FEIGNED } }, false,
		    SANDBOX_NO_LANDLOCK, NULL },
	};

	RUN_ALL(trials);
}

/* The memory of keys is locked as a whole, or else what can be written. With
 * the sanitizers, to lock memory is no system call. */
#ifdef GOCHAT_SANITIZE
static void
test_memory(void)
{
}

static void
test_later_memory(void)
{
}
#else
static void
test_memory(void)
{
	static const enum process_id processes[] = { PROCESS_CRYPTOD_CLIENT,
		PROCESS_CRYPTOD_BOOTNODE };

	for (size_t i = 0; i < 2; i++) {
		const enum process_id p = processes[i];
		const struct trial trials[] = {
			{ p, { { ALWAYS(mlockall), ENOMEM } }, false, 0, NULL },
			{ p,
			    { { ALWAYS(mlockall), ENOMEM },
				{ ALWAYS(mlock2), ENOMEM } },
			    false, SANDBOX_NO_MLOCK, NULL },
			{ p, { { ONLY(prlimit64, 1, RLIMIT_MEMLOCK), EPERM } },
			    false, SANDBOX_NO_MLOCK, NULL },
			{ p,
			    { { ALWAYS(mlockall), ENOMEM },
				{ ALWAYS(openat), ENOENT } },
			    false, SANDBOX_NO_MLOCK, NULL },
		};

		RUN_ALL(trials);
	}
}

/* Memory that is mapped later is locked, too, if the limit also has room for
 * the table of scrypt: twice its 64 MiB, and more. Each trial refuses one way
 * to lock all memory, and the way to lock a part of it. */
static void
test_later_memory(void)
{
	static const uint64_t now = MCL_CURRENT | MCL_ONFAULT;
	static const uint64_t later = MCL_CURRENT | MCL_ONFAULT | MCL_FUTURE;
	static const struct {
		rlim_t limit;
		bool later;
	} cases[] = {
		{ 1 << 20, false },
		{ 128 << 20, false },
		{ 1 << 30, true },
		{ RLIM_INFINITY, true },
	};

	struct rlimit here;

	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_MEMLOCK, &here), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int refuse_later = 0; refuse_later < 2 &&
		     cases[i].limit <= here.rlim_max; /* or it cannot be set */
		     refuse_later++) {
			const struct trial t = {
				.process = PROCESS_CRYPTOD_CLIENT,
				.refusals = { { ONLY(mlockall, 0,
						    refuse_later ? later : now),
						  ENOMEM },
				    { ALWAYS(mlock2), ENOMEM } },
				.of_root = true,
				.bits = refuse_later == cases[i].later
				    ? SANDBOX_NO_MLOCK
				    : 0,
			};

			memlock = cases[i].limit;
			run(&t);
			memlock = 0;
		}
}
#endif

void
sandbox_refused_suite(void)
{
	CU_pSuite suite = CU_add_suite("sandbox_refused", NULL, NULL);

	CU_add_test(suite, "what is mandatory", test_mandatory);
	CU_add_test(suite, "what is not for all", test_not_for_all);
	CU_add_test(suite, "another user", test_user);
	CU_add_test(suite, "namespaces", test_namespaces);
	CU_add_test(suite, "Landlock", test_landlock);
	CU_add_test(suite, "locked memory", test_memory);
	CU_add_test(suite, "memory to come", test_later_memory);
}
