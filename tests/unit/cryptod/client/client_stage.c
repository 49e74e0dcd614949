/*
 * A client's cryptod in a test. See client_stage.h.
 */
#include "tests/unit/cryptod/client/client_stage.h"

#include "cryptod/client/members.h"
#include "cryptod/client/peer_table.h"
#include "cryptod/client/peers.h"
#include "cryptod/client/pump.h"

#include "tests/unit/ipc_pair.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

static const struct addr somewhere = {
	.ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 7 },
	.port = 4545
};

void
stage_open(struct stage *s, bool lower)
{
	struct client *c = calloc(1, sizeof(*c));

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	memset(s, 0, sizeof(*s));
	s->c = c;
	pair_init(&s->pair);
	s->us = lower ? &s->pair.a : &s->pair.b;
	s->them = lower ? &s->pair.b : &s->pair.a;
	ipc_pair(&c->netd, ROLE_CRYPTOD, &s->netd, ROLE_NETD);
	ipc_pair(&c->ui, ROLE_CRYPTOD, &s->ui, ROLE_UI);
	outbox_init(&c->outbox);
	inbox_init(&c->inbox);
	recall_init(&c->recall);
	c->secrets = crypto_secret_alloc(sizeof(*c->secrets));
	c->secrets->identity = s->us->key;
	c->secrets->us = s->us->us;
	c->secrets->room.tag = s->us->config.tag;
	memcpy(c->secrets->room.psk, s->us->psk, KEY_LEN);
	c->id = s->us->us.id;
	c->card.incarnation = 1;
	c->config.nick_len = (uint16_t)s->us->config.nick_len;
	memcpy(c->config.nick, s->us->nick, s->us->config.nick_len);
	c->known = calloc(1, sizeof(*c->known));
	CU_ASSERT_PTR_NOT_NULL_FATAL(c->known);
	c->known->fd = -1;
	c->have_local = c->boot.up = c->boot.ever_joined = true;
	c->now = s->pair.now;
	s->attempt = 1;
	chain_begin(&s->chain);
	memcpy(s->nick, s->them->nick, s->them->config.nick_len);
}

void
stage_close(struct stage *s)
{
	struct peer *p;

	FOREACH_PEER (s->c, p) {
		inbox_shown(&s->c->inbox, p->handle, UINT64_MAX, &s->c->recall);
		peer_free(p);
	}
	pair_free(&s->pair);
	ipc_close(&s->c->netd);
	ipc_close(&s->c->ui);
	ipc_close(&s->netd);
	ipc_close(&s->ui);
	recall_free(&s->c->recall);
	known_peers_free(s->c->known);
	free(s->c->known);
	crypto_secret_free(s->c->secrets, sizeof(*s->c->secrets));
	free(s->c);
}

void
stage_welcome(struct stage *s, uint32_t settle_ms)
{
	stage_welcome_spread(s, settle_ms, 0);
}

void
stage_welcome_spread(struct stage *s, uint32_t settle_ms, uint8_t spread)
{
	struct bootmsg_welcome w = {
		.timeout_ms = STAGE_TIMEOUT_MS,
		.interval_ms = STAGE_TIMEOUT_MS - SETTLE_JOIN_MS,
		.settle_ms = settle_ms,
	};

	settle_welcome(s->c, &w, spread);
	s->c->boot.up = true;
}

void
stage_list(struct stage *s, const struct peer_id *id, const uint8_t *card,
    size_t len)
{
	struct bootmsg_entry e = { .what = MEMBER_JOINED,
		.id = *id,
		.observed = somewhere,
		.card = card,
		.card_len = len };

	members_joined(s->c, &e, 1);
}

void
stage_listed(struct stage *s)
{
	const struct peer_id *id = &s->them->us.id;
	struct card card = { .incarnation = 1, .serial = 1, .nonce = { 9 } };
	uint8_t sealed[CARD_MAX];

	stage_list(s, id, sealed,
	    card_seal(&card, &s->c->secrets->room, id, sealed));
	s->p = peer_of_id(s->c, id);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->p);
}

struct peer *
stage_list_other(struct stage *s, uint8_t name)
{
	struct peer_id id = { { name, 0xcc } };
	struct card card = { .incarnation = 1, .serial = 1, .nonce = { name } };
	uint8_t sealed[CARD_MAX];

	stage_list(s, &id, sealed,
	    card_seal(&card, &s->c->secrets->room, &id, sealed));
	return peer_of_id(s->c, &id);
}

void
stage_path(struct stage *s, enum path_state state)
{
	struct ipc_path path = { .handle = s->p->handle,
		.state = (uint8_t)state,
		.secured = s->p->session != NULL };

	if (state == PATH_UP) {
		path.kind = PATH_DIRECT;
		path.addr = somewhere;
	} else if (state == PATH_FAILED) {
		path.failure = FAILURE_UNANSWERED;
	}
	peers_path(s->c, MESSAGE(s->c->now, &path));
}

void
stage_connect(struct stage *s)
{
	s->them->session =
	    session_new(&s->them->config, &s->them->io, s->c->now);
	stage_path(s, PATH_UP);
	CU_ASSERT_EQUAL(session_start(s->them->session), 0);
	CU_ASSERT_EQUAL(stage_exchange(s, s->them), 0);
	CU_ASSERT_EQUAL(s->p->state, PEER_CONNECTED);
}

