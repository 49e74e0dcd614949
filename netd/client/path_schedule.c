/*
 * The path to one peer: the times of its probes. See path.h.
 */
#include "netd/client/path_parts.h"

#include <string.h>

void
path_reckon(struct path *p, uint64_t rtt)
{
	p->way = rtt;
}

/* The round trip that the first answer may take. */
static uint64_t
first_rtt(const struct path *p)
{
	return clock_min(clock_max(p->rtt, p->way), PROBE_LIFETIME);
}

uint64_t
path_current_rtt(const struct path *p)
{
	return p->candidates[p->current].rtt_us;
}

uint64_t
path_patience(const struct path *p)
{
	return clock_max(DOUBT_PATIENCE, 5 * path_current_rtt(p) / 4);
}

uint64_t
path_give_up_time(const struct path *p)
{
	return p->started +
	    clock_max(PROBE_GIVE_UP, PROBE_ROUND_TRIPS * first_rtt(p));
}

void
path_restart(struct path *p, uint64_t now)
{
	p->started = p->probe_at = now;
	for (size_t i = 0; i < p->count; i++) {
		p->candidates[i].tries = 0;
		p->candidates[i].due = now;
	}
	if (p->state == PATH_UP)
		return;
	p->state = PATH_PROBING;
	p->resting = false;
	/* If the relay is being tried already, it goes on. */
	p->relay_at = clock_min(p->relay_at,
	    p->mode == RELAY_ONLY
		? now
		: now + clock_max(RELAY_DELAY, first_rtt(p) + RELAY_MARGIN));
}

void
path_note_try(const struct path *p, struct candidate *c, uint64_t now)
{
	bool named = !c->observed;
	uint64_t gap = named ? PROBE_NAMED
			     : clock_max(PROBE_FAST, first_rtt(p) / PROBE_PART);

	for (unsigned int i = 0; i < c->tries && gap < PROBE_LONELY; i++)
		gap *= named ? PROBE_NAMED_FACTOR : 2;
	c->tries++;
	c->due = now + clock_min(gap, PROBE_LONELY);
}

uint64_t
path_note_probe(struct candidate *c, uint64_t random, uint64_t now)
{
	if (c->secret == 0) {
		c->secret = random;
		c->first_at = now;
		c->open_from = now;
	}
	c->probed_at = now;
	return c->secret + (now - c->first_at);
}

static uint64_t
interval(const struct path *p, uint64_t now)
{
	uint64_t age = now - p->started;

	if (p->resting)
		return PROBE_RESTING;
	if (age < PROBE_FAST_FOR)
		return PROBE_FAST;
	if (age < PROBE_MEDIUM_FOR)
		return PROBE_MEDIUM;
	if (age < PROBE_GIVE_UP)
		return PROBE_SLOW;
	return p->current == PATH_BY_RELAY && age >= PROBE_RELAYED_AFTER
	    ? PROBE_RELAYED
	    : PROBE_RARE;
}

/* Until the controlled side follows, asking it is the most important task. */
static bool
is_asking(const struct path *p)
{
	return p->current != -1 && p->controlling && !p->confirmed;
}

/* Returns the candidate to be probed now, or -1. */
static int
choose(struct path *p, uint64_t now)
{
	int i = -1;

	if (!is_asking(p) || p->doubted || p->current == PATH_BY_RELAY)
		return path_take_turn(p, now);
	/* Perhaps it is somebody else, who does not follow. */
	if (!p->secured && !p->candidates[p->current].vouched)
		i = path_take_turn(p, now);
	return i != -1 ? i : p->current;
}

/* Returns when the first candidate is due that is worth a probe. Those that
 * have answered at some time have a time of their own. */
static uint64_t
next_due(const struct path *p, uint64_t now, uint64_t answered)
{
	uint64_t first = CLOCK_NEVER, due;

	for (size_t i = 0; i < p->count; i++) {
		const struct candidate *c = &p->candidates[i];

		if (!path_wants(p, i))
			continue;
		due = c->answered ? answered : clock_max(c->due, now);
		first = clock_min(first, clock_max(due, c->aside_until));
	}
	return first;
}

