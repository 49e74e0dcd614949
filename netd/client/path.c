/*
 * The path to one peer: answers and nomination. See path.h; the candidates are
 * in path_candidates.c, the times of probes in path_schedule.c, and the end of
 * a path in path_end.c.
 */
#include "netd/client/path_parts.h"

#include <string.h>

void
path_init(struct path *p, struct targets *targets, bool controlling,
    enum relay mode, uint64_t now, uint64_t way)
{
	memset(p, 0, sizeof(*p));
	p->targets = targets;
	p->way = way;
	p->controlling = controlling;
	p->mode = mode;
	p->current = p->nominee = -1;
	p->state = PATH_FAILED;
	p->candidates[PATH_BY_RELAY].kind = PATH_RELAY;
	p->candidates[PATH_BY_RELAY].vouched = true;
	p->keepalive_at = p->relay_at = CLOCK_NEVER;
	path_restart(p, now);
}

bool
path_allows(enum relay mode, bool relayed)
{
	return mode == RELAY_AUTO || relayed == (mode == RELAY_ONLY);
}

void
path_secure(struct path *p, uint64_t now)
{
	p->secured = true;
	if (p->state == PATH_UP) /* what was not trusted before may be better */
		p->started = p->probe_at = now;
}

void
path_open(struct path *p)
{
	p->secured = false;
}

/* --- What came ------------------------------------------------------ */

/* The path in use is alive: the next keepalive is far. */
void
path_rest_assured(struct path *p, uint64_t now)
{
	p->unanswered = 0;
	p->checking = false;
	p->keepalive_at = now + KEEPALIVE;
}

static void
use(struct path *p, int i, uint64_t now)
{
	p->current = i;
	p->nominee = -1;
	p->resting = false;
	p->doubted = false;
	p->state = PATH_UP;
	path_rest_assured(p, now);
	if (i == PATH_BY_RELAY)
		p->relay_at = now; /* punching goes on as before */
	else
		p->started = now;
}

/* The peer has no path to us. If we had agreed on ours, it is most likely dead,
 * or the peer has moved; then it is wherever it answers. */
static void
peer_seeks(struct path *p, uint64_t now)
{
	if (p->controlling) {
		if (!p->confirmed) /* it has yet to hear of it */
			return;
		p->doubted = true;
		p->confirmed = false;
		p->started = p->probe_at = now;
	}
	path_check(p, now);
}

/* True if this probe says that something is wrong with the path in use. */
static void
judge_path(struct path *p, uint64_t now, int i, bool is_new, uint8_t flags)
{
	if (p->state != PATH_UP || now - p->doubted_at < DOUBT_SPACING)
		return;
	if ((flags & PROBE_SEEKING) != 0) {
		p->doubted_at = now;
		peer_seeks(p, now);
	} else if (is_new ||
	    (i == PATH_BY_RELAY && p->current != PATH_BY_RELAY)) {
		path_suspect(p, now);
	}
}

/* The controlling side uses this candidate, which has answered. */
enum path_change
path_follow(struct path *p, uint64_t now, int i)
{
	p->switched_at = now;
	use(p, i, now);
	p->probe_at = path_next_probe_time(p, now);
	return PATH_CHANGED;
}

/*
 * The controlling side has nominated the candidate, in an answer that came from
 * there. Somebody who passes packets on can be there, too: so the path in use
 * is asked first, as in RFC 9000, section 9.3.3, unless it keeps silent
 * already.
 */
static enum path_change
nominate(struct path *p, uint64_t now, int i)
{
	bool vouched = p->candidates[i].vouched;

	if (p->current == -1)
		return path_follow(p, now, i);
	if (now - p->switched_at < SWITCH_SPACING ||
	    path_is_inferior(p, (size_t)i))
		return PATH_SAME; /* it asks again */
	/* A word on the path in use could be anybody's. */
	if (!p->secured && vouched && !p->candidates[p->current].vouched)
		return path_follow(p, now, i);
	if (p->nominee == -1)
		p->nominated_at = p->unanswered > 0 ? p->silent_since : now;
	p->nominee = i;
	if (now >= p->nominated_at + path_patience(p))
		return path_follow(p, now, i);
	if (p->unanswered == 0)
		path_check(p, now);
	return PATH_SAME;
}

/* The path in use has answered: that it is the controlling side's, or not. */
static enum path_change
judge_nominee(struct path *p, uint64_t now, uint8_t flags)
{
	int i = p->nominee;

	if (i == -1)
		return PATH_SAME;
	if ((flags & PROBE_NOMINATE) == 0)
		return path_follow(p, now, i);
	p->nominee = -1;
	p->switched_at = now;
	return PATH_SAME;
}

/* Takes what every answer says of the path that it goes over. */
static uint8_t
answer_flags(const struct path *p, int i)
{
	if (i == -1 || i != p->current)
		return 0;
	return p->controlling ? PROBE_NOMINATE : PROBE_IN_USE;
}

/* True if there is something to ask the peer that is answered: whether it is
 * there, or whether it really uses this path, since a probe that says so may be
 * old. */
static bool
has_question(const struct path *p, int i, uint8_t flags)
{
	if (!p->candidates[i].valid || p->doubted)
		return true;
	return !p->controlling && p->current != i &&
	    (p->current == -1 || (flags & PROBE_NOMINATE) != 0);
}

static void
begin_answer(struct path_probe *answer, bool due, const struct remote *to,
    uint64_t id)
{
	*answer = (struct path_probe){
		.due = due,
		.reply = true,
		.relayed = to == NULL,
		.id = id,
	};
	if (to != NULL)
		answer->to = *to;
}

/* A probe has come from a candidate that has not answered, but may be asked: so
 * most likely the way is open now. Its budget stays as it was. */
