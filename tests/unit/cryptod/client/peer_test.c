/*
 * What ui and netd are told about a peer: its identity once it is connected,
 * and that it broke the rules of its session.
 */
#include "cryptod/client/peer.h"
#include "cryptod/client/peer_session.h"
#include "cryptod/client/peers.h"
#include "cryptod/identity.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <openssl/crypto.h>
#include <string.h>

void peer_suite(void);

/* Returns the last state of the peer that ui was told. */
static struct ipc_peer_state
last_state(struct stage *s)
{
	struct ipc_peer_state last = { .handle = 0 };
	const struct ipc_peer_state *state;
	struct ipc_message_in in;

	while ((state = stage_ui(s, IPC_PEER, &in)) != NULL)
		last = *state;
	return last;
}

static void
begin(struct stage *s)
{
	stage_open(s, true);
	stage_listed(s);
	stage_connect(s);
}

/* ui is told the peer's key and path, and that nobody has verified it. */
static void
test_connected(void)
{
	uint8_t fingerprint[FINGERPRINT_LEN];
	struct ipc_peer_state state;
	struct stage s;

	stage_open(&s, true);
	stage_listed(&s);
	state = last_state(&s);
	CU_ASSERT_EQUAL(state.state, PEER_CONNECTING);
	CU_ASSERT_EQUAL(state.handle, s.p->handle);
	stage_connect(&s);
	state = last_state(&s);
	identity_fingerprint(fingerprint, s.them->key.public_key);
	CU_ASSERT_EQUAL(state.state, PEER_CONNECTED);
	CU_ASSERT_EQUAL(state.handle, s.p->handle);
	CU_ASSERT_EQUAL(state.kind, PATH_DIRECT);
	CU_ASSERT_EQUAL(state.addr.port, 4545);
	CU_ASSERT_EQUAL(state.failure, 0);
	CU_ASSERT_EQUAL(state.left, 0);
	CU_ASSERT_FALSE(state.verified);
	CU_ASSERT_EQUAL(memcmp(&state.id, &s.them->us.id, sizeof(state.id)), 0);
	CU_ASSERT_EQUAL(memcmp(state.fingerprint, fingerprint, FINGERPRINT_LEN),
	    0);
	stage_close(&s);
}

static void
forge(struct stage *s)
{
	const struct ipc_record body = { .handle = s->p->handle,
		.serial = s->p->session_serial };
	static const uint8_t record[64] = { 0xff };

	peers_record(s->c,
	    MESSAGE_WITH(s->c->now, &body, record, sizeof(record)));
}

/* A peer that breaks the rules is given up, and so are the texts for it. */
static void
test_broken(void)
{
	const struct ipc_undelivered *undelivered;
	struct ipc_peer_state state;
	struct ipc_message_in in;
	struct stage s;

	begin(&s);
	stage_say(&s, 1, "to be lost");
	(void)last_state(&s);
	stage_take(&s);
	s.told[IPC_PEER_DROP] = 0;
	forge(&s);
	undelivered = stage_ui(&s, IPC_UNDELIVERED, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(undelivered);
	CU_ASSERT_EQUAL(undelivered->seq, 1);
	CU_ASSERT_EQUAL(undelivered->reason, UNDELIVERED_PROTOCOL);
	state = last_state(&s);
	CU_ASSERT_EQUAL(state.state, PEER_FAILED);
	CU_ASSERT_EQUAL(state.failure, FAILURE_PROTOCOL);
	stage_take(&s);
	CU_ASSERT_EQUAL(s.told[IPC_PEER_DROP], 1);
	stage_close(&s);
}

/* A record of a session that is over does the peer no harm. */
static void
test_old_record(void)
{
	struct ipc_record body = { 0 };
	static const uint8_t record[64] = { 0xff };
	struct stage s;

	begin(&s);
	body.handle = s.p->handle;
	body.serial = s.p->session_serial + 1;
	peers_record(s.c,
	    MESSAGE_WITH(s.c->now, &body, record, sizeof(record)));
	CU_ASSERT_EQUAL(s.p->state, PEER_CONNECTED);
	body.handle ^= 0x100; /* a handle of nobody */
	body.serial = s.p->session_serial;
	peers_record(s.c,
	    MESSAGE_WITH(s.c->now, &body, record, sizeof(record)));
	CU_ASSERT_EQUAL(s.p->state, PEER_CONNECTED);
	stage_close(&s);
}

/* A peer's texts show that its session is in use. */
static void
test_used(void)
{
	struct stage s;

	begin(&s);
	s.c->now += 5 * USEC_PER_SEC;
	stage_hear(&s, 1, "here");
	CU_ASSERT_EQUAL(s.p->used_at, s.c->now);
	stage_close(&s);
}

/* Why it cannot be reached is told as long as it cannot; and so is the path,
 * while there is one. */
static void
test_states(void)
{
	struct ipc_peer_state state;
	struct stage s;

	begin(&s);
	s.p->path.rtt_us = 7000;
	peer_tell_ui(s.p, PEER_PATH);
	state = last_state(&s);
	CU_ASSERT_EQUAL(state.state, PEER_PATH);
	CU_ASSERT_EQUAL(state.rtt_us, 7000);
	stage_path(&s, PATH_FAILED);
	state = last_state(&s);
	CU_ASSERT_EQUAL(state.state, PEER_FAILED);
	CU_ASSERT_EQUAL(state.failure, FAILURE_UNANSWERED);
	CU_ASSERT_EQUAL(state.kind, PATH_NONE);
	CU_ASSERT_EQUAL(state.rtt_us, 0);
	stage_path(&s, PATH_PROBING);
	state = last_state(&s);
	CU_ASSERT_EQUAL(state.state, PEER_CONNECTING);
	CU_ASSERT_EQUAL(state.failure, 0);
	stage_path(&s, PATH_UP);
	CU_ASSERT_EQUAL(last_state(&s).state, PEER_CONNECTED);
	stage_path(&s, PATH_UP); /* nothing new */
	CU_ASSERT_EQUAL(last_state(&s).handle, 0);
	stage_close(&s);
}

/* It is back: nobody waits for it any more. */
static void
test_awaited(void)
{
	struct stage s;

	begin(&s);
	settle_lost(s.c);
	stage_path(&s, PATH_FAILED);
	CU_ASSERT_TRUE(s.p->awaited);
	stage_path(&s, PATH_PROBING);
	CU_ASSERT_TRUE(s.p->awaited);
	stage_path(&s, PATH_UP);
	CU_ASSERT_FALSE(s.p->awaited);
	stage_close(&s);
}

/* It has left, as far as the user is concerned: its session rests with netd,
 * and what it had not confirmed is told. Without a session it is gone. */
static void
test_removed(void)
{
	const struct ipc_undelivered *u;
	struct ipc_message_in in;
	struct peer *other;
	struct stage s;

	begin(&s);
	stage_say(&s, 1, "hello");
	s.p->awaited = true;
	peer_remove(s.p, LEFT_LOST);
	u = stage_ui(&s, IPC_UNDELIVERED, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(u);
	CU_ASSERT_EQUAL(u->reason, UNDELIVERED_LEFT);
	CU_ASSERT_EQUAL(last_state(&s).left, LEFT_LOST);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_REST), 1);
	CU_ASSERT_EQUAL(s.told[IPC_PEER_DROP], 0);
	CU_ASSERT_FALSE(s.p->awaited);
	CU_ASSERT_FALSE(s.p->path_up);
	CU_ASSERT_PTR_NOT_NULL(s.p->session);
	peer_forget_session(s.p); /* its packets are known by their keys */
	peer_remove(s.p, LEFT_LOST);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_REST), 1);
	other = stage_list_other(&s, 1);
	peer_remove(other, LEFT_UNLISTED); /* a roster lists it, still */
	CU_ASSERT_EQUAL(other->state, PEER_LEFT);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_DROP), 1);
	CU_ASSERT_EQUAL(s.told[IPC_PEER_REST], 0);
	CU_ASSERT_FALSE(other->known_to_netd);
	other->in_roster = false;
	peer_remove(other, LEFT_UNLISTED);
	CU_ASSERT_PTR_NULL(s.c->peers[1]);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER_DROP), 0); /* it knows */
	stage_close(&s);
}

