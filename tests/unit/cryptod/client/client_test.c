/*
 * The main loop of a client's cryptod: who is told what when netd, ui and the
 * launcher speak, and when netd or ui is restarted.
 */
#include "cryptod/client/client.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_worker.h"
#include "tests/unit/folder.h"

#include <CUnit/CUnit.h>

#include <string.h>
#include <unistd.h>

void client_suite(void);

#define APPEND 100 /* the descriptor of another gochat for known_peers */

/* --- netd ----------------------------------------------------------------- */

/* ui is told once, and each JOIN is newer than those before. */
static void
test_local(void)
{
	struct bootmsg_join first, second;
	struct client_worker s;

	client_worker_open(&s);
	client_worker_join(&s, &first);
	CU_ASSERT_EQUAL(first.attempt, (3 << 16) + 1);
	client_worker_local(&s, 4546);
	client_worker_join(&s, &second);
	CU_ASSERT_EQUAL(second.attempt, (3 << 16) + 2);
	CU_ASSERT_EQUAL(memcmp(&first.tag, &second.tag, ROOM_TAG_LEN), 0);
	worker_is_silent(&s.w, client_worker_ui(&s));
	worker_stop(&s.w);
}

/* A ui that comes later is told the port of now. */
static void
test_other_port(void)
{
	struct ipc_message_in in;
	struct client_worker s;

	client_worker_open(&s);
	client_worker_local(&s, 4546);
	worker_is_silent(&s.w, client_worker_netd(&s));
	worker_replace(&s.w, ROLE_UI);
	client_worker_check_ready(&s, 4546, NICK);
	worker_says(client_worker_ui(&s), IPC_RECALL_END, &in);
	worker_stop(&s.w);
}

/* A bootnode whose key is known, by an option or from before, is joined with
 * the keys that were made at the start, and no other is. */
static void
test_known_bootnode(void)
{
	const struct ipc_boot_cookie other = { .addr.port = 9595,
		.boot_key = { 7 } };
	const struct ipc_bootnode *bootnode;
	struct bootmsg_join join;
	struct ipc_message_in in;
	struct client_worker s;

	for (int pinned = 0; pinned < 2; pinned++) {
		client_worker_prepare(&s);
		s.config.pinned = pinned == 1;
		s.config.remembered = pinned == 0;
		memcpy(s.config.boot_key, s.boot.public_key, X25519_LEN);
		client_worker_begin(&s);
		client_worker_local(&s, 4545);
		client_worker_check_ready(&s, 4545, NICK);
		ipc_send(client_worker_netd(&s), IPC_BOOT_COOKIE, &other, NULL,
		    0);
		worker_says(client_worker_netd(&s), IPC_BOOT_JOIN, &in);
		CU_ASSERT_EQUAL(in.tail_len, 0);
		bootnode = worker_says(client_worker_ui(&s), IPC_BOOTNODE, &in);
		CU_ASSERT_EQUAL(bootnode->status, BOOT_REFUSED);
		CU_ASSERT_EQUAL(bootnode->refusal,
		    pinned ? REFUSAL_KEY_PINNED : REFUSAL_KEY_CHANGED);
		client_worker_join(&s, &join);
		worker_stop(&s.w);
	}
}

/* A COOKIE may come only when we have an address to join from. */
static void
test_no_local(void)
{
	const struct ipc_boot_cookie cookie = { .addr.port = 9595 };
	struct client_worker s;

	client_worker_prepare(&s);
	client_worker_begin(&s);
	ipc_send(client_worker_netd(&s), IPC_BOOT_COOKIE, &cookie, NULL, 0);
	worker_blames(&s.w, ROLE_NETD, IPC_BOOT_COOKIE);
	/* The report of an earlier netd does not count. */
	client_worker_open(&s);
	worker_replace(&s.w, ROLE_NETD);
	worker_is_silent(&s.w, client_worker_netd(&s));
	ipc_send(client_worker_netd(&s), IPC_BOOT_COOKIE, &cookie, NULL, 0);
	worker_blames(&s.w, ROLE_NETD, IPC_BOOT_COOKIE);
}

static void
test_another_netd(void)
{
	struct bootmsg_join first, second;
	struct client_worker s;

	for (int seen = 0; seen < 2; seen++) {
		client_worker_open(&s);
		client_worker_join(&s, &first);
		if (seen)
			worker_lose(&s.w, ROLE_NETD);
		worker_replace(&s.w, ROLE_NETD);
		client_worker_local(&s, 4545);
		client_worker_join(&s, &second);
		CU_ASSERT(second.attempt > first.attempt);
		worker_is_silent(&s.w, client_worker_ui(&s));
		worker_stop(&s.w);
	}
}

