/*
 * The main loop of a client's cryptod and one peer: what netd brings of it,
 * from the first message of a handshake to the receipt for a text, reaches the
 * peer's session and ui; and what has no answer is sent again in time.
 */
#include "cryptod/client/pump.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_worker.h"
#include "tests/unit/cryptod/client/session_pair.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void client_peer_suite(void);

/* A client, and berta, whose session is the test's. */
struct met {
	struct client_worker s;
	struct pair pair;
	struct end *berta; /* of the pair; the other is not used */
	peer_handle handle;
	uint64_t attempt;
	uint32_t serial; /* of the session */
};

/* In the room with berta; whose id is the lower one, the test says. Of a pair,
 * a has the lower id, so berta is the one that it will sooner be true of. */
static void
meet(struct met *m, bool we_begin)
{
	struct session_config *config;

	client_worker_welcome(&m->s);
	do {
		pair_init(&m->pair);
		m->berta = we_begin ? &m->pair.b : &m->pair.a;
		config = &m->berta->config;
		config->them = m->s.id;
	} while (session_initiates(config) == we_begin);
	memcpy(m->berta->psk, m->s.room.psk, KEY_LEN);
	config->tag = m->s.room.tag;
	m->handle = client_worker_list(&m->s, &config->us);
	m->berta->session = session_new(config, &m->berta->io, m->pair.now);
}

static void
leave(struct met *m)
{
	pair_free(&m->pair);
	worker_stop(&m->s.w);
}

static void
path_up(struct met *m, bool secured)
{
	const struct ipc_path path = { .handle = m->handle,
		.state = PATH_UP,
		.kind = PATH_LAN,
		.secured = secured,
		.rtt_us = 1000 };

	ipc_send(client_worker_netd(&m->s), IPC_PATH, &path, NULL, 0);
}

/* The next record of a handshake arrives at berta. */
static void
carry_handshake(struct met *m, enum handshake_number number)
{
	const struct ipc_handshake *h;
	struct ipc_message_in in;

	h = worker_says_yet(client_worker_netd(&m->s), IPC_HANDSHAKE_OUT, &in);
	CU_ASSERT_EQUAL(h->handle, m->handle);
	CU_ASSERT_EQUAL(h->number, number);
	m->attempt = h->attempt;
	CU_ASSERT_EQUAL(pair_give(&m->pair, m->berta, in.tail, in.tail_len), 0);
}

/* And hers comes in, as netd hands it on. */
static void
bring_handshake(struct met *m, enum handshake_number number)
{
	const struct ipc_handshake h = { .handle = m->handle,
		.number = (uint8_t)number,
		.on_path = 1,
		.attempt = m->attempt };
	struct record *r = pair_take(m->berta);

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	ipc_send(client_worker_netd(&m->s), IPC_HANDSHAKE_IN, &h, r->bytes,
	    r->len);
	free(r);
}

/* All that she has said comes in. */
static void
bring_records(struct met *m)
{
	const struct ipc_record body = { m->handle, m->serial };
	struct record *r;

	while ((r = pair_take(m->berta)) != NULL) {
		ipc_send(client_worker_netd(&m->s), IPC_RECORD_IN, &body,
		    r->bytes, r->len);
		free(r);
	}
}

/* The next record of the session arrives at her. Returns its length. */
static size_t
carry_record(struct met *m)
{
	const struct ipc_record *body;
	struct ipc_message_in in;

	body = worker_says_yet(client_worker_netd(&m->s), IPC_RECORD_OUT, &in);
	CU_ASSERT_EQUAL(body->handle, m->handle);
	CU_ASSERT_EQUAL(body->serial, m->serial);
	CU_ASSERT_EQUAL(pair_give(&m->pair, m->berta, in.tail, in.tail_len), 0);
	return in.tail_len;
}

static void
expect_session(struct met *m, bool confirmed)
{
	const struct ipc_peer_session *session;
	struct ipc_message_in in;

	session = worker_says(client_worker_netd(&m->s), IPC_PEER_SESSION, &in);
	CU_ASSERT_EQUAL(session->handle, m->handle);
	CU_ASSERT_EQUAL(session->confirmed, confirmed);
	m->serial = session->serial;
}

