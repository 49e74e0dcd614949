/*
 * Watching over the other three: their log, their last words, their ends,
 * and the signals that the user sends.
 */
#ifndef LAUNCHER_SUPERVISE_H
#define LAUNCHER_SUPERVISE_H

#include "common/ipc.h"
#include "launcher/known_bootnodes.h"

#include <sys/types.h>

/* After being asked to end, before they are made to. */
#define END_PATIENCE (7 * USEC_PER_SEC)
/* When one ends because another did, that one's end is awaited for so long. */
#define CAUSE_PATIENCE (1 * USEC_PER_SEC)
/* Signals within it are one wish; a later one ends everything at once. */
#define SAME_WISH (1 * USEC_PER_SEC)

struct supervised {
	pid_t pid; /* 0 once it has ended */
	struct ipc_channel channel;
	bool killed;	   /* by us, at the end */
	int32_t violation; /* system call, or -1 */
};

struct supervisor {
	pid_t self;
	struct supervised children[ROLE_COUNT]; /* but the launcher */
	int resolver;				/* socket, or -1 */
	bool resolver_complained;
	struct known_bootnodes known; /* fd -1: nothing to remember */
	char bootnode[ENDPOINT_TEXT_MAX];
	bool ending;
	uint64_t asked_at; /* to end, by the user */
	uint64_t end_by;
	bool ui_ended; /* as it should */
	int exit_code;
};

/* Catches the signals that end or stop the program, and blocks them until
 * supervise() waits: none is lost before. */
void supervise_signals(void);

/* Logs the sandbox steps that the system refused to a process. */
void supervise_log_refused(enum role, unsigned int steps);

/* Until all have ended. Returns the program's exit code. */
int supervise(struct supervisor *);

#endif
