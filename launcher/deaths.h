/*
 * What a child owes the launcher, and its death: what is said of it, and what
 * follows.
 */
#ifndef LAUNCHER_DEATHS_H
#define LAUNCHER_DEATHS_H

#include "launcher/supervisor.h"

/* What a child has done, other than to end, since it was last asked. */
enum change {
	UNCHANGED,
	STOPPED,
	CONTINUED
};

/* Buries it if it has ended, and begins what follows from that. */
enum change deaths_reap(struct supervisor *, struct supervised *);
/* Restarts what ended, as soon as all that goes with it has ended. */
void deaths_mend(struct supervisor *);
/* Does without a child that has not done in time what it owes. */
void deaths_overdue(struct supervisor *, struct supervised *);

#endif
