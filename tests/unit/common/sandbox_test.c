/*
 * The sandbox from inside: for each process, children that the real function
 * jails try one thing each (sandbox_attempts.inc); and what can be seen of a
 * jailed process from outside.
 */
#include "tests/unit/bytes.h"
#include "tests/unit/common/sandbox_attempts.h"

#include "common/filter.h"
#include "common/ipc.h"

#include <CUnit/CUnit.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void sandbox_suite(void);

/* --- Attempts ------------------------------------------------------------- */

/* In builds with the sanitizers the filter lets their calls pass. */
static bool
is_for_sanitizers(int number)
{
#ifdef GOCHAT_SANITIZE
	static const int admitted[] = {
		SYS_mprotect,
		SYS_openat,
		SYS_read,
		SYS_write,
		SYS_close,
		SYS_ioctl,
		SYS_prctl,
		SYS_prlimit64,
		SYS_rt_sigaction,
		SYS_rt_sigprocmask,
		SYS_process_vm_readv,
		SYS_pipe2,
		SYS_tgkill,
		SYS_getpid,
		SYS_mremap,
	};

	for (size_t i = 0; i < sizeof(admitted) / sizeof(int); i++)
		if (number == admitted[i])
			return true;
#endif
	(void)number;
	return false;
}

static bool
as_expected(const struct jail *j, const struct attempt *a, char outcome)
{
	if (!j->ready)
		return false;
	switch (outcome) {
	case OUTCOME_KILLED:
		return j->end == JAIL_KILLED && j->violation == a->number;
	case OUTCOME_SILENT:
		return j->end == JAIL_KILLED && j->violation == -1;
	case OUTCOME_REFUSED:
		return j->end == JAIL_REFUSED;
	case OUTCOME_UNKNOWN:
		return j->end == JAIL_REFUSED && j->error == ENOSYS;
	case OUTCOME_WORKS:
		return j->end == JAIL_DID;
	}
	return false;
}

static void
attempt(enum process_id process, const struct attempt *a)
{
	static const char *const ends[] = { "did it", "was refused",
		"was killed", "ended otherwise" };
	char outcome = a->outcomes[process];
	struct jail j;
	bool ok;

	if (outcome == OUTCOME_NONE)
		return;
	if (outcome == OUTCOME_KILLED && is_for_sanitizers(a->number)) {
		printf(" %s", a->name);
		return;
	}
	jail_start(&j, process, a->deed);
	jail_end(&j);
	ok = as_expected(&j, a, outcome);
	CU_ASSERT_TRUE(ok);
	if (!ok)
		printf("\n%s, %s: expected %c; it %s (ready %d, status %#x, "
		       "error %d, call %d of %d) %s\n",
		    process_table[process].program, a->name, outcome,
		    ends[j.end], j.ready, (unsigned int)j.status, j.error,
		    j.violation, a->number, j.text);
}

/* Processes that may write get SIGPIPE for it, others the signal that they may
 * have. */
static int
get_signal(const struct inmate *in)
{
	if (process_table[in->process].role != ROLE_UI &&
	    in->process != PROCESS_LAUNCHER)
		__builtin_trap(); /* SIGILL, for ever if the handler returns */
	if (write(STDOUT_FILENO, "y", 1) != -1 || errno != EPIPE)
		return EISCONN;
	return jail_signals == 1 ? 0 : EINTR;
}

/* Returning from a handler is a system call, too. */
static void
test_signal_handlers(void)
{
	const struct attempt a = { .name = "return from a handler",
		.number = CALL_SIGRETURN,
		.outcomes = "wkkkkwwk" };

	for (enum process_id process = 0; process < PROCESS_COUNT; process++) {
		struct jail j;

		jail_start(&j, process, get_signal);
		close(j.out);
		j.out = -1;
		jail_end(&j);
		CU_ASSERT_TRUE(as_expected(&j, &a, a.outcomes[process]));
	}
}

