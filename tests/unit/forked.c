/*
 * A step in a child. See forked.h.
 */
#include "tests/unit/forked.h"

#include <sys/wait.h>

#include <stdio.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

int
forked(int (*step)(void *), void *arg)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	CU_ASSERT_NOT_EQUAL_FATAL(pid, -1);
	if (pid == 0)
		_exit(step(arg));
	CU_ASSERT_EQUAL_FATAL(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}
