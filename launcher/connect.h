/*
 * Connections to the engine of a fleet. Neither fleetd nor the launcher can
 * make one in its sandbox: each is made by a process of its own, the connector,
 * which resolves the engine's name and tries its addresses, hands the
 * connection over, and ends.
 */
#ifndef LAUNCHER_CONNECT_H
#define LAUNCHER_CONNECT_H

#include "common/clock.h"
#include "launcher/engine_url.h"

/* All addresses together get so long, */
#define CONNECT_PATIENCE (10 * USEC_PER_SEC)
/* and each so long at most. */
#define CONNECT_PATIENCE_EACH (3 * USEC_PER_SEC)

#define CONNECT_WHY_MAX 128

/* The report of a connector, with the connection if there is one. */
struct connected {
	char why[CONNECT_WHY_MAX]; /* not; or "" */
};

/*
 * Starts a connector, as the unprivileged user if there is one to become.
 * Returns a socket from which a struct connected is received, with a connected
 * descriptor that does not block; or only its end, if the connector's time was
 * over. Returns -1 with errno set if it cannot be started. The connector is a
 * child of the caller and ends with it.
 */
int connect_start(const struct engine_url *, const struct ipc_privileges *);

/* Receives the report, without waiting. Returns 1 with the struct filled in and
 * *fd the caller's, or -1 if there is none; 0 if it is still to come; -1 if it
 * will not. */
int connect_hear(int socket, struct connected *, int *fd);

#endif
