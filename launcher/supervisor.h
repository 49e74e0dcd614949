/*
 * The launcher's knowledge of its children and of its own end: one struct, on
 * which supervise.c and the files that it calls work.
 */
#ifndef LAUNCHER_SUPERVISOR_H
#define LAUNCHER_SUPERVISOR_H

#include "common/ipc.h"
#include "launcher/drain.h"
#include "launcher/family.h"
#include "launcher/fleet.h"
#include "launcher/upgrade.h"
#include "launcher/kernel.h"
#include "launcher/options.h"
#include "launcher/reload.h"
#include "launcher/restart.h"
#include "launcher/room.h"
#include "launcher/service.h"
#include "launcher/spawner.h"
#include "launcher/state_dir.h"
#include "launcher/takeover.h"
#include "launcher/terminal.h"

#include <sys/types.h>

/* The time from the wish to end until the children are made to: ui takes up to
 * 5 s to say goodbye. With the time that may follow, to bury the children, to
 * put the terminal back, for the log and the spawner, these are the 7 s that
 * are promised. */
#define END_PATIENCE (5200 * USEC_PER_MSEC)
/* The time after that, if none was needed before: namespaces take some 0.3 s to
 * be taken apart, and a process that the kernel cannot end is left behind. */
#define BURIAL_PATIENCE (750 * USEC_PER_MSEC)
/* The time for the spawner's answers. It needs some ms; together with the end
 * this is less than the 5 s in which a start or a restart succeeds or is given
 * up. */
#define SPAWN_PATIENCE (3 * USEC_PER_SEC)
/* The time for a child that was started to be in its sandbox. It takes some 50
 * ms, but cryptod may make a key on a slow disk, and a machine full of
 * containers is slow to make namespaces; the passphrase was asked for before,
 * and the scrypt comes after. A service manager usually waits for 90 s. */
#define READY_PATIENCE (30 * USEC_PER_SEC)
/* The time for a killed child to end. */
#define KILL_PATIENCE (2 * USEC_PER_SEC)
/* If a wait takes so much longer than planned, we were stopped, or the machine
 * slept, and the others with us. */
#define ASLEEP (1 * USEC_PER_SEC)
/* When a child ends because another one did, the end of that one is awaited for
 * this long. */
#define CAUSE_PATIENCE (1 * USEC_PER_SEC)
/* Signals within this time are one wish; a later one ends everything at
 * once. */
#define SAME_WISH (1 * USEC_PER_SEC)
/* The time for ui to be stopped, and for our own job. */
#define STOP_PATIENCE (USEC_PER_SEC / 2)
/* A process may write so many lines of the log in a second. */
#define LOG_LINES_MAX 200
/* The least time between two resolvers. */
#define RESOLVE_SPACING (10 * USEC_PER_SEC)
/* Messages of one process that are taken in a turn. */
#define LISTEN_MAX 256

/* The time for a check from its start to its end. Its ui says after 10 s that
 * it failed, and leaves; this is for the case that it cannot. */
#define CHECK_PATIENCE (15 * USEC_PER_SEC)

/* The program's exit code if all ended in order, but not everything that was
 * said was delivered; the others are those of every program, and 3. */
#define EXIT_UNDELIVERED 4

struct supervised {
	enum role role;
	pid_t pid; /* 0 once it has ended */
	int pidfd; /* the only way to signal it; -1 */
	struct ipc_channel channel;
	uint64_t restarts; /* how often it was restarted */
	bool killed;	   /* by us */
	uint64_t due;	   /* READY, or its end if it was killed; CLOCK_NEVER */
	int32_t violation; /* system call, or -1 */
	/* Counts the lines of the log, so that one process cannot fill a
	 * disk. */
	uint64_t log_time;
	unsigned int log_lines; /* since then */
	unsigned int log_lost;
};

struct supervisor {
	struct kernel kernel;
	pid_t self;
	struct settings *settings;
	const struct options *options; /* those of the settings */
	struct reload reload;
	struct upgrade upgrade;
	struct takeover takeover;
	struct fleet fleet;
	struct drain drain;
	struct ipc_privileges privileges;
	bool access;	      /* the options give a client an access key */
	bool access_part;     /* which part of the memory a bootnode's are in */
	size_t sockets_given; /* the spawner has them */
	struct terminal terminal;
	bool stop_asked; /* by ui */
	int spawner;	 /* socket, or -1 */
	struct family family;
	struct supervised children[CHILDREN_MAX]; /* by number in the family */
	/* Sets of children. */
	uint64_t starting;	  /* asked for, not yet here */
	uint64_t answer_by;	  /* by then they are to be */
	uint64_t ready;		  /* in their sandboxes, at some time */
	bool all_ready;		  /* so were all those of the start */
	uint64_t ended;		  /* and to be restarted */
	struct restarts restarts; /* of ui, and of the only room */
	bool ui_excused; /* it was sent nonsense: its restart is not counted */
	struct service service;
	/* The children's configuration, in addition to the options. */
	struct room rooms[ROOMS_MAX];
	struct known_bootnodes known;
	uint8_t run_key[SIPHASH_KEY];	/* secret: makes the rooms' runs */
	uint64_t runs;			/* so many */
	uint8_t alias_key[SIPHASH_KEY]; /* of a bootnode's rooms */
	uint32_t ui_starts;
	struct ipc_places places; /* what ui has where on the screen */
	bool placed;		  /* ui has told that */
	char state_dir[STATE_DIR_PATH_MAX];
	/* The end. */
	bool ending;
	uint64_t asked_at; /* by the user */
	uint64_t end_began;
	uint64_t end_by;
	uint64_t buried_by; /* CLOCK_NEVER until all are killed */
	uint64_t check_by;  /* a check has ended; 0: it is none */
	bool ui_ended;	    /* as it should */
	bool undelivered;   /* and says that not all arrived that was said */
	bool failed;	    /* a start, or a death that cannot be mended */
	int exit_code;
};

/* s may be const: then so is what child points to. */
#define FOREACH_CHILD(child, s)                                   \
	for (__typeof__(&(s)->children[0]) child = (s)->children; \
	     child < (s)->children + (s)->family.count; child++)

#endif
