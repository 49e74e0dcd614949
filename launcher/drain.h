/*
 * The end of a bootnode that is in a fleet: its rooms move to the other nodes
 * first, which netd sees to. Whoever does not want to wait for that wishes the
 * end once more. Without another node the end begins at once.
 */
#ifndef LAUNCHER_DRAIN_H
#define LAUNCHER_DRAIN_H

#include "common/ipc.h"

/* The time for all to go. */
#define DRAIN_PATIENCE (30 * USEC_PER_SEC)

struct supervised;
struct supervisor;

struct drain {
	uint64_t due; /* CLOCK_NEVER: nobody waits for it */
};

void drain_init(struct drain *);
/* The end of the program is wanted: has netd send everybody away first, if it
 * is in a fleet. Then, or in DRAIN_PATIENCE, the end begins. Returns false if
 * there is nothing to wait for. */
bool drain_begin(struct supervisor *);
/* netd has answered. */
void drain_over(struct supervisor *, const struct ipc_drained *);
/* A child has died: there is nobody any more who could go elsewhere. */
void drain_died(struct supervisor *, const struct supervised *);
/* Returns when drain_overdue() is to be called, or CLOCK_NEVER. */
uint64_t drain_deadline(const struct supervisor *);
void drain_overdue(struct supervisor *);

#endif
