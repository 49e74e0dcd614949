/*
 * Whom a text is for. See settle.h.
 */
#include "cryptod/client/settle.h"

#include "cryptod/client/peer.h"

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

/* --- To whom it goes ------------------------------------------------- */

/* Why nothing gets to a peer that cannot be reached. */
static enum undelivered_reason
why_not(const struct peer *p)
{
	if (p == NULL || p->state != PEER_FAILED)
		return UNDELIVERED_LEFT;
	return p->failure == FAILURE_HANDSHAKE ? UNDELIVERED_HANDSHAKE
					       : UNDELIVERED_NO_PATH;
}

static void
tell_undelivered(struct client *c, uint64_t seq, const struct peer_id *id,
    const struct peer *p)
{
	told_undelivered(c, seq, id, why_not(p));
}

/* What is said goes to it: it is in the room, as far as the user is concerned,
 * or may be back in time. */
static bool
is_addressee(const struct peer *p)
{
	return peer_is_present(p) || p->awaited ||
	    (p->state == PEER_FAILED && !p->broken && settle_awaits(p->client));
}

static void
send_to_all(struct client *c, struct outgoing *m)
{
	struct peer_id ids[CLIENT_PEERS_MAX];
	struct ipc_sent sent = { .seq = m->seq };
	struct peer *p;

	m->open = c->settling.open_until != 0;
	sent.open = m->open;
	FOREACH_PEER (c, p)
		if (is_addressee(p) && outbox_owe(m, &p->place))
			ids[sent.peers++] = p->id;
	told_sent(c, &sent, ids);
	FOREACH_PEER (c, p)
		if (p->state == PEER_FAILED && !is_addressee(p))
			told_unreachable(c, m->seq, &p->id, why_not(p));
}

/* To one alone, or to whoever had no receipt for it when it was said before.
 * Who is not here yet may come. */
static void
send_to_some(struct client *c, struct outgoing *m)
{
	struct ipc_sent sent = { .seq = m->seq, .peers = m->only_count };
	uint32_t missing = 0;

	told_sent(c, &sent, m->only);
	for (uint32_t i = 0; i < m->only_count; i++) {
		struct peer *p = members_find(c, &m->only[i]);

		if (p != NULL && is_addressee(p))
			outbox_owe(m, &p->place);
		else if (p == NULL && settle_awaits(c))
			m->only[missing++] = m->only[i];
		else
			tell_undelivered(c, m->seq, &m->only[i], p);
	}
	m->only_count = missing;
	m->open = missing > 0;
}

void
settle_send(struct client *c, struct outgoing *m)
{
	if (m->only != NULL)
		send_to_some(c, m);
	else
		send_to_all(c, m);
}

/* --- Who comes ------------------------------------------------------- */

/* Is the message for this newcomer? If so, it is owed. */
static bool
owe_some(struct outgoing *m, struct peer *p)
{
	for (uint32_t i = 0; i < m->only_count; i++)
		if (memcmp(&m->only[i], &p->id, sizeof(p->id)) == 0) {
			outbox_owe(m, &p->place);
			m->only[i] = m->only[--m->only_count];
			m->open = m->only_count > 0;
			return true;
		}
	return false;
}

/*
 * Nothing is given to it that is older than what it had: it would take that for
 * a copy. What is for all and is not yet for it is the end of what is open.
 */
void
settle_came(struct peer *p)
{
	struct ipc_sent_also also = { .id = p->id };
	struct client *c = p->client;
	struct outgoing *m;
	bool any = false;

	TAILQ_FOREACH (m, &c->outbox.sent, entry) {
		if (!m->open || m->seq <= p->lates.given)
			continue;
		if (m->only != NULL) {
			owe_some(m, p);
		} else if (outbox_owe(m, &p->place) && !any) {
			any = true;
			also.after = m->seq - 1;
		}
	}
	if (any)
		told_also(c, &also);
}

/* --- The end of it --------------------------------------------------- */

void
settle_close(struct client *c, struct outgoing *m)
{
	struct ipc_sent_all all = { .seq = m->seq };

	if (m->only == NULL && m->open)
		told_all(c, &all);
	while (m->only_count > 0)
		tell_undelivered(c, m->seq, &m->only[--m->only_count], NULL);
	outbox_close(&c->outbox, m);
}