uint64_t
path_next_probe_time(const struct path *p, uint64_t now)
{
	uint64_t due;

	if ((p->resting && now - p->started >= RESTING_FOR) ||
	    p->mode == RELAY_ONLY)
		return CLOCK_NEVER;
	/* The answer to a nomination takes as long as the last one did. */
	if (is_asking(p) && !p->doubted && p->current != PATH_BY_RELAY)
		return now +
		    clock_max(interval(p, now), path_current_rtt(p) / 8);
	if (p->state != PATH_UP || p->doubted || p->current == PATH_BY_RELAY)
		return next_due(p, now, now + interval(p, now));
	due = next_due(p, now, now + PROBE_MEDIUM);
	return due < p->started + UPGRADE_FOR ? due : CLOCK_NEVER;
}

/* Returns when to probe through the relay: if there is no path, or to have the
 * other side follow to that one. */
static uint64_t
relay_time(const struct path *p)
{
	const struct candidate *c = &p->candidates[PATH_BY_RELAY];

	if (!p->relay_up || p->mode == RELAY_NEVER || p->resting)
		return CLOCK_NEVER;
	if (p->current == -1 || (p->current == PATH_BY_RELAY && is_asking(p)))
		return clock_max(p->relay_at, c->aside_until);
	return CLOCK_NEVER;
}

/* Until an answer has settled it, probes leave in turn from the address that
 * the peer's came to and from the one that the system chooses: of a host with
 * two ways out only one may lead back. */
static struct remote
take_way(struct candidate *c)
{
	struct remote to = c->at;

	if (!c->settled && c->by_system)
		memset(to.local, 0, sizeof(to.local));
	c->by_system = !c->by_system;
	return to;
}

static void
fill(struct path *p, int i, uint64_t id, struct path_probe *probe)
{
	*probe = (struct path_probe){
		.due = true,
		.relayed = i == PATH_BY_RELAY,
		.id = id,
		.to = take_way(&p->candidates[i]),
	};
	if (p->controlling && i == p->current)
		probe->flags |= PROBE_NOMINATE;
	if (p->current == -1)
		probe->flags |= PROBE_SEEKING;
}

/* Returns the time between probes of the path in use that are not answered. */
static uint64_t
retry_time(const struct path *p)
{
	uint64_t half = path_current_rtt(p) / 2;

	return p->checking ? clock_max(CHECK_RETRY, half)
			   : clock_max(KEEPALIVE_RETRY, 3 * half);
}

bool
path_next(struct path *p, uint64_t now, uint64_t random,
    struct path_probe *probe)
{
	int i = -1;

	if (now < p->free_at)
		return false;
	if (now >= p->keepalive_at && p->current != -1) {
		i = p->current;
		if (p->unanswered++ == 0)
			p->silent_since = now;
		p->keepalive_at = now + retry_time(p);
	} else if (now >= relay_time(p)) {
		uint64_t wait = interval(p, now);

		i = PATH_BY_RELAY;
		p->relay_at = now + clock_max(wait, RELAY_RETRY);
	} else if (now >= p->probe_at) {
		i = choose(p, now);
		p->probe_at = path_next_probe_time(p, now);
	}
	if (i == -1)
		return false;
	p->free_at = now + PROBE_FAST;
	fill(p, i, path_note_probe(&p->candidates[i], random, now), probe);
	return true;
}

uint64_t
path_deadline(const struct path *p)
{
	uint64_t deadline =
	    clock_min(relay_time(p), clock_min(p->probe_at, p->keepalive_at));

	if (deadline < p->free_at)
		deadline = p->free_at;
	if (p->nominee != -1)
		deadline =
		    clock_min(deadline, p->nominated_at + path_patience(p));
	if (p->state == PATH_PROBING)
		deadline = clock_min(deadline, path_give_up_time(p));
	return deadline;
}
