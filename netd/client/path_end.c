/*
 * The path to one peer: its end, by silence or because it is of no use, and the
 * reasons to ask whether it is there. See path.h.
 */
#include "netd/client/path_parts.h"

/* Nothing that was learned of candidates holds any more. */
static void
forget(struct path *p)
{
	for (size_t i = 0; i <= PATH_BY_RELAY; i++)
		p->candidates[i].valid = false;
	path_unsettle(p);
	p->current = p->nominee = -1;
	p->confirmed = false;
	p->doubted = false;
	p->checking = false;
	p->unanswered = 0;
	p->state = PATH_FAILED;
	p->probe_at = p->keepalive_at = p->relay_at = CLOCK_NEVER;
}

void
path_rest(struct path *p, uint64_t now)
{
	forget(p);
	p->resting = true;
	p->started = now;
	p->probe_at = now + PROBE_RESTING;
}

void
path_lost(struct path *p, uint64_t now)
{
	bool relayed = p->current == PATH_BY_RELAY;

	forget(p);
	path_restart(p, now);
	if (relayed) /* it has been tried long enough without */
		p->relay_at = now;
}

/* True if the candidate is of this address, or is the relay, for none. */
static bool
is_at(const struct path *p, size_t i, const struct addr *addr)
{
	return addr == NULL
	    ? i == PATH_BY_RELAY
	    : i < p->count && addr_equal(&p->candidates[i].at.addr, addr);
}

enum path_change
path_ban(struct path *p, uint64_t now, const struct addr *addr)
{
	for (size_t i = 0; i <= PATH_BY_RELAY; i++) {
		struct candidate *c = &p->candidates[i];

		if (is_at(p, i, addr))
			c->aside_until =
			    c->vouched ? now + BANNED_REST : CLOCK_NEVER;
	}
	if (p->state != PATH_UP || !is_at(p, (size_t)p->current, addr))
		return PATH_SAME;
	path_lost(p, now);
	return PATH_CHANGED;
}

enum path_change
path_stalled(struct path *p, uint64_t now)
{
	if (p->state != PATH_UP || !path_has_other(p, now))
		return PATH_SAME;
	p->candidates[p->current].aside_until = now + STALLED_REST;
	path_lost(p, now);
	return PATH_CHANGED;
}

/* True if a probe has come through since then, and if there is no other way, or
 * there was time for all of them. */
static bool
is_hopeless(const struct path *p, uint64_t now, uint64_t silence)
{
	const struct candidate *c = &p->candidates[p->current];
	uint64_t end = clock_max(STALLED_END, 4 * path_current_rtt(p));

	if (silence < end || c->open_from <= now - silence)
		return false;
	return silence >= STALLED_TIMES * end || !path_has_other(p, now);
}

enum path_change
path_silent(struct path *p, uint64_t now, uint64_t silence)
{
	if (p->state != PATH_UP || !is_hopeless(p, now, silence))
		return PATH_SAME;
	path_lost(p, now);
	p->state = PATH_FAILED;
	for (size_t i = 0; i <= PATH_BY_RELAY; i++)
		p->candidates[i].aside_until =
		    clock_max(p->candidates[i].aside_until, now + STALLED_REST);
	return PATH_CHANGED;
}

enum path_change
path_relay(struct path *p, uint64_t now, bool up)
{
	p->relay_up = up;
	if (up || p->current != PATH_BY_RELAY)
		return PATH_SAME;
	path_lost(p, now);
	return PATH_CHANGED;
}

/* The search was in vain: what was set aside may be better than nothing. */
static void
give_up(struct path *p, uint64_t now)
{
	p->state = PATH_FAILED;
	for (size_t i = 0; i <= PATH_BY_RELAY; i++)
		if (p->candidates[i].aside_until != CLOCK_NEVER)
			p->candidates[i].aside_until = 0;
	p->probe_at = clock_min(p->probe_at, now);
}

enum path_change
path_timer(struct path *p, uint64_t now)
{
	unsigned int tries = p->checking ? CHECK_TRIES : KEEPALIVE_TRIES;

	if (p->state == PATH_PROBING && now >= path_give_up_time(p)) {
		give_up(p, now);
		return PATH_CHANGED;
	}
	if (p->nominee != -1 && now >= p->nominated_at + path_patience(p))
		return path_follow(p, now, p->nominee);
	if (p->state != PATH_UP || p->unanswered < tries ||
	    now < p->keepalive_at)
		return PATH_SAME;
	path_lost(p, now);
	return PATH_CHANGED;
}

void
path_check(struct path *p, uint64_t now)
{
	if (p->state != PATH_UP || p->checking)
		return;
	p->unanswered = 0;
	p->checking = true;
	p->keepalive_at = now;
}

void
path_alive(struct path *p, uint64_t now)
{
	if (p->checking && !p->doubted)
		path_rest_assured(p, now);
}

void
path_suspect(struct path *p, uint64_t now)
{
	if (now - p->doubted_at < DOUBT_SPACING)
		return;
	p->doubted_at = now;
	path_check(p, now);
}
