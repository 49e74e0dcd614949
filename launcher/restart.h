/*
 * How often a process is restarted that should not have ended, until there is
 * no more use in it. Which ones are restarted is decided by
 * family_restart_set(). Pure: no clock here.
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

/* Notes a restart at now. Returns false if it is one too many. */
bool restart_note(struct restarts *, uint64_t now);

#endif
