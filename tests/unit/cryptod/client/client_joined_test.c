/*
 * A client's cryptod that the bootnode lets in: what netd brings of the room
 * and its peers, and what it leads to.
 */
#include "cryptod/client/card.h"
#include "cryptod/claim.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_worker.h"

#include <CUnit/CUnit.h>

#include <string.h>

void client_joined_suite(void);

static const struct peer_id berta = { { 0xbe } };

/* The next message of this type to ui, whatever comes before it. */
static const void *
ui_told(struct client_worker *s, enum ipc_type type, struct ipc_message_in *in)
{
	return worker_says_yet(client_worker_ui(s), type, in);
}

static size_t
write_welcome(struct client_worker *s, uint8_t *message)
{
	const struct bootmsg_welcome w = {
		.session = 7,
		.observed = { .ip = { [10] = 0xff, 0xff, 192, 0, 2, 1 },
		    .port = 4545 },
		.timeout_ms = 30000,
		.interval_ms = 10000,
		.version = 1,
	};
	uint8_t payload[BOOTMSG_WELCOME_MAX];
	size_t len = bootmsg_put_welcome(payload, sizeof(payload), &w);

	return noise_write(&s->noise, payload, len, message);
}

/* The client joins, and the bootnode admits it. */
static void
welcome(struct client_worker *s, struct bootmsg_join *join)
{
	const struct ipc_boot_welcome body = { .addr.port = 9595 };
	const struct ipc_boot_session *session;
	uint8_t message[WIRE_MAX];
	struct ipc_message_in in;
	size_t len;

	client_worker_open(s);
	client_worker_join(s, join);
	len = write_welcome(s, message);
	ipc_send(client_worker_netd(s), IPC_BOOT_WELCOME, &body, message,
	    len - 1);
	worker_is_silent(&s->w, client_worker_netd(s));
	ipc_send(client_worker_netd(s), IPC_BOOT_WELCOME, &body, message, len);
	session = worker_says(client_worker_netd(s), IPC_BOOT_SESSION, &in);
	CU_ASSERT_EQUAL(session->session, 7);
	CU_ASSERT_EQUAL(session->interval_ms, 10000);
	/* The bootnode has proved its key. */
	worker_says(&s->w.launcher, IPC_REMEMBER, &in);
	CU_ASSERT_EQUAL(memcmp(in.body, s->boot.public_key, X25519_LEN), 0);
}

static void
put_member(struct putter *p, const struct room *room, const struct peer_id *id)
{
	const struct card card = { .incarnation = 1,
		.serial = 1,
		.nonce = { id->bytes[0] } };
	uint8_t sealed[CARD_MAX];
	const struct bootmsg_entry e = { .what = MEMBER_JOINED,
		.id = *id,
		.card = sealed,
		.card_len = card_seal(&card, room, id, sealed) };

	bootmsg_put_entry(p, &e);
}

/* The roster: berta is there, and we are. */
static void
roster(struct client_worker *s, const struct bootmsg_join *join)
{
	static const struct passphrase none;
	const struct bootmsg_head head = { .kind = BOOTMSG_ROSTER,
		.flags = BOOTMSG_LAST,
		.version = 1 };
	const struct ipc_boot_sealed body = { .counter = 0 };
	uint8_t tx[KEY_LEN], rx[KEY_LEN], nonce[GCM_NONCE_LEN];
	uint8_t plain[WIRE_SEALED_MAX], sealed[WIRE_MAX];
	struct peer_id us;
	struct putter p;
	struct room room;

	noise_split(&s->noise, tx, rx);
	room_derive(&room, s->boot.public_key, ROOM, strlen(ROOM), &none);
	CU_ASSERT_EQUAL(memcmp(&room.tag, &join->tag, ROOM_TAG_LEN), 0);
	claim_id(&us, join->token, join->commitment);
	put_init(&p, plain, sizeof(plain));
	bootmsg_put_head(&p, &head);
	if (memcmp(&us, &berta, sizeof(us)) < 0)
		put_member(&p, &room, &us);
	put_member(&p, &room, &berta);
	if (memcmp(&us, &berta, sizeof(us)) > 0)
		put_member(&p, &room, &us);
	crypto_counter_nonce(nonce, 0);
	crypto_seal(sealed, tx, nonce, NULL, 0, plain, put_length(&p));
	ipc_send(client_worker_netd(s), IPC_BOOT_SEALED, &body, sealed,
	    put_length(&p) + TAG_LEN);
}

