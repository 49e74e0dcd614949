/*
 * The system calls that gochat-netd-bootnode may make in its sandbox.
 */
#include "common/filter_table.h"

/* The sockets, and the channel whose messages share calls. */
#define SHARED (FD(FD_UDP) | FD(FD_UDP_SECOND) | FD(FD_CRYPTOD))

static const struct filter_entry entries[] = {
	EVERYBODY, { SCMP_SYS(recvmsg), FDS, FD(FD_CONTROL) }, /* ipc_receive */
	{ SCMP_SYS(sendmsg), FDS, FD(FD_CONTROL) },	       /* ipc_send */
	{ SCMP_SYS(recvmmsg), FDS, SHARED }, /* ipc_receive, udp_receive */
	{ SCMP_SYS(sendmmsg), FDS, SHARED }, /* ipc_flush, udp_flush */
	{ SCMP_SYS(getrandom), ANY, 0 },     /* cookies, session ids */
	{ SCMP_SYS(mremap), ANY, 0 },	     /* realloc of the registry */
};

FILTER(netd_bootnode, entries);
