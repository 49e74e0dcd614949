/*
 * A bootnode hands its state over, so that its clients stay. cryptod seals the
 * state and sends it in parts, and the launcher, which can read none of it,
 * puts them into a memory file that the spawner has made. netd takes no more
 * datagrams from then on: they wait in the sockets for whoever serves next.
 *
 * - Under systemd this is the first thing that an end does. systemd keeps the
 *   file, and gives it to the next start, if it is a restart.
 * - Elsewhere SIGUSR2 has the spawner start the next bootnode (successor.h),
 *   which takes the state (takeover.h) while this one waits:
 *
 *	this	WAIT		it knows of the next one
 *	next	STARTED		its processes run
 *	next	PREPARED	it could serve
 *	this	GO		from here on this one never serves with that
 *				state again: its keys would be used twice
 *	next	SERVING		and this one ends
 *
 *   If the next one ends, or takes too long, it is killed, and once it is dead
 *   this one serves on: before GO as if nothing had happened.
 */
#ifndef LAUNCHER_UPGRADE_H
#define LAUNCHER_UPGRADE_H

#include "common/ipc.h"

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

/* The time for the state to be there. systemd gives the whole end 15 s, and the
 * goodbye takes up to 6. */
#define UPGRADE_PATIENCE (5 * USEC_PER_SEC)
/* A cryptod that sends no part for this long hangs. */
#define PART_PATIENCE (1 * USEC_PER_SEC)
/* The time for the next bootnode to be started: a program that is broken does
 * not make clients wait for longer; and then to be prepared. Nobody serves
 * meanwhile. Clients that have heard nothing for 10 s by then give the bootnode
 * up after 5 s, and others later. */
#define SUCCESSOR_START_PATIENCE (3 * USEC_PER_SEC)
#define SUCCESSOR_PATIENCE	 (10 * USEC_PER_SEC)
/* And to serve, once it is told to. */
#define SERVING_PATIENCE (2 * USEC_PER_SEC)

struct supervisor;
struct supervised;

enum upgrade_step {
	UPGRADE_NONE,
	UPGRADE_MEMORY,	   /* the spawner makes the file */
	UPGRADE_PARTS,	   /* cryptod sends the state */
	UPGRADE_STARTS,	   /* the spawner starts the next bootnode */
	UPGRADE_PREPARES,  /* which is not started, or not prepared, yet */
	UPGRADE_GONE,	   /* it has been told to serve */
	UPGRADE_WITHDRAWS, /* it has failed, and is to die */
	UPGRADE_DONE
};

struct upgrade {
	enum upgrade_step step;
	bool to_systemd;
	bool used;	/* WITHDRAWS: the state may have been used */
	int memory;	/* -1 */
	int error;	/* of a part that could not be written, or 0 */
	uint64_t bytes; /* in the file */
	uint64_t began;
	uint64_t heard_at; /* cryptod, last */
	int channel;	   /* to the next bootnode; -1 */
	int pidfd;	   /* its; -1 */
	pid_t pid;
	uint64_t due; /* the end of this step */
};

/* The end of the program is wanted: gives the state to systemd first, if that
 * can be done. Then, or if it fails, ending_ask() is called. Returns false if
 * there is nothing to be done. */
bool upgrade_keep(struct supervisor *);
/* SIGUSR2: begins, or says why not. A client ignores it. */
void upgrade_want(struct supervisor *);

/* The spawner has made the file, or not; and started the next bootnode, or
 * not. The descriptors are ours from now on. */
void upgrade_memory(struct supervisor *, int fd, int error);
void upgrade_started(struct supervisor *, const int fds[2], pid_t, int error);
/* cryptod has sent a part, or the last. */
void upgrade_part(struct supervisor *, const struct ipc_message_in *);
void upgrade_whole(struct supervisor *, const struct ipc_kept_whole *);

/* A child has died, or the spawner. */
void upgrade_died(struct supervisor *, const struct supervised *);
void upgrade_without_spawner(struct supervisor *);
/* True while a state is on its way to another bootnode, which has read its own
 * settings. */
bool upgrade_is_under_way(const struct supervisor *);
/* True while nobody is to be restarted: who serves next is not clear. */
bool upgrade_holds(const struct supervisor *);
/* The program ends, and so does a next bootnode that does not serve yet. */
void upgrade_end(struct supervisor *);

/* The descriptor to wait at, or -1; it can be read. */
int upgrade_poll(const struct supervisor *);
void upgrade_heard(struct supervisor *);
/* Returns when upgrade_overdue() is to be called, or CLOCK_NEVER. */
uint64_t upgrade_deadline(const struct supervisor *);
void upgrade_overdue(struct supervisor *);

#endif
