/*
 * The system calls that gochat-cryptod-bootnode may make in its sandbox.
 */
#include "common/filter_table.h"

#define CHANNELS (FD(FD_CONTROL) | FD(FD_UI))
/* An end of a channel that comes later gets the number after them. */
#define REOPENED (FD(FD_NETD) | FD(FD_UI) | FD(FD_UI + 1))

static const struct filter_entry entries[] = {
	EVERYBODY, { SCMP_SYS(recvmsg), FDS, CHANNELS }, /* ipc_receive */
	{ SCMP_SYS(sendmsg), FDS, CHANNELS },		 /* ipc_send */
	/* ipc_receive and ipc_flush, where messages share calls */
	{ SCMP_SYS(recvmmsg), FDS, FD(FD_NETD) },
	{ SCMP_SYS(sendmmsg), FDS, FD(FD_NETD) },
	{ SCMP_SYS(getrandom), ANY, 0 },    /* OpenSSL's generator */
	{ SCMP_SYS(getpid), ANY, 0 },	    /* the same: did it fork? */
	{ SCMP_SYS(close), FDS, REOPENED }, /* child_reopen */
	{ SCMP_SYS(dup3), FDS, REOPENED },  /* the same */
};

FILTER(cryptod_bootnode, entries);