/* LEFT is the answer to LEAVE. */
static void
test_left(void)
{
	struct client_worker s;

	client_worker_open(&s);
	ipc_send(client_worker_netd(&s), IPC_LEFT, NULL, NULL, 0);
	worker_blames(&s.w, ROLE_NETD, IPC_LEFT);
}

/* --- The end -------------------------------------------------------------- */

static void
test_quit(void)
{
	struct ipc_message_in in;
	struct client_worker s;

	client_worker_open(&s);
	ipc_send(client_worker_ui(&s), IPC_QUIT, NULL, NULL, 0);
	worker_says(client_worker_netd(&s), IPC_LEAVE, &in);
	worker_is_silent(&s.w, client_worker_ui(&s));
	ipc_send(client_worker_netd(&s), IPC_LEFT, NULL, NULL, 0);
	worker_says(client_worker_ui(&s), IPC_GOODBYE, &in);
	/* The next ui is told, without a question. */
	worker_replace(&s.w, ROLE_UI);
	client_worker_check_ready(&s, 4545, NICK);
	worker_says(client_worker_ui(&s), IPC_RECALL_END, &in);
	worker_says(client_worker_ui(&s), IPC_GOODBYE, &in);
	ipc_send(client_worker_ui(&s), IPC_QUIT, NULL, NULL, 0);
	worker_is_silent(&s.w, client_worker_ui(&s));
	worker_is_silent(&s.w, client_worker_netd(&s));
	worker_stop(&s.w);
}

/* netd is gone when the user quits, or is lost later: nobody is left to send
 * LEAVE. */
static void
test_quit_without_netd(void)
{
	struct ipc_message_in in;
	struct client_worker s;

	client_worker_open(&s);
	worker_lose(&s.w, ROLE_NETD);
	worker_is_silent(&s.w, client_worker_ui(&s));
	ipc_send(client_worker_ui(&s), IPC_QUIT, NULL, NULL, 0);
	worker_says(client_worker_ui(&s), IPC_GOODBYE, &in);
	worker_stop(&s.w);

	client_worker_open(&s);
	ipc_send(client_worker_ui(&s), IPC_QUIT, NULL, NULL, 0);
	worker_says(client_worker_netd(&s), IPC_LEAVE, &in);
	worker_lose(&s.w, ROLE_NETD);
	worker_says(client_worker_ui(&s), IPC_GOODBYE, &in);
	worker_stop(&s.w);
}

/* --- ui ------------------------------------------------------------------- */

static void
say(struct client_worker *s, uint64_t seq, const char *nick, const char *text)
{
	struct ipc_say body = { .seq = seq, .nick_len = (uint8_t)strlen(nick) };
	char tail[NICK_MAX + 64];
	size_t len = strlen(nick) + strlen(text);

	memcpy(tail, nick, strlen(nick));
	memcpy(tail + strlen(nick), text, strlen(text));
	CU_ASSERT_EQUAL(ipc_send(client_worker_ui(s), IPC_SAY, &body, tail,
			    len),
	    0);
}

/* A restarted ui is told the texts, and the line that was being typed. */
static void
test_another_ui(void)
{
	const struct ipc_recall *recall;
	const struct ipc_draft *draft;
	struct ipc_draft typed = { .cursor = 2 };
	struct ipc_message_in in;
	struct client_worker s;

	client_worker_open(&s);
	say(&s, 1, NICK, "hello");
	ipc_send(client_worker_ui(&s), IPC_DRAFT, &typed, "more", 4);
	worker_is_silent(&s.w, client_worker_netd(&s));
	worker_replace(&s.w, ROLE_UI);
	client_worker_check_ready(&s, 4545, NICK);
	recall = worker_says(client_worker_ui(&s), IPC_RECALL, &in);
	CU_ASSERT_EQUAL(recall->seq, 1);
	CU_ASSERT_EQUAL(in.tail_len, 5);
	CU_ASSERT_EQUAL(memcmp(in.tail, "hello", 5), 0);
	draft = worker_says(client_worker_ui(&s), IPC_RECALL_DRAFT, &in);
	CU_ASSERT_EQUAL(draft->cursor, 2);
	CU_ASSERT_EQUAL(in.tail_len, 4);
	worker_says(client_worker_ui(&s), IPC_RECALL_END, &in);
	worker_is_silent(&s.w, client_worker_ui(&s));
	worker_stop(&s.w);
}

