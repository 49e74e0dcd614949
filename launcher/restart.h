/*
 * What is started anew when a process ended that should not have, and when
 * there is no more use in it. DESIGN.md section 2, "Faults between processes".
 * Pure: no processes and no clock here.
 */
#ifndef LAUNCHER_RESTART_H
#define LAUNCHER_RESTART_H

#include "common/clock.h"

#include <stdbool.h>

/* More than so many in such a time end the program. */
#define RESTARTS_MAX	5
#define RESTARTS_WITHIN (60 * USEC_PER_SEC)

struct restarts {
	unsigned int count; /* in all */
	uint64_t times[RESTARTS_MAX];
};

/*
 * The processes to be started in place of a set that ended (sets of
 * ROLE_BIT). netd has nothing of worth that cryptod does not have, too, and
 * its keys are those of cryptod's sessions: it goes with cryptod. ui has what
 * is on the screen and what was said and is not yet delivered: it lives on.
 */
unsigned int restart_set(unsigned int ended);

/* Notes a restart at now. Returns false if it is one too many. */
bool restart_note(struct restarts *, uint64_t now);

#endif
