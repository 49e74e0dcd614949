/*
 * The session of one peer: its callbacks, and how another session replaces it.
 * See peer_session.h.
 */
#include "cryptod/client/peer_session.h"

#include "common/log.h"
#include "cryptod/client/names.h"
#include "cryptod/client/told.h"
#include "cryptod/client/trust.h"

#include <string.h>

static void
put_session(struct peer *p, struct session *session)
{
	if (p->session != NULL)
		late_over(&p->lates);
	session_free(p->session);
	p->session = session;
	p->in_flight = 0;
	p->place.unsent = p->place.owed;
	/* Only the first receipt tells about the texts of earlier streams: it
	 * waits until all of them are shown. */
	p->receipt_due = session != NULL;
	p->due_from = p->last_text;
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
	if (p->packets_next == NULL || serial != p->serial)
		return; /* they are of a later handshake */
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
	if (p->path_up)
		ipc_send(&p->client->netd, IPC_PEER_CHECK, &body, NULL, 0);
	else
		peer_open(p);
}

void
peer_open(struct peer *p)
{
	struct ipc_peer body = { .handle = p->handle };

	if (p->packets != NULL && p->known_to_netd)
		ipc_send(&p->client->netd, IPC_PEER_OPEN, &body, NULL, 0);
}

/* True if it is time to tell ui again. */
static bool
is_time(uint64_t *told, uint64_t now)
{
	if (*told != 0 && now - *told < TELL_TIME)
		return false;
	*told = now;
	return true;
}

void
peer_claimed(struct peer *p, const uint8_t key[X25519_LEN],
    const struct addr *from)
{
	struct ipc_peer_claim body = {
		.handle = p->handle,
		.id = p->id,
		.addr = *from,
	};

	if (!is_time(&p->claim_told, p->client->now))
		return;
	log_info("somebody pretends to be a peer");
	identity_fingerprint(body.fingerprint, key);
	ipc_send(&p->client->ui, IPC_PEER_CLAIM, &body, NULL, 0);
}

/* A receipt came: texts up to it that were reported as undelivered have
 * arrived. Returns true if there is any. */
static bool
tell_late(struct peer *p, uint64_t seq)
{
	bool any = false;
	uint64_t late;

	while ((late = late_received(&p->lates, seq)) != 0) {
		any = true;
		told_late(p->client, late, &p->id);
	}
	return any;
}

static void
show_text(struct peer *p, const struct ipc_message *message,
    const uint8_t *tail, size_t len)
{
	struct client *c = p->client;
	struct recall_whom whom = told_whom(c, &p->id);

	if (!p->named && p->kept >= KEPT_MAX)
		peer_show_kept(p);
	if (!p->named)
		p->kept++;
	inbox_show(&c->inbox, p->named ? &c->ui : NULL, message, told_time(c),
	    &whom, tail, len);
}

/* --- The session's ways out -------------------------------------- */

/* Returns the epoch of the handshake that calls back, or of the present
 * session. */
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
		attempts_out(p, record, len);
		return;
	}
	p->in_flight += len;
	p->used_at = p->client->now;
	ipc_send(&p->client->netd, IPC_RECORD_OUT, &body, record, len);
}

/* A handshake of this peer's own is finished. */
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
	struct chain_text text;
	struct chain_link link;

	fork.seq = message.seq = get_u64(g);
	message.flags = get_u8(g);
	link.before = get_u64(g);
	get_bytes(g, link.chain, sizeof(link.chain));
	if (message.seq <= p->last_text) { /* it is here already */
		if (message.seq <= p->receipted)
			p->receipt_due = true;
		return;
	}
	p->last_text = message.seq;
	message.after_gap = chain_misses(&p->chain, &link);
	if (p->state == PEER_LEFT) /* it is back, says this */
		peer_set_state(p, PEER_CONNECTING);
	message.nick_len = get_u8(g);
	text = (struct chain_text){ message.seq, message.flags,
		{ g->p, message.nick_len },
		{ g->p + message.nick_len, g->left - message.nick_len } };
	names_said_as(p, g->p, message.nick_len);
	if ((message.flags & TEXT_FLAG_PRIVATE) == 0 &&
	    !chain_follow(&p->chain, &link, &text) &&
	    is_time(&p->fork_told, p->client->now))
		ipc_send(&p->client->ui, IPC_FORK, &fork, NULL, 0);
	show_text(p, &message, g->p, g->left);
}

static void
on_content(void *arg, enum session_type type, const uint8_t *content,
    size_t len)
{
	struct peer *p = arg;
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
		/* Receipts come in order; one with a lower number is late. */
		while (p->place.owed != NULL && p->place.owed->seq <= seq) {
			p->told = true;
			told_delivered(p->client, p->place.owed->seq, &p->id);
			outbox_done(&p->client->outbox, &p->place);
		}
		trust_talked(p);
		break;
	case SESSION_BYE:
		p->said_bye = true;
		break;
	case SESSION_NICK:
		names_renamed(p, content, len);
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
