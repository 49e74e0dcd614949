/*
 * A bootnode that takes the place of another one, with its state: the sealed
 * bytes of a memory file, which only cryptod can read. systemd has kept it over
 * a restart, or the other bootnode still runs and waits (upgrade.h).
 *
 * No state is used twice, or the keys in it would be used twice with the same
 * counters. So the file is sealed against that before anything is started, only
 * the first cryptod gets it, and a netd or a cryptod that is restarted begins
 * empty. If anything goes wrong while the other bootnode waits, this one ends,
 * and the other serves on.
 */
#ifndef LAUNCHER_TAKEOVER_H
#define LAUNCHER_TAKEOVER_H

#include "common/ipc.h"
#include "launcher/activation.h"

#include <stdbool.h>
#include <stdint.h>

/* The time for netd and cryptod to take the state over, once they are in their
 * sandboxes: a million sessions take some seconds. */
#define TAKEOVER_PATIENCE (20 * USEC_PER_SEC)

struct supervisor;
struct supervised;

struct takeover {
	bool restores; /* the children that are started now get the state */
	bool waits;    /* RESTORED has not come */
	bool held;     /* netd waits for SERVE */
	bool noticed;  /* the predecessor has said WAIT, */
	bool started;  /* and has been told these two */
	bool prepared;
	bool serves;	 /* all of this is over */
	int predecessor; /* its channel, or -1 */
	uint64_t due;	 /* RESTORED is; or CLOCK_NEVER */
};

/*
 * Takes the state and the channel to the predecessor, if they are there; before
 * the sandbox, with the socket to systemd open. Returns the descriptor of the
 * state, for the spawner, or -1 if there is none that may be used.
 */
int takeover_open(struct supervisor *, struct given_others *);

/* All are in their sandboxes, or something has changed since: goes on, to the
 * point where this bootnode serves. */
void takeover_go_on(struct supervisor *);
/* netd has told what has become of the state. */
void takeover_restored(struct supervisor *, const struct ipc_restored *);
/* A child has died. */
void takeover_died(struct supervisor *, const struct supervised *);
/* The program ends: says so if the state that it was given goes with it. */
void takeover_give_up(struct supervisor *);
/* The descriptor to wait at, or -1; it can be read. */
int takeover_poll(const struct supervisor *);
void takeover_heard(struct supervisor *);
/* Returns when takeover_overdue() is to be called, or CLOCK_NEVER. */
uint64_t takeover_deadline(const struct supervisor *);
void takeover_overdue(struct supervisor *);

#endif
