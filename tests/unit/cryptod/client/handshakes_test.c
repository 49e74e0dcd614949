/*
 * Handshakes in cryptod (handshakes.c): two of them, whose netds the test
 * plays. It carries their packets, loses some, and forges others.
 */
#include "cryptod/client/members.h"
#include "cryptod/client/peer.h"
#include "cryptod/client/peers.h"
#include "cryptod/client/pump.h"

#include "tests/unit/bytes.h"
#include "tests/unit/ipc_pair.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void handshakes_suite(void);

#define HANDLE 0x1001
#define START  (1000 * USEC_PER_SEC)

struct side {
	struct client *c;
	struct peer *p;		     /* the other */
	struct ipc_channel netd, ui; /* their ends */
	uint32_t serial;	     /* of the last PEER_SESSION, */
	bool confirmed;		     /* which said so */
	unsigned int sessions;
	unsigned int false_ends; /* PEER_FALSE */
	/* The last HANDSHAKE that it wants sent. */
	unsigned int sent;
	struct ipc_handshake out;
	uint8_t record[WIRE_HANDSHAKE_RECORD_MAX];
	size_t len;
	/* The records of the stream that have not been carried. */
	unsigned int records;
	struct {
		struct ipc_record body;
		uint8_t bytes[256];
		size_t len;
	} stream[8];
	enum peer_state state; /* as ui was told last */
	enum path_failure failure;
	unsigned int undelivered;
	unsigned int claims; /* of somebody else, told */
};

struct both {
	struct side a, b; /* a initiates */
	struct client_secrets secrets[2];
	uint64_t now;
};

/* An id of the key, on this side of the middle. */
static void
make_id(struct client_secrets *secrets, bool lower)
{
	crypto_keypair(&secrets->identity);
	do {
		crypto_random(&secrets->us, sizeof(secrets->us));
		claim_complete(&secrets->us, secrets->identity.public_key);
	} while ((secrets->us.id.bytes[0] < 0x80) != lower);
}

static void
make_side(struct side *s, struct client_secrets *secrets, const char *nick,
    const struct peer_id *them)
{
	struct client *c = calloc(1, sizeof(*c));
	struct peer *p = calloc(1, sizeof(*p));

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	ipc_pair(&c->netd, ROLE_CRYPTOD, &s->netd, ROLE_NETD);
	ipc_pair(&c->ui, ROLE_CRYPTOD, &s->ui, ROLE_UI);
	outbox_init(&c->outbox);
	inbox_init(&c->inbox);
	recall_init(&c->recall);
	memset(secrets->room.psk, 1, sizeof(secrets->room.psk));
	c->secrets = secrets;
	c->known = calloc(1, sizeof(*c->known));
	CU_ASSERT_PTR_NOT_NULL_FATAL(c->known);
	c->known->fd = -1;
	c->id = secrets->us.id;
	c->config.nick_len = (uint16_t)strlen(nick);
	memcpy(c->config.nick, nick, strlen(nick));
	p->client = c;
	p->handle = HANDLE;
	p->id = *them;
	p->state = PEER_CONNECTING;
	p->in_roster = p->known_to_netd = true;
	p->config = (struct session_config){
		.identity = &secrets->identity,
		.claim = &secrets->us.claim,
		.psk = secrets->room.psk,
		.us = c->id,
		.them = p->id,
	};
	c->peers[PEER_INDEX(HANDLE)] = p;
	s->c = c;
	s->p = p;
}

static void
set_up(struct both *t)
{
	memset(t, 0, sizeof(*t));
	t->now = START;
	make_id(&t->secrets[0], true);
	make_id(&t->secrets[1], false);
	make_side(&t->a, &t->secrets[0], "anna", &t->secrets[1].us.id);
	make_side(&t->b, &t->secrets[1], "bert", &t->secrets[0].us.id);
}

static void
free_side(struct side *s)
{
	peer_free(s->p);
	known_peers_free(s->c->known);
	free(s->c->known);
	ipc_close(&s->c->netd);
	ipc_close(&s->c->ui);
	ipc_close(&s->netd);
	ipc_close(&s->ui);
	recall_free(&s->c->recall);
	free(s->c);
}

