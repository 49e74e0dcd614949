/*
 * The end of settling. See settle_over.h.
 */
#include "cryptod/client/settle_over.h"

#include "cryptod/client/addressees.h"
#include "cryptod/client/boot_channel.h"
#include "cryptod/client/members.h"

static void
give_up_missing(struct client *c)
{
	struct peer *p;

	FOREACH_PEER (c, p)
		if (!peer_is_present(p))
			peer_give_up(p, addressees_why_not(p));
	members_settled(c);
}

/* True if there is anybody who may be back. */
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

/* True if settling is over. Not before the bootnode was asked for the last
 * news. */
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
	/* 0: the bootnode was lost before it was over, and had settled when it
	 * was back. */
	if (s->open_until == 0 || is_over(c, &s->open_until)) {
		s->open_until = 0;
		addressees_close_all(c, true);
	}
	if (s->open_until != 0)
		return;
	if (!anybody_missing(c) || is_over(c, &s->await_until)) {
		s->await_until = 0;
		addressees_close_all(c, false);
		give_up_missing(c);
		boot_tell_settled(c);
	}
}