/* A ui that comes before there is a port is told as soon as there is one. */
static void
test_ui_first(void)
{
	struct ipc_message_in in;
	struct client_worker s;

	client_worker_prepare(&s);
	client_worker_begin(&s);
	worker_replace(&s.w, ROLE_UI);
	worker_says(client_worker_ui(&s), IPC_RECALL_END, &in);
	worker_is_silent(&s.w, client_worker_ui(&s));
	client_worker_local(&s, 4545);
	client_worker_check_ready(&s, 4545, NICK);
	worker_stop(&s.w);
}

/* The name comes by NICK, or with a text that is said under it. */
static void
test_nick(void)
{
	struct client_worker s;

	client_worker_open(&s);
	ipc_send(client_worker_ui(&s), IPC_NICK, NULL, "berta", 5);
	worker_is_silent(&s.w, client_worker_netd(&s));
	worker_replace(&s.w, ROLE_UI);
	client_worker_check_ready(&s, 4545, "berta");
	say(&s, 1, "carla", "hello");
	worker_is_silent(&s.w, client_worker_netd(&s));
	worker_replace(&s.w, ROLE_UI);
	client_worker_check_ready(&s, 4545, "carla");
	say(&s, 2, "carl", "hello");
	worker_is_silent(&s.w, client_worker_netd(&s));
	worker_replace(&s.w, ROLE_UI);
	client_worker_check_ready(&s, 4545, "carl");
	worker_stop(&s.w);
}

/* A text that was said before, under the name of then, takes nothing back. */
static void
test_old_nick(void)
{
	const struct ipc_say_to to = { .seq = 1, .peers = 1 };
	const struct ipc_say again = { .seq = 1, .nick_len = 5, .again = true };
	const struct peer_id nobody = { { 0x99 } };
	struct client_worker s;

	client_worker_open(&s);
	ipc_send(client_worker_ui(&s), IPC_SAY_TO, &to, &nobody,
	    sizeof(nobody));
	ipc_send(client_worker_ui(&s), IPC_SAY, &again, "bertahello", 10);
	worker_is_silent(&s.w, client_worker_netd(&s));
	worker_replace(&s.w, ROLE_UI);
	client_worker_check_ready(&s, 4545, NICK);
	worker_stop(&s.w);
}

/* What ui said just before it died counts. */
static void
test_last_words(void)
{
	const struct ipc_recall *recall;
	struct ipc_message_in in;
	struct client_worker s;

	client_worker_open(&s);
	say(&s, 1, NICK, "hello");
	worker_replace(&s.w, ROLE_UI);
	client_worker_check_ready(&s, 4545, NICK);
	recall = worker_says(client_worker_ui(&s), IPC_RECALL, &in);
	CU_ASSERT_EQUAL(recall->seq, 1);
	worker_stop(&s.w);
}

/* The numbers of texts rise: the same one again is a fault. */
static void
test_say_again(void)
{
	struct client_worker s;

	client_worker_open(&s);
	say(&s, 2, NICK, "two");
	say(&s, 2, NICK, "two");
	worker_blames(&s.w, ROLE_UI, IPC_SAY);
}

/* While there is no ui, messages of netd wait in netd. */
static void
test_no_ui(void)
{
	struct ipc_message_in in;
	struct client_worker s;

	client_worker_prepare(&s);
	client_worker_begin(&s);
	worker_lose(&s.w, ROLE_UI);
	worker_is_silent(&s.w, client_worker_netd(&s));
	client_worker_local(&s, 4545);
	worker_is_silent(&s.w, client_worker_netd(&s));
	worker_replace(&s.w, ROLE_UI);
	worker_says(client_worker_ui(&s), IPC_RECALL_END, &in);
	client_worker_check_ready(&s, 4545, NICK);
	worker_stop(&s.w);
}

/* What netd brings waits with netd while ui takes nothing, or this process
 * would have to keep all of it; and then nothing of it is missing. */
static void
test_slow_ui(void)
{
	const struct ipc_boot_status lost = { .status = BOOT_LOST };
	struct ipc_channel *netd, *ui;
	unsigned int sent = 0, told = 0;
	struct ipc_message_in in;
	struct client_worker s;

	client_worker_open(&s);
	netd = client_worker_netd(&s);
	ui = client_worker_ui(&s);
	while (!ipc_congested(netd) && sent < 1000000) {
		ipc_send(netd, IPC_BOOT_STATUS, &lost, NULL, 0);
		sent++;
	}
	CU_ASSERT_TRUE(ipc_congested(netd));
	while (told < sent) {
		ipc_flush(netd);
		worker_says(ui, IPC_BOOTNODE, &in);
		told++;
	}
	worker_is_silent(&s.w, ui);
	worker_stop(&s.w);
}

