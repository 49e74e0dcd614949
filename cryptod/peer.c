/*
 * One peer: its state, its session's ways out, and its end. See peer.h.
 */
#include "cryptod/peer.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

void
peer_tell_ui(struct peer *p, enum peer_state state)
{
	struct ipc_peer_state body = {
		.handle = p->handle,
		.state = (uint8_t)state,
		.kind = p->path.kind,
		.failure = state == PEER_FAILED ? (uint8_t)p->failure : 0,
		.left = state == PEER_LEFT ? (uint8_t)p->left : 0,
		.rtt_us = p->path.rtt_us,
		.addr = p->path.addr,
		.verified = trust_is_verified(p),
		.id = p->id,
	};

	memcpy(body.fingerprint, p->fingerprint, sizeof(body.fingerprint));
	ipc_send(&p->client->ui, IPC_PEER, &body, p->nick, p->nick_len);
}

static void
show_kept(struct peer *p)
{
	if (p->kept > 0)
		inbox_show_kept(&p->client->inbox, &p->client->ui, p->handle);
	p->kept = 0;
	p->named = true;
}

static void
show_text(struct peer *p, const struct ipc_message *message,
    const uint8_t *text, size_t len)
{
	struct client *c = p->client;

	if (!p->named && p->kept == KEPT_MAX)
		show_kept(p);
	if (!p->named)
		p->kept++;
	inbox_show(&c->inbox, p->named ? &c->ui : NULL, message, text, len);
}

void
peer_set_state(struct peer *p, enum peer_state state)
{
	if (p->state == state)
		return;
	p->state = state;
	peer_tell_ui(p, state);
	if (state == PEER_CONNECTED)
		show_kept(p);
}

void
peer_fail(struct peer *p, enum path_failure failure)
{
	p->failure = failure;
	peer_set_state(p, PEER_FAILED);
}

void
peer_leave(struct peer *p, enum left_reason why)
{
	p->left = why;
	peer_set_state(p, PEER_LEFT);
}

/* The session has the message already, and the peer may yet get it. */
static void
note_late(struct peer *p, uint64_t seq)
{
	if (p->late_count > 0 && p->late[p->late_count - 1].last + 1 == seq) {
		p->late[p->late_count - 1].last = seq;
		return;
	}
	if (p->late_count == LATE_MAX)
		memmove(p->late, p->late + 1,
		    --p->late_count * sizeof(p->late[0]));
	p->late[p->late_count++] = (struct late){ seq, seq };
}

/* A receipt came: what was told as undelivered up to it was not. Returns true
 * if there is any. */
static bool
tell_late(struct peer *p, uint64_t seq)
{
	struct ipc_delivered body = { .id = p->id };
	bool any = false;

	while (p->late_count > 0 && p->late[0].first <= seq) {
		struct late *l = &p->late[0];

		for (; l->first <= l->last && l->first <= seq; l->first++) {
			any = true;
			body.seq = l->first;
			ipc_send(&p->client->ui, IPC_DELIVERED_LATE, &body,
			    NULL, 0);
		}
		if (l->first <= l->last)
			break;
		memmove(l, l + 1, --p->late_count * sizeof(*l));
	}
	return any;
}

void
peer_give_up_one(struct peer *p, enum undelivered_reason why)
{
	struct ipc_undelivered body = {
		.seq = p->place.owed->seq,
		.id = p->id,
		.reason = (uint8_t)why,
	};

	if (p->place.owed != p->place.unsent)
		note_late(p, body.seq);
	ipc_send(&p->client->ui, IPC_UNDELIVERED, &body, NULL, 0);
	outbox_done(&p->client->outbox, &p->place);
}

void
peer_give_up(struct peer *p, enum undelivered_reason why)
{
	while (p->place.owed != NULL)
		peer_give_up_one(p, why);
}

static void
drop_from_netd(struct peer *p)
{
	struct ipc_peer body = { .handle = p->handle };

	if (p->known_to_netd)
		ipc_send(&p->client->netd, IPC_PEER_DROP, &body, NULL, 0);
	p->known_to_netd = false;
	p->path_up = false;
	attempts_end(p);
	session_free(p->session);
	p->session = NULL;
	p->late_count = 0;
	p->receipt_due = 0;
}

void
peer_free(struct peer *p)
{
	peer_give_up(p, UNDELIVERED_LEFT);
	drop_from_netd(p);
	crypto_secret_free(p->packets, sizeof(*p->packets));
	crypto_secret_free(p->packets_next, sizeof(*p->packets_next));
	p->client->peers[PEER_INDEX(p->handle)] = NULL;
	free(p);
}

