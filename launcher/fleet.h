/*
 * The launcher's part in a fleet of bootnodes: where clients reach this one,
 * and what fleetd needs.
 */
#ifndef LAUNCHER_FLEET_H
#define LAUNCHER_FLEET_H

#include "launcher/fleet_addresses.h"

#include <stddef.h>
#include <stdint.h>

struct spawn_kit;
struct supervisor;

struct fleet {
	struct fleet_addresses addresses; /* count 0: it is in none */
	uint64_t incarnation;		  /* of the last netd */
};

/* Takes what the options say, once the bootnode's sockets are open. Returns 0,
 * also if it is in no fleet; or -1 with one line in err. Forks, as
 * secret_by_child() does. */
int fleet_open(struct supervisor *, struct spawn_kit *, char *err,
    size_t errlen);

/* Adds what a netd that is started now has to know. */
void fleet_configure(struct supervisor *, struct ipc_config_netd *);

#endif
