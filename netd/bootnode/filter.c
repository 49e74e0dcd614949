/*
 * The system calls that gochat-netd-bootnode may make in its sandbox.
 */
#include "common/filter_table.h"

/* The sockets, and the channel whose messages share calls. */
#define SHARED (FD(FD_UDP) | FD(FD_UDP_SECOND) | FD(FD_CRYPTOD))
#define SINGLE (FD(FD_CONTROL) | FD(FD_FLEETD))
/* A new end of the channel to fleetd has the lowest number that is free. */
#define REOPENED (FD(FD_UDP_SECOND) | FD(FD_FLEETD) | FD(FD_FLEETD + 1))

static const struct filter_entry entries[] = {
	EVERYBODY, { SCMP_SYS(recvmsg), FDS, SINGLE }, /* ipc_receive */
	{ SCMP_SYS(sendmsg), FDS, SINGLE },	       /* ipc_send */
	{ SCMP_SYS(recvmmsg), FDS, SHARED }, /* ipc_receive, udp_receive */
	{ SCMP_SYS(sendmmsg), FDS, SHARED }, /* ipc_flush, udp_flush */
	{ SCMP_SYS(getrandom), ANY, 0 },     /* cookies, session ids */
	{ SCMP_SYS(mremap), ANY, 0 },	     /* realloc of the registry */
	{ SCMP_SYS(close), FDS, REOPENED },  /* child_reopen */
	{ SCMP_SYS(dup3), FDS, REOPENED },   /* the same */
};

FILTER(netd_bootnode, entries);
