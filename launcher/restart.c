/*
 * What is started anew, and how often. See restart.h.
 */
#include "launcher/restart.h"

#include "launcher/spawner.h"

unsigned int
restart_set(unsigned int ended)
{
	if ((ended & ROLE_BIT(ROLE_CRYPTOD)) != 0)
		ended |= ROLE_BIT(ROLE_NETD);
	return ended;
}

bool
restart_note(struct restarts *r, uint64_t now)
{
	/* The oldest of the last ones: its place is the next one's. */
	uint64_t *oldest = &r->times[r->count % RESTARTS_MAX];

	if (r->count >= RESTARTS_MAX && now - *oldest < RESTARTS_WITHIN)
		return false;
	*oldest = now;
	r->count++;
	return true;
}
