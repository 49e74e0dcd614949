/*
 * When fleetd asks the launcher for a connection to the engine: at once, and
 * after one that failed, or was lost before the engine answered as it should,
 * with a pause that doubles.
 */
#ifndef FLEETD_WANT_H
#define FLEETD_WANT_H

#include "common/clock.h"

#include <stdbool.h>

#define WANT_PAUSE_FIRST (1 * USEC_PER_SEC)
#define WANT_PAUSE_LAST	 (8 * USEC_PER_SEC)

struct want {
	uint64_t at; /* to ask at; CLOCK_NEVER: there is one, or it was asked */
	uint64_t pause;
};

/* Starts without a connection: one is due. */
void want_init(struct want *, uint64_t now);
/* Returns whether it is time to ask, and notes that it was done. */
bool want_ask(struct want *, uint64_t now);
/* Returns whether it was asked for, and neither came nor failed. */
bool want_is_asked(const struct want *);
/* There is no connection: none could be made, or this one is over. */
void want_failed(struct want *, uint64_t now);
/* The engine serves: the next failure is the first. */
void want_served(struct want *);

#endif
