/*
 * The spawner of a household: it starts no processes, but members.
 */
#ifndef TESTS_UNIT_LAUNCHER_HOUSEHOLD_SPAWNER_H
#define TESTS_UNIT_LAUNCHER_HOUSEHOLD_SPAWNER_H

#include "tests/unit/launcher/household.h"

/* Grants what the launcher has wished for, as far as it is in the mood. */
void household_grant(struct household *);
/* Tells the launcher something, with these descriptors. */
void household_report(struct household *, const struct spawned *,
    const int *fds, size_t count);
/* Starts one, whoever asked for it, and reports it. */
void household_start_member(struct household *, unsigned int child);

#endif
