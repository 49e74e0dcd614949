/*
 * What a child owes the launcher; how its death is logged, and what follows
 * from it.
 */
#ifndef LAUNCHER_DEATHS_H
#define LAUNCHER_DEATHS_H

#include "launcher/supervisor.h"

/* Changes of a child, other than its end, since it was last asked. */
enum change {
	UNCHANGED,
	STOPPED,
	CONTINUED
};

/* Buries the child if it has ended, and begins what follows from that. */
enum change deaths_reap(struct supervisor *, struct supervised *);
/* Restarts the children that ended, as soon as those that go with them have
 * ended, too. */
void deaths_mend(struct supervisor *);
/* Gives up a child that has not done its duty in time. */
void deaths_overdue(struct supervisor *, struct supervised *);

#endif
