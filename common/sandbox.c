/*
 * Entering the sandbox: the steps in their order, and those that take one
 * call. See sandbox.h.
 */
#include "common/sandbox.h"

#include "common/filter.h"
#include "common/log.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Memory that cryptod may need at once in addition to what it has: scrypt's
 * table. */
#define SCRYPT_BYTES (64UL * 1024 * 1024)

/* The type of setrlimit's first argument differs between C libraries. */
#define LIMIT(name, value)                                 \
	check_limit(setrlimit(RLIMIT_##name,               \
			&(struct rlimit){ value, value }), \
	    value, #name)

static void
check_limit(int result, rlim_t value, const char *name)
{
	if (result == -1)
		fatal("sandbox: the limit %s cannot be set to %llu: %s. gochat "
		      "does not run without it, nor below tools that keep a "
		      "limit for themselves, such as valgrind",
		    name, (unsigned long long)value, strerror(errno));
}

/* Returns one more than the highest descriptor that is open. */
static rlim_t
open_descriptors(void)
{
	rlim_t top = 0;
	int most = (int)sysconf(_SC_OPEN_MAX);

	/* Descriptors are few and low: closefrom() ran at the start. */
	for (int fd = 0; fd < most && fd < 256; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			top = (rlim_t)fd + 1;
	return top;
}

/* Returns how many descriptors the process may have. They may arrive later:
 * ends of new channels, which in the launcher only pass through; readers of its
 * metrics; and what belongs to rooms, of which there are fewer where the system
 * allows no more. */
static rlim_t
descriptors_allowed(const struct process_row *p)
{
	const rlim_t wanted = open_descriptors() + p->fds_later;
	struct rlimit now;

	if (getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_max < wanted)
		return now.rlim_max;
	return wanted;
}

static void
set_limits(const struct process_row *p)
{
	const rlim_t descriptors = descriptors_allowed(p);

	LIMIT(CORE, 0);
	LIMIT(NPROC, 0);
	LIMIT(NOFILE, descriptors);
	if (p->file_bytes != FILES_ANY)
		LIMIT(FSIZE, (rlim_t)p->file_bytes);
}

/* Locks the writable private mappings, where keys can be: the data of
 * programs, heap and stack. */
static bool
lock_writable(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end;
	char line[512], mode[5];
	bool all = maps != NULL;

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
		if (sscanf(line, "%lx-%lx %4s", &start, &end, mode) == 3 &&
		    strcmp(mode, "rw-p") == 0 &&
		    mlock2((void *)start, end - start, MLOCK_ONFAULT) == -1)
			all = false;
	if (maps != NULL)
		fclose(maps);
	return all;
}

/*
 * Locks all memory if the limit on locked memory allows it (with everything
 * that is mapped later, if scrypt's table fits in, too), else only the writable
 * memory. Root has no limit: so this comes before the change of user.
 */
static bool
lock_memory(void)
{
	struct rlimit limit;
	int flags = MCL_CURRENT | MCL_ONFAULT;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) == -1)
		return false;
	if (limit.rlim_cur == RLIM_INFINITY ||
	    limit.rlim_cur > 2 * SCRYPT_BYTES)
		flags |= MCL_FUTURE;
	return mlockall(flags) == 0 || lock_writable();
}

static void
mandatory(int result, const char *step)
{
	if (result == -1)
		fatal("sandbox: %s: %s; not starting without it", step,
		    strerror(errno));
}

unsigned int
sandbox_enter(enum process_id process, const struct filter_table *table,
    const struct ipc_privileges *user)
{
	const struct process_row *p = &process_table[process];
	struct sock_fprog filter;
	unsigned int refused = 0;
	bool same = false;

	sandbox_settle_libc();
	/* This is done while there still are descriptors. */
	mandatory(filter_build(table, SCMP_ARCH_NATIVE, &filter),
	    "a filter of system calls, which valgrind, for one, does not know");

	if ((p->needs & NEEDS_LOCKED_MEMORY) != 0 && !lock_memory())
		refused |= SANDBOX_NO_MLOCK;
	/* Root may make namespaces where others may not: so this comes before
	 * the change of user. */
	if (sandbox_unshare() == -1)
		refused |= SANDBOX_NO_NAMESPACES;
	mandatory(sandbox_become_user(user, &same), "changing user");
	if (same)
		refused |= SANDBOX_NO_USER;
	else if (user->drop && sandbox_unshare_user() == -1)
		refused |= SANDBOX_NO_USER_NS;
	/* A fresh user namespace came with capabilities of its own. */
	mandatory(sandbox_drop_capabilities(), "dropping capabilities");

	/* A change of user or of capabilities clears this. */
	if (process != PROCESS_LAUNCHER)
		mandatory(prctl(PR_SET_PDEATHSIG, SIGKILL), "pdeathsig");
	mandatory(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	mandatory(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable");
	if (sandbox_landlock(process == PROCESS_LAUNCHER) == -1)
		refused |= SANDBOX_NO_LANDLOCK;
	/* This comes after Landlock, which takes a descriptor for a moment. */
	set_limits(p);
	mandatory(sandbox_seccomp(process == PROCESS_LAUNCHER, &filter),
	    "seccomp");
	free(filter.filter);
	return refused;
}

const char *
sandbox_step_name(unsigned int bit)
{
	static const char *const names[] = {
		"another user",
		"namespaces",
		"Landlock",
		"locked memory",
		"a user namespace",
	};

	return bit < sizeof(names) / sizeof(names[0]) ? names[bit] : NULL;
}