/* Takes the messages to netd, and gives records to that end. */
static bool
from_us(struct stage *s, struct end *to, int *result)
{
	const struct ipc_peer_session *session;
	const struct ipc_handshake *h;
	struct ipc_message_in in;
	bool any = false;

	while (ipc_receive(&s->netd, &in) == IPC_GOT) {
		any = true;
		s->told[in.type]++;
		if (in.type == IPC_PEER_SESSION) {
			session = in.body;
			s->serial = session->serial;
			s->up = session->confirmed;
		}
		h = in.body;
		if (in.type == IPC_HANDSHAKE_OUT)
			s->attempt = h->attempt;
		if ((in.type == IPC_RECORD_OUT ||
			in.type == IPC_HANDSHAKE_OUT) &&
		    in.tail_len > 0 && to != NULL)
			*result = session_receive(to->session, s->c->now,
			    in.tail, in.tail_len);
	}
	return any;
}

/* The first message is shorter than all others. */
#define FIRST_MESSAGE 50

/* Hands the record on as netd would. */
static void
to_us(struct stage *s, const struct end *from, const struct record *r)
{
	struct ipc_record body = { .handle = s->p->handle };
	struct ipc_handshake h = {
		.handle = s->p->handle,
		.from = somewhere,
	};
	struct ipc_session_up up = { s->p->handle, s->serial };

	if (session_is_handshake(r->bytes, r->len)) {
		h.number = HANDSHAKE_3;
		if (r->len == FIRST_MESSAGE) {
			h.number = HANDSHAKE_1;
			s->attempt++;
		} else if (!session_initiates(&from->config)) {
			h.number = HANDSHAKE_2;
			h.on_path = 1;
		}
		h.attempt = s->attempt;
		peers_handshake(s->c,
		    MESSAGE_WITH(s->c->now, &h, r->bytes, r->len));
		return;
	}
	if (!s->up)
		peers_session_up(s->c, MESSAGE(s->c->now, &up));
	s->up = true;
	body.serial = s->serial;
	peers_record(s->c, MESSAGE_WITH(s->c->now, &body, r->bytes, r->len));
}

int
stage_exchange(struct stage *s, struct end *end)
{
	struct record *r;
	int result = 0;
	bool any;

	do {
		peers_timer(s->c);
		any = from_us(s, end, &result);
		while ((r = pair_take(end)) != NULL) {
			any = true;
			to_us(s, end, r);
			free(r);
			from_us(s, end, &result);
		}
	} while (any);
	return result;
}

const void *
stage_ui(struct stage *s, enum ipc_type type, struct ipc_message_in *in)
{
	while (ipc_receive(&s->ui, in) == IPC_GOT) {
		s->told[in->type]++;
		if (in->type == type)
			return in->body;
	}
	return NULL;
}

void
stage_take(struct stage *s)
{
	struct ipc_message_in in;
	int ignored;

	from_us(s, NULL, &ignored);
	stage_ui(s, IPC_NONE, &in);
}

unsigned int
stage_told(struct stage *s, enum ipc_type type)
{
	memset(s->told, 0, sizeof(s->told));
	stage_take(s);
	return s->told[type];
}

void
stage_say(struct stage *s, uint64_t seq, const char *text)
{
	struct ipc_say say = { .seq = seq,
		.nick_len = (uint8_t)s->c->config.nick_len };
	char tail[NICK_MAX + 256];
	size_t len = say.nick_len + strlen(text);

	CU_ASSERT_FATAL(len <= sizeof(tail));
	memcpy(tail, s->c->config.nick, say.nick_len);
	memcpy(tail + say.nick_len, text, strlen(text));
	CU_ASSERT_EQUAL_FATAL(outbox_say(&s->c->outbox, &say, tail, len, NULL,
				  0),
	    0);
	pump_all(s->c);
	stage_exchange(s, s->them);
}

static void
they_send(struct stage *s, enum session_type type, const uint8_t *content,
    size_t len)
{
	CU_ASSERT_EQUAL(session_send(s->them->session, s->c->now, type, content,
			    len),
	    0);
	stage_exchange(s, s->them);
}

void
stage_hear_link(struct stage *s, uint64_t seq, unsigned int flags,
    const struct chain_link *link, const char *text)
{
	uint8_t content[SESSION_CONTENT_MAX];
	struct putter p;

	put_init(&p, content, sizeof(content));
	put_u64(&p, seq);
	put_u8(&p, flags);
	put_u64(&p, link->before);
	put_bytes(&p, link->chain, CHAIN_LEN);
	put_u8(&p, (unsigned int)strlen(s->nick));
	put_bytes(&p, s->nick, strlen(s->nick));
	put_bytes(&p, text, strlen(text));
	they_send(s, SESSION_TEXT, content, put_length(&p));
}

void
stage_hear(struct stage *s, uint64_t seq, const char *text)
{
	struct chain_link link = chain_add(&s->chain,
	    &(struct chain_text){ seq, 0, { s->nick, strlen(s->nick) },
		{ text, strlen(text) } });

	stage_hear_link(s, seq, 0, &link, text);
}

void
stage_receipt(struct stage *s, uint64_t seq)
{
	uint8_t content[8];
	struct putter p;

	put_init(&p, content, sizeof(content));
	put_u64(&p, seq);
	they_send(s, SESSION_RECEIPT, content, sizeof(content));
}

void
stage_shown(struct stage *s, uint64_t seq)
{
	struct ipc_receipt receipt = { .handle = s->p->handle, .seq = seq };

	peers_receipt(s->c, &receipt);
	stage_exchange(s, s->them);
}
