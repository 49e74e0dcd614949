/*
 * The members of the room as the bootnode reports them. See members.h.
 */
#include "cryptod/client/members.h"

#include "common/log.h"
#include "cryptod/client/addressees.h"
#include "cryptod/client/peer_session.h"
#include "cryptod/client/peer_table.h"

#include <stdlib.h>
#include <string.h>

static void
name_side(struct room_side *side, const struct peer_id *id,
    const struct card *card)
{
	side->id = *id;
	memcpy(side->nonce, card->nonce, sizeof(side->nonce));
}

/* There is another netd than the one that had the stream: only the keys of
 * packets go on, so that nobody else in the room can come between. */
static void
tell_netd_keys(const struct peer *p, const struct packet_keys *keys,
    uint32_t serial, bool confirmed)
{
	struct ipc_peer_session body = {
		.handle = p->handle,
		.serial = serial,
		.confirmed = confirmed,
	};

	if (keys == NULL)
		return;
	body.keys = *keys;
	ipc_send(&p->client->netd, IPC_PEER_SESSION, &body, NULL, 0);
	crypto_wipe(&body, sizeof(body));
}

static void
tell_netd(struct peer *p)
{
	struct client *c = p->client;
	struct room_side us, them;
	struct ipc_peer_add add = {
		.handle = p->handle,
		.peer = p->id,
		.controlling = session_initiates(&p->config),
		.count = p->card.count,
		.observed = p->observed,
	};

	name_side(&us, &c->id, &c->card);
	name_side(&them, &p->id, &p->card);
	memcpy(add.hosts, p->card.hosts, sizeof(add.hosts));
	room_pair(&c->secrets->room, &us, &them, &add.room);
	ipc_send(&c->netd, IPC_PEER_ADD, &add, NULL, 0);
	crypto_wipe(&add, sizeof(add));
	p->known_to_netd = true;
	tell_netd_keys(p, p->packets, p->session_serial, true);
	tell_netd_keys(p, p->packets_next, p->serial, false);
	peer_doubt_keys(p);
}

void
members_tell_netd(struct client *c)
{
	struct peer *p;

	FOREACH_PEER (c, p)
		if (p->state != PEER_LEFT && !p->said_bye && !p->broken)
			tell_netd(p);
}

static void
update_netd(struct peer *p)
{
	struct ipc_peer_update body = {
		.handle = p->handle,
		.count = p->card.count,
		.observed = p->observed,
	};

	memcpy(body.hosts, p->card.hosts, sizeof(body.hosts));
	if (p->known_to_netd)
		ipc_send(&p->client->netd, IPC_PEER_UPDATE, &body, NULL, 0);
}

