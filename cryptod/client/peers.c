/*
 * Messages of netd and ui about peers. See peers.h.
 */
#include "cryptod/client/peers.h"

#include "cryptod/client/addressees.h"
#include "cryptod/client/peer_session.h"
#include "cryptod/client/peer_table.h"
#include "cryptod/client/pump.h"
#include "cryptod/client/settle_over.h"
#include "cryptod/client/trust.h"

#include <string.h>

void
peers_timer(struct client *c)
{
	struct peer *p;

	settle_timer(c);
	FOREACH_PEER (c, p)
		handshakes_work(p);
}

uint64_t
peers_deadline(const struct client *c)
{
	uint64_t deadline = settle_deadline(c);
	const struct peer *p;

	FOREACH_PEER (c, p)
		deadline = clock_min(deadline, handshakes_deadline(p));
	return deadline;
}

static void
path_up(struct peer *p, const struct ipc_path *path)
{
	bool same = p->path_up && p->path.kind == path->kind &&
	    addr_equal(&p->path.addr, &path->addr);

	p->path_up = true;
	p->path = *path;
	if (!same && attempts_own(p) != NULL)
		attempts_own(p)->retry_at = p->client->now;
	if (!session_established(p->session) || !path->secured)
		return; /* that takes a handshake first */
	if (same && p->state == PEER_CONNECTED)
		return; /* only its keys are others */
	if (p->state == PEER_CONNECTED)
		peer_tell_ui(p, PEER_PATH);
	else
		peer_set_state(p, PEER_CONNECTED);
	pump_peer(p);
}

static void
path_down(struct peer *p, const struct ipc_path *path)
{
	bool was_connected = session_established(p->session);
	enum path_state state = (enum path_state)path->state;

	p->path_up = false;
	memset(&p->path, 0, sizeof(p->path));
	handshakes_work(p); /* the next path has its own time */
	peer_doubt_keys(p);
	/* A peer whose probes come through has the session's keys. */
	if (state == PATH_FAILED && path->failure != FAILURE_STALLED)
		peer_open(p);
	/* The peer may be back in a moment: one that is quick enough misses
	 * nothing. */
	if (state == PATH_PROBING && p->state != PEER_LEFT) {
		peer_set_state(p, PEER_CONNECTING);
		return;
	}
	if (was_connected && p->in_roster && path->failure != FAILURE_STALLED)
		settle_doubt(p->client);
	if (settle_awaits(p->client) && p->in_roster)
		p->awaited = true;
	if (!p->in_roster && !p->awaited) {
		/* Both the bootnode and the path say so. */
		peer_remove(p, LEFT_LOST);
		return;
	}
	if (!p->awaited)
		peer_give_up(p, UNDELIVERED_NO_PATH);
	/* Without a bootnode, or with one that does not know yet who will be
	 * back, silence is the only sign. */
	if (was_connected && (!p->client->boot.up || !p->in_roster))
		peer_leave(p, LEFT_SILENT);
	else
		peer_fail(p, (enum path_failure)path->failure);
}

int
peers_path(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	const struct ipc_path *path = in->body;
	struct peer *p = peer_find(c, path->handle);

	if (p == NULL || !p->known_to_netd)
		return 0;
	if (path->state == PATH_UP)
		path_up(p, path);
	else
		path_down(p, path);
	pump_all(c);
	return 0;
}

int
peers_record(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	const struct ipc_record *body = in->body;
	struct peer *p = peer_find(c, body->handle);

	if (p == NULL || !p->known_to_netd || p->session == NULL ||
	    body->serial != p->session_serial)
		return 0; /* of a session that is over */
	p->used_at = c->now;
	if (session_receive(p->session, c->now, in->tail, in->tail_len) == -1)
		peer_break(p);
	else if (p->said_bye)
		peer_remove(p, LEFT_GOODBYE);
	pump_all(c);
	return 0;
}

int
peers_handshake(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	const struct ipc_handshake *h = in->body;
	struct peer *p = peer_find(c, h->handle);

	if (p != NULL && p->known_to_netd)
		handshakes_in(p, h, in->tail, in->tail_len);
	pump_all(c);
	return 0;
}

int
peers_session_up(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	const struct ipc_session_up *up = in->body;
	struct peer *p = peer_find(c, up->handle);

	if (p != NULL && p->known_to_netd)
		handshakes_up(p, up->serial);
	pump_all(c);
	return 0;
}

void
peers_netd_gone(struct client *c)
{
	struct peer *p;

	FOREACH_PEER (c, p) {
		p->known_to_netd = false;
		p->path_up = false;
		memset(&p->path, 0, sizeof(p->path));
		attempts_end(p);
		peer_forget_session(p);
		if (p->state == PEER_LEFT && !p->in_roster &&
		    p->packets == NULL)
			peer_free(p); /* there is nothing to come back to */
	}
}

/* Decides about a text that an earlier ui had not shown. A peer who has left
 * may come back, over the same stream, too; and is called by name. */
static enum inbox_fate
fate(void *arg, peer_handle handle)
{
	struct peer *p = peer_find(arg, handle);

	if (p == NULL)
		return INBOX_FORGET;
	if (p->named)
		return INBOX_TELL;
	p->kept++;
	return INBOX_KEEP;
}

void
peers_tell_ui(struct client *c)
{
	struct peer *p;

	FOREACH_PEER (c, p) {
		p->kept = 0;
		if (p->state != PEER_LEFT)
			peer_tell_ui(p, p->state);
	}
	inbox_show_again(&c->inbox, &c->ui, fate, c);
	/* The authors may have other names by now. */
	if (!STAILQ_EMPTY(&c->inbox))
		FOREACH_PEER (c, p)
			if (p->state == PEER_CONNECTED)
				peer_tell_ui(p, p->state);
}

int
peers_acked(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	const struct ipc_acked *acked = in->body;
	struct peer *p = peer_find(c, acked->handle);

	if (p == NULL || !p->known_to_netd ||
	    acked->serial != p->session_serial)
		return 0; /* of a stream that is over */
	p->in_flight -=
	    acked->bytes < p->in_flight ? acked->bytes : p->in_flight;
	pump_peer(p);
	return 0;
}

void
peers_receipt(struct client *c, const struct ipc_receipt *receipt)
{
	struct peer *p = peer_find(c, receipt->handle);

	inbox_shown(&c->inbox, receipt->handle, receipt->seq, &c->recall);
	if (p == NULL)
		return;
	p->receipted = receipt->seq;
	p->receipt_due = true;
	p->heard = true;
	trust_talked(p);
	pump_peer(p);
}

void
peers_figures(struct client *c, const struct ipc_net_peer *figures)
{
	struct peer *p = peer_find(c, figures->handle);

	if (p != NULL)
		p->figures = *figures;
}

void
peers_goodbye(struct client *c)
{
	struct peer *p;

	addressees_end(c);
	FOREACH_PEER (c, p) {
		peer_give_up(p, UNDELIVERED_QUIT);
		if (session_established(p->session))
			session_send(p->session, c->now, SESSION_BYE, NULL, 0);
	}
}