static void
test_status(void)
{
	struct ipc_message_in in;
	struct client_worker s;

	client_worker_open(&s);
	ipc_send(client_worker_ui(&s), IPC_STATUS_ASK, NULL, NULL, 0);
	worker_says(client_worker_netd(&s), IPC_NET_ASK, &in);
	/* The netd that was asked has died: ui gets its answer without it. */
	worker_lose(&s.w, ROLE_NETD);
	worker_says(client_worker_ui(&s), IPC_STATUS, &in);
	worker_stop(&s.w);
}

/* The ui that asked has died: the next one is not told, and may ask, too. */
static void
test_status_of_another(void)
{
	const struct ipc_net_status net = { .heard = 1 };
	struct ipc_message_in in;
	struct client_worker s;

	client_worker_open(&s);
	ipc_send(client_worker_ui(&s), IPC_STATUS_ASK, NULL, NULL, 0);
	worker_says(client_worker_netd(&s), IPC_NET_ASK, &in);
	worker_replace(&s.w, ROLE_UI);
	client_worker_check_ready(&s, 4545, NICK);
	worker_says(client_worker_ui(&s), IPC_RECALL_END, &in);
	ipc_send(client_worker_netd(&s), IPC_NET_STATUS, &net, NULL, 0);
	worker_is_silent(&s.w, client_worker_ui(&s));
	ipc_send(client_worker_ui(&s), IPC_STATUS_ASK, NULL, NULL, 0);
	worker_says(client_worker_netd(&s), IPC_NET_ASK, &in);
	worker_stop(&s.w);
}

/* Another gochat of the user's meets somebody: ui is told as soon as the loop
 * wakes up for anything a second later. */
static void
test_known_elsewhere(void)
{
	static const uint8_t key[X25519_LEN] = { 7 };
	struct known_peers other = { .fd = -1 };
	const struct ipc_known_peer *known;
	struct ipc_message_in in;
	struct client_worker s;
	struct folder f;

	folder_open(&f);
	known_peers_open(&other, f.fd, APPEND);
	client_worker_prepare(&s);
	s.folder = f.path;
	client_worker_begin(&s);
	client_worker_local(&s, 4545);
	client_worker_check_ready(&s, 4545, NICK);
	known_peers_verify(&other, key, "zoe", 3, true, 20000);
	worker_waits(&s.w, 2);
	ipc_send(client_worker_ui(&s), IPC_DRAFT,
	    &(struct ipc_draft){ .cursor = 0 }, "x", 1);
	known = worker_says(client_worker_ui(&s), IPC_KNOWN_PEER, &in);
	CU_ASSERT_TRUE(known->verified);
	CU_ASSERT_EQUAL(in.tail_len, 3);
	worker_stop(&s.w);
	known_peers_free(&other);
	close(APPEND);
	folder_remove(&f);
}

static void
test_other_channel(void)
{
	struct client_worker s;

	client_worker_open(&s);
	worker_pass(&s.w, ROLE_CRYPTOD);
	worker_blames(&s.w, ROLE_LAUNCHER, IPC_CHANNEL);
}

void
client_suite(void)
{
	CU_pSuite s = CU_add_suite("client", crypto_setup, NULL);

	CU_add_test(s, "LOCAL", test_local);
	CU_add_test(s, "another port", test_other_port);
	CU_add_test(s, "a known bootnode", test_known_bootnode);
	CU_add_test(s, "a COOKIE before that", test_no_local);
	CU_add_test(s, "another netd", test_another_netd);
	CU_add_test(s, "LEFT", test_left);
	CU_add_test(s, "QUIT", test_quit);
	CU_add_test(s, "QUIT without netd", test_quit_without_netd);
	CU_add_test(s, "another ui", test_another_ui);
	CU_add_test(s, "another ui before LOCAL", test_ui_first);
	CU_add_test(s, "a nickname", test_nick);
	CU_add_test(s, "a name of before", test_old_nick);
	CU_add_test(s, "its last words", test_last_words);
	CU_add_test(s, "a text twice", test_say_again);
	CU_add_test(s, "no ui", test_no_ui);
	CU_add_test(s, "a slow ui", test_slow_ui);
	CU_add_test(s, "status", test_status);
	CU_add_test(s, "status for another ui", test_status_of_another);
	CU_add_test(s, "known by another gochat", test_known_elsewhere);
	CU_add_test(s, "a channel to nobody", test_other_channel);
}
