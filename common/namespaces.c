/*
 * Sandbox step 5: namespaces of its own. Where it could, the launcher has
 * started the process in a pid namespace already (launcher/spawn.c); the other
 * namespaces have to wait until everything is open.
 */
#include "common/sandbox.h"

#include <sys/mount.h>
#include <sys/syscall.h>

#include <sched.h>
#include <unistd.h>

/* Makes an empty file system, read-only, the root. */
static int
empty_root(void)
{
	/* Any folder serves as the place for it. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("none", "/proc", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		"size=4k,nr_inodes=2,mode=555") == -1 ||
	    chdir("/proc") == -1)
		return -1;
	/* The old root ends up on top of the new one, and is let go. */
	if (syscall(SYS_pivot_root, ".", ".") == -1 ||
	    umount2(".", MNT_DETACH) == -1)
		return -1;
	return mount(NULL, "/", NULL,
	    MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
	    NULL);
}

int
sandbox_unshare(void)
{
	int spaces = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC;

	/* A process that is not root needs a user namespace to get the
	 * others. */
	if (geteuid() != 0)
		spaces |= CLONE_NEWUSER;
	/* Sockets that are open stay in the network that they were made in;
	 * a new one would reach nothing. */
	if (unshare(spaces) == -1)
		return -1;
	return empty_root();
}

int
sandbox_unshare_user(void)
{
	return unshare(CLONE_NEWUSER);
}
