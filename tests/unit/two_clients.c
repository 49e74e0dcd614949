/*
 * Two clients in a test. See two_clients.h.
 */
#include "tests/unit/two_clients.h"

#include "cryptod/client/members.h"
#include "cryptod/client/peer_table.h"
#include "cryptod/client/peers.h"
#include "cryptod/client/pump.h"
#include "cryptod/client/settle.h"

#include "tests/unit/ipc_pair.h"
#include "tests/unit/simnet.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

uint32_t
two_random(struct two *t, uint32_t limit)
{
	return simnet_random(&t->seed) % limit;
}

/* --- One side, up and down -------------------------------------------- */

static void
netd_up(struct two *t, struct whole *s)
{
	struct ipc_config_netd config = {
		.incarnation = s->incarnation,
		.relay = RELAY_NEVER,
	};
	struct lan lan = { .count = 0 };

	ipc_pair(&s->c->netd, ROLE_CRYPTOD, &s->netd, ROLE_NETD);
	links_init(&s->links, &fake_udp, &s->netd, &t->f.b, &t->nat, &config,
	    &lan);
	s->c->card.incarnation = s->incarnation;
}

static void
netd_down(struct whole *s)
{
	struct peer *p;

	FOREACH_PEER (s->c, p) {
		struct ipc_peer body = { .handle = p->handle };

		if (p->known_to_netd)
			CU_ASSERT_EQUAL(links_drop(&s->links,
					    MESSAGE(s->c->now, &body)),
			    0);
	}
	ipc_close(&s->netd);
	ipc_close(&s->c->netd);
}

static void
cryptod_up(struct two *t, struct whole *s)
{
	struct client *c = calloc(1, sizeof(*c));

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	ipc_pair(&c->ui, ROLE_CRYPTOD, &s->ui, ROLE_UI);
	outbox_init(&c->outbox);
	inbox_init(&c->inbox);
	recall_init(&c->recall);
	c->secrets = s->secrets;
	c->known = calloc(1, sizeof(*c->known));
	CU_ASSERT_PTR_NOT_NULL_FATAL(c->known);
	c->known->fd = -1;
	c->id = s->secrets->us.id;
	c->card.nonce[0] = (uint8_t)(1 + (s - t->side));
	c->config.nick_len = 1;
	c->config.nick[0] = 'n';
	c->have_local = c->boot.up = c->boot.ever_joined = true;
	c->now = t->f.now;
	s->c = c;
	s->blind = false;
	s->shown = 0;
}

static void
cryptod_down(struct whole *s)
{
	struct peer *p;

	FOREACH_PEER (s->c, p) {
		inbox_shown(&s->c->inbox, p->handle, UINT64_MAX, &s->c->recall);
		peer_free(p);
	}
	recall_free(&s->c->recall);
	known_peers_free(s->c->known);
	free(s->c->known);
	ipc_close(&s->c->ui);
	ipc_close(&s->ui);
	free(s->c);
}

static void
make_secrets(struct whole *s, bool lower)
{
	struct claimant *us;

	s->secrets = crypto_secret_alloc(sizeof(*s->secrets));
	us = &s->secrets->us;
	crypto_keypair(&s->secrets->identity);
	do {
		crypto_random(us, sizeof(*us));
		claim_complete(us, s->secrets->identity.public_key);
	} while ((us->id.bytes[0] < 0x80) != lower);
}

void
two_open(struct two *t, uint64_t seed)
{
	memset(t, 0, sizeof(*t));
	t->seed = seed;
	fake_come_in(&t->f, 10000);
	nat_init(&t->nat, 0, &(struct lan){ .count = 0 });
	for (int n = 0; n < 2; n++) {
		struct whole *s = &t->side[n];

		s->incarnation = 1;
		make_secrets(s, n == 0);
		cryptod_up(t, s);
		netd_up(t, s);
	}
}

void
two_close(struct two *t)
{
	for (int n = 0; n < 2; n++) {
		netd_down(&t->side[n]);
		cryptod_down(&t->side[n]);
		crypto_secret_free(t->side[n].secrets,
		    sizeof(*t->side[n].secrets));
	}
	fake_end(&t->f);
}

void
two_restart_netd(struct two *t, int n)
{
	struct whole *s = &t->side[n];

	s->incarnation++;
	netd_down(s);
	peers_netd_gone(s->c);
	netd_up(t, s);
	members_tell_netd(s->c);
}

