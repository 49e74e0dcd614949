/*
 * The first handshakes with a peer. See handshakes.h.
 */
#include "cryptod/client/handshakes.h"

#include "cryptod/client/peer_session.h"

#include <string.h>

static bool
initiates(const struct peer *p)
{
	return session_initiates(&p->config);
}

static uint64_t
patience(const struct peer *p)
{
	return clock_max(ATTEMPT_FOR,
	    ATTEMPT_ROUND_TRIPS * attempts_round_trip(p));
}

/* --- Sending ---------------------------------------------------------- */

/* Asks the other side, because we cannot start one ourselves. */
static void
ask_for_one(const struct peer *p)
{
	struct ipc_handshake body = {
		.handle = p->handle,
		.number = HANDSHAKE_BEGIN,
	};

	ipc_send(&p->client->netd, IPC_HANDSHAKE_OUT, &body, NULL, 0);
}

/* Makes another attempt, with a session for it; NULL if there are too many. */
static struct attempt *
new_attempt(struct peer *p, uint64_t id, enum attempt_place place,
    bool by_session)
{
	struct attempt *a = attempts_new(p, id, place, by_session);

	if (a != NULL)
		a->session = peer_new_session(p);
	return a;
}

static void
begin(struct peer *p)
{
	struct attempt *a;
	uint64_t id = 0;

	while (id == 0)
		crypto_random(&id, sizeof(id));
	a = new_attempt(p, id, ATTEMPT_ON_PATH, false);
	if (a == NULL)
		return;
	p->handshakes.next_at = CLOCK_NEVER; /* before it is over */
	p->handshakes.serving = a;
	if (session_start(a->session) == -1)
		attempts_drop(p, a);
	p->handshakes.serving = NULL;
}

/* --- What came -------------------------------------------------------- */

/* The attempt's session replaces the one before. */
static void
adopt(struct peer *p, struct attempt *a)
{
	struct session *session = a->session;
	uint32_t serial = a->serial;

	a->session = NULL;
	attempts_end(p);
	peer_take_session(p, session, serial);
}

/* Gives the record to the session of an attempt. Returns -1 if this ended the
 * attempt. */
static int
serve(struct peer *p, struct attempt *a, const uint8_t *record, size_t len)
{
	int result;

	p->handshakes.serving = a;
	result = session_receive(a->session, p->client->now, record, len);
	p->handshakes.serving = NULL;
	return result;
}

/* The sender is somebody else than it is said to be, or the packet was changed
 * on the way. */
static void
fail(struct peer *p, struct attempt *a, const struct ipc_handshake *h)
{
	struct ipc_peer_false body = {
		.handle = p->handle,
		.way = h->way,
		.attempt = a->id,
	};
	uint8_t key[X25519_LEN];

	if (session_is_claim(a->session, key))
		peer_claimed(p, key, &h->from);
	attempts_drop(p, a);
	p->handshakes.next_at = p->client->now;
	if (initiates(p))
		ipc_send(&p->client->netd, IPC_PEER_FALSE, &body, NULL, 0);
}

/* A copy is answered as the first was. */
static bool
is_copy(const struct attempt *a, const uint8_t *record, size_t len)
{
	uint8_t hash[HASH_LEN];

	crypto_hash(hash, &(struct piece){ record, len }, 1);
	return memcmp(hash, a->question, sizeof(hash)) == 0;
}

static void
note_question(struct attempt *a, const uint8_t *record, size_t len)
{
	crypto_hash(a->question, &(struct piece){ record, len }, 1);
}

/* The kind of an attempt: it competes with others of this kind. Before there
 * are keys of a session, nobody has shown any. */
static enum attempt_place
place_of(const struct peer *p, const struct ipc_handshake *h)
{
	const uint64_t *begun = p->handshakes.attempts.begun;

	if (h->on_path)
		return ATTEMPT_ON_PATH;
	if (h->by_session ||
	    (p->packets == NULL &&
		begun[ATTEMPT_BY_SESSION] < begun[ATTEMPT_BY_ROOM]))
		return ATTEMPT_BY_SESSION;
	return ATTEMPT_BY_ROOM;
}

