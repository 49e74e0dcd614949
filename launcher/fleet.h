/*
 * The launcher's part in a fleet of bootnodes: where clients reach this one,
 * the connections that fleetd asks for, and fleetd's life. fleetd reads what a
 * stranger's program answers, so it may die or hang, and the bootnode goes on
 * without it: it is restarted alone, however often, and what it says of others
 * ends nobody but itself. But nobody who made it break its filter gets another
 * try.
 */
#ifndef LAUNCHER_FLEET_H
#define LAUNCHER_FLEET_H

#include "launcher/connect.h"
#include "launcher/fleet_addresses.h"
#include "launcher/restart.h"

#include <stddef.h>
#include <stdint.h>

/* If fleetd was restarted too often, the next one comes after this. */
#define FLEETD_REST (60 * USEC_PER_SEC)
/* It is asked so often whether it is alive, and ended if it leaves so many of
 * these questions unanswered: the others of the fleet count a node as dead that
 * has been silent for 6 s. */
#define FLEETD_PING   (1 * USEC_PER_SEC)
#define FLEETD_SILENT 2

/* The least time between two connectors, whatever fleetd asks for. */
#define CONNECT_SPACING (USEC_PER_SEC / 2)

struct spawn_kit;
struct spawned;
struct supervised;
struct supervisor;

struct fleet {
	struct fleet_addresses addresses; /* count 0: it is in none */
	uint64_t incarnation;		  /* of the last netd */
	/* Connections to the engine. */
	bool wanted;	   /* fleetd waits for one */
	bool starting;	   /* the spawner was asked for a connector */
	int connector;	   /* its socket, or -1 */
	uint64_t next_at;  /* the next one may be asked for then */
	uint64_t start_at; /* and is: fleetd has asked before; CLOCK_NEVER */
	uint64_t due;	   /* its time is over then */
	bool reached;	   /* as the log has it; or why not: */
	char why[CONNECT_WHY_MAX];
	/* fleetd. */
	struct restarts restarts;
	bool given_up;	     /* it is not started again */
	uint64_t again_at;   /* it is started then; CLOCK_NEVER */
	uint64_t ping_at;    /* the same, for the next PING */
	unsigned int silent; /* so many are not answered */
};

void fleet_init(struct fleet *);

/* Takes what the options say, once the bootnode's sockets are open. Returns 0,
 * also if it is in no fleet; or -1 with one line in err. Forks, as
 * secret_by_child() does. */
int fleet_open(struct supervisor *, struct spawn_kit *, char *err,
    size_t errlen);

/* Adds what a netd that is started now has to know. */
void fleet_configure(struct supervisor *, struct ipc_config_netd *);

/* --- Connections ---------------------------------------------------------- */

/* fleetd asks for one. */
void fleet_want(struct supervisor *);
/* The spawner has started a connector, whose socket is the launcher's now; or
 * -1: it has not, for that reason. */
void fleet_connector(struct supervisor *, int fd, int error);
/* There will be none from the spawner any more. */
void fleet_without_spawner(struct supervisor *);
/* The connector's socket, for poll(2), or -1; it has something to say. */
int fleet_poll(const struct supervisor *);
void fleet_heard(struct supervisor *);
/* Its time is over; or that of the next has come. */
void fleet_give_up_connector(struct supervisor *);
void fleet_connect(struct supervisor *);

/* --- fleetd --------------------------------------------------------------- */

/* Returns the set of fleetd; empty, if there is none. */
uint64_t fleet_bit(const struct supervisor *);
/* A new one has been started; it has READY; it has answered PING. */
void fleet_started(struct supervisor *);
void fleet_ready(struct supervisor *);
void fleet_pong(struct supervisor *);
/* It has ended while the others go on; violated: it broke its filter. */
void fleet_died(struct supervisor *, bool violated);
/* It could not be started, or does not end: the log says why. */
void fleet_not_started(struct supervisor *);
void fleet_left_behind(struct supervisor *);

/* Returns when fleet_overdue() is to be called, or CLOCK_NEVER. */
uint64_t fleet_deadline(const struct supervisor *);
void fleet_overdue(struct supervisor *);
/* Nobody has done anything for this long. */
void fleet_postpone(struct supervisor *, uint64_t by);

#endif
