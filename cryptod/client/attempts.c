/*
 * The handshakes that are under way. See attempts.h.
 */
#include "cryptod/client/attempts.h"

#include "cryptod/client/peer.h"

#include <stdlib.h>

/* The part of the heap for keys that one peer can take: a session and a rekey
 * in it, a handshake over the path, and keys of packets, of now and next. */
#define PEER_SECRETS (4 * SESSION_BLOCK + 2 * sizeof(struct packet_keys))

/* Whatever peers do, the heap is not full; an eighth of it is our own. */
_Static_assert(2 * SESSION_BLOCK * ATTEMPTS_ALL +
	    PEER_SECRETS * CLIENT_PEERS_MAX <=
	CLIENT_HEAP * 7UL / 8,
    "the heap for keys is too small");

static void
drop_at(struct peer *p, size_t i)
{
	struct attempt *a = p->handshakes.attempts.at[i];

	if (a == NULL)
		return;
	session_free(a->session);
	explicit_bzero(a, sizeof(*a));
	free(a);
	p->handshakes.attempts.at[i] = NULL;
}

void
attempts_drop(struct peer *p, const struct attempt *a)
{
	for (size_t i = 0; i < ATTEMPTS_MAX; i++)
		if (p->handshakes.attempts.at[i] == a)
			drop_at(p, i);
}

void
attempts_drop_old(struct peer *p, uint64_t age)
{
	const struct attempt *a;

	for (size_t i = 0; i < ATTEMPTS_MAX; i++) {
		a = p->handshakes.attempts.at[i];
		if (a != NULL && p->client->now - a->started >= age)
			drop_at(p, i);
	}
}

void
attempts_end(struct peer *p)
{
	for (size_t i = 0; i < ATTEMPTS_MAX; i++)
		drop_at(p, i);
}

struct oldest {
	struct peer *p;
	const struct attempt *a;
};

/* Ends an attempt that did not come over a path, if there are too many of
 * them. */
static bool
make_room(struct client *c, bool by_session)
{
	struct oldest oldest[2] = { { NULL, NULL } }, *o;
	const struct attempt *a;
	size_t count = 0;
	struct peer *p;

	FOREACH_PEER (c, p) {
		for (size_t i = ATTEMPT_ON_PATH + 1; i < ATTEMPTS_MAX; i++) {
			a = p->handshakes.attempts.at[i];
			if (a == NULL)
				continue;
			count++;
			o = &oldest[a->by_session];
			if (o->a == NULL || a->started < o->a->started)
				*o = (struct oldest){ p, a };
		}
	}
	if (count < ATTEMPTS_ALL)
		return true;
	o = &oldest[by_session && oldest[false].a == NULL];
	if (o->a == NULL ||
	    (by_session == o->a->by_session &&
		c->now - o->a->started < ATTEMPTS_WITHIN))
		return false;
	attempts_drop(o->p, o->a);
	return true;
}

struct attempt *
attempts_new(struct peer *p, uint64_t id, enum attempt_place i, bool by_session)
{
	struct attempts *all = &p->handshakes.attempts;
	struct attempt *a;

	if (all->begun[i] != 0 &&
	    p->client->now - all->begun[i] < ATTEMPTS_WITHIN)
		return NULL;
	if (i != ATTEMPT_ON_PATH && !make_room(p->client, by_session))
		return NULL;
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return NULL;
	a->id = id;
	a->by_session = by_session;
	a->started = p->client->now;
	drop_at(p, i);
	all->at[i] = a;
	all->begun[i] = p->client->now;
	return a;
}

struct attempt *
attempts_find(const struct peer *p, uint64_t id, bool by_session)
{
	struct attempt *a;

	for (size_t i = 0; i < ATTEMPTS_MAX; i++) {
		a = p->handshakes.attempts.at[i];
		if (a != NULL && a->id == id && a->by_session == by_session)
			return a;
	}
	return NULL;
}

struct attempt *
attempts_of(const struct peer *p, uint32_t serial)
{
	struct attempt *a;

	for (size_t i = 0; i < ATTEMPTS_MAX; i++) {
		a = p->handshakes.attempts.at[i];
		if (a != NULL && a->serial != 0 && a->serial == serial)
			return a;
	}
	return NULL;
}

struct attempt *
attempts_own(const struct peer *p)
{
	return session_initiates(&p->config)
	    ? p->handshakes.attempts.at[ATTEMPT_ON_PATH]
	    : NULL;
}

uint64_t
attempts_round_trip(const struct peer *p)
{
	return p->path_up ? p->path.rtt_us : 0;
}

void
attempts_send_last(const struct peer *p, const struct attempt *a)
{
	struct ipc_handshake body = {
		.handle = p->handle,
		.number = a->number,
		.by_session = a->by_session,
		.attempt = a->id,
	};

	ipc_send(&p->client->netd, IPC_HANDSHAKE_OUT, &body, a->record, a->len);
}

void
attempts_out(struct peer *p, const uint8_t *record, size_t len)
{
	struct attempt *a = p->handshakes.serving;

	if (a == NULL) /* only a netd that is not ours has it come to this */
		return;
	if (!session_initiates(&p->config))
		a->number = HANDSHAKE_2;
	else
		a->number = a->number == 0 ? HANDSHAKE_1 : HANDSHAKE_3;
	a->len = (uint16_t)len;
	memcpy(a->record, record, len);
	a->wait = clock_max(ATTEMPT_RETRY, 2 * attempts_round_trip(p));
	a->retry_at = p->client->now + a->wait;
	attempts_send_last(p, a);
}
