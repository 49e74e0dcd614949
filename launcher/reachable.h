/*
 * The sockets at which a bootnode is reached: its UDP ports, the metrics socket
 * and the control socket. Each is opened, or was given by systemd or by the
 * bootnode whose place this one takes.
 */
#ifndef LAUNCHER_REACHABLE_H
#define LAUNCHER_REACHABLE_H

#include "launcher/supervisor.h"

/* Opens what was not given, before the sandbox, and the socket to systemd; and
 * takes the state that is left (takeover.h). A client needs none of it. What
 * was given and is of no use is closed. Returns 0, or -1 with one line in
 * err. */
int reachable_open(struct supervisor *, struct spawn_kit *,
    struct unix_socket *control, struct given_others *, char *err,
    size_t errlen);

#endif
