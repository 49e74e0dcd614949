/*
 * Names and keys: ours, which may change, and those of peers, which are
 * remembered and verified.
 */
#include "cryptod/peer.h"

#include "cryptod/safety.h"

#include <string.h>
#include <time.h>

static uint32_t
today(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint32_t)(now.tv_sec / (24L * 60 * 60));
}

void
trust_note(struct peer *p)
{
	known_peers_note(p->client->known, p->static_key, p->nick, p->nick_len,
	    today());
}

void
trust_talked(struct peer *p)
{
	if (!p->heard || !p->told || p->talked)
		return;
	p->talked = true;
	known_peers_talked(p->client->known, p->static_key, p->nick,
	    p->nick_len, today());
}

bool
trust_is_verified(const struct peer *p)
{
	const struct known_key *k =
	    p->known ? known_peers_find(p->client->known, p->static_key) : NULL;

	return k != NULL && k->value == KNOWN_VERIFIED;
}

void
trust_tell_ui(struct client *c)
{
	struct ipc_known_peer body;
	const struct known_key *k;

	for (size_t i = 0; i < c->known->count; i++) {
		k = &c->known->entries[i];
		body.verified = k->value == KNOWN_VERIFIED;
		identity_fingerprint(body.fingerprint, k->key);
		ipc_send(&c->ui, IPC_KNOWN_PEER, &body, k->nick, k->nick_len);
	}
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

/* Takes the name that came last, if it is time for one. */
static void
take_nick(struct peer *p)
{
	uint64_t now = p->client->now;

	if (now - p->nicks_since >= NICKS_TIME) {
		p->nicks_since = now;
		p->nicks = 0;
	}
	if (p->nicks == NICKS_MAX)
		return;
	p->nicks++;
	memcpy(p->nick, p->next_nick, p->next_nick_len);
	p->nick_len = p->next_nick_len;
	p->next_nick_len = 0;
	trust_note(p);
	if (p->state == PEER_CONNECTED)
		peer_tell_ui(p, p->state);
}

void
trust_renamed(struct peer *p, const uint8_t *nick, size_t len)
{
	memcpy(p->next_nick, nick, len);
	p->next_nick_len = len;
	take_nick(p);
}

void
trust_pump(struct peer *p)
{
	if (p->next_nick_len > 0)
		take_nick(p);
}

void
trust_safety(struct client *c, const struct ipc_peer *ask)
{
	const struct peer *p = peers_find(c, ask->handle);
	const uint8_t *own = c->secrets->identity.public_key;
	struct ipc_safety body = { .handle = ask->handle };

	if (p == NULL || !p->known) /* it left just now */
		return;
	body.verified = trust_is_verified(p);
	safety_number(body.digits, own, p->static_key);
	identity_fingerprint(body.own, own);
	memcpy(body.fingerprint, p->fingerprint, sizeof(body.fingerprint));
	ipc_send(&c->ui, IPC_SAFETY, &body, NULL, 0);
}

void
trust_verify(struct client *c, const struct ipc_verified *wanted)
{
	struct ipc_verified body = { .handle = wanted->handle };
	struct peer *p = peers_find(c, wanted->handle);

	if (p == NULL || !p->known)
		return;
	known_peers_verify(c->known, p->static_key, p->nick, p->nick_len,
	    wanted->verified, today());
	body.verified = trust_is_verified(p);
	ipc_send(&c->ui, IPC_VERIFIED, &body, NULL, 0);
}
