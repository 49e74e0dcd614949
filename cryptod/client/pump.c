/*
 * Hands the user's texts on to the sessions. See pump.h.
 */
#include "cryptod/client/pump.h"

#include "cryptod/client/addressees.h"
#include "cryptod/client/names.h"

#include <string.h>

/* True if there is a session, and netd has room for more. */
static bool
may_send(const struct peer *p)
{
	return session_established(p->session) &&
	    p->in_flight < IN_FLIGHT_MAX && !ipc_congested(&p->client->netd);
}

/* A receipt is for all before it, too. */
static void
send_receipt(struct peer *p)
{
	uint8_t content[8];
	struct putter put;

	put_init(&put, content, sizeof(content));
	put_u64(&put, p->receipted);
	p->receipt_due = false;
	if (session_send(p->session, p->client->now, SESSION_RECEIPT, content,
		sizeof(content)) == -1)
		peer_break(p);
}

static void
send_nick(struct peer *p)
{
	const struct ipc_config_cryptod *config = &p->client->config;

	p->nick_due = false;
	if (session_send(p->session, p->client->now, SESSION_NICK, config->nick,
		config->nick_len) == -1)
		peer_break(p);
}

static void
send_text(struct peer *p)
{
	static uint8_t content[SESSION_CONTENT_MAX];
	struct outgoing *m = p->place.unsent;
	struct putter put;
	size_t len;

	/* The user did not mean another key that goes by this id now. */
	if ((m->flags & TEXT_FLAG_PRIVATE) != 0 &&
	    memcmp(m->fingerprint, p->fingerprint, FINGERPRINT_LEN) != 0) {
		peer_give_up(p, UNDELIVERED_LEFT);
		return;
	}
	put_init(&put, content, sizeof(content));
	put_u64(&put, m->seq);
	put_u8(&put, m->flags);
	put_u64(&put, m->link.before);
	put_bytes(&put, m->link.chain, sizeof(m->link.chain));
	put_u8(&put, (unsigned int)m->nick_len);
	put_bytes(&put, outgoing_nick(m), m->nick_len);
	put_bytes(&put, m->text, m->len);
	/* The peer now takes the name of this text for ours. */
	p->nick_due = m->nick_len != p->client->config.nick_len ||
	    memcmp(outgoing_nick(m), p->client->config.nick, m->nick_len) != 0;
	outbox_advance(&p->place);
	late_given(&p->lates, m->seq);
	len = put_length(&put);
	if (session_send(p->session, p->client->now, SESSION_TEXT, content,
		len) == -1)
		peer_break(p);
	explicit_bzero(content, len);
}

void
pump_peer(struct peer *p)
{
	if (p->receipt_due && p->receipted >= p->due_from && may_send(p))
		send_receipt(p);
	names_pump(p);
	while (p->place.unsent != NULL && may_send(p) && !late_wait(&p->lates))
		send_text(p);
	/* A name is for the texts after it. */
	if (p->nick_due && p->place.unsent == NULL &&
	    TAILQ_EMPTY(&p->client->outbox.waiting) && may_send(p))
		send_nick(p);
}

/*
 * Makes room for a message that waits, if somebody keeps up: nobody should have
 * to wait for the slow ones. Returns false if nobody keeps up.
 */
static bool
leave_slow_behind(struct client *c)
{
	struct outgoing *oldest = TAILQ_FIRST(&c->outbox.sent);
	bool anybody = false;
	struct peer *p;

	FOREACH_PEER (c, p)
		if (p->state == PEER_CONNECTED &&
		    !outbox_is_behind(&c->outbox, &p->place))
			anybody = true;
	if (!anybody)
		return false;
	addressees_close(c, oldest); /* for nobody who is yet to come */
	if (TAILQ_FIRST(&c->outbox.sent) != oldest)
		return true;
	FOREACH_PEER (c, p)
		if (p->place.owed == oldest)
			peer_give_up_one(p, UNDELIVERED_SLOW);
	return TAILQ_FIRST(&c->outbox.sent) != oldest;
}

/* Returns the next message that there is room for. */
static struct outgoing *
next_message(struct client *c)
{
	while (outbox_full(&c->outbox))
		if (!leave_slow_behind(c))
			return NULL;
	return outbox_next(&c->outbox);
}

void
pump_all(struct client *c)
{
	struct outgoing *m;
	struct peer *p;

	while (c->boot.ever_joined && (m = next_message(c)) != NULL) {
		addressees_send(c, m);
		outbox_settle(&c->outbox, m);
	}
	FOREACH_PEER (c, p)
		pump_peer(p);
}
