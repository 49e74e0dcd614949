/*
 * A launcher and its children in a test: the supervisor is the real one, its
 * kernel, its spawner and the children are the test's. Time passes only while
 * the launcher waits.
 */
#ifndef TESTS_UNIT_LAUNCHER_HOUSEHOLD_H
#define TESTS_UNIT_LAUNCHER_HOUSEHOLD_H

#include "launcher/supervisor.h"

#include <signal.h>

struct member {
	struct ipc_channel channel; /* its end of the one to the launcher */
	pid_t pid;		    /* 0: it does not run */
	bool over;		    /* dead, and not buried yet */
	int status;		    /* that its burial tells */
	bool stopped, continued;    /* likewise, once each */
	bool undying;		    /* does not end when it is killed */
	bool answers;		    /* each PING */
	unsigned int starts, signals[NSIG];
	unsigned int told[IPC_TYPE_COUNT]; /* by the launcher */
	/* What it was configured with last. */
	struct ipc_config_netd netd;
	struct ipc_config_cryptod cryptod;
	struct ipc_config_ui ui;
	struct ipc_boot_addrs addrs;
};

enum spawner_mood {
	SPAWNER_PROMPT,
	SPAWNER_SILENT, /* hears, and does not answer */
	SPAWNER_UNABLE	/* says that it cannot, for want of memory */
};

struct household {
	struct supervisor s;
	struct options options;
	uint64_t now;
	struct member members[CHILDREN_MAX];
	pid_t next_pid;
	int spawner; /* its end */
	enum spawner_mood mood;
	bool crowded; /* it has no pid namespaces */
	unsigned int wishes[WISH_END + 1];
	uint64_t children;	 /* of the last wish for some */
	int resolver;		 /* its end of the last one, or -1 */
	unsigned int background; /* so often another job has the terminal */
	bool job_stops;		 /* when it is wished for */
	unsigned int stops;	 /* of the launcher itself, */
	uint64_t stop_takes;	 /* each so long */
	uint64_t asleep;	 /* how much longer the next wait takes */
	bool stuck;		 /* the launcher waited for ever */
	char log[16384];	 /* its lines, level, event and text */
	uint64_t until;		 /* household_pass() ends */
};

/* All is prepared, and nothing started. */
void household_open(struct household *, enum mode);
/* All are started, or it fails; with a resolver if that is wanted. */
void household_start(struct household *, bool resolver);
/* All are started and in their sandboxes. */
void household_live(struct household *, enum mode);
void household_close(struct household *);

struct member *household_member(struct household *, enum role);
/* A child says that it is in its sandbox; all do. */
void household_ready(struct household *, enum role);
void household_all_ready(struct household *);
/* A child says something. */
void household_say(struct household *, enum role, enum ipc_type,
    const void *body, const char *tail);
/* It ends of itself, or by a signal. */
void household_exit(struct household *, enum role, int code);
void household_crash(struct household *, enum role, int sig);
/* The spawner is gone. */
void household_lose_spawner(struct household *);

/* The launcher does all that there is to do, and so much time passes. */
void household_pass(struct household *, uint64_t usec);
/* Goes on to the end of the program. Returns its exit code; *took: how long
 * that took. */
int household_end(struct household *, uint64_t *took);
/* The same: asserts the exit code, how long it took and that nobody is left,
 * and closes the household. */
void household_check_end(struct household *, int code, uint64_t within);
/* How often a child was sent SIGKILL. */
unsigned int household_kills(struct household *, enum role);
/* The set of one child. */
uint64_t household_bit(struct household *, enum role);
/* The launcher's own lines go to the household's log, as from the beginning. */
void household_log(struct household *);
/* How often the log has a text. */
unsigned int household_logged(const struct household *, const char *text);

/* Setup and cleanup of a suite: the signals are the launcher's meanwhile. */
int household_setup(void);
int household_cleanup(void);

#endif
