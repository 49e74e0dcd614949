/*
 * The steps of the sandbox by themselves: what each takes away, and what it
 * leaves.
 */
#include "tests/unit/folder.h"
#include "tests/unit/common/sandbox_jail.h"

#include <CUnit/CUnit.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void sandbox_steps_suite(void);

#define SKIPPED EHWPOISON /* of no call that is made here */

static struct sockaddr_in listener;

static void
note(const char *what)
{
	printf("\n      not looked at: %s", what);
}

/* Whether the system lets somebody make them at all. */
static int
make_namespaces(const struct inmate *in)
{
	int spaces = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC;

	(void)in;
	if (geteuid() != 0)
		spaces |= CLONE_NEWUSER;
	return unshare(spaces) == 0 &&
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		mount("none", "/proc", "tmpfs", 0, NULL) == 0 &&
		chdir("/proc") == 0 && syscall(SYS_pivot_root, ".", ".") == 0 &&
		umount2(".", MNT_DETACH) == 0 &&
		mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY,
		    NULL) == 0
	    ? 0
	    : errno;
}

static int
unshare_step(const struct inmate *in)
{
	struct if_nameindex *all;
	int fd, count = 0;

	(void)in;
	if (sandbox_unshare() == -1)
		return SKIPPED;
	if (jail_count_names("/") != 0)
		return ENOTEMPTY;
	if (mkdir("/x", 0700) != -1 || errno != EROFS)
		return EROFS;
	if (open("/etc/passwd", O_RDONLY) != -1)
		return EEXIST;
	/* The network has a loopback interface, which is down. */
	all = if_nameindex();
	while (all != NULL && all[count].if_index != 0)
		count++;
	if (count != 1)
		return ENODEV;
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd == -1 ||
	    connect(fd, (struct sockaddr *)&listener, sizeof(listener)) != -1)
		return EISCONN;
	return 0;
}

static void
test_namespaces(void)
{
	socklen_t len = sizeof(listener);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), result;

	listener.sin_family = AF_INET;
	listener.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&listener, len), 0);
	CU_ASSERT_EQUAL(listen(fd, 1), 0);
	CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&listener, &len), 0);
	result = jail_step(unshare_step);
	if (result == SKIPPED) {
		CU_ASSERT_NOT_EQUAL(jail_step(make_namespaces), 0);
		note("namespaces, which the system refused");
	} else {
		CU_ASSERT_EQUAL(result, 0);
	}
	close(fd);
}

/* The newest version of Landlock that the kernel has, or -1. */
static long
landlock_version(void)
{
	return syscall(444 /* landlock_create_ruleset */, NULL, 0, 1);
}

/* Somebody who listens at an abstract address, which is no file. */
static struct sockaddr_un abstract = { .sun_family = AF_UNIX,
	.sun_path = "\0gochat-sandbox-test" };

/* A file of the test, and where it is not to be moved: another folder of the
 * same file system, since between two of them nothing can be moved anyway. */
static char own_file[300], moved[300];

/* What came to Landlock later. Returns 0, or the errno of what was possible. */
static int
beyond_files(const struct inmate *in, long version)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int tcp = socket(AF_INET, SOCK_STREAM, 0);
	int local = socket(AF_UNIX, SOCK_STREAM, 0);

	if (version >= 2 && (rename(own_file, moved) != -1 || errno != EACCES))
		return EXDEV;
	if (version >= 3 &&
	    (truncate("/proc/self/comm", 0) != -1 || errno != EACCES))
		return EFBIG;
	if (version >= 4 &&
	    (bind(tcp, (struct sockaddr *)&any, sizeof(any)) != -1 ||
		errno != EACCES))
		return EADDRINUSE;
	if (version >= 4 &&
	    (connect(tcp, (struct sockaddr *)&listener, sizeof(listener)) !=
		    -1 ||
		errno != EACCES))
		return EISCONN;
	if (version >= 6 &&
	    (connect(local, (struct sockaddr *)&abstract, sizeof(abstract)) !=
		    -1 ||
		errno != EPERM))
		return EALREADY;
	if (version >= 6 && (kill(in->parent, 0) != -1 || errno != EPERM))
		return ESRCH;
	return 0;
}

static int
landlock_step(const struct inmate *in)
{
	int udp = socket(AF_INET, SOCK_DGRAM, 0);

	(void)in;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return EPERM;
	if (sandbox_landlock(false) == -1)
		return landlock_version() < 1 ? SKIPPED : EPERM;
	if (open("/etc/passwd", O_RDONLY) != -1 || errno != EACCES)
		return EEXIST;
	if (mkdir("/tmp/gochat-sandbox-test", 0700) != -1 || errno != EACCES)
		return EROFS;
	if (opendir("/") != NULL)
		return ENOTEMPTY;
	/* A socket that is there goes on. */
	if (send(udp, "", 0, 0) != -1 || errno != EDESTADDRREQ)
		return EBADF;
	return beyond_files(in, landlock_version());
}

