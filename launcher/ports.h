/*
 * A bootnode's UDP ports, where systemd has not opened them (activation.h): the
 * launcher opens them before its sandbox, and the spawner has them from then
 * on. So each netd gets the same sockets, with what has arrived meanwhile, and
 * so does a program that takes this one's place.
 */
#ifndef LAUNCHER_PORTS_H
#define LAUNCHER_PORTS_H

#include "launcher/activation.h"
#include "launcher/options.h"

/* Opens the ports that the options name. Returns 0 with the sockets, which are
 * the caller's, or -1 with one line in err. */
int ports_open(struct given_sockets *, const struct listen *, char *err,
    size_t errlen);

#endif