static void
tear_down(struct both *t)
{
	free_side(&t->a);
	free_side(&t->b);
}

static void
put_record(struct side *s, const struct ipc_message_in *in)
{
	unsigned int n = s->records++;

	CU_ASSERT_FATAL(n < 8 && in->tail_len <= sizeof(s->stream[n].bytes));
	s->stream[n].body = *(const struct ipc_record *)in->body;
	memcpy(s->stream[n].bytes, in->tail, in->tail_len);
	s->stream[n].len = in->tail_len;
}

/* Reads what one side told its netd and ui. */
static void
hear(struct side *s)
{
	const struct ipc_peer_session *session;
	const struct ipc_peer_state *state;
	struct ipc_message_in in;

	while (ipc_receive(&s->netd, &in) == IPC_GOT) {
		switch (in.type) {
		case IPC_HANDSHAKE_OUT:
			s->out = *(const struct ipc_handshake *)in.body;
			memcpy(s->record, in.tail, s->len = in.tail_len);
			s->sent++;
			break;
		case IPC_PEER_SESSION:
			session = in.body;
			s->serial = session->serial;
			s->confirmed = session->confirmed;
			s->sessions++;
			break;
		case IPC_RECORD_OUT:
			put_record(s, &in);
			break;
		case IPC_PEER_FALSE:
			s->false_ends++;
			break;
		default:
			break;
		}
	}
	while (ipc_receive(&s->ui, &in) == IPC_GOT) {
		if (in.type == IPC_PEER) {
			state = in.body;
			s->state = (enum peer_state)state->state;
			s->failure = (enum path_failure)state->failure;
		}
		s->undelivered += in.type == IPC_UNDELIVERED;
		s->claims += in.type == IPC_PEER_CLAIM;
	}
}

static void
work(struct both *t)
{
	t->a.c->now = t->b.c->now = t->now;
	peers_timer(t->a.c);
	peers_timer(t->b.c);
	hear(&t->a);
	hear(&t->b);
}

static void
path(struct both *t, struct side *s, enum path_state state, bool secured)
{
	struct ipc_path body = {
		.handle = HANDLE,
		.state = (uint8_t)state,
		.kind = state == PATH_UP ? PATH_LAN : PATH_NONE,
		.secured = secured,
		.rtt_us = 1000,
	};

	s->c->now = t->now;
	peers_path(s->c, MESSAGE(s->c->now, &body));
	work(t);
}

static void
give(struct both *t, struct side *to, const struct ipc_handshake *h,
    const uint8_t *record, size_t len)
{
	to->c->now = t->now;
	peers_handshake(to->c,
	    MESSAGE_WITH(to->c->now, h, bytes_guarded(record, len), len));
	hear(to);
}

/* What one side wants sent arrives at the other: an answer, as its question
 * went. */
static void
carry(struct both *t, const struct side *from, struct side *to)
{
	struct ipc_handshake h = from->out;

	h.on_path |= h.number == HANDSHAKE_2;
	give(t, to, &h, from->record, from->len);
}

/* The initiator's netd has seen a packet with the keys of its last session. */
static void
confirm(struct both *t)
{
	struct ipc_session_up up = { HANDLE, t->a.serial };

	t->a.c->now = t->now;
	peers_session_up(t->a.c, MESSAGE(t->a.c->now, &up));
	work(t);
}

/* What one side has put into its stream arrives. */
static void
carry_records(struct both *t, struct side *from, struct side *to)
{
	to->c->now = t->now;
	for (unsigned int i = 0; i < from->records; i++)
		peers_record(to->c,
		    MESSAGE_WITH(to->c->now, &from->stream[i].body,
			from->stream[i].bytes, from->stream[i].len));
	from->records = 0;
	work(t);
}

/* The responder's first records do, and those that answer them. */
static void
carry_ready(struct both *t)
{
	carry_records(t, &t->b, &t->a);
	carry_records(t, &t->a, &t->b);
}

static uint64_t
next_due(const struct both *t)
{
	return clock_min(peers_deadline(t->a.c), peers_deadline(t->b.c));
}

