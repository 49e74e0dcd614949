/*
 * Watching over the children: their log, their last words, their ends and
 * what follows from them, and the signals that the user sends. supervise.c has
 * the loop and the end of all, children.c starts them and hears what they say,
 * deaths.c has what a death leads to, and what a child is late with.
 *
 * Nothing here waits without a deadline, or deaf to signals: whoever is waited
 * for, child, spawner, terminal or reader of the log, may be stopped for ever.
 */
#ifndef LAUNCHER_SUPERVISE_H
#define LAUNCHER_SUPERVISE_H

#include "common/ipc.h"
#include "launcher/family.h"
#include "launcher/known_bootnodes.h"
#include "launcher/options.h"
#include "launcher/restart.h"
#include "launcher/service.h"
#include "launcher/state_dir.h"
#include "launcher/spawner.h"
#include "launcher/terminal.h"

#include <sys/types.h>

/* After being asked to end, before they are made to: ui takes up to 5 s to say
 * goodbye. With what may come after it, to bury them, to put the terminal back,
 * for the log and the spawner, these are the 7 s that are promised. */
#define END_PATIENCE (5200 * USEC_PER_MSEC)
/* After that, if there was no need of it before: namespaces that are taken
 * apart take some 0.3 s, and one that the kernel cannot end is left behind. */
#define BURIAL_PATIENCE (750 * USEC_PER_MSEC)
/* For the spawner's answers. It needs some ms; with what the end takes it is
 * less than the 5 s in which a start or a restart succeeds or is given up. */
#define SPAWN_PATIENCE (3 * USEC_PER_SEC)
/* For a child that was started to be in its sandbox. It takes some 50 ms, but
 * cryptod may make a key on a slow disk, and a machine full of containers is
 * slow to make namespaces; the passphrase was asked for before, and the scrypt
 * comes after. A service manager waits for 90 s, as a rule. */
#define READY_PATIENCE (30 * USEC_PER_SEC)
/* For one that was killed to end. */
#define KILL_PATIENCE (2 * USEC_PER_SEC)
/* A wait that takes so much longer than it was to: we were stopped, or the
 * machine slept, and the others with us. */
#define ASLEEP (1 * USEC_PER_SEC)
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

/* The program's exit code if all ended in order, and not all that was said was
 * delivered; the others are those of every program, and 3. */
#define EXIT_UNDELIVERED 4

struct supervised {
	enum role role;
	pid_t pid; /* 0 once it has ended */
	int pidfd; /* the only way to signal it; -1 */
	struct ipc_channel channel;
	uint64_t restarts; /* how often it was started anew */
	bool killed;	   /* by us */
	uint64_t due;	   /* READY, or its end if it was killed; CLOCK_NEVER */
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
	bool stop_asked; /* by ui */
	int spawner;	 /* socket, or -1 */
	struct family family;
	struct supervised children[CHILDREN_MAX]; /* by number in the family */
	/* Sets of children. */
	uint32_t starting;  /* asked for, not yet here */
	bool resolving;	    /* likewise, of the resolver */
	uint64_t answer_by; /* by then they are to be */
	uint32_t ready;	    /* in their sandboxes, at some time */
	uint32_t ended;	    /* and to be started anew */
	struct restarts restarts;
	struct service service;
	/* What they are configured with, besides the options. */
	uint8_t run[16];
	uint8_t alias_key[SIPHASH_KEY]; /* of a bootnode's rooms */
	uint32_t incarnation;		/* of netd */
	uint32_t ui_starts;
	uint16_t port; /* that netd has, 0 if not known yet */
	char state_dir[STATE_DIR_PATH_MAX];
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
	uint64_t end_began;
	uint64_t end_by;
	uint64_t buried_by; /* CLOCK_NEVER until all are killed */
	bool ui_ended;	    /* as it should */
	bool undelivered;   /* and says that not all arrived that was said */
	bool failed;	    /* a start, or what died cannot be started anew */
	int exit_code;
};

/* s may be const: then so is what child points to. */
#define FOREACH_CHILD(child, s)                                   \
	for (__typeof__(&(s)->children[0]) child = (s)->children; \
	     child < (s)->children + (s)->family.count; child++)

/* Catches the signals that end or stop the program, and blocks them until
 * supervise() waits: none is lost before. */
void supervise_signals(void);

/* Logs the sandbox steps that the system refused to a process. */
void supervise_log_refused(enum role, unsigned int steps);

/* The first start, before the launcher is jailed, with a resolver if that is
 * wanted: until all are there, or the program is to end, which supervise() sees
 * to. Nothing that they say is read. */
void supervise_start(struct supervisor *, bool resolver);

/* Until all have ended. Returns the program's exit code. */
int supervise(struct supervisor *);

/* All are to end by then, in so long, or sooner if that was said before. */
void supervise_begin_end(struct supervisor *, uint64_t patience);

/* Puts the terminal back, when ui has ended or is stopped. */
void supervise_restore(struct supervisor *);

/* ui has started or was stopped, and asks for the screen: it may have it if
 * this job has the terminal. */
void supervise_give_screen(struct supervisor *);

/* For an end that supervise() does not see: kills ui, and waits for that, but
 * not for long. */
void supervise_end_ui(struct supervisor *);

/* deaths.c */

/* What a child has done, other than to end, since it was last asked. */
enum change {
	UNCHANGED,
	STOPPED,
	CONTINUED
};

/* Buries it if it has ended, and begins what follows from that. */
enum change deaths_reap(struct supervisor *, struct supervised *);
/* Starts anew what ended, as soon as all that goes with it has. */
void deaths_mend(struct supervisor *);
/* The end, as a failure: something cannot be started. */
void deaths_give_up(struct supervisor *);
/* Does without a child that has not done in time what it owes. */
void deaths_overdue(struct supervisor *, struct supervised *);

/* children.c */

/* None is there yet. */
void children_init(struct supervisor *);
/* The first child of a role that every family has. */
struct supervised *child_of(struct supervisor *, enum role);
/* The set that has this child alone. */
uint32_t child_bit(const struct supervisor *, const struct supervised *);
/* Whether all have been in their sandboxes. */
bool children_all_ready(const struct supervisor *);
/* Asks the spawner for a set of children. Returns 0, or -1 if it is gone. */
int children_start(struct supervisor *, uint32_t set);
/* Likewise for a resolver. */
int children_resolve(struct supervisor *);
/* Whether the spawner owes something. */
bool children_awaited(const struct supervisor *);
/* Takes what the spawner has: configures the processes that were started, and
 * passes the ends of their channels on. Returns -1 if one could not be. */
int children_arrive(struct supervisor *);
/* The spawner has not answered by the time it had to: does without it. Returns
 * -1 if it cannot be done without. */
int children_overdue(struct supervisor *);
/* Reads all that a child has said. */
void children_listen(struct supervisor *, struct supervised *);
/* Shows what of the log is held because of the tui, if there is a ui. */
void children_notice(struct supervisor *);
/* The resolver has found out something. */
void children_resolved(struct supervisor *);
void children_signal(struct supervised *, int sig);
void children_kill(struct supervised *);
/* Kills it for good. One that has not given up root yet cannot be killed by
 * us, who have: it ends because its channel does. */
void children_end(struct supervised *);

#endif
