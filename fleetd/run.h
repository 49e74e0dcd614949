/*
 * The main loop of fleetd: records of netd's go to the engine, and those of all
 * nodes come back.
 */
#ifndef FLEETD_RUN_H
#define FLEETD_RUN_H

#include "common/child.h"
#include "common/engine_access.h"
#include "fleetd/tls.h"

/* What it knows from its start: all of it stays the caller's. */
struct fleetd_start {
	const struct engine_access *access;
	const struct tls_trust *trust; /* NULL: no TLS */
	uint32_t db;
};

void fleetd_run(struct child *, const struct fleetd_start *)
    __attribute__((noreturn));

#endif
