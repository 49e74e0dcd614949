/*
 * The system calls that gochat-ui-bootnode may make in its sandbox.
 */
#include "common/filter_table.h"

#include <unistd.h>

/* The end of the channel to cryptod comes with a number that is free, and is
 * put at its own. Connections at the control socket have other numbers. */
#define CHANNELS    (FD(FD_CONTROL) | FD(FD_ROOMS))
#define CONNECTIONS ((FD(CONTROL_CONNECTIONS + 1) - 1) << (FD_LISTENER + 1))
#define REOPENED    (FD(FD_ROOMS) | FD(FD_LISTENER) | CONNECTIONS)

static const struct filter_entry entries[] = {
	EVERYBODY,
	{ SCMP_SYS(recvmsg), FDS, CHANNELS | CONNECTIONS }, /* ipc_receive */
	{ SCMP_SYS(sendmsg), FDS, CHANNELS | CONNECTIONS }, /* ipc_send */
	{ SCMP_SYS(accept4), FDS, FD(FD_LISTENER) },	    /* operators */
	{ SCMP_SYS(read), FDS, FD(STDIN_FILENO) },	    /* what is typed */
	{ SCMP_SYS(write), FDS, FD(STDOUT_FILENO) },	    /* what is shown */
	{ SCMP_SYS(ioctl), TERMINAL, 0 },   /* is it a terminal? */
	{ SCMP_SYS(rt_sigreturn), ANY, 0 }, /* its signal handlers */
	{ SCMP_SYS(mremap), ANY, 0 },	    /* realloc of long lines */
	{ SCMP_SYS(close), FDS, REOPENED }, /* child_reopen, connections */
	{ SCMP_SYS(dup3), FDS, REOPENED },  /* child_reopen */
};

FILTER(ui_bootnode, entries);