void
two_restart(struct two *t, int n)
{
	struct whole *s = &t->side[n];

	s->incarnation++;
	netd_down(s);
	cryptod_down(s);
	cryptod_up(t, s);
	netd_up(t, s);
	two_tell(t, n, true);
}

/* --- Bootnode and users ----------------------------------------------- */

void
two_tell(struct two *t, int n, bool joined)
{
	const struct whole *other = &t->side[1 - n];
	struct client *c = t->side[n].c;
	struct card card = {
		.incarnation = other->incarnation,
		.serial = 1,
		.nonce = { (uint8_t)(2 - n) },
	};
	uint8_t sealed[CARD_MAX];
	struct bootmsg_entry e = {
		.what = MEMBER_JOINED,
		.id = other->secrets->us.id,
		.observed = t->f.addr[1 - n],
		.card = sealed,
	};

	c->now = t->f.now;
	if (!joined) {
		members_left(c, &e.id, LEAVE_TIMEOUT);
		return;
	}
	e.card_len = card_seal(&card, &other->secrets->room, &e.id, sealed);
	members_joined(c, &e, 1);
}

void
two_lose_bootnode(struct two *t, int n)
{
	struct client *c = t->side[n].c;

	c->now = t->f.now;
	c->boot.up = false;
	settle_lost(c);
}

void
two_join_bootnode(struct two *t, int n, uint32_t settle_ms, bool listed)
{
	struct bootmsg_welcome w = {
		.timeout_ms = 15000,
		.interval_ms = 10000,
		.settle_ms = settle_ms,
	};
	struct client *c = t->side[n].c;

	c->now = t->f.now;
	members_unseen(c);
	settle_welcome(c, &w, 0);
	if (listed)
		two_tell(t, n, true);
	members_roster_end(c, 1);
	c->boot.up = true;
}

void
two_say(struct two *t, int n)
{
	struct whole *s = &t->side[n];
	struct ipc_say say = { .seq = ++s->said, .nick_len = 1 };

	CU_ASSERT_FATAL(s->said <= TOLD_TEXTS);
	outbox_say(&s->c->outbox, &say, "nhi", 3, NULL, 0);
	pump_all(s->c);
}

static void
show(struct two *t, struct whole *s)
{
	struct whole *other = &t->side[s == t->side];
	struct ipc_message_in in;

	while (ipc_receive(&s->ui, &in) == IPC_GOT) {
		const struct ipc_message *m = in.body;
		const struct ipc_delivered *d = in.body;
		const struct ipc_undelivered *u = in.body;
		const struct ipc_sent *sent = in.body;
		const struct ipc_sent_also *also = in.body;
		const struct ipc_sent_all *all = in.body;
		const struct ipc_peer_state *peer = in.body;

		if (in.type == IPC_PEER)
			s->shown = peer->state == PEER_LEFT ? 0 : peer->handle;
		if (in.type == IPC_MESSAGE && !s->blind) {
			CU_ASSERT_FATAL(m->seq <= other->said);
			CU_ASSERT_EQUAL(m->handle, s->shown);
			other->told[m->seq].shown++;
			peers_receipt(s->c,
			    &(struct ipc_receipt){ .handle = m->handle,
				.seq = m->seq });
		}
		if (in.type == IPC_SENT) {
			s->told[sent->seq].to = sent->peers;
			s->told[sent->seq].open = sent->open;
		}
		for (uint64_t seq = also->after + 1;
		     in.type == IPC_SENT_ALSO && seq <= s->said; seq++)
			s->told[seq].to += s->told[seq].open;
		if (in.type == IPC_SENT_ALL)
			s->told[all->seq].open = false;
		if (in.type == IPC_DELIVERED)
			s->told[d->seq].delivered++;
		if (in.type == IPC_DELIVERED_LATE)
			s->told[d->seq].late++;
		if (in.type == IPC_UNDELIVERED)
			s->told[u->seq].undelivered++;
	}
}

void
two_restart_ui(struct two *t, int n)
{
	struct whole *s = &t->side[n];

	show(t, s); /* other messages it has shown */
	ipc_close(&s->ui);
	ipc_close(&s->c->ui);
	ipc_pair(&s->c->ui, ROLE_CRYPTOD, &s->ui, ROLE_UI);
	s->blind = false;
	s->shown = 0;
	peers_tell_ui(s->c);
}

