/*
 * The system calls that the launcher may make in its sandbox. Its descriptors
 * have no fixed numbers.
 */
#include "common/filter_table.h"

static const struct filter_entry entries[] = {
	EVERYBODY, { SCMP_SYS(recvmsg), ANY, 0 }, /* ipc_receive */
	{ SCMP_SYS(sendmsg), ANY, 0 },		  /* ipc_send */
	{ SCMP_SYS(write), ANY, 0 },		  /* log, known_bootnodes */
	{ SCMP_SYS(wait4), ANY, 0 },		  /* which child died of what */
	{ SCMP_SYS(pidfd_send_signal), ANY, 0 },  /* end or stop a child */
	{ SCMP_SYS(kill), SELF, 0 },		  /* stop itself: Ctrl-Z */
	{ SCMP_SYS(rt_sigreturn), ANY, 0 },	  /* its signal handlers */
	{ SCMP_SYS(setitimer), ANY, 0 },	  /* terminal_restore */
	{ SCMP_SYS(ioctl), TERMINAL, 0 },	  /* restore the terminal */
	{ SCMP_SYS(close), ANY, 0 },		  /* a dead child's channel */
	{ SCMP_SYS(accept4), ANY, 0 },		  /* metrics_accept */
};

FILTER(launcher, entries);