/* What is open to all, or what is for those who did not come. */
static void
close_all(struct client *c, bool to_all)
{
	struct outgoing *m, *next;

	TAILQ_FOREACH_SAFE (m, &c->outbox.sent, entry, next)
		if (m->open && (m->only == NULL) == to_all)
			settle_close(c, m);
}

static void
give_up_missing(struct client *c)
{
	struct peer *p;

	FOREACH_PEER (c, p)
		if (!peer_is_present(p))
			peer_give_up(p, why_not(p));
	members_settled(c);
}

void
settle_end(struct client *c)
{
	struct outgoing *m, *next;

	memset(&c->settling, 0, sizeof(c->settling));
	TAILQ_FOREACH_SAFE (m, &c->outbox.sent, entry, next) {
		if (!m->open)
			continue;
		/* Of what was for all, ui knows that it stays open. */
		if (m->only != NULL)
			settle_close(c, m);
		else
			outbox_close(&c->outbox, m);
	}
}

/* --- Time ------------------------------------------------------------ */

void
settle_welcome(struct client *c, const struct bootmsg_welcome *w)
{
	struct settling *s = &c->settling;
	uint64_t left = w->settle_ms * USEC_PER_MSEC;

	s->all =
	    bootmsg_settle_ms(w->timeout_ms, w->interval_ms) * USEC_PER_MSEC;
	s->asked = s->doubt = false;
	s->open_until = left == 0 ? 0 : c->now + clock_min(left, s->all);
	if (s->unanswered)
		s->open_until = c->now + s->all;
	s->unanswered = false;
	/* The others may have been cut off by what cut us off. */
	if (s->await_until != 0)
		s->await_until = c->now + s->all;
	else
		s->await_until = s->open_until;
}

void
settle_lost(struct client *c)
{
	struct settling *s = &c->settling;

	s->await_until = CLOCK_NEVER;
	s->doubt = false;
	if (s->open_until != 0)
		s->open_until = CLOCK_NEVER;
}

void
settle_unanswered(struct client *c)
{
	c->settling.unanswered = c->settling.all == 0;
}

/* By then the bootnode is missed as well, or it was not our network. */
void
settle_doubt(struct client *c)
{
	struct settling *s = &c->settling;

	if (settle_awaits(c) || s->all == 0)
		return;
	s->await_until = c->now + s->all;
	s->asked = s->doubt = true;
}

/* Is there anybody who may be back? */
static bool
anybody_missing(const struct client *c)
{
	const struct outgoing *m;
	const struct peer *p;

	FOREACH_PEER (c, p)
		if (p->awaited)
			return true;
	TAILQ_FOREACH (m, &c->outbox.sent, entry)
		if (m->open)
			return true;
	return false;
}

/* Is it over? Not before the bootnode was asked for the last news. */
static bool
is_over(struct client *c, uint64_t *until)
{
	if (c->now < *until)
		return false;
	if (!c->settling.asked) {
		c->settling.asked = true;
		*until = c->now + SETTLE_ASK;
		boot_ask_changes(c);
		return false;
	}
	return true;
}

void
settle_timer(struct client *c)
{
	struct settling *s = &c->settling;

	if (!settle_awaits(c) || !c->boot.up)
		return;
	/* 0: lost before it was over, and settled when it was back. */
	if (s->open_until == 0 || is_over(c, &s->open_until)) {
		s->open_until = 0;
		close_all(c, true);
	}
	if (s->open_until != 0)
		s->await_until = clock_max(s->await_until, s->open_until);
	else if (!anybody_missing(c) || is_over(c, &s->await_until)) {
		s->await_until = 0;
		s->doubt = false;
		close_all(c, false);
		give_up_missing(c);
		boot_tell_settled(c);
	}
}

uint64_t
settle_deadline(const struct client *c)
{
	const struct settling *s = &c->settling;

	if (!settle_awaits(c) || !c->boot.up)
		return CLOCK_NEVER;
	return s->open_until != 0 ? s->open_until : s->await_until;
}