static void
attempt_all(enum process_id process)
{
#ifdef GOCHAT_SANITIZE
	printf("\n      not tried, since the sanitizers need the calls:");
#endif
	for (size_t i = 0; i < attempt_count; i++)
		attempt(process, &attempts[i]);
}

static void
test_launcher(void)
{
	attempt_all(PROCESS_LAUNCHER);
}

static void
test_netd_client(void)
{
	attempt_all(PROCESS_NETD_CLIENT);
}

static void
test_netd_bootnode(void)
{
	attempt_all(PROCESS_NETD_BOOTNODE);
}

static void
test_cryptod_client(void)
{
	attempt_all(PROCESS_CRYPTOD_CLIENT);
}

static void
test_cryptod_bootnode(void)
{
	attempt_all(PROCESS_CRYPTOD_BOOTNODE);
}

static void
test_ui_client(void)
{
	attempt_all(PROCESS_UI_CLIENT);
}

static void
test_ui_bootnode(void)
{
	attempt_all(PROCESS_UI_BOOTNODE);
}

static void
test_fleetd(void)
{
	attempt_all(PROCESS_FLEETD);
}

/* --- From outside --------------------------------------------------------- */

static void
note(const char *what)
{
	printf("\n      not looked at: %s", what);
}

/* Reads the value of a line of /proc/PID/status, or "" if there is no such
 * line. */
static void
read_status(pid_t pid, const char *name, char *value, size_t size)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	value[0] = '\0';
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0 &&
		    line[strlen(name)] == ':')
			snprintf(value, size, "%s", line + strlen(name) + 1);
	fclose(f);
}

static void
check_status(pid_t pid, const char *name, const char *want)
{
	char value[128], *start = value, *end;

	read_status(pid, name, value, sizeof(value));
	while (*start == '\t' || *start == ' ')
		start++;
	for (end = start + strlen(start);
	     end > start && (end[-1] == '\n' || end[-1] == ' '); end--)
		;
	*end = '\0';
	CU_ASSERT_STRING_EQUAL(start, want);
	if (strcmp(start, want) != 0)
		printf("\n%s: %s, not %s\n", name, start, want);
}

static void
check_user(const struct jail *j)
{
	static const char none[] = "0000000000000000";
	char ids[64], path[64];
	unsigned int uid = j->privileges.uid, gid = j->privileges.gid;
	struct stat st;

	check_status(j->pid, "NoNewPrivs", "1");
	check_status(j->pid, "Seccomp", "2");
	check_status(j->pid, "CapInh", none);
	check_status(j->pid, "CapPrm", none);
	check_status(j->pid, "CapEff", none);
	check_status(j->pid, "CapAmb", none);
	if ((j->refused & (SANDBOX_NO_NAMESPACES | SANDBOX_NO_USER_NS)) == 0)
		check_status(j->pid, "CapBnd", none);
	if (!j->privileges.drop || (j->refused & SANDBOX_NO_USER) != 0) {
		uid = geteuid();
	} else {
		snprintf(ids, sizeof(ids), "%u\t%u\t%u\t%u", uid, uid, uid,
		    uid);
		check_status(j->pid, "Uid", ids);
		snprintf(ids, sizeof(ids), "%u\t%u\t%u\t%u", gid, gid, gid,
		    gid);
		check_status(j->pid, "Gid", ids);
		check_status(j->pid, "Groups", "");
	}
	/* A process that is not dumpable belongs to root: proc(5). */
	snprintf(path, sizeof(path), "/proc/%d/status", j->pid);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	if (uid != 0)
		CU_ASSERT_EQUAL(st.st_uid, 0);
}

/* The limits are read from /proc: prlimit(2) would want a right over the
 * child's user namespace. */
