/*
 * When fleetd asks for a connection. See want.h.
 */
#include "fleetd/want.h"

void
want_init(struct want *w, uint64_t now)
{
	*w = (struct want){ .at = now, .pause = WANT_PAUSE_FIRST };
}

bool
want_ask(struct want *w, uint64_t now)
{
	if (now < w->at)
		return false;
	w->at = CLOCK_NEVER;
	return true;
}

bool
want_is_asked(const struct want *w)
{
	return w->at == CLOCK_NEVER;
}

void
want_failed(struct want *w, uint64_t now)
{
	w->at = now + w->pause;
	w->pause = clock_min(w->pause * 2, WANT_PAUSE_LAST);
}

void
want_served(struct want *w)
{
	w->pause = WANT_PAUSE_FIRST;
}
