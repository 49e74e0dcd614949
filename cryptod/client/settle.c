/*
 * How long it is unknown who is in the room. See settle.h.
 */
#include "cryptod/client/settle.h"

#include "cryptod/client/client.h"

#include <string.h>

bool
settle_awaits(const struct client *c)
{
	return c->settling.await_until != 0;
}

bool
settle_is_back(const struct client *c)
{
	return settle_awaits(c) && !c->settling.doubt;
}

/* A bootnode that was restarted does not know how many are to come back. */
void
settle_welcome(struct client *c, const struct bootmsg_welcome *w,
    uint8_t spread)
{
	struct settling *s = &c->settling;
	uint64_t left = w->settle_ms * USEC_PER_MSEC;
	uint64_t longer = spread * USEC_PER_SEC;

	s->all =
	    bootmsg_settle_ms(w->timeout_ms, w->interval_ms) * USEC_PER_MSEC;
	s->asked = s->doubt = false;
	s->open_until =
	    left == 0 ? 0 : c->now + clock_min(left, s->all) + longer;
	if (s->unanswered)
		s->open_until = c->now + s->all;
	s->unanswered = false;
	/* The others may have been cut off by the same outage as we. */
	if (s->await_until != 0)
		s->await_until =
		    clock_max(c->now + s->all, s->lost_at + s->all + longer);
	else
		s->await_until = s->open_until;
}

void
settle_lost(struct client *c)
{
	struct settling *s = &c->settling;

	s->await_until = CLOCK_NEVER;
	s->lost_at = c->now;
	s->doubt = false;
}

void
settle_moved(struct client *c)
{
	struct settling *s = &c->settling;

	s->await_until = clock_max(s->await_until, c->now + s->all);
}

void
settle_unanswered(struct client *c)
{
	c->settling.unanswered = c->settling.all == 0;
}

/* The bootnode is missed by then as well, or it was not our network. */
void
settle_doubt(struct client *c)
{
	struct settling *s = &c->settling;

	if (settle_awaits(c) || s->all == 0)
		return;
	s->await_until = c->now + s->all;
	s->asked = s->doubt = true;
}

uint64_t
settle_deadline(const struct client *c)
{
	const struct settling *s = &c->settling;

	if (!settle_awaits(c) || !c->boot.up)
		return CLOCK_NEVER;
	return s->open_until != 0 ? s->open_until : s->await_until;
}
