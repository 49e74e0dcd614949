/*
 * The system calls that gochat-cryptod-bootnode may make in its sandbox.
 */
#include "common/filter_table.h"

/* The channels whose messages share calls. */
#define SHARED (FD(FD_NETD) | FD(FD_UI))
/* An end of a channel that comes later gets the number after them. */
#define REOPENED (FD(FD_NETD) | FD(FD_UI) | FD(FD_UI + 1))

static const struct filter_entry entries[] = {
	EVERYBODY, { SCMP_SYS(recvmsg), FDS, FD(FD_CONTROL) }, /* ipc_receive */
	{ SCMP_SYS(sendmsg), FDS, FD(FD_CONTROL) },	       /* ipc_send */
	{ SCMP_SYS(recvmmsg), FDS, SHARED },		       /* ipc_receive */
	{ SCMP_SYS(sendmmsg), FDS, SHARED },		       /* ipc_flush */
	{ SCMP_SYS(getrandom), ANY, 0 },	   /* OpenSSL's generator */
	{ SCMP_SYS(getpid), ANY, 0 },		   /* the same: did it fork? */
	{ SCMP_SYS(pread64), FDS, FD(FD_ACCESS) }, /* access_read */
	{ SCMP_SYS(close), FDS, REOPENED },	   /* child_reopen */
	{ SCMP_SYS(dup3), FDS, REOPENED },	   /* the same */
};

FILTER(cryptod_bootnode, entries);