/* ui is told that she is connected, with her key's name. */
static void
expect_connected(struct met *m)
{
	const struct ipc_peer_state *state;
	struct ipc_message_in in;

	state = worker_says_yet(client_worker_ui(&m->s), IPC_PEER, &in);
	CU_ASSERT_EQUAL(state->handle, m->handle);
	CU_ASSERT_EQUAL(state->state, PEER_CONNECTED);
	CU_ASSERT_EQUAL(in.tail_len, m->berta->config.nick_len);
	CU_ASSERT_TRUE(session_established(m->berta->session));
	CU_ASSERT_EQUAL(memcmp(m->berta->peer_key, m->s.identity.public_key,
			    X25519_LEN),
	    0);
}

/* We begin, and netd sees a packet with the new keys before it has a record. */
static void
connected(struct met *m)
{
	struct ipc_session_up up;

	meet(m, true);
	path_up(m, false);
	carry_handshake(m, HANDSHAKE_1);
	bring_handshake(m, HANDSHAKE_2);
	carry_handshake(m, HANDSHAKE_3);
	expect_session(m, false);
	up = (struct ipc_session_up){ m->handle, m->serial };
	ipc_send(client_worker_netd(&m->s), IPC_SESSION_UP, &up, NULL, 0);
	bring_records(m);
	expect_connected(m);
	(void)carry_record(m); /* a receipt, for nothing yet */
}

/* She says something; it is shown, and she has the receipt. */
static void
check_talk(struct met *m)
{
	struct ipc_receipt receipt = { .handle = m->handle, .seq = 1 };
	const struct ipc_message *message;
	struct ipc_message_in in;

	CU_ASSERT_EQUAL(pair_say(&m->pair, m->berta), 0);
	bring_records(m);
	message = worker_says_yet(client_worker_ui(&m->s), IPC_MESSAGE, &in);
	CU_ASSERT_EQUAL(message->handle, m->handle);
	CU_ASSERT_EQUAL(message->seq, 1);
	ipc_send(client_worker_ui(&m->s), IPC_RECEIPT, &receipt, NULL, 0);
	(void)carry_record(m);
	CU_ASSERT_EQUAL(m->berta->receipt, 1);
}

static void
test_we_begin(void)
{
	struct met m;

	connected(&m);
	check_talk(&m);
	leave(&m);
}

static void
test_she_begins(void)
{
	struct met m;

	meet(&m, false);
	path_up(&m, false);
	CU_ASSERT_EQUAL(session_start(m.berta->session), 0);
	m.attempt = 77;
	bring_handshake(&m, HANDSHAKE_1);
	carry_handshake(&m, HANDSHAKE_2);
	CU_ASSERT_EQUAL(m.attempt, 77);
	bring_handshake(&m, HANDSHAKE_3);
	expect_session(&m, true);
	(void)carry_record(&m); /* READY */
	expect_connected(&m);
	leave(&m);
}

/* A message that is lost goes out again after a while in which nothing else
 * happens: the loop wakes up for it. */
static void
test_sent_again(void)
{
	struct met m;
	uint64_t attempt;

	meet(&m, true);
	path_up(&m, false);
	carry_handshake(&m, HANDSHAKE_1);
	attempt = m.attempt;
	worker_says(client_worker_netd(&m.s), IPC_HANDSHAKE_OUT,
	    &(struct ipc_message_in){ 0 });
	bring_handshake(&m, HANDSHAKE_2);
	carry_handshake(&m, HANDSHAKE_3);
	CU_ASSERT_EQUAL(m.attempt, attempt);
	leave(&m);
}

static void
say(struct met *m, uint64_t seq, uint8_t flags, const char *text, size_t len)
{
	static char tail[sizeof(NICK) - 1 + TEXT_MAX];
	const struct ipc_say body = { .seq = seq,
		.flags = flags,
		.nick_len = sizeof(NICK) - 1 };

	memcpy(tail, NICK, sizeof(NICK) - 1);
	memcpy(tail + sizeof(NICK) - 1, text, len);
	CU_ASSERT_EQUAL(ipc_send(client_worker_ui(&m->s), IPC_SAY, &body, tail,
			    sizeof(NICK) - 1 + len),
	    0);
}

