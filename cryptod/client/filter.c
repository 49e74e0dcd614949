/*
 * The system calls that a client's gochat-cryptod may make in its sandbox.
 */
#include "common/filter_table.h"

#define CHANNELS (FD(FD_CONTROL) | FD(FD_NETD) | FD(FD_UI))
/* What comes later gets the number after them: an end of a channel, or a file
 * to remember the room in. */
#define REOPENED (FD(FD_NETD) | FD(FD_UI) | FD(FD_ARRIVED))

static const struct filter_entry entries[] = {
	EVERYBODY, { SCMP_SYS(recvmsg), FDS, CHANNELS }, /* ipc_receive */
	{ SCMP_SYS(sendmsg), FDS, CHANNELS },		 /* ipc_send */
	{ SCMP_SYS(getrandom), ANY, 0 }, /* OpenSSL's generator */
	{ SCMP_SYS(getpid), ANY, 0 },	 /* the same: did it fork? */
	{ SCMP_SYS(mremap), ANY, 0 },	 /* realloc of known peers */
	/* known_peers_note, entry_secret, entry_file */
	{ SCMP_SYS(write), FDS,
	    FD(FD_KNOWN_PEERS) | FD(FD_ROOM) | FD(FD_ACCESS) | FD(FD_ARRIVED) },
	/* entry_file; known_peers_read_on, since read(2) would go on after what
	 * write(2) added */
	{ SCMP_SYS(pread64), FDS, FD(FD_KNOWN_PEERS) | FD(FD_ROOM) },
	{ SCMP_SYS(close), FDS, REOPENED }, /* child_reopen, entry_file */
	{ SCMP_SYS(dup3), FDS, REOPENED },  /* the same two */
};

FILTER(cryptod_client, entries);