/* In the room with berta, who is being connected to. Returns her handle. */
static peer_handle
meet(struct client_worker *s)
{
	const struct ipc_peer_state *state;
	const struct ipc_peer_add *add;
	const struct ipc_bootnode *bootnode;
	struct bootmsg_join join;
	struct ipc_message_in in;
	peer_handle handle;

	welcome(s, &join);
	roster(s, &join);
	add = worker_says(client_worker_netd(s), IPC_PEER_ADD, &in);
	handle = add->handle;
	state = ui_told(s, IPC_PEER, &in);
	CU_ASSERT_EQUAL(state->handle, handle);
	CU_ASSERT_EQUAL(state->state, PEER_CONNECTING);
	bootnode = ui_told(s, IPC_BOOTNODE, &in);
	CU_ASSERT_EQUAL(bootnode->status, BOOT_JOINED);
	worker_says_yet(client_worker_netd(s), IPC_BOOT_VERSION, &in);
	return handle;
}

static void
test_meet(void)
{
	struct client_worker s;

	(void)meet(&s);
	worker_stop(&s.w);
}

/* A ui that comes then is told the same. */
static void
test_another_ui(void)
{
	const struct ipc_peer_state *state;
	const struct ipc_bootnode *bootnode;
	struct ipc_message_in in;
	peer_handle handle;
	struct client_worker s;

	handle = meet(&s);
	worker_replace(&s.w, ROLE_UI);
	client_worker_check_ready(&s, 4545, NICK);
	bootnode = ui_told(&s, IPC_BOOTNODE, &in);
	CU_ASSERT_EQUAL(bootnode->status, BOOT_JOINED);
	CU_ASSERT_EQUAL(memcmp(bootnode->key, s.boot.public_key, X25519_LEN),
	    0);
	state = ui_told(&s, IPC_PEER, &in);
	CU_ASSERT_EQUAL(state->handle, handle);
	worker_stop(&s.w);
}

/* What netd says of a peer's path, and of the bootnode. */
static void
test_told_by_netd(void)
{
	const struct ipc_boot_status lost = { .status = BOOT_LOST };
	struct ipc_path path = { .state = PATH_FAILED,
		.failure = FAILURE_UNANSWERED };
	const struct ipc_peer_state *state;
	const struct ipc_bootnode *bootnode;
	struct ipc_message_in in;
	struct client_worker s;

	path.handle = meet(&s);
	ipc_send(client_worker_netd(&s), IPC_PATH, &path, NULL, 0);
	state = ui_told(&s, IPC_PEER, &in);
	CU_ASSERT_EQUAL(state->handle, path.handle);
	CU_ASSERT_EQUAL(state->state, PEER_FAILED);
	ipc_send(client_worker_netd(&s), IPC_BOOT_STATUS, &lost, NULL, 0);
	bootnode = ui_told(&s, IPC_BOOTNODE, &in);
	CU_ASSERT_EQUAL(bootnode->status, BOOT_LOST);
	worker_stop(&s.w);
}

/* netd cannot say who is in the room. */
static void
test_joined_by_netd(void)
{
	const struct ipc_boot_status joined = { .status = BOOT_JOINED };
	struct client_worker s;

	(void)meet(&s);
	ipc_send(client_worker_netd(&s), IPC_BOOT_STATUS, &joined, NULL, 0);
	worker_blames(&s.w, ROLE_NETD, IPC_BOOT_STATUS);
}

