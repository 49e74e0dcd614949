/*
 * Sandbox step 7: Landlock. A rule set handles everything that the running
 * kernel knows of and allows none of it. The numbers are those of
 * linux/landlock.h; on the oldest system that we build on, that header does not
 * have them all.
 */
#include "common/sandbox.h"

#include <sys/syscall.h>

#include <errno.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self  446
#endif

#define CREATE_RULESET_VERSION 1U

struct ruleset {
	uint64_t fs;
	uint64_t net;	 /* from ABI 4 */
	uint64_t scoped; /* from ABI 6 */
};

#define FS_ABI_1	      ((1ULL << 13) - 1)
#define FS_REFER	      (1ULL << 13) /* ABI 2 */
#define FS_TRUNCATE	      (1ULL << 14) /* ABI 3 */
#define FS_IOCTL_DEV	      (1ULL << 15) /* ABI 5 */
#define NET_BIND_TCP	      (1ULL << 0)
#define NET_CONNECT_TCP	      (1ULL << 1)
#define SCOPE_ABSTRACT_SOCKET (1ULL << 0)
#define SCOPE_SIGNAL	      (1ULL << 1)

int
sandbox_landlock(bool allow_signals)
{
	struct ruleset rules = { .fs = FS_ABI_1 };
	size_t size = sizeof(rules.fs);
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    CREATE_RULESET_VERSION);
	int fd, result;

	if (abi < 1)
		return -1;
	if (abi >= 2)
		rules.fs |= FS_REFER;
	if (abi >= 3)
		rules.fs |= FS_TRUNCATE;
	if (abi >= 4) {
		rules.net = NET_BIND_TCP | NET_CONNECT_TCP;
		size += sizeof(rules.net);
	}
	if (abi >= 5)
		rules.fs |= FS_IOCTL_DEV;
	if (abi >= 6) {
		rules.scoped =
		    SCOPE_ABSTRACT_SOCKET | (allow_signals ? 0 : SCOPE_SIGNAL);
		size += sizeof(rules.scoped);
	}
	fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (fd == -1)
		return -1;
	result = (int)syscall(SYS_landlock_restrict_self, fd, 0);
	close(fd);
	return result;
}