/* As much as may be on the way to her, and the next text once her netd has said
 * that some of it is there. */
static void
test_acked(void)
{
	static char text[TEXT_MAX];
	struct ipc_acked acked = { .bytes = TEXT_MAX };
	struct met m;
	size_t sent = 0;
	uint64_t seq = 0;

	memset(text, 'x', sizeof(text));
	connected(&m);
	acked.handle = m.handle;
	acked.serial = m.serial;
	while (sent < IN_FLIGHT_MAX) {
		say(&m, ++seq, 0, text, sizeof(text));
		sent += carry_record(&m);
	}
	say(&m, ++seq, 0, text, sizeof(text));
	worker_is_silent(&m.s.w, client_worker_netd(&m.s));
	ipc_send(client_worker_netd(&m.s), IPC_ACKED, &acked, NULL, 0);
	(void)carry_record(&m);
	worker_is_silent(&m.s.w, client_worker_netd(&m.s));
	leave(&m);
}

/* What is said to her alone is sent to her alone, and the next ui is told so.
 * Without a word of whom it is for, no private text is taken. */
static void
test_private(void)
{
	struct ipc_say_to to = { .seq = 1, .peers = 1 };
	const struct ipc_recall *recall;
	const struct ipc_sent *sent;
	struct ipc_message_in in;
	struct met m;

	connected(&m);
	ipc_send(client_worker_ui(&m.s), IPC_SAY_TO, &to, &m.berta->config.us,
	    PEER_ID_LEN);
	say(&m, 1, TEXT_FLAG_PRIVATE, "psst", 4);
	sent = worker_says_yet(client_worker_ui(&m.s), IPC_SENT, &in);
	CU_ASSERT_EQUAL(sent->peers, 1);
	CU_ASSERT_EQUAL(memcmp(in.tail, &m.berta->config.us, PEER_ID_LEN), 0);
	worker_replace(&m.s.w, ROLE_UI);
	recall = worker_says_yet(client_worker_ui(&m.s), IPC_RECALL, &in);
	CU_ASSERT_EQUAL(recall->flags, TEXT_FLAG_PRIVATE);
	CU_ASSERT_EQUAL(memcmp(&recall->id, &m.berta->config.us, PEER_ID_LEN),
	    0);
	CU_ASSERT_EQUAL(recall->nick_len, m.berta->config.nick_len);
	CU_ASSERT_EQUAL(memcmp(in.tail, m.berta->nick, recall->nick_len), 0);
	to.seq = 2;
	ipc_send(client_worker_ui(&m.s), IPC_SAY_TO, &to, &m.berta->config.us,
	    PEER_ID_LEN);
	say(&m, 3, TEXT_FLAG_PRIVATE, "psst", 4);
	pair_free(&m.pair);
	worker_blames(&m.s.w, ROLE_UI, IPC_SAY);
}

/* We leave: she hears of it before netd does, and what is said then is said to
 * nobody. */
static void
test_goodbye(void)
{
	struct ipc_message_in in;
	struct met m;

	connected(&m);
	ipc_send(client_worker_ui(&m.s), IPC_QUIT, NULL, NULL, 0);
	(void)carry_record(&m);
	CU_ASSERT_EQUAL(m.berta->byes, 1);
	worker_says(client_worker_netd(&m.s), IPC_LEAVE, &in);
	say(&m, 1, 0, "late", 4);
	worker_is_silent(&m.s.w, client_worker_ui(&m.s));
	leave(&m);
}

void
client_peer_suite(void)
{
	CU_pSuite s = CU_add_suite("client_peer", crypto_setup, NULL);

	CU_add_test(s, "we begin", test_we_begin);
	CU_add_test(s, "she begins", test_she_begins);
	CU_add_test(s, "sent again", test_sent_again);
	CU_add_test(s, "acknowledged", test_acked);
	CU_add_test(s, "a private text", test_private);
	CU_add_test(s, "goodbye", test_goodbye);
}
