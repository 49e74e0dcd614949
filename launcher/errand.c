/*
 * Processes for an errand on the network. See errand.h.
 */
#include "launcher/errand.h"

#include "common/sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <bsd/unistd.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static void
set_limits(void)
{
	const struct rlimit none = { 0, 0 };
	int fd = open("/dev/null", O_RDWR);

	if (fd == -1 || dup2(fd, STDIN_FILENO) == -1 ||
	    dup2(fd, STDOUT_FILENO) == -1 || dup2(fd, STDERR_FILENO) == -1 ||
	    setrlimit(RLIMIT_FSIZE, &none) == -1 ||
	    setrlimit(RLIMIT_NPROC, &none) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		_exit(1);
}

void
errand_begin(const char *title, int fd, const struct ipc_privileges *user)
{
	bool same;

	setproctitle("%s", title);
	set_limits();
	signal(SIGINT, SIG_IGN); /* it ends with the launcher */
	if (dup2(fd, ERRAND_FD) == -1 ||
	    sandbox_become_user(user, &same) == -1 ||
	    sandbox_drop_capabilities() == -1)
		_exit(1);
	closefrom(ERRAND_FD + 1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}
