/*
 * How often a process that should not have ended is restarted, until there is
 * no more use in it. family_restart_set() decides which ones are restarted.
 * These functions do not read the clock.
 */
#ifndef LAUNCHER_RESTART_H
#define LAUNCHER_RESTART_H

#include "common/clock.h"

#include <stdbool.h>

/* More restarts than this, in this time, end the program. */
#define RESTARTS_MAX	5
#define RESTARTS_WITHIN (60 * USEC_PER_SEC)

struct restarts {
	unsigned int count; /* in all */
	uint64_t times[RESTARTS_MAX];
};

/* Notes a restart at now. Returns false if it is one too many. */
bool restart_note(struct restarts *, uint64_t now);

#endif
