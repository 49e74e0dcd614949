/*
 * A client's cryptod that the bootnode has let in: what netd brings about the
 * room and its peers, and what follows from that.
 */
#include "cryptod/client/card.h"
#include "cryptod/claim.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_worker.h"

#include <CUnit/CUnit.h>

#include <string.h>

void client_joined_suite(void);

static const struct peer_id berta = { { 0xbe } };

/* Returns the next message of this type to ui, whatever comes before it. */
static const void *
ui_told(struct client_worker *s, enum ipc_type type, struct ipc_message_in *in)
{
	return worker_says_yet(client_worker_ui(s), type, in);
}

/* The client is in the room with berta, and begins to connect to her. Returns
 * her handle. */
static peer_handle
meet(struct client_worker *s)
{
	client_worker_welcome(s);
	return client_worker_list(s, &berta);
}

static void
test_meet(void)
{
	struct client_worker s;

	(void)meet(&s);
	worker_stop(&s.w);
}

/* A ui that is restarted then is told the same. */
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

/* cryptod passes on what netd says of a peer's path, and of the bootnode. */
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

/* netd cannot say that we have joined. */
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
	/* Nobody has asked for this status. */
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

/* A text is for berta, too, as soon as she is connected. */
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
	struct peer_id us;
	struct card card;

	claim_id(&us, join->token, join->commitment);
	CU_ASSERT_EQUAL(memcmp(&us, &s->id, sizeof(us)), 0);
	CU_ASSERT_EQUAL_FATAL(card_open(&card, &s->room, &us, join->card,
				  join->card_len),
	    0);
	CU_ASSERT_EQUAL(card.incarnation, incarnation);
	CU_ASSERT_EQUAL(card.serial, 1);
	CU_ASSERT_EQUAL(card.count, 1);
	CU_ASSERT_EQUAL(card.hosts[0].port, 4545);
	CU_ASSERT_EQUAL(card.nonce[0], s->config.run[0]);
}

/* A restarted netd is told of berta, too, and has to join again. */
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