bool
two_connected(const struct two *t)
{
	for (int n = 0; n < 2; n++) {
		const struct peer *p =
		    peer_of_id(t->side[n].c, &t->side[1 - n].c->id);

		if (p == NULL || p->state != PEER_CONNECTED)
			return false;
	}
	return true;
}

/* --- Between the processes, and the two -------------------------------- */

/* Takes the messages about paths, and ignores the rest. */
static void
to_netd(struct whole *s, const struct ipc_message_in *in)
{
	static const struct {
		enum ipc_type type;
		message_handler *handle;
	} handlers[] = {
		{ IPC_PEER_ADD, links_add },
		{ IPC_PEER_UPDATE, links_update },
		{ IPC_PEER_KEYS, links_keys },
		{ IPC_PEER_SESSION, links_session },
		{ IPC_PEER_OPEN, links_open },
		{ IPC_PEER_FALSE, links_false },
		{ IPC_PEER_CHECK, links_check },
		{ IPC_PEER_REST, links_rest },
		{ IPC_PEER_DROP, links_drop },
		{ IPC_HANDSHAKE_OUT, links_handshake },
		{ IPC_RECORD_OUT, links_record },
	};

	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
		if (handlers[i].type == in->type)
			handlers[i].handle(&s->links, in);
}

static void
to_cryptod(struct whole *s, const struct ipc_message_in *in)
{
	static const struct {
		enum ipc_type type;
		message_handler *handle;
	} handlers[] = {
		{ IPC_PATH, peers_path },
		{ IPC_HANDSHAKE_IN, peers_handshake },
		{ IPC_SESSION_UP, peers_session_up },
		{ IPC_RECORD_IN, peers_record },
		{ IPC_ACKED, peers_acked },
	};

	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
		if (handlers[i].type == in->type)
			handlers[i].handle(s->c, in);
}

/* Passes on the messages that wait between them. Returns whether there were
 * any. */
static bool
exchange(struct two *t, struct whole *s)
{
	struct ipc_message_in in;
	bool any = false;

	for (; ipc_receive(&s->netd, &in) == IPC_GOT; any = true) {
		in.now = t->f.now;
		to_netd(s, &in);
	}
	for (; ipc_receive(&s->c->netd, &in) == IPC_GOT; any = true)
		to_cryptod(s, &in);
	show(t, s);
	return any;
}

static void
work(struct two *t, struct whole *s)
{
	s->c->now = t->f.now;
	links_timer(&s->links, t->f.now);
	links_deliver(&s->links);
	do {
		peers_timer(s->c);
		pump_all(s->c);
	} while (exchange(t, s));
	links_timer(&s->links, t->f.now);
}

/* The bootnode's own packets are dropped. */
static void
carry(void *arg, const uint8_t *bytes, size_t len)
{
	struct two *t = arg;
	struct remote from = { .addr = t->f.addr[1 - t->to] };

	switch (wire_type(bytes, len)) {
	case WIRE_PROBE:
	case WIRE_PROBE_REPLY:
	case WIRE_HANDSHAKE:
	case WIRE_DATA:
		if (two_random(t, 100) >= t->loss)
			links_packet(&t->side[t->to].links, t->f.now, &fake_udp,
			    &from, bytes, len);
		break;
	default:
		break;
	}
}

static uint64_t
deadline(const struct two *t)
{
	uint64_t due = t->f.now + 2 * USEC_PER_SEC;

	for (int n = 0; n < 2; n++)
		due = clock_min(due,
		    clock_min(links_deadline(&t->side[n].links),
			peers_deadline(t->side[n].c)));
	return clock_max(due, t->f.now + USEC_PER_MSEC);
}

void
two_run(struct two *t, uint64_t time)
{
	uint64_t end = t->f.now + time;

	while (t->f.now < end) {
		for (int n = 0; n < 2; n++)
			work(t, &t->side[n]);
		for (t->to = 0; t->to < 2; t->to++)
			fake_each(&t->f, t->to, carry, t);
		for (int n = 0; n < 2; n++)
			work(t, &t->side[n]);
		t->f.now = deadline(t);
	}
}
