/*
 * What is said of an engine that does not serve: once for each reason that an
 * outage has, and a few reasons at most, however long it lasts and however
 * often the engine is lost meanwhile. Then, once, that it serves again.
 */
#ifndef FLEETD_OUTAGE_H
#define FLEETD_OUTAGE_H

#include "fleetd/stream.h"

#define OUTAGE_REASONS_MAX 4

struct outage {
	bool serves; /* no outage: the last round was done */
	size_t count;
	char reasons[OUTAGE_REASONS_MAX][STREAM_WHY_MAX]; /* that were said */
};

/* It is lost; true: that is to be said. Starts with all zero: an outage, until
 * the engine serves for the first time. */
bool outage_lost(struct outage *, const char *why);
/* It serves; true: that is to be said. */
bool outage_over(struct outage *);

#endif
