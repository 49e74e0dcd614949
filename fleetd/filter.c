/*
 * The system calls that gochat-fleetd may make in its sandbox.
 */
#include "common/filter_table.h"

#define CHANNELS (FD(FD_CONTROL) | FD(FD_NETD))
/* What comes later has the lowest number that is free, and is put in its
 * place. */
#define COMES (FD(FD_NETD) | FD(FD_ENGINE) | FD(FD_ENGINE + 1))

static const struct filter_entry entries[] = {
	EVERYBODY, { SCMP_SYS(recvmsg), FDS, CHANNELS }, /* ipc_receive */
	{ SCMP_SYS(sendmsg), FDS, CHANNELS },		 /* ipc_send */
	{ SCMP_SYS(read), FDS, FD(FD_ENGINE) },		 /* its answers */
	{ SCMP_SYS(write), FDS, FD(FD_ENGINE) },	 /* what it is asked */
	{ SCMP_SYS(getrandom), ANY, 0 }, /* OpenSSL's generator */
	{ SCMP_SYS(getpid), ANY, 0 },	 /* the same: did it fork? */
	{ SCMP_SYS(close), FDS, COMES }, /* child_reopen, a connection's end */
	{ SCMP_SYS(dup3), FDS, COMES },	 /* child_reopen, on_engine */
};

FILTER(fleetd, entries);
