/*
 * cryptod's part of /status.
 */
#ifndef CRYPTOD_CLIENT_STATUS_H
#define CRYPTOD_CLIENT_STATUS_H

#include "cryptod/client/client.h"

/* Handlers of ui's question and of netd's answer, which nobody may have asked
 * for. */
void status_ask(struct client *);
void status_net_peer(struct client *, const struct ipc_net_peer *);
void status_net(struct client *, const struct ipc_net_status *);
/* There is no netd now: answers what was asked from what is known here. */
void status_without_netd(struct client *);

#endif
