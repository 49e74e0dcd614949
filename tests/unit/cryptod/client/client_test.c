/*
 * The main loop of a client's cryptod: who is told what when netd, ui and the
 * launcher speak, and when netd or ui is another one.
 */
#include "cryptod/client/client.h"

#include "cryptod/identity.h"
#include "cryptod/join.h"

#include "tests/unit/bytes.h"
#include "tests/unit/worker.h"

#include <CUnit/CUnit.h>

#include <string.h>

void client_suite(void);

#define NICK "anna"
#define ROOM "kitchen"

struct scene {
	struct worker w;
	struct ipc_config_cryptod config;
	struct x25519_key identity, boot;
};

static void
run(struct child *child, void *arg)
{
	struct known_peers known = { .fd = -1 };
	struct client_secrets *secrets = crypto_secret_alloc(sizeof(*secrets));
	struct scene *s = arg;

	secrets->identity = s->identity;
	secrets->passphrase = crypto_secret_alloc(sizeof(*secrets->passphrase));
	cryptod_client_run(child, &s->config, secrets, &known);
}

static struct ipc_channel *
netd(struct scene *s)
{
	return worker_end(&s->w, ROLE_NETD);
}

static struct ipc_channel *
ui(struct scene *s)
{
	return worker_end(&s->w, ROLE_UI);
}

static void
prepare(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	s->config = (struct ipc_config_cryptod){
		.mode = MODE_CLIENT,
		.run = { 5 },
		.incarnation = 3,
		.nick_len = strlen(NICK),
		.nick = NICK,
		.room_len = strlen(ROOM),
		.room = ROOM,
	};
	crypto_keypair(&s->identity);
	crypto_keypair(&s->boot);
}

static void
begin(struct scene *s)
{
	struct ipc_message_in in;

	worker_start(&s->w, PROCESS_CRYPTOD_CLIENT, MODE_CLIENT, run, s);
	/* Nothing was said before. */
	worker_says(ui(s), IPC_RECALL_END, &in);
}

static void
local(struct scene *s, uint16_t port)
{
	const struct ipc_local body = { .port = port,
		.count = 1,
		.hosts = { { .port = port } } };

	CU_ASSERT_EQUAL(ipc_send(netd(s), IPC_LOCAL, &body, NULL, 0), 0);
}

static void
check_ready(struct scene *s, uint16_t port, const char *nick)
{
	const struct ipc_client_ready *ready;
	uint8_t fingerprint[FINGERPRINT_LEN];
	struct ipc_message_in in;

	ready = worker_says(ui(s), IPC_CLIENT_READY, &in);
	identity_fingerprint(fingerprint, s->identity.public_key);
	CU_ASSERT_EQUAL(ready->port, port);
	CU_ASSERT_EQUAL(memcmp(ready->fingerprint, fingerprint,
			    FINGERPRINT_LEN),
	    0);
	CU_ASSERT_EQUAL(in.tail_len, strlen(nick));
	CU_ASSERT_EQUAL(memcmp(in.tail, nick, in.tail_len), 0);
}

/* A client that has its port. */
static void
open_scene(struct scene *s)
{
	prepare(s);
	begin(s);
	local(s, 4545);
	check_ready(s, 4545, NICK);
}

/* What the JOIN says that answers a bootnode's COOKIE. */
static void
join(struct scene *s, struct bootmsg_join *join)
{
	static uint8_t payload[WIRE_MAX];
	struct ipc_boot_cookie cookie = { .addr.port = 9595, .start = { 8 } };
	struct ipc_message_in in;
	struct noise noise;
	size_t len;

	memcpy(cookie.boot_key, s->boot.public_key, X25519_LEN);
	ipc_send(netd(s), IPC_BOOT_COOKIE, &cookie, NULL, 0);
	worker_says(netd(s), IPC_BOOT_JOIN, &in);
	join_handshake(&noise, false, cookie.start, &s->boot, NULL);
	CU_ASSERT_EQUAL_FATAL(noise_read(&noise, in.tail, in.tail_len, payload,
				  &len),
	    0);
	CU_ASSERT_EQUAL_FATAL(bootmsg_get_join(payload, len, join), 0);
}

/* --- netd ----------------------------------------------------------------- */

/* ui is told once, and each JOIN is newer than those before. */
static void
test_local(void)
{
	struct bootmsg_join first, second;
	struct scene s;

	open_scene(&s);
	join(&s, &first);
	CU_ASSERT_EQUAL(first.attempt, (3 << 16) + 1);
	local(&s, 4546);
	join(&s, &second);
	CU_ASSERT_EQUAL(second.attempt, (3 << 16) + 2);
	CU_ASSERT_EQUAL(memcmp(&first.tag, &second.tag, ROOM_TAG_LEN), 0);
	worker_is_silent(&s.w, ui(&s));
	worker_stop(&s.w);
}

