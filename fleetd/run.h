/*
 * The main loop of fleetd: records of netd's go to the engine, and those of all
 * nodes come back.
 */
#ifndef FLEETD_RUN_H
#define FLEETD_RUN_H

#include "common/child.h"
#include "fleetd/credentials.h"

void fleetd_run(struct child *, const struct ipc_config_fleetd *,
    const struct credentials *) __attribute__((noreturn));

#endif
