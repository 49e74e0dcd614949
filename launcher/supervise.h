/*
 * Watching over the other three: their log, their last words, their ends and
 * what follows from them, and the signals that the user sends. supervise.c has
 * the loop and the ends, children.c starts them and hears what they say.
 */
#ifndef LAUNCHER_SUPERVISE_H
#define LAUNCHER_SUPERVISE_H

#include "common/ipc.h"
#include "launcher/known_bootnodes.h"
#include "launcher/options.h"
#include "launcher/restart.h"
#include "launcher/service.h"
#include "launcher/spawner.h"
#include "launcher/terminal.h"

#include <sys/types.h>

/* After being asked to end, before they are made to. */
#define END_PATIENCE (7 * USEC_PER_SEC)
/* When one ends because another did, that one's end is awaited for so long. */
#define CAUSE_PATIENCE (1 * USEC_PER_SEC)
/* Signals within it are one wish; a later one ends everything at once. */
#define SAME_WISH (1 * USEC_PER_SEC)
/* For ui to be stopped, and for our own job. */
#define STOP_PATIENCE (USEC_PER_SEC / 2)
/* So many lines of the log a process may write in a second. */
#define LOG_LINES_MAX 200
/* Between two resolvers. */
#define RESOLVE_SPACING (10 * USEC_PER_SEC)
/* Messages of one process in a turn. */
#define LISTEN_MAX 256

struct supervised {
	pid_t pid; /* 0 once it has ended */
	int pidfd; /* the only way to signal it; -1 */
	struct ipc_channel channel;
	bool killed;	   /* by us */
	int32_t violation; /* system call, or -1 */
	/* Lines of the log, so that one process cannot fill a disk. */
	uint64_t log_time;
	unsigned int log_lines; /* since then */
	unsigned int log_lost;
};

struct supervisor {
	pid_t self;
	const struct options *options;
	struct ipc_privileges privileges;
	size_t sockets_given; /* the spawner has them */
	struct terminal terminal;
	bool stop_asked;			/* by ui */
	int spawner;				/* socket, or -1 */
	struct supervised children[ROLE_COUNT]; /* but the launcher */
	/* Sets of processes. */
	unsigned int starting; /* asked for, not yet here */
	unsigned int ready;    /* in their sandboxes, at some time */
	unsigned int ended;    /* and to be started anew */
	struct restarts restarts;
	uint64_t restarted[ROLE_COUNT]; /* how often */
	struct service service;
	/* What they are configured with, besides the options. */
	uint8_t run[16];
	uint32_t incarnation; /* of netd */
	uint32_t ui_starts;
	uint16_t port; /* that netd has, 0 if not known yet */
	struct ipc_boot_addrs boot_addrs;
	bool remembered; /* boot_key is the bootnode's */
	uint8_t boot_key[X25519_LEN];
	uint64_t resolved_at; /* when it was last started */
	int resolver;	      /* socket, or -1: it has done its work */
	bool resolver_complained;
	struct known_bootnodes known; /* fd -1: nothing to remember */
	char bootnode[ENDPOINT_TEXT_MAX];
	/* The end. */
	bool ending;
	uint64_t asked_at; /* by the user */
	uint64_t end_by;
	bool ui_ended; /* as it should */
	bool gave_up;  /* what died cannot be started anew */
	int exit_code;
};

#define FOREACH_CHILD(role) \
	for (enum role role = ROLE_NETD; role < ROLE_COUNT; role++)

/* Catches the signals that end or stop the program, and blocks them until
 * supervise() waits: none is lost before. */
void supervise_signals(void);

/* Logs the sandbox steps that the system refused to a process. */
void supervise_log_refused(enum role, unsigned int steps);

/* Until all have ended. Returns the program's exit code. */
int supervise(struct supervisor *);

/* Makes all of them end, as soon as supervise() runs. */
void supervise_end(struct supervisor *);

/* Puts the terminal back, when ui has ended or is stopped. */
void supervise_restore(struct supervisor *);

/* ui was stopped, and asks whether it may draw: it may if this job has the
 * terminal. */
void supervise_resume(struct supervisor *);

/* For an end that supervise() does not see: kills ui, and waits for that. */
void supervise_end_ui(struct supervisor *);

/* children.c */

/* Asks the spawner for a set of processes. Returns 0, or -1 if it is gone. */
int children_start(struct supervisor *, unsigned int roles);
/* Takes what the spawner has: configures the processes that were started, and
 * passes the ends of their channels on. Returns -1 if one could not be. */
int children_arrive(struct supervisor *);
/* Reads all that a process has said. */
void children_listen(struct supervisor *, enum role);
/* Shows what of the log is held because of the tui, if there is a ui. */
void children_notice(struct supervisor *);
/* The resolver has found out something. */
void children_resolved(struct supervisor *);
void children_signal(struct supervisor *, enum role, int sig);
void children_kill(struct supervisor *, enum role);
/* Kills it for good. One that has not given up root yet cannot be killed by
 * us, who have: it ends because its channel does. */
void children_end(struct supervisor *, enum role);

#endif
