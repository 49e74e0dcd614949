/*
 * The spawner of a household: it starts no processes, only members.
 */
#ifndef TESTS_UNIT_LAUNCHER_HOUSEHOLD_SPAWNER_H
#define TESTS_UNIT_LAUNCHER_HOUSEHOLD_SPAWNER_H

#include "tests/unit/launcher/household.h"

/* Grants the launcher's wishes, as its mood allows. */
void household_grant(struct household *);
/* Reports to the launcher, with these descriptors. */
void household_report(struct household *, const struct spawned *,
    const int *fds, size_t count);
/* Starts a member, whoever asked for it, and reports it. */
void household_start_member(struct household *, unsigned int child);

#endif