/* There is only the room's bootnode between: once it does not list it, who
 * breaks the rules has left. */
static void
test_broken_unlisted(void)
{
	struct ipc_peer_state state;
	struct stage s;

	begin(&s);
	s.p->in_roster = false;
	s.p->awaited = true;
	s.p->receipt_due = true;
	late_given(&s.p->lates, 4);
	CU_ASSERT_PTR_NOT_NULL(attempts_new(s.p, 7, ATTEMPT_BY_ROOM, false));
	forge(&s);
	CU_ASSERT_PTR_NULL(attempts_find(s.p, 7, false));
	state = last_state(&s);
	CU_ASSERT_EQUAL(state.state, PEER_LEFT);
	CU_ASSERT_EQUAL(state.left, LEFT_PROTOCOL);
	CU_ASSERT_EQUAL(state.failure, 0);
	CU_ASSERT_TRUE(s.p->broken);
	CU_ASSERT_FALSE(s.p->awaited || s.p->path_up || s.p->receipt_due);
	CU_ASSERT_EQUAL(s.p->lates.given, 0); /* its next stream is another */
	CU_ASSERT_PTR_NULL(s.p->session);
	stage_close(&s);
}

/* Its entry goes with all that it had: netd drops it, ui is told what it did
 * not get, and no key of its stays in memory. */
static void
test_freed(void)
{
	size_t before = CRYPTO_secure_used();
	struct stage s;

	begin(&s);
	s.p->packets_next = crypto_secret_alloc(sizeof(*s.p->packets_next));
	stage_say(&s, 1, "hello");
	stage_take(&s);
	peer_free(s.p);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_UNDELIVERED), 1);
	CU_ASSERT_EQUAL(s.told[IPC_PEER_DROP], 1);
	CU_ASSERT_TRUE(TAILQ_EMPTY(&s.c->outbox.sent));
	stage_close(&s);
	CU_ASSERT_EQUAL(CRYPTO_secure_used(), before);
}

void
peer_suite(void)
{
	CU_pSuite suite = CU_add_suite("peer", crypto_setup, NULL);

	CU_add_test(suite, "connected", test_connected);
	CU_add_test(suite, "the rules broken", test_broken);
	CU_add_test(suite, "an old record", test_old_record);
	CU_add_test(suite, "in use", test_used);
	CU_add_test(suite, "states", test_states);
	CU_add_test(suite, "awaited", test_awaited);
	CU_add_test(suite, "removed", test_removed);
	CU_add_test(suite, "freed", test_freed);
	CU_add_test(suite, "broken, and not listed", test_broken_unlisted);
}
