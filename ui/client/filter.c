/*
 * The system calls that gochat-ui may make in its sandbox.
 */
#include "common/filter_table.h"

#include <unistd.h>

/* The end of a channel to a room's cryptod comes with a number that is free,
 * and is put at the room's: there is one more number than rooms. */
#define ROOMS	 ((FD(ROOMS_MAX) - 1) << FD_ROOMS)
#define CHANNELS (FD(FD_CONTROL) | ROOMS)
#define REOPENED (ROOMS | FD(FD_ROOMS + ROOMS_MAX))

static const struct filter_entry entries[] = {
	EVERYBODY, { SCMP_SYS(recvmsg), FDS, CHANNELS }, /* ipc_receive */
	{ SCMP_SYS(sendmsg), FDS, CHANNELS },		 /* ipc_send */
	{ SCMP_SYS(read), FDS, FD(STDIN_FILENO) },	 /* what is typed */
	{ SCMP_SYS(write), FDS, FD(STDOUT_FILENO) },	 /* what is shown */
	{ SCMP_SYS(ioctl), TERMINAL, 0 },		 /* is it a terminal? */
	{ SCMP_SYS(rt_sigreturn), ANY, 0 }, /* its signal handlers */
	{ SCMP_SYS(mremap), ANY, 0 },	    /* realloc of long lines */
	{ SCMP_SYS(close), FDS, REOPENED }, /* child_reopen */
	{ SCMP_SYS(dup3), FDS, REOPENED },  /* the same */
};

FILTER(ui_client, entries);