/* Returns a free place, if need be that of a peer that rests. */
static size_t
free_index(struct client *c)
{
	struct peer *p;
	size_t index;

	for (index = 0; index < CLIENT_PEERS_MAX; index++)
		if (c->peers[index] == NULL)
			return index;
	FOREACH_PEER (c, p) {
		if (p->state != PEER_LEFT || p->in_roster || p->awaited)
			continue;
		index = PEER_INDEX(p->handle);
		peer_free(p);
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
			log_warn("more than %d peers are in the room: gochat "
				 "ignores the others",
			    CLIENT_PEERS_MAX);
		c->full_told = true;
		return NULL;
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		fatal("out of memory");
	c->generation = c->generation % PEER_GENERATION_MAX + 1;
	p->client = c;
	p->handle = peer_handle_make(c->generation, index);
	p->id = e->id;
	p->card = *card;
	p->state = PEER_CONNECTING;
	p->config = (struct session_config){
		.identity = &c->secrets->identity,
		.claim = &c->secrets->us.claim,
		.psk = c->secrets->room.psk,
		.tag = c->secrets->room.tag,
		.us = c->id,
		.them = e->id,
	};
	p->place.number = (unsigned int)index;
	outbox_vacate(&c->outbox, p->place.number);
	c->peers[index] = p;
	return p;
}

/* A replayed card is older. */
static bool
is_newer(const struct card *card, const struct card *than)
{
	return card->incarnation > than->incarnation ||
	    (card->incarnation == than->incarnation &&
		card->serial > than->serial);
}

/* netd does not have this member: because the member violated the protocol, and
 * its new netd may do better, or because our own netd is a new one. */
static bool
may_return(const struct peer *p, const struct card *card)
{
	return !p->known_to_netd && !p->said_bye && p->client->have_local &&
	    (!p->broken || card->incarnation > p->card.incarnation);
}

static void
take_back(struct peer *p)
{
	peer_forget_session(p);
	p->broken = false;
	tell_netd(p);
	peer_set_state(p, PEER_CONNECTING);
}

void
members_joined(struct client *c, const struct bootmsg_entry *e,
    uint32_t version)
{
	struct peer *p = peer_of_id(c, &e->id);
	struct card card;

	if (memcmp(&e->id, &c->id, sizeof(c->id)) == 0)
		return;
	if (card_open(&card, &c->secrets->room, &e->id, e->card, e->card_len) ==
	    -1) {
		strangers_add(&c->strangers, &c->ui, c->now, &e->id, version);
		return;
	}
	strangers_remove(&c->strangers, &e->id);
	if (p != NULL &&
	    memcmp(p->card.nonce, card.nonce, sizeof(card.nonce)) != 0)
		return; /* an id is that of one run, and so is a nonce */
	if (p == NULL) {
		p = new_peer(c, e, &card);
		if (p == NULL)
			return;
		p->observed = e->observed;
		peer_tell_ui(p, PEER_CONNECTING);
		tell_netd(p);
		addressees_came(p);
	} else {
		p->observed = e->observed;
		if (may_return(p, &card))
			take_back(p);
		if (is_newer(&card, &p->card))
			p->card = card;
		peer_doubt_keys(p);
		if (p->state == PEER_LEFT && p->known_to_netd)
			peer_set_state(p, PEER_CONNECTING);
		update_netd(p);
	}
	p->in_roster = true;
	p->seen = version;
}

void
members_moved(struct client *c, const struct bootmsg_entry *e)
{
	struct peer *p = peer_of_id(c, &e->id);

	if (p == NULL)
		return;
	p->observed = e->observed;
	update_netd(p);
}

/* The bootnode says that it left: that counts, unless its path is alive. */
static void
check_left(struct peer *p)
{
	struct ipc_peer body = { .handle = p->handle };

	p->in_roster = false;
	if (p->session != NULL)
		ipc_send(&p->client->netd, IPC_PEER_CHECK, &body, NULL, 0);
	else
		peer_remove(p, LEFT_UNLISTED);
}

/* The member is no longer listed, which does not mean that it has gone: it may
 * be on the way back. */
static void
miss(struct peer *p)
{
	p->awaited = p->awaited || (p->in_roster && !p->said_bye && !p->broken);
	if (p->awaited)
		p->in_roster = false;
	else
		check_left(p);
}

void
members_left(struct client *c, const struct peer_id *id,
    enum leave_reason reason)
{
	struct peer *p = peer_of_id(c, id);

	strangers_remove(&c->strangers, id);
	if (p == NULL)
		return;
	if (reason == LEAVE_TIMEOUT && settle_is_back(c)) {
		miss(p);
		return;
	}
	p->awaited = false;
	check_left(p);
}

void
members_unseen(struct client *c)
{
	struct peer *p;

	FOREACH_PEER (c, p)
		p->seen = 0;
}

void
members_roster_end(struct client *c, uint32_t version)
{
	struct peer *p;

	strangers_roster_end(&c->strangers, version);
	FOREACH_PEER (c, p) {
		if (!p->in_roster || p->seen >= version)
			continue;
		if (p->awaited || settle_awaits(c))
			miss(p);
		else
			check_left(p);
	}
}

void
members_settled(struct client *c)
{
	struct peer *p;

	FOREACH_PEER (c, p) {
		bool awaited = p->awaited;

		p->awaited = false;
		if (p->in_roster)
			continue;
		if (p->state != PEER_LEFT)
			check_left(p);
		else if (awaited)
			peer_remove(p, p->left);
	}
}