static void
on_first(struct peer *p, const struct ipc_handshake *h, const uint8_t *record,
    size_t len)
{
	struct attempt *a = attempts_find(p, h->attempt, h->by_session);

	if (a != NULL) {
		if (is_copy(a, record, len))
			attempts_send_last(p, a);
		return;
	}
	a = new_attempt(p, h->attempt, place_of(p, h), h->by_session);
	if (a == NULL)
		return;
	note_question(a, record, len);
	if (serve(p, a, record, len) == -1)
		attempts_drop(p, a);
}

static void
on_second(struct peer *p, const struct ipc_handshake *h, const uint8_t *record,
    size_t len)
{
	struct attempt *a = attempts_own(p);

	if (a == NULL || a->id != h->attempt)
		return;
	if (a->number == HANDSHAKE_3) {
		if (is_copy(a, record, len))
			attempts_send_last(p, a);
		return;
	}
	note_question(a, record, len);
	if (serve(p, a, record, len) == -1)
		fail(p, a, h);
}

static void
on_third(struct peer *p, const struct ipc_handshake *h, const uint8_t *record,
    size_t len)
{
	struct attempt *a = attempts_find(p, h->attempt, h->by_session);

	/* The initiator may have come to believe a session's keys meanwhile. */
	if (a == NULL && h->by_session)
		a = attempts_find(p, h->attempt, false);
	if (a == NULL)
		return;
	if (serve(p, a, record, len) == -1)
		fail(p, a, h);
	else
		adopt(p, a);
}

/* The peer has no session with us, or not any more. Anybody in the room could
 * say that; while we have one, it counts only with its keys. */
static void
on_begin(struct peer *p, bool by_session)
{
	if (attempts_own(p) == NULL && (by_session || p->session == NULL))
		begin(p);
}

void
handshakes_in(struct peer *p, const struct ipc_handshake *h,
    const uint8_t *record, size_t len)
{
	bool ours = h->number == HANDSHAKE_BEGIN || h->number == HANDSHAKE_2;

	if (ours != initiates(p) || p->said_bye || p->broken ||
	    (h->number != HANDSHAKE_BEGIN &&
		!session_is_handshake(record, len)))
		return;
	switch (h->number) {
	case HANDSHAKE_BEGIN:
		on_begin(p, h->by_session);
		break;
	case HANDSHAKE_1:
		on_first(p, h, record, len);
		break;
	case HANDSHAKE_2:
		if (h->on_path) /* as our message 1 went */
			on_second(p, h, record, len);
		break;
	default:
		on_third(p, h, record, len);
	}
}

void
handshakes_up(struct peer *p, uint32_t serial)
{
	struct attempt *a = attempts_of(p, serial);

	if (a != NULL) {
		adopt(p, a);
		return;
	}
	/* The handshake is one that we gave up, or that the netd before had:
	 * the keys of packets are good, but there is no stream. */
	if (serial == p->session_serial)
		return;
	peer_forget_session(p);
	peer_take_session(p, NULL, serial);
}

/* --- Time ------------------------------------------------------------- */

/* True if the session's keys have been used, but not for some time. */
static bool
is_idle(const struct peer *p)
{
	return session_established(p->session) &&
	    p->client->now - p->used_at >= SESSION_IDLE;
}

/* True if there is a path, but no session over it. */
static bool
is_open(const struct peer *p)
{
	if (!p->path_up || p->said_bye || p->broken || p->client->leaving)
		return false;
	return !session_established(p->session) || !p->path.secured;
}

/* True if a handshake is wanted. When one is finished, the session only waits
 * for the first record. */
static bool
is_wanted(const struct peer *p)
{
	return (is_open(p) && (p->session == NULL || !p->path.secured)) ||
	    (p->path_up && is_idle(p) && initiates(p) && !p->client->leaving);
}

/* No session comes about, whatever the reason. The attempts go on, also if only
 * the first record is missing. */
