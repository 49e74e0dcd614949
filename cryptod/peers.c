/*
 * The peers of the room: who is there, the session with each, and what goes
 * through it. DESIGN.md section 6, last paragraph: a peer leaves when it
 * says so in its session or when its path is dead; the bootnode's word alone
 * never removes a connected peer.
 */
#include "cryptod/client.h"

#include "common/log.h"
#include "cryptod/identity.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of records that netd has and the peer has not yet acknowledged. */
#define IN_FLIGHT_MAX	(128 * 1024)

struct peer {
	struct client	      *client;
	peer_handle	       handle;
	struct peer_id	       id;
	struct card	       card;
	enum peer_state	       state;	/* as ui knows it */
	bool		       in_roster;
	bool		       known_to_netd;
	bool		       path_up;
	bool		       said_bye;
	bool		       broken;	/* its session; nothing more with it */
	uint32_t	       seen;	/* the last roster it was in */
	struct ipc_path	       path;
	struct session	      *session;
	struct session_config  config;
	struct outbox_place    place;
	size_t		       in_flight;
	uint64_t	       last_text;	/* sequence number received */
	uint8_t		       fingerprint[FINGERPRINT_LEN];
	size_t		       nick_len;
	char		       nick[NICK_MAX];
};

#define FOREACH_PEER(c, p)						\
	for (size_t i_ = 0; i_ < CLIENT_PEERS_MAX; i_++)		\
		if (((p) = (c)->peers[i_]) != NULL)

static struct peer *
find_id(struct client *c, const struct peer_id *id)
{
	struct peer *p;

	FOREACH_PEER(c, p)
		if (memcmp(&p->id, id, sizeof(*id)) == 0)
			return p;
	return NULL;
}

static struct peer *
find_handle(struct client *c, peer_handle handle)
{
	size_t index = PEER_INDEX(handle);

	if (index >= CLIENT_PEERS_MAX || c->peers[index] == NULL ||
	    c->peers[index]->handle != handle)
		return NULL;
	return c->peers[index];
}

/* In the room as far as the user is concerned: what is said goes to it. */
static bool
is_present(const struct peer *p)
{
	return p->state == PEER_CONNECTING || p->state == PEER_CONNECTED;
}

static void
tell_ui(struct peer *p, enum peer_state state)
{
	struct ipc_peer_state body = {
		.handle = p->handle,
		.state = (uint8_t)state,
		.kind = p->path.kind,
		.rtt_us = p->path.rtt_us,
		.addr = p->path.addr,
		.id = p->id,
	};

	memcpy(body.fingerprint, p->fingerprint, sizeof(body.fingerprint));
	ipc_send(&p->client->ui, IPC_PEER, &body, p->nick, p->nick_len);
}

static void
set_state(struct peer *p, enum peer_state state)
{
	if (p->state == state)
		return;
	p->state = state;
	tell_ui(p, state);
}

/* Whatever it still owes a receipt for, it will not give one. */
static void
give_up(struct peer *p, enum undelivered_reason why)
{
	struct ipc_undelivered body = { .id = p->id, .reason = (uint8_t)why };

	while (p->place.owed != NULL) {
		body.seq = p->place.owed->seq;
		ipc_send(&p->client->ui, IPC_UNDELIVERED, &body, NULL, 0);
		outbox_done(&p->client->outbox, &p->place);
	}
}

static void
drop_from_netd(struct peer *p)
{
	struct ipc_peer body = { .handle = p->handle };

	if (p->known_to_netd)
		ipc_send(&p->client->netd, IPC_PEER_DROP, &body, NULL, 0);
	p->known_to_netd = false;
	p->path_up = false;
	session_free(p->session);
	p->session = NULL;
}

