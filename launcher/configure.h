/*
 * Makes the configuration messages of the children from checked options.
 */
#ifndef LAUNCHER_CONFIGURE_H
#define LAUNCHER_CONFIGURE_H

#include "common/ipc_fleet.h"
#include "launcher/options.h"
#include "launcher/room.h"

/* The counts of prefixes are left zero. */
void configure_limits(struct ipc_limits *, const struct options *);
/* given: the number of sockets that a bootnode's netd finds open. The alias key
 * is left zero. */
void configure_netd(struct ipc_config_netd *, const struct options *,
    size_t given, const struct room *);
void configure_cryptod(struct ipc_config_cryptod *, const struct options *,
    const struct room *);
/* The engine is that of --fleet. */
void configure_fleetd(struct ipc_config_fleetd *, const struct options *);
/* starts: the number of uis of this run, with this one. Their messages are
 * numbered so that a later ui's numbers are higher. state_dir: its path. The
 * room is the first that is open; its number is left zero. */
void configure_ui(struct ipc_config_ui *, const struct options *,
    uint32_t starts, const char *state_dir, const struct room *);

/* A message to ui about a room that is open, but for its number and ticket.
 * Returns the length of the texts that belong to it. */
size_t configure_room(struct ipc_room *, char texts[ROOM_TEXTS_MAX],
    const struct room *);

/*
 * Chooses the user to become: if we are root, _gochat if that user exists, else
 * nobody. Returns 0, or -1 if there is neither.
 */
int configure_privileges(struct ipc_privileges *);

#endif
