/*
 * Two cryptods and their handshakes in a test. See both.h.
 */
#include "tests/unit/cryptod/client/both.h"

#include "cryptod/client/peers.h"

#include "tests/unit/bytes.h"
#include "tests/unit/ipc_pair.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

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

void
both_open(struct both *t)
{
	memset(t, 0, sizeof(*t));
	t->now = START;
	t->rtt_us = 1000;
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

void
both_close(struct both *t)
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

void
both_hear(struct side *s)
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
			s->false_end = *(const struct ipc_peer_false *)in.body;
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

void
both_work(struct both *t)
{
	t->a.c->now = t->b.c->now = t->now;
	peers_timer(t->a.c);
	peers_timer(t->b.c);
	both_hear(&t->a);
	both_hear(&t->b);
}

void
both_path(struct both *t, struct side *s, enum path_state state, bool secured)
{
	struct ipc_path body = {
		.handle = HANDLE,
		.state = (uint8_t)state,
		.kind = state == PATH_UP ? PATH_LAN : PATH_NONE,
		.secured = secured,
		.rtt_us = t->rtt_us,
		.addr.port = t->port,
	};

	s->c->now = t->now;
	peers_path(s->c, MESSAGE(s->c->now, &body));
	both_work(t);
}

void
both_give(struct both *t, struct side *to, const struct ipc_handshake *h,
    const uint8_t *record, size_t len)
{
	to->c->now = t->now;
	peers_handshake(to->c,
	    MESSAGE_WITH(to->c->now, h, bytes_guarded(record, len), len));
	both_hear(to);
}

void
both_carry(struct both *t, const struct side *from, struct side *to)
{
	struct ipc_handshake h = from->out;

	h.on_path |= h.number == HANDSHAKE_2;
	both_give(t, to, &h, from->record, from->len);
}

void
both_confirm(struct both *t)
{
	struct ipc_session_up up = { HANDLE, t->a.serial };

	t->a.c->now = t->now;
	peers_session_up(t->a.c, MESSAGE(t->a.c->now, &up));
	both_work(t);
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
	both_work(t);
}

void
both_carry_ready(struct both *t)
{
	carry_records(t, &t->b, &t->a);
	carry_records(t, &t->a, &t->b);
}

uint64_t
both_due(const struct both *t)
{
	return clock_min(peers_deadline(t->a.c), peers_deadline(t->b.c));
}

void
both_wait_next(struct both *t)
{
	uint64_t due = both_due(t);

	CU_ASSERT_NOT_EQUAL_FATAL(due, CLOCK_NEVER);
	t->now = clock_max(t->now, due);
	both_work(t);
}

void
both_wait_until(struct both *t, uint64_t time)
{
	while (both_due(t) <= time)
		both_wait_next(t);
	t->now = time;
}

void
both_connect(struct both *t)
{
	both_path(t, &t->b, PATH_UP, false);
	both_path(t, &t->a, PATH_UP, false);
	both_carry(t, &t->a, &t->b);
	both_carry(t, &t->b, &t->a);
	both_carry(t, &t->a, &t->b);
	both_confirm(t);
	both_carry_ready(t);
	CU_ASSERT_EQUAL(t->a.state, PEER_CONNECTED);
	CU_ASSERT_EQUAL(t->b.state, PEER_CONNECTED);
}

void
both_impersonate(struct both *other, const struct both *t)
{
	both_open(other);
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
