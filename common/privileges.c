/*
 * Sandbox step 4: from root to an unprivileged user, and no capabilities
 * for anybody.
 */
#include "common/sandbox.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <grp.h>
#include <unistd.h>

/* Returns 0; or -1, with *same set if there is no such user here. */
static int
become(uid_t uid, gid_t gid, bool *same)
{
	/* A user namespace of one user maps nobody else: its root has the
	 * rights of the user who made it, and can only give up capabilities. */
	if (setresgid(gid, gid, gid) == -1) {
		*same = errno == EINVAL;
		return -1;
	}
	/* The old groups are given up while that is still allowed: our uid is
	 * still root's. */
	if (setgroups(0, NULL) == -1 || setresuid(uid, uid, uid) == -1)
		return -1;
	/* Nothing may lead back. */
	if (setuid(0) != -1 || getuid() != uid || geteuid() != uid ||
	    getegid() != gid) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

int
sandbox_become_user(const struct ipc_privileges *user, bool *same)
{
	*same = false;
	if (!user->drop)
		return 0;
	return become(user->uid, user->gid, same) == 0 || *same ? 0 : -1;
}

/*
 * Empties the permitted, effective and inheritable sets, and, as far as
 * allowed, the bounding and ambient ones: without a right to those they are of
 * no use anyway, since nothing is ever executed again.
 */
int
sandbox_drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	for (unsigned long cap = 0; cap < 64; cap++)
		prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return (int)syscall(SYS_capset, &header, none);
}