/* The next thing that is due happens. */
static void
wait_next(struct both *t)
{
	uint64_t due = next_due(t);

	CU_ASSERT_NOT_EQUAL_FATAL(due, CLOCK_NEVER);
	t->now = clock_max(t->now, due);
	work(t);
}

/* All that is due until then. */
static void
wait_until(struct both *t, uint64_t time)
{
	while (next_due(t) <= time)
		wait_next(t);
	t->now = time;
}

static void
come_together(struct both *t)
{
	path(t, &t->b, PATH_UP, false);
	path(t, &t->a, PATH_UP, false);
	carry(t, &t->a, &t->b);
	carry(t, &t->b, &t->a);
	carry(t, &t->a, &t->b);
	confirm(t);
	carry_ready(t);
	CU_ASSERT_EQUAL(t->a.state, PEER_CONNECTED);
	CU_ASSERT_EQUAL(t->b.state, PEER_CONNECTED);
}

static void
test_established(void)
{
	struct both t;

	set_up(&t);
	path(&t, &t.b, PATH_UP, false);
	CU_ASSERT_EQUAL(t.b.sent, 0); /* it waits for the other to begin */
	path(&t, &t.a, PATH_UP, false);
	CU_ASSERT(t.a.sent == 1 && t.a.out.number == HANDSHAKE_1);
	carry(&t, &t.a, &t.b);
	CU_ASSERT(t.b.sent == 1 && t.b.out.number == HANDSHAKE_2 &&
	    t.b.out.attempt == t.a.out.attempt);
	carry(&t, &t.b, &t.a);
	CU_ASSERT(t.a.sent == 2 && t.a.out.number == HANDSHAKE_3);
	CU_ASSERT(t.a.sessions == 1 && !t.a.confirmed);
	CU_ASSERT_EQUAL(t.b.sessions, 0);
	carry(&t, &t.a, &t.b);
	CU_ASSERT(t.b.sessions == 1 && t.b.confirmed);
	CU_ASSERT_EQUAL(t.b.state, PEER_CONNECTED);
	CU_ASSERT_EQUAL_FATAL(t.b.records, 2); /* READY, and a receipt */
	CU_ASSERT_EQUAL(t.b.stream[0].body.serial, t.b.serial);
	confirm(&t);
	CU_ASSERT_NOT_EQUAL(t.a.state, PEER_CONNECTED);
	carry_ready(&t);
	CU_ASSERT_EQUAL(t.a.state, PEER_CONNECTED);
	CU_ASSERT(t.a.sent == 2 && t.b.sent == 1);
	CU_ASSERT_EQUAL(peers_deadline(t.b.c), CLOCK_NEVER);
	tear_down(&t);
}

/* Each message, and each answer, is lost once: it comes again, in the same
 * bytes, and makes no second session. */
static void
test_lost(void)
{
	uint8_t record[WIRE_HANDSHAKE_RECORD_MAX];
	struct both t;

	set_up(&t);
	path(&t, &t.b, PATH_UP, false);
	path(&t, &t.a, PATH_UP, false);
	memcpy(record, t.a.record, t.a.len);
	wait_next(&t);
	CU_ASSERT_EQUAL(t.now, START + ATTEMPT_RETRY);
	CU_ASSERT(t.a.sent == 2 && t.a.out.number == HANDSHAKE_1);
	CU_ASSERT_EQUAL(memcmp(record, t.a.record, t.a.len), 0);
	carry(&t, &t.a, &t.b); /* whose answer is lost */
	memcpy(record, t.b.record, t.b.len);
	wait_next(&t);
	carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sent, 2);
	CU_ASSERT_EQUAL(memcmp(record, t.b.record, t.b.len), 0);
	carry(&t, &t.b, &t.a); /* whose answer is lost, too */
	carry(&t, &t.b, &t.a);
	CU_ASSERT(t.a.out.number == HANDSHAKE_3 && t.a.sessions == 1);
	wait_next(&t);
	CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_3);
	carry(&t, &t.a, &t.b);
	carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sessions, 1);
	confirm(&t);
	carry_ready(&t);
	CU_ASSERT(t.a.state == PEER_CONNECTED && t.b.state == PEER_CONNECTED);
	tear_down(&t);
}

