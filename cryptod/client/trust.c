/*
 * Keys that we know, and keys that the user has verified. See trust.h.
 */
#include "cryptod/client/trust.h"

#include "cryptod/client/peer_table.h"
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

/* A client with our own key is the user, in another place. */
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
		return; /* ui learns all of it at once */
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

/* Any wake-up before that saves this process one of its own. */
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

int
trust_safety(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	const struct ipc_peer *ask = in->body;
	const struct peer *p = peer_find(c, ask->handle);
	const uint8_t *own = c->secrets->identity.public_key;
	struct ipc_safety body = { .handle = ask->handle };

	if (p == NULL || !p->known) /* it left just now */
		return 0;
	read_on(c);
	body.verified = trust_is_verified(p);
	safety_number(body.digits, own, p->static_key);
	identity_fingerprint(body.own, own);
	memcpy(body.fingerprint, p->fingerprint, sizeof(body.fingerprint));
	ipc_send(&c->ui, IPC_SAFETY, &body, NULL, 0);
	return 0;
}

/* The mark is the key's: it holds in each of its owner's places. */
int
trust_verify(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	const struct ipc_verified *wanted = in->body;
	const struct peer *p = peer_find(c, wanted->handle);

	if (p == NULL || !p->known)
		return 0;
	read_on(c);
	if (!is_us(p))
		known_peers_verify(c->known, p->static_key, p->nick,
		    p->nick_len, wanted->verified, today());
	tell_verified(p);
	return 0;
}