static void
test_status(void)
{
	const struct ipc_net_status net = { .heard = 1 };
	const struct ipc_status *status;
	struct ipc_message_in in;
	struct client_worker s;

	(void)meet(&s);
	/* Nobody has asked. */
	ipc_send(client_worker_netd(&s), IPC_NET_STATUS, &net, NULL, 0);
	worker_is_silent(&s.w, client_worker_netd(&s));
	ipc_send(client_worker_ui(&s), IPC_STATUS_ASK, NULL, NULL, 0);
	worker_says(client_worker_netd(&s), IPC_NET_ASK, &in);
	ipc_send(client_worker_netd(&s), IPC_NET_STATUS, &net, NULL, 0);
	status = ui_told(&s, IPC_STATUS, &in);
	CU_ASSERT_EQUAL(status->boot_status, BOOT_JOINED);
	CU_ASSERT_TRUE(status->has_key);
	CU_ASSERT_TRUE(status->net.heard);
	worker_is_silent(&s.w, client_worker_ui(&s));
	worker_stop(&s.w);
}

/* What is said is for her, too, as soon as she is connected. */
static void
test_say(void)
{
	const struct ipc_say say = { .seq = 1, .nick_len = strlen(NICK) };
	const struct ipc_sent *sent;
	struct ipc_message_in in;
	struct client_worker s;

	(void)meet(&s);
	ipc_send(client_worker_ui(&s), IPC_SAY, &say, NICK "hello",
	    strlen(NICK) + 5);
	sent = ui_told(&s, IPC_SENT, &in);
	CU_ASSERT_EQUAL(sent->seq, 1);
	CU_ASSERT_EQUAL(sent->peers, 1);
	CU_ASSERT_EQUAL(in.tail_len, sizeof(berta));
	CU_ASSERT_EQUAL(memcmp(in.tail, &berta, sizeof(berta)), 0);
	worker_stop(&s.w);
}

/* The card in a JOIN says which netd of the run its addresses are of. */
static void
check_card(struct client_worker *s, const struct bootmsg_join *join,
    uint32_t incarnation)
{
	static const struct passphrase none;
	struct peer_id us;
	struct room room;
	struct card card;

	room_derive(&room, s->boot.public_key, ROOM, strlen(ROOM), &none);
	claim_id(&us, join->token, join->commitment);
	CU_ASSERT_EQUAL_FATAL(card_open(&card, &room, &us, join->card,
				  join->card_len),
	    0);
	CU_ASSERT_EQUAL(card.incarnation, incarnation);
	CU_ASSERT_EQUAL(card.serial, 1);
	CU_ASSERT_EQUAL(card.count, 1);
	CU_ASSERT_EQUAL(card.hosts[0].port, 4545);
	CU_ASSERT_EQUAL(card.nonce[0], s->config.run[0]);
}

/* Another netd is told of her, too, and has to join again. */
static void
test_another_netd(void)
{
	const struct ipc_bootnode *bootnode;
	const struct ipc_peer_add *add;
	struct bootmsg_join join;
	struct ipc_message_in in;
	peer_handle handle;
	struct client_worker s;

	handle = meet(&s);
	worker_replace(&s.w, ROLE_NETD);
	bootnode = ui_told(&s, IPC_BOOTNODE, &in);
	CU_ASSERT_EQUAL(bootnode->status, BOOT_LOST);
	client_worker_local(&s, 4545);
	add = worker_says(client_worker_netd(&s), IPC_PEER_ADD, &in);
	CU_ASSERT_EQUAL(add->handle, handle);
	client_worker_join(&s, &join);
	check_card(&s, &join, WORKER_INCARNATION);
	worker_stop(&s.w);
}

void
client_joined_suite(void)
{
	CU_pSuite s = CU_add_suite("client_joined", crypto_setup, NULL);

	CU_add_test(s, "a roster", test_meet);
	CU_add_test(s, "another ui", test_another_ui);
	CU_add_test(s, "a path, the bootnode", test_told_by_netd);
	CU_add_test(s, "what netd may not say", test_joined_by_netd);
	CU_add_test(s, "status", test_status);
	CU_add_test(s, "a text", test_say);
	CU_add_test(s, "another netd", test_another_netd);
}
