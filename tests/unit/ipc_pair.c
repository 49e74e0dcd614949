/*
 * Both ends of a channel. See ipc_pair.h.
 */
#include "tests/unit/ipc_pair.h"

#include <CUnit/CUnit.h>

#include <sys/socket.h>

void
ipc_pair(struct ipc_channel *ours, enum role self, struct ipc_channel *theirs,
    enum role other)
{
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
				  0, pair),
	    0);
	ipc_open(ours, pair[0], self, other, IN_CLIENT);
	ipc_open(theirs, pair[1], other, self, IN_CLIENT);
	ours->state = theirs->state = AT_WORK;
}
