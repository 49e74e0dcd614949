/*
 * The addressees of a text. See addressees.h.
 */
#include "cryptod/client/addressees.h"

#include "cryptod/client/peer_table.h"
#include "cryptod/client/told.h"

#include <string.h>

/* --- To whom it goes ------------------------------------------------- */

enum undelivered_reason
addressees_why_not(const struct peer *p)
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
	told_undelivered(c, seq, id, addressees_why_not(p));
}

/* True if texts go to this peer: it is in the room, as far as the user is
 * concerned, or may be back in time. */
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
			told_unreachable(c, m->seq, &p->id,
			    addressees_why_not(p));
}

/* The text goes to one person alone, or to all who gave no receipt for it when
 * it was said before. An addressee who is not here yet may still come. */
static void
send_to_some(struct client *c, struct outgoing *m)
{
	struct ipc_sent sent = { .seq = m->seq, .peers = m->only_count };
	uint32_t missing = 0;

	told_sent(c, &sent, m->only);
	for (uint32_t i = 0; i < m->only_count; i++) {
		struct peer *p = peer_of_id(c, &m->only[i]);

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
addressees_send(struct client *c, struct outgoing *m)
{
	if (m->only != NULL)
		send_to_some(c, m);
	else
		send_to_all(c, m);
}

/* --- Who comes ------------------------------------------------------- */

/* True if the message is for this newcomer, who then owes a receipt. */
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
 * A newcomer gets nothing that is older than its last text: it would take that
 * for a copy. ui is told the first text for all that is new to it: the open
 * ones from there on are for it.
 */
void
addressees_came(struct peer *p)
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
addressees_close(struct client *c, struct outgoing *m)
{
	struct ipc_sent_all all = { .seq = m->seq };

	if (m->only == NULL && m->open)
		told_all(c, &all);
	while (m->only_count > 0)
		tell_undelivered(c, m->seq, &m->only[--m->only_count], NULL);
	outbox_close(&c->outbox, m);
}

void
addressees_close_all(struct client *c, bool to_all)
{
	struct outgoing *m, *next;

	TAILQ_FOREACH_SAFE (m, &c->outbox.sent, entry, next)
		if (m->open && (m->only == NULL) == to_all)
			addressees_close(c, m);
}

void
addressees_end(struct client *c)
{
	struct outgoing *m, *next;

	memset(&c->settling, 0, sizeof(c->settling));
	/* ui knows that a text for everybody stays open. */
	TAILQ_FOREACH_SAFE (m, &c->outbox.sent, entry, next)
		if (m->only != NULL)
			addressees_close(c, m);
		else
			outbox_close(&c->outbox, m);
}
