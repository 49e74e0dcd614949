/*
 * The answer to FIGURES_ASK: the counts of the sockets and of the channel to
 * cryptod are added to those of the mode.
 */
#ifndef NETD_FIGURES_H
#define NETD_FIGURES_H

#include "common/ipc.h"
#include "netd/udp.h"

/* Tells the launcher, over control. The figures have stats and strays; the rest
 * is filled in from the sockets, of which there are count. */
void figures_tell(struct ipc_channel *control, struct ipc_figures *,
    const struct udp *, size_t count, const struct ipc_channel *cryptod);

#endif
