/*
 * A private text in cryptod (outbox.c, peer.c): it goes only to the key that it
 * is for, whatever the id that a bootnode lists.
 */
#include "cryptod/client/peer.h"
#include "cryptod/client/pump.h"

#include "tests/unit/bytes.h"
#include "tests/unit/ipc_pair.h"
#include "tests/unit/cryptod/client/session_pair.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void private_suite(void);

#define NAME "n"
#define TEXT NAME "for you"

struct stage {
	struct client *c;
	struct ipc_channel netd, ui; /* their ends */
	struct pair pair;
	struct peer p;
};

/* Makes a peer with a session, and a key that begins with 1. */
static void
set_up(struct stage *s)
{
	memset(s, 0, sizeof(*s));
	s->c = calloc(1, sizeof(*s->c));
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->c);
	ipc_pair(&s->c->netd, ROLE_CRYPTOD, &s->netd, ROLE_NETD);
	ipc_pair(&s->c->ui, ROLE_CRYPTOD, &s->ui, ROLE_UI);
	outbox_init(&s->c->outbox);
	memcpy(s->c->config.nick, NAME, s->c->config.nick_len = 1);
	recall_init(&s->c->recall);
	pair_establish(&s->pair);
	s->c->now = s->pair.now;
	s->p = (struct peer){ .client = s->c,
		.handle = 0x1001,
		.id.bytes = { 7 },
		.state = PEER_CONNECTED,
		.session = s->pair.a.session,
		.known = true,
		.fingerprint = { 1 } };
}

static void
tear_down(struct stage *s)
{
	pair_free(&s->pair);
	ipc_close(&s->c->netd);
	ipc_close(&s->c->ui);
	ipc_close(&s->netd);
	ipc_close(&s->ui);
	recall_free(&s->c->recall);
	free(s->c);
}

/* Says a text to the peer's id, for a key that begins with this byte. */
static void
say(struct stage *s, uint64_t seq, unsigned int flags, uint8_t key)
{
	struct ipc_say body = { .seq = seq,
		.nick_len = sizeof(NAME) - 1,
		.flags = (uint8_t)flags,
		.fingerprint = { key } };
	struct outgoing *m;

	CU_ASSERT_EQUAL_FATAL(outbox_say(&s->c->outbox, &body, TEXT,
				  sizeof(TEXT) - 1, &s->p.id, 1),
	    0);
	m = outbox_next(&s->c->outbox);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	outbox_owe(m, &s->p.place);
	outbox_settle(&s->c->outbox, m);
	pump_peer(&s->p);
}

static void
test_right_key(void)
{
	struct ipc_message_in in;
	struct stage s;
	uint64_t records;

	set_up(&s);
	records = s.pair.a.records;
	say(&s, 1, TEXT_FLAG_PRIVATE, 1);
	CU_ASSERT_EQUAL(s.pair.a.records, records + 1);
	CU_ASSERT_EQUAL(ipc_receive(&s.ui, &in), IPC_EMPTY);
	outbox_done(&s.c->outbox, &s.p.place);
	tear_down(&s);
}

static void
test_other_key(void)
{
	const struct ipc_undelivered *u;
	struct ipc_message_in in;
	struct stage s;
	uint64_t records;

	set_up(&s);
	records = s.pair.a.records;
	say(&s, 1, TEXT_FLAG_PRIVATE, 2);
	CU_ASSERT_EQUAL(s.pair.a.records, records);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&s.ui, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_UNDELIVERED);
	u = in.body;
	CU_ASSERT(u->seq == 1 && u->reason == UNDELIVERED_LEFT);
	CU_ASSERT_PTR_NULL(s.p.place.owed);
	/* A text for all is not for a certain key. */
	say(&s, 2, 0, 0);
	CU_ASSERT_EQUAL(s.pair.a.records, records + 1);
	outbox_done(&s.c->outbox, &s.p.place);
	tear_down(&s);
}

void
private_suite(void)
{
	CU_pSuite s = CU_add_suite("private", crypto_setup, NULL);

	CU_add_test(s, "to the key it is for", test_right_key);
	CU_add_test(s, "not to another", test_other_key);
}