static void
owe_text(struct side *s)
{
	struct ipc_say say = { .seq = 1, .nick_len = 1 };

	s->c->boot.ever_joined = true;
	CU_ASSERT_EQUAL(outbox_say(&s->c->outbox, &say, "nhi", 3, NULL, 0), 0);
	pump_all(s->c);
}

/* There is a path, and nobody at its end answers the handshake: the user is
 * told, on either side, and of the text; and it goes on. */
static void
test_unanswered(void)
{
	struct both t;

	set_up(&t);
	owe_text(&t.a);
	path(&t, &t.b, PATH_UP, false);
	path(&t, &t.a, PATH_UP, false);
	wait_until(&t, START + 9 * USEC_PER_SEC);
	CU_ASSERT_NOT_EQUAL(t.a.state, PEER_FAILED);
	CU_ASSERT_EQUAL(t.a.undelivered, 0);
	CU_ASSERT_EQUAL(t.b.out.number, HANDSHAKE_BEGIN);
	wait_until(&t, START + 11 * USEC_PER_SEC);
	CU_ASSERT(t.a.state == PEER_FAILED && t.b.state == PEER_FAILED);
	CU_ASSERT_EQUAL(t.a.failure, FAILURE_HANDSHAKE);
	CU_ASSERT_EQUAL(t.a.undelivered, 1);
	t.a.sent = t.b.sent = 0;
	wait_until(&t, START + 600 * USEC_PER_SEC);
	CU_ASSERT(t.a.sent >= 10 && t.a.sent <= 100);
	CU_ASSERT(t.b.sent >= 8 && t.b.sent <= 12);
	t.a.sent = 0;
	while (t.a.sent == 0 || t.a.out.number != HANDSHAKE_1)
		wait_next(&t);
	carry(&t, &t.a, &t.b);
	carry(&t, &t.b, &t.a);
	carry(&t, &t.a, &t.b);
	confirm(&t);
	carry_ready(&t);
	CU_ASSERT(t.a.state == PEER_CONNECTED && t.b.state == PEER_CONNECTED);
	tear_down(&t);
}

