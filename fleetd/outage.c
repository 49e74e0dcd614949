/*
 * What is said of an engine that does not serve. See outage.h.
 */
#include "fleetd/outage.h"

#include <stdio.h>
#include <string.h>

bool
outage_lost(struct outage *o, const char *why)
{
	if (o->serves)
		o->count = 0;
	o->serves = false;
	for (size_t i = 0; i < o->count; i++)
		if (strcmp(o->reasons[i], why) == 0)
			return false;
	if (o->count == OUTAGE_REASONS_MAX)
		return false;
	(void)snprintf(o->reasons[o->count++], STREAM_WHY_MAX, "%s", why);
	return true;
}

bool
outage_over(struct outage *o)
{
	const bool before = o->serves;

	o->serves = true;
	return !before;
}