/* A COOKIE comes only for who has an address to join from. */
static void
test_no_local(void)
{
	const struct ipc_boot_cookie cookie = { .addr.port = 9595 };
	struct scene s;

	prepare(&s);
	begin(&s);
	ipc_send(netd(&s), IPC_BOOT_COOKIE, &cookie, NULL, 0);
	worker_blames(&s.w, ROLE_NETD, IPC_BOOT_COOKIE);
	/* That of the netd before does not count. */
	open_scene(&s);
	worker_replace(&s.w, ROLE_NETD);
	worker_is_silent(&s.w, netd(&s));
	ipc_send(netd(&s), IPC_BOOT_COOKIE, &cookie, NULL, 0);
	worker_blames(&s.w, ROLE_NETD, IPC_BOOT_COOKIE);
}

static void
test_another_netd(void)
{
	struct bootmsg_join first, second;
	struct scene s;

	for (int seen = 0; seen < 2; seen++) {
		open_scene(&s);
		join(&s, &first);
		if (seen)
			worker_lose(&s.w, ROLE_NETD);
		worker_replace(&s.w, ROLE_NETD);
		local(&s, 4545);
		join(&s, &second);
		CU_ASSERT(second.attempt > first.attempt);
		worker_is_silent(&s.w, ui(&s));
		worker_stop(&s.w);
	}
}

/* LEFT is the answer to LEAVE. */
static void
test_left(void)
{
	struct scene s;

	open_scene(&s);
	ipc_send(netd(&s), IPC_LEFT, NULL, NULL, 0);
	worker_blames(&s.w, ROLE_NETD, IPC_LEFT);
}

/* --- The end -------------------------------------------------------------- */

static void
test_quit(void)
{
	struct ipc_message_in in;
	struct scene s;

	open_scene(&s);
	ipc_send(ui(&s), IPC_QUIT, NULL, NULL, 0);
	worker_says(netd(&s), IPC_LEAVE, &in);
	worker_is_silent(&s.w, ui(&s));
	ipc_send(netd(&s), IPC_LEFT, NULL, NULL, 0);
	worker_says(ui(&s), IPC_GOODBYE, &in);
	/* The next ui is told, and need not ask. */
	worker_replace(&s.w, ROLE_UI);
	check_ready(&s, 4545, NICK);
	worker_says(ui(&s), IPC_RECALL_END, &in);
	worker_says(ui(&s), IPC_GOODBYE, &in);
	ipc_send(ui(&s), IPC_QUIT, NULL, NULL, 0);
	worker_is_silent(&s.w, ui(&s));
	worker_is_silent(&s.w, netd(&s));
	worker_stop(&s.w);
}

/* There is nobody to leave by; or there was. */
static void
test_quit_without_netd(void)
{
	struct ipc_message_in in;
	struct scene s;

	open_scene(&s);
	worker_lose(&s.w, ROLE_NETD);
	worker_is_silent(&s.w, ui(&s));
	ipc_send(ui(&s), IPC_QUIT, NULL, NULL, 0);
	worker_says(ui(&s), IPC_GOODBYE, &in);
	worker_stop(&s.w);

	open_scene(&s);
	ipc_send(ui(&s), IPC_QUIT, NULL, NULL, 0);
	worker_says(netd(&s), IPC_LEAVE, &in);
	worker_lose(&s.w, ROLE_NETD);
	worker_says(ui(&s), IPC_GOODBYE, &in);
	worker_stop(&s.w);
}

/* --- ui ------------------------------------------------------------------- */

static void
say(struct scene *s, uint64_t seq, const char *nick, const char *text)
{
	struct ipc_say body = { .seq = seq, .nick_len = (uint8_t)strlen(nick) };
	char tail[NICK_MAX + 64];
	size_t len = strlen(nick) + strlen(text);

	memcpy(tail, nick, strlen(nick));
	memcpy(tail + strlen(nick), text, strlen(text));
	CU_ASSERT_EQUAL(ipc_send(ui(s), IPC_SAY, &body, tail, len), 0);
}