static void
free_peer(struct peer *p)
{
	give_up(p, UNDELIVERED_LEFT);
	drop_from_netd(p);
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
static void
remove_peer(struct peer *p)
{
	struct ipc_peer body = { .handle = p->handle };

	give_up(p, UNDELIVERED_LEFT);
	p->path_up = false;
	set_state(p, PEER_LEFT);
	if (p->session != NULL && !p->said_bye && !p->broken) {
		ipc_send(&p->client->netd, IPC_PEER_REST, &body, NULL, 0);
		return;
	}
	drop_from_netd(p);
	if (!p->in_roster)
		free_peer(p);
}

/* It does not follow the protocol: nothing more with it in this run. */
static void
break_peer(struct peer *p)
{
	log_warn("a peer broke the protocol of its session");
	p->broken = true;
	give_up(p, UNDELIVERED_PROTOCOL);
	drop_from_netd(p);
	set_state(p, p->in_roster ? PEER_FAILED : PEER_LEFT);
}

/* Hands the session as many messages as netd may hold. */
static void
pump(struct peer *p)
{
	uint8_t content[SESSION_CONTENT_MAX];
	struct outgoing *m;
	struct putter put;

	while (session_established(p->session) && p->place.unsent != NULL &&
	    p->in_flight < IN_FLIGHT_MAX) {
		m = p->place.unsent;
		put_init(&put, content, sizeof(content));
		put_u64(&put, m->seq);
		put_bytes(&put, m->text, m->len);
		p->place.unsent = TAILQ_NEXT(m, entry);
		if (session_send(p->session, p->client->now, SESSION_TEXT,
		    content, put_length(&put)) == -1)
			break_peer(p);
	}
	explicit_bzero(content, sizeof(content));
}

void
peers_pump(struct client *c)
{
	struct ipc_undelivered missed = { .reason = UNDELIVERED_NO_PATH };
	struct ipc_sent sent;
	struct outgoing *m;
	struct peer *p;

	while (c->boot.ever_joined &&
	    (m = outbox_next(&c->outbox)) != NULL) {
		FOREACH_PEER(c, p)
			if (is_present(p))
				outbox_owe(m, &p->place);
		sent.seq = missed.seq = m->seq;
		sent.peers = m->owing;
		ipc_send(&c->ui, IPC_SENT, &sent, NULL, 0);
		FOREACH_PEER(c, p) {
			if (p->state != PEER_FAILED)
				continue;
			missed.id = p->id;
			ipc_send(&c->ui, IPC_UNDELIVERED, &missed, NULL, 0);
		}
		outbox_settle(&c->outbox, m);
	}
	FOREACH_PEER(c, p)
		pump(p);
}

/* --- The session's ways out ------------------------------------------------ */

static void
on_record(void *arg, const uint8_t *record, size_t len)
{
	struct peer *p = arg;
	struct ipc_record body = { .handle = p->handle };

	p->in_flight += len;
	ipc_send(&p->client->netd, IPC_RECORD_OUT, &body, record, len);
}

static void
on_keys(void *arg, uint8_t epoch, bool send_now, const struct peer_keys *keys)
{
	struct peer *p = arg;
	struct ipc_peer_keys body = {
		.handle = p->handle,
		.epoch = epoch,
		.send_now = send_now,
		.data = *keys,
	};

	ipc_send(&p->client->netd, IPC_PEER_KEYS, &body, NULL, 0);
	crypto_wipe(&body, sizeof(body));
}

static void
on_established(void *arg, const uint8_t static_key[32], const char *nick,
    size_t nick_len)
{
	struct peer *p = arg;

	identity_fingerprint(p->fingerprint, static_key);
	memcpy(p->nick, nick, nick_len);
	p->nick_len = nick_len;
	if (p->path_up)
		set_state(p, PEER_CONNECTED);
}

static void
on_content(void *arg, enum session_type type, const uint8_t *content,
    size_t len)
{
	struct peer *p = arg;
	struct ipc_message message = { .handle = p->handle };
	struct ipc_delivered delivered = { .id = p->id };
	struct getter g;
	uint64_t seq;

	get_init(&g, content, len);
	switch (type) {
	case SESSION_TEXT:
		message.seq = get_u64(&g);
		if (message.seq <= p->last_text)
			return;		/* it is here already */
		p->last_text = message.seq;
		ipc_send(&p->client->ui, IPC_MESSAGE, &message, g.p, g.left);
		break;
	case SESSION_RECEIPT:
		seq = get_u64(&g);
		/* Receipts come in order; one for less is a late one. */
		while (p->place.owed != NULL && p->place.owed->seq <= seq) {
			delivered.seq = p->place.owed->seq;
			ipc_send(&p->client->ui, IPC_DELIVERED, &delivered,
			    NULL, 0);
			outbox_done(&p->client->outbox, &p->place);
		}
		break;
	case SESSION_BYE:
		p->said_bye = true;
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

static void
start_session(struct peer *p)
{
	struct session_io io = session_io;
	struct client *c = p->client;

	p->config = (struct session_config){
		.identity = &c->secrets->identity,
		.psk = c->secrets->room.psk,
		.tag = c->secrets->room.tag,
		.us = c->id,
		.them = p->id,
		.nick = c->config.nick,
		.nick_len = c->config.nick_len,
	};
	io.arg = p;
	p->session = session_new(&p->config, &io, c->now);
	if (session_start(p->session) == -1)
		break_peer(p);
}

/* --- What the bootnode says ------------------------------------------------- */

static void
tell_netd(struct peer *p, const struct addr *observed)
{
	struct client *c = p->client;
	struct room_side us = { .id = c->id }, them = { .id = p->id };
	struct ipc_peer_add add = {
		.handle = p->handle,
		.count = p->card.count,
		.observed = *observed,
	};

	memcpy(us.nonce, c->card.nonce, sizeof(us.nonce));
	memcpy(them.nonce, p->card.nonce, sizeof(them.nonce));
	memcpy(add.hosts, p->card.hosts, sizeof(add.hosts));
	room_pair(&c->secrets->room, &us, &them, &add);
	ipc_send(&c->netd, IPC_PEER_ADD, &add, NULL, 0);
	crypto_wipe(&add, sizeof(add));
	p->known_to_netd = true;
}

static void
update_netd(struct peer *p, const struct addr *observed)
{
	struct ipc_peer_update body = {
		.handle = p->handle,
		.count = p->card.count,
		.observed = *observed,
	};

	memcpy(body.hosts, p->card.hosts, sizeof(body.hosts));
	if (p->known_to_netd)
		ipc_send(&p->client->netd, IPC_PEER_UPDATE, &body, NULL, 0);
}

/* A free place, if need be that of a peer that rests. */
static size_t
free_index(struct client *c)
{
	struct peer *p;
	size_t index;

	for (index = 0; index < CLIENT_PEERS_MAX; index++)
		if (c->peers[index] == NULL)
			return index;
	FOREACH_PEER(c, p) {
		if (p->state != PEER_LEFT || p->in_roster)
			continue;
		index = PEER_INDEX(p->handle);
		free_peer(p);
		return index;
	}
	return CLIENT_PEERS_MAX;
}

static struct peer *
new_peer(struct client *c, const struct bootmsg_entry *e,
    const struct card *card)
{
	struct peer *p;
	size_t index;

	index = free_index(c);
	if (index == CLIENT_PEERS_MAX) {
		if (!c->full_told)
			log_warn("more than %d peers in the room: the others "
			    "are left out", CLIENT_PEERS_MAX);
		c->full_told = true;
		return NULL;
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		fatal("out of memory");
	c->generation = (c->generation + 1) & 0xfffff;
	if (c->generation == 0)
		c->generation = 1;
	p->client = c;
	p->handle = c->generation << 12 | (peer_handle)index;
	p->id = e->id;
	p->card = *card;
	p->state = PEER_CONNECTING;
	c->peers[index] = p;
	return p;
}

void
peers_joined(struct client *c, const struct bootmsg_entry *e,
    uint32_t version)
{
	struct peer *p = find_id(c, &e->id);
	struct card card;

	if (memcmp(&e->id, &c->id, sizeof(c->id)) == 0)
		return;
	if (card_open(&card, &c->secrets->room, &e->id, e->card,
	    e->card_len) == -1) {
		log_warn("a peer's card is not authentic: ignored");
		return;
	}
	if (p != NULL && memcmp(p->card.nonce, card.nonce,
	    sizeof(card.nonce)) != 0) {
		/* It started anew: other keys, another session. */
		set_state(p, PEER_LEFT);
		free_peer(p);
		p = NULL;
	}
	if (p == NULL) {
		p = new_peer(c, e, &card);
		if (p == NULL)
			return;
		tell_ui(p, PEER_CONNECTING);
		tell_netd(p, &e->observed);
	} else {
		/* A replayed card is older; the address is the bootnode's. */
		if (card.serial > p->card.serial)
			p->card = card;
		if (p->state == PEER_LEFT && p->known_to_netd)
			set_state(p, PEER_CONNECTING);
		update_netd(p, &e->observed);
	}
	p->in_roster = true;
	p->seen = version;
}

void
peers_moved(struct client *c, const struct bootmsg_entry *e)
{
	struct peer *p = find_id(c, &e->id);

	if (p != NULL)
		update_netd(p, &e->observed);
}

/* The bootnode says that it left: so it did, unless its path is alive. */
static void
check_left(struct peer *p)
{
	struct ipc_peer body = { .handle = p->handle };

	p->in_roster = false;
	if (p->session != NULL)
		ipc_send(&p->client->netd, IPC_PEER_CHECK, &body, NULL, 0);
	else
		remove_peer(p);
}

void
peers_left(struct client *c, const struct peer_id *id)
{
	struct peer *p = find_id(c, id);

	if (p != NULL)
		check_left(p);
}

void
peers_roster_end(struct client *c, uint32_t version)
{
	struct peer *p;

	FOREACH_PEER(c, p)
		if (p->in_roster && p->seen != version)
			check_left(p);
}

/* --- What netd and ui say --------------------------------------------------- */

static void
path_up(struct peer *p, const struct ipc_path *path)
{
	p->path_up = true;
	p->path = *path;
	if (p->session == NULL) {
		start_session(p);
		return;
	}
	if (!session_established(p->session))
		return;
	if (p->state == PEER_CONNECTED)
		tell_ui(p, PEER_PATH);
	else
		set_state(p, PEER_CONNECTED);
	pump(p);
}

static void
path_down(struct peer *p, enum path_state state)
{
	bool was_connected = session_established(p->session);

	p->path_up = false;
	memset(&p->path, 0, sizeof(p->path));
	if (!p->in_roster) {	/* both the bootnode and the path say so */
		remove_peer(p);
		return;
	}
	if (state == PATH_PROBING) {
		set_state(p, PEER_CONNECTING);
		return;
	}
	give_up(p, UNDELIVERED_NO_PATH);
	/* Without a bootnode, silence is all there is to know. */
	set_state(p, was_connected && !p->client->boot.up ? PEER_LEFT :
	    PEER_FAILED);
}

void
peers_path(struct client *c, const struct ipc_path *path)
{
	struct peer *p = find_handle(c, path->handle);

	if (p == NULL || !p->known_to_netd)
		return;
	if (path->state == PATH_UP)
		path_up(p, path);
	else
		path_down(p, (enum path_state)path->state);
	peers_pump(c);
}

void
peers_record(struct client *c, peer_handle handle, const uint8_t *record,
    size_t len)
{
	struct peer *p = find_handle(c, handle);

	if (p == NULL || !p->known_to_netd)
		return;
	if (p->session == NULL)		/* its side of the path was first */
		start_session(p);
	if (p->session == NULL)
		return;
	if (session_receive(p->session, c->now, record, len) == -1)
		break_peer(p);
	else if (p->said_bye)
		remove_peer(p);
	peers_pump(c);
}

int
peers_acked(struct client *c, const struct ipc_acked *acked)
{
	struct peer *p = find_handle(c, acked->handle);

	if (p == NULL || !p->known_to_netd)
		return 0;
	if (acked->bytes > p->in_flight)
		return -1;
	p->in_flight -= acked->bytes;
	pump(p);
	return 0;
}

void
peers_receipt(struct client *c, const struct ipc_receipt *receipt)
{
	struct peer *p = find_handle(c, receipt->handle);
	uint8_t content[8];
	struct putter put;

	if (p == NULL || !session_established(p->session))
		return;
	put_init(&put, content, sizeof(content));
	put_u64(&put, receipt->seq);
	if (session_send(p->session, c->now, SESSION_RECEIPT, content,
	    sizeof(content)) == -1)
		break_peer(p);
}

void
peers_goodbye(struct client *c)
{
	struct peer *p;

	FOREACH_PEER(c, p) {
		give_up(p, UNDELIVERED_QUIT);
		if (session_established(p->session))
			session_send(p->session, c->now, SESSION_BYE, NULL, 0);
	}
}