static void
tell_failure(struct peer *p)
{
	struct handshakes *h = &p->handshakes;

	if (p->client->now - h->open_since < patience(p))
		return;
	h->open_since = p->client->now;
	if (p->session != NULL && !session_established(p->session))
		peer_forget_session(p);
	if (p->state != PEER_CONNECTING)
		return;
	peer_give_up(p, UNDELIVERED_HANDSHAKE);
	peer_fail(p, FAILURE_HANDSHAKE);
}

/* Doubles the time until the next attempt is begun, or asked for. */
static void
wait_longer(struct handshakes *h, uint64_t now)
{
	h->pause = h->pause == 0 ? ATTEMPT_PAUSE
				 : clock_min(2 * h->pause, ATTEMPT_PAUSE_MAX);
	h->next_at = now + h->pause;
}

/* Sends the next message of the one under way, or ends it. */
static void
go_on(struct peer *p, struct attempt *a)
{
	uint64_t now = p->client->now;

	if (now - a->started >= patience(p)) {
		attempts_drop(p, a);
		wait_longer(&p->handshakes, now);
	} else if (now >= a->retry_at) {
		a->wait = clock_min(2 * a->wait, patience(p));
		a->retry_at = now + a->wait;
		attempts_send_last(p, a);
	}
}

static void
work_on_it(struct peer *p)
{
	struct handshakes *h = &p->handshakes;
	uint64_t now = p->client->now;

	if (attempts_own(p) != NULL) {
		go_on(p, attempts_own(p));
	} else if (now >= h->next_at && initiates(p)) {
		/* If there are too many in a time, the handshake comes
		 * later. */
		h->next_at = now + ATTEMPTS_WITHIN;
		begin(p);
	} else if (now >= h->next_at) {
		ask_for_one(p);
		wait_longer(h, now);
	}
}

/* A new path has nobody at its end that we know: the initiator begins at once.
 * The responder waits a little for that before it asks, unless there was a
 * session: then the other side may not know that it is over. */
static uint64_t
first_time(const struct peer *p)
{
	uint64_t now = p->client->now;

	if (initiates(p) || p->session_serial != 0)
		return now;
	return now + clock_max(ATTEMPT_PAUSE, 2 * attempts_round_trip(p));
}

void
handshakes_work(struct peer *p)
{
	struct handshakes *h = &p->handshakes;

	if (!initiates(p))
		attempts_drop_old(p, patience(p));
	if (!p->path_up && is_idle(p))
		peer_forget_session(p); /* there is another when it is back */
	if (!is_open(p))
		h->open_since = 0;
	else if (h->open_since == 0)
		h->open_since = p->client->now;
	if (!is_wanted(p))
		h->next_at = h->pause = 0;
	else if (h->next_at == 0)
		h->next_at = first_time(p);
	if (is_wanted(p) || attempts_own(p) != NULL)
		work_on_it(p);
	if (h->open_since != 0)
		tell_failure(p);
}

static uint64_t
idle_deadline(const struct peer *p)
{
	if (!session_established(p->session) || p->client->leaving ||
	    (p->path_up && !initiates(p)))
		return CLOCK_NEVER;
	return p->used_at + SESSION_IDLE;
}

/* The time at which the first of the others is over. */
static uint64_t
attempts_deadline(const struct peer *p)
{
	uint64_t deadline = CLOCK_NEVER;
	const struct attempt *a;

	for (size_t i = 0; i < ATTEMPTS_MAX; i++) {
		a = p->handshakes.attempts.at[i];
		if (a != NULL && !initiates(p))
			deadline =
			    clock_min(deadline, a->started + patience(p));
	}
	return deadline;
}

uint64_t
handshakes_deadline(const struct peer *p)
{
	const struct handshakes *h = &p->handshakes;
	uint64_t deadline = clock_min(idle_deadline(p), attempts_deadline(p));

	if (attempts_own(p) != NULL)
		deadline = clock_min(attempts_own(p)->retry_at,
		    attempts_own(p)->started + patience(p));
	else if (is_wanted(p))
		deadline = clock_min(deadline, h->next_at);
	return is_open(p) ? clock_min(deadline, h->open_since + patience(p))
			  : deadline;
}
