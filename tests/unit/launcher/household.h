/*
 * A launcher and its children in a test: the supervisor is the real one; its
 * kernel, its spawner and the children are the test's. Time passes only while
 * the launcher waits.
 */
#ifndef TESTS_UNIT_LAUNCHER_HOUSEHOLD_H
#define TESTS_UNIT_LAUNCHER_HOUSEHOLD_H

#include "launcher/spawner.h"
#include "launcher/supervisor.h"

#include <signal.h>

struct member {
	struct ipc_channel channel; /* its end of the one to the launcher */
	pid_t pid;		    /* 0: it does not run */
	bool over;		    /* dead, and not reaped yet */
	int status;		    /* which reaping it tells */
	bool stopped, continued;    /* reported once each */
	bool undying;		    /* a kill does not end it */
	bool answers;		    /* it answers each PING */
	unsigned int starts, signals[NSIG];
	unsigned int told[IPC_TYPE_COUNT]; /* messages from the launcher */
	/* Its last configuration. */
	struct ipc_config_netd netd;
	struct ipc_config_cryptod cryptod;
	struct ipc_config_ui ui;
	struct ipc_boot_addrs addrs;
	/* What the ui before it had on the screen, as it was told. */
	struct ipc_places places;
	struct ipc_notice notice; /* as it came last, */
	unsigned int rooms_then;  /* after so many ROOMs */
	/* ROOM as it came last. */
	struct ipc_room room;
	char room_texts[ROOM_TEXTS_MAX + 1];
};

enum spawner_mood {
	SPAWNER_PROMPT,
	SPAWNER_SILENT, /* takes wishes, and does not answer */
	SPAWNER_UNABLE	/* answers that memory is short */
};

struct household {
	struct supervisor s;
	struct settings settings;
	unsigned int room; /* that these functions speak of */
	uint64_t now;
	struct member members[CHILDREN_MAX];
	pid_t next_pid;
	int spawner; /* the spawner's end */
	enum spawner_mood mood;
	bool crowded; /* the spawner cannot make pid namespaces */
	unsigned int wishes[WISH_END + 1];
	struct wish wish;	 /* the last one for children or a resolver */
	uint64_t children;	 /* those that it was for */
	int connector;		 /* likewise, of a connector */
	int resolver;		 /* the last resolver's end, or -1 */
	unsigned int background; /* how often another job has the terminal */
	bool job_stops;		 /* the job stops on request */
	unsigned int stops;	 /* how often the launcher was stopped, */
	uint64_t stop_takes;	 /* and how long each stop takes */
	uint64_t asleep;	 /* how much longer the next wait takes */
	bool stuck;		 /* the launcher would wait for ever */
	char log[16384];	 /* its lines: level, event, text */
	uint64_t until;		 /* when household_pass() ends */
};

/* Prepares all, and starts nothing. */
void household_open(struct household *, enum mode);
/* Starts all children, or fails; with a resolver if that is wanted. */
void household_start(struct household *, bool resolver);
/* Starts all, and has them enter their sandboxes. */
void household_live(struct household *, enum mode);
/* The same with a client in two rooms: these functions speak of the second, the
 * kitchen. */
void household_live_two(struct household *);
/* The same of a bootnode in a fleet. */
void household_open_fleet(struct household *);
void household_live_fleet(struct household *);
void household_close(struct household *);

struct member *household_member(struct household *, enum role);
/* One child says that it is in its sandbox; or all do that have not yet. */
void household_ready(struct household *, enum role);
void household_all_ready(struct household *);
/* A child says something. */
void household_say(struct household *, enum role, enum ipc_type,
    const void *body, const char *tail);
/* A child ends by itself, or by a signal. */
void household_exit(struct household *, enum role, int code);
void household_crash(struct household *, enum role, int sig);
/* The spawner dies. */
void household_lose_spawner(struct household *);

/* The launcher does all that is due, and so much time passes. */
void household_pass(struct household *, uint64_t usec);
/* Goes on to the end of the program. Returns its exit code; *took is how long
 * that took. */
int household_end(struct household *, uint64_t *took);
/* Does the same; asserts the exit code, how long it took and that nobody is
 * left, and closes the household. */
void household_check_end(struct household *, int code, uint64_t within);
/* True if the child of any room is there. */
bool household_runs(const struct household *, unsigned int room, enum role);
/* Returns how often a child was sent SIGKILL. */
unsigned int household_kills(struct household *, enum role);
/* Returns the set of this one child. */
uint64_t household_bit(struct household *, enum role);
/* The launcher's own lines go to the household's log, which is empty again. */
void household_log(struct household *);
/* ui asks for a room, with a ticket; "" is the bootnode of the first one. */
void household_open_room(struct household *, uint32_t ticket,
    const char *bootnode, const char *name);
/* It asks for one, whose processes come up. */
void household_add_room(struct household *, const char *name);
/* Returns how often the log has a text. */
unsigned int household_logged(const struct household *, const char *text);

/* Setup and cleanup of a suite: in between, the signals are the launcher's. */
int household_setup(void);
int household_cleanup(void);

#endif
