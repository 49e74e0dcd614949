/*
 * The system calls that gochat-netd-bootnode may make in its sandbox.
 */
#include "common/filter_table.h"

#define CHANNELS (FD(FD_CONTROL) | FD(FD_CRYPTOD))
#define SOCKETS	 (FD(FD_UDP) | FD(FD_UDP_SECOND))

static const struct filter_entry entries[] = {
	EVERYBODY, { SCMP_SYS(recvmsg), FDS, CHANNELS }, /* ipc_receive */
	{ SCMP_SYS(sendmsg), FDS, CHANNELS },		 /* ipc_send */
	{ SCMP_SYS(recvmmsg), FDS, SOCKETS },		 /* udp_receive */
	{ SCMP_SYS(sendmmsg), FDS, SOCKETS },		 /* udp_flush */
	{ SCMP_SYS(getrandom), ANY, 0 }, /* cookies, session ids */
	{ SCMP_SYS(mremap), ANY, 0 },	 /* realloc of the registry */
};

FILTER(netd_bootnode, entries);
