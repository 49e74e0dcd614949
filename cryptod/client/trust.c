/*
 * Names and keys: ours, which may change, and those of peers, which are
 * remembered and verified.
 */
#include "cryptod/client/peer.h"

#include "cryptod/client/safety.h"

#include <string.h>
#include <time.h>

static uint32_t
today(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint32_t)(now.tv_sec / (24L * 60 * 60));
}

/* A client with our own key: the user, in another place. */
static bool
is_us(const struct peer *p)
{
	return memcmp(p->static_key, p->client->secrets->identity.public_key,
		   sizeof(p->static_key)) == 0;
}

/* ui knows which places a key has. */
static void
tell_verified(const struct peer *of)
{
	struct ipc_verified body = {
		.handle = of->handle,
		.verified = trust_is_verified(of),
	};
	struct peer *p;

	FOREACH_PEER (of->client, p)
		if (p->known &&
		    memcmp(p->static_key, of->static_key,
			sizeof(p->static_key)) == 0)
			p->verified = body.verified;
	ipc_send(&of->client->ui, IPC_VERIFIED, &body, NULL, 0);
}

static void
tell_known(struct client *c, const struct known_key *k)
{
	struct ipc_known_peer body = { .verified = k->value == KNOWN_VERIFIED };

	identity_fingerprint(body.fingerprint, k->key);
	ipc_send(&c->ui, IPC_KNOWN_PEER, &body, k->nick, k->nick_len);
}

/* Another gochat of this user met or verified somebody, who may be here. */
static void
on_changed(void *arg, const struct known_key *k)
{
	struct client *c = arg;
	struct peer *p;

	if (c->port == 0)
		return; /* ui is told of all at once */
	tell_known(c, k);
	FOREACH_PEER (c, p)
		if (p->named &&
		    memcmp(p->static_key, k->key, sizeof(k->key)) == 0 &&
		    p->verified != (k->value == KNOWN_VERIFIED))
			tell_verified(p);
}

static void
read_on(struct client *c)
{
	c->known_read_at = c->now;
	known_peers_read_on(c->known, on_changed, c);
}

uint64_t
trust_deadline(const struct client *c)
{
	const struct peer *p;

	FOREACH_PEER (c, p)
		if (p->state == PEER_CONNECTED)
			return c->known->fd == -1
			    ? CLOCK_NEVER
			    : c->known_read_at + KNOWN_READ_TIME;
	return CLOCK_NEVER;
}

/* What wakes this process in between saves it a wake-up of its own. */
void
trust_timer(struct client *c)
{
	if (c->now - c->known_read_at >= KNOWN_READ_REST)
		read_on(c);
}

void
trust_note(struct peer *p)
{
	read_on(p->client);
	if (!is_us(p))
		known_peers_note(p->client->known, p->static_key, p->nick,
		    p->nick_len, today());
}

void
trust_talked(struct peer *p)
{
	if (!p->heard || !p->told || p->talked || is_us(p))
		return;
	p->talked = true;
	read_on(p->client);
	known_peers_talked(p->client->known, p->static_key, p->nick,
	    p->nick_len, today());
}

bool
trust_is_verified(const struct peer *p)
{
	const struct known_key *k =
	    p->known ? known_peers_find(p->client->known, p->static_key) : NULL;

	return (p->known && is_us(p)) ||
	    (k != NULL && k->value == KNOWN_VERIFIED);
}

void
trust_tell_ui(struct client *c)
{
	for (size_t i = 0; i < c->known->count; i++)
		tell_known(c, &c->known->entries[i]);
}

void
trust_rename(struct client *c, const uint8_t *nick, size_t len)
{
	struct peer *p;

	memcpy(c->config.nick, nick, len);
	c->config.nick_len = (uint16_t)len;
	FOREACH_PEER (c, p) {
		p->nick_due = true;
		p->config.nick_len = len; /* the name is the same array */
	}
}

/* Is it time for another name? */
static bool
may_take(struct peer *p)
{
	uint64_t now = p->client->now;

	if (now - p->nicks_since >= NICKS_TIME) {
		p->nicks_since = now;
		p->nicks = 0;
	}
	return p->nicks < NICKS_MAX && ++p->nicks > 0;
}

/* Takes the name that came last, if it is time for one. */
static void
take_nick(struct peer *p)
{
	if (!may_take(p))
		return;
	memcpy(p->nick, p->next_nick, p->next_nick_len);
	p->nick_len = p->next_nick_len;
	p->next_nick_len = 0;
	p->note_due = false;
	trust_note(p);
	if (p->state == PEER_CONNECTED)
		peer_tell_ui(p, p->state);
}

void
trust_renamed(struct peer *p, const uint8_t *nick, size_t len)
{
	p->next_nick_len = 0; /* of an older one */
	if (p->nick_len == len && memcmp(p->nick, nick, len) == 0)
		return;
	memcpy(p->next_nick, nick, len);
	p->next_nick_len = len;
	take_nick(p);
}

/* Who says something is to be shown by the name they said it under, however
 * many they have had: what bounds names that come alone does not bound these,
 * of which each costs a text. known_peers is written to no more often. */
void
trust_said_as(struct peer *p, const uint8_t *nick, size_t len)
{
	p->next_nick_len = 0; /* it is older */
	if (p->nick_len == len && memcmp(p->nick, nick, len) == 0)
		return;
	memcpy(p->nick, nick, len);
	p->nick_len = len;
	p->note_due = true;
	trust_pump(p);
}

void
trust_pump(struct peer *p)
{
	if (p->next_nick_len > 0) {
		take_nick(p);
	} else if (p->note_due && may_take(p)) {
		p->note_due = false;
		trust_note(p);
	}
}

void
trust_safety(struct client *c, const struct ipc_peer *ask)
{
	const struct peer *p = peers_find(c, ask->handle);
	const uint8_t *own = c->secrets->identity.public_key;
	struct ipc_safety body = { .handle = ask->handle };

	if (p == NULL || !p->known) /* it left just now */
		return;
	read_on(c);
	body.verified = trust_is_verified(p);
	safety_number(body.digits, own, p->static_key);
	identity_fingerprint(body.own, own);
	memcpy(body.fingerprint, p->fingerprint, sizeof(body.fingerprint));
	ipc_send(&c->ui, IPC_SAFETY, &body, NULL, 0);
}

/* The mark is the key's: it holds in each of its owner's places. */
void
trust_verify(struct client *c, const struct ipc_verified *wanted)
{
	const struct peer *p = peers_find(c, wanted->handle);

	if (p == NULL || !p->known)
		return;
	read_on(c);
	if (!is_us(p))
		known_peers_verify(c->known, p->static_key, p->nick,
		    p->nick_len, wanted->verified, today());
	tell_verified(p);
}