/*
 * The peer is gone, as far as the user is concerned. What there is of a
 * session rests: if only its network was gone, it comes back with the same
 * one, and packet numbers and counters go on where they were. After a
 * goodbye there is nothing to come back to; its entry stays while the
 * bootnode still lists it, so that a roster on its way does not revive it.
 */
void
peer_remove(struct peer *p, enum left_reason why)
{
	struct ipc_peer body = { .handle = p->handle };

	peer_give_up(p, UNDELIVERED_LEFT);
	p->path_up = false;
	peer_leave(p, why);
	if (p->session != NULL && !p->said_bye) {
		ipc_send(&p->client->netd, IPC_PEER_REST, &body, NULL, 0);
		return;
	}
	drop_from_netd(p);
	if (!p->in_roster)
		peer_free(p);
}

static void
put_session(struct peer *p, struct session *session)
{
	session_free(p->session);
	p->session = session;
	p->in_flight = 0;
	p->place.unsent = p->place.owed;
	p->receipt_due = 0; /* what is sent again is receipted again */
}

void
peer_forget_session(struct peer *p)
{
	put_session(p, NULL);
	if (p->state == PEER_CONNECTED)
		peer_set_state(p, PEER_CONNECTING);
}

void
peer_take_session(struct peer *p, struct session *session, uint32_t serial)
{
	put_session(p, session);
	p->session_serial = serial;
	p->used_at = p->client->now;
	p->packets_incarnation = p->card.incarnation;
	p->path.secured = true; /* as netd is about to say */
	if (p->packets_next == NULL)
		return;
	crypto_secret_free(p->packets, sizeof(*p->packets));
	p->packets = p->packets_next;
	p->packets_next = NULL;
}

void
peer_doubt_keys(struct peer *p)
{
	struct ipc_peer body = { .handle = p->handle };

	if (p->packets == NULL || !p->known_to_netd ||
	    p->card.incarnation <= p->packets_incarnation)
		return;
	ipc_send(&p->client->netd, p->path_up ? IPC_PEER_CHECK : IPC_PEER_OPEN,
	    &body, NULL, 0);
}

void
peer_break(struct peer *p)
{
	log_warn("a peer broke the protocol of its session");
	p->broken = true;
	peer_give_up(p, UNDELIVERED_PROTOCOL);
	drop_from_netd(p);
	if (p->in_roster)
		peer_fail(p, FAILURE_PROTOCOL);
	else
		peer_leave(p, LEFT_PROTOCOL);
}

/* Is it time to tell of it again? */
static bool
is_time(uint64_t *told, uint64_t now)
{
	if (*told != 0 && now - *told < TELL_TIME)
		return false;
	*told = now;
	return true;
}

static void
tell_claim(const struct peer *p, const uint8_t key[X25519_LEN])
{
	struct ipc_peer_claim body = { .handle = p->handle, .id = p->id };

	identity_fingerprint(body.fingerprint, key);
	if (p->path.kind == PATH_LAN || p->path.kind == PATH_DIRECT)
		body.addr = p->path.addr;
	ipc_send(&p->client->ui, IPC_PEER_CLAIM, &body, NULL, 0);
}

void
peer_claimed(struct peer *p, const uint8_t key[X25519_LEN])
{
	if (!is_time(&p->claim_told, p->client->now))
		return;
	log_info("somebody else passes for a peer");
	tell_claim(p, key);
}

/* There is a session, and netd has room for more. */
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
	put_u64(&put, p->receipt_due);
	p->receipt_due = 0;
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

	/* Whoever goes by this id now is not whom the user meant. */
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
	put_bytes(&put, m->text, m->len);
	outbox_advance(&p->place);
	len = put_length(&put);
	if (session_send(p->session, p->client->now, SESSION_TEXT, content,
		len) == -1)
		peer_break(p);
	explicit_bzero(content, len);
}

void
peer_pump(struct peer *p)
{
	if (p->receipt_due != 0 && may_send(p))
		send_receipt(p);
	if (p->nick_due && may_send(p))
		send_nick(p);
	trust_pump(p);
	while (p->place.unsent != NULL && may_send(p))
		send_text(p);
}

/* --- The session's ways out -------------------------------------- */

/* Of the handshake that calls back, or of the session that there is. */
static uint32_t
serial(const struct peer *p)
{
	return p->handshakes.serving != NULL ? p->handshakes.serving->serial
					     : p->session_serial;
}

static void
on_record(void *arg, const uint8_t *record, size_t len)
{
	struct peer *p = arg;
	struct ipc_record body = { .handle = p->handle, .serial = serial(p) };

	if (session_is_handshake(record, len)) {
		handshakes_out(p, record, len);
		return;
	}
	p->in_flight += len;
	p->used_at = p->client->now;
	ipc_send(&p->client->netd, IPC_RECORD_OUT, &body, record, len);
}