/* The responder finishes the handshake, and the first record never comes. */
static void
test_never_ready(void)
{
	struct both t;

	set_up(&t);
	path(&t, &t.a, PATH_UP, false);
	carry(&t, &t.a, &t.b);
	carry(&t, &t.b, &t.a);
	carry(&t, &t.a, &t.b);
	confirm(&t);
	while (t.a.state != PEER_FAILED)
		wait_next(&t);
	CU_ASSERT(t.now <= START + 11 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(t.a.failure, FAILURE_HANDSHAKE);
	tear_down(&t);
}

/* Another key under the same ids, with all that they ever showed. */
static void
impersonate(struct both *other, const struct both *t)
{
	set_up(other);
	other->now = t->now;
	for (int i = 0; i < 2; i++) {
		struct client_secrets *secrets = &other->secrets[i];
		struct side *s = i == 0 ? &other->a : &other->b;

		secrets->us = t->secrets[i].us;
		s->c->id = secrets->us.id;
		s->p->id = t->secrets[1 - i].us.id;
		s->p->config.us = s->c->id;
		s->p->config.them = s->p->id;
	}
}

/*
 * Somebody else in the room begins a handshake, answers one, and ends one, as
 * the peer: the user is told, and the session that there is goes on.
 */
static void
test_impostor(void)
{
	struct both t, other;
	struct side *mallory = &other.a;

	set_up(&t);
	come_together(&t);
	/* To the responder. */
	t.now += ATTEMPTS_WITHIN;
	impersonate(&other, &t);
	path(&other, mallory, PATH_UP, false);
	carry(&t, mallory, &t.b);
	carry(&other, &t.b, mallory);
	CU_ASSERT_EQUAL(mallory->out.number, HANDSHAKE_3);
	carry(&t, mallory, &t.b);
	CU_ASSERT(t.b.sessions == 1 && t.b.claims == 1);
	CU_ASSERT_TRUE(session_established(t.b.p->session));
	tear_down(&other);
	/* To the initiator, which was asked to begin. */
	t.now += ATTEMPTS_WITHIN;
	give(&t, &t.a, &(struct ipc_handshake){ .handle = HANDLE }, NULL, 0);
	CU_ASSERT_EQUAL(t.a.sent, 2);
	give(&t, &t.a,
	    &(struct ipc_handshake){ .handle = HANDLE, .by_session = 1 }, NULL,
	    0);
	CU_ASSERT_EQUAL(t.a.sent, 3);
	impersonate(&other, &t);
	carry(&other, &t.a, &other.b);
	CU_ASSERT_EQUAL(other.b.out.number, HANDSHAKE_2);
	give(&t, &t.a, &other.b.out, other.b.record, other.b.len);
	CU_ASSERT_EQUAL(t.a.claims, 0); /* it did not come over the path */
	carry(&t, &other.b, &t.a);
	CU_ASSERT(t.a.sessions == 1 && t.a.claims == 1);
	CU_ASSERT_EQUAL(t.a.false_ends, 1);
	CU_ASSERT_TRUE(session_established(t.a.p->session));
	tear_down(&other);
	/* The real one is not hindered. */
	t.now += 2 * USEC_PER_SEC;
	give(&t, &t.a,
	    &(struct ipc_handshake){ .handle = HANDLE, .by_session = 1 }, NULL,
	    0);
	carry(&t, &t.a, &t.b);
	carry(&t, &t.b, &t.a);
	carry(&t, &t.a, &t.b);
	CU_ASSERT(t.a.sessions == 2 && t.b.sessions == 2);
	tear_down(&t);
}

/* Each costs us DH, so there are only so many in a time; and who is not at the
 * other end of the path, or has not the session's keys, does not keep out who
 * is and has. */
static void
test_too_many(void)
{
	struct ipc_handshake h = { .handle = HANDLE, .number = HANDSHAKE_1 };
	struct both t;

	set_up(&t);
	path(&t, &t.a, PATH_UP, false);
	for (h.attempt = 1; h.attempt <= 10; h.attempt++)
		give(&t, &t.b, &h, t.a.record, t.a.len);
	CU_ASSERT_EQUAL(t.b.sent, ATTEMPTS_MAX - 1);
	t.a.out.on_path = 1;
	carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sent, ATTEMPTS_MAX);
	CU_ASSERT_EQUAL(t.b.out.attempt, t.a.out.attempt);
	t.now += ATTEMPTS_WITHIN;
	give(&t, &t.b, &h, t.a.record, t.a.len);
	CU_ASSERT_EQUAL(t.b.sent, ATTEMPTS_MAX + 1);
	tear_down(&t);

	set_up(&t);
	come_together(&t);
	t.now += SESSION_IDLE;
	t.a.out.number = 0;
	work(&t); /* another is due */
	CU_ASSERT_EQUAL_FATAL(t.a.out.number, HANDSHAKE_1);
	t.b.sent = 0;
	for (h.attempt = 1; h.attempt <= 10; h.attempt++)
		give(&t, &t.b, &h, t.a.record, t.a.len);
	CU_ASSERT_EQUAL(t.b.sent, 1);
	t.a.out.by_session = 1;
	carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sent, 2);
	CU_ASSERT_EQUAL(t.b.out.attempt, t.a.out.attempt);
	tear_down(&t);
}

/* What came by the keys of a session is not for who has the room's alone: not
 * by the same number, before it or after. */
static void
test_one_number(void)
{
	struct both t, other;
	struct ipc_handshake h;

	set_up(&t);
	come_together(&t);
	t.now += SESSION_IDLE;
	work(&t);
	CU_ASSERT_EQUAL_FATAL(t.a.out.number, HANDSHAKE_1);
	impersonate(&other, &t);
	path(&other, &other.a, PATH_UP, false);
	h = other.a.out;
	h.attempt = t.a.out.attempt;
	give(&t, &t.b, &h, other.a.record, other.a.len);
	CU_ASSERT_FALSE(t.b.out.by_session);
	t.a.out.by_session = 1;
	carry(&t, &t.a, &t.b);
	CU_ASSERT_TRUE(t.b.out.by_session);
	carry(&t, &t.b, &t.a);
	CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_3);
	h.number = HANDSHAKE_3;
	give(&t, &t.b, &h, other.a.record, other.a.len);
	t.a.out.by_session = 1;
	carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sessions, 2);
	tear_down(&other);
	tear_down(&t);
}