/* The launcher's right to signals is left to it, and nothing else. */
static int
landlock_launcher_step(const struct inmate *in)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return EPERM;
	if (sandbox_landlock(true) == -1)
		return landlock_version() < 1 ? SKIPPED : EPERM;
	if (open("/etc/passwd", O_RDONLY) != -1 || errno != EACCES)
		return EEXIST;
	return kill(in->parent, 0) == 0 ? 0 : errno;
}

static void
test_landlock(void)
{
	int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), result;
	socklen_t len = sizeof(listener);
	struct folder f;

	folder_open(&f);
	folder_put(&f, "file", "", 0);
	CU_ASSERT_EQUAL(mkdirat(f.fd, "other", 0700), 0);
	(void)snprintf(own_file, sizeof(own_file), "%s/file", f.path);
	(void)snprintf(moved, sizeof(moved), "%s/other/file", f.path);
	listener = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	CU_ASSERT_EQUAL(bind(tcp, (struct sockaddr *)&listener, len), 0);
	CU_ASSERT_EQUAL(getsockname(tcp, (struct sockaddr *)&listener, &len),
	    0);
	CU_ASSERT_EQUAL(listen(tcp, 1), 0);
	CU_ASSERT_EQUAL(bind(local, (struct sockaddr *)&abstract,
			    sizeof(abstract)),
	    0);
	CU_ASSERT_EQUAL(listen(local, 1), 0);
	result = jail_step(landlock_step);
	if (result == SKIPPED) {
		note("Landlock, which this kernel does not have");
	} else {
		CU_ASSERT_EQUAL(result, 0);
		CU_ASSERT_EQUAL(jail_step(landlock_launcher_step), 0);
	}
	CU_ASSERT_EQUAL(unlinkat(f.fd, "other", AT_REMOVEDIR), 0);
	folder_remove(&f);
	close(tcp);
	close(local);
}

static int
user_step(const struct inmate *in)
{
	struct ipc_privileges stay = in->privileges;
	bool same;

	stay.drop = 0;
	if (sandbox_become_user(&stay, &same) == -1 || same)
		return EINVAL;
	if (!in->privileges.drop)
		return SKIPPED;
	if (sandbox_become_user(&in->privileges, &same) == -1)
		return EPERM;
	if (same)
		return SKIPPED;
	if (getuid() != in->privileges.uid || getgid() != in->privileges.gid)
		return EUSERS;
	if (setuid(0) != -1 || setgid(0) != -1 || setgroups(0, NULL) != -1)
		return EEXIST;
	return 0;
}

static void
test_user(void)
{
	int result = jail_step(user_step);

	if (result == SKIPPED)
		note("the change of user, since this is not root");
	else
		CU_ASSERT_EQUAL(result, 0);
}

static int
capability_step(const struct inmate *in)
{
	(void)in;
	if (sandbox_drop_capabilities() == -1)
		return EPERM;
	/* Root's number without capabilities. */
	return chroot("/") == -1 && errno == EPERM ? 0 : EEXIST;
}

static void
test_capabilities(void)
{
	CU_ASSERT_EQUAL(jail_step(capability_step), 0);
}

static void
test_names(void)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} cases[] = {
		{ SANDBOX_NO_USER, "another user" },
		{ SANDBOX_NO_NAMESPACES, "namespaces" },
		{ SANDBOX_NO_LANDLOCK, "Landlock" },
		{ SANDBOX_NO_MLOCK, "locked memory" },
		{ SANDBOX_NO_USER_NS, "a user namespace" },
	};
	unsigned int all = 0;

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL(cases[i].bit, 1u << i);
		CU_ASSERT_STRING_EQUAL(sandbox_step_name(i), cases[i].name);
		all |= cases[i].bit;
	}
	CU_ASSERT_EQUAL(all, SANDBOX_STEPS);
	CU_ASSERT_PTR_NULL(sandbox_step_name(sizeof(cases) / sizeof(cases[0])));
}

void
sandbox_steps_suite(void)
{
	CU_pSuite suite = CU_add_suite("sandbox_steps", NULL, NULL);

	CU_add_test(suite, "their names", test_names);
	CU_add_test(suite, "a change of user", test_user);
	CU_add_test(suite, "no capabilities", test_capabilities);
	CU_add_test(suite, "namespaces", test_namespaces);
	CU_add_test(suite, "Landlock", test_landlock);
}