/* A handshake of its own is finished. */
static void
tell_session(struct peer *p, uint8_t epoch, bool confirmed,
    const struct peer_keys *data, const struct packet_keys *packets)
{
	struct ipc_peer_session body = {
		.handle = p->handle,
		.serial = ++p->serial,
		.confirmed = confirmed,
		.has_stream = true,
		.epoch = epoch,
		.keys = *packets,
		.data = *data,
	};

	p->handshakes.serving->serial = p->serial;
	if (p->packets_next == NULL)
		p->packets_next = crypto_secret_alloc(sizeof(*packets));
	*p->packets_next = *packets;
	ipc_send(&p->client->netd, IPC_PEER_SESSION, &body, NULL, 0);
	crypto_wipe(&body, sizeof(body));
}

static void
on_keys(void *arg, uint8_t epoch, bool send_now, const struct peer_keys *data,
    const struct packet_keys *packets)
{
	struct peer *p = arg;
	struct ipc_peer_keys body = {
		.handle = p->handle,
		.epoch = epoch,
		.send_now = send_now,
		.data = *data,
	};

	if (packets != NULL)
		tell_session(p, epoch, send_now, data, packets);
	else
		ipc_send(&p->client->netd, IPC_PEER_KEYS, &body, NULL, 0);
	crypto_wipe(&body, sizeof(body));
}

static void
on_established(void *arg, const uint8_t static_key[32], const char *nick,
    size_t nick_len)
{
	struct peer *p = arg;

	p->known = true;
	memcpy(p->static_key, static_key, sizeof(p->static_key));
	identity_fingerprint(p->fingerprint, static_key);
	memcpy(p->nick, nick, nick_len);
	p->nick_len = nick_len;
	p->next_nick_len = 0;
	trust_note(p);
	if (p->path_up)
		peer_set_state(p, PEER_CONNECTED);
}

static void
on_text(struct peer *p, struct getter *g)
{
	struct ipc_message message = { .handle = p->handle };
	struct ipc_fork fork = { .handle = p->handle };
	struct chain_link link;

	fork.seq = message.seq = get_u64(g);
	message.flags = get_u8(g);
	link.before = get_u64(g);
	get_bytes(g, link.chain, sizeof(link.chain));
	if (message.seq <= p->last_text) { /* it is here already */
		if (message.seq <= p->receipted)
			p->receipt_due = p->receipted;
		return;
	}
	p->last_text = message.seq;
	if (p->state == PEER_LEFT) /* it is back, says this */
		peer_set_state(p, PEER_CONNECTING);
	if ((message.flags & TEXT_FLAG_PRIVATE) == 0 &&
	    !chain_follow(&p->chain, &link, message.seq, message.flags, g->p,
		g->left) &&
	    is_time(&p->fork_told, p->client->now))
		ipc_send(&p->client->ui, IPC_FORK, &fork, NULL, 0);
	show_text(p, &message, g->p, g->left);
}

static void
on_content(void *arg, enum session_type type, const uint8_t *content,
    size_t len)
{
	struct peer *p = arg;
	struct ipc_delivered delivered = { .id = p->id };
	struct getter g;
	uint64_t seq;

	get_init(&g, content, len);
	switch (type) {
	case SESSION_TEXT:
		on_text(p, &g);
		break;
	case SESSION_RECEIPT:
		seq = get_u64(&g);
		p->told |= tell_late(p, seq);
		/* Receipts come in order; one for less is a late one. */
		while (p->place.owed != NULL && p->place.owed->seq <= seq) {
			p->told = true;
			delivered.seq = p->place.owed->seq;
			ipc_send(&p->client->ui, IPC_DELIVERED, &delivered,
			    NULL, 0);
			outbox_done(&p->client->outbox, &p->place);
		}
		trust_talked(p);
		break;
	case SESSION_BYE:
		p->said_bye = true;
		break;
	case SESSION_NICK:
		trust_renamed(p, content, len);
		break;
	default:
		break;
	}
}

static const struct session_io session_io = {
	.record = on_record,
	.keys = on_keys,
	.established = on_established,
	.content = on_content,
};

struct session *
peer_new_session(struct peer *p)
{
	struct session_io io = session_io;

	p->config.known_key = p->known ? p->static_key : NULL;
	p->config.nick = p->client->config.nick;
	p->config.nick_len = p->client->config.nick_len;
	io.arg = p;
	return session_new(&p->config, &io, p->client->now);
}