static void
check_limit(const struct jail *j, const char *name, unsigned long want)
{
	unsigned long soft = ULONG_MAX, hard = ULONG_MAX;
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/limits", j->pid);
	f = fopen(path, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			sscanf(line + strlen(name), "%lu %lu", &soft, &hard);
	fclose(f);
	CU_ASSERT_EQUAL(soft, want);
	CU_ASSERT_EQUAL(hard, want);
}

/* What has keys in its memory keeps them out of swap; the others need no more
 * than they have. The sanitizers lock nothing. */
static void
check_memory(const struct jail *j)
{
#ifndef GOCHAT_SANITIZE
	const unsigned int needs = process_table[j->process].needs;
	char locked[128];

	read_status(j->pid, "VmLck", locked, sizeof(locked));
	if ((j->refused & SANDBOX_NO_MLOCK) == 0)
		CU_ASSERT_EQUAL(atoi(locked) > 0,
		    (needs & NEEDS_LOCKED_MEMORY) != 0);
#else
	(void)j;
#endif
}

static void
check_namespace(const struct jail *j, const char *name)
{
	char path[64], ours[64] = "", theirs[64] = "";

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	CU_ASSERT(readlink(path, ours, sizeof(ours) - 1) > 0);
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", j->pid, name);
	if (readlink(path, theirs, sizeof(theirs) - 1) == -1 && errno == EACCES)
		return;
	CU_ASSERT(theirs[0] != '\0');
	CU_ASSERT_STRING_NOT_EQUAL(ours, theirs);
}

static void
check_root(const struct jail *j)
{
	char path[64];
	int count;

	snprintf(path, sizeof(path), "/proc/%d/root", j->pid);
	count = jail_count_names(path);
	if (count == -1 && errno == EACCES) {
		note("namespaces and root, which only root may see");
		return;
	}
	CU_ASSERT_EQUAL(count, 0);
}

static int
no_deed(const struct inmate *in)
{
	(void)in;
	return 0;
}

static void
test_from_outside(void)
{
	static const unsigned long spare[PROCESS_COUNT] = { 4 +
		    LAUNCHER_CONNECTIONS + ROOMS_MAX * LAUNCHER_ROOM_FDS,
		0, 1, 1, 1, ROOMS_MAX + 1, 2 + CONTROL_CONNECTIONS, 2 };

	for (enum process_id process = 0; process < PROCESS_COUNT; process++) {
		struct jail j;

		jail_start(&j, process, no_deed);
		CU_ASSERT_TRUE(j.ready);
		check_user(&j);
		check_memory(&j);
		check_limit(&j, "Max core file size", 0);
		check_limit(&j, "Max processes", 0);
		/* There is room for the ends of channels to come. */
		check_limit(&j, "Max open files", JAIL_FDS + spare[process]);
		if (process_table[process].file_bytes != FILES_ANY)
			check_limit(&j, "Max file size",
			    process == PROCESS_CRYPTOD_CLIENT
				? KNOWN_PEERS_BYTES
				: 0);
		if ((j.refused & SANDBOX_NO_NAMESPACES) == 0) {
			check_namespace(&j, "net");
			check_namespace(&j, "mnt");
			check_namespace(&j, "ipc");
			check_root(&j);
		} else {
			note("namespaces, which the system refused");
		}
		jail_end(&j);
		CU_ASSERT_EQUAL(j.end, JAIL_DID);
		if (j.end != JAIL_DID)
			printf("\n%s: %s\n", process_table[process].program,
			    j.text);
	}
}

void
sandbox_suite(void)
{
	CU_pSuite suite = CU_add_suite("sandbox", crypto_setup, NULL);

	CU_add_test(suite, "seen from outside", test_from_outside);
	CU_add_test(suite, "signal handlers", test_signal_handlers);
	CU_add_test(suite, "attempts in the launcher", test_launcher);
	CU_add_test(suite, "attempts in netd of a client", test_netd_client);
	CU_add_test(suite, "attempts in netd of a bootnode",
	    test_netd_bootnode);
	CU_add_test(suite, "attempts in cryptod of a client",
	    test_cryptod_client);
	CU_add_test(suite, "attempts in cryptod of a bootnode",
	    test_cryptod_bootnode);
	CU_add_test(suite, "attempts in ui", test_ui_client);
	CU_add_test(suite, "attempts in ui of a bootnode", test_ui_bootnode);
	CU_add_test(suite, "attempts in fleetd", test_fleetd);
}