/* The ui after this one is told what was said, and what was being typed. */
static void
test_another_ui(void)
{
	const struct ipc_recall *recall;
	const struct ipc_draft *draft;
	struct ipc_draft typed = { .cursor = 2 };
	struct ipc_message_in in;
	struct scene s;

	open_scene(&s);
	say(&s, 1, NICK, "hello");
	ipc_send(ui(&s), IPC_DRAFT, &typed, "more", 4);
	worker_is_silent(&s.w, netd(&s));
	worker_replace(&s.w, ROLE_UI);
	check_ready(&s, 4545, NICK);
	recall = worker_says(ui(&s), IPC_RECALL, &in);
	CU_ASSERT_EQUAL(recall->seq, 1);
	CU_ASSERT_EQUAL(in.tail_len, 5);
	CU_ASSERT_EQUAL(memcmp(in.tail, "hello", 5), 0);
	draft = worker_says(ui(&s), IPC_RECALL_DRAFT, &in);
	CU_ASSERT_EQUAL(draft->cursor, 2);
	CU_ASSERT_EQUAL(in.tail_len, 4);
	worker_says(ui(&s), IPC_RECALL_END, &in);
	worker_is_silent(&s.w, ui(&s));
	worker_stop(&s.w);
}

/* One that comes before there is a port is told as soon as there is. */
static void
test_ui_first(void)
{
	struct ipc_message_in in;
	struct scene s;

	prepare(&s);
	begin(&s);
	worker_replace(&s.w, ROLE_UI);
	worker_says(ui(&s), IPC_RECALL_END, &in);
	worker_is_silent(&s.w, ui(&s));
	local(&s, 4545);
	check_ready(&s, 4545, NICK);
	worker_stop(&s.w);
}

/* By NICK, or with a text that is said under it. */
static void
test_nick(void)
{
	struct scene s;

	open_scene(&s);
	ipc_send(ui(&s), IPC_NICK, NULL, "berta", 5);
	worker_is_silent(&s.w, netd(&s));
	worker_replace(&s.w, ROLE_UI);
	check_ready(&s, 4545, "berta");
	say(&s, 1, "carla", "hello");
	worker_is_silent(&s.w, netd(&s));
	worker_replace(&s.w, ROLE_UI);
	check_ready(&s, 4545, "carla");
	worker_stop(&s.w);
}

/* Numbers of texts rise. */
static void
test_say_again(void)
{
	struct scene s;

	open_scene(&s);
	say(&s, 2, NICK, "two");
	say(&s, 2, NICK, "two");
	worker_blames(&s.w, ROLE_UI, IPC_SAY);
}

/* Without ui, what netd has stays there. */
static void
test_no_ui(void)
{
	struct ipc_message_in in;
	struct scene s;

	prepare(&s);
	begin(&s);
	worker_lose(&s.w, ROLE_UI);
	worker_is_silent(&s.w, netd(&s));
	local(&s, 4545);
	worker_is_silent(&s.w, netd(&s));
	worker_replace(&s.w, ROLE_UI);
	worker_says(ui(&s), IPC_RECALL_END, &in);
	check_ready(&s, 4545, NICK);
	worker_stop(&s.w);
}

static void
test_status(void)
{
	struct ipc_message_in in;
	struct scene s;

	open_scene(&s);
	ipc_send(ui(&s), IPC_STATUS_ASK, NULL, NULL, 0);
	worker_says(netd(&s), IPC_NET_ASK, &in);
	/* The one that was asked has died: ui is told without it. */
	worker_lose(&s.w, ROLE_NETD);
	worker_says(ui(&s), IPC_STATUS, &in);
	worker_stop(&s.w);
}

static void
test_other_channel(void)
{
	struct scene s;

	open_scene(&s);
	worker_pass(&s.w, ROLE_CRYPTOD);
	worker_blames(&s.w, ROLE_LAUNCHER, IPC_CHANNEL);
}

void
client_suite(void)
{
	CU_pSuite s = CU_add_suite("client", crypto_setup, NULL);

	CU_add_test(s, "LOCAL", test_local);
	CU_add_test(s, "a COOKIE before that", test_no_local);
	CU_add_test(s, "another netd", test_another_netd);
	CU_add_test(s, "LEFT", test_left);
	CU_add_test(s, "QUIT", test_quit);
	CU_add_test(s, "QUIT without netd", test_quit_without_netd);
	CU_add_test(s, "another ui", test_another_ui);
	CU_add_test(s, "another ui before LOCAL", test_ui_first);
	CU_add_test(s, "a nickname", test_nick);
	CU_add_test(s, "a text twice", test_say_again);
	CU_add_test(s, "no ui", test_no_ui);
	CU_add_test(s, "status", test_status);
	CU_add_test(s, "a channel to nobody", test_other_channel);
}
