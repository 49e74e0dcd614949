/*
 * cryptod's part of /status.
 */
#ifndef CRYPTOD_CLIENT_STATUS_H
#define CRYPTOD_CLIENT_STATUS_H

#include "cryptod/client/client.h"

/* Handlers of ui's question and of netd's answer, which nobody may have asked
 * for; they are called with the client. */
message_handler status_ask, status_net_peer, status_net;
/* There is no netd now: answers the question with what is known here. */
void status_without_netd(struct client *);

#endif