static void
note_heard(struct path *p, struct candidate *c, uint64_t now)
{
	if (c->answered || !c->vouched || c->kind == PATH_RELAY)
		return;
	c->tries = 0;
	c->due = now + PROBE_FAST;
	p->probe_at = clock_min(p->probe_at, c->due);
}

bool
path_is_aside(const struct path *p, uint64_t now, const struct remote *from)
{
	int i = path_known(p, from);

	return i != -1 && now < p->candidates[i].aside_until;
}

void
path_probed(struct path *p, const struct lan *lan, uint64_t now,
    uint64_t random, const struct remote *from, uint8_t flags, uint64_t id,
    struct path_probe *answer)
{
	bool is_new = from != NULL && path_find(p, &from->addr) == -1;
	int i = path_place(p, lan, from);

	begin_answer(answer, true, from, id);
	if (i == -1)
		return;
	if (now < p->candidates[i].aside_until) {
		answer->due = false;
		return;
	}
	judge_path(p, now, i, is_new, flags);
	note_heard(p, &p->candidates[i], now);
	answer->flags = answer_flags(p, i);
	if (has_question(p, i, flags))
		answer->ask = path_note_probe(&p->candidates[i], random, now);
}

/* True if a probe went there, not long ago, and no later one has been answered.
 * Then *sent is when. */
static bool
is_awaited(const struct candidate *c, uint64_t now, uint64_t id, uint64_t *sent)
{
	uint64_t since = id - c->secret;

	*sent = c->first_at + since;
	return c->secret != 0 && since <= c->probed_at - c->first_at &&
	    *sent >= c->open_from && now - *sent <= PROBE_LIFETIME;
}

/* Returns the candidate of the probe that this answers, and when that was sent;
 * or -1. */
static int
find_asked(const struct path *p, uint64_t now, const struct remote *from,
    uint64_t id, uint64_t *sent)
{
	const struct candidate *c = &p->candidates[PATH_BY_RELAY];

	if (from == NULL)
		return is_awaited(c, now, id, sent) ? PATH_BY_RELAY : -1;
	for (size_t i = 0; i < p->count; i++) {
		c = &p->candidates[i];
		if (addr_equal(&c->at.addr, &from->addr) &&
		    is_awaited(c, now, id, sent))
			return (int)i;
	}
	return -1;
}

bool
path_awaits(const struct path *p, uint64_t now, const struct remote *from,
    uint64_t id)
{
	uint64_t sent;

	return find_asked(p, now, from, id, &sent) != -1;
}

/* An answer on the path in use. */
static void
current_answered(struct path *p, uint64_t now, bool in_use)
{
	p->doubted = false;
	if (p->unanswered > 0)
		path_rest_assured(p, now);
	/* The peer may have lost the path in the meantime: ask it again. */
	if (p->confirmed && !in_use)
		p->started = p->probe_at = p->relay_at = now;
	p->confirmed = p->controlling && in_use;
}

/* The controlling side takes a candidate that is better, or any that answers
 * when the one in use has had its time. */
static bool
is_taken(const struct path *p, uint64_t now, int i)
{
	if (!p->controlling || path_is_inferior(p, (size_t)i))
		return false;
	if (p->doubted)
		return now - p->doubted_at >= path_patience(p);
	return path_prefers(p, (size_t)i);
}

/* A candidate that is not in use has answered. */
static enum path_change
other_answered(struct path *p, uint64_t now, int i, uint8_t flags)
{
	if (!p->controlling)
		return (flags & PROBE_NOMINATE) != 0 ? nominate(p, now, i)
						     : PATH_SAME;
	if (!is_taken(p, now, i))
		return PATH_SAME;
	use(p, i, now);
	p->confirmed = false;
	p->probe_at = now; /* nominates it, */
	p->free_at = now;  /* and does not wait for its turn */
	return PATH_CHANGED;
}

/* From now on the candidate is probed as often as we like, and others there,
 * too. */
static void
note_answered(struct path *p, struct candidate *c, uint64_t now)
{
	c->answered = true;
	p->probe_at = clock_min(p->probe_at, path_next_probe_time(p, now));
	if (c->kind != PATH_RELAY)
		targets_answered(p->targets, now, &c->at.addr,
		    path_target_kind(c));
}

static enum path_change
take_answer(struct path *p, uint64_t now, int i, uint64_t sent, uint8_t flags)
{
	struct candidate *c = &p->candidates[i];

	if (!c->answered)
		note_answered(p, c, now);
	c->open_from = sent + 1;
	c->valid = true;
	c->rtt_us = (uint32_t)(now - sent);
	p->rtt = now - sent;
	if (i != p->current)
		return other_answered(p, now, i, flags);
	current_answered(p, now, (flags & PROBE_IN_USE) != 0);
	return judge_nominee(p, now, flags);
}

enum path_change
path_answered(struct path *p, uint64_t now, const struct remote *from,
    uint8_t flags, uint64_t id, uint64_t ask, struct path_probe *answer)
{
	enum path_change change = PATH_SAME;
	uint64_t sent;
	int i;

	begin_answer(answer, ask != 0, from, ask);
	if (path_is_aside(p, now, from)) {
		answer->due = false;
		return PATH_SAME;
	}
	i = find_asked(p, now, from, id, &sent);
	if (i != -1 && path_settle(p, i, from))
		change = take_answer(p, now, i, sent, flags);
	i = path_known(p, from);
	answer->flags = answer_flags(p, i);
	/* The controlling side may use it as soon as it has this, but does not
	 * ask in its turn. */
	if (!p->controlling && p->current == -1 && i != -1 &&
	    p->candidates[i].answered)
		answer->ask = path_note_probe(&p->candidates[i], 0, now);
	return change;
}
