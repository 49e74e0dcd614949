/*
 * How often a process is restarted. See restart.h.
 */
#include "launcher/restart.h"

bool
restart_note(struct restarts *r, uint64_t now)
{
	/* The oldest of the last restarts: the next one takes its place. */
	uint64_t *oldest = &r->times[r->count % RESTARTS_MAX];

	if (r->count >= RESTARTS_MAX && now - *oldest < RESTARTS_WITHIN)
		return false;
	*oldest = now;
	r->count++;
	return true;
}
