/*
 * The system calls that a client's gochat-netd may make in its sandbox.
 */
#include "common/filter_table.h"

#define CHANNELS (FD(FD_CONTROL) | FD(FD_CRYPTOD))
#define SOCKETS	 (FD(FD_UDP) | FD(FD_UDP_SECOND))

static const struct filter_entry entries[] = {
	EVERYBODY,
	/* ipc_receive, netlink_receive */
	{ SCMP_SYS(recvmsg), FDS, CHANNELS | FD(FD_NETLINK) },
	/* ipc_send, netlink_ask */
	{ SCMP_SYS(sendmsg), FDS, CHANNELS | FD(FD_NETLINK) },
	{ SCMP_SYS(recvmmsg), FDS, SOCKETS }, /* udp_receive */
	{ SCMP_SYS(sendmmsg), FDS, SOCKETS }, /* udp_flush */
	{ SCMP_SYS(getrandom), ANY, 0 },      /* probe ids, keys of SipHash */
	{ SCMP_SYS(mremap), ANY, 0 },	      /* realloc of spans */
};

FILTER(netd_client, entries);