/* Our initiator believes the session's keys after its first message. */
static void
test_secured_meanwhile(void)
{
	struct both t;

	set_up(&t);
	path(&t, &t.a, PATH_UP, false);
	carry(&t, &t.a, &t.b);
	carry(&t, &t.b, &t.a);
	t.a.out.by_session = 1;
	carry(&t, &t.a, &t.b);
	CU_ASSERT_EQUAL(t.b.sessions, 1);
	tear_down(&t);
}

/* A new netd has no stream: it is given the keys that the peer's believes, and
 * the session begins again. */
static void
test_new_netd(void)
{
	struct both t;

	for (int i = 0; i < 2; i++) {
		struct side *s;

		set_up(&t);
		come_together(&t);
		t.now += ATTEMPTS_WITHIN;
		s = i == 0 ? &t.a : &t.b;
		peers_netd_gone(s->c);
		hear(s);
		CU_ASSERT_EQUAL(s->state, PEER_CONNECTING);
		s->sessions = 0;
		t.a.sent = t.b.sent = 0;
		s->p->state = PEER_CONNECTING;
		s->c->have_local = true;
		members_tell_netd(s->c);
		hear(s);
		CU_ASSERT(s->sessions == 1 && s->confirmed);
		path(&t, s, PATH_UP, true);
		/* The initiator begins; the other asks for it, at once. */
		CU_ASSERT_EQUAL(s->sent, 1);
		CU_ASSERT_EQUAL(s->out.number,
		    i == 0 ? HANDSHAKE_1 : HANDSHAKE_BEGIN);
		if (i == 1) {
			t.b.out.by_session = 1;
			carry(&t, &t.b, &t.a);
		}
		CU_ASSERT_EQUAL(t.a.out.number, HANDSHAKE_1);
		carry(&t, &t.a, &t.b);
		carry(&t, &t.b, &t.a);
		carry(&t, &t.a, &t.b);
		confirm(&t);
		carry_ready(&t);
		CU_ASSERT_EQUAL(t.a.state, PEER_CONNECTED);
		CU_ASSERT_EQUAL(t.b.state, PEER_CONNECTED);
		tear_down(&t);
	}
}

/* Keys that nobody uses do not stay: others take their place, or none where
 * there is no path. */
static void
test_idle(void)
{
	struct both t;

	set_up(&t);
	come_together(&t);
	CU_ASSERT_EQUAL(peers_deadline(t.a.c), START + SESSION_IDLE);
	wait_next(&t);
	CU_ASSERT(t.a.sent == 3 && t.a.out.number == HANDSHAKE_1);
	carry(&t, &t.a, &t.b);
	carry(&t, &t.b, &t.a);
	carry(&t, &t.a, &t.b);
	confirm(&t);
	CU_ASSERT(t.a.sessions == 2 && t.b.sessions == 2);
	carry_ready(&t);
	CU_ASSERT_EQUAL(t.a.state, PEER_CONNECTED);

	path(&t, &t.b, PATH_PROBING, true);
	CU_ASSERT_PTR_NOT_NULL(t.b.p->session);
	t.now += SESSION_IDLE;
	work(&t);
	CU_ASSERT_PTR_NULL(t.b.p->session);
	CU_ASSERT_PTR_NOT_NULL(t.b.p->packets);
	tear_down(&t);
}

void
handshakes_suite(void)
{
	CU_pSuite s = CU_add_suite("handshakes", crypto_setup, NULL);

	CU_add_test(s, "established", test_established);
	CU_add_test(s, "lost and repeated", test_lost);
	CU_add_test(s, "unanswered", test_unanswered);
	CU_add_test(s, "never ready", test_never_ready);
	CU_add_test(s, "somebody else", test_impostor);
	CU_add_test(s, "too many", test_too_many);
	CU_add_test(s, "one number, other keys", test_one_number);
	CU_add_test(s, "secured meanwhile", test_secured_meanwhile);
	CU_add_test(s, "a new netd", test_new_netd);
	CU_add_test(s, "idle", test_idle);
}
